#!/usr/bin/env python3
"""Runs the scenarios of this folder against the real program; see each folder's files:

    rolecall.conf     the config; @FOLDER@, @PORT@, @TARGET@ are filled in
    serve.conf        what serve runs with, where that must start no run by itself (pushed groups)
    before.json       the acts that lead to the state before, one list each:
                        ["directory", "before.ldif"]        what the directory holds now
                        ["config", "later.conf"]            the config changes, serve starts anew
                        ["sync"]  ["sync", EXIT]            a sync (exit status 0 unless said)
                        ["accept", ADDRESS, ...]            people accept their invitations
                        ["invite", ROLE, ADDRESS, ...]      invited by hand
                        ["leave", ADDRESS]                  leaves the organization
                        ["leave", ADDRESS, PROJECT]         leaves a project
                        ["edit", ADDRESS, ROLE]             an owner sets an organization role
                        ["remove", ADDRESS]                 an owner removes somebody
                        ["pass", SECONDS]                   time passes for every invitation
                        ["provide", ADDRESS, ...]           the provider okta creates people
                        ["deprovide", ADDRESS]              it suspends somebody
                        ["push", GROUP, ADDRESS, ...]       it pushes a group with exactly these members
                        ["unpush", GROUP]                   it deletes the group
    directory.ldif    the directory at the run under test (labs.ldif: a second one, where there is one)
    plan.txt          what `rolecall plan` must print, byte by byte (DIGEST for the one to approve); with
                      serve.conf the steps are sorted: their anchors are the endpoint's random ids
    after.json        what the console must hold after, the report's counts, and the exit status

Each scenario is run once; run again (nothing to do); killed before write 1, 2 ... n and resumed;
and run with the answer to write 1, 2 ... n lost after the endpoint had it. All must end alike.

    run_scenarios.py [--accept] [NAME ...]     --accept writes plan.txt and after.json from this run
"""
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import MEMBERSHIP, Rolecall  # noqa: E402

HERE = pathlib.Path(__file__).parent
OTHER = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
COUNTED = ("invited", "reissued", "revoked", "promoted", "demoted", "project_roles_set", "project_roles_removed",
           "updated", "suspended", "reactivated", "removed", "held", "notes", "waiting", "failed")


class Between(http.server.ThreadingHTTPServer):
    """Stands between a sync and the endpoint: counts writes, kills before one, loses an answer."""
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), Passing)
        self.port = port
        self.writes = 0
        self.kill_before = self.lose_answer_to = None
        self.victim = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self, kill_before=None, lose_answer_to=None):
        self.writes, self.kill_before, self.lose_answer_to = 0, kill_before, lose_answer_to


