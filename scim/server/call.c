#include "scim/server/call.h"

#include <string.h>

#include "scim/organization/judge_owed.h"
#include "scim/organization/person_facts.h"
#include "scim/protocol/body.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

#define CHALLENGE           "Bearer realm=\"rolecall\""
#define UNAUTHORIZED        401
#define TOO_MANY_REQUESTS   429
#define INTERNAL_ERROR      500
#define SERVICE_UNAVAILABLE 503

/* RFC 9865 2 itself writes the empty cursor so. */
static gboolean is_first_page(const char *part, size_t length)
{
    return length == strlen("cursor") && g_ascii_strncasecmp(part, "cursor", length) == 0;
}

/* Tolerance 11: a part of the query without a name or without a value, as a dangling '&' or a flag
 * that an administrator put behind the URL leaves it. */
static gboolean has_idle_query(const Exchange *exchange)
{
    if (exchange->query == NULL) {
        return FALSE;
    }
    const char *part = exchange->query;
    for (gboolean more = TRUE; more; part++) {
        size_t length = strcspn(part, "&");
        if (length == 0 ||
            (memchr(part, '=', length) == NULL && !is_first_page(part, length))) {
            return TRUE;
        }
        part += length;
        more = *part == '&';
    }
    return FALSE;
}

struct call *call_new(const struct call_service *service, Exchange *exchange)
{
    struct call *call = g_new0(struct call, 1);
    call->service = service;
    call->exchange = exchange;
    call->now = clock_now(service->clock);
    if (has_idle_query(exchange)) {
        tolerance_note(&call->tolerances, TOLERANCE_QUERY);
    }
    const struct random_source *random =
        service->random != NULL ? service->random : random_system();
    g_autofree char *request = random_hex(random, CALL_REQUEST_DIGITS / 2);
    g_strlcpy(call->request, request, sizeof call->request);
    return call;
}

void call_free(struct call *call)
{
    for (size_t i = 0; i < CALL_CAPTURES; i++) {
        g_free(call->captured[i]);
    }
    g_free(call->base);
    g_free(call->organization);
    g_free(call->origin);
    g_free(call->run);
    g_free(call->reason);
    if (call->bearer != NULL) {
        bearer_free(call->bearer);
    }
    json_decref(call->body);
    json_decref(call->kept);
    fault_clear(&call->fault);
    g_free(call);
}

gboolean call_answer(struct call *call, unsigned status, json_t *body)
{
    if (call->is_inner) {
        json_decref(call->kept);
        call->kept = body;
        exchange_answer(call->exchange, status, NULL, NULL, 0);
        return TRUE;
    }
    char *text = body_print(body);
    json_decref(body);
    exchange_answer(call->exchange, status, SCIM_MEDIA_TYPE, text, strlen(text));
    return TRUE;
}

gboolean call_answer_empty(struct call *call, unsigned status)
{
    exchange_answer(call->exchange, status, NULL, NULL, 0);
    return TRUE;
}

void call_answer_fault(struct call *call)
{
    unsigned status = (unsigned)call->fault.status;
    if (status == UNAUTHORIZED) {
        exchange_set_header(call->exchange, "WWW-Authenticate",
                            exchange_header(call->exchange, "Authorization") != NULL
                                ? CHALLENGE ", error=\"invalid_token\""
                                : CHALLENGE);
    }
    if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
        g_autofree char *seconds = g_strdup_printf("%u", call->retry_seconds);
        exchange_set_header(call->exchange, "Retry-After",
                            call->retry_seconds > 0 ? seconds : CALL_RETRY_SECONDS);
    }
    call_answer(call, status, fault_print(&call->fault));
}

gboolean call_missing(struct call *call)
{
    return fault_set_status(&call->fault, 404, "there is nothing of that id here");
}

gboolean call_store_failed(struct call *call, GError *error)
{
    gboolean passes = g_error_matches(error, OUTCOME, OUTCOME_RETRY);
    call_log(call->service, G_LOG_LEVEL_WARNING, "%s %s: %s", call->exchange->method,
             call->exchange->path, error != NULL ? error->message : "the store failed");
    g_clear_error(&error);
    return passes ? fault_set_status(&call->fault, SERVICE_UNAVAILABLE,
                                     "the store is busy: nothing happened, try again")
                  : fault_set_status(&call->fault, INTERNAL_ERROR,
                                     "the store failed: nothing happened");
}

gboolean call_check_strictness(struct call *call)
{
    return tolerance_check(&call->tolerances, &call->fault);
}

const struct request_limits *call_limits(const struct call *call)
{
    const struct request_limits *limits = call->service->limits;
    return limits != NULL ? limits : request_limits_standard();
}

Projection *call_projection(struct call *call, const struct resource_type *type)
{
    return projection_parse(type, exchange_query(call->exchange, "attributes"),
                            exchange_query(call->exchange, "excludedAttributes"), &call->fault);
}

static gboolean person_is_owner(struct call *call)
{
    g_autoptr(PersonFacts) facts = NULL;
    g_autoptr(GError) error = NULL;
    if (!person_facts_read(call->session, call->organization, call->bearer->person, call->now,
                           &facts, &error)) {
        call_log(call->service, G_LOG_LEVEL_WARNING, "%s", error->message);
        return FALSE;
    }
    return facts != NULL && facts->role == ORGANIZATION_ROLE_OWNER &&
           facts->status == PERSON_ACTIVE;
}

gboolean call_sees_origins(struct call *call)
{
    if (call->bearer == NULL) {
        return FALSE;
    }
    switch (call->bearer->kind) {
    case ACTOR_SYNC:
    case ACTOR_ADMIN:
    case ACTOR_OPERATOR:
    case ACTOR_SYSTEM:
        return TRUE;
    case ACTOR_CONNECTION:
    case ACTOR_READER:
        return FALSE;
    case ACTOR_PERSON:
        break;
    }
    if (!call->asked_owner) {
        call->asked_owner = TRUE;
        call->is_owner = person_is_owner(call);
    }
    return call->is_owner;
}

void call_sign(const struct call *call, struct actor *actor)
{
    actor->source = call->exchange->peer;
    actor->run = call->run;
    actor->reason = call->reason;
    actor->request = call->request;
}

gboolean call_judge(struct call *call, const struct act *act, struct verdict *verdict)
{
    GError *error = NULL;
    if (!judge_write(call->judge, &call->actor, act, verdict, &error)) {
        return call_store_failed(call, error);
    }
    if (verdict_is_good(verdict)) {
        return TRUE;
    }
    if (judge_owed_is(&call->actor, act, verdict)) {
        call_log(call->service, G_LOG_LEVEL_WARNING,
                 "\"%s\" asked what would leave \"%s\" without an owner, of person %s: it is "
                 "done as soon as somebody else is an active owner",
                 actor_origin(&call->actor), call->organization, act->id);
    }
    fault_clear(&call->fault);
    call->fault = verdict->fault;
    memset(&verdict->fault, 0, sizeof verdict->fault);
    return FALSE;
}

void call_log(const struct call_service *service, GLogLevelFlags level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    service->log(service->log_context, level, line);
}
