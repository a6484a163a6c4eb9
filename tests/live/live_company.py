#!/usr/bin/env python3
"""A company of 1,000 people and 60 groups in a real slapd, from the first sync to the tenth day.

Each test method is one day in the life of the same company, in order; what a sync must do is
worked out here a second time, from the groups alone.
"""
import os
import pathlib
import sys
import tempfile
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import MEMBERSHIP, SUFFIX, Rolecall, Slapd  # noqa: E402

PEOPLE = 1000
DEPARTMENTS = 40
SEATS = 100
PROJECTS = ("search", "ads", "maps")
CONFIG = """
endpoint = { listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; };
organizations = ( { name = "acme"; display_name = "Acme"; seats = 100; domains = [ "example.com" ];
  owners = [ "one@example.com", "two@example.com" ]; protected = [ "one@example.com", "two@example.com" ];
  projects = ( { name = "search"; admins = [ "one@example.com" ]; }, { name = "ads"; admins = [ "one@example.com" ]; },
               { name = "maps"; admins = [ "one@example.com" ]; } ); } );
directories = ( { name = "corp"; uri = [ "%(uri)s" ]; base = "%(suffix)s"; kind = "rfc2307bis";
  bind_dn = "cn=sync,%(suffix)s"; bind_password_file = "%(password)s"; page_size = 100;
  account_disabled = "(employeeType=disabled)"; } );
rules = (
  { group = "cloud-owners"; organization = "acme"; role = "owner"; },
  { group = "finance"; organization = "acme"; role = "billing-admin"; },
  { group = "department-00"; organization = "acme"; role = "member"; priority = 20; },
  { group = "cn=department-01,ou=groups,%(suffix)s"; organization = "acme"; role = "member"; priority = 10; },
  { group = "staff"; organization = "acme"; role = "member"; },
  { group_matches = "^proj-(?<project>[a-z]+)-(?<level>admin|rw|ro)$"; organization = "acme"; project = "${project}";
    role = "${level}"; roles = { admin = "admin"; rw = "read-write"; ro = "read-only"; }; },
  { group = "suspended-staff"; deny = true; } );
sync = { state = "@FOLDER@/sync"; seat_order = "employeeNumber"; };
"""


def user(number):
    return f"user{number:04d}"


def mail(number):
    return f"{user(number)}@example.com"


def person_dn(number):
    return f"uid={user(number)},ou=people,{SUFFIX}"


def group_dn(name):
    return f"cn={name},ou=groups,{SUFFIX}"


def person_ldif(number):
    return (f"dn: {person_dn(number)}\nobjectClass: inetOrgPerson\nuid: {user(number)}\ncn: User {number}\nsn: {number}\n"
            f"displayName: User {number}\nmail: {mail(number)}\nemployeeNumber: {number:05d}\n\n")


def group_ldif(name, members, unique=False):
    kind, attribute = ("groupOfUniqueNames", "uniqueMember") if unique else ("groupOfNames", "member")
    lines = "".join(f"{attribute}: {member}\n" for member in members)
    return f"dn: {group_dn(name)}\nobjectClass: {kind}\ncn: {name}\n{lines}\n"


GROUPS = {
    "cloud-owners": [3, 903], "finance": [10, 11, 12, 990], "suspended-staff": [44],
    "proj-search-admin": [20, 991], "proj-search-rw": [21, 22, 23, 24, 25, 26], "proj-search-ro": [30, 31],
    "proj-ads-admin": [40], "proj-ads-rw": [41, 42, 43, 44], "proj-ads-ro": [45],
    "proj-maps-admin": [50], "proj-maps-rw": [51, 992], "proj-maps-ro": [52, 53],
}


