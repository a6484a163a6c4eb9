"""The whole program under test: a real slapd, a real `rolecall serve`, the real commands.

Everything runs in one scratch folder on loopback and is stopped by its own process id.
Needs nothing but Python's standard library, slapd and ldap-utils.
"""
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

SUFFIX = "dc=example,dc=com"
ROOT_DN = f"cn=root,{SUFFIX}"
SYNC_DN = f"cn=sync,{SUFFIX}"
MEMBERSHIP = "urn:rolecall:params:scim:schemas:extension:1.0:Membership"
REFUSAL = "urn:rolecall:params:scim:api:messages:1.0:Refusal"
DEADLINE = 20.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, what, deadline=DEADLINE):
    """Polls until holds() is true; a test never waits for a fixed time."""
    end = time.monotonic() + deadline
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline} s: {what}")
        time.sleep(0.02)


def directory(people, **groups):
    """LDIF of a company: its people, and the groups owners, staff and search-admins with the members that are named."""
    text = f"version: 1\n\ndn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: A\ndc: example\nentryUUID: base\n\n"
    for name in people:
        text += (f"dn: uid={name},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nentryUUID: anchor-{name}\nuid: {name}\n"
                 f"cn: {name}\nsn: {name}\nmail: {name}@example.com\n\n")
    for name in ("owners", "staff", "search_admins"):
        members = [f"uid={member},ou=people,{SUFFIX}" for member in groups.get(name) or ["nobody"]]
        text += (f"dn: cn={name.replace('_', '-')},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\nentryUUID: group-{name}\n"
                 f"cn: {name.replace('_', '-')}\n" + "".join(f"member: {member}\n" for member in members) + "\n")
    return text


