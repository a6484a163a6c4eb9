#!/usr/bin/env python3
"""The rules S1 to S16 by the verbs of the real program, and once through by a real `rolecall sync`.

The names say which rule: test_S10_... What the endpoint does by its other paths is in tests/rules.
"""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import MEMBERSHIP, REFUSAL, Rolecall, directory  # noqa: E402

NONE, PARTLY = 1, 4
HOURS_48 = 48 * 3600
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; }};
organizations = ( {{ name = "acme"; seats = {seats}; owners = [ "dana@example.com" ];
                    projects = ( {{ name = "search"; admins = [ "dana@example.com" ]; }} ); }} );
directories = ( {{ name = "corp"; ldif = "@FOLDER@/company.ldif"; anchor = "entryUUID"; }} );
rules = ( {{ group = "owners"; organization = "acme"; role = "owner"; }},
          {{ group = "staff"; organization = "acme"; role = "member"; }},
          {{ group = "search-admins"; organization = "acme"; project = "search"; role = "admin"; }} );
sync = {{ state = "@FOLDER@/sync"; }};
"""


class Console(unittest.TestCase):
    """An organization "acme" with the owner dana, who administers its project "search"."""
    seats = 100

    def setUp(self):
        self.rolecall = Rolecall(CONFIG.format(seats=self.seats))
        self.addCleanup(self.rolecall.remove)
        self.rolecall.start()

    def verb(self, verb, *arguments, ok=(0,)):
        done = self.rolecall.command(verb, "--organization", "acme", *arguments, ok=ok)
        return done.stdout + done.stderr

    def invite(self, *names, arguments=(), ok=(0,)):
        return self.verb("invite", *arguments, *(f"{name}@example.com" for name in names), ok=ok)

    def member(self, *names, arguments=()):
        self.invite(*names, arguments=arguments)
        self.rolecall.accept(*(f"{name}@example.com" for name in names))

    def status(self, name):
        person = self.rolecall.people().get(f"{name}@example.com")
        return person[MEMBERSHIP]["status"] if person else "gone"

    def roles(self, name):
        return self.rolecall.roles(f"{name}@example.com")

    def token(self, name):
        return self.verb("token", "create", f"of-{name}", "--person", f"{name}@example.com").strip().splitlines()[0]

    def refused(self, words, verb, *arguments):
        """The verb says no with these words and changes nothing."""
        before = self.rolecall.people()
        self.assertRegex(self.verb(verb, *arguments, ok=(NONE, PARTLY)), words)
        self.assertEqual(self.rolecall.people(), before)


class Organization(Console):
    def test_S1_no_other_role_is_taken_by_invite_or_role(self):
        self.member("mia")
        for verb in (("invite", "--role", "king", "nell@example.com"), ("role", "king", "mia@example.com"),
                     ("token", "create", "x", "--max-role", "king")):
            done = self.rolecall.command(verb[0], "--organization", "acme", *verb[1:], ok=range(1, 256))
            self.assertIn("owner, billing-admin or member", done.stderr)
        self.assertEqual((self.status("nell"), self.roles("mia")), ("gone", ["member"]))

    def test_S2_the_operator_invites_to_every_role(self):
        for role in ("owner", "billing-admin", "member"):
            self.invite(role, arguments=("--role", role))
            self.assertEqual((self.status(role), self.roles(role)), ("invited", [role]))

    def test_S2_a_members_own_token_invites_members_alone(self):
        self.member("mia")
        token = self.token("mia")
        for role, wanted in (("member", 201), ("billing-admin", 403), ("owner", 403)):
            status, _, answer = self.rolecall.request("POST", "/Users", {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{role}@example.com",
                "roles": [{"value": role}]}, token=token)
            self.assertEqual(status, wanted, answer)

    def test_S3_an_invitation_by_the_verb_is_dead_after_48_hours(self):
        links = self.rolecall.json("invite", "--organization", "acme", "nell@example.com", "nora@example.com")
        by_mail = {row["email"]: row["link"] for row in links["invitations"]}
        self.rolecall.shift_time(HOURS_48 - 60)
        self.assertEqual(self.rolecall.answer_invitation(by_mail["nell@example.com"]), 200)
        self.rolecall.shift_time(61)
        self.assertEqual(self.rolecall.answer_invitation(by_mail["nora@example.com"]), 410)
        self.assertEqual((self.status("nell"), self.status("nora")), ("active", "expired"))

    def test_S4_several_are_invited_at_once_with_one_role(self):
        self.invite("nell", "nora", "nils", arguments=("--role", "billing-admin"))
        for name in ("nell", "nora", "nils"):
            self.assertEqual((self.status(name), self.roles(name)), ("invited", ["billing-admin"]))

    def test_S4_one_who_is_there_already_hinders_nobody_else(self):
        self.member("mia")
        said = self.invite("mia", "nell", ok=(PARTLY,))
        self.assertIn("mia@example.com", said)
        self.assertEqual(self.status("nell"), "invited")

    def test_S6_an_invitation_is_resent_and_revoked_by_the_verbs(self):
        self.invite("nell")
        old = self.rolecall.links_of("nell@example.com")["nell@example.com"]
        new = self.rolecall.links_of("nell@example.com")["nell@example.com"]
        self.assertEqual(self.rolecall.answer_invitation(old), 410)
        self.verb("revoke", "nell@example.com")
        self.assertEqual((self.rolecall.answer_invitation(new), self.status("nell")), (410, "gone"))

    def test_S6_an_accepted_invitation_is_neither_resent_nor_revoked_by_the_verbs(self):
        self.member("mia")
        self.refused("no open invitation", "resend", "mia@example.com")
        self.refused("no open invitation", "revoke", "mia@example.com")

    def test_S7_the_role_verb_changes_the_organization_role(self):
        self.member("mia")
        self.verb("role", "billing-admin", "mia@example.com")
        self.assertEqual(self.roles("mia"), ["billing-admin"])
        self.verb("role", "owner", "mia@example.com")
        self.assertEqual(self.roles("mia"), ["owner"])

    def test_S8_the_remove_verb_removes_and_ends_the_persons_tokens(self):
        self.member("mia")
        token = self.token("mia")
        self.assertEqual(self.rolecall.request("GET", "/Me", token=token)[0], 200)
        self.verb("remove", "mia@example.com")
        self.assertEqual((self.status("mia"), self.rolecall.request("GET", "/Me", token=token)[0]), ("gone", 401))
        self.assertNotIn("mia@example.com", self.verb("members"))

    def test_S9_the_leave_verb_leaves_the_organization_and_all_in_it(self):
        self.member("mia", arguments=("--project", "search", "--project-role", "admin"))
        token = self.token("mia")
        self.verb("leave", "--person", "mia@example.com")
        self.assertEqual((self.status("mia"), self.rolecall.request("GET", "/Projects", token=token)[0]), ("gone", 401))
        _, _, projects = self.rolecall.request("GET", "/Projects")
        self.assertNotIn("mia", str(projects))

    def test_S10_the_only_owner_neither_leaves_nor_is_removed_or_demoted_by_the_verbs(self):
        self.member("mia")
        self.verb("role", "--project", "search", "admin", "mia@example.com")
        self.invite("nell", arguments=("--role", "owner"))
        self.refused("no active owner left", "leave", "--person", "dana@example.com")
        self.refused("no active owner left", "remove", "dana@example.com")
        self.refused("no active owner left", "role", "member", "dana@example.com")
        self.rolecall.accept("nell@example.com")
        self.verb("leave", "--person", "dana@example.com")
        self.assertEqual((self.status("dana"), self.roles("nell")), ("gone", ["owner"]))

    def test_S10_the_only_owner_stays_whatever_their_own_token_asks(self):
        self.member("mia", arguments=("--project", "search", "--project-role", "admin"))
        token = self.token("dana")
        status, _, answer = self.rolecall.request("DELETE", "/Me", token=token)
        self.assertEqual((status, answer[REFUSAL]["rule"]), (403, "last-owner"))


class Projects(Console):
    def test_S11_no_other_project_role_is_taken_by_invite_or_role(self):
        self.member("mia")
        for verb in (("invite", "--project", "search", "--project-role", "king", "nell@example.com"),
                     ("role", "--project", "search", "king", "mia@example.com")):
            done = self.rolecall.command(verb[0], "--organization", "acme", *verb[1:], ok=range(1, 256))
            self.assertIn("admin, read-write", done.stderr)
        self.assertEqual((self.status("nell"), self.roles("mia")), ("gone", ["member"]))

    def test_S12_the_verbs_invite_change_and_take_away_in_a_project(self):
        self.invite("nell", arguments=("--project", "search", "--project-role", "read-only"))
        self.assertEqual(self.roles("nell"), ["member", "search/read-only"])
        self.verb("role", "--project", "search", "read-write", "nell@example.com")
        self.assertEqual(self.roles("nell"), ["member", "search/read-write"])
        self.verb("role", "--project", "search", "none", "nell@example.com")
        self.assertEqual((self.roles("nell"), self.status("nell")), (["member"], "invited"))

    def test_S4_several_are_invited_to_a_project_at_once_with_one_role(self):
        self.member("mia")
        self.invite("mia", "nell", "nora", arguments=("--project", "search", "--project-role", "read-only"))
        self.assertEqual([(self.status(name), self.roles(name)) for name in ("mia", "nell", "nora")],
                         [(status, ["member", "search/read-only"]) for status in ("active", "invited", "invited")])

    def test_S12_the_project_verb_makes_a_project_with_its_admin(self):
        self.member("mia")
        self.rolecall.command("project", "create", "acme/ads", "--admin", "mia@example.com")
        self.assertEqual(self.roles("mia"), ["ads/admin", "member"])
        self.assertIn("ads", self.verb("project", "list"))

    def test_S13_a_member_gets_the_project_at_once_by_the_invite_verb(self):
        self.member("mia")
        self.invite("mia", arguments=("--project", "search", "--project-role", "read-write"))
        self.assertEqual((self.status("mia"), self.roles("mia")), ("active", ["member", "search/read-write"]))
        _, _, answer = self.rolecall.request("GET", "/Invitations?filter=status%20eq%20%22pending%22")
        self.assertEqual(answer["totalResults"], 0)

    def test_S14_an_outsider_gets_one_invitation_to_both_by_the_invite_verb(self):
        self.invite("nell", arguments=("--project", "search", "--project-role", "admin"))
        _, _, answer = self.rolecall.request("GET", "/Invitations")
        self.assertEqual(answer["totalResults"], 1)
        self.rolecall.accept("nell@example.com")
        self.assertEqual((self.status("nell"), self.roles("nell")), ("active", ["member", "search/admin"]))

    def test_S15_the_only_admin_neither_leaves_nor_is_demoted_or_removed_by_the_verbs(self):
        self.member("mia")
        self.rolecall.command("project", "create", "acme/ads", "--admin", "mia@example.com")
        words = 'leave "ads" without an active admin'
        self.refused(words, "leave", "--person", "mia@example.com", "--project", "ads")
        self.refused(words, "leave", "--person", "mia@example.com")
        self.refused(words, "remove", "mia@example.com")
        self.refused(words, "role", "--project", "ads", "read-write", "mia@example.com")
        self.refused(words, "role", "--project", "ads", "none", "mia@example.com")

    def test_S16_the_leave_verb_leaves_one_project(self):
        self.member("mia", arguments=("--project", "search", "--project-role", "admin"))
        self.verb("leave", "--person", "mia@example.com", "--project", "search")
        self.assertEqual((self.status("mia"), self.roles("mia")), ("active", ["member"]))


class Seats(Console):
    seats = 3

    def test_S5_the_cap_holds_for_every_verb_that_takes_a_seat(self):
        said = self.invite("n1", "n2", "n3", ok=(PARTLY,))
        self.assertIn("has 3 seats and 3 are taken", said)
        self.assertEqual([self.status(name) for name in ("n1", "n2", "n3")], ["invited", "invited", "gone"])
        self.refused("has 3 seats and 3 are taken", "invite", "n4@example.com")
        self.rolecall.shift_time(HOURS_48)
        self.invite("m1", "m2")
        self.refused("has 3 seats and 3 are taken", "resend", "n1@example.com")
        self.assertEqual(self.rolecall.seats(), (3, 3))

    def test_S5_the_cap_holds_for_a_sync(self):
        people = ["a1", "a2", "a3", "a4"]
        (self.rolecall.folder / "company.ldif").write_text(directory(people, staff=people))
        report = self.rolecall.json("sync", ok=(0, PARTLY))
        self.assertEqual((report["invited"], self.rolecall.seats()), (2, (3, 3)))


class Sync(Console):
    """One company through its days: what the rules say is what a sync does, or holds."""

    def write(self, people, **groups):
        (self.rolecall.folder / "company.ldif").write_text(directory(people, **groups))

    def sync(self, ok=(0,)):
        return self.rolecall.json("sync", ok=ok)

    def test_S2_S7_S8_S13_S14_a_sync_invites_promotes_grants_and_removes(self):
        people = ["erin", "omar", "pia"]
        self.write(people, staff=people, search_admins=["pia"])
        self.assertEqual(self.sync()["invited"], 3)
        self.assertEqual(self.roles("pia"), ["member", "search/admin"])  # S14: both in one invitation
        self.rolecall.accept(*(f"{name}@example.com" for name in people))
        self.write(people, staff=people, owners=["erin"], search_admins=["pia", "omar"])
        self.sync()
        self.assertEqual((self.roles("erin"), self.roles("omar")), (["owner"], ["member", "search/admin"]))
        self.write(["erin", "pia"], staff=["erin", "pia"], owners=["erin"], search_admins=["pia"])
        self.sync()
        self.assertEqual(self.status("omar"), "gone")

    def test_S9_a_sync_does_not_bring_back_who_left(self):
        self.write(["erin"], staff=["erin"])
        self.sync()
        self.rolecall.accept("erin@example.com")
        self.verb("leave", "--person", "erin@example.com")
        self.sync()
        self.assertEqual(self.status("erin"), "gone")

    def test_S10_a_sync_never_takes_the_only_owner(self):
        self.write(["erin"], staff=["erin"], owners=["erin"])
        self.sync()
        self.rolecall.accept("erin@example.com")
        self.verb("role", "--project", "search", "admin", "erin@example.com")
        self.verb("leave", "--person", "dana@example.com")
        self.write(["erin"], staff=["erin"])
        self.assertEqual(self.sync(ok=(PARTLY,))["held"], {"last-owner": 1})
        self.assertEqual(self.roles("erin"), ["owner", "search/admin"])

    def test_S15_where_a_sync_takes_the_only_admin_an_owner_stands_in(self):
        self.write(["erin"], staff=["erin"], search_admins=["erin"])
        self.sync()
        self.rolecall.accept("erin@example.com")
        self.verb("role", "--project", "search", "none", "dana@example.com")
        self.assertEqual(self.roles("dana"), ["owner"])
        self.write(["erin"], staff=["erin"])
        self.sync()
        self.assertEqual((self.roles("erin"), self.roles("dana")), (["member"], ["owner", "search/admin"]))


if __name__ == "__main__":
    if not os.environ.get("ROLECALL"):
        sys.exit("set ROLECALL to the program")
    unittest.main()
