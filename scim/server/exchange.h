/*
 * One HTTP request and its answer, as a value: nothing here knows a socket or a library.
 *
 * http_server makes one from the wire, a test makes one by hand; dispatch answers it. A handler
 * reads the first half and fills in the second with exchange_answer() and
 * exchange_set_header(). The path stays as sent (percent signs and all) and is never
 * normalised: what is not one of our paths byte by byte is not found (R07). Query values are
 * decoded once, here.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

/* What the server keeps beside an exchange while it is parked or being answered. */
struct exchange_hooks {
    void (*park)(void *context);  /* the answer will come later, from another thread */
    void (*ready)(void *context); /* the answer stands; called once, and only after park */
    void *context;
};

typedef struct exchange {
    /* The request. */
    char *method;
    char *path;               /* as sent, up to the '?' */
    char *query;              /* as sent, after the '?'; NULL when there was none */
    GHashTable *query_values; /* folded name -> decoded value */
    GHashTable *headers;      /* folded name -> value */
    GHashTable *repeated;     /* folded names of headers that came more than once (a set) */
    GString *body;            /* "" when there was none */
    char *peer; /* the address it came from, "unix" on a socket file; NULL: not known. Owned */
    gboolean query_is_broken;  /* an escape that is none, a NUL, not UTF-8, or a name twice */
    gboolean body_is_too_long; /* it was cut: to be answered 413 whoever asks */
    struct exchange_hooks hooks;
    /* The answer. */
    unsigned status; /* 0 until it is answered */
    GHashTable *answer_headers;
    char *answer;
    size_t answer_length;
} Exchange;

/* A request for `target`: "/scim/v2/Users?count=1", or all of it behind a scheme and a host, which are
 * passed over (RFC 9112 3.2.2). */
Exchange *exchange_new(const char *method, const char *target);

/* Wipes the body, the Authorization header and the answer before it lets go of them: any of them
 * may hold a token. NULL is fine. */
void exchange_free(Exchange *exchange);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_free)

/* Adds a request header; the same name twice keeps the first value and marks it repeated. */
void exchange_add_header(Exchange *exchange, const char *name, const char *value);

/* Appends to the body unless that would make it longer than `limit`: then FALSE, the body is
 * dropped and body_is_too_long stands. */
gboolean exchange_add_body(Exchange *exchange, const char *bytes, size_t count, size_t limit);

/* A request header (name in any case) or a query value (name in any case): borrowed, or NULL.
 */
const char *exchange_header(const Exchange *exchange, const char *name);
const char *exchange_query(const Exchange *exchange, const char *name);

/* Did the header come more than once? */
gboolean exchange_header_is_repeated(const Exchange *exchange, const char *name);

/* The body as the fields of a form: folded name -> decoded value, to be unreffed, which wipes the
 * values. NULL when it is malformed, by the same rules as a query. */
GHashTable *exchange_read_form(const Exchange *exchange);

/* The answer: takes `body` (NULL for none) of `length` bytes. `media_type` may be NULL without
 * a body. A second answer replaces the first, which is wiped. */
void exchange_answer(Exchange *exchange, unsigned status, const char *media_type, char *body,
                     size_t length);

/* A header of the answer; NULL takes it away. CR and LF in the value are refused: the header is
 * left out. */
void exchange_set_header(Exchange *exchange, const char *name, const char *value);
const char *exchange_answer_header(const Exchange *exchange, const char *name);

/* Tells the server that the answer comes later; must precede the moment at which another thread
 * can see the exchange. */
void exchange_park(Exchange *exchange);

/* Tells the server that a parked exchange is answered. The exchange may be gone on return. */
void exchange_ready(Exchange *exchange);

/* Percent-decodes one path segment or query value; `plus_is_blank` for a query. NULL when it is
 * not well-formed, holds a NUL or is not UTF-8. The caller frees. */
char *exchange_decode(const char *text, size_t length, gboolean plus_is_blank);
