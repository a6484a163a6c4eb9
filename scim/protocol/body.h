/*
 * The one way from bytes to JSON for a request (R30), and back.
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

/* Compact text of an answer, names in the order they were set. The caller frees. */
char *body_print(const json_t *value);
