/*
 * Anchors: the ends of the audit chains, written to an append-only file outside the database after
 * every commit, so that cutting a chain's tail, dropping it or putting an old database back is seen
 * (R66). One line an anchor, numbered from 1, each sealed over the seal before it:
 *
 *   7 acme 1042 <hash> 2026-11-22T01:47:12Z <seal>
 *
 *   g_autoptr(AuditAnchors) anchors = audit_anchors_open(path, &key, &error);
 *   ... audit_anchors_note() in the transaction, for every record ...
 *   after the commit   audit_anchors_flush(anchors, session, now, &error)
 *   after a rollback   audit_anchors_forget(anchors)
 *
 * A flush that fails keeps what it could not write and tries again with the next; beyond
 * AUDIT_ANCHORS_BEHIND records audit_anchors_are_stuck() and the judge writes nothing more. What a
 * crash keeps from being anchored is anchored with the next commit of that chain.
 *
 * Records say how many anchors there were (audit.h), so that a file whose tail was cut is seen. The
 * file protects as far as it is out of the reach of whoever writes the database: its folder may be
 * another user's, its append-only flag set, its lines shipped elsewhere.
 */
#pragma once

#include <glib.h>

#include "scim/organization/audit_key.h"
#include "scim/store/store.h"

#define AUDIT_ANCHORS_BEHIND 10000

typedef struct audit_anchors AuditAnchors;

/* Makes the file where there is none (0600). Several processes may append: each locks the file,
 * reads its end, adds its lines with one write(2). `key` is copied. OUTCOME_SETTINGS: cannot be
 * used, or its end is not of this key. */
AuditAnchors *audit_anchors_open(const char *path, const struct audit_key *key, GError **error);
void audit_anchors_close(AuditAnchors *anchors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditAnchors, audit_anchors_close)

/* The chain of `organization` is one record longer. */
void audit_anchors_note(AuditAnchors *anchors, const char *organization);

/* Anchors the ends that those chains have now, as the session reads them outside a transaction.
 * Nothing noted: nothing is done. OUTCOME_RETRY not writable now; OUTCOME_INTERNAL the file is not as
 * it was left. */
gboolean audit_anchors_flush(AuditAnchors *anchors, StoreSession *session, gint64 now,
                             GError **error);
void audit_anchors_forget(AuditAnchors *anchors);
gboolean audit_anchors_are_stuck(const AuditAnchors *anchors);

/* How many lines the file is known to hold, whatever happens to the machine. */
gint64 audit_anchors_count(const AuditAnchors *anchors);
