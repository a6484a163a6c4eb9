#!/usr/bin/env python3
"""Random small organizations: whatever people and directories do between two syncs, each sync does
exactly what its plan says, is never refused, leaves nothing for a second one, and keeps every law.

    live_random.py [ROUNDS [SEED]]      each round is one organization of its own, from SEED on

A failure prints the seed and all acts of its round; `live_random.py 1 SEED` replays it.
"""
import json
import os
import pathlib
import random
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import MEMBERSHIP, REFUSAL, SUFFIX, Rolecall  # noqa: E402

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
STEPS = 14
DAY = 24 * 3600
NAMES = ("ada", "bob", "cleo", "dan", "eve", "fay", "gus", "hal", "ida", "dana", "breakglass")
PROJECTS = ("search", "ads")
LEVELS = {"admin": "admin", "rw": "read-write", "ro": "read-only"}
GROUPS = ("owners", "finance", "staff", "denied",
          *(f"proj-{project}-{level}" for project in (*PROJECTS, "gone") for level in LEVELS))
RANK = ("none", "member", "billing-admin", "owner")
PROJECT_RANK = ("none", "read-only", "read-write", "admin")
COUNT_OF = {"invite": "invited", "reissue": "reissued", "revoke": "revoked", "set-project-role": "project_roles_set",
            "remove-project-role": "project_roles_removed", "update-profile": "updated", "suspend": "suspended",
            "reactivate": "reactivated", "remove": "removed"}
PLANNED_HOLDS = {"last-owner", "last-project-admin", "address-taken", "guard", "unproven"}
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; }};
organizations = ( {{ name = "acme"; seats = {seats}; domains = [ "example.com" ];
  owners = [ "dana@example.com", "breakglass@example.com" ]; protected = [ "breakglass@example.com" ];
  projects = ( {{ name = "search"; admins = [ "dana@example.com" ]; }}, {{ name = "ads"; admins = [ "dana@example.com" ]; }} ); }} );
directories = (
  {{ name = "corp"; ldif = "@FOLDER@/corp.ldif"; anchor = "entryUUID"; account_disabled = "(employeeType=disabled)"; adopt = {adopts}; }},
  {{ name = "labs"; ldif = "@FOLDER@/labs.ldif"; anchor = "entryUUID"; account_disabled = "(employeeType=disabled)"; adopt = true; }} );
