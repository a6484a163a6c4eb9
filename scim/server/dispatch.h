/*
 * From an exchange to its answer: finds the route, checks what every request must be, asks who
 * it is, runs the handler on a snapshot, or parks the exchange and has the writer run it.
 *
 * Everything but the sockets: tests call it in process.
 */
#pragma once

#include "scim/server/call.h"
#include "scim/server/session_pool.h"
#include "scim/server/writer.h"

struct dispatch {
    struct call_service service;
    struct session_pool *readers;
    Writer *writer;
};

/* Bytes that the body of this request may have: those of its route. */
size_t dispatch_body_limit(const struct dispatch *dispatch, Exchange *exchange);

/* Answers the exchange now, or parks it and makes it ready later. */
void dispatch_exchange(struct dispatch *dispatch, Exchange *exchange);
