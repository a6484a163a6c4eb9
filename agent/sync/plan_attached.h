/*
 * What pushed groups want of a person: an attached link, which gives roles to somebody whom a provider
 * made, and nothing else. They invite, suspend and remove nobody; their anchors are the ids of people
 * at the target.
 */
#pragma once

#include "agent/sync/plan_match.h"

/* A link that is wanted (DESIRED_GRANTED) and absent: attached to the person, if they are there and a
 * provider holds them. */
void plan_attached_add(PlanDraft *draft, const struct desired_link *wanted);

/* Of a link whose origin attaches: is there nothing left that it could give roles for? */
gboolean plan_attached_is_gone(const struct plan_match *match);

/* Then it goes, with its roles. A link that is no attached one is left alone and told: with it the
 * person might go. */
void plan_attached_remove(struct plan_match *match);
