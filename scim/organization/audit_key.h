/*
 * The key of the audit chains: 256 random bits in a file of their own, outside the database, so
 * that whoever can write the database alone cannot compute a chain anew (R66).
 *
 *   struct audit_key key;
 *   ok = audit_key_open("/var/lib/rolecall/rolecall.db.audit-key", random, &key, &error);
 *   ... audit_key_wipe(&key);
 *
 * The file holds the key as 64 hexadecimal digits and a newline, mode 0600, of the running user.
 */
#pragma once

#include <glib.h>

#include "scim/protocol/clock.h"

#define AUDIT_KEY_BYTES 32

struct audit_key {
    guint8 bytes[AUDIT_KEY_BYTES];
};

/* Reads the file; where there is none, makes one (never replaces one). OUTCOME_SETTINGS: not
 * readable, another user's, open to others, or no key in it. */
gboolean audit_key_open(const char *path, const struct random_source *random,
                        struct audit_key *key, GError **error);

/* Reads only: OUTCOME_SETTINGS where there is no such file. */
gboolean audit_key_read(const char *path, struct audit_key *key, GError **error);

void audit_key_wipe(struct audit_key *key);
