/*
 * What a PATCH operation does to the values of one multi-valued attribute (RFC 7644 3.5.2.1-3).
 *
 * `home` is the object that has the attribute as a member: the resource or an extension in it.
 * It is a copy: what a failed operation leaves behind is thrown away by patch_apply.h.
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/patch.h"

struct patch_values {
    const struct schema_attribute *attribute;
    json_t *home;
    struct tolerance_use *use;
    struct fault *fault;
};

/* Appends the values in `value` (one, or an array) that are not there yet, at the end and in
 * their order. A value is there when another one has everything it says. */
gboolean patch_values_add(const struct patch_values *values, json_t *value);

/* Takes away the values that `value` names (by their sub-attribute `value` where it has one),
 * or all of them when it is NULL. None there: nothing to do. */
gboolean patch_values_remove(const struct patch_values *values, json_t *value);

/* Puts the values in `value` (one, or an array) in the place of all that is there. */
gboolean patch_values_replace(const struct patch_values *values, json_t *value);

/* The same for those values that the path's filter chooses, or for one sub-attribute of them.
 */
gboolean patch_values_select(const struct patch_values *values,
                             const struct patch_operation *operation);

/* Merges parts (attribute_value_check_parts()) into `one`, a value of the attribute or, where
 * that is not multi-valued, its value. */
gboolean patch_values_merge(const struct patch_values *values, json_t *one, json_t *parts);

/* Sets one sub-attribute of `one`, or unassigns it with NULL: mutability where that may not be.
 */
gboolean patch_values_write(const struct patch_values *values, json_t *one,
                            const struct schema_attribute *sub, json_t *clean);
