/*
 * How a call failed, told by what the caller does next.
 *
 * Every fallible function of rolecall returns bool or a pointer and sets a GError of this one
 * domain; its code is an `enum outcome`, its message one line in lower case with the thing in
 * quotes. Each floor adds its context once, with g_prefix_error().
 */
#pragma once

#include <glib.h>

enum outcome {
    OUTCOME_RETRY,       /* nothing happened; the same call may work later */
    OUTCOME_UNCERTAIN,   /* a write may or may not have happened: look before repeating it */
    OUTCOME_CONFLICT,    /* what the call was based on has changed: read again */
    OUTCOME_REFUSED,     /* a rule says no; a human decides */
    OUTCOME_BAD_INPUT,   /* this one thing is unusable: set it aside, count it, go on */
    OUTCOME_DENIED,      /* the other side does not know us or does not let us */
    OUTCOME_SETTINGS,    /* the config is wrong: nothing will work before it is mended */
    OUTCOME_INTERRUPTED, /* a signal or a deadline ended it */
    OUTCOME_INTERNAL,    /* our own fault, or the machine's */
};

#define OUTCOME (outcome_quark())

GQuark outcome_quark(void);

/* The name of a kind, for logs: "retry", "uncertain" ... Never NULL. */
const char *outcome_name(enum outcome outcome);
