#!/usr/bin/env python3
"""scim2-tester (PyPI) against every resource type, for a tolerant and for a strict connection.

What is written by clients is checked whole; of what is readOnly, reading. Every check that does not run, and what
was told to the tool, is printed.
"""
import collections
import unittest

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from scim2_tester.checkers import (object_list_with_attributes, object_query,
                                   object_query_with_attributes, object_query_without_id, search_with_attributes)
from scim2_tester.utils import CheckConfig, CheckContext

from conformance_endpoint import connection, fresh_endpoint
from tester_dialect import TAKEN_AWAY, USERS, Transport, Values

WRITTEN = ["User", "Group"]                            # by providers
READ = ["Project", "Invitation", "Role", "Marker", "Override"]
READ_CHECKS = [object_query, object_query_without_id, object_query_with_attributes, object_list_with_attributes,
               search_with_attributes]
GOOD = {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE, Status.SKIPPED}


class Existing:
    """In the place of the tool's ResourceManager: hands out a resource that is there, and cleans up nothing."""

    def __init__(self, client):
        self.client = client
        self.resources = []

    def create_and_register(self, model, fill_all=False):
        return self.client.query(model).resources[0]

    def cleanup(self):
        pass


class Tester(unittest.TestCase):
    def setUp(self):
        self.rolecall = fresh_endpoint()
        self.addCleanup(self.rolecall.remove)
        self.transport = Transport()

    def client(self, token):
        http = httpx2.Client(base_url=f"{self.rolecall.url}/scim/v2", headers={"Authorization": f"Bearer {token}"},
                             transport=self.transport)
        self.addCleanup(http.close)
        return SyncSCIMClient(http)

    def judge(self, name, results):
        """No check may have gone wrong; prints how many ran, by resource type, and what did not."""
        ran = collections.Counter(each.resource_type or "discovery" for each in results if each.status != Status.SKIPPED)
        print(f"scim2-tester, {name}: {', '.join(f'{count} {what}' for what, count in ran.items())} checks, "
              f"{self.transport.requests} requests")
        for each in results:
            if each.status == Status.SKIPPED:
                print(f"  not run: {each.title} of {each.resource_type}: {each.reason}")
        wrong = [each for each in results if each.status not in GOOD and not self.is_kept(each)]
        for each in wrong:
            print(f"  {each.status.name}: {each.title} of {each.resource_type}: {each.reason}")
        self.assertEqual([f"{each.title} of {each.resource_type}" for each in wrong], [])

    @staticmethod
    def is_kept(result):
        """Was an attribute taken away that always has a value, and has it? The tool calls that an error."""
        data = result.data if isinstance(result.data, dict) else {}
        if result.title != "check_remove_attribute" or data.get("urn") not in TAKEN_AWAY or "modify_actual" not in data:
            return False
        plain = {name: [each.model_dump() for each in value] if isinstance(value, list) else value
                 for name, value in data.items()}
        if plain["modify_actual"] != TAKEN_AWAY[plain["urn"]](plain["initial_value"]):
            return False
        print(f"  taken away, and has a value again: {plain['urn']} of {result.resource_type}: {plain['modify_actual']}")
        return True

    def check_written(self, name, *options):
        client = self.client(connection(self.rolecall, name, "--max-role", "owner", *options))
        with Values(USERS) as values:
            results = check_server(client, resource_types=WRITTEN)
        print(f"  not sent: {', '.join(sorted(values.left_out))}: all of it is readOnly")
        for resource_type in WRITTEN:
            self.assertIn(resource_type, {each.resource_type for each in results})
        self.judge(name, results)

    def test_users_and_groups_of_a_tolerant_connection_in_rehearsal(self):
        self.check_written("tolerant-rehearsal", "--rehearsal")

    def test_users_and_groups_of_a_strict_connection_in_rehearsal(self):
        self.check_written("strict-rehearsal", "--rehearsal", "--personality", "strict")

    def test_users_and_groups_of_a_tolerant_connection(self):
        self.check_written("tolerant")

    def test_users_and_groups_of_a_strict_connection(self):
        self.check_written("strict", "--personality", "strict")


if __name__ == "__main__":
    unittest.main()
