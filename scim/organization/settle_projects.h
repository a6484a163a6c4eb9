/*
 * Stand-ins and I2: who is an active admin of a project before and after an act. See settle.h.
 */
#pragma once

#include "scim/organization/change.h"

/* Ends stand-ins that are over: somebody else newly is an active admin, or the one who stands in
 * is no active owner any more. Touches and settles whom that changes. */
gboolean settle_stand_ins(struct change *change, GError **error);

/* Every project that lost its last active admin gets a stand-in where a service wrote, else the
 * verdict is last-project-admin with all their names. */
gboolean settle_successions(struct change *change, GError **error);

/* Writes versions and admin counts of the projects whose people changed. *changed: any at all. */
gboolean settle_project_counts(struct change *change, gboolean *changed, GError **error);
