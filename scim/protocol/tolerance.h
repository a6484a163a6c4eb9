/*
 * Where we bend to what identity providers really send, counted by number; and what a strict
 * connection refuses instead.
 *
 *   struct tolerance_use use = {.is_strict = bearer->is_strict};
 *   ... every function that reads a part of the request takes &use and notes in it ...
 *   if (!tolerance_check(&use, &fault)) refuse, nothing is written
 *
 * One mechanism for both personalities: whoever reads lets the deviation pass and notes it, and
 * before anything is written the notes are judged once. `use` may be NULL everywhere: nobody
 * counts, nobody is strict. A zeroed struct is a tolerant one.
 *
 * 13 is the rule of the standard itself (RFC 7644 3.5.2.1): it holds for both, and is counted for
 * tolerant connections alone. What a body says of a readOnly attribute is ignored by RFC 7644 3.3
 * and 3.5.1 too: 10 is only that which says something else than what is.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "scim/protocol/fault.h"

enum tolerance {
    TOLERANCE_NONE,
    TOLERANCE_OPERATION_CASE,   /* 1: "Replace" for "replace" */
    TOLERANCE_BOOLEAN_TEXT,     /* 2: "True", "false" for true and false, in a filter too */
    TOLERANCE_PATHLESS,         /* 3: a PATCH operation without path, with whatever keys */
    TOLERANCE_REMOVE_VALUE,     /* 4: remove with a value on a multi-valued attribute */
    TOLERANCE_VALUE_PATH_ADDS,  /* 5: emails[type eq "work"].value makes the element */
    TOLERANCE_MANAGER,          /* 6: manager as a bare id, an array, "", managerId */
    TOLERANCE_ROLE_TEXT,        /* 7: JSON in a string as a role */
    TOLERANCE_UNKNOWN,          /* 8: an attribute or schema URN that the type does not have,
                                   ignored; a URN listed twice; data of one not listed */
    TOLERANCE_EMPTY_CLEARS,     /* 9: "" unassigns; null does by RFC 7643 2.5 */
    TOLERANCE_READ_ONLY,        /* 10: another id, meta, groups than what is, ignored */
    TOLERANCE_QUERY,            /* 11: dangling & and ?, a name without a value */
    TOLERANCE_SCIM_1,           /* 12: SCIM 1.x URNs */
    TOLERANCE_REPEATED,         /* 13: duplicate add, missing remove */
    TOLERANCE_RESTORE,          /* 14: POST of someone suspended restores */
    TOLERANCE_PASSWORD,         /* 15: password dropped */
    TOLERANCE_UNQUOTED,         /* 16: a filter value without quotes; a comparison behind ']' */
    TOLERANCE_EMPTY_OPERATIONS, /* 17: a PATCH without operations */
    TOLERANCE_COUNT,
};

struct tolerance_use {
    gboolean is_strict;               /* the personality of the connection */
    guint count[TOLERANCE_COUNT];     /* by number; [0] is never used */
    guint in_filter[TOLERANCE_COUNT]; /* how many of them in a filter: an invalidFilter then */
    /* What the standard allows and the interoperability profile does not: nothing to count. */
    guint whole_values;   /* PATCH paths emails[...] that name no sub-attribute */
    guint several_values; /* PATCH paths whose filter chose more than one value */
};

/* One more use. */
void tolerance_note(struct tolerance_use *use, enum tolerance tolerance);

/* One more, in a filter or in the brackets of a path. */
void tolerance_note_filter(struct tolerance_use *use, enum tolerance tolerance);

/* One more attribute, of that name (`length` bytes), which the schema does not have:
 * TOLERANCE_UNKNOWN, or TOLERANCE_PASSWORD where it is a password that is dropped. */
void tolerance_note_unknown(struct tolerance_use *use, const char *name, size_t length);

/* Is it a strict connection's? */
gboolean tolerance_is_strict(const struct tolerance_use *use);

/* What a strict connection may not do, as the fault that the standard or the profile gives it.
 * TRUE for a tolerant one. */
gboolean tolerance_check(const struct tolerance_use *use, struct fault *fault);

/* A short name for reports and metrics, "operation-case" ...; "none" for TOLERANCE_NONE. */
const char *tolerance_name(enum tolerance tolerance);
