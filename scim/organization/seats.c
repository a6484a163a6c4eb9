#include "scim/organization/seats.h"

gint64 seats_ceiling(gint64 cap, gint64 old_ceiling, gint64 used)
{
    return MAX(cap, MIN(old_ceiling, used));
}

gboolean seats_allow(gint64 cap, gint64 before, gint64 after, struct refusal *refusal)
{
    if (after <= cap || after <= before)
        return TRUE;
    refusal->limit = cap;
    refusal->used = before;
    if (after - before > 1) {
        refusal_set(refusal, REFUSAL_SEAT_CAP,
                    "The organization has %" G_GINT64_FORMAT " seats, %" G_GINT64_FORMAT
                    " are taken and %" G_GINT64_FORMAT
                    " more are asked for: remove or suspend somebody, or raise the cap, first.",
                    cap, before, after - before);
        return FALSE;
    }
    refusal_set(refusal, REFUSAL_SEAT_CAP,
                "The organization has %" G_GINT64_FORMAT " seats and %" G_GINT64_FORMAT
                " are taken: remove or suspend somebody, or revoke an invitation, first.",
                cap, before);
    return FALSE;
}
