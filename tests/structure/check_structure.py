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
                "scim/protocol/refusal.h", "scim/protocol/origin.h", "scim/protocol/loopback.h"]
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

# Tests that are named after no source file of their folder, each with the reason.
OF_NO_SOURCE = {
    "tests/agent/target/test_target_contract.c": "the contract of agent/sync/target.h, kept here",
}

# Libraries never log or exit; these do, each with the reason.
SPEAKERS = {
    "scim/server/endpoint.c": "the server's edge: the one line where nobody listens",
    "scim/protocol/clock.c": "without chance there is no token: the process ends",
}
COMMANDS = ("agent", "agent/command")  # the folders that speak and exit

# Every decision about time takes a clock that is handed in. One place asks the machine, and the
# clock it makes of that is taken only where a program is put together.
WALL_CLOCK = "scim/protocol/clock.c"
TAKES_CLOCK = {"scim/server/endpoint.c": "endpoint_options_default(): the options are what is handed in"}

# Foreign prefixes are no prefixes of ours, but for the name that the house gives itself.
FOREIGN_PREFIX = re.compile(r"^(?![\s#]|typedef|return|G_)[\w \*]*?\b((?:g|ldap|ber|curl|json|MHD|sqlite3|PQ|config)_\w+)\(", re.M)
OWN_NAMES = ("ldap_source_",)

FILE_LINES = 500
FUNCTION_LINES = 80
BANNED_NAMES = {"common", "util", "utils", "helper", "helpers", "misc"}
BANNED_CALLS = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|alloca|system|popen)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
SPEAKS = re.compile(r"\b(printf|fprintf|vprintf|puts|putchar|fputs|perror|syslog|g_print|g_printerr|g_log\w*|g_message"
                    r"|g_warning|g_critical|g_error|g_debug|g_info|exit|_exit|quick_exit|abort)\s*\(")
ASKS_TIME = re.compile(r"\b(time|gettimeofday|clock_gettime|timespec_get|ftime|g_get_real_time|g_get_current_time"
                       r"|g_date_time_new_now\w*)\s*\(")
