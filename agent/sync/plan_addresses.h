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

/* Somebody who is not `person` (index; -1 for somebody new) and has one of the two addresses of
 * `profile` whose bit is set in `mask`: their userName; NULL if both are free. *address is the one
 * that is taken. Borrowed. */
const char *plan_addresses_taken_by(const PlanAddresses *addresses, gint32 person,
                                    const struct profile *profile, guint mask,
                                    const char **address);

/* Gives the addresses to a person, whose old ones in the same fields become free; or to somebody
 * new. The texts must outlive this. */
void plan_addresses_take(PlanAddresses *addresses, gint32 person, const struct profile *profile,
                         guint mask);

/* A person is gone: what they had is free. */
void plan_addresses_release(PlanAddresses *addresses, gint32 person);
