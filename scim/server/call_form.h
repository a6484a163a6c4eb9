/*
 * What a request must be before anything is done for it: a query that can be read, a media type
 * and a body that its route takes, an answer that its client takes.
 */
#pragma once

#include "scim/server/call.h"

/* Looks at a call whose route is found, and reads its JSON body. FALSE with a fault. */
gboolean call_form_check(struct call *call);

/* Bytes that the body of such a route may have. */
size_t call_form_body_limit(const struct route *route, const struct request_limits *limits);

/* A body was longer than its route (NULL: unknown) takes: 413, which names the limit (RFC 7644
 * 3.7.4). Always FALSE. */
gboolean call_form_too_long(struct call *call, const struct route *route);
