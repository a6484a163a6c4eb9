/*
 * What a provider is owed (owed.h): remembered when it is refused, done when it has become possible.
 * See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* Was this refused to a provider because nobody else owns the organization? */
gboolean judge_owed_is(const struct actor *actor, const struct act *act,
                       const struct verdict *verdict);

/* Remembers it: a change of its own after the refused one, in the caller's transaction. Nothing
 * happens where it is remembered already, or where the provider has no link of its own there. */
gboolean judge_owed_remember(const struct judge *judge, const struct actor *actor,
                             const struct act *act, GError **error);

/* Does what is owed in the organization and possible by now, in the name of each provider. Inside the
 * caller's transaction. */
gboolean judge_owed_settle(const struct judge *judge, const char *organization, GError **error);