def company():
    """60 groups: 12 above, 40 departments in staff, staff itself, and 7 that no rule names."""
    text = "".join(f"dn: ou={name},{SUFFIX}\nobjectClass: organizationalUnit\nou: {name}\n\n" for name in ("people", "groups"))
    text += "".join(person_ldif(number) for number in range(PEOPLE))
    for number, (name, members) in enumerate(sorted(GROUPS.items())):
        text += group_ldif(name, [person_dn(member) for member in members], unique=number % 2 == 1)
    for department in range(DEPARTMENTS):
        members = [person_dn(number) for number in range(PEOPLE) if number % DEPARTMENTS == department]
        text += group_ldif(f"department-{department:02d}", members, unique=department % 3 == 0)
    # staff nests the departments, and itself: a cycle
    text += group_ldif("staff", [group_dn(f"department-{number:02d}") for number in range(DEPARTMENTS)] + [group_dn("staff")])
    for number in range(7):
        text += group_ldif(f"unmapped-{number}", [person_dn(number)])
    return text


def seat_queue(without=()):
    """Who gets a seat, in order: role, then the rule's priority, then employeeNumber."""
    def rank(number):
        admins = [n for project in PROJECTS for n in GROUPS[f"proj-{project}-admin"]]
        role = 0 if number in GROUPS["cloud-owners"] else 1 if number in admins else 2 if number in GROUPS["finance"] else 3
        priority = 20 if number % DEPARTMENTS == 0 else 10 if number % DEPARTMENTS == 1 else 0
        return role, -priority, number
    return sorted((n for n in range(PEOPLE) if n not in GROUPS["suspended-staff"] and n not in without), key=rank)


