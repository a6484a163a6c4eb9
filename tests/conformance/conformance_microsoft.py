#!/usr/bin/env python3
"""The public SCIM tests of Microsoft (microsoft/README.md), run by newman against a connection in rehearsal."""
import json
import unittest

from conformance_endpoint import HERE, connection, fresh_endpoint, node

ASSERTIONS = 107  # of the collection as published, without the sample server's own step


class MicrosoftCollection(unittest.TestCase):
    def test_all_assertions_of_the_collection_pass_unchanged(self):
        rolecall = fresh_endpoint()
        self.addCleanup(rolecall.remove)
        token = connection(rolecall, "entra", "--rehearsal", "--patch", "204")
        given = json.dumps({"server": f"127.0.0.1:{rolecall.port}", "token": token})
        report = json.loads(node("microsoft/run_collection.js", str(HERE / "microsoft/PostmanCollection.json"), text=given))
        for failure in report["failures"]:
            print("\n".join(f"  {name}: {value}" for name, value in failure.items()), end="\n\n")
        print(f"newman: {report['assertions'] - report['assertionsFailed']} of {report['assertions']} assertions passed, "
              f"{report['requests']} requests")
        self.assertEqual(report["assertions"], ASSERTIONS, "how many assertions were judged")
        self.assertEqual(report["assertionsFailed"], 0)
        self.assertEqual(report["requestsFailed"] + report["scriptsFailed"], 0, "requests and scripts that failed")


if __name__ == "__main__":
    unittest.main()
