/*
 * One act on one organization, whole or not at all: in a savepoint it is done, settled and recorded;
 * what is refused or fails is undone with everything that followed from it.
 *
 *   struct verdict verdict = {0};
 *   const struct actor time = actor_time("acme");
 *   struct change change = change_prepare(judge, &time, "acme", &verdict);
 *   ok = attempt(&change, expire_due, ids, &error);
 *   verdict_clear(&verdict);
 *
 * where expire_due() calls change_begin(), touches people and ends with settle(). Inside the
 * caller's transaction.
 */
#pragma once

#include "scim/organization/change.h"

/* Convention of change.h. */
typedef gboolean (*attempt_act)(struct change *change, const void *context, GError **error);

/* TRUE: it is done or refused, the verdict says which. FALSE: the store failed, and of this act
 * nothing happened; OUTCOME_SETTINGS without an audit key, OUTCOME_RETRY while anchors are stuck.
 * Clears the change. */
gboolean attempt(struct change *change, attempt_act act, const void *context, GError **error);
