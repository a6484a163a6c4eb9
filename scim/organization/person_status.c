#include "scim/organization/person_status.h"

#include <string.h>

static const char *const names[] = {
    [PERSON_INVITED] = "invited",     [PERSON_EXPIRED] = "expired",
    [PERSON_ACTIVE] = "active",       [PERSON_SUSPENDED] = "suspended",
    [PERSON_HELD] = "held",           [PERSON_WAITING] = "waiting",
    [PERSON_REHEARSED] = "rehearsed",
};

const char *person_status_name(enum person_status status)
{
    return names[status];
}

gboolean person_status_parse(const char *name, enum person_status *status)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *status = (enum person_status)i;
            return TRUE;
        }
    return FALSE;
}

gboolean person_status_holds_seat(enum person_status status)
{
    return status == PERSON_ACTIVE || status == PERSON_INVITED;
}

gboolean person_status_is_held(enum person_status status)
{
    return status == PERSON_HELD || status == PERSON_WAITING || status == PERSON_REHEARSED;
}

enum person_status person_status_at(enum person_status stored, gint64 expires_at, gint64 now)
{
    return stored == PERSON_INVITED && expires_at <= now ? PERSON_EXPIRED : stored;
}
