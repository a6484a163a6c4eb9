/*
 * A relay in front of an endpoint that loses one write: on the way there, or on the way back.
 *
 *     struct losing_relay *relay = losing_relay_start(endpoint_port(endpoint));
 *     losing_relay_lose(relay, LOSING_RELAY_ANSWER);
 *     ... one write through relay->url: carried out, and its answer never comes ...
 *     losing_relay_stop(relay);
 *
 * One request a connection; reads always pass.
 */
#pragma once

#include <glib.h>

enum losing_relay_loss {
    LOSING_RELAY_NOTHING,
    LOSING_RELAY_REQUEST, /* the endpoint never sees it */
    LOSING_RELAY_ANSWER,  /* the endpoint has answered it before the connection is cut */
};

struct losing_relay {
    char *url;
    struct losing_relay_state *state;
};

struct losing_relay *losing_relay_start(guint16 port);

/* The next write is lost, those after it are not. */
void losing_relay_lose(struct losing_relay *relay, enum losing_relay_loss loss);

/* How many writes reached the endpoint. */
guint losing_relay_writes(struct losing_relay *relay);

void losing_relay_stop(struct losing_relay *relay);
