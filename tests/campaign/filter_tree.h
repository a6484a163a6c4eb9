/*
 * Filters by chance: made as trees, printed as text, and judged by a slow evaluator that shares no
 * line with the one under test.
 *
 * Any attribute of a User, of any schema, by any name that finds it; any operator; values that
 * people have, cut and bent, and values that nobody has.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/schema.h"

enum tree_kind {
    TREE_AND,
    TREE_OR,
    TREE_NOT,
    TREE_ANY, /* attribute[left] */
    TREE_COMPARE,
};

struct tree {
    enum tree_kind kind;
    struct tree *left, *right;
    const char *urn;                          /* of an extension; NULL: core or common */
    const struct schema_attribute *attribute; /* NULL: one that there is not */
    const struct schema_attribute *sub;       /* NULL: the attribute itself */
    const char *comparison;                   /* "eq" ... "pr" */
    json_t *value;                            /* NULL with pr */
};

/* `people` is an array of User resources to take values from. */
struct tree *filter_tree_new(GRand *random, const json_t *people);
void filter_tree_free(struct tree *tree);

/* As text. The caller frees. */
char *filter_tree_print(GRand *random, const struct tree *tree);

/* Does it hold for the resource, by the words of filter_parser.h? */
gboolean filter_tree_holds(const struct tree *tree, const json_t *resource);
