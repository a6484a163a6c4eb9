#!/usr/bin/env python3
"""The laws that no sync may break: the last owner, the only admin, the cap; each on the real program."""
import concurrent.futures
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import MEMBERSHIP, REFUSAL, Rolecall, directory  # noqa: E402

PARTLY = 4
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; }};
organizations = ( {{ name = "acme"; seats = {seats}; owners = [ "founder@example.com" ]; {projects} }} );
directories = ( {{ name = "corp"; ldif = "@FOLDER@/company.ldif"; anchor = "entryUUID"; }} );
rules = ( {{ group = "owners"; organization = "acme"; role = "owner"; }},
          {{ group = "staff"; organization = "acme"; role = "member"; }},
          {{ group = "search-admins"; organization = "acme"; project = "search"; role = "admin"; }} );
sync = {{ state = "@FOLDER@/sync"; }};
"""
PROJECT = 'projects = ( { name = "search"; admins = [ "founder@example.com" ]; } );'


class Company(unittest.TestCase):
    """An endpoint, a directory file, and what the tests ask of them."""

    def start(self, **settings):
        self.rolecall = Rolecall(CONFIG.format(**settings))
        self.addCleanup(self.rolecall.remove)
        self.rolecall.start()

    def write(self, people, **groups):
        (self.rolecall.folder / "company.ldif").write_text(directory(people, **groups))

    def status(self, name):
        return self.rolecall.people()[f"{name}@example.com"][MEMBERSHIP]["status"]

    def roles(self, name):
        return self.rolecall.roles(f"{name}@example.com")


class Owners(Company):
    def setUp(self):
        self.start(seats=100, projects="")

    def test_the_last_owner_is_held_until_a_second_one_has_accepted(self):
        staff = ["erin", "omar", "pia"]
        self.write(staff, staff=staff, owners=["erin"])
        self.rolecall.command("sync")
        self.rolecall.accept("erin@example.com", "pia@example.com")
        self.rolecall.command("leave", "--organization", "acme", "--person", "founder@example.com")
        self.write(staff, staff=staff)
        done = self.rolecall.command("sync", ok=(PARTLY,))
        self.assertIn("erin@example.com", done.stdout)
        self.assertRegex(done.stdout, "no other active owner would be left")
        self.assertEqual(self.rolecall.json("sync", ok=(PARTLY,))["held"], {"last-owner": 1})
        self.assertEqual(self.roles("erin"), ["owner"])
        # an invited successor does not count
        self.write(staff, staff=staff, owners=["omar"])
        self.rolecall.command("sync", ok=(PARTLY,))
        self.assertEqual((self.status("omar"), self.roles("erin")), ("invited", ["owner"]))
        # they accept: the next run finishes the hand-over
        self.rolecall.accept("omar@example.com")
        report = self.rolecall.json("sync", ok=(0,))
        self.assertEqual((report["demoted"], report["held"]), (1, {}))
        self.assertEqual((self.roles("erin"), self.roles("omar")), (["member"], ["owner"]))
        self.assertEqual(self.rolecall.json("sync")["writes"], 0)

    def test_the_last_owner_who_leaves_the_company_is_held_too(self):
        self.write(["erin"], staff=["erin"], owners=["erin"])
        self.rolecall.command("sync")
        self.rolecall.accept("erin@example.com")
        self.rolecall.command("leave", "--organization", "acme", "--person", "founder@example.com")
        self.write(["omar"], staff=["omar"])
        done = self.rolecall.command("sync", ok=(PARTLY,))
        self.assertRegex(done.stdout, "no other active owner would be left")
        self.assertEqual(self.status("erin"), "active")


class Projects(Company):
    def setUp(self):
        self.start(seats=100, projects=PROJECT)

    def test_an_owner_stands_in_for_the_only_admin_until_the_successor_accepts(self):
        staff = ["ada", "bob"]
        self.write(staff, staff=staff, search_admins=["ada"])
        self.rolecall.command("sync")
        self.rolecall.accept("ada@example.com", "bob@example.com")
        _, _, projects = self.rolecall.request("GET", "/Projects")
        founder = self.rolecall.people()["founder@example.com"]["id"]
        project = projects["Resources"][0]["id"]
        # by hand the founder leaves the project to Ada, who is then its only admin
        status, _, _ = self.rolecall.request("PATCH", f"/Projects/{project}", {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "remove", "path": f'members[value eq "{founder}"]'}]})
        self.assertIn(status, (200, 204))
        self.assertEqual((self.roles("ada"), self.roles("founder")), (["member", "search/admin"], ["owner"]))
        # Ada leaves, Bob's successor Cleo is only invited: the founder stands in
        self.write(["bob", "cleo"], staff=["bob", "cleo"], search_admins=["cleo"])
        report = self.rolecall.json("sync")
        self.assertEqual((report["removed"], report["invited"]), (1, 1))
        self.assertEqual(self.roles("founder"), ["owner", "search/admin"])
        self.assertEqual(self.rolecall.json("sync")["writes"], 0)
        # Cleo accepts: the stand-in ends by itself
        self.rolecall.accept("cleo@example.com")
        self.assertEqual((self.roles("cleo"), self.roles("founder")), (["member", "search/admin"], ["owner"]))
        self.assertEqual(self.rolecall.json("sync")["writes"], 0)

    def test_a_person_at_the_console_may_not_take_the_only_admin_away(self):
        _, _, projects = self.rolecall.request("GET", "/Projects")
        founder = self.rolecall.people()["founder@example.com"]["id"]
        status, _, answer = self.rolecall.request("PATCH", f"/Projects/{projects['Resources'][0]['id']}", {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "remove", "path": f'members[value eq "{founder}"]'}]})
        self.assertEqual((status, answer[REFUSAL]["rule"]), (403, "last-project-admin"))
        self.assertEqual(answer[REFUSAL]["projects"], ["search"])


class Cap(Company):
    def setUp(self):
        self.start(seats=5, projects="")

    def invite(self, name):
        return self.rolecall.request("POST", "/Users", {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{name}@example.com",
            "emails": [{"value": f"{name}@example.com", "type": "work", "primary": True}]})

    def test_of_twenty_clients_at_the_last_seat_exactly_one_wins(self):
        for number in range(3):
            self.assertEqual(self.invite(f"early{number}")[0], 201)
        self.assertEqual(self.rolecall.seats(), (5, 4))
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda number: self.invite(f"rush{number}"), range(20)))
        self.assertEqual(sorted(status for status, _, _ in answers), [201] + [403] * 19)
        self.assertEqual({answer[REFUSAL]["rule"] for status, _, answer in answers if status == 403}, {"seat-cap"})
        self.assertEqual(self.rolecall.seats(), (5, 5))

    def test_a_lower_cap_takes_nobody_away_and_lets_nobody_in(self):
        staff = [f"s{number}" for number in range(4)]
        self.write(staff, staff=staff)
        self.assertEqual(self.rolecall.json("sync")["invited"], 4)
        self.rolecall.accept("s0@example.com", "s1@example.com")
        self.rolecall.stop()
        self.rolecall.write_config(CONFIG.format(seats=3, projects=""))
        self.rolecall.start()
        self.assertEqual(self.rolecall.seats(), (3, 5))
        self.assertEqual(self.invite("late")[0], 403)
        self.rolecall.accept("s2@example.com")                  # a pending invitation keeps its seat
        self.write(staff[1:] + ["new"], staff=staff[1:] + ["new"])
        report = self.rolecall.json("sync")
        self.assertEqual((report["removed"], report["invited"], report["waiting"]), (1, 0, 1))
        self.assertEqual(self.rolecall.seats(), (3, 4))
        self.assertEqual(self.rolecall.json("sync")["writes"], 0)

    def test_an_expired_invitation_frees_its_seat_by_itself(self):
        for number in range(4):
            self.assertEqual(self.invite(f"early{number}")[0], 201)
        self.assertEqual(self.invite("late")[0], 403)
        self.rolecall.shift_time(48 * 3600)
        self.assertEqual(self.rolecall.seats(), (5, 1))
        self.assertEqual(self.status("early0"), "expired")
        self.assertEqual(self.invite("late")[0], 201)


if __name__ == "__main__":
    os.environ.setdefault("ROLECALL", str(pathlib.Path(__file__).parents[2] / "build/dev/rolecall"))
    unittest.main(verbosity=2)
