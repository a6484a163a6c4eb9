/*
 * Can the wall clock be believed? Compares it with a witness that nobody can set (T01). Pure.
 *
 *   struct clock_guard guard;
 *   clock_guard_begin(&guard, wall, witness);           what the clock says at the start is believed
 *   event = clock_guard_look(&guard, wall, witness);    often, at least before each decision
 *   ... guard.is_frozen ...
 *
 * The two advance together. A wall clock that is more than CLOCK_GUARD_STEP away from where the
 * witness expects it was set, by somebody or by a fault: time is frozen, so that a wrong clock
 * expires nobody. It thaws when the clock is back where it is expected, or has kept the pace of the
 * witness for CLOCK_GUARD_STEADY: then the new time is believed. A smaller difference is believed
 * likewise once it is steady, so that small steps add up to a large one until they end.
 */
#pragma once

#include <glib.h>

/* All in seconds. */
#define CLOCK_GUARD_STEP   ((gint64)300) /* a larger difference freezes */
#define CLOCK_GUARD_STEADY ((gint64)900) /* by the witness, until a new time is believed */
#define CLOCK_GUARD_CALM   ((gint64)60)  /* by the witness, until the expected time is again */
#define CLOCK_GUARD_JITTER ((gint64)1)   /* both clocks are read in whole seconds */

struct clock_guard {
    gboolean is_frozen;
    gint64 believed;     /* how far the wall clock is ahead of the witness */
    gint64 seen;         /* the same as it is seen now */
    gint64 steady_since; /* what is `seen` was seen first; by the witness */
    gint64 step;         /* of the last event: how far the clock was from what was believed */
};

enum clock_guard_event {
    CLOCK_GUARD_NOTHING,
    CLOCK_GUARD_FROZEN,   /* the clock was set */
    CLOCK_GUARD_AGREED,   /* it is back where it is expected: thawed */
    CLOCK_GUARD_BELIEVED, /* it kept its pace: the new time counts, thawed */
};

/* `wall` is since 1970, `witness` since whenever. */
void clock_guard_begin(struct clock_guard *guard, gint64 wall, gint64 witness);

enum clock_guard_event clock_guard_look(struct clock_guard *guard, gint64 wall, gint64 witness);

/* What an administrator is told of the last event, one line; NULL for CLOCK_GUARD_NOTHING. The
 * caller frees. */
char *clock_guard_sentence(const struct clock_guard *guard, enum clock_guard_event event);
