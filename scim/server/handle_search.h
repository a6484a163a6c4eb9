/*
 * The query over all resource types: GET /?filter=... and POST /.search (RFC 7644 3.4.2.1, 3.4.3).
 *
 * Every type that the caller may list is searched as its own list would be: an attribute that a type
 * does not have has no value there. Discovery is no part of it. As it is all put in order in memory,
 * more matches than the limit `sorted` are a tooMany.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_search(struct call *call);
