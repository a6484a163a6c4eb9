/*
 * Organizations: made with their first owners, kept as the config says. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* ACT_ORGANIZATION_CREATE: writes the organization's row, so that a change can begin on it. */
gboolean judge_organization_insert(struct change *change, const struct act *act,
                                   GError **error);

/* Then its owners and projects. Convention of change.h, as all of them. */
gboolean judge_organization_found(struct change *change, const struct act *act, GError **error);

/* ACT_ORGANIZATION_ENSURE of one that is there: limits, domains, names and protection become what
 * the draft says; owners and projects that are missing are made; nothing is taken away. */
gboolean judge_organization_update(struct change *change, const struct act *act,
                                   GError **error);
