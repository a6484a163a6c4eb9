/*
 * Connections and tokens: made, rotated, revoked. See judge.h.
 *
 * Those for all organizations are made by the operator or the system alone; their act has no
 * organization (`actor.organization` NULL) and no change around it.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_CONNECTION_CREATE, ACT_CLIENT_CREATE, ACT_TOKEN_ROTATE, ACT_TOKEN_REVOKE,
 * ACT_TOKEN_FOR_PERSON, ACT_TOKEN_GRANT. `change` needs no organization where the actor has none. A
 * grant moves nobody's version: it is no change of the organization. Convention of change.h. */
gboolean judge_token(struct change *change, const struct act *act, GError **error);
