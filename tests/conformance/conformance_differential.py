#!/usr/bin/env python3
"""Filters and PATCH beside independent implementations (differential/), on random cases.

    conformance_differential.py filters|patches CASES [SEED]
"""
import os
import random
import sys

from conformance_endpoint import ROOT, node


def main():
    what, cases = sys.argv[1:3]
    seed = sys.argv[3] if len(sys.argv) > 3 else str(random.randrange(2**32))
    driver = os.environ.get("PROTOCOL_DRIVER", str(ROOT / "build/dev/tests/conformance/protocol_driver"))
    print(node("differential/differential.js", driver, what, cases, seed, timeout=7200), end="")


if __name__ == "__main__":
    main()
