#!/usr/bin/env python3
"""`rolecall serve` killed at random moments while clients invite, resend, accept and revoke and the
mailer mails: nothing that was acknowledged is lost, and nothing is mailed twice but in the gap that
RFC 1047 describes.

    live_kill.py [KILLS [SECONDS [SEED]]]     15 kills; no new kill after so many seconds (60)
"""
import email
import email.policy
import http.client
import json
import pathlib
import random
import re
import signal
import socket
import sqlite3
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import Rolecall, wait_until  # noqa: E402

CLIENTS = 4
BACKLOG = 12            # a client stops inviting while so many of its last mails wait
URN = "urn:rolecall:params:scim:schemas:1.0:Invitation"
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db";
             limits = {{ rate = 1000000; }}; }};
organizations = ( {{ name = "acme"; seats = 100000; owners = [ "founder@example.com" ]; }} );
mail = {{ url = "smtp://127.0.0.1:{port}"; from = "Acme Console <console@example.com>"; rate = 0; }};
sync = {{ state = "@FOLDER@/sync"; }};
"""


class Sink:
    """A mail server that keeps what it took, and fails now and then: a 4xx, a slow answer, a
    connection that is gone after the final dot (the mail is taken and nobody was told)."""

    def __init__(self, chance):
        self.chance, self.fails = chance, True
        self.lock = threading.Lock()
        self.mails = []         # (time, Message-ID, address, token, dropped)
        self.tokens = {}        # address -> the last token that was mailed
        self.seen = set()       # what comes a second time is taken at once
        self.refused = self.talking = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listening.accept()
            with self.lock:
                self.talking += 1
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        try:
            with connection, connection.makefile("rwb") as stream:
                self.serve(stream)
        except (OSError, ValueError):
            pass                # the client was killed
        finally:
            with self.lock:
                self.talking -= 1

    def serve(self, stream):
        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 sink")
        while True:
            line = stream.readline()
            verb = line[:4].upper()
            if verb == b"DATA":
                say("354 go on")
                if not self.data(stream, say):
                    return
            elif verb == b"QUIT":
                say("221 bye")
                return
            elif not line:
                return
            elif verb == b"RCPT" and self.address_of(line) not in self.tokens and self.is_moody():
                self.refused += 1
                say("450 4.2.0 later")
            else:
                say("250 ok")

    def is_moody(self):
        return self.fails and self.chance.random() < 0.04

    @staticmethod
    def address_of(line):
        return re.search(rb"<([^>]*)>", line).group(1).decode()

    def data(self, stream, say):
        lines = []
        while True:
            line = stream.readline()
            if not line:
                return False    # killed before the final dot: nothing was taken
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        luck = self.chance.random() if self.fails and mail["Message-ID"] not in self.seen else 1
        if luck < 0.04:
            self.refused += 1
            say("451 4.3.0 try again later")
            return True
        self.take(mail, luck < 0.08)
        if luck < 0.08:
            return False        # dropped after the final dot
        if luck < 0.25:
            time.sleep(self.chance.random() * 0.1)
        say("250 2.0.0 taken")
        return True

    def take(self, mail, dropped):
        text = mail.get_body(("plain",)).get_content()
        token = re.search(r"/invitation#([A-Za-z0-9_-]{43})", text).group(1)
        address = str(mail["To"]).strip("<>")
        with self.lock:
            self.mails.append((time.monotonic(), str(mail["Message-ID"]), address, token, dropped))
            self.tokens[address] = token
            self.seen.add(mail["Message-ID"])


class Record:
    """What became of one address, as its client knows it: acts and whether they were acknowledged."""

    def __init__(self, address):
        self.address = address
        self.person = self.invitation = None
        self.known = {"invite": 0, "resend": 0, "accept": 0, "revoke": 0}
        self.unknown = dict(self.known)
        self.is_over = False

    def settled(self, act):
        return self.unknown[act] == 0


class Client(threading.Thread):
    """Acts on addresses of its own, one after the other: their order is known."""

    def __init__(self, story, number):
        super().__init__(daemon=True)
        self.story, self.number = story, number
        self.chance = random.Random(story.seed * 1000 + number)
        self.records = []
        self.connection = None
        self.wrong = []

    def request(self, method, path, body=None, form=None):
        """(status, JSON), or None: nobody knows whether it was done."""
        headers = {"Authorization": f"Bearer {self.story.rolecall.admin}", "Content-Type": "application/scim+json"}
        data = None if body is None else json.dumps(body)
        if form is not None:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            data = urllib.parse.urlencode(form)
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.story.rolecall.port, timeout=20)
            self.connection.request(method, path, data, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            is_json = "json" in answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if is_json and text else {}
        except (OSError, http.client.HTTPException):
            self.connection = None
            return None

    def run(self):
        while not self.story.is_over.is_set():
            self.story.is_up.wait(1)
            if not self.story.is_up.is_set():
                continue
            self.step()

    def step(self):
        open_ones = [record for record in self.records[-60:] if record.invitation is not None and not record.is_over]
        act = self.chance.choice(("invite", "invite", "invite", "resend", "accept", "accept", "revoke"))
        tokens = self.story.sink.tokens
        mailed = [record for record in open_ones if record.address in tokens]
        if not open_ones or act == "invite" and len(open_ones) - len(mailed) < BACKLOG:
            self.invite()
        elif act == "invite":
            self.story.is_over.wait(0.01)       # poll interval
        elif act == "accept" and mailed:
            self.accept(self.chance.choice(mailed))
        elif act != "accept":
            getattr(self, act)(self.chance.choice(open_ones))

    def note(self, record, act, answer, good):
        """TRUE: it is done, and acknowledged."""
        if answer is None:
            record.unknown[act] += 1
            return False
        if answer[0] in good:
            record.known[act] += 1
            return True
        return False

    def invite(self):
        record = Record(f"c{self.number}-{len(self.records)}@example.com")
        self.records.append(record)
        answer = self.request("POST", "/scim/v2/Invitations", {"schemas": [URN], "email": record.address})
        if self.note(record, "invite", answer, (201,)):
            record.invitation, record.person = answer[1]["id"], answer[1]["person"]["value"]
        elif answer is not None:
            self.wrong.append(f"invite {record.address}: {answer}")

    def resend(self, record):
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "status", "value": "pending"}]}
        answer = self.request("PATCH", f"/scim/v2/Invitations/{record.invitation}", body)
        if not self.note(record, "resend", answer, (200,)) and answer is not None:
            self.refused(record, "resend", answer)

    def accept(self, record):
        token = self.story.sink.tokens[record.address]
        answer = self.request("POST", "/invitation", form={"token": token, "answer": "accept"})
        if self.note(record, "accept", answer, (200,)):
            record.is_over = True
        elif answer is not None and answer[0] != 410:
            self.wrong.append(f"accept {record.address}: {answer}")

    def revoke(self, record):
        answer = self.request("DELETE", f"/scim/v2/Invitations/{record.invitation}")
        if self.note(record, "revoke", answer, (204,)):
            record.is_over = True
        elif answer is not None:
            self.refused(record, "revoke", answer)

    def refused(self, record, act, answer):
        """Only where an act that nobody knows of has ended the invitation."""
        record.is_over = True
        if record.settled("accept") and record.settled("revoke"):
            self.wrong.append(f"{act} {record.address}: {answer}")


class Story:
    def __init__(self, kills, seconds, seed):
        self.kills, self.seconds, self.seed = kills, seconds, seed
        self.chance = random.Random(seed)
        self.sink = Sink(random.Random(seed + 1))
        self.rolecall = Rolecall(CONFIG.format(port=self.sink.port))
        self.is_up, self.is_over = threading.Event(), threading.Event()
        self.clients = [Client(self, number) for number in range(CLIENTS)]
        self.killed_at = []

    def store(self):
        return sqlite3.connect(self.rolecall.folder / "rolecall.db", timeout=20)

    def hurry(self, but=()):
        """As if the time had passed until the next attempt; `but` are put off instead, if the program
        has noted its attempt."""
        store = self.store()
        with store:
            store.execute("UPDATE outbox SET due = created WHERE state = 'waiting'")
            store.executemany("UPDATE outbox SET due = ? WHERE state = 'waiting' AND attempts > 0"
                              " AND id = ?", ((int(time.time()) + 600, row) for row in but))
        store.close()

    @staticmethod
    def row_of(mail):
        return mail[1].strip("<>").partition("@")[0]

    def is_settled(self, mails):
        store = self.store()
        left = store.execute("SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND due <= ? AND id IN"
                             f" ({','.join('?' * len(mails))})", [int(time.time()), *mails]).fetchone()[0]
        store.close()
        return left == 0

    def kill(self):
        self.is_up.clear()
        self.killed_at.append(time.monotonic())
        self.rolecall.server.send_signal(signal.SIGKILL)
        self.rolecall.server.wait()
        self.rolecall.server.stdout.close()
        self.rolecall.server = None

    def play(self):
        self.rolecall.start()
        begin = time.monotonic()
        for client in self.clients:
            client.start()
        self.is_up.set()
        while len(self.killed_at) < self.kills and time.monotonic() - begin < self.seconds:
            self.is_over.wait(0.02 + self.chance.random() * 0.3)    # the moment is the test
            self.kill()
            # A mail has one reason to come twice, so that nothing excuses a third: whose answer was
            # lost waits for the end, and who was killed may note its last mails before it is again.
            wait_until(lambda: self.sink.talking == 0, "the mail server has read what was sent")
            dropped = [self.row_of(mail) for mail in self.sink.mails if mail[4]]
            self.hurry(dropped)
            last = [self.row_of(mail) for mail in self.sink.mails[-3:]]
            self.rolecall.start()
            self.is_up.set()
            wait_until(lambda last=last: self.is_settled(last), "the last mails are noted")
            if len(self.killed_at) % 100 == 0:
                print(f"{len(self.killed_at)} of {self.kills} kills, {time.monotonic() - begin:.0f} s, "
                      f"{len(self.sink.mails)} mails", file=sys.stderr)
        self.is_over.set()
        for client in self.clients:
            client.join(30)
        self.drain()
        self.played = time.monotonic() - begin

    def drain(self):
        """The outbox runs empty, the mail server in order again."""
        self.sink.fails = False

        def is_empty():
            self.hurry()
            store = self.store()
            left = store.execute("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'").fetchone()[0]
            store.close()
            return left == 0
        wait_until(is_empty, "the outbox runs empty", 120)
        self.rolecall.stop()


class Findings:
    """What must hold afterwards, asked of the tables, of the trail and of the mails."""

    def __init__(self, story):
        self.story, self.wrong = story, []
        self.store = story.store()
        self.store.row_factory = sqlite3.Row
        self.records = [record for client in story.clients for record in client.records]

    def check(self, holds, text):
        if not holds:
            self.wrong.append(text)

    def one(self, sql, *values):
        return self.store.execute(sql, values).fetchone()[0]

    def look(self):
        for client in self.story.clients:
            self.wrong += client.wrong
        self.people()
        self.trail()
        self.mails()
        self.check(self.one("PRAGMA integrity_check") == "ok", "the store is damaged")
        self.check(not self.store.execute("PRAGMA foreign_key_check").fetchall(), "a row points nowhere")
        held = self.one("SELECT COUNT(*) FROM person WHERE status IN ('active', 'invited')")
        self.check(held == self.one("SELECT seats_used FROM organization WHERE name = 'acme'"), "seats are miscounted")
        verified = self.story.rolecall.command("audit", "verify", ok=range(256))
        self.check(verified.returncode == 0, f"audit verify: {verified.stdout}{verified.stderr}")
        self.store.close()
        return self.wrong

    def people(self):
        rows = {}
        for row in self.store.execute("SELECT id, user_name, status FROM person"):
            self.check(row["user_name"] not in rows, f"{row['user_name']} exists twice")
            rows[row["user_name"]] = row
        for record in self.records:
            row = rows.get(record.address)
            if record.known["invite"] and record.settled("revoke"):
                gone = record.known["revoke"] > 0
                self.check((row is None) == gone, f"{record.address}: {'there' if gone else 'lost'}: {vars(record)}")
            if row is not None and record.person is not None:
                self.check(row["id"] == record.person, f"{record.address} is another person")
            if record.known["accept"]:
                self.check(row is not None and row["status"] == "active", f"{record.address}: the acceptance is lost")

    def trail(self):
        """One record a change: what was acknowledged is there once, what is not known once or not."""
        count = {}
        for (text,) in self.store.execute("SELECT record FROM audit WHERE organization = 'acme'"):
            entry = json.loads(text)
            key = (entry["action"], entry["object"])
            count[key] = count.get(key, 0) + 1
        for record in self.records:
            for act in record.known:
                if record.person is None:
                    continue
                found = count.get((act, f"person:{record.person}"), 0)
                least, most = record.known[act], record.known[act] + record.unknown[act]
                self.check(least <= found <= most, f"{record.address}: {found} records of {act}, not {least} to {most}")
        self.changes = sum(count.values())

    def mails(self):
        """Every link that lives was mailed; a second time only where nobody could know of the first."""
        sent, first = {}, {}
        mailed = {self.story.row_of(mail) for mail in self.story.sink.mails}
        for mail in self.story.sink.mails:
            sent.setdefault(mail[1], []).append(mail)
        for number, copies in sent.items():
            self.check(len({mail[2:4] for mail in copies}) == 1, f"{number} says two things")
            first.setdefault(copies[0][3], number)
            self.check(first[copies[0][3]] == number, f"one link, two numbers: {number}")
        for row in self.store.execute("SELECT id, state, address FROM outbox"):
            self.check(row["state"] == "sent", f"the mail to {row['address']} is {row['state']}")
            self.check(row["id"] in mailed, f"{row['address']} got no mail")
        self.check(self.one("SELECT COUNT(*) FROM invitation i WHERE status = 'pending' AND NOT EXISTS (SELECT 1 FROM"
                            " outbox b WHERE b.invitation = i.id)") == 0, "a pending invitation without a mail")
        self.twice(sent)

    def twice(self, sent):
        """Each further copy has its own reason: the answer to the one before was lost, or the program
        was killed before it could note it; of those there is one at most a kill."""
        self.dropped_twice, self.killed_twice = 0, 0
        by_kill = {}
        for number, copies in sent.items():
            self.check(len(copies) <= 2, f"{number} was mailed {len(copies)} times")
            for one, other in zip(copies, copies[1:]):
                if one[4]:
                    self.dropped_twice += 1
                    continue
                kill = self.kill_between(one[0], other[0])
                self.check(kill is not None, f"{number} was mailed twice, and nothing was killed in between")
                self.killed_twice += 1
                by_kill[kill] = by_kill.get(kill, 0) + 1
        self.check(all(count == 1 for count in by_kill.values()), "one kill, and more than one mail a second time")

    def kill_between(self, one, other):
        """The first after the mail was taken; or one just before, its bytes were on their way."""
        after = [kill for kill in self.story.killed_at if one <= kill <= other]
        before = [kill for kill in self.story.killed_at if one - 0.2 <= kill < one]
        return after[0] if after else before[-1] if before else None

    def tell(self):
        known = {act: sum(record.known[act] for record in self.records) for act in ("invite", "resend", "accept", "revoke")}
        unknown = sum(sum(record.unknown.values()) for record in self.records)
        print(f"{len(self.story.killed_at)} kills in {self.story.played:.0f} s; acknowledged: "
              + ", ".join(f"{count} {act}" for act, count in known.items())
              + f"; {unknown} unanswered; {len(self.story.sink.mails)} mails, {self.story.sink.refused} refused by 4xx; "
              f"a second time: {self.dropped_twice} after a lost answer, {self.killed_twice} after a kill; "
              f"{self.changes} records of people; {len(self.wrong)} wrong")


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    story = Story(kills, seconds, seed)
    try:
        story.play()
        findings = Findings(story)
        wrong = findings.look()
        findings.tell()
    finally:
        story.is_over.set()
        story.rolecall.stop()
    for line in wrong[:20]:
        print(line)
    if wrong:
        print(f"seed {seed}; all of it is in {story.rolecall.folder}")
    else:
        story.rolecall.remove()
    return 1 if wrong or not story.killed_at else 0


if __name__ == "__main__":
    sys.exit(main())
