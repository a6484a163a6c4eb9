/*
 * When to run a sync because pushed groups changed: soon, for what they give; once they have been
 * quiet, for what they take away; once more after a run during which they changed. Pure.
 *
 *     push_trigger_init(&trigger, settle_seconds);
 *     push_trigger_note(&trigger, now);                      for every change
 *     if (push_trigger_due(&trigger) <= now) {
 *         push_trigger_start(&trigger, now);
 *         ... run ...
 *         push_trigger_end(&trigger, now, PUSH_TRIGGER_DONE);
 *     }
 *
 * All times are milliseconds of a clock that nobody sets. Changes that come close together lead to
 * one run, and a stream of them to one run after the other.
 */
#pragma once

#include <glib.h>

/* So long a first change waits for those that come with it, and so long after a run the next one. */
#define PUSH_TRIGGER_GATHER_MS 200
#define PUSH_TRIGGER_PAUSE_MS  300

#define PUSH_TRIGGER_NEVER G_MAXINT64

/* How a run ended. */
enum push_trigger_end {
    PUSH_TRIGGER_DONE,
    PUSH_TRIGGER_PARTLY, /* something was held: tried again a few times, for it may be over soon */
    PUSH_TRIGGER_FAILED, /* tried again until it is done, more and more rarely */
};

struct push_trigger {
    gint64 settle_ms;
    gint64 grants_at;  /* the next run for what groups give; or never */
    gint64 settled_at; /* when what they take away is due; or never */
    gint64 not_before;
    guint failures; /* runs that were not done, one after the other */
};

void push_trigger_init(struct push_trigger *trigger, gint64 settle_seconds);

/* Groups changed, or may have while nobody looked. */
void push_trigger_note(struct push_trigger *trigger, gint64 now);

/* When the next run is due; PUSH_TRIGGER_NEVER: not until something changes. */
gint64 push_trigger_due(const struct push_trigger *trigger);

/* A run that reads pushed groups starts now, whatever it was started for. */
void push_trigger_start(struct push_trigger *trigger, gint64 now);
void push_trigger_end(struct push_trigger *trigger, gint64 now, enum push_trigger_end end);
