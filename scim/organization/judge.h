/*
 * The one function that every write passes, whatever its path (SCIM, accept page, command line,
 * config). It keeps I1-I5, I7 and I8 inside the transaction of the write.
 *
 *   struct judge judge = {.session = writer,
 *                         .clock = clock_system(),
 *                         .random = random_system(),
 *                         .restore_window = JUDGE_RESTORE_WINDOW,
 *                         .audit_key = &key,
 *                         .anchors = anchors};
 *   judge_write(&judge, &actor, &act, &verdict, &error);
 *
 * What happens: what is due by time in that organization is expired first (and stays so even
 * when the act is refused); the act is done in a savepoint; roles, statuses, invitations, seats
 * and successions follow from it; the state after the whole act is judged; constraints of the
 * database stand behind; everything that differs is recorded in the audit trail. What is refused has
 * changed nothing, but that a provider's deed on the only owner is remembered (judge_owed.h). What an
 * act has made possible for others follows in changes of their own: deeds that were owed, seats for
 * who waits (sweep_follow()).
 */
#pragma once

#include <glib.h>

#include "scim/organization/act.h"
#include "scim/organization/actor.h"
#include "scim/organization/judge_setup.h"
#include "scim/organization/verdict.h"

/* Judges and does one act. Where the session has no transaction open, one is begun and
 * committed; inside one (store_begin) the act is a savepoint of it, so that many share a
 * commit: the verdict counts only after that commit. FALSE: the store failed, and of this act
 * nothing happened. */
gboolean judge_write(struct judge *judge, const struct actor *actor, const struct act *act,
                     struct verdict *verdict, GError **error);

/* Does what time does in every organization (sweep.h): expires, renews, forgets. *next is the time
 * at which something is due again, 0 for never. Transactions as with judge_write(). */
gboolean judge_sweep(struct judge *judge, gint64 *next, GError **error);
