/*
 * The groups that identity providers push into an endpoint, as a source (agent/sync/source.h): groups
 * by displayName, their members as people.
 *
 *     const struct pushed_groups_settings settings = {
 *         .name = "okta", .connection = "okta", .client = {.http = {.url = url, .token = token},
 *         .base_path = "/organizations/acme/scim/v2", .waiter = retry_waiter_system(),
 *         .random = random_system()}};
 *     struct source *source = pushed_groups_source_new(&settings, &error);
 *
 * A person's anchor is their id at the endpoint, a group's anchor its id; nobody has a DN. A group
 * that a rule names and that is not there (not pushed yet, or deleted) is one without members: what
 * providers do with their groups is no mistake in the config. Groups of connections in rehearsal are
 * not seen. The reading is whole or none: nothing changed from its first request to its last.
 */
#pragma once

#include "agent/sync/source.h"
#include "scim/client/scim_client.h"

struct pushed_groups_settings {
    const char *name;                   /* the directory's */
    const char *connection;             /* only what this one pushed; NULL: whoever pushed it */
    struct scim_client_settings client; /* as scim_client_open() takes it; a sync's token */
};

/* The texts are copied, nothing is sent yet. Errors as scim_client_open(). */
struct source *pushed_groups_source_new(const struct pushed_groups_settings *settings,
                                        GError **error);
