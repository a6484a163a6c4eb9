/*
 * A ScimClient against a scripted server, with chance that is none and waits that do not wait.
 */
#pragma once

#include "scim/client/scim_client.h"
#include "tests/scim/client/scripted_server.h"

struct client_fixture {
    struct scripted_server *server;
    ScimClient *client;
    GArray *waits; /* gint64 milliseconds, as asked for */
    guint stop_at; /* this wait is refused; 0: none */
    struct retry_waiter waiter;
    struct random_source random;
};

/* The base path is "/scim/v2"; at most four sends of one request. */
struct client_fixture *client_fixture_open(void);
void client_fixture_close(struct client_fixture *fixture);

/* The wait asked for with this number, or -1. */
gint64 client_fixture_wait(const struct client_fixture *fixture, guint index);
