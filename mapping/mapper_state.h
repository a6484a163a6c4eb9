/*
 * The inside of a mapper: filled in by mapper, read by mapper_desired.
 */
#pragma once

#include <glib.h>

#include "mapping/closure.h"
#include "mapping/rules.h"

struct mapper_directory;

/* One person of one organization, with what the rules say of them there. */
struct mapper_hit {
    guint32 directory;
    guint32 person;
    guint32 first; /* into hit_grants */
    guint32 count;
};

/* A list of grants, wherever it lies: people of one group mostly have the same. */
struct mapper_list {
    const GArray *grants; /* guint32 */
    guint32 first;
    guint32 count;
};

/* How the rules of one directory find people. */
struct mapper_finder {
    Closure *closure; /* its marks are grants, counted from first_grant; NULL: no snapshot */
    guint32 first_grant;
    GArray *filters;    /* guint32: grants of filter rules, tried on everybody */
    GHashTable *users;  /* what a user rule names (fold.h) -> GArray of grants */
    GHashTable *people; /* person named by DN (index + 1) -> GArray of grants */
};

struct mapper {
    const Rules *rules;
    struct mapper_directory *directories; /* ordered by name */
    guint32 directory_count;
    struct mapper_finder *finders; /* by directory */
    GArray *grants;                /* struct mapper_grant, in the order of rules and groups */
    GArray *matches;               /* guint32 by grant: how many people it matched */
    GHashTable *parts;             /* organization -> GArray of struct mapper_hit */
    GArray *set_aside;             /* struct mapper_hit: entries that their source set aside */
    GArray *hit_grants;            /* guint32 */
    GHashTable *lists; /* struct mapper_list: lists of grants in hit_grants, each kept once */
    GPtrArray *notes;
    GStringChunk *text;
};