class Company(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="slapd-")
        cls.slapd = Slapd(pathlib.Path(cls.scratch.name) / "slapd", company())
        cls.slapd.start()
        cls.rolecall = Rolecall(CONFIG % {"uri": cls.slapd.uri, "suffix": SUFFIX, "password": cls.slapd.folder / "password"})
        cls.rolecall.start()

    @classmethod
    def tearDownClass(cls):
        cls.rolecall.remove()
        cls.slapd.stop()
        cls.scratch.cleanup()

    def sync(self, ok=(0,), **expected):
        """A sync that does exactly `expected` and nothing else; a second one must write nothing."""
        report = self.rolecall.json("sync", ok=ok)
        counted = ("invited", "reissued", "revoked", "promoted", "demoted", "project_roles_set", "project_roles_removed",
                   "updated", "suspended", "reactivated", "removed", "failed")
        did = {name: report[name] for name in counted if report[name]}
        self.assertEqual(did, {name: count for name, count in expected.items() if name in counted and count}, report)
        if "held" in expected:
            self.assertEqual(report["held"], expected["held"], report)
        if "waiting" in expected:
            self.assertEqual(report["waiting"], expected["waiting"], report)
        again = self.rolecall.json("sync", ok=ok)
        self.assertEqual(again["writes"], 0, f"the same input twice: {again}")
        return report

    def test_01_the_first_sync_fills_every_seat_by_priority_and_the_rest_waits(self):
        queue = seat_queue()
        report = self.sync(invited=SEATS - 2, waiting=len(queue) - (SEATS - 2))
        self.assertEqual(report["read"], PEOPLE)
        invited = {name for name in self.rolecall.people() if name.startswith("user")}
        self.assertEqual(invited, {mail(number) for number in queue[:SEATS - 2]})
        self.assertEqual(self.rolecall.seats(), (SEATS, SEATS))

    def test_02_one_more_is_refused_by_the_endpoint(self):
        status, _, answer = self.rolecall.request("POST", "/Users", {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "late@example.com",
            "emails": [{"value": "late@example.com", "type": "work", "primary": True}]})
        self.assertEqual(status, 403, answer)
        refusal = answer["urn:rolecall:params:scim:api:messages:1.0:Refusal"]
        self.assertEqual((refusal["rule"], refusal["limit"], refusal["used"]), ("seat-cap", SEATS, SEATS))

    def test_03_invitations_are_accepted_over_http_with_their_tokens(self):
        queue = seat_queue()
        # everybody with a seat accepts but ten: the last ten of the queue
        type(self).pending = [mail(number) for number in queue[SEATS - 12:SEATS - 2]]
        accepted = [mail(number) for number in queue[:SEATS - 12]]
        self.rolecall.accept(*accepted)
        self.assertEqual(self.rolecall.by_status(), {"active": len(accepted) + 2, "invited": 10})
        self.assertEqual(self.rolecall.roles(mail(3)), ["owner"])
        self.assertEqual(self.rolecall.roles(mail(20)), ["member", "search/admin"])
        self.sync(waiting=len(queue) - (SEATS - 2))

    def test_04_leavers_free_seats_for_those_who_wait(self):
        queue = seat_queue()
        gone = [80, 81]          # both active, both in the first departments
        self.assertTrue(all(number in queue[:SEATS - 12] for number in gone))
        self.slapd.modify("".join(f"dn: {person_dn(number)}\nchangetype: delete\n\n" for number in gone))
        self.sync(removed=2, invited=2, waiting=len(queue) - (SEATS - 2) - 2)
        people = self.rolecall.people()
        for number in gone:
            self.assertNotIn(mail(number), people)
        for number in seat_queue(without=gone)[SEATS - 4:SEATS - 2]:
            self.assertIn(mail(number), people)

    def test_05_a_renamed_entry_and_a_new_mail_follow_the_anchor(self):
        self.slapd.modify(f"dn: {person_dn(21)}\nchangetype: modrdn\nnewrdn: uid=renamed\ndeleteoldrdn: 1\n\n"
                          f"dn: {group_dn('proj-search-rw')}\nchangetype: modify\ndelete: member\nmember: {person_dn(21)}\n-\n"
                          f"add: member\nmember: uid=renamed,ou=people,{SUFFIX}\n\n"
                          if "member:" in group_ldif("proj-search-rw", ["x"], sorted(GROUPS).index("proj-search-rw") % 2 == 1)
                          else f"dn: {person_dn(21)}\nchangetype: modrdn\nnewrdn: uid=renamed\ndeleteoldrdn: 1\n\n"
                               f"dn: {group_dn('proj-search-rw')}\nchangetype: modify\ndelete: uniqueMember\nuniqueMember: {person_dn(21)}\n-\n"
                               f"add: uniqueMember\nuniqueMember: uid=renamed,ou=people,{SUFFIX}\n\n")
        department = f"department-{21 % DEPARTMENTS:02d}"
        attribute = "uniqueMember" if (21 % DEPARTMENTS) % 3 == 0 else "member"
        self.slapd.modify(f"dn: {group_dn(department)}\nchangetype: modify\ndelete: {attribute}\n{attribute}: {person_dn(21)}\n-\n"
                          f"add: {attribute}\n{attribute}: uid=renamed,ou=people,{SUFFIX}\n\n")
        self.slapd.modify(f"dn: uid=renamed,ou=people,{SUFFIX}\nchangetype: modify\nreplace: mail\nmail: new.name@example.com\n\n")
        before = self.rolecall.people()[mail(21)]["id"]
        self.sync(updated=1)
        people = self.rolecall.people()
        self.assertNotIn(mail(21), people)
        self.assertEqual(people["new.name@example.com"]["id"], before)
        self.assertEqual(self.rolecall.roles("new.name@example.com"), ["member", "search/read-write"])

    def test_06_a_pending_person_with_a_new_address_gets_a_new_invitation(self):
        address = self.pending[0]
        number = int(address[4:8])
        old_link = self.rolecall.links_of(address)[address]
        self.slapd.modify(f"dn: {person_dn(number)}\nchangetype: modify\nreplace: mail\nmail: moved@example.com\n\n")
        self.sync(reissued=1)
        self.assertEqual(self.rolecall.answer_invitation(old_link), 410, "the old link is dead")
        self.assertEqual(self.rolecall.people()["moved@example.com"][MEMBERSHIP]["status"], "invited")

    def change_members(self, name, add=(), remove=()):
        attribute = "uniqueMember" if sorted(GROUPS).index(name) % 2 == 1 else "member"
        text = f"dn: {group_dn(name)}\nchangetype: modify\n"
        for verb, numbers in (("add", add), ("delete", remove)):
            for number in numbers:
                text += f"{verb}: {attribute}\n{attribute}: {person_dn(number)}\n-\n"
        self.slapd.modify(text)

    def test_07_roles_follow_the_groups(self):
        self.change_members("cloud-owners", add=[10])                     # billing-admin becomes owner
        self.change_members("finance", add=[22], remove=[11])             # one up, one down
        self.change_members("proj-ads-rw", add=[30], remove=[41])         # in and out of a project
        self.change_members("proj-search-rw", add=[31])                   # read-only becomes read-write
        self.sync(promoted=2, demoted=1, project_roles_set=2, project_roles_removed=1)
        self.assertEqual(self.rolecall.roles(mail(10)), ["owner"])
        self.assertEqual(self.rolecall.roles(mail(22)), ["billing-admin", "search/read-write"])
        self.assertEqual(self.rolecall.roles(mail(11)), ["member"])
        self.assertEqual(self.rolecall.roles(mail(31)), ["member", "search/read-write"])
        self.assertEqual(self.rolecall.roles(mail(41)), ["member"])

    def test_08_disabled_accounts_are_suspended_and_come_back(self):
        self.slapd.modify(f"dn: {person_dn(24)}\nchangetype: modify\nreplace: employeeType\nemployeeType: disabled\n\n")
        waiting = self.rolecall.json("sync", "-n", ok=(0, 2))["waiting"]
        report = self.sync(suspended=1, invited=1)                        # the freed seat goes to the next
        self.assertEqual(report["waiting"], waiting)
        self.assertEqual(self.rolecall.people()[mail(24)][MEMBERSHIP]["status"], "suspended")
        self.slapd.modify(f"dn: {person_dn(24)}\nchangetype: modify\ndelete: employeeType\n\n")
        report = self.sync()                                              # no seat is free: they wait, named
        self.assertEqual(report["waiting"], waiting + 1)

    def test_09_an_emptied_group_trips_the_guard_until_it_is_approved(self):
        attribute = "uniqueMember" if sorted(GROUPS).index("proj-search-rw") % 2 == 1 else "member"
        self.slapd.modify(f"dn: {group_dn('proj-search-rw')}\nchangetype: modify\nreplace: {attribute}\n"
                          f"{attribute}: {group_dn('proj-search-rw')}\n\n")
        report = self.rolecall.json("sync", ok=(3,))
        self.assertEqual(report["writes"], 0, report)
        self.assertTrue(any(name.startswith("guard") for name in report["held"]), report)
        self.assertEqual(self.rolecall.roles(mail(22)), ["billing-admin", "search/read-write"])
        digest = self.rolecall.json("plan", ok=(2, 3))["approve"]
        report = self.rolecall.json("sync", "--approve", digest, ok=(0,))
        # six lose the project; the one who moved in on day 7 falls back to read-only
        self.assertEqual((report["project_roles_removed"], report["project_roles_set"]), (6, 1), report)
        self.assertEqual(self.rolecall.json("sync")["writes"], 0)

    def test_10_an_expired_invitation_frees_its_seat_without_a_write(self):
        _, used = self.rolecall.seats()
        pending = self.rolecall.by_status()["invited"]
        self.rolecall.shift_time(48 * 3600)
        self.assertEqual(self.rolecall.seats(), (SEATS, used - pending))
        self.assertEqual(self.rolecall.by_status().get("invited", 0), 0)


if __name__ == "__main__":
    os.environ.setdefault("ROLECALL", str(pathlib.Path(__file__).parents[2] / "build/dev/rolecall"))
    unittest.main(verbosity=2)