class Slapd:
    """A slapd of our own with the given LDIF; member reading as cn=sync, writing as root."""

    def __init__(self, folder, ldif, limits="size=unlimited time=unlimited"):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.uri = f"ldap://127.0.0.1:{self.port}"
        self.process = None
        (self.folder / "db").mkdir(parents=True)
        schema = "".join(f"include /etc/ldap/schema/{name}.schema\n"
                         for name in ("core", "cosine", "inetorgperson", "nis"))
        (self.folder / "slapd.conf").write_text(f"""{schema}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {self.folder}/slapd.pid
argsfile {self.folder}/slapd.args
sizelimit 500
database mdb
suffix {SUFFIX}
rootdn {ROOT_DN}
rootpw secret
directory {self.folder}/db
maxsize 1073741824
dbnosync
index objectClass,uid,mail,cn,member,uniqueMember,entryUUID eq
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{SYNC_DN}" read by * break
access to * by users read by * none
limits dn.exact="{SYNC_DN}" {limits}
""")
        account = (f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Acme\ndc: example\n\n"
                   f"dn: {SYNC_DN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
                   "cn: sync\nuserPassword: syncpw\n\n")
        (self.folder / "data.ldif").write_text(account + ldif)
        self.run("slapadd", "-q", "-f", str(self.folder / "slapd.conf"), "-l", str(self.folder / "data.ldif"))
        (self.folder / "password").write_text("syncpw\n")
        (self.folder / "password").chmod(0o600)

    @staticmethod
    def run(*command, text=None):
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": path})
        if done.returncode != 0:
            raise AssertionError(f"{command[0]} failed: {done.stderr}{done.stdout}")
        return done.stdout

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self):
        slapd = shutil.which("slapd", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([slapd, "-f", str(self.folder / "slapd.conf"), "-h", self.uri + "/",
                                         "-d", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.answers, "slapd answers")

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(how)
            self.process.wait(DEADLINE)
            self.process = None

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def modify(self, ldif):
        self.run("ldapmodify", "-x", "-H", self.uri, "-D", ROOT_DN, "-w", "secret", text=ldif)


class Rolecall:
    """A scratch folder with a config, a `rolecall serve`, and the commands on it."""

    def __init__(self, config):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rolecall-"))
        self.binary = os.environ["ROLECALL"]
        self.config = self.folder / "rolecall.conf"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = None
        self.admin = None
        self.write_config(config)

    def write_config(self, text):
        """`@FOLDER@` and `@PORT@` in the text are the scratch folder and the endpoint's port."""
        self.config.write_text(text.replace("@FOLDER@", str(self.folder)).replace("@PORT@", str(self.port)))

    def command(self, verb, *arguments, ok=(0,), text=None):
        """Runs one verb; its exit status must be one of `ok`. Gives the finished process."""
        done = subprocess.run([self.binary, verb, "-c", str(self.config), *arguments], input=text,
                              capture_output=True, text=True, check=False, timeout=120)
        if done.returncode not in ok:
            raise AssertionError(f"rolecall {verb} {' '.join(arguments)}: exit {done.returncode}, not {ok}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def json(self, verb, *arguments, ok=(0,)):
        done = self.command(verb, "--json", *arguments, ok=ok)
        lines = done.stdout.splitlines()
        assert len(lines) == 1, f"--json prints one line, not {len(lines)}: {done.stdout}"
        return json.loads(lines[0])

    def start(self):
        with open(self.folder / "serve.log", "ab") as log:
            self.server = subprocess.Popen([self.binary, "serve", "-c", str(self.config)],
                                           stdout=subprocess.PIPE, stderr=log, text=True)
        ready, _, _ = select.select([self.server.stdout], [], [], DEADLINE)
        line = self.server.stdout.readline() if ready else ""
        if "listening" not in line:
            raise AssertionError(f"serve did not start: {line!r} {(self.folder / 'serve.log').read_text()}")
        if self.admin is None:
            self.admin = self.command("token", "create", "tests", "--organization", "acme",
                                      "--scope", "admin").stdout.strip()

    def stop(self):
        if self.server is not None:
            self.server.terminate()
            self.server.wait(DEADLINE)
            self.server.stdout.close()
            self.server = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def request(self, method, path, body=None, token=None, headers=None, base="/scim/v2"):
        """One HTTP request: (status, headers, body as JSON or text)."""
        data = None
        sent = {"Authorization": f"Bearer {token or self.admin}", **(headers or {})}
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/scim+json")
        request = urllib.request.Request(self.url + base + path, data=data, headers=sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return answer.status, answer.headers, self.parsed(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, self.parsed(error.read())

    @staticmethod
    def parsed(data):
        try:
            return json.loads(data) if data else None
        except ValueError:
            return data.decode("utf-8", "replace")

    def people(self):
        """Everybody by userName, as the admin sees them."""
        status, _, answer = self.request("GET", "/Users?count=1000")
        assert status == 200, answer
        assert answer["totalResults"] == len(answer["Resources"]), "a list of all people"
        return {person["userName"]: person for person in answer["Resources"]}

    def by_status(self):
        count = {}
        for person in self.people().values():
            status = person[MEMBERSHIP]["status"]
            count[status] = count.get(status, 0) + 1
        return count

    def seats(self):
        """(cap, seats held)"""
        _, _, answer = self.request("GET", "/Roles?count=100")
        for role in answer["Resources"]:
            if role["type"] == "organization" and role["value"] == "member":
                return role["totalAssignmentsPermitted"], role["totalAssignmentsUsed"]
        raise AssertionError("no member role")

    def roles(self, user_name):
        return sorted(role["value"] for role in self.people()[user_name].get("roles", []))

    def links_of(self, *addresses):
        """A fresh invitation link for each pending address, by `rolecall resend`."""
        answer = self.json("resend", "--organization", "acme", *addresses)
        return {row["email"]: row["link"] for row in answer["invitations"]}

    def answer_invitation(self, link, answer="accept"):
        form = urllib.parse.urlencode({"token": link.split("#", 1)[1], "answer": answer}).encode()
        status, _, _ = self.request("POST", "/invitation", form, base="",
                                    headers={"Content-Type": "application/x-www-form-urlencoded"})
        return status

    def accept(self, *addresses):
        for address, link in self.links_of(*addresses).items():
            status = self.answer_invitation(link)
            assert status == 200, f"accepting for {address}: {status}"

    def shift_time(self, seconds):
        """As if every invitation had been sent `seconds` earlier."""
        store = sqlite3.connect(self.folder / "rolecall.db", timeout=DEADLINE)
        with store:
            store.execute("UPDATE invitation SET sent_at = sent_at - ?, expires_at = expires_at - ?", (seconds, seconds))
            store.execute("UPDATE person SET expires_at = expires_at - ? WHERE status = 'invited'", (seconds,))
        store.close()
