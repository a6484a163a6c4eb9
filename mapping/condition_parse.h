/*
 * The tree of a condition: made by condition_parse, answered by condition.
 */
#pragma once

#include <glib.h>

#define CONDITION_MAX_BYTES 8192
#define CONDITION_MAX_DEPTH 32
#define CONDITION_MAX_TERMS 512

enum condition_kind {
    CONDITION_AND,
    CONDITION_OR,
    CONDITION_NOT,
    CONDITION_PRESENT,
    CONDITION_EQUAL,
    CONDITION_SUBSTRINGS,
    CONDITION_GREATER, /* or equal */
    CONDITION_LESS,    /* or equal */
    CONDITION_ALL_BITS,
    CONDITION_ANY_BIT,
};

struct condition_node {
    enum condition_kind kind;
    GPtrArray *children; /* struct condition_node *: AND, OR, NOT */
    char *attribute;
    GPtrArray
        *texts; /* char *: the value; for substrings initial ("" = none), any ..., final */
    guint64 bits;
};

/* Reads a whole filter. NULL and an error (OUTCOME_SETTINGS) with the byte where it breaks. */
struct condition_node *condition_parse(const char *text, GError **error);
void condition_node_free(struct condition_node *node);
