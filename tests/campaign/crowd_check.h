/*
 * What must hold after each act of the crowd, besides the invariants of the tables.
 */
#pragma once

#include "tests/campaign/crowd.h"

/* The organization in numbers; what a look sees before an act is held against what it sees after. */
struct crowd_look {
    gint64 cap, seats, due, version, records, renewals;
    gint64 labs_version, labs_records;
    gint64 waiting, rehearsed, owed; /* people, people, deeds */
};

void crowd_look(struct crowd *crowd, struct crowd_look *look);

/* `verdict` is that of `act`, done between the two looks. */
void crowd_check_act(struct crowd *crowd, const struct act *act, const struct verdict *verdict,
                     const struct crowd_look *before, const struct crowd_look *after);

/* The same of what time does. */
void crowd_check_sweep(struct crowd *crowd, const struct crowd_look *before,
                       const struct crowd_look *after);

/* The tables: every invariant, the outbox, the renewals. */
void crowd_check_tables(struct crowd *crowd);

/* I8: the trail is whole, and played back it is what the tables hold. Costs as much as a few acts. */
void crowd_check_trail(struct crowd *crowd);
