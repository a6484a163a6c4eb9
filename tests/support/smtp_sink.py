#!/usr/bin/env python3
"""A mail server that keeps what it gets, and misbehaves when it is told to.

    sink = SmtpSink(folder)             in clear; tls="starttls" or "smtps" with certificate and key
    sink.start()
    sink.set(RCPT="451 4.7.1 greylisted", END="accept-drop")
    sink.mails()                        what was taken: from, to, data, tls, user
    sink.stop()

As a program: smtp_sink.py FOLDER PORT [OPTIONS], PORT 0 for any; it says "listening PORT" when it is ready.

FOLDER/mode.json says what each stage (GREETING EHLO STARTTLS AUTH MAIL RCPT DATA END QUIT) does instead of its usual
reply; it is read before every reply, so that a test may change it at any time:

    "451 4.7.1 later"   that reply; of END, only a 2xx takes the mail
    "mute"              no reply, and nothing closes
    "drop"              the connection is closed without a reply (END: the mail is not kept)
    "accept-drop"       END: the mail is kept, then the connection is closed without a reply (M01)
    "slow:0.5"          the usual reply, half a second later

FOLDER/mails.jsonl gets a line for each mail that was taken, written before the 250 is sent; FOLDER/commands.jsonl one
for each command, with the session and whether it came through TLS.
"""
import argparse
import asyncio
import importlib.util
import json
import logging
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import time
import warnings

STAGES = ("GREETING", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "END", "QUIT")
DEADLINE = 20.0

# Debian's package is for Debian's Python, whichever runs the tests.
PYTHON = sys.executable if importlib.util.find_spec("aiosmtpd") else "/usr/bin/python3"


class SmtpSink:
    """The sink as a process of its own, for tests."""

    def __init__(self, folder, tls="none", certificate=None, key=None, user=None, password=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.arguments = ["--tls", tls]
        for name, value in (("certificate", certificate), ("key", key), ("user", user), ("password", password)):
            if value is not None:
                self.arguments += [f"--{name}", str(value)]
        self.scheme = "smtps" if tls == "smtps" else "smtp"
        self.port = 0
        self.process = None
        self.set()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self):
        """On the same port again after a stop."""
        self.process = subprocess.Popen([PYTHON, __file__, str(self.folder), str(self.port), *self.arguments],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening "):
            raise AssertionError(f"the mail sink did not start: {line!r}")
        self.port = int(line.split()[1])

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(DEADLINE)
            self.process.stdout.close()
            self.process = None

    def set(self, **mode):
        """What the stages do from now on; those not named do the usual."""
        assert set(mode) <= set(STAGES), mode
        part = self.folder / "mode.part"
        part.write_text(json.dumps(mode))
        part.replace(self.folder / "mode.json")

    def lines(self, name):
        path = self.folder / name
        if not path.exists():
            return []
        whole = path.read_text()
        return [json.loads(line) for line in whole[:whole.rfind("\n") + 1].splitlines()]

    def mails(self):
        return self.lines("mails.jsonl")

    def commands(self):
        return self.lines("commands.jsonl")

    def forget(self):
        """Nothing was ever taken or said: while no session is open."""
        for name in ("mails.jsonl", "commands.jsonl"):
            (self.folder / name).unlink(missing_ok=True)

    def wait_for(self, count, deadline=DEADLINE):
        """The mails as soon as there are at least `count`."""
        end = time.monotonic() + deadline
        while len(self.mails()) < count:
            if time.monotonic() > end:
                raise AssertionError(f"not {count} mails within {deadline} s: {self.mails()} {self.commands()[-20:]}")
            time.sleep(0.02)
        return self.mails()


def serve(options):
    # Only here: who merely starts a sink needs no aiosmtpd.
    from aiosmtpd.smtp import SMTP, AuthResult
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")

    folder = pathlib.Path(options.folder)
    sessions = iter(range(1, sys.maxsize))

    def deed_of(stage):
        try:
            return json.loads((folder / "mode.json").read_text()).get(stage)
        except FileNotFoundError:
            return None

    def note(name, line):
        """One write, so that nobody reads half a line, and nothing is lost if we are killed."""
        with open(folder / name, "ab", buffering=0) as file:
            file.write((json.dumps(line) + "\n").encode())

    def is_taken(deed):
        return deed is None or deed == "accept-drop" or deed.startswith(("2", "slow:"))

    def in_tls(session):
        return options.tls == "smtps" or session.ssl is not None

    class Keeper:
        async def handle_DATA(self, server, session, envelope):
            if is_taken(deed_of("END")):
                note("mails.jsonl", {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": in_tls(session),
                                     "user": session.auth_data, "session": server.number,
                                     "data": envelope.content.decode("latin-1")})
            return "250 2.0.0 taken"

    def authenticate(server, session, envelope, mechanism, data):
        login, password = data.login.decode(), data.password.decode()
        good = (login, password) == (options.user, options.password)
        return AuthResult(success=good, handled=good, auth_data=login)

    class Sink(SMTP):
        stage = "GREETING"

        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            self.number = next(sessions)

        def data_received(self, data):
            """Sees each command before anybody acts on it; a mail is no command."""
            if self.stage != "END":
                line = data.decode("latin-1").rstrip("\r\n")
                verb = line.split(" ")[0].upper().replace("HELO", "EHLO")
                self.stage = verb if verb in STAGES else self.stage
                note("commands.jsonl", {"session": self.number, "tls": in_tls(self.session), "command": line})
            super().data_received(data)

        async def push(self, status):
            line = status.decode() if isinstance(status, bytes) else status
            stage, deed = self.stage, deed_of(self.stage)
            if self.stage == "END":
                self.stage = "MAIL"  # what comes now is a command again
            if deed is None or (stage == "AUTH" and line.startswith("334")):
                await super().push(status)
            elif deed == "mute":
                await asyncio.Event().wait()
            elif deed in ("drop", "accept-drop"):
                self.transport.abort()
            elif deed.startswith("slow:"):
                await asyncio.sleep(float(deed[5:]))
                await super().push(status)
            elif line[3:4] != "-":  # the first lines of a reply to EHLO
                await super().push(deed)
            if stage == "DATA" and (deed or line).startswith(("354", "slow:")):
                self.stage = "END"

    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)

    async def run():
        # Who takes logins offers them in clear too: that nobody uses them there is for the test to see.
        named = {"enable_SMTPUTF8": False, "hostname": "sink.example", "auth_require_tls": False,
                 "tls_context": context if options.tls == "starttls" else None}
        if options.user is not None:
            named["authenticator"] = authenticate
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: None)  # a client that was killed is no news
        server = await loop.create_server(lambda: Sink(Keeper(), loop=loop, **named), "127.0.0.1", options.port,
                                          ssl=context if options.tls == "smtps" else None)
        print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.Event().wait()

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    asyncio.run(run())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", choices=["none", "starttls", "smtps"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    serve(parser.parse_args())


if __name__ == "__main__":
    main()
