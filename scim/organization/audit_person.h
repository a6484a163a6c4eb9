/*
 * The whole state of a person as the audit trail holds it, and as `members --at` shows it.
 *
 *   { "id": "5f...", "userName": "ada@example.com", "status": "active", "role": "member",
 *     "projects": { "search": "admin" },
 *     "links": [ { "origin": "directory:corp", "externalId": "x-1", "active": true, "role": "member",
 *                  "projects": { "search": "read-write" } } ],
 *     "profile": { ... } }
 *
 * and, where there is anything to say: "address", "displayName", "reason" (of the status),
 * "protected": true, "suspendedByOwner": true, "override" (organization role), "overrides"
 * (by project; "none" too), "standsIn" (project names), "invitation" (id), "expiresAt", "joinedAt".
 * Times are as clock_print() writes them. Links stand the oldest first. Pure.
 */
#pragma once

#include <jansson.h>

#include "scim/organization/person_facts.h"

/* The caller's; NULL for NULL. */
json_t *audit_person(const struct person_facts *facts);
