#!/usr/bin/env python3
"""Runs that do not go to plan: the guard and its approval, saved plans, two at once, killed ones,
an endpoint that goes away, a state folder that is gone or broken. Nothing is lost, nothing done twice.

ROLECALL_KILLS in the environment: how many syncs are killed (12).
"""
import fcntl
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import SUFFIX, Rolecall, wait_until  # noqa: E402

DONE, FAILED, PENDING, GUARD, PARTLY, NO_SNAPSHOT, USAGE, NO_ENDPOINT, BUSY, BAD_CONFIG = 0, 1, 2, 3, 4, 5, 64, 69, 75, 78
CONFIG = """
endpoint = { listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; };
organizations = ( { name = "acme"; seats = 100; owners = [ "one@example.com", "two@example.com" ];
  protected = [ "one@example.com", "two@example.com" ]; projects = ( { name = "search"; admins = [ "one@example.com" ]; } ); } );
directories = ( { name = "corp"; ldif = "@FOLDER@/corp.ldif"; anchor = "entryUUID"; },
                { name = "labs"; ldif = "@FOLDER@/labs.ldif"; anchor = "entryUUID"; } );
rules = ( { directory = "corp"; group = "staff"; organization = "acme"; role = "member"; },
          { directory = "corp"; group = "finance"; organization = "acme"; role = "billing-admin"; },
          { directory = "corp"; group = "search"; organization = "acme"; project = "search"; role = "read-write"; },
          { directory = "labs"; group = "staff"; organization = "acme"; role = "member"; } );
sync = { state = "@FOLDER@/sync"; };
"""
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def ldif(directory, people, **groups):
    """Everybody is an entry and in staff; the keywords say who else is where."""
    text = f"version: 1\n\ndn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: A\ndc: example\nentryUUID: base\n\n"
    for name in people:
        text += (f"dn: uid={name},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nentryUUID: {directory}-{name}\nuid: {name}\n"
                 f"cn: {name}\nsn: {name}\nmail: {name}@example.com\n\n")
    for name in ("staff", "finance", "search"):
        members = people if name == "staff" else groups.get(name, [])
        text += (f"dn: cn={name},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\nentryUUID: group-{name}\ncn: {name}\n"
                 + "".join(f"member: uid={member},ou=people,{SUFFIX}\n" for member in members or ["nobody"]) + "\n")
    return text


def names(count, first=0):
    return [f"u{number}" for number in range(first, first + count)]


class Company(unittest.TestCase):
    def setUp(self):
        self.rolecall = Rolecall(CONFIG)
        self.addCleanup(self.rolecall.remove)
        self.write("labs", ["lab"])
        self.write("corp", [])
        self.rolecall.start()
        self.state = self.rolecall.folder / "sync"

    def write(self, directory, people, **groups):
        fresh = self.rolecall.folder / "fresh"
        fresh.write_text(ldif(directory, people, **groups))
        fresh.rename(self.rolecall.folder / f"{directory}.ldif")

    def run_json(self, verb, *words):
        """(exit status, the JSON value, stderr); --json prints one line whatever happens."""
        done = subprocess.run([self.rolecall.binary, verb, "--json", "-c", str(self.rolecall.config), *words],
                              capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.stdout.count("\n"), 1, f"{verb} {words}: exit {done.returncode}: {done.stdout!r} {done.stderr}")
        self.assertTrue(done.stdout.endswith("\n"))
        return done.returncode, json.loads(done.stdout), done.stderr

    def sync(self, *words):
        status, report, _ = self.run_json("sync", *words)
        return status, report

    def settled(self, people, **groups):
        """A company of these people, all synced and accepted."""
        self.write("corp", people, **groups)
        self.assertEqual(self.sync()[0], DONE)
        self.rolecall.accept(*[f"{name}@example.com" for name in [*people, "lab"]])
        self.assertEqual(self.sync()[1]["writes"], 0)

    def here(self):
        return {name.split("@")[0] for name in self.rolecall.people()} - {"one", "two", "lab"}

    def converges(self, people):
        self.assertIn(self.sync()[0], (DONE,))
        self.assertEqual(self.sync()[1]["writes"], 0)
        self.assertEqual(self.here(), set(people))


