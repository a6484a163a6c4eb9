#!/usr/bin/env python3
"""What identity providers send, request by request, replayed against a real `rolecall serve`.

    replay.py [PROVIDER ...]     replays these folders (default: all), exit 1 if an answer differs
    replay.py --count LEAST      only counts the exchanges that are recorded

A folder is a provider. Its connection.json says how it is connected, its other .json files, in the order of
their names, what it sends and what it must get; all of a folder speak to one endpoint, one after the other.

connection.json
    about        who this is, and where what is known of it stands
    options      of `rolecall token create`
    seats, domains, config      of the organization; text put into the config besides
    headers      sent with every request; Content-Type only where there is a body

An exchange
    name, from   what it shows, and where the fact comes from (a thread as owner/repository#number)
    request      method, path (blanks and quotes are encoded, all else goes out as it stands), headers, body,
                 raw (a body as text), or kept and with: an answer that an exchange kept under this name ("keep"),
                 with these attributes changed (null: taken out), sent back whole; base, in front of the path, where it is
                 not "/scim/v2"
    answer       status, headers (a value, or null: must be absent), and one of
                 user, group     the whole resource; schemas, id, meta and the Membership extension go without saying
                                 ("membership": the status there, by default "invited"; "roles": names)
                 list            of { "user": ... } and { "group": ... }; total, start where they differ from a single page
                 error           its scimType, null for none
                 refusal         its rule (403)
                 body            anything else
                 none of them: there is no body
or, between exchanges and not counted: { "accept": [ address ... ] } answers open invitations,
{ "command": [ verb, argument ... ] } runs a verb, { "name", "see": { address: status or null } } asks the administrator,
{ "others": N } has N people of no provider there.

<dana> and <breakglass> are the owners' ids (the second is protected), <client> and <secret> what `token create --client` printed.
"<name>" in an answer is bound to what stands there the first time and is the same from then on, in requests too.
<base> is the base URL, <any> any text that is not empty, <time> a time, <version> a weak entity tag. An answer must
equal what is expected, attribute by attribute, type by type; an object may have more only where it says "...": "why",
an array where its last element is "..."; null: the attribute has no value.
Multi-valued attributes have no order, lists of resources do.
"""
import copy
import http.client
import json
import os
import pathlib
import re
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
from support.whole_program import DEADLINE, MEMBERSHIP, REFUSAL, Rolecall  # noqa: E402

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BASE = "/scim/v2"
PUSHED = "urn:rolecall:params:scim:schemas:extension:1.0:PushedGroup"
MESSAGE = "urn:ietf:params:scim:api:messages:2.0:"
ROLE_NAMES = {"owner": "Owner", "billing-admin": "Billing admin", "member": "Member"}
NAME = re.compile(r"<([a-zA-Z0-9-]+)>")
KINDS = {"any": r".+", "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "version": r'W/"[^"]+"'}
CONFIG = """
endpoint = { listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; };
organizations = ( { name = "acme"; seats = %(seats)d; %(domains)s owners = [ "dana@example.com", "breakglass@example.com" ];
                    protected = [ "breakglass@example.com" ];
                    projects = ( { name = "search"; admins = [ "dana@example.com" ]; },
                                 { name = "ads"; admins = [ "dana@example.com" ]; } ); } );
sync = { state = "@FOLDER@/sync"; };
%(config)s
"""


class Names:
    """What the exchanges have bound so far."""

    def __init__(self):
        self.bound = {}

    def filled(self, value):
        """`value` with every bound name in it replaced."""
        if isinstance(value, str):
            return NAME.sub(lambda found: self.bound.get(found.group(1), found.group(0)), value)
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if isinstance(value, dict):
            return {self.filled(name): self.filled(each) for name, each in value.items()}
        return value

    def agrees(self, wanted, got):
        """Whether the text `got` is `wanted`; binds the one name that is still free."""
        wanted = self.filled(wanted)
        found = NAME.fullmatch(wanted)
        if found is None:
            return got == wanted
        if not isinstance(got, str) or got == "":
            return False
        if found.group(1) in KINDS:
            return re.fullmatch(KINDS[found.group(1)], got) is not None
        self.bound[found.group(1)] = got
        return True


class Comparison:
    """Two JSON values, as strictly as they can be compared; `differences` says where they differ."""

    def __init__(self, names):
        self.names = names
        self.differences = []

    def say(self, where, wanted, got):
        def shown(value):
            return "nothing" if value is Ellipsis else json.dumps(value)
        self.differences.append(f"{where or 'body'}: expected {shown(wanted)}, got {shown(got)}")

    def value(self, where, wanted, got):
        if isinstance(wanted, dict) and isinstance(got, dict):
            self.members(where, wanted, got)
        elif isinstance(wanted, list) and isinstance(got, list):
            is_ordered = where == "Resources" and wanted[-1:] != ["..."]
            (self.in_order if is_ordered else self.in_any_order)(where, wanted, got)
        elif isinstance(wanted, str):
            if not self.names.agrees(wanted, got):
                self.say(where, self.names.filled(wanted), got)
        elif type(wanted) is not type(got) or wanted != got:
            self.say(where, wanted, got)

    def members(self, where, wanted, got):
        left = dict(got)
        for name, value in wanted.items():
            if name == "...":
                continue
            at = f"{where}.{name}" if where else name
            if value is None:
                if left.pop(name, None) is not None:
                    self.say(at, Ellipsis, got[name])
            elif name in left:
                self.value(at, value, left.pop(name))
            else:
                self.say(at, self.names.filled(value), Ellipsis)
        if "..." not in wanted:
            for name, value in left.items():
                self.say(f"{where}.{name}" if where else name, Ellipsis, value)

    def in_order(self, where, wanted, got):
        if len(wanted) != len(got):
            self.say(f"{where} (how many)", len(wanted), len(got))
        for number, (left, right) in enumerate(zip(wanted, got)):
            self.value(f"{where}[{number}]", left, right)

    def in_any_order(self, where, wanted, got):
        left = list(got)
        for each in wanted:
            if each == "...":
                return
            for candidate in left:
                trial = Comparison(copy.deepcopy(self.names))
                trial.value(where, each, candidate)
                if not trial.differences:
                    self.value(where, each, candidate)
                    left.remove(candidate)
                    break
            else:
                self.say(f"{where}[]", self.names.filled(each), got)
        for each in left:
            self.say(f"{where}[]", Ellipsis, each)


def role(name):
    if "/" in name:
        project, level = name.split("/")
        return {"type": "project", "value": name, "display": f"{project}: {level}"}
    return {"type": "organization", "value": name, "primary": True, "display": ROLE_NAMES[name]}


def meta(kind, ident):
    return {"resourceType": kind, "created": "<time>", "lastModified": "<time>", "version": "<version>",
            "location": f"<base>/{kind}s/{ident}"}


def whole_user(told):
    user = dict(told)
    status = user.pop("membership", "invited")
    user.setdefault("id", "<any>")
    ident = user["id"] if user["id"] != "<any>" else None
    user.setdefault("meta", {**meta("User", ident or ""), **({} if ident else {"location": "<any>"})})
    user["roles"] = [role(each) if isinstance(each, str) else each for each in told.get("roles", ["member"])]
    if not user["roles"]:
        del user["roles"]
    user[MEMBERSHIP] = {"status": status, "...": "read-only, the endpoint's own; no provider reads it"}
    user["schemas"] = [CORE + "User", MEMBERSHIP] + ([ENTERPRISE] if ENTERPRISE in user else [])
    return user


def whole_group(told, origin):
    group = dict(told)
    group.setdefault("id", "<any>")
    group.setdefault("meta", meta("Group", group["id"]) if group["id"] != "<any>"
                     else {**meta("Group", ""), "location": "<any>"})
    group[PUSHED] = {"origin": origin}
    group["schemas"] = [CORE + "Group", PUSHED]
    return group


def whole_answer(answer, origin):
    """The body that is expected, or None for none."""
    if "user" in answer:
        return whole_user(answer["user"])
    if "group" in answer:
        return whole_group(answer["group"], origin)
    if "list" in answer:
        resources = [whole_answer(each, origin) for each in answer["list"]]
        return {"schemas": [MESSAGE + "ListResponse"], "totalResults": answer.get("total", len(resources)),
                "startIndex": answer.get("start", 1), "itemsPerPage": len(resources), "Resources": resources}
    if "error" in answer or "refusal" in answer:
        error = {"schemas": [MESSAGE + "Error"], "status": str(answer["status"]), "detail": "<any>"}
        if answer.get("error"):
            error["scimType"] = answer["error"]
        if "refusal" in answer:
            error["schemas"] = [MESSAGE + "Error", REFUSAL]
            error[REFUSAL] = {"rule": answer["refusal"], "...": "numbers and names"}
        return error
    return answer.get("body")


class Replay:
    """One provider against one endpoint."""

    def __init__(self, folder):
        self.folder = folder
        self.connection = json.loads((folder / "connection.json").read_text())
        self.names = Names()
        self.rolecall = None
        self.token = None
        self.kept = {}
        self.count = 0
        self.failures = []

    def files(self):
        return [path for path in sorted(self.folder.glob("*.json")) if path.name != "connection.json"]

    def recorded(self):
        return sum("request" in step for path in self.files() for step in json.loads(path.read_text()))

    def run(self):
        domains = self.connection.get("domains")
        config = CONFIG % {"seats": self.connection.get("seats", 100), "config": self.connection.get("config", ""),
                           "domains": f"domains = {json.dumps(domains)};" if domains else ""}
        self.rolecall = Rolecall(config)
        try:
            self.rolecall.start()
            printed = self.rolecall.command("token", "create", self.folder.name, "--organization", "acme",
                                            *self.connection["options"]).stdout.split()
            self.token = printed[0]
            if len(printed) == 2:
                self.names.bound["client"], self.names.bound["secret"] = printed
            self.names.bound["base"] = self.rolecall.url + BASE
            self.names.bound["dana"] = self.rolecall.people()["dana@example.com"]["id"]
            self.names.bound["breakglass"] = self.rolecall.people()["breakglass@example.com"]["id"]
            for path in self.files():
                for step in json.loads(path.read_text()):
                    self.step(path, step)
        finally:
            self.rolecall.remove()

    def step(self, path, step):
        if "accept" in step:
            self.rolecall.accept(*step["accept"])
        elif "command" in step:
            self.command(path, step)
        elif "others" in step:
            self.invite_others(step["others"])
        elif "see" in step:
            people = self.rolecall.people()
            seen = {name: people[name][MEMBERSHIP]["status"] if name in people else None for name in step["see"]}
            if seen != step["see"]:
                self.fail(path, step, [f"expected {step['see']}, got {seen}"])
        else:
            self.exchange(path, step)

    def command(self, path, step):
        try:
            self.rolecall.command(*self.names.filled(step["command"]), ok=step.get("ok", [0]))
        except AssertionError as error:
            self.fail(path, {"name": " ".join(step["command"])}, [str(error)])

    def invite_others(self, number):
        status, _, answer = self.rolecall.request("POST", "/Bulk", {
            "schemas": [MESSAGE + "BulkRequest"], "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": f"other-{count}",
                 "data": {"schemas": [CORE + "User"], "userName": f"other{count:03}@example.com"}} for count in range(number)]})
        assert status == 200 and {each["status"] for each in answer["Operations"]} == {"201"}, answer

    def fail(self, path, step, differences):
        self.failures.append(f"{self.folder.name}/{path.name}: {step['name']}")
        print(f"FAILED {self.failures[-1]}  [{step.get('from', '')}]")
        for each in differences:
            print(f"    {each}")

    def send(self, request):
        path = urllib.parse.quote(self.names.filled(request["path"]), safe="/?&=:+%[]()$,;!*'@~")
        body = self.names.filled(request.get("raw"))
        if "kept" in request:
            whole = {**self.kept[request["kept"]], **self.names.filled(request["with"])}
            body = json.dumps({name: value for name, value in whole.items() if value is not None})
        if "body" in request:
            body = json.dumps(self.names.filled(request["body"]))
        headers = {"Authorization": f"Bearer {self.token}", **self.connection.get("headers", {}),
                   **request.get("headers", {})}
        if body is None:
            headers.pop("Content-Type", None)
        headers = {name: self.names.filled(value) for name, value in headers.items() if value is not None}
        link = http.client.HTTPConnection("127.0.0.1", self.rolecall.port, timeout=DEADLINE)
        try:
            link.request(request["method"], request.get("base", BASE) + path, body=None if body is None else body.encode(), headers=headers)
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read(), body
        finally:
            link.close()

    def exchange(self, path, step):
        self.count += 1
        wanted = step["answer"]
        status, headers, data, sent = self.send(step["request"])
        comparison = Comparison(self.names)
        if status != wanted["status"]:
            comparison.say("status", wanted["status"], status)
        else:
            body = self.compare_body(comparison, step, headers, data)
            for name, value in wanted.get("headers", {}).items():
                comparison.value(f"header {name}", value, headers.get(name))
            if isinstance(body, dict):
                self.compare_manners(comparison, status, headers, body)
        if comparison.differences:
            request = self.names.filled(step["request"])
            self.fail(path, step, [f"{request['method']} {request['path']} {sent or ''}"] + comparison.differences
                      + ([f"the answer: {data.decode('utf-8', 'replace')}"] if status != wanted["status"] else []))

    def compare_body(self, comparison, step, headers, data):
        whole = whole_answer(step["answer"], f"scim:{self.folder.name}")
        if whole is None:
            if data:
                comparison.say("body", Ellipsis, data.decode("utf-8", "replace"))
            return None
        try:
            body = json.loads(data)
        except ValueError:
            comparison.say("body", whole, data.decode("utf-8", "replace"))
            return None
        kind = headers.get("Content-Type", "").split(";")[0]
        asked = {**self.connection.get("headers", {}), **step["request"].get("headers", {})}.get("Accept")
        # Entra's validator stops at application/json; RFC 7644 3.8 lets those have it who ask for it alone.
        told = "Content-Type" in step["answer"].get("headers", {})
        if not told and kind != "application/scim+json" and (asked, kind) != ("application/json", "application/json"):
            comparison.say("header Content-Type", "application/scim+json", kind)
        comparison.value("", whole, body)
        if "keep" in step:
            self.kept[step["keep"]] = body
        return body

    @staticmethod
    def compare_manners(comparison, status, headers, body):
        """RFC 7644: what every answer of a kind must have, whichever provider asks."""
        told = body.get("meta") or {}
        if status == 201:
            comparison.value("header Location", told.get("location"), headers.get("Location"))
        if "version" in told and "Resources" not in body:
            comparison.value("header ETag", told["version"], headers.get("ETag"))
        if "Resources" in body and body["itemsPerPage"] != len(body["Resources"]):
            comparison.say("itemsPerPage", len(body["Resources"]), body["itemsPerPage"])
        if told.get("created") and told["lastModified"] < told["created"]:
            comparison.say("meta.lastModified", f"not before {told['created']}", told["lastModified"])


def main(arguments):
    folders = sorted(path.parent for path in HERE.glob("*/connection.json"))
    if arguments[:1] == ["--count"]:
        counts = {folder.name: Replay(folder).recorded() for folder in folders}
        print(", ".join(f"{name} {count}" for name, count in counts.items()))
        print(f"{sum(counts.values())} exchanges of {len(counts)} providers are recorded")
        return 0 if sum(counts.values()) >= int(arguments[1]) else 1
    failed = total = 0
    for folder in folders:
        if arguments and folder.name not in arguments:
            continue
        replay = Replay(folder)
        replay.run()
        print(f"{folder.name}: {replay.count} exchanges, {len(replay.failures)} failed")
        total += replay.count
        failed += len(replay.failures)
    print(f"{total} exchanges, {failed} failed")
    return 1 if failed or total == 0 else 0


if __name__ == "__main__":
    if not os.environ.get("ROLECALL") and sys.argv[1:2] != ["--count"]:
        sys.exit("set ROLECALL to the program")
    sys.exit(main(sys.argv[1:]))
