/*
 * Who has which address while a plan is put in order: userNames and mails, ASCII-case-blind.
 */
#pragma once

#include <glib.h>

#include "agent/sync/actual.h"
#include "mapping/profile.h"

typedef struct plan_addresses PlanAddresses;

PlanAddresses *plan_addresses_new(const Actual *actual);
void plan_addresses_free(PlanAddresses *addresses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanAddresses, plan_addresses_free)

/* Somebody who has one of the two addresses of `profile` whose bit is set in `mask`, other than
 * `who`. Who is an index of a person, or plan_addresses_new_one() for somebody who is invited. */
struct plan_address_holder {
    gint32 who;
    gboolean is_one;     /* nobody else but them has the other address */
    const char *address; /* theirs, borrowed */
};

gint32 plan_addresses_new_one(guint candidate);

/* FALSE: all the addresses are free. */
gboolean plan_addresses_find(const PlanAddresses *addresses, gint32 who,
                             const struct profile *profile, guint mask,
                             struct plan_address_holder *holder);

/* The userName of a holder by now; NULL for somebody who is invited. */
const char *plan_addresses_name(const PlanAddresses *addresses, gint32 who);

/* Gives the addresses to a person, whose old ones in the same fields become free; or to somebody
 * who is invited. The texts must outlive this. */
void plan_addresses_take(PlanAddresses *addresses, gint32 who, const struct profile *profile,
                         guint mask);

/* A person is gone: what they had is free. */
void plan_addresses_release(PlanAddresses *addresses, gint32 person);
