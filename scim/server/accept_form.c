#include "scim/server/accept_form.h"

#include <string.h>

#include "scim/server/accept_page.h"

#define FORBIDDEN 403
#define TOO_LONG  413

/* Of every answer here. */
static const struct {
    const char *name, *value;
} guards[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"X-Robots-Tag", "noindex, nofollow"},
};

gboolean accept_form_answer(struct call *call, unsigned status, const char *media_type,
                            char *text)
{
    exchange_answer(call->exchange, status, media_type, text, strlen(text));
    for (size_t i = 0; i < G_N_ELEMENTS(guards); i++) {
        exchange_set_header(call->exchange, guards[i].name, guards[i].value);
    }
    return TRUE;
}

GHashTable *accept_form_read(struct call *call)
{
    if (call->exchange->body->len > ACCEPT_FORM_BYTES) {
        fault_set_status(&call->fault, TOO_LONG, "the form is longer than is taken here");
        return NULL;
    }
    GHashTable *fields = exchange_read_form(call->exchange);
    if (fields == NULL) {
        fault_set(&call->fault, FAULT_INVALID_SYNTAX, "the form cannot be read");
    }
    return fields;
}

/* A form that a page of another site sent. Ours send "Origin: null", because of their referrer
 * policy, and browsers say themselves where a form comes from where the connection is theirs to
 * trust. A client that says neither is no browser. */
static gboolean is_foreign(const struct call *call)
{
    const char *site = exchange_header(call->exchange, "Sec-Fetch-Site");
    const char *origin = exchange_header(call->exchange, "Origin");
    if (site != NULL) {
        return strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
    }
    if (origin == NULL || strcmp(origin, "null") == 0) {
        return FALSE;
    }
    const char *host = exchange_header(call->exchange, "Host");
    const char *named = strstr(origin, "://");
    gboolean is_host =
        host != NULL && named != NULL && g_ascii_strcasecmp(named + strlen("://"), host) == 0;
    gboolean is_public = named != NULL && g_str_has_prefix(call->service->url, origin) &&
                         strchr("/", call->service->url[strlen(origin)]) != NULL;
    return !is_host && !is_public;
}

gboolean accept_form_refuse_foreign(struct call *call)
{
    return is_foreign(call) &&
           accept_form_answer(call, FORBIDDEN, ACCEPT_FORM_HTML, accept_page_foreign());
}
