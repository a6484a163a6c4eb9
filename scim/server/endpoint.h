/*
 * The endpoint: SCIM 2.0 over an organization service, from listening socket to store.
 *
 *   struct endpoint_options options;
 *   endpoint_options_default(&options);
 *   options.listen = "127.0.0.1:8080"; options.store = "sqlite:/var/lib/rolecall/rolecall.db";
 *   Endpoint *endpoint = endpoint_start(&options, &error);
 *   ... endpoint_port(endpoint), endpoint_url(endpoint) ...
 *   endpoint_stop(endpoint);
 *
 * It runs on threads of its own: those that read, one that writes, one that sweeps what is due
 * by time. Organizations, tokens and projects are in the store before or are made while it
 * runs; it creates none itself. Several may run in one process, each with its own store.
 */
#pragma once

#include <glib.h>

#include "scim/organization/judge.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/request_limits.h"
#include "scim/server/http_server.h"

typedef struct endpoint Endpoint;

/* Speaks at the server's edge: one line, no secrets, no personal data from queries. The access
 * log comes at G_LOG_LEVEL_DEBUG. Called from several threads. */
struct endpoint_observer {
    void (*log)(void *context, GLogLevelFlags level, const char *line);
    void *context;
};

struct endpoint_options {
    const char *listen;     /* as http_server takes it */
    const char *public_url; /* "https://console.example.com", no slash at its end; NULL: http://
                               and where it listens. Location, $ref and links start with it */
    const char *store;      /* as store_open() takes it */
    struct judge judge;     /* how writes are judged: clock, chance, audit key and anchors (the
                                    writer's alone), mail; its session stays NULL. What it points
                                    to outlives the endpoint */
    /* Seconds that nobody can set, clock_witness(): while the judge's clock has been set, nothing
     * expires (clock_guard.h). NULL: the clock is believed. */
    const struct clock *witness;
    /* After each commit, on the writer's thread: the mailer may look. NULL: nobody. */
    void (*committed)(void *context);
    void *committed_context;
    /* After a commit that changed a pushed group, on the writer's thread: a sync may be due. NULL:
     * nobody. */
    void (*groups_changed)(void *context);
    void *groups_changed_context;
    gboolean insecure;           /* plain HTTP beyond this machine is meant */
    unsigned threads;            /* readers; 0: one a core */
    unsigned sweep_milliseconds; /* how often what is due by time is carried out */
    /* Addresses ("unix": whoever comes by a socket file) whose X-Forwarded-For is believed, NULL-
     * terminated; NULL: nobody's. */
    const char *const *trusted_proxies;
    struct http_server_limits limits;
    struct request_limits requests;    /* its `body` is that of `limits` */
    struct endpoint_observer observer; /* log NULL: GLib's structured log */
};

/* The machine's clock and chance, JUDGE_RESTORE_WINDOW, no audit key, a sweep every 5 seconds,
 * http_server_limits_default(), request_limits_standard(). */
void endpoint_options_default(struct endpoint_options *options);

/* Opens and migrates the store, starts the threads, listens. The options are copied. Errors:
 * OUTCOME_SETTINGS (listen, public_url, plain HTTP off loopback), those of the store, those of
 * http_server_start(). */
Endpoint *endpoint_start(const struct endpoint_options *options, GError **error);

/* The port; 0 on a socket file. */
guint16 endpoint_port(const Endpoint *endpoint);

/* The public URL as used, without "/scim/v2". */
const char *endpoint_url(const Endpoint *endpoint);

/* Stops accepting, answers what is under way, commits what is queued, frees. NULL is fine. */
void endpoint_stop(Endpoint *endpoint);
