/*
 * Is the trail whole? Reads it with code of its own, the store read-only.
 *
 * Looks for: a record changed, missing, moved or swapped (the chain does not hold), the chain
 * shorter than an anchor, another record at an anchored place (a restored backup that went on), an
 * anchored organization without a chain, a broken or missing anchor, people who are not as the trail
 * left them (somebody wrote the tables by hand).
 */
#pragma once

#include <glib.h>

#include "scim/organization/audit_key.h"
#include "scim/store/store.h"

struct audit_finding {
    char *organization;
    gint64 seq; /* the first record that is concerned; 0: none in particular */
    char *text; /* a sentence for the auditor */
};

struct audit_report {
    gint64 organizations, records, anchors; /* how many were looked at */
    GPtrArray *findings;                    /* struct audit_finding *, empty: whole */
};

/* `organization` NULL: all, and all that the anchors name. `anchors` NULL: the chain alone. */
gboolean audit_verify(StoreSession *session, const char *organization,
                      const struct audit_key *key, const char *anchors,
                      struct audit_report *report, GError **error);
void audit_report_clear(struct audit_report *report);
