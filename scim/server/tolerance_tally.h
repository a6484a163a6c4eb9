/*
 * Tolerances that requests used, counted in memory and written now and then: a read that was bent to
 * costs no commit of its own.
 *
 *   tally = tolerance_tally_new();
 *   tolerance_tally_note(tally, call->bearer, &call->tolerances);      any thread, any number
 *   tolerance_tally_flush(tally, session, now, &error);                the writer, when it sweeps
 *
 * What is not flushed when the process dies is not counted. A strict connection and a person's token
 * are not counted: the one is refused, the other is nobody's provider.
 */
#pragma once

#include "scim/organization/token.h"
#include "scim/protocol/tolerance.h"
#include "scim/store/store.h"

struct tolerance_tally;

struct tolerance_tally *tolerance_tally_new(void);
void tolerance_tally_free(struct tolerance_tally *tally);

/* Adds what one request used. `tally` and `bearer` may be NULL. */
void tolerance_tally_note(struct tolerance_tally *tally, const struct bearer *bearer,
                          const struct tolerance_use *use);

/* Writes what has gathered in a transaction of its own, where there is anything; what cannot be
 * written is kept for the next time. */
gboolean tolerance_tally_flush(struct tolerance_tally *tally, StoreSession *session, gint64 now,
                               GError **error);
