#!/usr/bin/env python3
"""Names that others choose (of an organization, a project, whoever invites) on the accept page, in a real browser.

Whatever they hold, no script runs, nothing is asked of the network, no element appears, nothing leaves its line.
"""
import socket
import unicodedata
import unittest

from accept_case import DECLINED, QUESTION, WELCOME, AcceptCase
from hostile_names import NAMES
from support.whole_program import wait_until

OWN_FILES = {"/invitation", "/invitation/page.css", "/invitation/page.js", "/favicon.ico"}
LONGEST = 64
ASK_AGAIN = "window.isOld = true; document.forms[0].submit();"
IS_NEW = "return typeof isOld === 'undefined' && document.readyState === 'complete';"
LOOK = """
const shown = Array.from(document.querySelectorAll('bdi')).map(each => each.textContent);
return { hit: typeof hit, title: document.title, shown: shown, address: location.href,
         elements: Array.from(document.querySelectorAll('*')).map(each => each.tagName).join(' '),
         attributes: Array.from(document.querySelectorAll('bdi *, bdi[style], [onclick]')).length };
"""


class HostileNames(AcceptCase):
    def name_everything(self, name):
        self.store("UPDATE organization SET display_name = ?", name)
        self.store("UPDATE project SET display_name = ?", name)
        self.store("UPDATE person SET display_name = ? WHERE user_name = 'dana@example.com'", name)

    def look(self, name):
        """The page as it stands, after it was found harmless."""
        seen = self.browser.run(LOOK)
        self.assertEqual((seen["hit"], seen["attributes"]), ("undefined", 0), name)
        self.assertIsNone(self.browser.alert(), name)
        self.assertEqual(seen["address"], self.page)
        for shown in seen["shown"]:
            self.assertLessEqual(len(shown), 2 * LONGEST, name)  # a name and an address
            for character in shown:
                self.assertNotIn(unicodedata.category(character), ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"), (name, shown))
        self.assertEqual([text for text in self.browser.complaints() if "favicon" not in text], [], name)
        for text, _ in self.browser.requests():
            self.assertTrue(text.split()[1].startswith(self.rolecall.url + "/"), (name, text))
            self.assertIn(text.split()[1].removeprefix(self.rolecall.url), OWN_FILES, name)
        return seen

    def test_no_name_runs_a_script_or_adds_an_element(self):
        self.assertGreaterEqual(len(NAMES), 100)
        _, token = self.invite(None, "search/read-write")
        self.open_link(token)
        self.browser.complaints()
        plain = self.look("Acme Inc.")
        for name in NAMES:
            with self.subTest(name=name):
                self.name_everything(name)
                self.browser.run(ASK_AGAIN)
                wait_until(lambda: self.browser.run(IS_NEW), "the same page with the new name")
                seen = self.look(name)
                self.assertEqual((seen["title"], seen["elements"]), (plain["title"], plain["elements"]))
                self.assertEqual(len(seen["shown"]), len(plain["shown"]))
                organization = seen["shown"][0]
                self.assertEqual(seen["shown"], [organization, seen["shown"][1], plain["shown"][2], plain["shown"][3],
                                                 f"read-write in {organization}", organization])
                self.assertIn(seen["shown"][1], (f"{organization} (dana@example.com)", "dana@example.com"))
                self.assertLessEqual(len(organization), LONGEST)
        self.open_link(token, QUESTION)

    def test_nor_does_it_where_the_answer_is_shown(self):
        for number, name in enumerate(NAMES[::14]):
            with self.subTest(name=name):
                self.name_everything("Acme Inc.")
                _, token = self.invite()
                self.name_everything(name)
                self.open_link(token)
                self.browser.find("button[value=accept]" if number % 2 else "button[value=decline]").click()
                self.browser.wait_for_heading(WELCOME if number % 2 else DECLINED)
                seen = self.look(name)
                self.assertEqual(seen["title"], WELCOME if number % 2 else DECLINED)
                self.assertEqual(len(seen["shown"]), 1)
                self.assertLessEqual(len(seen["shown"][0]), LONGEST)


if __name__ == "__main__":
    socket.setdefaulttimeout(60)
    unittest.main(verbosity=2)