class Guard(Company):
    def setUp(self):
        super().setUp()
        self.people = names(14)
        self.settled(self.people)

    def trip(self, left):
        self.write("corp", left)
        status, report = self.sync()
        self.assertEqual((status, report["status"], report["writes"]), (GUARD, "guard", 0))
        self.assertEqual(report["held"], {"guard": len(self.people) - len(left)})
        _, plan, _ = self.run_json("plan")
        self.assertEqual(self.here(), set(self.people))
        return plan["approve"]

    def test_exactly_what_was_shown_passes(self):
        digest = self.trip(self.people[:7])
        status, report = self.sync("--approve", digest)
        self.assertEqual((status, report["removed"], report["held"]), (DONE, 7, {}))
        self.converges(self.people[:7])

    def test_a_subset_that_still_stands_passes(self):
        digest = self.trip(self.people[:7])
        self.write("corp", self.people[:9])
        self.assertEqual(self.sync()[0], GUARD)                 # five are still too many
        status, report = self.sync("--approve", digest)
        self.assertEqual((status, report["removed"], report["held"]), (DONE, 5, {}))
        self.converges(self.people[:9])

    def test_more_than_was_shown_does_not_pass(self):
        digest = self.trip(self.people[:8])
        self.write("corp", self.people[:3])
        status, report = self.sync("--approve", digest)
        self.assertEqual((status, report["removed"], report["held"]), (GUARD, 6, {"guard": 5}))
        self.assertEqual(self.here(), set(self.people[:8]))

    def test_who_has_more_to_lose_by_now_does_not_pass(self):
        digest = self.trip(self.people[:8])
        self.write("corp", self.people, finance=["u9"])
        self.assertEqual(self.sync()[1]["promoted"], 1)
        person = self.rolecall.people()["u10@example.com"]["id"]
        self.rolecall.request("PATCH", f"/Users/{person}", {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": "displayName", "value": "Another name"}]})
        self.write("corp", self.people[:8])
        status, report = self.sync("--approve", digest)
        self.assertEqual((status, report["removed"], report["held"]), (GUARD, 5, {"guard": 1}))
        self.assertEqual(self.here(), {*self.people[:8], "u9"})

    def test_an_approval_lasts_a_day(self):
        digest = self.trip(self.people[:7])
        file = self.state / "approvals.json"
        book = json.loads(file.read_text())
        for shown in book.values():
            shown["shown"] -= 24 * 3600
        file.write_text(json.dumps(book))
        status, report, said = self.run_json("sync", "--approve", digest)
        self.assertEqual((status, report["writes"]), (FAILED, 0))
        self.assertIn("24 hours", said)
        self.assertEqual(self.here(), set(self.people))

    def test_a_digest_that_nobody_showed_is_refused(self):
        digest = self.trip(self.people[:7])
        for wrong in ("0" * 64, digest[:11], "", digest[:-1] + "x"):
            status, report = self.sync("--approve", wrong)
            self.assertEqual((status, report.get("writes", 0)), (FAILED, 0), wrong)
        self.assertEqual(self.sync("--approve", digest[:12])[0], DONE)

    def test_a_larger_limit_for_one_run(self):
        self.trip(self.people[:7])
        self.assertEqual(self.sync("--max-removals", "6")[0], GUARD)
        self.assertEqual(self.sync("--max-removals", "7")[1]["removed"], 7)


class Saved(Company):
    def setUp(self):
        super().setUp()
        self.people = names(6)
        self.settled(self.people, finance=["u0"])
        # one joins, one goes, one up, one down, one into the project
        self.write("corp", names(5) + ["new"], finance=["u1"], search=["u2"])
        self.file = self.rolecall.folder / "saved.json"
        self.assertEqual(self.run_json("plan", "-o", str(self.file))[0], PENDING)

    def apply(self):
        status, report, said = self.run_json("apply", str(self.file))
        return status, report, said

    def test_a_saved_plan_is_carried_out_once(self):
        status, report, _ = self.apply()
        self.assertEqual((status, report["writes"]), (DONE, 5))
        self.assertEqual(self.sync()[1]["writes"], 0)
        before = self.rolecall.people()
        status, report, _ = self.apply()
        self.assertEqual((status, report["writes"]), (PARTLY, 0))
        self.assertEqual(report["failed"] + sum(report["held"].values()), 5)
        self.assertEqual(self.rolecall.people(), before)

    def test_a_step_whose_base_moved_is_refused_and_named(self):
        person = self.rolecall.people()["u1@example.com"]["id"]
        self.rolecall.request("PATCH", f"/Users/{person}", {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": "title", "value": "Moved"}]})
        status, report, said = self.apply()
        self.assertEqual((status, report["writes"], report["held"]), (PARTLY, 4, {"moved": 1}))
        text = self.rolecall.command("apply", str(self.file), ok=(PARTLY,)).stdout
        self.assertIn("u1@example.com", text + said)

    def test_an_edited_plan_is_refused_whole(self):
        whole = self.file.read_text()
        before = self.rolecall.people()
        edits = [whole.replace("billing-admin", "owner"), whole.replace("u1@example.com", "u3@example.com"),
                 whole[:-20], whole + "{}", "", "{}", "[]", "null", "\0", whole.replace('"digest"', '"digest2"'),
                 whole.replace('"rolecallPlan": 1', '"rolecallPlan": 99').replace('"rolecallPlan":1', '"rolecallPlan":99')]
        for text in edits:
            self.assertNotEqual(text, whole)
            self.file.write_text(text)
            status, _, said = self.apply()
            self.assertEqual(status, FAILED, text[:80])
            self.assertIn("saved.json", said)
        self.file.unlink()
        self.assertEqual(self.apply()[0], FAILED)
        self.assertEqual(self.rolecall.people(), before)

    def test_a_plan_of_an_organization_that_is_gone_does_nothing(self):
        self.rolecall.write_config(CONFIG.replace('"acme"', '"other"'))
        status, _, _ = self.apply()
        self.assertEqual(status, FAILED)


class Broken(Company):
    """What is around a run fails: told by its exit status, nobody loses anything."""

    def setUp(self):
        super().setUp()
        self.people = names(8)
        self.settled(self.people)

    def lost_nobody(self):
        self.assertEqual(self.here(), set(self.people))

    def test_one_run_at_a_time(self):
        self.write("corp", self.people + ["new"])
        with open(self.state / "lock", "r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            status, report = self.sync()
            self.assertEqual((status, report["status"], report["writes"]), (BUSY, "busy", 0))
            self.assertEqual(self.run_json("plan")[0], PENDING)          # looking is no run
        crowd = [subprocess.Popen([self.rolecall.binary, "sync", "--json", "-c", str(self.rolecall.config)],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(8)]
        ends = [(process.communicate(timeout=60)[0], process.returncode) for process in crowd]
        self.assertLessEqual({status for _, status in ends}, {DONE, BUSY})
        self.assertEqual(sum(json.loads(out)["invited"] for out, _ in ends), 1)
        self.converges(self.people + ["new"])

    def test_a_broken_directory_does_not_stop_the_other(self):
        self.write("labs", ["lab", "newlab"])
        (self.rolecall.folder / "corp.ldif").write_text("dn: cut of")
        status, report = self.sync()
        self.assertEqual((status, report["invited"], report["writes"], report["removed"]), (NO_SNAPSHOT, 1, 1, 0))
        self.assertEqual(self.here(), {*self.people, "newlab"})
        status, report = self.sync()
        self.assertEqual((status, report["writes"]), (NO_SNAPSHOT, 0))
        (self.rolecall.folder / "corp.ldif").unlink()
        self.assertEqual(self.sync()[0], NO_SNAPSHOT)

    def test_no_endpoint(self):
        self.rolecall.stop()
        for verb in ("sync", "plan"):
            status, answer, said = self.run_json(verb)
            self.assertEqual((status, answer["status"]), (NO_ENDPOINT, "no-endpoint"), said)
        self.rolecall.start()
        self.lost_nobody()

    def test_a_token_that_is_none(self):
        token = self.state / "token"
        good = token.read_text()
        for wrong, exit_status in (("rc_AAAAAAAAAAAA_" + "A" * 43 + "\n", FAILED), (good[:-4] + "AAA\n", FAILED),
                                   ("nonsense\n", FAILED), ("", BAD_CONFIG), ("two\nlines\n", BAD_CONFIG)):
            token.write_text(wrong)
            for verb in ("sync", "plan"):
                status, _, said = self.run_json(verb)
                self.assertEqual(status, exit_status, f"{wrong!r} {said}")
                self.assertNotIn(good.strip(), said)
        token.write_text(good)
        self.assertEqual(self.sync()[0], DONE)
        self.lost_nobody()

    def test_state_that_is_broken(self):
        for name in ("accepted.json", "approvals.json", "ledger", "runs", "lock", "endpoint", "schedule"):
            file = self.state / name
            was = file.read_bytes() if file.exists() else None
            for garbage in (b"", b"{", b"\0\xff" * 40, b"[]\n", b'{"corp":7}\n', b"x" * 100000):
                file.write_bytes(garbage)
                for verb in ("sync", "plan", "status"):
                    status, answer, said = self.run_json(verb)
                    self.assertIn(status, (DONE, FAILED), f"{verb} with {name} {garbage[:20]}: {said}")
                    if status == FAILED:
                        self.assertIn(name, said)
                        self.assertEqual(answer.get("writes", 0), 0)
            file.unlink()
            self.assertIn(self.sync()[0], (DONE,), name)
            if was is not None:
                file.write_bytes(was)
        self.lost_nobody()

    def test_state_that_cannot_be_written(self):
        """A folder in place of a file: the superuser, too, can neither read nor write it."""
        self.write("corp", self.people[:7] + ["new"])
        for name in ("accepted.json", "approvals.json", "ledger", "lock", "runs"):
            file = self.state / name
            was = file.read_bytes() if file.exists() else None
            if was is not None:
                file.unlink()
            (file / "in the way").mkdir(parents=True)
            before = self.rolecall.people()
            status, answer, said = self.run_json("sync")
            if name in ("runs", "approvals.json"):              # what the run itself does not need
                self.assertEqual(status, DONE, said)
            else:
                self.assertEqual((status, answer.get("writes", 0)), (FAILED, 0), f"{name} {said}")
                self.assertEqual(self.rolecall.people(), before)
            if name != "approvals.json":
                self.assertIn(name, said)
            self.assertIn(self.run_json("status")[0], (DONE,))
            (file / "in the way").rmdir()
            file.rmdir()
            if was is not None:
                file.write_bytes(was)
        self.converges(self.people[:7] + ["new"])

    def test_state_that_is_not_there(self):
        aside = self.rolecall.folder / "aside"
        self.state.rename(aside)
        for verb in ("sync", "plan"):
            status, answer, said = self.run_json(verb)
            self.assertEqual((status, answer["status"]), (NO_ENDPOINT, "no-endpoint"), said)
        subprocess.run(["rm", "-rf", str(self.state)], check=True)
        self.state.write_text("a file where the folder should be")
        for verb in ("sync", "plan"):
            status, answer, said = self.run_json(verb)
            self.assertEqual((status, answer["status"]), (BAD_CONFIG, "config"), said)
        self.state.unlink()
        aside.rename(self.state)
        self.assertEqual(self.sync()[0], DONE)
        self.lost_nobody()

    def test_a_broken_config(self):
        self.rolecall.config.write_text("organizations = ( { name = 7; } ")
        for words in (("sync",), ("plan",), ("apply", "x"), ("status",), ("members", "--organization", "acme")):
            status, answer, said = self.run_json(*words)
            self.assertEqual((status, answer["status"]), (BAD_CONFIG, "config"), said)
            self.assertIn("rolecall.conf", said)


class Cut(Company):
    """Runs that end before they are done."""

    def test_a_killed_sync_is_finished_by_the_next(self):
        chance = random.Random(int(os.environ.get("ROLECALL_SEED", "7")))
        kills = int(os.environ.get("ROLECALL_KILLS", "12"))
        people = set(names(10))
        self.settled(sorted(people))
        began = time.monotonic()
        self.sync()
        usual = time.monotonic() - began
        killed = 0
        for _ in range(kills):
            for name in names(30):                              # a quarter of them come or go
                if chance.random() < 0.25:
                    people ^= {name}
            self.write("corp", sorted(people), finance=sorted(people)[::chance.choice((2, 3))],
                       search=sorted(people)[::chance.choice((2, 5))])
            process = subprocess.Popen([self.rolecall.binary, "sync", "--max-removals", "100%", "--json", "-c",
                                        str(self.rolecall.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(chance.uniform(0, 4 * usual))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
            process.wait()
            if chance.random() < 0.3:
                status, report = self.sync("--max-removals", "100%")
                self.assertEqual((status, report["failed"]), (DONE, 0))
        status, report = self.sync("--max-removals", "100%")
        self.assertEqual((status, report["failed"]), (DONE, 0))
        self.assertEqual((self.state / "ledger").read_bytes(), b"")
        self.converges(people)
        print(f"killed {killed} of {kills} syncs", file=sys.stderr)

    def sync_with_a_write_done(self, people):
        """A sync of so many invitations that it is still at it after the first."""
        self.write("corp", people)
        process = subprocess.Popen([self.rolecall.binary, "sync", "--json", "-c", str(self.rolecall.config)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: (self.state / "ledger").exists() and b'"done"' in (self.state / "ledger").read_bytes(), "a write")
        return process

    def test_an_interrupted_sync_ends_after_the_write_at_hand(self):
        for number, stop in enumerate((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)):
            people = names(30 * (number + 1))
            process = self.sync_with_a_write_done(people)
            process.send_signal(stop)
            out, said = process.communicate(timeout=60)
            if stop == signal.SIGHUP:                           # a closed terminal: as if killed
                self.assertIn(process.returncode, (-stop, FAILED, DONE), said)
            else:
                self.assertIn(process.returncode, (FAILED, DONE), said)
                self.assertEqual(out.count("\n"), 1)
                self.assertEqual(json.loads(out)["failed"], 0)
                self.assertEqual((self.state / "ledger").read_bytes(), b"")
            self.converges(people)

    def test_an_endpoint_that_goes_away_in_mid_run(self):
        people = names(60)
        process = self.sync_with_a_write_done(people)
        self.rolecall.server.kill()
        self.rolecall.stop()
        out, said = process.communicate(timeout=60)
        self.assertIn(process.returncode, (NO_ENDPOINT, PARTLY), out + said)
        report = json.loads(out)
        self.assertLess(report["invited"], 61)
        self.rolecall.start()
        self.converges(people)


if __name__ == "__main__":
    os.environ.setdefault("ROLECALL", str(pathlib.Path(__file__).parents[2] / "build/dev/rolecall"))
    unittest.main(verbosity=2)
