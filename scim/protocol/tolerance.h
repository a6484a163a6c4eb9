/*
 * Where we bend to what identity providers really send, counted by number.
 *
 * Every function that reads a request takes a `struct tolerance_use *` (or NULL) and adds to it
 * whenever it let something pass that the strict personality will refuse. A zeroed struct is
 * ready.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

enum tolerance {
    TOLERANCE_NONE,
    TOLERANCE_OPERATION_CASE, /* 1: "Replace" for "replace" */
    TOLERANCE_BOOLEAN_TEXT,   /* 2: "True", "false" for true and false */
    TOLERANCE_PATHLESS_KEYS,  /* 3: PATCH without path whose keys are dotted or URN-qualified */
    TOLERANCE_REMOVE_VALUE,   /* 4: remove with a value on a multi-valued attribute */
    TOLERANCE_VALUE_PATH_ADDS,  /* 5: emails[type eq "work"].value makes the element */
    TOLERANCE_MANAGER,          /* 6: manager as a bare id, an array, "" */
    TOLERANCE_ROLE_TEXT,        /* 7: JSON in a string as a role */
    TOLERANCE_UNKNOWN,          /* 8: unknown attribute or schema URN, ignored */
    TOLERANCE_EMPTY_CLEARS,     /* 9: "" unassigns */
    TOLERANCE_READ_ONLY,        /* 10: id, meta, groups in a body, ignored */
    TOLERANCE_QUERY,            /* 11: dangling & and ? */
    TOLERANCE_SCIM_1,           /* 12: SCIM 1.x URNs */
    TOLERANCE_REPEATED,         /* 13: duplicate add, missing remove */
    TOLERANCE_RESTORE,          /* 14: POST of someone suspended restores */
    TOLERANCE_PASSWORD,         /* 15: password dropped */
    TOLERANCE_UNQUOTED,         /* 16: a filter value without quotes */
    TOLERANCE_EMPTY_OPERATIONS, /* 17: a PATCH without operations */
    TOLERANCE_COUNT,
};

struct tolerance_use {
    guint count[TOLERANCE_COUNT]; /* by number; [0] is never used */
};

/* One more use; `use` may be NULL. */
void tolerance_note(struct tolerance_use *use, enum tolerance tolerance);

/* One more attribute, of that name (`length` bytes), which the schema does not have:
 * TOLERANCE_UNKNOWN, or TOLERANCE_PASSWORD where it is a password that is dropped. */
void tolerance_note_unknown(struct tolerance_use *use, const char *name, size_t length);

/* A short name for reports and metrics, "operation-case" ...; "none" for TOLERANCE_NONE. */
const char *tolerance_name(enum tolerance tolerance);
