/*
 * Reading pushed groups: GET /Groups, POST /Groups/.search, GET /Groups/{id} (RFC 7644 3.4).
 *
 * A provider sees the groups of its own connection, a sync those of connections that are live,
 * everybody else all of them. `excludedAttributes=members` reads no member. The list answers with
 * Last-Modified, too: when any group last changed. Pages of members: group_codec.h.
 */
#pragma once

#include "scim/server/call.h"
#include "scim/server/list_query.h"

gboolean handle_group_list(struct call *call);

/* Adds the groups that match and that the caller sees to an order. FALSE with a fault. */
gboolean handle_group_collect(struct call *call, const struct list_query *query,
                              ListOrder *order);
gboolean handle_group_read(struct call *call);
