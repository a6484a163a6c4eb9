#include "scim/server/dispatch.h"

#include <string.h>

#include "scim/server/authenticate.h"
#include "scim/server/call_form.h"
#include "scim/server/route.h"
#include "scim/server/tolerance_tally.h"

/* A write on its way: the writer's from submit to done. */
struct pending {
    struct write_job job;
    struct dispatch *dispatch;
    struct call *call;
    gint64 started;
};

/* A used token, to be written down when there is time. */
struct touch {
    struct write_job job;
    const struct call_service *service;
    char *token;
};

static void touch_run(struct write_job *job, struct judge *judge)
{
    struct touch *touch = (struct touch *)job;
    g_autoptr(GError) error = NULL;
    if (!token_touch(judge->session, touch->token, clock_now(judge->clock), &error)) {
        call_log(touch->service, G_LOG_LEVEL_WARNING, "token %s: %s", touch->token,
                 error->message);
    }
}

static void touch_done(struct write_job *job, const GError *error)
{
    (void)error; /* it is tried again with the next request */
    struct touch *touch = (struct touch *)job;
    g_free(touch->token);
    g_free(touch);
}

static void note_use(struct dispatch *dispatch, const struct call *call)
{
    if (!token_is_touch_due(call->bearer, call->now)) {
        return;
    }
    struct touch *touch = g_new0(struct touch, 1);
    touch->job = (struct write_job){.run = touch_run, .done = touch_done};
    touch->service = &dispatch->service;
    touch->token = g_strdup(call->bearer->token);
    writer_submit(dispatch->writer, &touch->job);
}

/* The last touch to every answer, and its line in the log: never a query, which may name
 * people, never a token but its id. */
static void finish(struct call *call, gint64 started)
{
    Exchange *exchange = call->exchange;
    tolerance_tally_note(call->service->tolerances, call->bearer, &call->tolerances);
    exchange_set_header(exchange, "Cache-Control", "no-store");
    exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    exchange_set_header(exchange, "Request-Id", call->request);
    if (call->base != NULL) {
        exchange_set_header(exchange, "Vary", "Authorization");
    }
    call_log(call->service, G_LOG_LEVEL_DEBUG,
             "%s %s %u %" G_GINT64_FORMAT " us token=%s organization=%s request=%s",
             exchange->method, exchange->path, exchange->status,
             g_get_monotonic_time() - started, call->bearer != NULL ? call->bearer->token : "-",
             call->organization != NULL ? call->organization : "-", call->request);
}

static gboolean find_route(struct call *call, struct route_match *match)
{
    route_find(call->exchange->method, call->exchange->path, match);
    call->route = match->route;
    if (call->exchange->body_is_too_long) {
        return call_form_too_long(call, match->route);
    }
    if (match->route == NULL && match->allow != NULL) {
        exchange_set_header(call->exchange, "Allow", match->allow);
        return fault_set_status(&call->fault, 405, "that method is not for this resource");
    }
    if (match->route == NULL) {
        return fault_set_status(&call->fault, 404, "there is nothing at that path");
    }
    memcpy(call->captured, match->captured, sizeof call->captured);
    memset(match->captured, 0, sizeof match->captured);
    if (match->prefix != NULL) {
        call->base = g_strconcat(call->service->url, match->prefix, NULL);
    }
    return TRUE;
}

static gboolean admit(struct dispatch *dispatch, struct call *call, const char *organization)
{
    GError *error = NULL;
    call->session = session_pool_take(dispatch->readers, &error);
    if (call->route->access == ROUTE_OPEN) {
        if (call->session == NULL) {
            call_log(call->service, G_LOG_LEVEL_WARNING, "%s", error->message);
            g_clear_error(&error);
        } else if (call->base != NULL) {
            authenticate_if_offered(call);
        }
        return TRUE;
    }
    if (call->session == NULL) {
        return call_store_failed(call, error);
    }
    if (!authenticate_bearer(call) || !authenticate_place(call, organization)) {
        return FALSE;
    }
    note_use(dispatch, call);
    return TRUE;
}

/* Only what writes is done in bulk, and a bulk request in another has no place. */
static gboolean check_inner_route(struct call *inner)
{
    return (inner->route->effect == ROUTE_WRITES && inner->route->body != ROUTE_BULK) ||
           fault_set(&inner->fault, FAULT_INVALID_PATH,
                     "that is no operation of a bulk request");
}