class Passing(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_one(self):
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        lose = False
        if self.command != "GET":
            server.writes += 1
            if server.writes == server.kill_before:
                server.victim.kill()
                self.close_connection = True
                return
            lose = server.writes == server.lose_answer_to
        onward = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        onward.request(self.command, self.path, body or None, dict(self.headers.items()))
        answer = onward.getresponse()
        data = answer.read()
        onward.close()
        if lose:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one


class Scenario:
    def __init__(self, folder):
        self.folder = folder
        self.rolecall = Rolecall("")
        self.between = Between(self.rolecall.port)
        self.write_config("rolecall.conf")
        # files that the config names must be there before anything reads it
        for name in ("directory.ldif", "labs.ldif"):
            if (folder / name).exists():
                shutil.copy(folder / name, self.rolecall.folder / name)
        self.start()
        token = self.rolecall.command("token", "create", "agent", "--organization", "acme", "--scope", "sync").stdout
        self.write_secret("target.token", token)
        self.okta, self.groups = None, {}

    def start(self):
        """serve reads its config once: afterwards the file is that of the other verbs."""
        if (self.folder / "serve.conf").exists():
            config = self.rolecall.config.read_text()
            self.rolecall.write_config((self.folder / "serve.conf").read_text())
            self.rolecall.start()
            self.rolecall.write_config(config)
        else:
            self.rolecall.start()

    def write_secret(self, name, text):
        path = self.rolecall.folder / name
        path.write_text(text)
        path.chmod(0o600)

    def write_config(self, name):
        target = f"http://127.0.0.1:{self.between.server_address[1]}/scim/v2"
        text = (self.folder / name).read_text().replace("@TARGET@", target)
        if not (self.rolecall.folder / "target.token").exists():
            self.write_secret("target.token", "rc_000000000000_0000000000000000000000000000000000000000000\n")
        self.rolecall.write_config(text)

    def close(self):
        self.rolecall.remove()
        self.between.shutdown()
        self.between.server_close()

    def directory(self, name):
        """Another file under the same name: as an export job replaces it."""
        fresh = self.rolecall.folder / "fresh"
        shutil.copy(self.folder / name, fresh)
        fresh.rename(self.rolecall.folder / "directory.ldif")

    def person(self, address):
        return self.rolecall.people()[address]["id"]

    def act(self, verb, *words):
        run = self.rolecall
        if verb == "directory":
            self.directory(*words)
        elif verb == "config":
            run.stop()
            self.write_config(*words)
            self.start()
        elif verb == "sync":
            run.command("sync", ok=words or (0,))
        elif verb == "accept":
            run.accept(*words)
        elif verb == "invite":
            run.command("invite", "--organization", "acme", "--role", *words)
        elif verb == "leave":
            run.command("leave", "--organization", "acme", "--person", words[0],
                        *(["--project", words[1]] if len(words) > 1 else []))
        elif verb == "edit":
            self.patch(words[0], [{"op": "replace", "path": 'roles[type eq "organization"].value', "value": words[1]}])
        elif verb == "remove":
            self.expect(run.request("DELETE", f"/Users/{self.person(words[0])}"), 204)
        elif verb == "pass":
            run.shift_time(*words)
        elif verb == "provide":
            for address in words:
                self.provider("POST", "/Users", {"schemas": [USER], "userName": address, "externalId": f"x-{address}",
                                                 "emails": [{"value": address, "primary": True}]})
        elif verb == "deprovide":
            self.provider("PATCH", f"/Users/{self.person(words[0])}", {"schemas": [OTHER], "Operations": [
                {"op": "replace", "path": "active", "value": False}]})
        elif verb == "push":
            self.push(*words)
        elif verb == "unpush":
            self.provider("DELETE", f"/Groups/{self.groups.pop(words[0])}")
        else:
            raise AssertionError(f"before.json: no such act: {verb}")

    def provider(self, method, path, body=None):
        if self.okta is None:
            self.okta = self.rolecall.command("token", "create", "okta", "--organization", "acme", "--scope", "people").stdout.strip()
        status, _, answer = self.rolecall.request(method, path, body, token=self.okta)
        assert status in (200, 201, 204), f"{method} {path}: {status} {answer}"
        return answer

    def push(self, name, *addresses):
        members = [{"value": self.person(address)} for address in addresses]
        body = {"schemas": [GROUP], "displayName": name, "members": members}
        if name in self.groups:
            self.provider("PUT", f"/Groups/{self.groups[name]}", body)
        else:
            self.groups[name] = self.provider("POST", "/Groups", body)["id"]

    def patch(self, address, operations):
        self.expect(self.rolecall.request("PATCH", f"/Users/{self.person(address)}",
                                          {"schemas": [OTHER], "Operations": operations}), 200)

    @staticmethod
    def expect(answer, status):
        assert answer[0] == status, f"{answer[0]}, not {status}: {answer[2]}"

    def prepare(self):
        for act in json.loads((self.folder / "before.json").read_text()):
            self.act(*act)
        if (self.folder / "directory.ldif").exists():
            self.directory("directory.ldif")
        # the state before, to start from again and again
        self.rolecall.stop()
        self.saved = self.rolecall.folder / "saved"
        self.saved.mkdir()
        for path in self.state_files():
            (shutil.copytree if path.is_dir() else shutil.copy)(path, self.saved / path.name)
        self.start()

    def state_files(self):
        return [path for path in self.rolecall.folder.iterdir() if path.name.startswith("rolecall.db") or path.name == "sync"]

    def restore(self):
        self.rolecall.stop()
        for path in self.state_files():
            (shutil.rmtree if path.is_dir() else os.unlink)(path)
        for path in self.saved.iterdir():
            (shutil.copytree if path.is_dir() else shutil.copy)(path, self.rolecall.folder / path.name)
        self.start()

    def console(self):
        people = {}
        for name, person in sorted(self.rolecall.people().items()):
            people[name] = {"status": person[MEMBERSHIP]["status"],
                            "roles": sorted(role["value"] for role in person.get("roles", []))}
            if person[MEMBERSHIP].get("standsIn"):
                people[name]["standsIn"] = person[MEMBERSHIP]["standsIn"]
        return {"seats": self.rolecall.seats()[1], "people": people}

    def sync(self):
        """One sync through the wire: (exit status, report). A killed one gives (-9, None)."""
        process = subprocess.Popen([self.rolecall.binary, "sync", "--json", "-c", str(self.rolecall.config)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.between.victim = process
        out, errors = process.communicate(timeout=60)
        self.errors = errors
        return process.returncode, json.loads(out) if process.returncode >= 0 and out else None

    def result(self, status, report):
        counts = {name: report[name] for name in COUNTED if report[name]}
        return {"exit": status, "report": counts, **self.console()}


def differs(name, what, expected, got):
    if expected == got:
        return False
    print(f"{name}: {what}\n  expected {json.dumps(expected, sort_keys=True)}\n  got      {json.dumps(got, sort_keys=True)}")
    return True


def sort_steps(plan):
    first, *blocks = re.split(r"\n(?=  \S)", plan.rstrip("\n"))
    return "\n".join([first, *sorted(blocks)]) + "\n"


def run(folder, accept):
    name = folder.name
    scenario = Scenario(folder)
    try:
        scenario.prepare()
        plan = scenario.rolecall.command("plan", ok=(0, 2, 3, 4)).stdout
        plan = re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", plan)      # it names people by their random ids
        if (folder / "serve.conf").exists():
            plan = sort_steps(plan)
        scenario.between.reset()
        result = scenario.result(*scenario.sync())
        writes = scenario.between.writes
        if accept:
            (folder / "plan.txt").write_text(plan)
            (folder / "after.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")
        expected = json.loads((folder / "after.json").read_text())
        wrong = differs(name, "the plan", (folder / "plan.txt").read_text(), plan)
        wrong |= differs(name, "after the run", expected, result)
        console = {key: expected[key] for key in ("seats", "people")}
        again = scenario.sync()[1]
        wrong |= differs(name, "writes of a second run", 0, again["writes"])
        for number in range(1, writes + 1):
            for way in ("kill_before", "lose_answer_to"):
                scenario.restore()
                scenario.between.reset(**{way: number})
                scenario.sync()
                first = scenario.console() if way == "lose_answer_to" else None
                scenario.between.reset()
                if first is None:       # resumed, and once more: nothing is left to do
                    scenario.sync()
                wrong |= differs(name, f"{way} write {number} of {writes}", console, first or scenario.console())
                scenario.between.reset()
                last = scenario.sync()[1]
                wrong |= differs(name, f"{way} write {number} of {writes}: writes of the run after", 0, last["writes"])
        return not wrong, 2 + 2 * writes
    except (AssertionError, KeyError, TypeError) as error:
        print(f"{name}: {error!r} {getattr(scenario, 'errors', '')}")
        return False, 0
    finally:
        scenario.close()


def main():
    accept = "--accept" in sys.argv
    wanted = [word for word in sys.argv[1:] if word != "--accept"]
    folders = sorted(path.parent for path in HERE.glob("*/before.json") if not wanted or path.parent.name in wanted)
    assert folders, "no scenario of that name"
    passed = failed = 0
    for folder in folders:
        began = time.monotonic()
        good, runs = run(folder, accept)
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} {folder.name}: {runs} runs in {time.monotonic() - began:.1f} s", flush=True)
    print(f"scenarios: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("ROLECALL", str(HERE.parents[1] / "build/dev/rolecall"))
    sys.exit(main())
