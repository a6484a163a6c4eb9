/*
 * What the config names, made in the store: organizations, owners, projects, the sync's token.
 */
#pragma once

#include "agent/command/operator_access.h"

/* The connection whose token serve keeps for syncs of its config; for all organizations. */
#define SERVE_ORGANIZATIONS_CONNECTION "own-sync"

/* Makes or updates every organization of the config that lives in this store; never takes away.
 * All or nothing of each: one that cannot be ensured is an error that names it. */
gboolean serve_organizations_ensure(struct operator_access *access, GError **error);

/* Adds to `sentences` (char *, owned) one for each owner whom the config names and who is not in
 * the organization any more: whoever left is not made again, and the config goes on saying
 * otherwise. FALSE when the store cannot be read. */
gboolean serve_organizations_missing(struct operator_access *access, GPtrArray *sentences,
                                     GError **error);

/* A fresh token for syncs of all organizations, written to sync.state; the ones before are
 * revoked. */
gboolean serve_organizations_renew_token(struct operator_access *access, GError **error);
