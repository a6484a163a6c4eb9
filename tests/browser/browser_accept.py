#!/usr/bin/env python3
"""The accept page in a real browser, with and without script: accept, decline, dead links, what leaks and what does not."""
import http.server
import socket
import threading
import unittest

from accept_case import DEAD, DECLINED, QUESTION, START, WELCOME, AcceptCase
from support.browser import ENTER, SHIFT, TAB
from support.whole_program import wait_until

FOREIGN = "Please answer here"


class Recorder:
    """A web server of another site: gives one page everywhere, and writes down what it is asked."""

    def __init__(self, page):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(f"{self.requestline}\n{self.headers}")
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class WithScript(AcceptCase):
    def test_the_link_shows_what_it_is_and_the_token_leaves_the_address_bar(self):
        address, token = self.invite(None, "search/read-write")
        self.open_link(token)
        self.assertEqual(self.browser.url(), self.page)
        text = self.text()
        for said in ("Acme Inc.", "dana@example.com", address, "member of the organization", "read-write in Search Engine",
                     " UTC", "If you decline"):
            self.assertIn(said, text)
        self.assertRegex(text, "2 days|1 day and 23 hours")
        self.assertEqual(self.status(address), "invited")
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        self.assertIn("Acme Inc.", self.text())
        self.assertEqual(self.status(address), "active")
        self.assertEqual(self.rolecall.roles(address), ["member", "search/read-write"])
        self.assertNotIn(token, self.browser.source() + self.browser.url())

    def test_declining_is_remembered(self):
        okta = self.rolecall.command("token", "create", "okta", "--organization", "acme", "--scope", "people").stdout.strip()
        address, user = "pushed@example.com", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "pushed@example.com"}
        status, _, _ = self.rolecall.request("POST", "/Users", user, token=okta)
        self.assertEqual((status, self.status(address)), (201, "invited"))
        self.open_link(self.rolecall.links_of(address)[address].split("#", 1)[1])
        self.button("Decline").click()
        self.browser.wait_for_heading(DECLINED)
        self.assertIsNone(self.status(address))
        _, _, markers = self.rolecall.request("GET", "/Markers?count=1000")
        self.assertEqual([(marker["userName"], marker["kind"]) for marker in markers["Resources"]], [(address, "declined")])
        status, _, _ = self.rolecall.request("POST", "/Users", user, token=okta)
        self.assertEqual((status, self.status(address)), (201, "held"))

    def test_a_reload_after_the_answer_has_no_second_effect(self):
        for answer, heading in (("Accept", WELCOME), ("Decline", DECLINED)):
            _, token = self.invite()
            self.open_link(token)
            self.button(answer).click()
            self.browser.wait_for_heading(heading)
            state = self.state()
            self.browser.reload()
            self.browser.wait_for_heading(DEAD)
            self.assertEqual(self.state(), state)

    def test_going_back_after_the_answer_has_no_second_effect(self):
        _, token = self.invite()
        self.open_link(token)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        state = self.state()
        self.browser.back()
        self.assertNotIn(token, self.browser.url())
        if self.browser.heading() == QUESTION:  # kept by the browser, not asked for again
            self.button("Decline").click()
            self.browser.wait_for_heading(DEAD)
        self.assertEqual(self.state(), state)

    def test_a_double_click_answers_once_and_says_welcome(self):
        for _ in range(5):
            address, token = self.invite()
            self.open_link(token)
            self.browser.double_click("button[value=accept]")
            self.browser.wait_for_heading(WELCOME)
            self.assertEqual(self.status(address), "active")

    def test_a_second_link_in_the_same_tab_is_opened_too(self):
        _, first = self.invite()
        address, second = self.invite()
        self.open_link(first)
        self.browser.open(f"{self.page}#{second}")
        wait_until(lambda: address in self.text(), "the second invitation")
        self.assertEqual(self.browser.url(), self.page)

    def test_a_link_without_a_token_asks_for_the_code(self):
        for url in (self.page, self.page + "#"):
            self.browser.open(url)
            self.browser.wait_for_heading(START)

    def test_a_scanner_that_runs_scripts_but_presses_no_button_changes_nothing(self):
        address, token = self.invite()
        state = self.state()
        for _ in range(3):
            self.open_link(token)
        self.assertEqual(self.state(), state)
        self.assertEqual(self.status(address), "invited")
        self.open_link(token)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)

    def test_a_dead_link_looks_the_same_whatever_it_died_of(self):
        tokens = self.dead_tokens()
        answers = {name: self.post(token=token) for name, token in tokens.items()}
        for answer in ("accept", "decline"):
            answers.update({f"{name} {answer}": self.post(token=token, answer=answer) for name, token in tokens.items()})
        for name, answer in answers.items():
            self.assertEqual(answer, answers["unknown"], name)
        self.assertEqual(answers["unknown"][0], 410)
        shown = set()
        for token in tokens.values():
            self.open_link(token or "x", DEAD)
            shown.add(self.browser.source())
        self.assertEqual(len(shown), 1)
        self.assertIn("Ask whoever invited you", self.text())

    def dead_tokens(self):
        names = ("used", "declined", "expired", "revoked", "replaced", "reissued")
        people = {name: self.invite() for name in names}
        tokens = {name: token for name, (_, token) in people.items()}
        self.post(token=tokens["used"], answer="accept")
        self.post(token=tokens["declined"], answer="decline")
        self.expire(people["expired"][0])
        for address, action in ((people["revoked"][0], {"value": "revoked"}), (people["replaced"][0], {"value": "pending"})):
            _, _, found = self.rolecall.request("GET", "/Invitations?count=1000")
            identifier = next(each["id"] for each in found["Resources"] if each["email"] == address)
            status, _, answer = self.rolecall.request("PATCH", f"/Invitations/{identifier}", {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "status", **action}]}, token=self.dana)
            self.assertIn(status, (200, 204), answer)
        self.invite(people["reissued"][0], "search/admin")
        almost = ("A" if tokens["reissued"][0] != "A" else "B") + self.invite()[1][1:]
        return {**tokens, "unknown": 43 * "A", "almost": almost, "short": "x", "empty": "", "long": 500 * "A"}

    def test_no_request_but_the_post_carries_the_token_and_nothing_keeps_it(self):
        recorder = Recorder("<title>elsewhere</title>")
        self.addCleanup(recorder.close)
        address, token = self.invite()
        self.browser.requests()
        self.open_link(token)
        self.browser.run("location.href = arguments[0]", f"http://127.0.0.1:{recorder.port}/elsewhere")
        wait_until(lambda: recorder.asked, "the other site is visited from the page")
        self.open_link(token)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        asked = self.browser.requests()
        self.assertGreater(len(asked), 5)
        bodies = [text.split()[:2] for text, body in asked if token in body]
        self.assertEqual(bodies, 3 * [["POST", self.page]])
        for text, _ in asked:
            self.assertNotIn(token, text)
            self.assertNotIn(f'"Referer": "{self.page}', text)
        for text in recorder.asked:
            self.assertNotIn(token, text)
            self.assertNotIn("/invitation", text)
        self.assertNotIn("referer", recorder.asked[0].lower())
        self.assertEqual(self.status(address), "active")
        self.rolecall.server.terminate()
        self.rolecall.server.wait()
        kept = [path.name for path in self.rolecall.folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
        self.rolecall.server.stdout.close()
        self.rolecall.start()
        self.assertEqual(kept, [], "neither store nor log has the token")

    def test_another_sites_page_cannot_answer_and_cannot_frame_it(self):
        address, token = self.invite()
        form = (f'<form method="post" action="{self.page}"><input name="token" value="{token}">'
                '<input name="answer" value="accept"></form><script>document.forms[0].submit()</script>')
        recorder = Recorder(form)
        framing = Recorder(f'<iframe src="{self.page}"></iframe>')
        self.addCleanup(recorder.close)
        self.addCleanup(framing.close)
        state = self.state()
        for host in ("localhost", "127.0.0.1"):  # cross-site, and same-site but not our origin
            self.browser.open(f"http://{host}:{recorder.port}/")
            self.browser.wait_for_heading(FOREIGN)
        self.assertEqual(self.state(), state)
        self.browser.complaints()
        self.browser.open(f"http://127.0.0.1:{framing.port}/")
        self.assertRegex("\n".join(self.browser.complaints()), "frame-ancestors|X-Frame-Options")
        self.open_link(token)
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)
        self.assertEqual(self.status(address), "active")

    def test_no_GET_and_no_HEAD_changes_anything(self):
        _, token = self.invite()
        state = self.state()
        before = "\n".join(self.dump())
        places = ("", "/page.js", "/page.css", "/again", f"/{token}", f"/again/{token}")
        for place in places:
            for query in ("", f"?token={token}&answer=accept", f"?token={token}&answer=decline", "?address=guest1@example.com"):
                for method in ("GET", "HEAD"):
                    status, _, _ = self.rolecall.request(method, f"/invitation{place}{query}", base="")
                    self.assertIn(status, (200, 404))
        self.assertEqual("\n".join(self.dump()), before)
        self.assertEqual(self.state(), state)

    def dump(self):
        import sqlite3
        store = sqlite3.connect(self.rolecall.folder / "rolecall.db")
        lines = list(store.iterdump())
        store.close()
        return [line for line in lines if 'INTO "token"' not in line]  # its last use is noted