TAKES_TIME = re.compile(r"\b(clock_system|clock_witness)\s*\(")
# A variable of a file or of a function's whole life that is not const: state. A GOnce remembers
# only that something was done.
STATE = re.compile(r"^(?![^*=;]*\bconst\b[^*=;]*[=;]|.*\*\s*const\b|.*\bGOnce\b)(?:\s+static|\w+)\s[^(){}]*[=;]")
NO_VARIABLE = re.compile(r"^(?:typedef|extern|return|goto|struct \w+;|enum \w+;|union \w+;|G_|#)")
LIBRARY = re.compile(r"rolecall_library\(\s*(\w+)\s+SOURCES\s+([^)]*)\)")
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
            self.check_prefix(path)
            if path.suffix == ".h":
                self.check_header(path)
            else:
                self.check_has_test(path)
                self.check_state(path)
                self.check_time(path)
        for path in self.tests:
            self.check_size(path)
            self.check_sleep(path)
            self.check_prefix(path)
            self.check_has_source(path)
        for folder in MAY_INCLUDE:
            self.check_library(folder)
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
            found = SPEAKS.search(line)
            if found and path.parent.as_posix() not in COMMANDS and path.as_posix() not in SPEAKERS:
                self.say(path, number, f"{found.group(1)}(): a library never logs or exits")

    def check_time(self, path):
        if path.as_posix() == WALL_CLOCK:
            return
        may_take = path.parent.as_posix() in COMMANDS or path.as_posix() in TAKES_CLOCK
        for number, line in enumerate(without_comments(self.text(path)).splitlines(), 1):
            found = ASKS_TIME.search(line) or (not may_take and TAKES_TIME.search(line))
            if found:
                self.say(path, number, f"{found.group(1)}(): the clock is handed in")

    def check_state(self, path):
        for number, line in enumerate(without_comments(self.text(path)).splitlines(), 1):
            if STATE.match(line) and not NO_VARIABLE.match(line):
                self.say(path, number, "a variable that holds state: hand it in, or make it const")

    def check_prefix(self, path):
        for found in FOREIGN_PREFIX.finditer(without_comments(self.text(path))):
            if not found.group(1).startswith(OWN_NAMES):
                self.say(path, 0, f"{found.group(1)}() has the prefix of a foreign library")

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

    def check_has_source(self, path):
        """tests/x/test_thing.c or test_thing_more.c is of x/thing.c or x/thing.h."""
        folder, stem = path.parent.relative_to("tests"), path.stem.removeprefix("test_")
        if folder.as_posix() not in MAY_INCLUDE or stem == path.stem or path.as_posix() in OF_NO_SOURCE:
            return
        if not any(source.parent == folder and (stem + "_").startswith(source.stem + "_") for source in self.sources):
            self.say(path, 0, f"a test of nothing in {folder}")

    def check_library(self, folder):
        """CMake builds every file of the folder and names under USES exactly what it includes."""
        file = self.root / folder / "CMakeLists.txt"
        library = LIBRARY.search(file.read_text(encoding="utf-8")) if file.exists() else None
        if not library:
            return
        built, _, uses = library.group(2).split("FOREIGN")[0].partition("USES")
        included = set()
        for path in self.sources:
            if path.parent.as_posix() != folder:
                continue
            if path.suffix == ".c" and path.name not in built.split():
                self.say(path, 0, "is not built: CMakeLists.txt does not name it")
            for found in filter(None, map(INCLUDE.match, self.text(path).splitlines())):
                other = pathlib.PurePath(found.group(1) or "none")
                # A header without a .c next to it is a contract: nothing to link.
                if other.parent.as_posix() != folder and (self.root / other.with_suffix(".c")).exists():
                    included.add(other.parent.as_posix().replace("/", "_"))
        for name in sorted(included ^ set(uses.split())):
            self.say(f"{folder}/CMakeLists.txt", 0, f"{name} is {'included but not' if name in included else 'not included but'} "
                                                    "named under USES")

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
    "mapping/rules.c": '#include "mapping/rules.h"\n#include "scim/protocol/outcome.h"\n'
                       'struct rule;\nenum rule_kind {\n    RULE_A,\n};\nstatic const int three = 3;\n'
                       'int f(int x)\n{\n    static const int four = 4;\n    int y = x;\n    return y + four + three;\n}\n',
    "mapping/CMakeLists.txt": "rolecall_library(mapping\n    SOURCES rules.c\n    FOREIGN Some::Thing)\n",
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
    ({"mapping/rules.c": "void f(void)\n{\n    g_warning(\"a\");\n}\n"}, "never logs or exits"),
    ({"mapping/rules.c": "long f(void)\n{\n    return time(NULL);\n}\n"}, "the clock is handed in"),
    ({"mapping/rules.c": "long f(void)\n{\n    return g_get_real_time();\n}\n"}, "the clock is handed in"),
    ({"mapping/rules.c": "long f(void)\n{\n    g_autoptr(GDateTime) now = g_date_time_new_now_utc();\n}\n"}, "the clock is handed in"),
    ({"mapping/rules.c": "long f(void)\n{\n    return clock_now(clock_system());\n}\n"}, "the clock is handed in"),
    ({"mapping/rules.c": "static int count;\n"}, "holds state"),
    ({"mapping/rules.c": "int count = 3;\n"}, "holds state"),
    ({"mapping/rules.c": "static const char *current;\n"}, "holds state"),
    ({"mapping/rules.c": "void f(void)\n{\n    static int count = 0;\n}\n"}, "holds state"),
    ({"mapping/rules.c": "struct rule *json_rule(int x)\n{\n}\n"}, "prefix of a foreign library"),
    ({"mapping/rules.h": "/* r */\n#pragma once\nchar *g_rules(void);\n"}, "prefix of a foreign library"),
    ({"tests/mapping/test_ruin.c": "int x;\n"}, "a test of nothing"),
    ({"mapping/CMakeLists.txt": "rolecall_library(mapping\n    SOURCES other.c)\n"}, "is not built"),
    ({"mapping/CMakeLists.txt": "rolecall_library(mapping\n    SOURCES rules.c\n    USES scim_store)\n"}, "not included but"),
    ({"mapping/CMakeLists.txt": "rolecall_library(mapping\n    SOURCES rules.c)\n", "scim/protocol/outcome.c": "int y;\n",
      "tests/scim/protocol/test_outcome.c": "int x;\n"}, "included but not"),
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
