/*
 * The right side of a comparison in a filter: which operator, and a literal typed by the
 * schema.
 *
 * filter_parser.h reads them; whoever walks a filter finds them in its nodes.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/fault.h"
#include "scim/protocol/schema.h"
#include "scim/protocol/tolerance.h"

enum filter_comparison {
    FILTER_EQ,
    FILTER_NE,
    FILTER_CO,
    FILTER_SW,
    FILTER_EW,
    FILTER_GT,
    FILTER_GE,
    FILTER_LT,
    FILTER_LE,
    FILTER_PR, /* has a value; `value` is FILTER_NO_VALUE */
};

/* Decided by the schema: a value of another kind is refused, except for an unknown attribute.
 */
enum filter_value_kind {
    FILTER_NO_VALUE,
    FILTER_NULL,
    FILTER_BOOLEAN,
    FILTER_NUMBER,
    FILTER_TIME,
    FILTER_TEXT,
};

struct filter_value {
    enum filter_value_kind kind;
    gboolean boolean;
    double number;
    gint64 microseconds; /* FILTER_TIME: UTC since 1970 */
    char *text;    /* FILTER_TEXT: UTF-8, no NUL; ASCII letters lowered unless case_exact */
    char *literal; /* FILTER_TEXT: as it was written */
    gboolean case_exact; /* FILTER_TEXT: compare as is; else fold the stored text as well */
};

/* "eq" ... "pr". */
const char *filter_comparison_name(enum filter_comparison comparison);

/* Types `literal` for a comparison with `attribute` (NULL: one that the schema does not have).
 * NULL when it fits, else a static text that says what is wrong. */
const char *filter_value_set(struct filter_value *value,
                             const struct schema_attribute *attribute,
                             enum filter_comparison comparison, const json_t *literal,
                             struct tolerance_use *use);

/* Does a stored value, which has one, compare so with `value`? Never for FILTER_PR and
 * FILTER_NULL, which ask whether there is a value at all. */
gboolean filter_value_compare(const struct filter_value *value,
                              enum filter_comparison comparison, const json_t *stored);

/* Forgets what it holds. */
void filter_value_clear(struct filter_value *value);
