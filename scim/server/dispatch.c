#include "scim/server/dispatch.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"
#include "scim/server/authenticate.h"
#include "scim/server/route.h"

#define FORM_MEDIA_TYPE "application/x-www-form-urlencoded"

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
    exchange_set_header(exchange, "Cache-Control", "no-store");
    exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    if (call->base != NULL) {
        exchange_set_header(exchange, "Vary", "Authorization");
    }
    call_log(call->service, G_LOG_LEVEL_DEBUG,
             "%s %s %u %" G_GINT64_FORMAT " us token=%s organization=%s", exchange->method,
             exchange->path, exchange->status, g_get_monotonic_time() - started,
             call->bearer != NULL ? call->bearer->token : "-",
             call->organization != NULL ? call->organization : "-");
}

static gboolean find_route(struct call *call, struct route_match *match)
{
    route_find(call->exchange->method, call->exchange->path, match);
    call->route = match->route;
    if (call->exchange->body_is_too_long) {
        return fault_set_status(&call->fault, 413, "the body is longer than is taken here");
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

/* "application/scim+json; charset=utf-8" is application/scim+json. */
static gboolean is_media_type(const char *field, const char *wanted)
{
    size_t length = strcspn(field, "; \t");
    return length == strlen(wanted) && g_ascii_strncasecmp(field, wanted, length) == 0;
}

static gboolean check_media(struct call *call)
{
    const char *coding = exchange_header(call->exchange, "Content-Encoding");
    if (coding != NULL && g_ascii_strcasecmp(coding, "identity") != 0) {
        return fault_set_status(&call->fault, 415,
                                "content codings are not taken: send it plain");
    }
    const char *type = exchange_header(call->exchange, "Content-Type");
    switch (call->route->body) {
    case ROUTE_NO_BODY:
        return TRUE;
    case ROUTE_JSON:
    case ROUTE_BULK:
        return (type != NULL && (is_media_type(type, SCIM_MEDIA_TYPE) ||
                                 is_media_type(type, "application/json"))) ||
               fault_set_status(&call->fault, 415, "send %s", SCIM_MEDIA_TYPE);
    case ROUTE_FORM:
        return (type != NULL && is_media_type(type, FORM_MEDIA_TYPE)) ||
               fault_set_status(&call->fault, 415, "send %s", FORM_MEDIA_TYPE);
    }
    return FALSE;
}

/* Is there something in Accept that a SCIM answer is? */
static gboolean check_accept(struct call *call)
{
    static const char *const ours[] = {SCIM_MEDIA_TYPE, "application/json", "application/*",
                                       "*/*"};
    const char *field = exchange_header(call->exchange, "Accept");
    if (field == NULL || *field == '\0' || call->base == NULL) {
        return TRUE;
    }
    g_auto(GStrv) named = g_strsplit(field, ",", -1);
    for (char **each = named; *each != NULL; each++) {
        g_strstrip(*each);
        for (size_t i = 0; i < G_N_ELEMENTS(ours); i++) {
            if (is_media_type(*each, ours[i])) {
                return TRUE;
            }
        }
    }
    return fault_set_status(&call->fault, 406, "answers here are %s", SCIM_MEDIA_TYPE);
}

static gboolean check_form(struct call *call)
{
    if (call->exchange->query_is_broken) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE,
                         "the query is malformed: an escape that is none, or a name twice");
    }
    if (!check_media(call) || !check_accept(call)) {
        return FALSE;
    }
    if (call->route->body == ROUTE_JSON) {
        const GString *body = call->exchange->body;
        const struct request_limits *limits = call_limits(call);
        call->body = body_parse(body->str, body->len, limits->body, limits, &call->fault);
        return call->body != NULL;
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
    if (!authenticate_call(call, organization)) {
        return FALSE;
    }
    note_use(dispatch, call);
    return TRUE;
}

static void write_run(struct write_job *job, struct judge *judge)
{
    struct call *call = ((struct pending *)job)->call;
    call->session = judge->session;
    call->judge = judge;
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

void dispatch_exchange(struct dispatch *dispatch, Exchange *exchange)
{
    gint64 started = g_get_monotonic_time();
    struct call *call = call_new(&dispatch->service, exchange);
    call->writer = dispatch->writer;
    struct route_match match;
    gboolean good = find_route(call, &match) && admit(dispatch, call, match.organization) &&
                    check_form(call);
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
