#!/usr/bin/env python3
"""Everything that can go wrong while a directory is read: no snapshot, so nothing is taken away.

Each test breaks one thing of a running company, syncs, and compares the endpoint before and after.
"""
import os
import pathlib
import signal
import socket
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.whole_program import SUFFIX, Rolecall, Slapd  # noqa: E402

PEOPLE = 40
NO_SNAPSHOT = 5
CONFIG = """
endpoint = {{ listen = "127.0.0.1:@PORT@"; public_url = "http://127.0.0.1:@PORT@"; store = "sqlite:@FOLDER@/rolecall.db"; }};
organizations = ( {{ name = "acme"; owners = [ "one@example.com", "two@example.com" ];
  protected = [ "one@example.com", "two@example.com" ]; }} );
directories = ( {{ name = "corp"; uri = [ {uris} ]; base = "{base}"; kind = "rfc2307bis"; page_size = {page_size};
  bind_dn = "cn=sync,{suffix}"; bind_password_file = "{password}"; connect_timeout = "2s"; search_timeout = "3s"; }} );
rules = ( {{ group = "{group}"; organization = "acme"; role = "member"; }},
          {{ filter = "(title=Nobody)"; organization = "acme"; role = "member"; }} );
sync = {{ state = "@FOLDER@/sync"; }};
"""


def company():
    text = "".join(f"dn: ou={name},{SUFFIX}\nobjectClass: organizationalUnit\nou: {name}\n\n" for name in ("people", "groups"))
    for number in range(PEOPLE):
        text += (f"dn: uid=u{number},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: u{number}\ncn: U {number}\nsn: U\n"
                 f"mail: u{number}@example.com\n\n")
    members = "".join(f"member: uid=u{number},ou=people,{SUFFIX}\n" for number in range(PEOPLE))
    return text + f"dn: cn=staff,ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: staff\n{members}\n"


class Through:
    """A TCP proxy that stops passing the server's bytes after `limit`: cut, or held for ever."""

    def __init__(self, port, limit, hold=False):
        self.port, self.limit, self.hold = port, limit, hold
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"ldap://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = [self.listener]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            self.open += [client, server]
            threading.Thread(target=self.pass_on, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, client, self.limit), daemon=True).start()

    def pass_on(self, source, sink, limit):
        passed = 0
        try:
            while data := source.recv(65536):
                if limit is not None and passed + len(data) > limit:
                    sink.sendall(data[:max(0, limit - passed)])
                    if not self.hold:
                        sink.shutdown(socket.SHUT_RDWR)
                    return
                sink.sendall(data)
                passed += len(data)
        except OSError:
            pass

    def close(self):
        for sock in self.open:
            sock.close()


class Failures(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="slapd-")
        self.addCleanup(self.scratch.cleanup)
        self.slapd = self.new_slapd("slapd")
        self.rolecall = Rolecall("")
        self.addCleanup(self.rolecall.remove)
        self.configure()
        self.rolecall.start()
        self.rolecall.command("sync")
        self.rolecall.accept(*[f"u{number}@example.com" for number in range(0, PEOPLE, 2)])
        self.before = self.rolecall.people()
        self.assertEqual(len(self.before), PEOPLE + 2)

    def new_slapd(self, name, **options):
        slapd = Slapd(pathlib.Path(self.scratch.name) / name, company(), **options)
        slapd.start()
        self.addCleanup(slapd.stop, signal.SIGKILL)
        return slapd

    def configure(self, uris=None, base=SUFFIX, password=None, page_size=10, group="staff"):
        self.rolecall.write_config(CONFIG.format(
            uris=", ".join(f'"{uri}"' for uri in (uris or [self.slapd.uri])), base=base, suffix=SUFFIX, group=group,
            password=password or self.slapd.folder / "password", page_size=page_size))

    def assert_no_snapshot(self, says, within=15.0, ok=(NO_SNAPSHOT,)):
        began = time.monotonic()
        done = self.rolecall.command("sync", "--json", ok=ok)
        self.assertLess(time.monotonic() - began, within, "within its time limits")
        self.assertRegex(done.stderr + done.stdout, says)
        after = self.rolecall.people()
        self.assertEqual(after, self.before, "nobody is removed, nothing is changed")
        return done

    def test_a_stopped_server_gives_no_snapshot(self):
        self.slapd.stop(signal.SIGKILL)
        self.assert_no_snapshot("corp")

    def test_a_server_that_is_frozen_gives_no_snapshot_in_time(self):
        self.slapd.freeze()
        self.assert_no_snapshot("corp")
        self.slapd.thaw()
        self.assertEqual(self.rolecall.json("sync")["writes"], 0, "and it works again by itself")

    def test_a_mute_server_gives_no_snapshot_in_time(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            for scheme in ("ldap", "ldaps"):
                self.configure(uris=[f"{scheme}://127.0.0.1:{mute.getsockname()[1]}"])
                self.assert_no_snapshot("corp")

    def test_a_connection_cut_in_mid_read_gives_no_snapshot(self):
        for limit in (0, 50, 300, 1000, 2500, 4000, 6000):
            through = Through(self.slapd.port, limit)
            self.configure(uris=[through.uri])
            self.assert_no_snapshot("corp")
            through.close()

    def test_a_connection_that_stalls_in_mid_read_gives_no_snapshot_in_time(self):
        through = Through(self.slapd.port, 2500, hold=True)
        self.configure(uris=[through.uri])
        self.assert_no_snapshot("corp")
        through.close()

    def test_a_size_limit_hit_is_not_an_answer(self):
        limited = self.new_slapd("limited", limits="size.soft=15 size.hard=15 size.pr=15 size.prtotal=15")
        self.configure(uris=[limited.uri], password=limited.folder / "password")
        self.assert_no_snapshot("(?i)size ?limit")

    def test_a_missing_base_is_not_an_empty_directory(self):
        self.configure(base=f"ou=gone,{SUFFIX}")
        self.assert_no_snapshot("ou=gone")

    def test_a_missing_group_is_not_an_empty_group(self):
        self.configure(group="no-such-group")
        self.assert_no_snapshot("no-such-group")

    def test_a_wrong_password_is_said_so(self):
        wrong = self.rolecall.folder / "wrong"
        wrong.write_text("not the password\n")
        wrong.chmod(0o600)
        self.configure(password=wrong)
        done = self.assert_no_snapshot("(?i)password|credentials")
        self.assertNotIn("not the password", done.stderr + done.stdout)

    def test_an_empty_password_is_a_config_error(self):
        empty = self.rolecall.folder / "empty"
        empty.write_text("\n")
        empty.chmod(0o600)
        self.configure(password=empty)
        self.assert_no_snapshot("(?i)empty", ok=(78,))

    def test_the_second_server_answers_when_the_first_is_down(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.configure(uris=[f"ldap://127.0.0.1:{port}", self.slapd.uri])
        self.assertEqual(self.rolecall.json("sync")["writes"], 0)


if __name__ == "__main__":
    os.environ.setdefault("ROLECALL", str(pathlib.Path(__file__).parents[2] / "build/dev/rolecall"))
    unittest.main(verbosity=2)
