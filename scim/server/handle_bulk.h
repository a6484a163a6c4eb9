/*
 * POST /Bulk (RFC 7644 3.7): many writes in one request and one transaction, each through the
 * route, the access check, the handler and the judge that it would meet alone, each in a savepoint
 * of its own.
 */
#pragma once

#include "scim/server/call.h"

gboolean handle_bulk(struct call *call);
