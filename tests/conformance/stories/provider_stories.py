#!/usr/bin/env python3
"""Life stories: a provider with its own view of people (provider_model.py), a real `rolecall serve`, and what befalls both.

    provider_stories.py [CASE[.TEST] ...]

After each turn of a story the provider runs its cycles until both views agree, within so many requests; none may write
the same thing twice. The requests that each turn took are printed at the end.
"""
import os
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent))
from provider_model import PATCH, Entra, Okta, Person, role_texts  # noqa: E402
from support.smtp_sink import SmtpSink  # noqa: E402
from support.whole_program import MEMBERSHIP, Rolecall, directory, wait_until  # noqa: E402

HOURS_48 = 48 * 3600
PARTLY = 4
SETTLE = 4
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; }};
organizations = ( {{ name = "acme"; seats = {seats}; domains = [ "example.com" ]; owners = [ "dana@example.com", "breakglass@example.com" ];
                    protected = [ {protected} ];
                    projects = ( {{ name = "search"; admins = [ "dana@example.com" ]; }} ); }} );
sync = {{ state = "@FOLDER@/sync"; {sync} }};
{more}
"""
CORP = """
directories = ( { name = "corp"; ldif = "@FOLDER@/company.ldif"; anchor = "entryUUID"; adopt = true; } );
rules = ( { directory = "corp"; group = "owners"; organization = "acme"; role = "owner"; },
          { directory = "corp"; group = "staff"; organization = "acme"; role = "member"; } );
