#!/usr/bin/env python3
"""Fails when the tree is no longer the house it was drawn as.

    check_structure.py ROOT          checks ROOT, one line a finding, exit 1 if there is any
    check_structure.py --self-test   builds a small house, breaks each rule in it, wants it found

Runs on every build. What it holds is data: the tables below.
"""
import pathlib
import re
import sys
import tempfile

# Who may include whom: folder -> folders or single headers. Its own folder is always allowed.
OPEN_HEADERS = ["scim/protocol/outcome.h", "scim/protocol/clock.h", "scim/protocol/address.h",
                "scim/protocol/refusal.h"]
MAY_INCLUDE = {
    "scim/protocol": [],
    "scim/store": ["scim/protocol"],
    "scim/organization": ["scim/protocol", "scim/store"],
    "scim/mail": ["scim/organization"],
    "scim/server": ["scim/protocol", "scim/store", "scim/organization"],
    "scim/client": ["scim/protocol"],
    "mapping": ["scim/organization/role.h"],
    "agent/sync": ["mapping", "scim/organization/role.h", "scim/organization/succession.h"],
    "agent/schedule": [],
    "agent/settings": ["mapping"],
    "agent/directory": ["mapping", "agent/sync/source.h", "scim/client", "scim/protocol"],
    "agent/target": ["mapping", "agent/sync", "scim/client", "scim/protocol"],
    "agent/command": ["agent", "mapping", "scim"],
    "agent": ["agent/command"],
}

# A foreign library's headers stay behind its door.
DOORS = {
    r"ldap.*\.h|lber.*\.h|ldif\.h": ["agent/directory"],
    r"gnutls/.*": ["agent/directory"],
    r"curl/.*": ["scim/client", "scim/mail"],
    r"microhttpd\.h": ["scim/server"],
    r"sqlite3\.h|libpq.*": ["scim/store"],
    r"libconfig\.h": ["agent/settings"],
}

TOP_LEVEL = {"CMakeLists.txt", "README.md", "agent", "scim", "mapping", "tests", "etc",
             "CMakePresets.json", "CHANGELOG.md", "LICENSE", "build"}

# Source files that need no test of their own name, each with the reason.
WITHOUT_TEST = {
    "agent/main.c": "the command table alone: every test of a command runs it",
}

FILE_LINES = 500
FUNCTION_LINES = 80
BANNED_NAMES = {"common", "util", "utils", "helper", "helpers", "misc"}
BANNED_CALLS = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|alloca|system|popen)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
SLEEP = re.compile(r"\b(sleep|usleep|g_usleep|nanosleep)\s*\(")


