/*
 * The status of a person (product, "Status of a person"), stored and by the clock.
 */
#pragma once

#include <glib.h>

enum person_status {
    PERSON_INVITED,
    PERSON_EXPIRED,
    PERSON_ACTIVE,
    PERSON_SUSPENDED,
    PERSON_HELD,
    PERSON_WAITING,   /* for a seat: a kind of held */
    PERSON_REHEARSED, /* made by a connection in rehearsal: a kind of held */
};

/* "invited" ... Never NULL. */
const char *person_status_name(enum person_status status);
gboolean person_status_parse(const char *name, enum person_status *status);

gboolean person_status_holds_seat(enum person_status status);

/* Held, of whatever kind. The store and the audit trail's actions know held alone; the kind is told
 * beside it. */
gboolean person_status_is_held(enum person_status status);

/* What a stored status is at `now`: an invitation is over at its expiry, swept or not. */
enum person_status person_status_at(enum person_status stored, gint64 expires_at, gint64 now);
