/*
 * Why somebody has, or has not, each role: entry -> group path -> rule -> winner -> state.
 *
 * A value: lines with a sentence for people and fields for programs. `explain` prints the
 * sentences indented by depth, or one JSON object a line of fields.
 */
#pragma once

#include <glib.h>

#include "mapping/mapper.h"

#define EXPLAIN_MAX_FIELDS 8

struct explain_field {
    const char *key; /* static: "directory", "dn", "rule" ... */
    char *value;     /* owned */
};

/* `kind` is "entry", "rule" (one that matched, with its path of groups), "winner" (what counts
 * in a scope) or "state" (what becomes of the entry in this organization). */
struct explain_line {
    const char *kind; /* static */
    guint depth;
    char *text; /* owned */
    struct explain_field fields[EXPLAIN_MAX_FIELDS];
    guint field_count;
};

typedef struct explanation Explanation;

struct explanation {
    GPtrArray *lines; /* struct explain_line *, owned */
    guint entries;    /* how many directory entries are meant by what was asked for */
};

/* Explains every entry that `who` means: a mail (any value of the mail template), a login, an
 * anchor, ASCII-case-blind; or the DN whose normalised form is `dn_key` (NULL: not a DN).
 * Nobody found: an Explanation without lines. The caller frees. */
Explanation *explain_person(const Mapper *mapper,
                            const struct mapper_organization *organization, const char *who,
                            const char *dn_key);
void explanation_free(Explanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Explanation, explanation_free)
