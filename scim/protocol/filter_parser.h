/*
 * A SCIM filter (RFC 7644 3.4.2.2) as a tree, its attributes resolved and its values typed.
 *
 * filter_parse() -> walk `root` (filter_match.h does, the store turns it into SQL) ->
 * filter_free(). The limits (NULL: the standard ones) are enforced while reading, so that the
 * tree is never deeper than they say and a walk may recurse (R23, R24, R26). Messages say what
 * is wrong and at which byte, and never repeat the filter (R25).
 *
 * What a node means, in memory and in SQL alike:
 * - An attribute without a value (unknown, absent, null, []) makes `ne` with anything but null
 *   and `eq null` true, everything else false.
 * - `eq null` is `not pr`, `ne null` is `pr`; null with another operator is refused.
 * - Of a multi-valued attribute one value that matches is enough, `ne` included.
 * - Text is compared as bytes, ASCII letters folded first unless the attribute is caseExact;
 *   gt, ge, lt, le on text compare bytes the same way.
 * - A bare multi-valued complex attribute stands for its `.value`.
 *
 * Read besides the grammar, and counted: a text that lost its quotes, "True" for true, a comparison
 * behind the bracket of a value path, an attribute that the type does not have.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "scim/protocol/attribute_reference.h"
#include "scim/protocol/filter_value.h"
#include "scim/protocol/request_limits.h"

enum filter_kind {
    FILTER_AND,     /* left and right */
    FILTER_OR,      /* left and right */
    FILTER_NOT,     /* left */
    FILTER_ANY,     /* value path: some value of `reference` for which left holds */
    FILTER_COMPARE, /* reference, comparison, value */
};

struct filter_node {
    enum filter_kind kind;
    const struct filter_node *left;
    const struct filter_node *right;
    /* FILTER_COMPARE and FILTER_ANY. Inside a FILTER_ANY its attribute is the one in front of
     * the bracket, and `sub` what is compared (NULL where the values are simple or it is
     * unknown). */
    struct attribute_reference reference;
    enum filter_comparison comparison;
    struct filter_value value;
};

struct filter {
    const struct filter_node *root;
    size_t terms;
    size_t length;    /* bytes read */
    GPtrArray *nodes; /* owns every node: freeing is a loop */
};

typedef struct filter Filter;

/* Reads a filter of `length` bytes for resources of `type`. NULL with an invalidFilter fault.
 */
struct filter *filter_parse(const struct resource_type *type, const char *text, size_t length,
                            const struct request_limits *limits, struct tolerance_use *use,
                            struct fault *fault);

/* Reads what stands between the square brackets of a value path, `attribute` being the one in
 * front: filter->length bytes, the closing bracket not among them, which must follow. */
struct filter *filter_parse_values(const struct attribute_reference *attribute,
                                   const char *text, size_t length,
                                   const struct request_limits *limits,
                                   struct tolerance_use *use, struct fault *fault);

/* NULL is allowed. */
void filter_free(struct filter *filter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filter, filter_free)
