/*
 * Anchors: the ends of the audit chains, written to an append-only file outside the database after
 * every commit, so that cutting a chain's tail, dropping it or putting an old database back is seen
 * (R66). One line an anchor: "acme 1042 <hash> <time> <hmac>".
 *
 *   g_autoptr(AuditAnchors) anchors = audit_anchors_open(path, &key, &error);
 *   ... audit_anchors_note() in the transaction, for every chain that grew ...
 *   after the commit   audit_anchors_flush(anchors, now, &error)
 *   after a rollback   audit_anchors_forget(anchors)
 *
 * A flush that fails keeps what it could not write and tries again with the next; beyond
 * AUDIT_ANCHORS_BEHIND of them audit_anchors_are_stuck() and the judge writes nothing more.
 */
#pragma once

#include <glib.h>

#include "scim/organization/audit.h"

#define AUDIT_ANCHORS_BEHIND 10000

typedef struct audit_anchors AuditAnchors;

/* Makes the file where there is none (0600). Several processes may append: each line is one
 * write(2) with O_APPEND. `key` is copied. */
AuditAnchors *audit_anchors_open(const char *path, const struct audit_key *key, GError **error);
void audit_anchors_close(AuditAnchors *anchors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditAnchors, audit_anchors_close)

void audit_anchors_note(AuditAnchors *anchors, const char *organization,
                        const struct audit_head *head);
gboolean audit_anchors_flush(AuditAnchors *anchors, gint64 now, GError **error);
void audit_anchors_forget(AuditAnchors *anchors);
gboolean audit_anchors_are_stuck(const AuditAnchors *anchors);
