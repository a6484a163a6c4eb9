"""Identity providers as programs: each keeps its own view of people and groups and reconciles ours with it.

    entra = Entra(rolecall, "--max-role", "owner")
    entra.people["1"] = Person("1", "ann@example.com")
    entra.until_agreed(most=5)

A cycle looks at every person and group as the provider does, and writes what differs. Both agree when a cycle writes
nothing. A write that was taken and is sent again in a later cycle means that the two would never agree: that is a
failure. What is refused with a 403 is tried again in the next cycle, as providers do; `refused` says for whom, and by
which rule.
"""
import dataclasses
import json
import urllib.parse

from support.whole_program import REFUSAL

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclasses.dataclass
class Person:
    """Somebody in the provider's directory, as its mapping shows them."""
    external_id: str
    user_name: str
    mail: str = ""
    given: str = "A"
    family: str = "B"
    role: str = ""  # of the organization; "": none is mapped
    app_roles: tuple = ()  # JSON in texts, as Entra's complex expression sends them
    active: bool = True
    purged: bool = False

    def address(self):
        return self.mail or self.user_name


def work_mail(resource):
    return next((mail.get("value") for mail in resource.get("emails", []) if mail.get("type") == "work"), None)


def primary_role(resource):
    return next((role["value"] for role in resource.get("roles", []) if role.get("primary")), None)


def role_texts(resource):
    return {role["value"] for role in resource.get("roles", [])}


class Provider:
    """What all of them have in common: requests that are counted, and cycles until both agree."""
    agent = ""
    name = ""

    def __init__(self, rolecall, *options):
        self.rolecall = rolecall
        self.token = rolecall.command("token", "create", self.name, "--organization", "acme", *options).stdout.strip()
        self.people = {}
        self.groups = {}  # name -> set of external ids
        self.ids = {}
        self.group_ids = {}
        self.pushed = {}  # group -> the members it has pushed
        self.refused = {}
        self.requests = 0
        self.taken = []
        self.report = []

    def ask(self, method, path, body=None):
        self.requests += 1
        return self.rolecall.request(method, path, body, token=self.token,
                                     headers={"User-Agent": self.agent, "Accept": "application/scim+json"})

    def write(self, whom, method, path, body=None):
        """(status, answer) of a write; `whom`: of which person or group it is."""
        status, _, answer = self.ask(method, path, body)
        if status in (200, 201, 204):
            self.taken.append((method, path, json.dumps(body, sort_keys=True)))
            self.refused.pop(whom, None)
        elif status == 403:
            self.refused[whom] = answer[REFUSAL]["rule"]
        elif status not in (404, 409):
            raise AssertionError(f"{method} {path} {body}: {status} {answer}")
        return status, answer

    def found(self, path, expression):
        """The one resource that the filter finds, or None."""
        status, _, answer = self.ask("GET", f"{path}?filter={urllib.parse.quote(expression)}")
        assert status == 200, (status, answer)
        assert answer["totalResults"] <= 1, answer
        return answer["Resources"][0] if answer["totalResults"] else None

    def cycle(self):
        """One pass over everything; gives the writes that were taken."""
        self.taken = []
        self.begin()
        for external_id in list(self.people):
            self.reconcile(self.people[external_id])
        for name in sorted(set(self.groups) | set(self.group_ids)):
            self.reconcile_group(name)
        return self.taken

    def begin(self):
        pass

    def until_agreed(self, most, refused=None):
        """Cycles until one writes nothing, with at most `most` requests; `refused`: person -> rule, what stays refused."""
        seen, before, cycles = set(), self.requests, 0
        while True:
            cycles += 1
            taken = self.cycle()
            again = seen & set(taken)
            if again:
                raise AssertionError(f"{self.name} writes for ever: {sorted(again)}")
            seen |= set(taken)
            if not taken:
                break
            if cycles > 6:
                raise AssertionError(f"{self.name} and the endpoint do not agree after {cycles} cycles: {taken}")
        used = self.requests - before
        self.report.append(used)
        if used > most:
            raise AssertionError(f"{self.name} needed {used} requests in {cycles} cycles, not {most}")
        if self.refused != (refused or {}):
            raise AssertionError(f"{self.name} is refused {self.refused}, not {refused or {}}")

    def body(self, person):
        """The person whole, as a POST has it."""
        body = {"schemas": [CORE + "User"], "externalId": person.external_id, "userName": person.user_name, "active": person.active,
                "displayName": f"{person.given} {person.family}", "name": {"givenName": person.given, "familyName": person.family},
                "emails": [{"primary": True, "type": "work", "value": person.address()}]}
        if person.role:
            body["roles"] = [{"primary": True, "value": person.role}]
        return body

    @staticmethod
    def differences(person, remote):
        """The attributes that are mapped and differ: path -> value."""
        wanted = {"userName": person.user_name, "externalId": person.external_id, "active": person.active,
                  "displayName": f"{person.given} {person.family}", "name.givenName": person.given,
                  "name.familyName": person.family, 'emails[type eq "work"].value': person.address()}
        name = remote.get("name", {})
        there = {"userName": remote["userName"], "externalId": remote.get("externalId"), "active": remote["active"],
                 "displayName": remote.get("displayName"), "name.givenName": name.get("givenName"),
                 "name.familyName": name.get("familyName"), 'emails[type eq "work"].value': work_mail(remote)}
        if person.role:
            wanted["role"], there["role"] = person.role, primary_role(remote)
        return {path: value for path, value in wanted.items() if there[path] != value}

    def create(self, person):
        status, answer = self.write(person.external_id, "POST", "/Users", self.body(person))
        if status == 201:
            self.ids[person.external_id] = answer["id"]

    def matched(self, person):
        """Looked for by name; whoever is found is linked."""
        remote = self.found("/Users", f'userName eq "{person.user_name}"')
        if remote is not None:
            self.ids[person.external_id] = remote["id"]
        return remote

    def members(self, name):
        return {self.ids[each] for each in self.groups[name] if each in self.ids}

    def drop_group(self, name):
        status, _ = self.write(name, "DELETE", f"/Groups/{self.group_ids.pop(name)}")
        assert status in (204, 404), status
        self.pushed.pop(name, None)


