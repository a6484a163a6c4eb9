/*
 * A SCIM filter as an SQL condition on indexed columns.
 *
 *   g_autoptr(GArray) values = filter_sql_values_new();
 *   gboolean whole = filter_sql(filter->root, columns, condition, values);
 *
 * The condition never loses a match: where SQL cannot say a part (an attribute without a
 * column, a comparison that differs between databases), that part is left open, the condition
 * lets more through, and the answer is FALSE: what comes back is to be evaluated in memory
 * besides. No byte of the request gets into the text: values are bound.
 */
#pragma once

#include <glib.h>

#include "scim/protocol/filter_parser.h"
#include "scim/store/store.h"

enum filter_column_kind {
    FILTER_COLUMN_TEXT,    /* compared as bytes */
    FILTER_COLUMN_FOLDED,  /* holds text whose ASCII letters are lowered already */
    FILTER_COLUMN_WORD,    /* holds lower-case text only: both ways of comparing are the same */
    FILTER_COLUMN_BOOLEAN, /* 0 or 1 */
    FILTER_COLUMN_TIME,    /* UTC seconds */
};

/* An attribute that SQL can compare: its path ("userName", "meta.lastModified", with its URN for
 * an extension's) and an expression, which may hold parameters of its own. Where `equals` is set
 * it is the condition for `eq`: its own parameters, then the value. An attribute of many values has
 * `equals` alone: is one of them that? Then `members[value eq "x"]` is said by it as well. */
struct filter_column {
    const char *path; /* NULL ends the table */
    enum filter_column_kind kind;
    const char *expression;               /* NULL: only `equals` can be said */
    const struct store_value *parameters; /* NULL: none */
    const char *equals;                   /* NULL: none */
    const struct store_value *equals_parameters;
};

/* An empty list of struct store_value whose texts it owns. */
GArray *filter_sql_values_new(void);

/* Appends a copy of the text; NULL binds as such. */
void filter_sql_bind(GArray *values, const char *text);

/* The list as the store binds it. Borrowed, until it grows. */
const struct store_value *filter_sql_bound(const GArray *values);

/* Appends the condition of `node` (a parenthesised expression, "1 = 1" where nothing can be
 * said) to `condition` and what it binds to `values`, in order. TRUE: it is the whole filter.
 */
gboolean filter_sql(const struct filter_node *node, const struct filter_column *columns,
                    GString *condition, GArray *values);
