/*
 * The one way from bytes to JSON for a request (R30), and back; and how its members are found.
 *
 * Refused with invalidSyntax: more than limits->json_depth levels or BODY_MAX_NODES values (where
 * longer bodies are taken, one in BODY_NODE_BYTES; counted before a parser sees them, R28),
 * duplicate names, invalid UTF-8, a byte order mark, lone surrogates, \u0000 (text of ours never
 * holds a NUL), NaN, numbers that do not fit, bytes behind the end, and anything but one object.
 * The fault names line and column, never the text.
 */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "scim/protocol/fault.h"
#include "scim/protocol/request_limits.h"

#define BODY_MAX_NODES  100000
#define BODY_NODE_BYTES 20

/* An object, new reference; NULL with a fault (413 when longer than `max_bytes`). */
json_t *body_parse(const char *bytes, size_t length, size_t max_bytes,
                   const struct request_limits *limits, struct fault *fault);

/* The name under which `object` has a member, compared ASCII-case-blind (RFC 7643 2.1): borrowed, or
 * NULL. Of several spellings the first; what is no object has none. */
const char *body_name(json_t *object, const char *wanted);

/* The member of that name, borrowed, or NULL. */
json_t *body_member(json_t *object, const char *wanted);

/* The same where null is no value (RFC 7643 2.5). */
json_t *body_value(json_t *object, const char *wanted);

/* Do the `schemas` of a message (RFC 7644 3.1) name that URN, in any case? */
gboolean body_is_message(json_t *message, const char *urn);

/* Compact text of an answer, names in the order they were set. The caller frees. */
char *body_print(const json_t *value);
