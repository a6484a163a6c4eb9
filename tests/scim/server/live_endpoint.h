/*
 * A whole endpoint that listens, on the store of a server_fixture.
 *
 *   struct live_endpoint live;
 *   struct endpoint_options options;
 *   live_endpoint_open(&live);
 *   live_endpoint_options(&live, &options);
 *   live_endpoint_start(&live, &options);
 *   struct raw_answer *answer = live_endpoint_ask(&live, live.fixture.admin, "GET", "/scim/v2/Users", NULL);
 *   live_endpoint_close(&live);
 */
#pragma once

#include "scim/server/endpoint.h"
#include "tests/scim/server/raw_client.h"
#include "tests/scim/server/server_fixture.h"

struct live_endpoint {
    struct server_fixture fixture;
    Endpoint *endpoint; /* NULL: it has been stopped */
    guint16 port;
};

/* The store alone, as server_fixture_open_store() fills it. */
void live_endpoint_open(struct live_endpoint *live);
void live_endpoint_close(struct live_endpoint *live);

/* For that store: a port of the machine's choice on loopback, two threads, a sweep every 20 ms; of the
 * log only warnings are shown. */
void live_endpoint_options(struct live_endpoint *live, struct endpoint_options *options);

/* Fails the test when it does not start; one that runs is stopped first. */
void live_endpoint_start(struct live_endpoint *live, const struct endpoint_options *options);
void live_endpoint_stop(struct live_endpoint *live);

/* With that token; `body` NULL: none. To be freed by raw_client_free(). */
struct raw_answer *live_endpoint_ask(struct live_endpoint *live, const char *token,
                                     const char *method, const char *target, const char *body);

/* The same with further header lines, each ended by CR LF. */
struct raw_answer *live_endpoint_ask_with(struct live_endpoint *live, const char *token,
                                          const char *method, const char *target,
                                          const char *headers, const char *body);

/* The one number that a query of the store gives; 0 where it gives none. */
gint64 live_endpoint_number(struct live_endpoint *live, const char *sql);

/* Waits until that number is `wanted`; fails the test when it is not in 20 seconds. */
void live_endpoint_wait(struct live_endpoint *live, const char *sql, gint64 wanted);
