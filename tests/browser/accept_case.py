"""What the tests of the accept page share: a `rolecall serve`, a browser, and invitations by dana@example.com."""
import os
import pathlib
import sqlite3
import sys
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.browser import Browser  # noqa: E402
from support.whole_program import DEADLINE, MEMBERSHIP, Rolecall, wait_until  # noqa: E402

INVITATION = "urn:rolecall:params:scim:schemas:1.0:Invitation"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CONFIG = """
endpoint = { listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; };
organizations = ( { name = "acme"; display_name = "Acme Inc."; seats = 1000;
  owners = [ "dana@example.com", "breakglass@example.com" ];
  projects = ( { name = "search"; display_name = "Search Engine"; admins = [ "dana@example.com" ]; } ); } );
sync = { state = "@FOLDER@/sync"; };
"""
QUESTION, WELCOME, DECLINED = "You are invited", "Welcome", "Declined"
START, DEAD = "Your invitation", "This invitation is not valid"


NARROW, TARGET = 320, 24  # WCAG 2.2, 1.4.10 and 2.5.8: pixels
EXTENT = """
return { width: document.documentElement.scrollWidth, seen: document.documentElement.clientWidth,
         heights: Array.from(document.querySelectorAll('button, input:not([type=hidden])')).map(
           each => each.getBoundingClientRect().height) };
"""


class AcceptCase(unittest.TestCase):
    SCRIPT = True
    CONFIG = CONFIG

    @classmethod
    def setUpClass(cls):
        cls.rolecall = Rolecall(cls.CONFIG)
        cls.addClassCleanup(cls.rolecall.remove)
        cls.rolecall.start()
        cls.dana = cls.rolecall.command("token", "create", "dana", "--organization", "acme",
                                        "--person", "dana@example.com").stdout.strip()
        cls.browser = Browser(script=cls.SCRIPT)
        cls.addClassCleanup(cls.browser.close)
        cls.page = cls.rolecall.url + "/invitation"
        cls.invited = 0

    def setUp(self):
        self.browser.show_as()

    def invite(self, address=None, *roles):
        """A new invitation by Dana: (address, token)."""
        type(self).invited += 1
        address = address or f"guest{self.invited}@example.com"
        status, _, answer = self.rolecall.request(
            "POST", "/Invitations", {"schemas": [INVITATION], "email": address, "roles": [{"value": role} for role in roles]},
            token=self.dana)
        self.assertIn(status, (200, 201), answer)
        return address, answer["link"].split("#", 1)[1]

    def status(self, address):
        person = self.rolecall.people().get(address)
        return person and person[MEMBERSHIP]["status"]

    def state(self):
        """The ETag of the list of people changes with anything in the organization."""
        return self.rolecall.request("GET", "/Users?count=0")[1]["ETag"]

    def post(self, path="/invitation", headers=None, **fields):
        """A form, posted by no browser: (status, headers without what differs each time, text)."""
        form = urllib.parse.urlencode(fields).encode()
        status, answered, text = self.rolecall.request("POST", path, form, base="", headers={**FORM, **(headers or {})})
        return status, sorted((name, value) for name, value in answered.items() if name not in ("Date", "Request-Id")), text

    def store(self, statement, *values):
        store = sqlite3.connect(self.rolecall.folder / "rolecall.db", timeout=DEADLINE)
        with store:
            store.execute(statement, values)
        store.close()

    def expire(self, address):
        for table, condition in (("invitation", "address = ?"), ("person", "user_name = ?")):
            self.store(f"UPDATE {table} SET expires_at = 1 WHERE {condition}", address)

    def open_link(self, token, heading=QUESTION):
        """As a click in a mail opens it: a page of its own."""
        self.browser.open("about:blank")
        self.browser.open(f"{self.page}#{token}")
        self.browser.wait_for_heading(heading)

    def wait_for_focus(self, name):
        """The browser sets the first focus only when it has drawn the page."""
        wait_until(lambda: self.browser.focused().attribute("name") == name, f"the focus is on {name}")

    def button(self, text):
        found = [each for each in self.browser.find_all("button") if each.text() == text]
        self.assertEqual(len(found), 1, f"one button '{text}' in {self.browser.source()}")
        return found[0]

    def assert_fits(self, name):
        """Nothing of the page lies beyond a narrow screen, and what is pressed is high enough for a finger."""
        extent = self.browser.run(EXTENT)
        self.assertEqual(extent["seen"], NARROW, name)
        self.assertLessEqual(extent["width"], NARROW, name)
        for height in extent["heights"]:
            self.assertGreaterEqual(height, TARGET, name)

    def picture(self, name):
        """With ROLECALL_SCREENSHOTS=FOLDER, of the page as it is."""
        folder = os.environ.get("ROLECALL_SCREENSHOTS")
        if folder:
            self.browser.screenshot(pathlib.Path(folder) / f"{name}.png")

    def text(self):
        return self.browser.find("body").text()
