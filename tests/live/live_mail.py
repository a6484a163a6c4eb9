#!/usr/bin/env python3
"""Invitations by mail: the whole program and a real mail server that misbehaves (tests/support/smtp_sink.py).

    live_mail.py [TEST ...]
"""
import email
import email.policy
import pathlib
import re
import sqlite3
import sys
import tempfile
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.smtp_sink import SmtpSink  # noqa: E402
from support.whole_program import MEMBERSHIP, Rolecall, wait_until  # noqa: E402

INVITATION = "urn:rolecall:params:scim:schemas:1.0:Invitation"
PROJECT = "urn:rolecall:params:scim:schemas:1.0:Project"
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; }};
organizations = ( {{ name = "acme"; display_name = "Acme & Łódź Sp. z o.o."; owners = [ "dana@example.com" ];
  projects = ( {{ name = "search"; admins = [ "dana@example.com" ]; }} ); }} );
mail = {{ url = "{url}"; from = "Acme Console <console@example.com>"; rate = 0; {more} }};
sync = {{ state = "@FOLDER@/sync"; }};
"""
LINK = re.compile(r"^(http://[^ ]+/invitation)#([A-Za-z0-9_-]{43})$", re.M)


def read(mail):
    """The mail as a mail program reads it, and without a fault."""
    message = email.message_from_bytes(mail["data"].encode("latin-1"), policy=email.policy.default)
    assert not message.defects, message.defects
    return message


def token_of(mail):
    plain = read(mail).get_body(("plain",)).get_content().replace("\r\n", "\n")
    found = LINK.search(plain)
    assert found, plain
    assert plain.count(found.group(2)) == 2, "the link, and the code for who has no script"
    return found.group(2)


class Mail(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="sink-")
        self.addCleanup(scratch.cleanup)
        self.sink = SmtpSink(scratch.name)
        self.sink.start()
        self.addCleanup(self.sink.stop)
        self.rolecall = Rolecall(CONFIG.format(url=self.sink.url, more=""))
        self.addCleanup(self.rolecall.remove)
        self.rolecall.start()

    def invite(self, address, roles=None, status=201):
        wanted = {"schemas": [INVITATION], "email": address, **({"roles": roles} if roles else {})}
        got, _, answer = self.rolecall.request("POST", "/Invitations", wanted)
        self.assertEqual(got, status, answer)
        self.assertNotIn("link", answer)
        return answer["id"]

    def delivery(self, invitation):
        status, _, answer = self.rolecall.request("GET", f"/Invitations/{invitation}")
        self.assertEqual(status, 200, answer)
        return answer["delivery"]

    def wait_for(self, invitation, status, attempts):
        wait_until(lambda: (lambda d: d["status"] == status and d["attempts"] == attempts)(self.delivery(invitation)),
                   f"{status} after {attempts} attempts")
        return self.delivery(invitation)

    def answer(self, token, answer="accept"):
        form = urllib.parse.urlencode({"token": token, "answer": answer}).encode()
        status, _, _ = self.rolecall.request("POST", "/invitation", form, base="",
                                             headers={"Content-Type": "application/x-www-form-urlencoded"})
        return status

    def status_of(self, address):
        return self.rolecall.people()[address][MEMBERSHIP]["status"]

    def store(self, sql):
        with sqlite3.connect(self.rolecall.folder / "rolecall.db", timeout=20) as store:
            rows = store.execute(sql).fetchall()
        store.close()
        return rows

    def make_due(self):
        """As if the wait for the next attempt were over."""
        self.store("UPDATE outbox SET due = 1 WHERE state = 'waiting'")

    def test_an_invitation_is_mailed_and_its_link_opens_it(self):
        invitation = self.invite("bob@example.com", [{"type": "organization", "value": "member"},
                                                     {"type": "project", "value": "search/read-write"}])
        mail = self.sink.wait_for(1)[0]
        self.assertEqual((mail["from"], mail["to"]), ("console@example.com", ["bob@example.com"]))
        message = read(mail)
        self.assertEqual(message["Subject"], "Invitation to Acme & Łódź Sp. z o.o.")
        self.assertEqual(message["From"].addresses[0].display_name, "Acme Console")
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        plain = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        self.assertIn("read-write in search", plain)
        self.assertIn("Acme &amp; Łódź", html)
        self.wait_for(invitation, "sent", 1)
        self.assertEqual(self.status_of("bob@example.com"), "invited")
        self.assertEqual(self.answer(token_of(mail)), 200)
        self.assertEqual(self.status_of("bob@example.com"), "active")
        self.assertEqual(self.answer(token_of(mail)), 410)

    def test_a_link_is_nowhere_but_in_the_mail(self):
        self.invite("bob@example.com")
        token = token_of(self.sink.wait_for(1)[0])
        wait_until(lambda: self.store("SELECT 1 FROM outbox WHERE state = 'sent' AND token IS NULL"), "sent")
        self.rolecall.stop()
        log = (self.rolecall.folder / "serve.log").read_text()
        self.assertIn("was handed over", log)
        self.assertNotIn(token, log)
        self.assertNotIn("bob@", log)
        # Closing the store folds its journal in, and what is deleted is overwritten.
        self.assertNotIn(token.encode(), (self.rolecall.folder / "rolecall.db").read_bytes())

    def test_a_greylisting_server_gets_it_later_and_owners_see_why(self):
        self.sink.set(RCPT="451 4.7.1 greylisted, come back")
        invitation = self.invite("bob@example.com")
        shown = self.wait_for(invitation, "waiting", 1)
        self.assertIn('answered RCPT TO with 451: "4.7.1 greylisted, come back"', shown["detail"])
        self.sink.set()
        self.make_due()
        self.wait_for(invitation, "sent", 2)
        self.assertEqual(self.answer(token_of(self.sink.wait_for(1)[0])), 200)

    def test_an_address_that_is_refused_is_shown_and_not_tried_again(self):
        self.sink.set(RCPT="550 5.1.1 no such user")
        _, headers, _ = self.rolecall.request("GET", "/Invitations")
        invitation = self.invite("bob@example.com")
        shown = self.wait_for(invitation, "undeliverable", 1)
        self.assertIn("550", shown["detail"])
        person = self.rolecall.people()["bob@example.com"]
        self.assertIn("could not be delivered", person[MEMBERSHIP]["statusReason"])
        status, _, _ = self.rolecall.request("GET", "/Invitations", headers={"If-None-Match": headers["ETag"]})
        self.assertEqual(status, 200)
        self.sink.set()
        other = self.invite("eve@example.com")
        self.wait_for(other, "sent", 1)
        self.assertEqual([mail["to"] for mail in self.sink.mails()], [["eve@example.com"]])
        # The address was wrong for a day only: a resend tries anew.
        self.rolecall.command("resend", "--organization", "acme", "bob@example.com")
        self.wait_for(invitation, "sent", 1)

    def test_a_resent_link_replaces_the_one_before(self):
        self.invite("bob@example.com")
        first = self.sink.wait_for(1)[0]
        self.rolecall.command("resend", "--organization", "acme", "bob@example.com")
        second = self.sink.wait_for(2)[1]
        self.assertNotEqual(read(first)["Message-ID"], read(second)["Message-ID"])
        self.assertEqual(self.answer(token_of(first)), 410)
        self.assertEqual(self.answer(token_of(second)), 200)

    def test_a_lost_answer_is_the_same_mail_again(self):
        self.sink.set(END="accept-drop")
        invitation = self.invite("bob@example.com")
        self.wait_for(invitation, "waiting", 1)
        self.sink.set()
        self.make_due()
        self.wait_for(invitation, "sent", 2)
        first, second = self.sink.mails()
        self.assertEqual(first["data"], second["data"])
        self.assertEqual(self.answer(token_of(second)), 200)

    def test_a_mail_waits_for_a_server_that_is_down_and_over_a_restart(self):
        self.sink.stop()
        invitation = self.invite("bob@example.com")
        self.assertIn("does not answer", self.wait_for(invitation, "waiting", 1)["detail"])
        self.rolecall.stop()
        self.sink.start()
        self.make_due()
        self.rolecall.start()
        self.wait_for(invitation, "sent", 2)
        self.assertEqual(len(self.sink.mails()), 1)

    def test_what_is_revoked_while_it_waits_is_not_mailed(self):
        self.sink.stop()
        invitation = self.invite("bob@example.com")
        self.wait_for(invitation, "waiting", 1)
        status, _, answer = self.rolecall.request("DELETE", f"/Invitations/{invitation}")
        self.assertEqual(status, 204, answer)
        self.assertEqual(self.store("SELECT COUNT(*) FROM outbox WHERE token IS NOT NULL"), [(0,)])
        self.sink.start()
        other = self.invite("eve@example.com")
        self.wait_for(other, "sent", 1)
        self.assertEqual([mail["to"] for mail in self.sink.mails()], [["eve@example.com"]])

    def test_names_that_break_mails_break_none(self):
        nasty = ["a\r\n.\r\nMAIL FROM:<x@y.example>", "a\nBcc: eve@evil.example", "<a href='x'>b</a>",
                 "\u202egnp.exe", "https://evil.example/", "x" * 300, "=?utf-8?q?x?=", ".", "--=_rolecall_"]
        status, _, projects = self.rolecall.request("GET", "/Projects")
        self.assertEqual(status, 200, projects)
        project = projects["Resources"][0]["id"]
        for number, name in enumerate(nasty):
            self.rolecall.request("PATCH", f"/Projects/{project}", {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "displayName", "value": name}]})
            address = f"p{number}@example.com"
            self.invite(address, [{"type": "organization", "value": "member"},
                                  {"type": "project", "value": "search/admin"}])
            mail = self.sink.wait_for(number + 1)[number]
            self.assertEqual((mail["from"], mail["to"]), ("console@example.com", [address]))
            message = read(mail)
            self.assertEqual(message.keys(), ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version",
                                              "Auto-Submitted", "Content-Type"])
            html = message.get_body(("html",)).get_content()
            self.assertNotIn("<a href='x'>", html)
            self.assertNotIn("\u202e", html + message.get_body(("plain",)).get_content())
            self.assertNotIn("evil.example", html)
            token_of(mail)
        self.assertEqual(len(self.sink.mails()), len(nasty))

    def test_a_login_that_is_wrong_is_told_and_mended_by_the_config(self):
        self.rolecall.stop()
        self.sink.stop()
        self.sink = SmtpSink(self.sink.folder, user="console", password="right")
        self.sink.start()
        self.addCleanup(self.sink.stop)
        password = self.rolecall.folder / "mail.password"
        password.write_text("not-this-one\n")
        password.chmod(0o600)
        self.rolecall.write_config(CONFIG.format(
            url=self.sink.url, more='user = "console"; password_file = "@FOLDER@/mail.password";'))
        self.rolecall.start()
        invitation = self.invite("bob@example.com")
        self.assertIn("answered the login with 535", self.wait_for(invitation, "waiting", 1)["detail"])
        self.rolecall.stop()
        password.write_text("right\n")
        self.make_due()
        self.rolecall.start()
        self.wait_for(invitation, "sent", 2)
        self.assertEqual(self.sink.mails()[0]["user"], "console")
        self.assertNotIn("not-this-one", (self.rolecall.folder / "serve.log").read_text())

    def test_a_stop_waits_for_the_hand_over_under_way(self):
        self.sink.set(END="slow:1")
        self.invite("bob@example.com")
        wait_until(lambda: any(line["command"].upper() == "DATA" for line in self.sink.commands()), "the mail is sent")
        self.rolecall.stop()
        self.assertEqual(self.store("SELECT state, attempts FROM outbox"), [("sent", 1)])
        self.assertEqual(len(self.sink.mails()), 1)


if __name__ == "__main__":
    unittest.main()
