/*
 * What the audit trail holds of everything that is no person (audit_person.h): its state before and
 * after a change. Never a secret. Pure.
 *
 *   organization:<name>  { "displayName", "seats", "invitationLifetime", "domains" }
 *   project:<id>         { "name", "displayName" }
 *   connection:<name>    { "id", "scope", "personality", "patchAnswer", "maxRole", "adopt",
 *                          "rehearsal", "atCap" }
 *   token:<id>           { "connection" or "person" (id), "name", "created", "expiresAt",
 *                          "kind": "client" of a client; an access token has no state }
 *   group:<id>           what differs of { "displayName", "externalId", "origin", "members": [ ids ],
 *                          "displays": { id: as sent } }: before who went, after who came
 *   marker:<id>          { "origin", "externalId", "userName", "kind", "since" }
 */
#pragma once

#include <jansson.h>

#include "scim/organization/connection.h"
#include "scim/organization/marker.h"
#include "scim/organization/organization.h"
#include "scim/organization/token.h"

/* All are the caller's. */
json_t *audit_state_organization(const struct organization *organization);
json_t *audit_state_project(const char *name, const char *display_name);
json_t *audit_state_connection(const struct connection *connection);
json_t *audit_state_token(const struct token *token);

/* The same of one about to be written; `connection` is its name, NULL for a person's. */
json_t *audit_state_token_row(const struct token_row *row, const char *connection);
json_t *audit_state_marker(const struct marker *marker);
