#!/usr/bin/env python3
"""Every random mail of mail_samples, read by Python's own email package, is exactly what was meant.

    check_mail_samples.py PROGRAM COUNT [SEED]
"""
import datetime
import email
import email.policy
import json
import subprocess
import sys

FIELDS = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type"]


def faults(message):
    for part in message.walk():
        yield from part.defects
        for value in part.values():
            yield from value.defects


def same(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


def joined(display, sample):
    """Python before 3.13 puts a blank of its own between the encoded words of a name (not of a subject)."""
    def without(text):
        return text.replace(" ", "")
    several = sample["mail"].split("\r\nTo: ")[0].count("=?UTF-8?B?") > 1
    return sample["display"] if several and without(display) == without(sample["display"]) else display


def check(sample):
    message = email.message_from_bytes(sample["mail"].encode("ascii"), policy=email.policy.default)
    same("the fields", message.keys(), FIELDS)
    same("the faults", list(faults(message)), [])
    same("the subject", message["Subject"], sample["subject"])
    same("the number of senders", len(message["From"].addresses), 1)
    sender = message["From"].addresses[0]
    same("the sender", (joined(sender.display_name, sample), sender.addr_spec), (sample["display"], sample["address"]))
    same("the recipients", [one.addr_spec for one in message["To"].addresses], [sample["to"]])
    domain = sample["address"].split("@")[1]
    same("the id", message["Message-ID"], f"<{sample['id']}@{domain}>")
    same("the date", message["Date"].datetime, datetime.datetime.fromtimestamp(sample["date"], datetime.timezone.utc))
    same("the kind", (message["Auto-Submitted"], message["MIME-Version"]), ("auto-generated", "1.0"))
    same("the tree", [part.get_content_type() for part in message.walk()],
         ["multipart/alternative", "text/plain", "text/html"])
    same("what stands around the parts", (message.preamble, message.epilogue), (None, ""))
    plain, html = message.iter_parts()
    same("the plain text", plain.get_content().replace("\r\n", "\n"), sample["plain"])
    same("the HTML", html.get_content().replace("\r\n", "\n"), sample["html"])


def main():
    samples = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    count = 0
    for line in samples.stdout:
        sample = json.loads(line)
        try:
            check(sample)
        except Exception as error:
            print(f"mail {count}: {error}\n{sample['mail']}")
            return 1
        count += 1
    samples.wait()
    print(f"{count} mails read by Python {sys.version.split()[0]}")
    return 0 if samples.returncode == 0 and count == int(sys.argv[2]) else 1


if __name__ == "__main__":
    sys.exit(main())
