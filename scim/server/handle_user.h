/*
 * Reading Users (RFC 7644 3.4): one, a list, a search. A provider sees its own link's state, and
 * no protected owner in a list unless it asks for that one by userName or externalId.
 */
#pragma once

#include "scim/server/call.h"
#include "scim/server/list_query.h"

gboolean handle_user_read(struct call *call);

/* The list, by GET or by POST /Users/.search with a SearchRequest (RFC 7644 3.4.3). */
gboolean handle_user_list(struct call *call);

/* Adds whoever matches to an order, as the caller reads people. FALSE with a fault. */
gboolean handle_user_collect(struct call *call, const struct list_query *query,
                             ListOrder *order);
