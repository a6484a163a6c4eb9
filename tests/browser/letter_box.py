"""A mail server on this machine that takes every mail and keeps it. Only Python's standard library."""
import email
import email.policy
import re
import socketserver
import threading

from support.whole_program import wait_until


class LetterBox:
    def __init__(self):
        letters = self.letters = []

        class Session(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def read_letter(self):
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b".") else line)
                return email.message_from_bytes(b"".join(lines), policy=email.policy.default)

            def handle(self):
                self.say("220 letter box")
                while line := self.rfile.readline():
                    verb = line[:4].upper()
                    if verb == b"DATA":
                        self.say("354 go on")
                        letters.append(self.read_letter())
                    if verb == b"QUIT":
                        self.say("221 bye")
                        return
                    self.say("250 taken")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def to(self, address):
        return [letter for letter in self.letters if address in str(letter["To"])]

    def tokens(self, address, count=1):
        """What opens the invitations mailed to that address so far; waits until there are so many."""
        wait_until(lambda: len(self.to(address)) >= count, f"{count} letters to {address}")
        texts = [letter.get_body(("plain",)).get_content() for letter in self.to(address)]
        return [re.search(r"/invitation#([\w-]{43})\b", text).group(1) for text in texts]
