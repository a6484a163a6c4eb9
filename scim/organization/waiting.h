/*
 * Who waits for a seat: people of a connection that waits at the cap instead of being refused
 * (product, "Status of a person").
 *
 * A seat that comes free is theirs, in the order in which they came: in the transaction that frees
 * it, or with the next sweep. An owner's invitation takes a free seat at once, but there is none while
 * somebody waits.
 */
#pragma once

#include "scim/organization/change.h"

/* What owners read of somebody who waits; their place is added when it is shown. */
#define WAITING_REASON                                                                         \
    "There is no free seat: they come in as soon as somebody leaves or the cap is raised."

/* Does the touched person, who is about to take a seat, have to wait instead? Asked while the act is
 * settled: counts what those settled before them took and gave back. */
gboolean waiting_must(const struct change *change, const struct touched *touched);

/* Who is next: as many as there are free seats, ids (char *) in their order. NULL: the store failed. */
GPtrArray *waiting_next(StoreSession *session, const char *organization, GError **error);

/* The place in the line of somebody who waits, from 1; 0 where they do not wait. */
gboolean waiting_place(StoreSession *session, const char *organization,
                       const struct person_facts *facts, gint64 *place, GError **error);

/* WAITING_REASON with that place. The caller frees. */
char *waiting_reason(gint64 place);