class Entra(Provider):
    """Reads each person back in every cycle, patches one attribute an operation, deletes 30 days after the end."""
    agent = ""
    name = "entra"

    def reconcile(self, person):
        ident = self.ids.get(person.external_id)
        if person.purged:
            if ident is not None:
                status, _ = self.write(person.external_id, "DELETE", f"/Users/{ident}")
                if status == 403:
                    return
                del self.ids[person.external_id]
            del self.people[person.external_id]
            return
        remote = self.read(person, ident) if ident is not None else None
        remote = remote or self.matched(person)
        if remote is not None:
            self.update(person, remote)
        elif person.active:
            self.create(person)

    def read(self, person, ident):
        status, _, remote = self.ask("GET", f"/Users/{ident}")
        if status == 200:
            return remote
        assert status == 404, (status, remote)
        del self.ids[person.external_id]
        return None

    def update(self, person, remote):
        differences = self.differences(person, remote)
        operations = []
        for path, value in differences.items():
            if path == "role":
                path = 'roles[primary eq "True"].value'
            operations.append({"op": "Replace", "path": path, "value": str(value) if path == "active" else value})
        missing = [text for text in person.app_roles
                   if text not in role_texts(remote) and json.loads(text)["value"] not in role_texts(remote)]
        if missing:
            operations.append({"op": "Add", "path": "roles", "value": [{"value": text} for text in missing]})
        if operations:
            self.write(person.external_id, "PATCH", f"/Users/{remote['id']}", {"schemas": [PATCH], "Operations": operations})
        else:
            self.refused.pop(person.external_id, None)

    def reconcile_group(self, name):
        if name not in self.groups:
            self.drop_group(name)
            return
        ident = self.group_ids.get(name)
        if ident is not None and self.ask("GET", f"/Groups/{ident}?excludedAttributes=members")[0] == 404:
            ident = None
        remote = None if ident else self.found("/Groups", f'displayName eq "{name}"')
        if ident is None and remote is None:
            status, remote = self.write(name, "POST", "/Groups", {
                "schemas": [CORE + "Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
                "externalId": "id-of-" + name, "displayName": name, "meta": {"resourceType": "Group"}})
            assert status == 201, remote
        self.group_ids[name] = ident or remote["id"]
        self.push_members(name)

    def push_members(self, name):
        ident, wanted = self.group_ids[name], self.members(name)
        for member in sorted(wanted):
            if self.found("/Groups", f'id eq "{ident}" and members eq "{member}"') is None:
                self.change_member(name, "Add", member)
        for member in sorted(self.pushed.get(name, set()) - wanted):
            if self.found("/Groups", f'id eq "{ident}" and members eq "{member}"') is not None:
                self.change_member(name, "Remove", member)
        self.pushed[name] = wanted

    def change_member(self, name, how, member):
        status, answer = self.write(name, "PATCH", f"/Groups/{self.group_ids[name]}", {"schemas": [PATCH], "Operations": [
            {"op": how, "path": "members", "value": [{"$ref": None, "value": member}]}]})
        assert status == 204, (status, answer)


class Okta(Provider):
    """Imports by pages of 100, writes path-less, never deletes a person; groups with their whole membership."""
    agent = "Okta SCIM Client 1.0.0"
    name = "okta"

    def begin(self):
        """Its import: everybody, by pages of 100."""
        self.imported, start = {}, 1
        while True:
            status, _, page = self.ask("GET", f"/Users?startIndex={start}&count=100")
            assert status == 200 and page["itemsPerPage"] == len(page["Resources"]), page
            self.imported.update({each["id"]: each for each in page["Resources"]})
            start += 100
            if start > page["totalResults"]:
                break
        assert len(self.imported) == page["totalResults"], "nobody is missing from the import, nobody twice"

    def reconcile(self, person):
        ident = self.ids.get(person.external_id)
        remote = self.imported.get(ident)
        if ident is not None and remote is None:
            del self.ids[person.external_id]
        if remote is None:
            remote = self.matched(person)
        if person.purged:  # it says no more than that they are not active
            person.active = False
        if remote is not None:
            self.update(person, remote)
        elif person.active:
            self.create(person)

    def update(self, person, remote):
        differences = self.differences(person, remote)
        if not differences:
            self.refused.pop(person.external_id, None)
            return
        if set(differences) == {"active"} or not person.active:
            differences = {"active": person.active} if "active" in differences else {}
        if not differences:
            return
        value = {}
        for path, each in differences.items():
            if path.startswith("name."):
                value["name"] = {"givenName": person.given, "familyName": person.family}
            elif path.startswith("emails"):
                value["emails"] = [{"primary": True, "type": "work", "value": each}]
            elif path == "role":
                value["roles"] = [{"primary": True, "value": each}]
            else:
                value[path] = each
        self.write(person.external_id, "PATCH", f"/Users/{remote['id']}", {"schemas": [PATCH], "Operations": [{"op": "replace", "value": value}]})

    def create(self, person):
        """A POST to somebody who is in already is answered 409: then it matches in the next cycle."""
        body = {**self.body(person), "groups": [], "password": "placeholder", "locale": "en-US"}
        status, answer = self.write(person.external_id, "POST", "/Users", body)
        if status == 201:
            self.ids[person.external_id] = answer["id"]

    def reconcile_group(self, name):
        if name not in self.groups:
            self.drop_group(name)
            return
        remote = self.found("/Groups", f'displayName eq "{name}"')
        if remote is None:
            status, remote = self.write(name, "POST", "/Groups", {"schemas": [CORE + "Group"], "displayName": name, "members": []})
            assert status == 201, remote
        self.group_ids[name] = remote["id"]
        there, wanted = {each["value"] for each in remote.get("members", [])}, self.members(name)
        if there == wanted:
            return
        operations = [{"op": "remove", "path": f'members[value eq "{member}"]'} for member in sorted(there - wanted)]
        if wanted - there:
            operations.append({"op": "add", "path": "members", "value": [{"value": member, "display": member} for member in sorted(wanted - there)]})
        rename = {"op": "replace", "value": {"id": remote["id"], "displayName": name}}
        for body in ([rename], operations):
            status, answer = self.write(name, "PATCH", f"/Groups/{remote['id']}", {"schemas": [PATCH], "Operations": body})
            assert status == 204, (status, answer)
