#!/usr/bin/env python3
"""All conformance tests, several at once; tests/run.sh has installed what they need.

    run_conformance.py            prints what each said when it has ended; exit 1 if any failed

In the environment: ROLECALL, PROTOCOL_DRIVER, CONFORMANCE_TOOLS (the folder with node_modules and venv).
"""
import concurrent.futures
import os
import subprocess
import sys
import time

from conformance_endpoint import HERE, TOOLS

VENV_PYTHON = str(TOOLS / "venv" / "bin" / "python")
FILTERS, PATCHES = "10000", "3000"
RUNS = [
    ("PATCH beside other implementations", sys.executable, "conformance_differential.py", "patches", PATCHES),
    ("scim2-tester", VENV_PYTHON, "conformance_tester.py"),
    ("filters beside other implementations", sys.executable, "conformance_differential.py", "filters", FILTERS),
    ("Microsoft's collection", sys.executable, "conformance_microsoft.py"),
]
DEADLINE = 600


def run(title, python, script, *arguments):
    began = time.monotonic()
    done = subprocess.run([python, str(HERE / script), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, timeout=DEADLINE)
    return title, done.returncode, done.stdout, time.monotonic() - began


def main():
    failed = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for ended in concurrent.futures.as_completed([pool.submit(run, *each) for each in RUNS]):
            title, status, text, seconds = ended.result()
            print(f"--- {title}: {'passed' if status == 0 else 'FAILED'} in {seconds:.0f} s\n{text}", flush=True)
            if status != 0:
                failed.append(title)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
