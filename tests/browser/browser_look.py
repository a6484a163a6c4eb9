#!/usr/bin/env python3
"""How the accept page looks and reads, in a real browser: narrow, dark, without its style, to a screen reader.

With ROLECALL_SCREENSHOTS=FOLDER it leaves a picture of each page there.
"""
import socket
import unittest

from accept_case import DEAD, DECLINED, NARROW, QUESTION, START, WELCOME, AcceptCase
from support.whole_program import wait_until

ENOUGH = 4.5  # WCAG 2.2, 1.4.3
# The contrast of each element that has a text of its own, a field's value included, with what lies behind it.
CONTRASTS = """
function channels(color) {
  const found = color.match(/[\\d.]+/g).map(Number);
  return found.length > 3 ? found : found.concat(1);
}
function light(color) {
  const [r, g, b] = color.map(each => each / 255).map(
    each => each <= 0.04045 ? each / 12.92 : Math.pow((each + 0.055) / 1.055, 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function behind(element) {
  for (let each = element; each; each = each.parentElement) {
    const color = channels(getComputedStyle(each).backgroundColor);
    if (color[3] === 1) { return color; }
  }
  return [255, 255, 255, 1];
}
return Array.from(document.body.querySelectorAll('*')).filter(element =>
  element.tagName === 'INPUT' ? element.type !== 'hidden' :
  Array.from(element.childNodes).some(node => node.nodeType === 3 && node.data.trim())).map(element => {
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    return [element.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  });
"""


class Look(AcceptCase):
    def every_page(self):
        """Opens one page after the other and gives the name of each."""
        self.browser.open(self.page)
        self.browser.wait_for_heading(START)
        yield "start"
        for answer, heading in (("accept", WELCOME), ("decline", DECLINED)):
            _, token = self.invite(None, "search/read-write")
            self.open_link(token)
            yield "question"
            self.browser.find(f"button[value={answer}]").click()
            self.browser.wait_for_heading(heading)
            yield answer
        self.open_link("x", DEAD)
        yield "dead"

    def test_every_text_has_contrast_enough_in_light_and_in_dark(self):
        for dark in (False, True):
            self.browser.show_as(dark=dark)
            grounds = set()
            for name in self.every_page():
                self.picture(f"{name}-{'dark' if dark else 'light'}")
                contrasts = self.browser.run(CONTRASTS)
                self.assertGreater(len(contrasts), 1)
                for tag, contrast in contrasts:
                    self.assertGreaterEqual(contrast, ENOUGH, (name, dark, tag))
                grounds.add(self.browser.run("return getComputedStyle(document.body).backgroundColor"))
            self.assertEqual(len(grounds), 1)
            ground = [int(each) for each in grounds.pop()[4:-1].split(",")]
            self.assertEqual(max(ground) < 64, dark, ground)

    def test_a_narrow_screen_never_scrolls_sideways(self):
        long_address = f"{60 * 'x'}@{'.'.join(3 * [60 * 'y'])}.example"
        self.store("UPDATE organization SET display_name = ?", 64 * "W")
        self.store("UPDATE project SET display_name = ?", 64 * "W")
        self.addCleanup(self.store, "UPDATE organization SET display_name = 'Acme Inc.'")
        self.addCleanup(self.store, "UPDATE project SET display_name = 'Search Engine'")
        self.browser.show_as(width=NARROW, height=640)
        for name in self.every_page():
            self.picture(f"{name}-narrow")
            self.assert_fits(name)
        _, token = self.invite(long_address, "search/admin")
        self.open_link(token)
        self.picture("question-longest")
        self.assert_fits("the longest address")

    def test_a_screen_reader_names_every_field_and_button(self):
        self.browser.open(self.page)
        self.browser.wait_for_heading(START)
        field = self.browser.find("input")
        self.assertEqual((field.role(), field.label()), ("textbox", "Code"))
        _, token = self.invite()
        self.open_link(token)
        self.assertEqual([(each.role(), each.label()) for each in self.browser.find_all("button")],
                         [("button", "Accept"), ("button", "Decline")])
        self.assertEqual(self.browser.find("html").attribute("lang"), "en")
        self.assertEqual(self.browser.find("main").role(), "main")
        described = self.browser.find("#" + self.browser.find("button[value=decline]").attribute("aria-describedby"))
        self.assertIn("If you decline", described.text())

    def test_it_reads_in_order_without_its_style(self):
        self.browser.devtools("Network.enable")
        self.browser.devtools("Network.setBlockedURLs", urls=["*page.css"])
        self.addCleanup(self.browser.devtools, "Network.setBlockedURLs", urls=[])
        _, token = self.invite(None, "search/read-write")
        self.open_link(token)
        wait_until(lambda: self.browser.run("return getComputedStyle(document.querySelector('main')).maxWidth") == "none",
                   "a page without style")
        self.picture("question-plain")
        text = self.text()
        order = [text.index(each) for each in (QUESTION, "Organization", "Acme Inc.", "Invited by", "dana@example.com",
                                               "read-write in Search Engine", "Time left", "Accept", "If you decline")]
        self.assertEqual(order, sorted(order))
        self.button("Accept").click()
        self.browser.wait_for_heading(WELCOME)


if __name__ == "__main__":
    socket.setdefaulttimeout(60)
    unittest.main(verbosity=2)