static void serve_inner(struct call *call, struct call *inner)
{
    struct route_match match;
    inner->session = call->session;
    inner->judge = call->judge;
    inner->now = call->now;
    if (!find_route(inner, &match) || !check_inner_route(inner) ||
        !authenticate_inner(inner, match.organization) || !call_form_check(inner) ||
        !inner->route->handle(inner)) {
        call_answer_fault(inner);
    }
    tolerance_tally_note(call->service->tolerances, inner->bearer, &inner->tolerances);
    route_match_clear(&match);
}

static void write_run(struct write_job *job, struct judge *judge)
{
    struct call *call = ((struct pending *)job)->call;
    call->session = judge->session;
    call->judge = judge;
    call->serve_inner = serve_inner;
    call->now = clock_now(judge->clock);
    call->asked_owner = FALSE;
    if ((call->bearer != NULL && !authenticate_again(call)) || !call->route->handle(call)) {
        call_answer_fault(call);
    }
    call->session = NULL;
    call->judge = NULL;
}

/* What was promised inside a transaction that did not end well is taken back. */
static void withdraw(struct call *call, const GError *error)
{
    g_hash_table_remove_all(call->exchange->answer_headers);
    fault_clear(&call->fault);
    call_store_failed(call, g_error_copy(error));
    call_answer_fault(call);
}

static void write_done(struct write_job *job, const GError *error)
{
    struct pending *pending = (struct pending *)job;
    struct call *call = pending->call;
    Exchange *exchange = call->exchange;
    if (error != NULL) {
        withdraw(call, error);
    }
    finish(call, pending->started);
    call_free(call);
    g_free(pending);
    exchange_ready(exchange);
}

/* The connection sleeps before the writer can know of it: it may be answered at once. */
static void hand_over(struct dispatch *dispatch, struct call *call, gint64 started)
{
    struct pending *pending = g_new0(struct pending, 1);
    pending->job = (struct write_job){.run = write_run, .done = write_done};
    pending->dispatch = dispatch;
    pending->call = call;
    pending->started = started;
    exchange_park(call->exchange);
    writer_submit(dispatch->writer, &pending->job);
}

/* TRUE: the writer has it now. */
static gboolean carry_out(struct dispatch *dispatch, struct call *call, gint64 started)
{
    const struct route *route = call->route;
    gboolean writes = route->effect == ROUTE_WRITES;
    gboolean good = TRUE;
    if (!writes) {
        good = route->handle(call);
    } else if (route->before != NULL) {
        good = route->before(call);
    }
    if (!good) {
        call_answer_fault(call);
    }
    session_pool_give(dispatch->readers, g_steal_pointer(&call->session));
    if (!writes || call->exchange->status != 0) {
        return FALSE;
    }
    hand_over(dispatch, call, started);
    return TRUE;
}

/* Whoever shows no good token has no more room than for any other request. */
static gboolean may_send_bulk(const struct dispatch *dispatch, struct call *call)
{
    struct route_match match;
    g_autoptr(GError) error = NULL;
    gboolean may = find_route(call, &match) && call->route->body == ROUTE_BULK;
    call->session = may ? session_pool_take(dispatch->readers, &error) : NULL;
    may = call->session != NULL && authenticate_inner(call, match.organization);
    route_match_clear(&match);
    return may;
}

size_t dispatch_body_limit(const struct dispatch *dispatch, Exchange *exchange)
{
    struct call *call = call_new(&dispatch->service, exchange);
    size_t limit = call_form_body_limit(may_send_bulk(dispatch, call) ? call->route : NULL,
                                        call_limits(call));
    session_pool_give(dispatch->readers, g_steal_pointer(&call->session));
    call_free(call);
    g_hash_table_remove_all(exchange->answer_headers);
    return limit;
}

void dispatch_exchange(struct dispatch *dispatch, Exchange *exchange)
{
    gint64 started = g_get_monotonic_time();
    struct call *call = call_new(&dispatch->service, exchange);
    call->writer = dispatch->writer;
    struct route_match match;
    gboolean good = find_route(call, &match) && admit(dispatch, call, match.organization) &&
                    call_form_check(call);
    route_match_clear(&match);
    if (good && carry_out(dispatch, call, started)) {
        return;
    }
    if (!good) {
        call_answer_fault(call);
    }
    session_pool_give(dispatch->readers, g_steal_pointer(&call->session));
    finish(call, started);
    call_free(call);
}
