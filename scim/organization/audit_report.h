/*
 * What a look at the audit trail found (audit_verify.h).
 */
#pragma once

#include <glib.h>

/* No more findings than this of one organization: then one that says there are more. */
#define AUDIT_REPORT_MAX 50

struct audit_finding {
    char *
        organization; /* AUDIT_EVERYWHERE for what concerns none alone; NULL: the anchors file */
    gint64 seq;       /* the first record that is concerned; 0: none in particular */
    char *text;       /* a sentence for the auditor */
};

struct audit_report {
    gint64 organizations, records, anchors; /* how many were looked at */
    GPtrArray *findings;                    /* struct audit_finding *, empty: whole */
};

/* An empty one. */
void audit_report_init(struct audit_report *report);
void audit_report_clear(struct audit_report *report);

void audit_report_add(struct audit_report *report, const char *organization, gint64 seq,
                      const char *format, ...) G_GNUC_PRINTF(4, 5);
