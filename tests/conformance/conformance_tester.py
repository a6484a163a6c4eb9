#!/usr/bin/env python3
"""scim2-tester (PyPI) against every resource type, for a tolerant and for a strict connection.

What is written by clients is checked whole; of what is readOnly, reading. Every check that does not run, and what
was told to the tool, is printed.
"""
import collections
import unittest
from unittest import mock

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from scim2_tester.checkers import resource_query_attributes
from scim2_tester.checkers import (object_list_with_attributes, object_query,
                                   object_query_with_attributes, object_query_without_id, search_with_attributes)
from scim2_tester.utils import CheckConfig, CheckContext

from conformance_endpoint import connection, fresh_endpoint
from tester_dialect import TAKEN_AWAY, USERS, Transport, Values

WRITTEN = ["User", "Group"]                            # by providers
# Of these one that is there is read; with two attributes it has, because the tool would take externalId.
SHOWN = {"Project": ("displayName", "members"), "Invitation": ("status", "roles"), "Role": ("type", "display"),
         "Marker": ("userName", "kind"), "Override": ("value", "type")}
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

    def change_role(self, person, role):
        status, _, answer = self.rolecall.request("PATCH", f"/Users/{person}", {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": "roles", "value": [role]}]})
        self.assertEqual(status, 200, answer)

    def administrator(self):
        """A client of an administrator's token, in an organization that has one of everything."""
        token = connection(self.rolecall, "okta")
        people = {}
        for name in ("anna", "bert"):
            status, _, made = self.rolecall.request("POST", "/Users", {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{name}@example.com"}, token=token)
            self.assertEqual(status, 201, made)
            people[name] = made["id"]
        # what an owner sets over what a provider says leaves an override, whom they remove a marker
        self.change_role(people["anna"], {"type": "organization", "value": "billing-admin"})
        status, _, answer = self.rolecall.request("DELETE", f"/Users/{people['bert']}")
        self.assertEqual(status, 204, answer)
        return self.client(self.rolecall.admin)

    def run_checks(self, client, context, resource_type, checks):
        described = next(each for each in client.provider.resource_types if each.name == resource_type)
        results = []
        for check in checks:
            results += check(context, client.provider.model_for(described))
        for each in results:
            each.resource_type = resource_type
        return results

    def test_reading_of_what_providers_do_not_write(self):
        client = self.administrator()
        client.discover()
        context = CheckContext(client, CheckConfig())
        context.resource_manager = Existing(client)
        shown = mock.patch.object(resource_query_attributes, "_pick_attribute_names", lambda model: SHOWN[model.__name__.split("[")[0]])
        shown.start()
        self.addCleanup(shown.stop)
        results = []
        for resource_type in SHOWN:
            results += self.run_checks(client, context, resource_type, READ_CHECKS)
        self.judge("administrator", results)


if __name__ == "__main__":
    unittest.main()
