/*
 * The difference, by link: what would have to change so that every link of a directory that was
 * read says what the directory wants.
 *
 * A link is matched by (origin, externalId), never by an address. What has no snapshot is left
 * alone. Protected owners get project roles and nothing else.
 */
#pragma once

#include "agent/sync/plan_draft.h"

/* Fills the draft with candidates, notes, the holds of people of whom nothing is known, and the
 * markers to clear. */
void plan_diff(PlanDraft *draft);
