/*
 * What RFC 7643 and RFC 7644 say must happen at a place, from its published characteristics alone;
 * and the few places where this service's own rules say more.
 */
#pragma once

#include "tests/conformance/matrix/matrix_place.h"

enum matrix_act {
    MATRIX_POST_WITH,
    MATRIX_POST_WITHOUT,
    MATRIX_PUT_WITH, /* another value */
    MATRIX_PUT_WITHOUT,
    MATRIX_ADD,
    MATRIX_REPLACE,
    MATRIX_REMOVE,
    MATRIX_ACTS,
};

enum matrix_form {
    MATRIX_PATH,     /* path: userName, name.givenName, emails[type eq "work"].value */
    MATRIX_URN_PATH, /* the same with the URN of its schema in front */
    MATRIX_PATHLESS, /* no path */
    MATRIX_FORMS,
};

enum matrix_effect {
    MATRIX_KEPT,   /* what it was, or nothing if there was nothing */
    MATRIX_TAKEN,  /* what was sent, and nothing else */
    MATRIX_ADDED,  /* what was sent, besides what was there */
    MATRIX_GONE,   /* no value */
    MATRIX_OTHERS, /* anything but what was sent: the server's own */
};

struct matrix_cell {
    enum matrix_act act;
    enum matrix_form form; /* of the PATCH acts */
    gboolean is_set;       /* it has a value before */
    gboolean same;         /* what is sent is what is there */
    gboolean is_strict;    /* the connection is: the interoperability profile holds, too */
};

#define MATRIX_NO_CELL 0 /* as a status: there is no such state to begin with */

struct matrix_outcome {
    unsigned status;  /* 200: any of 200, 201, 204 */
    const char *type; /* scimType, or NULL */
    enum matrix_effect effect;
};

const char *matrix_act_name(enum matrix_act act);
const char *matrix_form_name(enum matrix_form form);

/* Is that an operation at that place at all? POST has no value before, and so on. */
gboolean matrix_rule_applies(const struct matrix_place *place, const struct matrix_cell *cell);

struct matrix_outcome matrix_rule(const struct matrix_place *place,
                                  const struct matrix_cell *cell);

#define MATRIX_OWN_RULES 64 /* at most */

/* This service's own rules over those: TRUE where one speaks of the cell; it is counted in `met`,
 * MATRIX_OWN_RULES of them. */
gboolean matrix_rule_own(const struct matrix_place *place, const struct matrix_cell *cell,
                         struct matrix_outcome *outcome, guint *met);

/* The place of a rule of our own that no cell met, or NULL: such a rule is to be taken out. */
const char *matrix_rule_idle(const guint *met);