"""
PUSHED = """
directories = ( { name = "pushed"; pushed_groups_of = "acme"; } );
rules = ( { directory = "pushed"; group = "Search Admins"; organization = "acme"; project = "search"; role = "admin"; } );
"""
REPORT = []


class Story(unittest.TestCase):
    """What both providers go through; the cases below say which one it is."""
    provider_class = None
    seats, more, sync_keys, protected = 20, "", "", '"breakglass@example.com"'

    def setUp(self):
        self.rolecall = Rolecall(CONFIG.format(seats=self.seats, more=self.more, sync=self.sync_keys, protected=self.protected))
        self.addCleanup(self.rolecall.remove)
        self.rolecall.start()

    def connect(self, *options):
        self.provider = self.provider_class(self.rolecall, *options)
        self.addCleanup(lambda: REPORT.append((self.id().split(".", 1)[1], self.provider.report)))
        return self.provider

    def push(self, *names, **told):
        for name in names:
            self.provider.people[name] = Person(name, f"{name}@example.com", **told)

    def agree(self, most, **refused):
        self.provider.until_agreed(most, refused)

    def verb(self, verb, *arguments, ok=(0,)):
        return self.rolecall.command(verb, "--organization", "acme", *arguments, ok=ok).stdout

    def status(self, name):
        person = self.rolecall.people().get(f"{name}@example.com")
        return person[MEMBERSHIP]["status"] if person else "gone"

    def roles(self, name):
        return self.rolecall.roles(f"{name}@example.com")

    def joined(self, *names, **told):
        self.push(*names, **told)
        self.agree(8 * len(names) + 4)
        self.rolecall.accept(*(f"{name}@example.com" for name in names))
        self.agree(8 * len(names) + 4)


class Lives(Story):
    def test_created_never_accepted_expired_and_sent_again_by_an_owner(self):
        self.connect()
        self.push("ann")
        self.agree(6)
        self.assertEqual(self.status("ann"), "invited")
        self.rolecall.shift_time(HOURS_48)
        self.agree(4)
        self.assertEqual((self.status("ann"), self.rolecall.seats()[1]), ("expired", 2))
        self.rolecall.accept("ann@example.com")
        self.agree(4)
        self.assertEqual(self.status("ann"), "active")

    def test_outside_the_domains_held_then_corrected(self):
        self.connect()
        self.provider.people["eve"] = Person("eve", "eve@elsewhere.org")
        self.agree(6)
        self.assertEqual(self.rolecall.people()["eve@elsewhere.org"][MEMBERSHIP]["status"], "held")
        self.assertEqual(self.rolecall.seats()[1], 2)
        self.provider.people["eve"].user_name = "eve@example.com"
        self.agree(6)
        self.assertEqual(self.status("eve"), "invited")
        self.rolecall.accept("eve@example.com")
        self.agree(4)

    def test_a_userName_that_is_no_address_is_held_until_there_is_a_mail(self):
        self.connect()
        self.provider.people["gus"] = Person("gus", "gus")
        self.agree(6)
        self.assertEqual(self.rolecall.people()["gus"][MEMBERSHIP]["status"], "held")
        self.provider.people["gus"].mail = "gus@example.com"
        self.agree(6)
        self.assertEqual(self.rolecall.people()["gus"][MEMBERSHIP]["status"], "invited")

    def test_removed_by_an_owner_and_pushed_again_then_invited_by_an_owner(self):
        self.connect()
        self.joined("ann")
        self.verb("remove", "ann@example.com")
        self.agree(8)
        self.assertEqual((self.status("ann"), self.rolecall.seats()[1]), ("held", 2))
        self.verb("invite", "ann@example.com")
        self.assertEqual(self.status("ann"), "invited")
        self.agree(6)
        self.rolecall.accept("ann@example.com")
        self.agree(4)
        self.assertEqual(self.status("ann"), "active")

    def test_left_by_themselves_and_pushed_again(self):
        self.connect()
        self.joined("ann")
        self.verb("leave", "--person", "ann@example.com")
        self.agree(8)
        self.assertEqual(self.status("ann"), "held")

    def test_suspended_by_an_owner_stays_so_and_the_provider_is_content(self):
        self.connect()
        self.joined("ann")
        ident = self.provider.ids["ann"]
        status, _, answer = self.rolecall.request("PATCH", f"/Users/{ident}", {
            "schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]})
        self.assertEqual(status, 200, answer)
        self.agree(4)
        self.assertEqual(self.status("ann"), "suspended")

    def test_suspended_and_back_while_invited_and_when_active(self):
        self.connect()
        self.push("ann")
        self.agree(6)
        for before, after in (("invited", "invited"), ("active", "active")):
            if before == "active":
                self.rolecall.accept("ann@example.com")
            self.provider.people["ann"].active = False
            self.agree(6)
            self.assertEqual(self.status("ann"), "suspended")
            self.provider.people["ann"].active = True
            self.agree(6)
            self.assertEqual(self.status("ann"), after)

    def test_renamed_and_moved_to_another_address(self):
        self.connect()
        self.joined("ann")
        ann = self.provider.people["ann"]
        ann.user_name, ann.family = "ann.ash@example.com", "Ash"
        self.agree(6)
        self.assertEqual(self.status("ann.ash"), "active")

    def test_two_people_swap_their_names(self):
        self.connect()
        self.push("ann", "bob")
        self.agree(12)
        ann, bob = self.provider.people["ann"], self.provider.people["bob"]
        ann.user_name, bob.user_name = "swap@example.com", "ann@example.com"
        self.agree(16)
        ann.user_name = "bob@example.com"
        self.agree(12)

    def test_hired_again_with_the_same_id(self):
        self.connect()
        self.joined("ann", role="member")
        ann = self.provider.people["ann"]
        ann.purged = True
        self.agree(6)
        self.assertIn(self.status("ann"), ("gone", "suspended"))
        self.push("ann", role="member")
        self.agree(8)
        self.assertEqual(self.status("ann"), "active", "back as they were, without a mail")

    def test_hired_again_with_a_new_id(self):
        self.connect()
        self.joined("ann")
        self.provider.people["ann"].purged = True
        self.agree(6)
        self.provider.people.pop("ann", None)
        self.provider.people["ann-2"] = Person("ann-2", "ann@example.com")
        self.agree(8)
        self.assertIn(self.status("ann"), ("invited", "active"))

    def test_the_only_owner_is_deprovisioned_it_is_owed_and_completes(self):
        self.connect("--max-role", "owner")
        self.becomes_the_only_owner("ann")
        self.provider.people["ann"].active = False
        self.agree(8, ann="last-owner")
        self.assertEqual(self.status("ann"), "active")
        reason = self.rolecall.people()["ann@example.com"][MEMBERSHIP].get("statusReason", "")
        self.assertIn("scim:" + self.provider.name, reason)
        self.verb("invite", "--role", "owner", "bob@example.com")
        self.rolecall.accept("bob@example.com")
        wait_until(lambda: self.status("ann") == "suspended", "what was owed is done")
        self.agree(4)

    def test_the_only_owner_is_deprovisioned_and_the_provider_thinks_better_of_it(self):
        self.connect("--max-role", "owner")
        self.becomes_the_only_owner("ann")
        self.provider.people["ann"].active = False
        self.agree(8, ann="last-owner")
        self.provider.people["ann"].active = True
        self.agree(4)
        ident = self.provider.ids["ann"]
        self.provider.write("ann", "PATCH", f"/Users/{ident}", {
            "schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": True}}]})
        self.verb("invite", "--role", "owner", "bob@example.com")
        self.rolecall.accept("bob@example.com")
        self.agree(4)
        self.assertEqual(self.status("ann"), "active", "nothing is owed any more")

    def becomes_the_only_owner(self, name):
        self.joined(name, role="owner")
        self.verb("role", "--project", "search", "admin", f"{name}@example.com")
        self.verb("leave", "--person", "dana@example.com")
        self.verb("leave", "--person", "breakglass@example.com")
        owners = [person for person in self.rolecall.people() if "owner" in self.rolecall.roles(person)]
        self.assertEqual(owners, [f"{name}@example.com"])

    def test_deactivated_together_with_what_must_be_refused(self):
        self.connect("--max-role", "member")
        self.joined("ann", role="member")
        ann = self.provider.people["ann"]
        ann.active, ann.user_name, ann.role = False, "ann@elsewhere.org", "owner"
        self.provider.cycle()
        self.assertEqual(self.status("ann"), "suspended", "the deactivation is never lost")
        ann.user_name, ann.role = "ann@example.com", "member"
        self.agree(6)

    def test_a_protected_owner_is_pushed_and_stays_as_she_is(self):
        self.connect("--max-role", "owner")
        self.push("breakglass", role="member")
        self.agree(8, breakglass="protected")
        self.assertEqual((self.status("breakglass"), self.roles("breakglass")), ("active", ["owner"]))
        self.provider.people["breakglass"].active = False
        self.agree(8, breakglass="protected")
        self.assertEqual((self.status("breakglass"), self.roles("breakglass")), ("active", ["owner"]))

    def test_somebody_whom_an_owner_invited_is_pushed(self):
        self.connect()
        self.verb("invite", "mia@example.com")
        self.rolecall.accept("mia@example.com")
        self.push("mia")
        self.agree(8, mia="origin")
        self.assertEqual(self.status("mia"), "active")

    def test_somebody_whom_an_owner_invited_is_adopted(self):
        self.connect("--adopt")
        self.verb("invite", "mia@example.com")
        self.rolecall.accept("mia@example.com")
        self.push("mia")
        self.agree(10)
        self.assertEqual(self.status("mia"), "active")

    def test_rehearsed_then_live(self):
        self.connect("--rehearsal")
        self.push("ann", "bob")
        self.provider.people["bob"].active = False
        self.provider.people["eve"] = Person("eve", "eve@elsewhere.org")
        self.agree(12)
        people = self.rolecall.people()
        self.assertEqual({people[name][MEMBERSHIP]["status"] for name in ("ann@example.com", "eve@elsewhere.org")}, {"rehearsed"})
        self.assertEqual(self.rolecall.seats()[1], 2)
        self.rolecall.command("token", "live", self.provider.name, "--organization", "acme")
        self.agree(6)
        self.assertEqual((self.status("ann"), self.rolecall.seats()[1]), ("invited", 3))
        self.assertEqual(self.rolecall.people()["eve@elsewhere.org"][MEMBERSHIP]["status"], "held")

    def test_a_role_above_what_the_connection_may_give(self):
        self.connect("--max-role", "member")
        self.push("ann", role="owner")
        self.agree(8, ann="max-role")
        self.assertEqual(self.status("ann"), "gone")
        self.provider.people["ann"].role = "member"
        self.agree(8)
        self.assertEqual(self.status("ann"), "invited")


class Seats(Story):
    seats = 3

    def test_the_cap_is_reached_refused_and_freed(self):
        self.connect()
        self.push("ann", "bob")
        self.agree(12, bob="seat-cap")
        self.assertEqual((self.status("ann"), self.status("bob")), ("invited", "gone"))
        self.verb("revoke", "ann@example.com")
        self.provider.people["ann"].active = False
        self.agree(12)
        self.assertEqual((self.status("bob"), self.rolecall.seats()), ("invited", (3, 3)))

    def test_the_cap_is_reached_and_people_wait(self):
        self.connect("--at-cap", "wait")
        self.push("ann", "bob", "cem")
        self.agree(14)
        self.assertEqual([self.status(name) for name in ("ann", "bob", "cem")], ["invited", "waiting", "waiting"])
        self.assertEqual(self.rolecall.seats(), (3, 3))
        self.provider.people["ann"].active = False
        self.agree(14)
        wait_until(lambda: self.status("bob") == "invited", "the first who waits gets the seat")
        self.assertEqual((self.status("ann"), self.status("cem")), ("suspended", "waiting"))
        self.agree(8)
        self.provider.people["ann"].active = True
        self.agree(14)
        self.assertEqual((self.status("ann"), self.status("bob")), ("waiting", "invited"), "back in the queue, and content")

    def test_who_waits_and_is_deactivated_waits_no_longer(self):
        self.connect("--at-cap", "wait")
        self.push("ann", "bob", "cem")
        self.agree(14)
        self.provider.people["bob"].active = False
        self.agree(14)
        self.provider.people["ann"].active = False
        self.agree(14)
        wait_until(lambda: self.status("cem") == "invited", "the next who waits gets the seat")
        self.assertEqual(self.status("bob"), "suspended")


class BesideDirectory(Story):
    """The provider made them, the directory adopts them: a person lives while one of the two has them."""
    more = CORP

    def setUp(self):
        super().setUp()
        self.connect()
        self.company("ann")
        self.joined("ann")
        self.sync()
        self.agree(4)
        self.assertEqual(len(self.rolecall.people()["ann@example.com"][MEMBERSHIP]["origins"]), 2)

    def company(self, *staff):
        people = ["dana", "ann", "bob"]
        (self.rolecall.folder / "company.ldif").write_text(
            directory([name for name in people if name == "dana" or name in staff], owners=["dana"], staff=list(staff)))

    def sync(self, ok=(0, PARTLY)):
        report = self.rolecall.json("sync", ok=ok)
        again = self.rolecall.json("sync", ok=ok)
        self.assertEqual(again["writes"], 0, "the second run writes nothing")
        return report

    def test_the_provider_lets_go_first(self):
        self.provider.people["ann"].active = False
        self.agree(6)
        self.assertEqual(self.status("ann"), "suspended", "any link suspends")
        self.sync()
        self.agree(4)
        self.company()
        self.sync()
        self.agree(6)
        self.assertIn(self.status("ann"), ("suspended", "gone"))

    def test_the_directory_lets_go_first(self):
        self.company()
        self.sync()
        self.agree(6)
        self.assertEqual(self.status("ann"), "active", "the provider still has her")
        self.provider.people["ann"].active = False
        self.agree(6)
        self.sync()
        self.assertEqual(self.status("ann"), "suspended")
        self.provider.people["ann"].purged = True
        self.agree(6)
        self.assertIn(self.status("ann"), ("suspended", "gone"))

    def test_both_let_go_at_once(self):
        self.provider.people["ann"].purged = True
        self.company()
        self.sync()
        self.agree(8)
        self.sync()
        self.assertIn(self.status("ann"), ("suspended", "gone"))
        self.agree(4)

    def test_gone_at_both_and_back_at_both(self):
        self.provider.people["ann"].purged = True
        self.agree(6)
        self.company()
        self.sync()
        self.push("ann")
        self.company("ann")
        self.agree(8)
        self.sync()
        self.agree(4)
        self.assertIn(self.status("ann"), ("invited", "active"))
        self.assertEqual(len(self.rolecall.people()["ann@example.com"][MEMBERSHIP]["origins"]), 2)


class AfterDirectory(BesideDirectory):
    """The directory made them, the provider adopts them: what it says of names is for its own eyes."""

    def setUp(self):
        Story.setUp(self)
        self.connect("--adopt")
        self.company("ann")
        self.sync()
        self.rolecall.accept("ann@example.com")
        self.push("ann")
        self.agree(10)
        self.sync()
        self.agree(4)
        self.assertEqual(self.rolecall.people()["ann@example.com"]["displayName"], "ann", "the directory's, for everybody else")
        self.assertEqual(len(self.rolecall.people()["ann@example.com"][MEMBERSHIP]["origins"]), 2)

    def test_a_new_name_at_the_provider_is_content_and_at_the_directory_counts(self):
        self.provider.people["ann"].given = "Anna"
        self.agree(6)
        self.assertEqual(self.provider.found("/Users", 'displayName eq "Anna B"')["userName"], "ann@example.com")
        self.assertIsNone(self.provider.found("/Users", 'displayName eq "ann"'))
        self.sync()
        self.agree(4)
        self.assertEqual(self.rolecall.people()["ann@example.com"]["displayName"], "ann")


class PushedGroups(Story):
    """A group that the provider pushes gives a role by a rule."""
    more, sync_keys = PUSHED, f'settle = "{SETTLE}s";'

    def setUp(self):
        super().setUp()
        self.connect()
        self.joined("ann", "bob")
        self.provider.groups["Search Admins"] = {"ann", "bob"}
        self.agree(20)
        self.rolecall.json("sync", ok=(0, PARTLY))  # a schedule plans only, until one run by hand has succeeded

    def has_role(self, *names):
        return all("search/admin" in self.roles(name) for name in names)

    def test_a_group_gives_the_role(self):
        wait_until(lambda: self.has_role("ann", "bob"), "the rule's role is there")
        self.agree(12)

    def test_deleted_and_created_again_with_the_same_members_nobody_loses_the_role(self):
        wait_until(lambda: self.has_role("ann", "bob"), "the rule's role is there")
        self.provider.groups.pop("Search Admins")
        self.agree(14)
        self.assertTrue(self.has_role("ann", "bob"), "a reduction waits for quiet")
        self.provider.groups["Search Admins"] = {"ann", "bob"}
        self.agree(20)
        until = time.monotonic() + SETTLE + 2
        wait_until(lambda: not self.has_role("ann", "bob") or time.monotonic() > until, "looked at until it is quiet")
        self.rolecall.json("sync", ok=(0, PARTLY))
        self.assertTrue(self.has_role("ann", "bob"), "nobody lost the role for a moment")
        self.agree(12)

    def test_out_of_the_group_loses_the_role_after_quiet(self):
        wait_until(lambda: self.has_role("ann", "bob"), "the rule's role is there")
        self.provider.groups["Search Admins"] = {"ann"}
        self.agree(14)
        wait_until(lambda: not self.has_role("bob"), "the role is gone when it was quiet for long enough", deadline=40)
        self.assertTrue(self.has_role("ann"))
        self.agree(12)


class Renewal(Story):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="sink-")
        self.addCleanup(scratch.cleanup)
        self.sink = SmtpSink(scratch.name)
        self.sink.start()
        self.addCleanup(self.sink.stop)
        self.more = f'mail = {{ url = "{self.sink.url}"; from = "Console <console@example.com>"; rate = 0; }};'
        super().setUp()

    def test_created_never_accepted_expired_and_renewed_twice(self):
        self.connect()
        self.push("ann")
        self.agree(6)
        for mails in (1, 2, 3):
            self.sink.wait_for(mails)
            self.assertEqual(self.status("ann"), "invited")
            self.agree(4)
            self.rolecall.stop()
            self.rolecall.shift_time(HOURS_48)
            self.rolecall.start()  # it renews what has expired
        wait_until(lambda: self.status("ann") == "expired", "the renewals are used up")
        self.agree(4)
        self.assertEqual(len(self.sink.mails()), 3)


class Roles(Story):
    """What Entra's complex expression sends, and never takes back."""

    def test_roles_that_are_unknown_are_given_back_and_sent_once(self):
        self.connect("--max-role", "billing-admin")
        texts = tuple(f'{{"id":"{number}","value":"{name}","displayName":"{name}"}}'
                      for number, name in enumerate(("billing-admin", "Sales", "search/read-only")))
        self.push("ann", app_roles=texts)
        self.agree(8)
        self.assertEqual(self.roles("ann"), ["billing-admin", "search/read-only"], "nobody else sees what grants nothing")
        _, _, remote = self.provider.ask("GET", f"/Users/{self.provider.ids['ann']}")
        self.assertIn(texts[1], role_texts(remote))
        self.rolecall.accept("ann@example.com")
        self.agree(4)


def cases():
    """Every story with every provider that can live it."""
    for provider in (Entra, Okta):
        for story in (Lives, Seats, BesideDirectory, AfterDirectory, PushedGroups, Renewal) + ((Roles,) if provider is Entra else ()):
            name = f"{provider.__name__}{story.__name__}"
            yield name, type(name, (story,), {"provider_class": provider, "__module__": __name__})


CASES = dict(cases())
globals().update(CASES)


def load_tests(loader, _tests, _pattern):
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in CASES.values())


if __name__ == "__main__":
    if not os.environ.get("ROLECALL"):
        sys.exit("set ROLECALL to the program")
    done = unittest.main(exit=False).result
    for name, requests in REPORT:
        print(f"{name}: {' + '.join(map(str, requests))} requests")
    print(f"{len(REPORT)} stories, {sum(map(sum, (requests for _, requests in REPORT)))} requests until both agreed")
    sys.exit(0 if done.wasSuccessful() and REPORT else 1)
