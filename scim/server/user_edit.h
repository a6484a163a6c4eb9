/*
 * One edit of a person, from the resource before and the one asked for to the judge's verdict.
 *
 * Shared by /Users and /Me. A provider's `active: false` must not fail for the sake of what
 * stands beside it (endpoint, "Resources"): when the whole is not possible, that alone is done.
 */
#pragma once

#include <jansson.h>

#include "scim/organization/person_facts.h"
#include "scim/server/call.h"
#include "scim/server/role_codec.h"

/* Is an edit that a provider sends, a PATCH or a PUT, meant to suspend? Looks at `body` as it
 * was sent, because the rest of it may be what is wrong. A PUT without userName is no resource and
 * asks for nothing. */
gboolean user_edit_asks_suspension(json_t *body);

/* Does the body itself name that attribute of the core schema, whatever it says of it? */
gboolean user_edit_says(json_t *body, const char *attribute);

/* Counts what a judge let pass: attributes beside a deactivation that keep their stored value
 * (TOLERANCE_READ_ONLY), a POST of somebody suspended. */
void user_edit_count(struct call *call, const struct verdict *verdict);

/* What the PatchOp in the body makes of `before`. NULL with a fault. */
json_t *user_edit_patch(struct call *call, const json_t *before);

/* Makes the person what `after` says, having been `before` in the caller's eyes; `after` NULL:
 * what was asked could not be read, call->fault says why. FALSE with a fault. */
gboolean user_edit_apply(struct call *call, const struct person_facts *facts, json_t *before,
                         json_t *after, enum role_reading reading);

/* Answers an edit of person `id`: 200 with the person; a PATCH 204 where the token says so
 * and the client asks for no attributes. */
gboolean user_edit_answer(struct call *call, const char *id, const Projection *projection);
