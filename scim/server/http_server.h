/*
 * The door to libmicrohttpd: listens, reads requests, hands each over as an exchange, answers.
 *
 *   HttpServer *server = http_server_start(&options, &error);
 *   ... http_server_port(server) ...
 *   http_server_stop(server);
 *
 * epoll with one thread a core; the handler runs on those threads and must not block: what
 * takes long is parked (exchange_park) and made ready from elsewhere. libmicrohttpd's timeout
 * is one of inactivity, which a client that sends a byte a second never meets (L8): a watchdog
 * holds every connection to absolute deadlines and shuts the socket of one that passes its own.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "scim/server/exchange.h"

typedef struct http_server HttpServer;

struct http_server_limits {
    unsigned connections;
    unsigned connections_per_address; /* 0: no limit (loopback, a proxy in front) */
    size_t connection_memory;         /* bytes: request line and headers must fit */
    size_t body;                      /* bytes: longer is answered 413 */
    unsigned idle_seconds;            /* a connection on which nothing happens */
    unsigned header_milliseconds; /* absolute: from the connection to the end of the headers */
    unsigned body_milliseconds;   /* absolute: the rest of the request; one whose length is
                                     announced has less, HTTP_SERVER_BODY_RATE */
    unsigned answer_milliseconds; /* absolute: until the client has read the answer */
    unsigned stop_milliseconds;   /* how long a stop waits for what is under way */
};

/* Bytes a second at least of a body whose length is announced, after the time of the headers once
 * more (R33). */
#define HTTP_SERVER_BODY_RATE 1024

struct http_server_options {
    const char *listen; /* as listen_socket.h says */
    int socket;         /* that listens there already; taken, also by a start that fails */
    unsigned threads;   /* 0: one a core */
    struct http_server_limits limits;
    /* Peers whose X-Forwarded-For says where a request comes from (forwarded_for.h). */
    const char *const *trusted_proxies;
    /* Answers the exchange, or parks it and sees that it is answered and made ready later. */
    void (*handle)(void *context, Exchange *exchange);
    /* Asked where a body would be longer than limits.body, with the headers there: the bytes that
     * this one may have. NULL: it may not. */
    size_t (*body_limit)(void *context, Exchange *exchange);
    void *context;
};

/* Fills in the limits that design names: 12,000 connections, 32 KiB of headers, 1 MiB of body,
 * 10 s of silence, 5 s for the headers, 30 s for the body, 30 s for the answer. */
void http_server_limits_default(struct http_server_limits *limits);

/* OUTCOME_INTERNAL when the machine gives no more threads. */
HttpServer *http_server_start(const struct http_server_options *options, GError **error);

/* The port it listens on; 0 on a socket file. */
guint16 http_server_port(const HttpServer *server);

/* Stops listening, lets the requests under way end (up to stop_milliseconds, then their sockets
 * are shut), and frees. Every parked exchange must still be made ready by somebody. */
void http_server_stop(HttpServer *server);
