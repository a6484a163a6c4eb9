/*
 * What identity providers send where the standard has something else, one function a habit.
 *
 * They recognize and translate; whoever reads the request notes the tolerance (tolerance.h has
 * the numbers). What is here is what several readers share; the habits of PATCH are in patch.c,
 * patch_apply.c and patch_values.c.
 */
#pragma once

#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/schema.h"

/* 2: the truth in "True", "false" ... FALSE: the text is neither. */
gboolean dialect_boolean(const char *text, gboolean *truth);

/* 6: the manager, or any complex attribute with one value and a sub-attribute `value`, out of a
 * bare id, an array of one, "" (which is null) or an object with SCIM 1's managerId. New
 * reference, or NULL where it is none of these. */
json_t *dialect_manager(const struct schema_attribute *attribute, json_t *value);

/* 9: is it ""? */
gboolean dialect_is_empty(const json_t *value);

/* 16: a word of a filter that lost its quotes, as a text: new reference, or NULL where it holds
 * what no such word can (blanks, brackets, quotes around it, escapes) or is a word of the grammar. */
json_t *dialect_unquoted(const char *text, size_t length);
