/*
 * A step's reason as the header that tells it to the endpoint's audit. Pure.
 */
#pragma once

#include <glib.h>

/* Percent-encoded UTF-8 (RFC 3986 2.1), blanks and what is harmless in a header as they are; what
 * the endpoint does not take (controls, invisible characters, broken UTF-8) becomes a question
 * mark. Cut at a character to ROLECALL_REASON_BYTES. NULL for no text and an empty one. The caller
 * frees. */
char *scim_reason_encode(const char *text);
