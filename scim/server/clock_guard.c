#include "scim/server/clock_guard.h"

#define MINUTE ((gint64)60)
#define HOUR   ((gint64)3600)
#define DAY    ((gint64)86400)

static gint64 distance(gint64 a, gint64 b)
{
    return a > b ? a - b : b - a;
}

void clock_guard_begin(struct clock_guard *guard, gint64 wall, gint64 witness)
{
    *guard = (struct clock_guard){
        .believed = wall - witness, .seen = wall - witness, .steady_since = witness};
}

enum clock_guard_event clock_guard_look(struct clock_guard *guard, gint64 wall, gint64 witness)
{
    gint64 ahead = wall - witness;
    if (distance(ahead, guard->seen) > CLOCK_GUARD_JITTER) {
        guard->seen = ahead;
        guard->steady_since = witness;
    }
    gint64 steady = witness - guard->steady_since;
    gint64 step = guard->seen - guard->believed;
    gboolean is_near = distance(step, 0) <= CLOCK_GUARD_STEP;
    if (steady >= CLOCK_GUARD_STEADY) {
        guard->believed = guard->seen;
    }
    if (!guard->is_frozen && is_near) {
        return CLOCK_GUARD_NOTHING;
    }
    if (!guard->is_frozen) {
        guard->is_frozen = TRUE;
        guard->step = step;
        return CLOCK_GUARD_FROZEN;
    }
    if (is_near && steady >= CLOCK_GUARD_CALM) {
        guard->is_frozen = FALSE;
        guard->step = step;
        return CLOCK_GUARD_AGREED;
    }
    if (steady >= CLOCK_GUARD_STEADY) {
        guard->is_frozen = FALSE;
        guard->step = step;
        return CLOCK_GUARD_BELIEVED;
    }
    return CLOCK_GUARD_NOTHING;
}

static char *span(gint64 seconds)
{
    static const struct {
        gint64 unit;
        const char *name;
    } units[] = {{2 * DAY, "days"}, {2 * HOUR, "hours"}, {2 * MINUTE, "minutes"}};

    seconds = distance(seconds, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        if (seconds >= units[i].unit) {
            return g_strdup_printf("%" G_GINT64_FORMAT " %s", seconds / (units[i].unit / 2),
                                   units[i].name);
        }
    }
    return g_strdup_printf("%" G_GINT64_FORMAT " seconds", seconds);
}

char *clock_guard_sentence(const struct clock_guard *guard, enum clock_guard_event event)
{
    g_autofree char *how_far = span(guard->step);
    switch (event) {
    case CLOCK_GUARD_NOTHING:
        return NULL;
    case CLOCK_GUARD_FROZEN:
        return g_strdup_printf(
            "this machine's clock was set %s by %s: until it is right, or has "
            "been steady for %d minutes, no invitation expires and none is "
            "renewed",
            guard->step < 0 ? "back" : "forward", how_far, (int)(CLOCK_GUARD_STEADY / MINUTE));
    case CLOCK_GUARD_AGREED:
        return g_strdup(
            "this machine's clock is as expected again: invitations expire as usual");
    case CLOCK_GUARD_BELIEVED:
        return g_strdup_printf(
            "this machine's clock has been steady for %d minutes: its time, %s "
            "%s what was expected, is taken as right, invitations expire by it",
            (int)(CLOCK_GUARD_STEADY / MINUTE), how_far,
            guard->step < 0 ? "behind" : "ahead of");
    }
    return NULL;
}
