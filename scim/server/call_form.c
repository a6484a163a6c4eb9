#include "scim/server/call_form.h"

#include <string.h>

#include "scim/protocol/body.h"
#include "scim/protocol/membership.h"
#include "scim/server/route.h"

#define FORM_MEDIA_TYPE "application/x-www-form-urlencoded"

/* Levels of a bulk request around the data of one operation. */
#define BULK_DEPTH 3

/* "application/scim+json; charset=utf-8" is application/scim+json. */
static gboolean is_media_type(const char *field, const char *wanted)
{
    size_t length = strcspn(field, "; \t");
    return length == strlen(wanted) && g_ascii_strncasecmp(field, wanted, length) == 0;
}

/* What a parameter of the field says, without its quotes; NULL: it is not there. */
static char *parameter_of(const char *field, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(field, ";", -1);
    for (size_t i = 1; parts[0] != NULL && parts[i] != NULL; i++) {
        const char *part = g_strstrip(parts[i]);
        const char *equals = strchr(part, '=');
        if (equals != NULL && (size_t)(equals - part) == strlen(name) &&
            g_ascii_strncasecmp(part, name, strlen(name)) == 0) {
            return g_strstrip(g_strdelimit(g_strdup(equals + 1), "\"", ' '));
        }
    }
    return NULL;
}

/* Everything here is UTF-8 (RFC 7644 3.8): what says that it is not would be read wrong. */
static gboolean is_utf_8(const char *type)
{
    g_autofree char *charset = parameter_of(type, "charset");
    return charset == NULL || g_ascii_strcasecmp(charset, "utf-8") == 0 ||
           g_ascii_strcasecmp(charset, "utf8") == 0 ||
           g_ascii_strcasecmp(charset, "us-ascii") == 0;
}

static gboolean check_media(struct call *call)
{
    const char *coding = exchange_header(call->exchange, "Content-Encoding");
    if (coding != NULL && *coding != '\0' && g_ascii_strcasecmp(coding, "identity") != 0) {
        return fault_set_status(&call->fault, 415,
                                "content codings are not taken: send it plain");
    }
    const char *type = exchange_header(call->exchange, "Content-Type");
    switch (call->route->body) {
    case ROUTE_NO_BODY:
        return TRUE;
    case ROUTE_JSON:
    case ROUTE_BULK:
        return (type != NULL && is_utf_8(type) &&
                (is_media_type(type, SCIM_MEDIA_TYPE) ||
                 is_media_type(type, "application/json"))) ||
               fault_set_status(&call->fault, 415, "send %s in UTF-8", SCIM_MEDIA_TYPE);
    case ROUTE_FORM_OWN:
        return TRUE;
    case ROUTE_FORM:
        return (type != NULL && is_media_type(type, FORM_MEDIA_TYPE)) ||
               fault_set_status(&call->fault, 415, "send %s", FORM_MEDIA_TYPE);
    }
    return FALSE;
}

/* q=0 stands for "not this" (RFC 9110 12.4.2). */
static gboolean is_wanted(const char *field)
{
    g_autofree char *weight = parameter_of(field, "q");
    return weight == NULL || g_ascii_strtod(weight, NULL) > 0;
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
            if (is_media_type(*each, ours[i]) && is_wanted(*each)) {
                return TRUE;
            }
        }
    }
    return fault_set_status(&call->fault, 406, "answers here are %s", SCIM_MEDIA_TYPE);
}

static gboolean read_json(struct call *call)
{
    const GString *body = call->exchange->body;
    struct request_limits limits = *call_limits(call);
    if (call->route->body == ROUTE_BULK) {
        limits.json_depth += BULK_DEPTH;
    }
    call->body = body_parse(body->str, body->len, call_form_body_limit(call->route, &limits),
                            &limits, &call->fault);
    return call->body != NULL;
}

gboolean call_form_check(struct call *call)
{
    if (call->route->body == ROUTE_FORM_OWN) {
        return TRUE;
    }
    if (call->exchange->query_is_broken) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE,
                         "the query is malformed: an escape that is none, or a name twice");
    }
    if (call->is_inner) {
        return TRUE; /* its body is part of one that was looked at */
    }
    if (!check_media(call) || !check_accept(call)) {
        return FALSE;
    }
    gboolean has_json = call->route->body == ROUTE_JSON || call->route->body == ROUTE_BULK;
    return (!has_json || read_json(call)) && call_check_strictness(call);
}

size_t call_form_body_limit(const struct route *route, const struct request_limits *limits)
{
    return route != NULL && route->body == ROUTE_BULK ? limits->bulk_body : limits->body;
}

gboolean call_form_too_long(struct call *call, const struct route *route)
{
    const size_t limit = call_form_body_limit(route, call_limits(call));
    return route != NULL && route->body == ROUTE_BULK
               ? fault_set_status(&call->fault, 413,
                                  "the size of the bulk request exceeds the maxPayloadSize "
                                  "(%zu)",
                                  limit)
               : fault_set_status(&call->fault, 413, "the body has more than %zu bytes", limit);
}
