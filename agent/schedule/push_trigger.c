#include "agent/schedule/push_trigger.h"

/* The endpoint tells times in whole seconds: of a change, and of the reading. */
#define SURELY_SETTLED_MS 1200

#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS  60000
#define MOST_PARTLY    3

void push_trigger_init(struct push_trigger *trigger, gint64 settle_seconds)
{
    *trigger = (struct push_trigger){.settle_ms = settle_seconds * 1000,
                                     .grants_at = PUSH_TRIGGER_NEVER,
                                     .settled_at = PUSH_TRIGGER_NEVER};
}

void push_trigger_note(struct push_trigger *trigger, gint64 now)
{
    trigger->grants_at = MIN(trigger->grants_at, now + PUSH_TRIGGER_GATHER_MS);
    trigger->settled_at = now + trigger->settle_ms + SURELY_SETTLED_MS;
    trigger->failures = 0;
}

gint64 push_trigger_due(const struct push_trigger *trigger)
{
    const gint64 first = MIN(trigger->grants_at, trigger->settled_at);
    return MAX(first, trigger->not_before);
}

void push_trigger_start(struct push_trigger *trigger, gint64 now)
{
    trigger->grants_at = PUSH_TRIGGER_NEVER;
    if (trigger->settled_at <= now)
        trigger->settled_at = PUSH_TRIGGER_NEVER;
}

static gint64 wait_of(guint failures)
{
    gint64 wait = FIRST_RETRY_MS;
    for (guint i = 1; i < failures && wait < LAST_RETRY_MS; i++)
        wait *= 2;
    return MIN(wait, LAST_RETRY_MS);
}

void push_trigger_end(struct push_trigger *trigger, gint64 now, enum push_trigger_end end)
{
    gboolean again = FALSE;
    trigger->not_before = now + PUSH_TRIGGER_PAUSE_MS;
    switch (end) {
    case PUSH_TRIGGER_DONE:
        trigger->failures = 0;
        break;
    case PUSH_TRIGGER_PARTLY:
        again = ++trigger->failures < MOST_PARTLY;
        break;
    case PUSH_TRIGGER_FAILED:
        trigger->failures++;
        again = TRUE;
        break;
    }
    if (again)
        trigger->grants_at = MIN(trigger->grants_at, now + wait_of(trigger->failures));
}
