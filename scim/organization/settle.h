/*
 * What follows from an act, and whether it may stand: roles, statuses and invitations of everyone
 * touched, stand-ins, then the invariants over the state after the whole act, then the counts that
 * the database checks.
 */
#pragma once

#include "scim/organization/change.h"

/* The last thing an act does. Sets the verdict to UNCHANGED where nothing differs. Convention of
 * change.h. */
gboolean settle(struct change *change, GError **error);