def without_comments(text):
    """The text with comments and string literals blanked, line by line as before."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)

    def blank(match):
        found = match.group(0)
        return '""' if found[0] == '"' else re.sub(r"[^\n]", " ", found)
    return pattern.sub(blank, text)


class House:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.findings = []
        self.sources = sorted(p.relative_to(self.root) for top in ("agent", "scim", "mapping")
                              for p in (self.root / top).rglob("*.[ch]"))
        self.tests = sorted(p.relative_to(self.root) for p in (self.root / "tests").rglob("*.[ch]"))

    def say(self, path, line, text):
        self.findings.append(f"{path}:{line}: {text}" if line else f"{path}: {text}")

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def check(self):
        self.check_top_level()
        self.check_names()
        for path in self.sources:
            self.check_includes(path)
            self.check_size(path)
            self.check_calls(path)
            if path.suffix == ".h":
                self.check_header(path)
            else:
                self.check_has_test(path)
        for path in self.tests:
            self.check_size(path)
            self.check_sleep(path)
        self.check_circles()
        return self.findings

    def check_top_level(self):
        for entry in self.root.iterdir():
            if not entry.name.startswith(".") and entry.name not in TOP_LEVEL:
                self.say(entry.name, 0, "does not belong at the top level")

    def check_names(self):
        seen = {}
        for path in self.sources + self.tests:
            if BANNED_NAMES & {part.split(".")[0] for part in path.parts}:
                self.say(path, 0, "a name that says nothing: name what it does")
            key = (path.stem, path.suffix)
            if key in seen:
                self.say(path, 0, f"the stem stands already in {seen[key]}: stems are unique")
            seen.setdefault(key, path)

    def allowed(self, path, target):
        folder = path.parent.as_posix()
        if target in OPEN_HEADERS or pathlib.PurePath(target).parent.as_posix() == folder:
            return True
        return any(target == entry or target.startswith(entry + "/")
                   for entry in MAY_INCLUDE.get(folder, []))

    def check_includes(self, path):
        folder = path.parent.as_posix()
        if folder not in MAY_INCLUDE:
            self.say(path, 0, f"the folder {folder} is not in the include table")
            return
        for number, line in enumerate(self.text(path).splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            own, foreign = found.groups()
            if own is not None:
                if not (self.root / own).exists():
                    self.say(path, number, f'"{own}" is not written from the root')
                elif not self.allowed(path, own):
                    self.say(path, number, f"{folder} may not include {own}")
            for pattern, doors in DOORS.items():
                if foreign is not None and re.fullmatch(pattern, foreign) and folder not in doors:
                    self.say(path, number, f"<{foreign}> belongs behind its door, {doors[0]}")

    def check_size(self, path):
        lines = self.text(path).splitlines()
        if len(lines) > FILE_LINES:
            self.say(path, 0, f"{len(lines)} lines, more than {FILE_LINES}")
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{" and start is None:
                start = number
            elif line == "}" and start is not None:
                if number - start - 1 > FUNCTION_LINES:
                    self.say(path, start, f"a function of {number - start - 1} lines, more than {FUNCTION_LINES}")
                start = None

    def check_calls(self, path):
        for number, line in enumerate(without_comments(self.text(path)).splitlines(), 1):
            found = BANNED_CALLS.search(line)
            if found:
                self.say(path, number, f"{found.group(1)}() is not used here")

    def check_sleep(self, path):
        for number, line in enumerate(without_comments(self.text(path)).splitlines(), 1):
            if SLEEP.search(line) and "poll interval" not in self.text(path).splitlines()[number - 1]:
                self.say(path, number, "a test waits for a condition (mark the pause of a polling loop "
                                       "with /* poll interval */), never for a fixed time")

    def check_header(self, path):
        if "#pragma once" not in self.text(path):
            self.say(path, 0, "a header without #pragma once")
        if not self.text(path).startswith("/*"):
            self.say(path, 1, "a header opens with what it is for")

    def check_has_test(self, path):
        if path.as_posix() in WITHOUT_TEST:
            return
        test = pathlib.Path("tests") / path.parent / f"test_{path.stem}.c"
        if not (self.root / test).exists():
            self.say(path, 0, f"has no test: {test} is missing")

    def check_circles(self):
        """A file is its stem: x.c and x.h are one. Circles among them are refused."""
        uses = {}
        for path in self.sources:
            name = path.with_suffix("").as_posix()
            for line in self.text(path).splitlines():
                found = INCLUDE.match(line)
                if found and found.group(1):
                    other = pathlib.PurePath(found.group(1)).with_suffix("").as_posix()
                    if other != name:
                        uses.setdefault(name, set()).add(other)
        done, trail = set(), []

        def visit(name):
            if name in trail:
                circle = trail[trail.index(name):] + [name]
                self.say(name, 0, "files in a circle: " + " -> ".join(circle))
                return
            if name in done:
                return
            trail.append(name)
            for other in sorted(uses.get(name, ())):
                visit(other)
            trail.pop()
            done.add(name)
        for name in sorted(uses):
            visit(name)


GOOD = {
    "scim/protocol/outcome.h": "/* o */\n#pragma once\n",
    "mapping/rules.h": "/* r */\n#pragma once\n",
    "mapping/rules.c": '#include "mapping/rules.h"\n#include "scim/protocol/outcome.h"\n',
    "tests/mapping/test_rules.c": "int x;\n",
}
# Each way to break the house: files to write, and what a finding must say.
BREAKS = [
    ({"mapping/rules.c": '#include "scim/store/store.h"\n', "scim/store/store.h": "/* s */\n#pragma once\n"}, "may not include"),
    ({"mapping/rules.c": '#include "rules.h"\n'}, "not written from the root"),
    ({"mapping/rules.c": "#include <sqlite3.h>\n"}, "belongs behind its door"),
    ({"mapping/rules.c": "#include <ldap.h>\n"}, "belongs behind its door"),
    ({"mapping/a.h": '/* a */\n#pragma once\n#include "mapping/b.h"\n', "mapping/b.h": '/* b */\n#pragma once\n#include "mapping/a.h"\n'}, "circle"),
    ({"mapping/extra.c": "int y;\n"}, "has no test"),
    ({"mapping/rules.c": "int y;\n" * 501}, "more than 500"),
    ({"tests/mapping/test_rules.c": "int y;\n" * 501}, "more than 500"),
    ({"mapping/rules.c": "int f(void)\n{\n" + "    f();\n" * 81 + "}\n"}, "more than 80"),
    ({"mapping/rules.c": "void f(void)\n{\n    strcpy(a, b);\n}\n"}, "strcpy() is not used"),
    ({"mapping/rules.h": "/* r */\n"}, "without #pragma once"),
    ({"mapping/rules.h": "#pragma once\n"}, "opens with what it is for"),
    ({"scim/protocol/rules.h": "/* r */\n#pragma once\n"}, "stems are unique"),
    ({"mapping/util.h": "/* r */\n#pragma once\n"}, "says nothing"),
    ({"lib/x.c": "int y;\n"}, "does not belong at the top level"),
    ({"agent/odd/x.h": "/* r */\n#pragma once\n"}, "not in the include table"),
    ({"tests/mapping/test_rules.c": "void f(void)\n{\n    usleep(3);\n}\n"}, "never for a fixed time"),
]


def findings_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("agent", "scim", "mapping", "tests"):
            (pathlib.Path(folder) / name).mkdir()
        for name, text in files.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return House(folder).check()


def self_test():
    wrong = [f"a sound house is blamed: {line}" for line in findings_of(GOOD)]
    for files, expected in BREAKS:
        found = findings_of({**GOOD, **files})
        if not any(expected in line for line in found):
            wrong.append(f"not found: '{expected}' in {sorted(files)}; found {found}")
    for line in wrong:
        print(line)
    print(f"structure self-test: {len(BREAKS)} broken houses, {len(wrong)} wrong")
    return 1 if wrong else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    findings = House(sys.argv[1] if len(sys.argv) > 1 else ".").check()
    for line in findings:
        print(line)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
