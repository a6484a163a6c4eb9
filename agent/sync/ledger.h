/*
 * The book of intents: what this machine was about to write, until it knows how it ended.
 *
 * A line is in the file and on the disk before the write leaves, another one after its end. An
 * intent without an end, found when the book is opened, is a write that may have happened: it
 * is settled by looking, never by sending again.
 */
#pragma once

#include <glib.h>

#include "agent/sync/plan.h"

typedef struct ledger Ledger;

/* Opens or makes `ledger` in the folder `state` (mode 0600) and reads it. A last line that was
 * cut short is an intent that never left: it is dropped. INTERNAL when the file cannot be had,
 * BAD_INPUT when it is not a ledger. */
Ledger *ledger_open(const char *state, GError **error);
void ledger_close(Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_close)

/* An intent of an earlier run without an end; borrowed until ledger_close(). */
struct ledger_entry {
    const char *key;
    const char *run;
    const char *person; /* as it was written to; NULL for an invite */
    const char *base;
    const struct plan_step *step;
};

guint ledger_open_count(const Ledger *ledger);
const struct ledger_entry *ledger_open_entry(const Ledger *ledger, guint index);

/* Writes the intent and waits for the disk. `person` and `base` are those really used. */
gboolean ledger_intend(Ledger *ledger, const struct ledger_entry *intent, GError **error);

/* Writes how it ended: a word such as "done", "not-done", "happened", "did-not". */
gboolean ledger_settle(Ledger *ledger, const char *key, const char *end, GError **error);

/* Empties the file when no intent is open any more; otherwise nothing. */
gboolean ledger_tidy(Ledger *ledger, GError **error);
