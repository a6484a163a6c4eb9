/*
 * A User resource as a person of the actual state: everything checked, nothing believed.
 *
 *     if (!scim_person_add(actual, user, &error)) ... the whole state is worth nothing
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/actual.h"

/* Adds the person with links, roles, overrides and stand-ins. `user` needs id, userName,
 * meta.version and the Membership extension (scim/protocol/membership.h). BAD_INPUT names the
 * person and what is wrong with them. */
gboolean scim_person_add(Actual *actual, const json_t *user, GError **error);

/* meta.version as it goes into If-Match, borrowed. BAD_INPUT when it is missing or could not
 * stand in a header. */
const char *scim_person_version(const json_t *resource, GError **error);
