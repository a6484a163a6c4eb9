/*
 * The values of one multi-valued attribute, found by what tells them apart, so that adding many
 * costs one pass and not one each (R28).
 *
 * value_index_new() -> value_index_find(), value_index_twin(), value_index_add() -> _free(). The
 * values are borrowed and must outlive it.
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/schema.h"

#define VALUE_INDEX_MAX_ALIKE 100 /* values with one `value`: they are compared one by one */

struct value_index;
typedef struct value_index ValueIndex;

/* What tells a value from others, where it has such a thing: its sub-attribute `value`, or the
 * value itself where that is a text. Borrowed, or NULL. */
const char *value_index_key(const json_t *value);

struct value_index *value_index_new(const struct schema_attribute *attribute, json_t *list);

/* One that says everything that `value` says, or NULL. */
json_t *value_index_find(const struct value_index *index, json_t *value);

/* One of the same type and value (value_pair.h), or NULL. */
json_t *value_index_twin(const struct value_index *index, const json_t *value);

/* One more. FALSE: there are too many with that `value`, it is not taken. */
gboolean value_index_add(struct value_index *index, json_t *value);

/* NULL is allowed. */
void value_index_free(struct value_index *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ValueIndex, value_index_free)
