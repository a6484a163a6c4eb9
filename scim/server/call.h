/*
 * One request on its way through its handler: who asks, where, on which session, and the
 * answer.
 *
 *   gboolean handle_thing(struct call *call)
 *   {
 *       ... return call_missing(call) or call_store_failed(call, error);
 *       return call_answer(call, 200, json);
 *   }
 *
 * dispatch fills it in before the handler runs. A handler returns FALSE with call->fault set,
 * or TRUE with the exchange answered. A handler of a route that writes runs on the writer's
 * thread, inside its transaction, with `judge` set; the others run on a snapshot.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/judge.h"
#include "scim/organization/token.h"
#include "scim/protocol/cursor.h"
#include "scim/protocol/fault.h"
#include "scim/protocol/projection.h"
#include "scim/protocol/request_limits.h"
#include "scim/protocol/tolerance.h"
#include "scim/server/exchange.h"
#include "scim/server/writer.h"

#define CALL_CAPTURES 2 /* {} of a route at most */

#define CALL_RETRY_SECONDS "1"

#define CALL_REQUEST_DIGITS 16 /* hexadecimal */

struct route;
struct rate_limit;
struct tolerance_tally;

/* What all calls share; lives as long as the endpoint. */
struct call_service {
    const char *url; /* public, no slash at its end */
    const struct clock *clock;
    const struct random_source *random;   /* of request ids; NULL: the machine's */
    const struct request_limits *limits;  /* NULL: the standard ones */
    struct cursor_key cursors;            /* of this process: seals where lists go on */
    gboolean sends_mail;                  /* no answer shows a link */
    const struct renewal_policy *renewal; /* NULL: no renewals */
    /* Requests a second: by token (or client); of those who show no good one, by peer; for access
     * tokens, by peer and client. NULL: no limit. */
    struct rate_limit *tokens, *strangers, *grants;
    struct tolerance_tally *tolerances; /* NULL: nobody counts */
    void (*log)(void *context, GLogLevelFlags level, const char *line);
    void *log_context;
};

struct call {
    const struct call_service *service;
    const struct route *route;
    Exchange *exchange;
    Writer *writer; /* for what is done after the answer, with nobody waiting for it */
    char *captured[CALL_CAPTURES]; /* decoded; NULL beyond the route's */
    char *base;                    /* URL of the SCIM service as this client names it */
    Bearer *bearer;                /* NULL on an open route */
    char *organization;
    char *origin;       /* a sync's: the directory of its header */
    gboolean may_adopt; /* a sync's: its header */
    gboolean attaches;  /* likewise: and its links keep nobody in */
    char *run, *reason; /* a sync's: its headers, for the audit; NULL: nothing said */
    char request[CALL_REQUEST_DIGITS + 1]; /* names this call in log, audit and answer */
    struct actor actor;
    gint64 now;
    StoreSession *session;
    struct judge *judge; /* NULL on a route that reads */
    json_t *body;        /* of a request with a JSON body */
    struct tolerance_use tolerances;
    struct fault fault;
    gboolean asked_owner; /* is_owner is known */
    gboolean is_owner;
    /* Set while a writing handler runs: answers `inner`, one more request of the same client, on
     * this call's session and judge, as dispatch would answer it alone (bulk). */
    void (*serve_inner)(struct call *call, struct call *inner);
    /* Of an inner call: the answer stays JSON, `kept`, instead of becoming text. */
    gboolean is_inner;
    json_t *kept;
    gboolean shows_once; /* the answer says what cannot be read again: a link */
    guint retry_seconds; /* of a 429 or 503: when to come again; 0: soon */
};

/* A call for that exchange (borrowed); call_free() lets go of the rest. */
struct call *call_new(const struct call_service *service, Exchange *exchange);
void call_free(struct call *call);

/* Answers with `body` (taken) as application/scim+json. Always TRUE. */
gboolean call_answer(struct call *call, unsigned status, json_t *body);

/* Answers without a body: 204, 304. Always TRUE. */
gboolean call_answer_empty(struct call *call, unsigned status);

/* Answers with the fault, as a SCIM Error with the headers its status asks for. */
void call_answer_fault(struct call *call);

/* 404: nothing of that id here. Always FALSE. */
gboolean call_missing(struct call *call);

/* The store failed: logged; 503 with Retry-After where trying again may help, else 500. Takes
 * the error. Always FALSE. */
gboolean call_store_failed(struct call *call, GError *error);

/* The personality of the token: FALSE with a fault when it is strict and something was noted in
 * call->tolerances that it refuses. To be asked after reading and before writing. */
gboolean call_check_strictness(struct call *call);

/* How big what the client sends, and a page of what it gets, may be. */
const struct request_limits *call_limits(const struct call *call);

/* Which attributes the client wants of a resource of that type; NULL with a fault. */
Projection *call_projection(struct call *call, const struct resource_type *type);

/* Does the caller see what other origins say: a sync, an admin, an owner? FALSE for anybody
 * else, also when the store fails (the call goes on without it). */
gboolean call_sees_origins(struct call *call);

/* Says in `actor` where the call came from: source, run, reason, request. They are borrowed. */
void call_sign(const struct call *call, struct actor *actor);

/* Runs one act through the judge as the caller. FALSE with call->fault set when it was not
 * done; `verdict` is to be cleared either way. */
gboolean call_judge(struct call *call, const struct act *act, struct verdict *verdict);

/* One line to whoever runs the endpoint. */
void call_log(const struct call_service *service, GLogLevelFlags level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
