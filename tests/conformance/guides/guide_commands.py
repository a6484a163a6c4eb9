#!/usr/bin/env python3
"""The guides of etc/man against the program: every command in them is run, every option, status and refusal they name is there.

    guide_commands.py       exit 1 with what does not hold
"""
import os
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from support.whole_program import MEMBERSHIP, Rolecall  # noqa: E402

GUIDES = {path.stem: path.read_text() for path in sorted((ROOT / "etc/man").glob("rolecall-*.7"))}
CONFIG = """
endpoint = { listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; };
organizations = ( { name = "acme"; domains = [ "example.com" ]; owners = [ "dana@example.com" ];
                    projects = ( { name = "search"; admins = [ "dana@example.com" ]; } ); } );
sync = { state = "@FOLDER@/sync"; };
"""


def section(guide, title):
    return re.search(rf"^\.Sh {title}\n(.*?)^\.Sh ", GUIDES[guide], re.M | re.S).group(1)


def items(text):
    return re.findall(r"^\.It (?:Fl -)?([a-z-]+)", text, re.M)


class Guides(unittest.TestCase):
    def setUp(self):
        block = re.search(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", GUIDES["rolecall-scim"], re.M | re.S).group(1)
        self.rolecall = Rolecall(CONFIG + block)
        self.addCleanup(self.rolecall.remove)
        self.rolecall.start()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.rolecall.folder)

    def test_every_command_runs_in_the_order_of_the_page(self):
        for name, text in GUIDES.items():
            commands = re.findall(r"^\.Dl rolecall (.*)$", text, re.M)
            self.assertGreater(len(commands), 4, name)
            for command in commands:
                verb, *arguments = command.split()
                self.rolecall.command(verb, *arguments)

    def test_options_statuses_and_refusals_are_those_of_the_program(self):
        told = self.rolecall.command("token", "--help").stdout
        for option in items(section("rolecall-scim", "OPTIONS OF THE CONNECTION")):
            self.assertIn(f"--{option}", told)
        _, _, schema = self.rolecall.request("GET", f"/Schemas/{MEMBERSHIP}")
        status = next(each for each in schema["attributes"] if each["name"] == "status")
        self.assertEqual(sorted(items(section("rolecall-scim", "WHAT THE STATUSES MEAN"))), sorted(status["canonicalValues"]))
        rules = re.findall(r'= "([a-z-]+)"', (ROOT / "scim/protocol/refusal.c").read_text())
        rules = [rule for rule in rules if rule != "none"]
        self.assertTrue(rules, "the names of the refusals")
        # An admin who goes is followed by an owner where a provider acts: it never reads that refusal.
        self.assertEqual(sorted(items(section("rolecall-scim", "WHAT A REFUSAL MEANS"))), sorted(set(rules) - {"last-project-admin"}))


if __name__ == "__main__":
    if not os.environ.get("ROLECALL"):
        sys.exit("set ROLECALL to the program")
    unittest.main()