class WithoutScript(AcceptCase):
    SCRIPT = False

    def test_the_browser_runs_no_script_at_all(self):
        _, token = self.invite()
        self.open_link(token, START)
        self.assertIn(token, self.browser.url())

    def test_by_keyboard_alone_the_code_is_entered_and_accepted(self):
        address, token = self.invite()
        self.browser.open(self.page)
        self.browser.wait_for_heading(START)
        self.wait_for_focus("token")
        self.browser.press(*token, ENTER)
        self.browser.wait_for_heading(QUESTION)
        self.browser.press(TAB)
        self.assertEqual(self.browser.focused().text(), "Accept")
        self.browser.press(TAB)
        self.assertEqual(self.browser.focused().text(), "Decline")
        self.browser.press(TAB, held=[SHIFT])
        self.browser.press(ENTER)
        self.browser.wait_for_heading(WELCOME)
        self.assertEqual(self.status(address), "active")

    def test_the_code_may_be_pasted_as_mail_readers_break_it(self):
        for print_code in (lambda token: f"  {token} ", lambda token: f"{token[:20]} {token[20:]}", lambda token: f"{self.page}#{token}"):
            address, token = self.invite()
            self.browser.open(self.page)
            self.browser.find("input[name=token]").type(print_code(token))
            self.button("Show the invitation").click()
            self.browser.wait_for_heading(QUESTION)
            self.assertIn(address, self.text())
            self.button("Decline").click()
            self.browser.wait_for_heading(DECLINED)
            self.assertIsNone(self.status(address))

    def test_a_wrong_code_is_a_dead_link(self):
        self.browser.open(self.page)
        self.browser.find("input[name=token]").type("not the code")
        self.button("Show the invitation").click()
        self.browser.wait_for_heading(DEAD)
        self.assertIn("Ask whoever invited you", self.text())


if __name__ == "__main__":
    socket.setdefaulttimeout(60)
    unittest.main(verbosity=2)
