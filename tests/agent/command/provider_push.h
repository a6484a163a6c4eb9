/*
 * People of a provider in the store of a fixture, as its connection would push them.
 *
 *   rolecall_fixture_run(fixture, "token", "create", "okta", "--rehearsal", NULL);
 *   provider_push(fixture, &(struct provider_pushed){"scim:okta", "ada@example.com", .rehearses = TRUE});
 */
#pragma once

#include "tests/agent/command/rolecall_fixture.h"

struct provider_pushed {
    const char *origin, *address;
    gboolean rehearses, waits_at_cap;
};

/* Creates the person in "acme", with the externalId "x-" and the address; anything but DONE fails the
 * test. Serve must have been started once. */
void provider_push(const struct rolecall_fixture *fixture,
                   const struct provider_pushed *pushed);
