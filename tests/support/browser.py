"""A real browser under test: headless Chromium, spoken to in W3C WebDriver.

    browser = Browser(script=False)
    browser.open(url); browser.click("button"); browser.close()

Needs Debian's chromium and chromium-driver and nothing but Python's standard library. Its profile is a scratch
folder; it reaches no host but this machine. What it asked the network for is in requests().
"""
import base64
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from support.whole_program import DEADLINE, free_port, wait_until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER, SHIFT = "\ue004", "\ue007", "\ue008"
COMMAND_DEADLINE = 60.0


class WebDriverError(Exception):
    def __init__(self, answer):
        super().__init__(f"{answer.get('error')}: {answer.get('message')}")
        self.error = answer.get("error")


class Element:
    def __init__(self, browser, reference):
        self.browser, self.path = browser, f"/element/{reference}"

    def text(self):
        return self.browser.command("GET", self.path + "/text")

    def click(self):
        self.browser.command("POST", self.path + "/click", {})

    def type(self, text):
        self.browser.command("POST", self.path + "/value", {"text": text})

    def attribute(self, name):
        return self.browser.command("GET", f"{self.path}/attribute/{name}")

    def value(self):
        return self.browser.command("GET", self.path + "/property/value")

    def label(self):
        """The name that a screen reader says."""
        return self.browser.command("GET", self.path + "/computedlabel")

    def role(self):
        return self.browser.command("GET", self.path + "/computedrole")


class Browser:
    def __init__(self, script=True):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="browser-"))
        self.session = None
        self.port = free_port()
        self.driver = subprocess.Popen(
            [shutil.which("chromedriver") or "chromedriver", f"--port={self.port}", f"--log-path={self.folder}/driver.log"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOME": str(self.folder), "TMPDIR": str(self.folder)})
        try:
            wait_until(self.answers, "chromedriver answers")
            self.session = self.start(script)
            self.open("about:blank")
            self.requests()
        except BaseException:
            self.close()
            raise

    def answers(self):
        assert self.driver.poll() is None, "chromedriver ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self, script):
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
                     "--disable-background-networking", "--disable-component-update", "--no-proxy-server",
                     "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
                     "--window-size=1000,900", f"--user-data-dir={self.folder}/profile"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        options = {"args": arguments, "prefs": {} if script else {"profile.managed_default_content_settings.javascript": 2}}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "unhandledPromptBehavior": "ignore",
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        return self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def call(self, method, path, body=None):
        """One command to chromedriver: the value of its answer, or WebDriverError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=COMMAND_DEADLINE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json; charset=utf-8"})
            answer = connection.getresponse()
            value = json.loads(answer.read())["value"]
        finally:
            connection.close()
        if answer.status >= 400:
            raise WebDriverError(value)
        return value

    def command(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def close(self):
        """Ends the browser and its driver, whatever state they are in."""
        if self.session is not None:
            try:
                self.command("DELETE", "")
            except (OSError, WebDriverError, http.client.HTTPException):
                pass
            self.session = None
        if self.driver is not None:
            for how in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self.driver.pid, how)
                    self.driver.wait(DEADLINE)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
            self.driver.wait(DEADLINE)
            self.driver = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, url):
        self.command("POST", "/url", {"url": url})

    def url(self):
        return self.command("GET", "/url")

    def title(self):
        return self.command("GET", "/title")

    def source(self):
        return self.command("GET", "/source")

    def back(self):
        self.command("POST", "/back", {})

    def reload(self):
        self.command("POST", "/refresh", {})

    def find_all(self, selector):
        found = self.command("POST", "/elements", {"using": "css selector", "value": selector})
        return [Element(self, each[ELEMENT]) for each in found]

    def find(self, selector):
        found = self.find_all(selector)
        assert len(found) == 1, f"{len(found)} elements, not one, are '{selector}' in {self.source()}"
        return found[0]

    def focused(self):
        return Element(self, self.command("GET", "/element/active")[ELEMENT])

    def heading(self):
        """The text of the page's one h1; "" while a page is on its way."""
        try:
            return "".join(each.text() for each in self.find_all("h1"))
        except WebDriverError as error:
            if error.error in ("stale element reference", "no such element", "unknown error"):
                return ""
            raise

    def wait_for_heading(self, heading):
        try:
            wait_until(lambda: self.heading() == heading, heading)
        except AssertionError as error:
            raise AssertionError(f"{error}; the page is {self.url()}: {self.source()}") from error

    def press(self, *keys, held=()):
        """Presses and releases each key, wherever the focus is, while others are held."""
        steps = [{"type": "keyDown", "value": key} for key in held]
        for key in keys:
            steps += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        steps += [{"type": "keyUp", "value": key} for key in held]
        self.command("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": steps}]})

    def double_click(self, selector):
        """Two clicks at once, the second before the first one's answer can be there."""
        origin = self.command("POST", "/elements", {"using": "css selector", "value": selector})[0]
        steps = [{"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin}]
        steps += 2 * [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.command("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": steps}]})

    def run(self, script, *arguments):
        """Runs the text of a function's body in the page: what it returns."""
        return self.command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def alert(self):
        """The text of an open alert, or None."""
        try:
            return self.command("GET", "/alert/text")
        except WebDriverError as error:
            if error.error == "no such alert":
                return None
            raise

    def devtools(self, method, **parameters):
        return self.command("POST", "/goog/cdp/execute", {"cmd": method, "params": parameters})

    def show_as(self, width=1000, height=900, dark=False):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia", media="screen",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def screenshot(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.command("GET", "/screenshot")))

    def complaints(self):
        """What the console has said since it was last asked: failed loads, refused scripts."""
        return [entry["message"] for entry in self.command("POST", "/se/log", {"type": "browser"})]

    def requests(self):
        """What the network was asked for since this was last called: (method, URL and all headers in one text, body)."""
        asked = {}
        for entry in self.command("POST", "/se/log", {"type": "performance"}):
            event = json.loads(entry["message"])["message"]
            parameters = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                request = parameters["request"]
                row = asked.setdefault(parameters["requestId"], ["", ""])
                row[0] = f"{request['method']} {request['url']} {json.dumps(request['headers'])} {row[0]}"
                row[1] += request.get("postData", "")
            elif event["method"] == "Network.requestWillBeSentExtraInfo":
                asked.setdefault(parameters["requestId"], ["", ""])[0] += json.dumps(parameters["headers"])
        return [(text, body) for text, body in asked.values() if " http" in text]