rules = ( {rules} );
sync = {{ state = "@FOLDER@/sync"; seat_order = "employeeNumber"; max_removals = "{removals}"; max_proven_leavers = "{removals}"; }};
"""
RULES = ",\n  ".join(f"""{{ directory = "{name}"; group = "owners"; organization = "acme"; role = "owner"; }},
  {{ directory = "{name}"; group = "finance"; organization = "acme"; role = "billing-admin"; priority = 3; }},
  {{ directory = "{name}"; group = "staff"; organization = "acme"; role = "member"; }},
  {{ directory = "{name}"; group_matches = "^proj-(?<project>[a-z]+)-(?<level>admin|rw|ro)$"; organization = "acme";
     project = "${{project}}"; role = "${{level}}"; roles = {{ admin = "admin"; rw = "read-write"; ro = "read-only"; }}; }},
  {{ directory = "{name}"; group = "denied"; deny = true; }}""" for name in ("corp", "labs"))


class Directory:
    """One LDIF file: its entries by anchor, and who is in which group."""

    def __init__(self, name, chance):
        self.name = name
        self.origin = f"directory:{name}"
        self.chance = chance
        self.entries = {}
        self.groups = {group: set() for group in GROUPS}
        self.is_broken = False

    def add(self, name):
        anchor = f"{self.name}-{name}"
        self.entries[anchor] = {"uid": name, "mail": f"{name}@example.com", "disabled": False, "title": None,
                                "number": self.chance.randrange(20)}
        if self.chance.random() < 0.8:
            self.groups["staff"].add(anchor)
        self.join(anchor)

    def join(self, anchor):
        weights = [2, 2, 4, 1] + [2] * 6 + [0.2] * 3
        self.groups[self.chance.choices(GROUPS, weights)[0]].add(anchor)

    def change(self):
        """One random change; its description."""
        chance = self.chance
        kind = chance.choices(("add", "drop", "join", "quit", "mail", "swap", "disable", "title", "nomail", "empty", "twin"),
                              (5, 3, 8, 7, 2, 1, 2, 1, 0.5, 0.4, 0.4))[0]
        anchors = sorted(self.entries)
        one = chance.choice(anchors) if anchors else None
        if kind == "add" or one is None:
            name = chance.choice(NAMES)
            if f"{self.name}-{name}" not in self.entries:
                self.add(name)
                return f"{self.name}: add {name}"
            return None
        entry = self.entries[one]
        if kind == "drop":
            del self.entries[one]
            for members in self.groups.values():
                members.discard(one)
        elif kind == "join":
            self.join(one)
        elif kind == "quit":
            mine = sorted(group for group, members in self.groups.items() if one in members)
            if not mine:
                return None
            self.groups[chance.choice(mine)].discard(one)
        elif kind == "mail":
            entry["mail"] = f"{entry['uid']}{chance.choice(['', '2', '.new'])}@example.com"
        elif kind == "swap":
            other = self.entries[chance.choice(anchors)]
            entry["mail"], other["mail"] = other["mail"], entry["mail"]
        elif kind == "disable":
            entry["disabled"] = not entry["disabled"]
        elif kind == "title":
            entry["title"] = chance.choice([None, "Chief", "Deputy"])
        elif kind == "nomail":
            entry["mail"] = chance.choice([None, f"{entry['uid']}@elsewhere.org"])
        elif kind == "empty":
            self.groups[chance.choice(GROUPS)].clear()
        elif kind == "twin":
            entry["mail"] = self.entries[chance.choice(anchors)]["mail"]
        return f"{self.name}: {kind} {one}"

    def ldif(self):
        text = (f"version: 1\n\ndn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: A\ndc: example\n"
                f"entryUUID: {self.name}-base\n\n")
        for anchor, entry in self.entries.items():
            text += (f"dn: uid={entry['uid']},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nentryUUID: {anchor}\n"
                     f"uid: {entry['uid']}\ncn: {entry['uid']}\nsn: {entry['uid']}\nemployeeNumber: {entry['number']}\n")
            text += f"mail: {entry['mail']}\n" if entry["mail"] else ""
            text += "employeeType: disabled\n" if entry["disabled"] else ""
            text += f"title: {entry['title']}\n" if entry["title"] else ""
            text += "\n"
        for group, members in self.groups.items():
            names = sorted(self.entries[anchor]["uid"] for anchor in members) or ["nobody"]
            text += (f"dn: cn={group},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\nentryUUID: {self.name}-group-{group}\n"
                     f"cn: {group}\n" + "".join(f"member: uid={name},ou=people,{SUFFIX}\n" for name in names) + "\n")
        return text

    def desired(self):
        """What the rules make of it, by anchor: (state, organization role, {project: role}). Computed anew here."""
        wanted, mails = {}, {}
        for anchor, entry in self.entries.items():
            mine = [group for group, members in self.groups.items() if anchor in members]
            if not mine:
                continue
            role, projects = "member", {}
            for group in mine:
                if group in ("owners", "finance"):
                    role = max(role, {"owners": "owner", "finance": "billing-admin"}[group], key=RANK.index)
                elif group.startswith("proj-"):
                    _, project, level = group.split("-")
                    if project in PROJECTS:
                        projects[project] = max(projects.get(project, "none"), LEVELS[level], key=PROJECT_RANK.index)
            usable = entry["mail"] is not None and entry["mail"].endswith("@example.com")
            state = ("denied" if "denied" in mine else "suspended" if entry["disabled"] else
                     "granted" if usable else "set-aside")
            wanted[anchor] = [state, role, projects]
            if usable and state != "denied":
                mails.setdefault(entry["mail"], []).append(anchor)
        for anchors in mails.values():
            for anchor in anchors:
                if len(anchors) > 1 and wanted[anchor][0] == "granted":
                    wanted[anchor][0] = "set-aside"
        return wanted


class Round:
    """One organization, from its seed to its last sync."""

    def __init__(self, seed):
        self.seed = seed
        self.chance = random.Random(seed)
        self.seats = self.chance.randint(3, 12)
        self.removals = self.chance.choice(("max(3, 10%)", "max(50, 100%)", "max(50, 100%)"))
        self.adopts = self.chance.choice(("false", "false", "true"))
        self.directories = [Directory("corp", self.chance), Directory("labs", self.chance)]
        self.story = [f"seats {self.seats}, max_removals {self.removals}, corp adopts: {self.adopts}"]
        self.counts = {"acts": 0, "refused": 0, "syncs": 0, "steps": 0, "holds": {}, "approvals": 0, "waiting": 0}
        self.used = 0
        for name in self.chance.sample(NAMES, self.chance.randint(3, 9)):
            self.directories[0].add(name)
        for name in self.chance.sample(NAMES, self.chance.randint(0, 5)):
            self.directories[1].add(name)
        self.rolecall = Rolecall("")
        self.configure()
        self.write()
        self.rolecall.start()

    def configure(self):
        self.rolecall.write_config(CONFIG.format(seats=self.seats, rules=RULES, removals=self.removals,
                                                  adopts=self.adopts))

    def write(self):
        """As an export job replaces its files."""
        for directory in self.directories:
            fresh = self.rolecall.folder / "fresh"
            fresh.write_text(directory.ldif() + ("dn: cut off" if directory.is_broken else ""))
            fresh.rename(self.rolecall.folder / f"{directory.name}.ldif")

    def tell(self, text):
        self.story.append(text)

    # ---- what people do -------------------------------------------------------------------------

    def somebody(self, *statuses):
        people = self.rolecall.people()
        names = sorted(name for name, person in people.items()
                       if not statuses or person[MEMBERSHIP]["status"] in statuses)
        return people[self.chance.choice(names)] if names else None

    def request(self, what, method, path, body=None):
        status, _, answer = self.rolecall.request(method, path, body)
        rule = answer.get(REFUSAL, {}).get("rule") if isinstance(answer, dict) else None
        self.tell(f"{what}: {status} {rule or ''}")
        assert status in (200, 201, 204, 400, 403, 404, 409), f"{what}: {status} {answer}"
        self.counts["refused"] += status >= 400

    def patch(self, what, person, *operations):
        self.request(f"{what} {person['userName']}", "PATCH", f"/Users/{person['id']}",
                     {"schemas": [PATCH], "Operations": list(operations)})

    def command(self, *words):
        done = self.rolecall.command(*words, ok=(0, 1, 3, 4))
        self.tell(f"{' '.join(words)}: {done.returncode}")
        self.counts["refused"] += done.returncode != 0
        return done

    def act_accept(self, answer="accept"):
        person = self.somebody("invited")
        if person is None:
            return
        done = self.rolecall.json("resend", "--organization", "acme", person["userName"], ok=(0, 1, 4))
        for row in done["invitations"]:
            if row.get("link"):
                status = self.rolecall.answer_invitation(row["link"], answer)
                self.tell(f"{answer} {person['userName']}: {status}")
                assert status == 200, f"{answer} {person['userName']}: {status}"

    def act_decline(self):
        self.act_accept("decline")

    def act_role(self):
        role = self.chance.choice(("owner", "owner", "billing-admin", "member"))
        self.patch(f"role {role}", self.somebody(),
                   {"op": "replace", "path": 'roles[type eq "organization"].value', "value": role})

    def act_project_role(self):
        value = f"{self.chance.choice(PROJECTS)}/{self.chance.choice(list(LEVELS.values()))}"
        self.patch(f"role {value}", self.somebody(),
                   {"op": "add", "path": "roles", "value": [{"type": "project", "value": value}]})

    def act_project_none(self):
        project = self.chance.choice(PROJECTS)
        self.patch(f"no role in {project}", self.somebody(),
                   {"op": "remove", "path": f'roles[type eq "project" and value sw "{project}/"]'})

    def act_active(self):
        active = self.chance.random() < 0.6
        self.patch(f"active {active}", self.somebody(*(["suspended"] if active else [])) or self.somebody(),
                   {"op": "replace", "path": "active", "value": active})

    def act_title(self):
        person = self.somebody()
        self.patch("rename", person, {"op": "replace", "path": "displayName", "value": "Somebody"})

    def act_mail(self):
        person = self.somebody("active", "suspended")
        if person is not None:
            mail = f"{self.chance.choice(NAMES)}{self.chance.choice(['', '2'])}@example.com"
            self.patch(f"mail {mail}", person, {"op": "replace", "path": "userName", "value": mail},
                       {"op": "replace", "path": 'emails[type eq "work"].value', "value": mail})

    def act_month(self):
        """The restore window of whoever was removed is over."""
        store = sqlite3.connect(self.rolecall.folder / "rolecall.db", timeout=20)
        with store:
            store.execute("UPDATE departed SET until = until - ?", (31 * DAY,))
        store.close()
        self.tell("a month passes for the removed")

    def act_remove(self):
        person = self.somebody()
        self.request(f"remove {person['userName']}", "DELETE", f"/Users/{person['id']}")

    def act_leave(self):
        person = self.somebody("active")
        words = ["--project", self.chance.choice(PROJECTS)] if self.chance.random() < 0.5 else []
        self.command("leave", "--organization", "acme", "--person", person["userName"], *words)

    def act_invite(self):
        words = (["--project", self.chance.choice(PROJECTS), "--project-role", self.chance.choice(list(LEVELS.values()))]
                 if self.chance.random() < 0.4 else [])
        self.command("invite", "--organization", "acme", "--role", self.chance.choice(("member", "member", "owner")),
                     *words, f"{self.chance.choice(NAMES)}@example.com")

    def act_members(self):
        _, _, answer = self.rolecall.request("GET", "/Projects")
        project, person = self.chance.choice(answer["Resources"]), self.somebody()
        operation = ({"op": "remove", "path": f'members[value eq "{person["id"]}"]'} if self.chance.random() < 0.4 else
                     {"op": "add", "path": "members",
                      "value": [{"value": person["id"], "role": self.chance.choice(list(LEVELS.values()))}]})
        self.request(f"{operation['op']} {person['userName']} in {project['name']}", "PATCH", f"/Projects/{project['id']}",
                     {"schemas": [PATCH], "Operations": [operation]})

    def act_resend(self):
        person = self.somebody("expired")
        if person is not None:
            self.command("resend", "--organization", "acme", person["userName"])

    def act_marker(self):
        _, _, answer = self.rolecall.request("GET", "/Markers")
        if answer["Resources"]:
            marker = self.chance.choice(answer["Resources"])
            self.request(f"clear marker {marker.get('userName')}", "DELETE", f"/Markers/{marker['id']}")

    def act_time(self):
        self.rolecall.shift_time(2 * DAY)
        self.tell("two days pass")

    def act_cap(self):
        self.seats = self.chance.randint(3, 12)
        self.tell(f"seats {self.seats}")
        self.rolecall.stop()
        self.configure()
        self.rolecall.start()

    def act(self):
        acts = {self.act_accept: 12, self.act_decline: 1, self.act_role: 3, self.act_project_role: 3,
                self.act_project_none: 2, self.act_active: 3, self.act_title: 0.5, self.act_remove: 1.5, self.act_leave: 1.5,
                self.act_invite: 2, self.act_members: 2, self.act_resend: 2, self.act_marker: 1, self.act_time: 1,
                self.act_cap: 1, self.act_mail: 1, self.act_month: 0.5}
        self.counts["acts"] += 1
        self.chance.choices(list(acts), list(acts.values()))[0]()
        self.check_laws()

    # ---- the laws -------------------------------------------------------------------------------

    def rows(self, query):
        store = sqlite3.connect(f"file:{self.rolecall.folder}/rolecall.db?mode=ro", uri=True, timeout=20)
        try:
            return store.execute(query).fetchall()
        finally:
            store.close()

    def check_laws(self):
        """I1 to I4 by HTTP and by the store; every role by the links and overrides, computed anew."""
        people = self.rolecall.people()
        cap, used = self.rolecall.seats()
        status = {name: person[MEMBERSHIP]["status"] for name, person in people.items()}
        roles = {name: {role["type"] if role["type"] == "organization" else role["value"].split("/")[0]:
                        role["value"].split("/")[-1] for role in person.get("roles", [])}
                 for name, person in people.items()}
        active = [name for name in people if status[name] == "active"]
        assert any(roles[name].get("organization") == "owner" for name in active), "I1: no active owner"
        for project in PROJECTS:
            assert any(roles[name].get(project) == "admin" for name in active), f"I2: no active admin of {project}"
        assert used == sum(word in ("active", "invited") for word in status.values()), f"I3: {used} seats, {status}"
        assert cap == self.seats and (used <= cap or used <= self.used), f"I3: {used} of {cap}, before {self.used}"
        self.used = used
        for name in people:
            assert "organization" in roles[name] or not roles[name], f"I4: {name} {roles[name]}"
        self.check_store(people, roles)

    def check_store(self, people, roles):
        owners, seats, ceiling = self.rows("SELECT owners, seats_used, seats_ceiling FROM organization")[0]
        count = dict(self.rows("SELECT status, COUNT(*) FROM person GROUP BY status"))
        assert seats == count.get("active", 0) + count.get("invited", 0) <= ceiling, "the store's count of seats"
        assert owners == self.rows("SELECT COUNT(*) FROM person WHERE status = 'active' AND role = 3")[0][0] >= 1
        for name, admins, real in self.rows(
                "SELECT name, admins, (SELECT COUNT(*) FROM person_project AS r JOIN person ON person.id = r.person"
                " WHERE r.project = name AND r.role = 3 AND status = 'active') FROM project"):
            assert admins == real >= 1, f"the store's count of admins of {name}: {admins}, not {real}"
        names = {person["id"]: name for name, person in people.items()}
        expected = {name: self.effective(identity) for identity, name in names.items()}
        assert expected == roles, f"roles: {[(n, expected[n], roles[n]) for n in roles if expected[n] != roles[n]]}"

    def effective(self, person):
        key = f"person = '{person}'"
        links = self.rows(f"SELECT origin, role FROM link WHERE active = 1 AND {key}")
        overrides = dict(self.rows(f"SELECT project, role FROM override WHERE {key}"))
        roles = {}
        for origin, project, role in self.rows(f"SELECT origin, project, role FROM link_project WHERE {key}"):
            if origin in dict(links):
                roles[project] = max(role, roles.get(project, 0))
        for (project,) in self.rows(f"SELECT project FROM stand_in WHERE {key}"):
            roles[project] = 3
        roles.update({project: role for project, role in overrides.items() if project})
        roles = {project: PROJECT_RANK[role] for project, role in roles.items() if role}
        own = overrides.get("", max([role for _, role in links], default=0)) or int(bool(roles))
        return {"organization": RANK[own], **roles} if own else roles

    def links(self):
        """Every link by (origin, externalId): (active, organization role, {project: role}, status, protected)."""
        found = {}
        for person, origin, external, active, role, status, protected in self.rows(
                "SELECT person, origin, external_id, active, link.role, status, protected FROM link"
                " JOIN person ON person.id = link.person WHERE origin LIKE 'directory:%'"):
            projects = {project: PROJECT_RANK[rank] for project, rank in self.rows(
                f"SELECT project, role FROM link_project WHERE person = '{person}' AND origin = '{origin}'")}
            found[origin, external] = (bool(active), RANK[max(role, 1)], projects, status, protected)
        return found

    def check_links(self, plan):
        """Every link is as its directory says, but where the plan gives its reason."""
        spoken_of = {(note["origin"], note["externalId"]) for note in plan["notes"]
                     if note["reason"] in ("marker", "protected", "only-admin")}
        spoken_of |= {(entry["step"]["origin"], entry["step"]["externalId"])
                      for entry in plan["holds"] + plan["waiting"]}
        # whoever would join an invitation that is not sent yet
        unsent = {entry["step"]["userName"] for entry in plan["holds"] + plan["waiting"] if entry["step"]["step"] == "invite"}
        aside = {(note["origin"], note["externalId"]) for note in plan["set_aside"]}
        links = self.links()
        for directory in self.directories:
            if directory.is_broken:
                continue
            wanted = directory.desired()
            mine = {external: link for (origin, external), link in links.items() if origin == directory.origin}
            for anchor in sorted(set(wanted) | set(mine)):
                state, role, projects = wanted.get(anchor, ("unmapped", None, None))
                link = mine.get(anchor)
                assert ((directory.origin, anchor) in aside) == (state == "set-aside"), f"set aside: {anchor} {state}"
                if state == "set-aside" or (directory.origin, anchor) in spoken_of:
                    continue
                what = f"{anchor}: {state} {role} {projects}, has {link}"
                if state in ("unmapped", "denied"):
                    assert link is None, what
                elif state == "suspended":
                    assert link is None or not link[0] or link[4], what
                elif link is not None or directory.entries[anchor]["mail"] not in unsent:
                    assert link is not None and link[:3] == (True, role, projects), what

    # ---- a sync ---------------------------------------------------------------------------------

    def protected(self):
        person = self.rolecall.people().get("breakglass@example.com")
        if person is None or not person[MEMBERSHIP]["protected"]:
            return None                 # left, and invited again as anybody else
        member = person[MEMBERSHIP]
        return (person["id"], person["active"], person.get("emails"), person.get("displayName"), member["status"],
                [role["value"] for role in person["roles"] if role["type"] == "organization"])

    def run_sync(self, plan, *words):
        """One sync, and that it did what was planned."""
        exits = (0, 3, 4, 5)
        done = self.rolecall.command("sync", "--json", *words, ok=exits)
        assert done.stdout.count("\n") == 1, done.stdout
        report = json.loads(done.stdout)
        self.counts["syncs"] += 1
        self.tell(done.stderr)
        text = f"sync {' '.join(words)} planned {[step['text'] for step in plan['steps']]}, reports {json.dumps(report)}"
        self.tell(text)
        assert report["failed"] == 0, "failed"
        assert 0 < report["seconds"] < 60, "seconds"
        assert set(report["held"]) <= PLANNED_HOLDS, f"held in apply: {report['held']}"
        expected = dict.fromkeys((*COUNT_OF.values(), "promoted", "demoted"), 0)
        for step in plan["steps"]:
            kind = COUNT_OF.get(step["step"])
            up = RANK.index(step["to"]) > RANK.index(step["from"])
            expected[kind or ("promoted" if up else "demoted")] += 1
        got = {key: report[key] for key in expected}
        assert got == expected, f"planned {expected}, done {got}"
        assert report["writes"] == len(plan["steps"]) + len(plan["markers"]), "writes"
        assert report["waiting"] == len(plan["waiting"]), "waiting"
        assert sum(report["held"].values()) == len(plan["holds"]), "held"
        assert sum(report["notes"].values()) == len(plan["notes"]), "notes"
        assert report["set_aside"] == len(plan["set_aside"]), "set aside"
        return report

    def plan(self):
        answer = self.rolecall.json("plan", ok=(0, 2, 3, 4, 5))
        assert len(answer["plans"]) == 1, answer
        return answer["plans"][0]

    def sync(self):
        before = self.protected()
        plan = self.plan()
        self.counts["steps"] += len(plan["steps"])
        self.counts["waiting"] += len(plan["waiting"])
        for hold in plan["holds"]:
            self.counts["holds"][hold["reason"]] = self.counts["holds"].get(hold["reason"], 0) + 1
        report = self.run_sync(plan)
        self.check_after(before)
        if report["held"].get("guard") and self.chance.random() < 0.6:
            self.approve()
            self.check_after(before)

    def approve(self):
        """Exactly what the guard shows passes, and the guard holds nothing more."""
        plan = self.plan()
        words = ["--approve", plan["approve"]]
        dry = self.rolecall.json("sync", "-n", *words, ok=(0, 2, 3, 4, 5))
        report = self.rolecall.json("sync", *words, ok=(0, 4, 5))
        self.counts["approvals"] += 1
        self.tell(f"approved {[hold['step']['text'] for hold in plan['holds']]}: {json.dumps(report)}")
        assert "guard" not in report["held"] and "guard" not in dry["held"], "the guard holds what was approved"
        assert report["failed"] == 0 and set(report["held"]) <= PLANNED_HOLDS, "held in apply"

    def check_after(self, before):
        self.check_laws()
        plan = self.plan()
        self.tell(f"after: {[e['step']['text'] for e in plan['holds'] + plan['waiting']]}")
        assert not plan["steps"] and not plan["markers"], f"a second plan has steps: {plan['steps']} {plan['markers']}"
        assert self.rolecall.json("sync", ok=(0, 3, 4, 5))["writes"] == 0, "a second sync writes"
        assert before is None or self.protected() == before, f"protected: {before} is now {self.protected()}"
        self.check_links(plan)
        if plan["waiting"]:
            assert self.rolecall.seats()[1] >= self.seats, "somebody waits though there are seats"

    def step(self):
        for _ in range(self.chance.choice((0, 1, 1, 2, 3, 5))):
            self.act()
        for directory in self.directories:
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4, 8))):
                self.tell(directory.change() or "nothing")
            directory.is_broken = self.chance.random() < 0.06
            if directory.is_broken:
                self.tell(f"{directory.name} is broken")
        self.write()
        self.sync()

    def run(self):
        try:
            self.check_laws()
            self.sync()
            for _ in range(STEPS):
                self.step()
            return True
        except (AssertionError, KeyError, TypeError) as error:
            print("\n".join(self.story))
            print(f"seed {self.seed}: {type(error).__name__} {error}")
            log = (self.rolecall.folder / "serve.log").read_text()
            print(log[-2000:])
            if os.environ.get("KEEP"):
                raise
            return False
        finally:
            self.rolecall.stop()
            if not os.environ.get("KEEP"):
                self.rolecall.remove()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    began = time.monotonic()
    failed, total = [], {}
    for seed in range(first, first + rounds):
        one = Round(seed)
        if not one.run():
            failed.append(seed)
        for key, value in one.counts.items():
            if key == "holds":
                for reason, number in value.items():
                    total[f"held {reason}"] = total.get(f"held {reason}", 0) + number
            else:
                total[key] = total.get(key, 0) + value
    print(f"{rounds} organizations in {time.monotonic() - began:.1f} s: {json.dumps(total)}")
    print(f"failed seeds: {failed}" if failed else "all laws held")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("ROLECALL", str(pathlib.Path(__file__).parents[2] / "build/dev/rolecall"))
    sys.exit(main())
