#!/usr/bin/env python3
"""Where mail is configured: the mailed link in a real browser, and a dead link that asks for a new one."""
import datetime
import socket
import unittest

from accept_case import CONFIG, DEAD, INVITATION, NARROW, QUESTION, START, WELCOME, AcceptCase
from letter_box import LetterBox
from support.browser import ENTER, TAB

ASKED, ASK = "Look into your mail", "A new invitation"


def another_day():
    """A weekday on which expired invitations would be sent again by themselves: not now."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).strftime("%a")


class Mailed(AcceptCase):
    @classmethod
    def setUpClass(cls):
        cls.box = LetterBox()
        cls.addClassCleanup(cls.box.close)
        cls.CONFIG = CONFIG + f"""
mail = {{ url = "{cls.box.url}"; from = "Acme Console <console@example.com>"; rate = 0; }};
invitations = {{ send_window = "{another_day()} 00:00-23:59 UTC"; }};
"""
        super().setUpClass()

    def mail(self, address):
        status, _, answer = self.rolecall.request("POST", "/Invitations", {"schemas": [INVITATION], "email": address}, token=self.dana)
        self.assertEqual(status, 201, answer)
        self.assertNotIn("link", answer)
        return self.box.tokens(address)[0]

    def ask_for(self, address):
        """On the page as it is open. The source of the answer."""
        self.browser.find("input[name=address]").type(address)
        self.button("Ask for a new invitation").click()
        self.browser.wait_for_heading(ASKED)
        return self.browser.source()

    def test_the_mailed_link_is_accepted(self):
        token = self.mail("mailed@example.com")
        self.open_link(token)
        self.assertEqual(self.browser.url(), self.page)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        self.assertEqual(self.status("mailed@example.com"), "active")

    def test_a_dead_link_asks_for_a_new_one_which_is_mailed_to_the_stored_address(self):
        address = "late@example.com"
        old = self.mail(address)
        self.expire(address)
        self.open_link(old, DEAD)
        self.picture("dead-with-mail")
        self.ask_for(address)
        self.picture("asked")
        new = self.box.tokens(address, 2)[1]
        self.assertNotEqual(new, old)
        self.open_link(old, DEAD)
        self.open_link(new)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        self.assertEqual(self.status(address), "active")
        self.assertEqual(len(self.box.to(address)), 2)

    def test_every_address_gets_the_same_page_and_only_a_stored_one_a_mail(self):
        self.mail("known@example.com")
        sources = set()
        for address in ("nobody@example.com", "dana@example.com", "x@y", "known@example.com"):
            self.open_link("x", DEAD)
            sources.add(self.ask_for(address))
        self.assertEqual(len(sources), 1)
        self.box.tokens("known@example.com", 2)  # what was asked for before it is done by then
        self.assertEqual([str(letter["To"]) for letter in self.box.letters
                          if "nobody" in str(letter["To"]) or "dana" in str(letter["To"]) or "x@y" in str(letter["To"])], [])
        answers = {str(self.post("/invitation/again", address=address))
                   for address in ("known@example.com", "nobody@example.com", "not an address", "a\r\nBcc: b@example.com", "")}
        self.assertEqual(len(answers), 1)

    def test_asking_fits_a_narrow_screen(self):
        self.browser.show_as(width=NARROW, height=640)
        self.browser.open(self.page + "/again")
        self.browser.wait_for_heading(ASK)
        self.assertEqual(self.browser.find("input").label(), "Your e-mail address")
        self.picture("ask-narrow")
        self.assert_fits(ASK)
        self.open_link("x", DEAD)
        self.assert_fits(DEAD)
        self.ask_for("nobody@example.com")
        self.assert_fits(ASKED)

    def test_the_browser_says_itself_that_an_address_is_malformed(self):
        self.open_link("x", DEAD)
        self.browser.find("input[name=address]").type("no address")
        self.button("Ask for a new invitation").click()
        self.assertTrue(self.browser.run("return !document.querySelector('input[name=address]').validity.valid"))
        self.assertEqual(self.browser.heading(), DEAD)

    def test_whoever_has_lost_the_mail_asks_by_keyboard_from_the_first_page(self):
        self.mail("lost@example.com")
        self.browser.open("about:blank")
        self.browser.open(self.page)
        self.browser.wait_for_heading(START)
        self.wait_for_focus("token")
        self.browser.press(TAB, TAB, ENTER)
        self.browser.wait_for_heading(ASK)
        self.browser.press(TAB, *"lost@example.com", ENTER)
        self.browser.wait_for_heading(ASKED)
        self.box.tokens("lost@example.com", 2)

    def test_once_handed_over_and_accepted_the_token_is_nowhere(self):
        token = self.mail("traceless@example.com")
        self.open_link(token)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        self.rolecall.stop()
        kept = [path.name for path in self.rolecall.folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
        self.rolecall.start()
        self.assertEqual(kept, [])


class MailedWithoutScript(Mailed):
    SCRIPT = False

    def open_link(self, token, heading=QUESTION):
        """By the code, as somebody without script enters it."""
        self.browser.open("about:blank")
        self.browser.open(self.page)
        self.browser.wait_for_heading(START)
        self.browser.find("input[name=token]").type(token)
        self.button("Show the invitation").click()
        self.browser.wait_for_heading(heading)


if __name__ == "__main__":
    socket.setdefaulttimeout(60)
    unittest.main(verbosity=2)
