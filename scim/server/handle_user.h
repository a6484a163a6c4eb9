/*
 * Reading Users (RFC 7644 3.4): one, a list, a search. A provider sees its own link's state, and
 * no protected owner in a list unless it asks for that one by userName or externalId.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_user_read(struct call *call);
gboolean handle_user_list(struct call *call);

/* POST /Users/.search: the list, with the query in a SearchRequest (RFC 7644 3.4.3). */
gboolean handle_user_search(struct call *call);
