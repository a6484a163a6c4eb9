/*
 * Hash tables whose keys compare ASCII-case-blind: names of groups, addresses, logins.
 *
 * ASCII only, and on purpose: with Unicode folding a KELVIN SIGN would be a "k", and whoever
 * can name a group could name one like another (R61).
 */
#pragma once

#include <glib.h>

/* For g_hash_table_new(): keys are texts. */
guint fold_hash(gconstpointer text);

gboolean fold_equal(gconstpointer left, gconstpointer right);

/* A borrowed text or record as a key: GLib's tables take keys without const, and do not write.
 */
gpointer fold_key(gconstpointer borrowed);
