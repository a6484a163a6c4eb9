/*
 * Making and ending tokens on the store: what `rolecall token` and serve both do.
 */
#pragma once

#include "agent/command/operator_access.h"
#include "scim/organization/actor.h"

/* Does the act as `actor` and gives the token that it made, once; NULL with OUTCOME_REFUSED in the
 * judge's words. The caller wipes and frees it with token_act_forget(). `id` (may be NULL) gets the
 * token's id, to be freed. */
char *token_act_make(struct operator_access *access, const struct actor *actor,
                     const struct act *act, char **id, GError **error);
void token_act_forget(char *token);

/* What is made further for the connection where nothing is said: a client where its live ones are
 * clients and no bearer tokens. */
gboolean token_act_is_client(struct operator_access *access, const char *organization,
                             const char *connection, gboolean *is_client, GError **error);

/* The id of the connection's live bearer token that was made last; NULL where it has none. The caller
 * frees. */
gboolean token_act_newest(struct operator_access *access, const char *organization,
                          const char *connection, char **id, GError **error);

/* Revokes every live token and client of the connection but the one with the id `keep` (NULL: all);
 * `organization` NULL: a connection for all of them. *count tells how many. */
gboolean token_act_revoke(struct operator_access *access, const char *organization,
                          const char *connection, const char *keep, guint *count,
                          GError **error);
