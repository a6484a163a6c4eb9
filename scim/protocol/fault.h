/*
 * What a request did wrong, as a value: the SCIM error of RFC 7644 3.12 before it is printed.
 *
 * A function that judges input takes a `struct fault *`, returns FALSE or NULL and fills it;
 * the first fault stands, later ones are ignored. A refusal (403) travels inside it, so that a
 * handler has one thing to answer with. The detail never repeats bytes of the request (R25).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/refusal.h"

/* scimType, RFC 7644 table 9 and RFC 9865 table 3. */
enum fault_type {
    FAULT_UNTYPED, /* no scimType in the answer */
    FAULT_INVALID_FILTER,
    FAULT_TOO_MANY,
    FAULT_UNIQUENESS,
    FAULT_MUTABILITY,
    FAULT_INVALID_SYNTAX,
    FAULT_INVALID_PATH,
    FAULT_NO_TARGET,
    FAULT_INVALID_VALUE,
    FAULT_INVALID_VERSION,
    FAULT_SENSITIVE,
    FAULT_INVALID_CURSOR,
    FAULT_EXPIRED_CURSOR,
    FAULT_INVALID_COUNT,
};

struct fault {
    int status; /* HTTP status; 0: nothing wrong */
    enum fault_type type;
    char *detail; /* one sentence for a person, owned */
    struct refusal refusal;
};

/* "invalidFilter" ...; NULL for FAULT_UNTYPED. */
const char *fault_type_name(enum fault_type type);

/* A fault with the HTTP status that table 9 gives its type (400; uniqueness 409, sensitive
 * 403). Always FALSE, so that a caller can return it. */
gboolean fault_set(struct fault *fault, enum fault_type type, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* A fault without scimType: 401, 403, 404, 405, 412, 413, 415, 500 ... Always FALSE. */
gboolean fault_set_status(struct fault *fault, int status, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* A 403 that carries `refusal`, whose contents move into the fault (it is zeroed). Always
 * FALSE. */
gboolean fault_take_refusal(struct fault *fault, struct refusal *refusal);

/* Puts where it happened in front of the detail, as g_prefix_error() does. Always FALSE. */
gboolean fault_prefix(struct fault *fault, const char *format, ...) G_GNUC_PRINTF(2, 3);

gboolean fault_is_set(const struct fault *fault);

/* The Error resource: schemas, status as a string, scimType, detail; for a refusal the object
 * { rule, limit, used, projects } under REFUSAL_URN besides (limit and used for seat-cap
 * alone). New reference. */
json_t *fault_print(const struct fault *fault);

/* Reads an Error resource back, from a server of ours or a foreign one: what is missing or of
 * the wrong type stays unset, `status` (the HTTP status of the answer) wins over the body's.
 * FALSE if `error` is not an Error at all; the status is set even then. */
gboolean fault_parse(const json_t *error, int status, struct fault *fault);

/* Forgets what it holds; safe on a zeroed struct. */
void fault_clear(struct fault *fault);
