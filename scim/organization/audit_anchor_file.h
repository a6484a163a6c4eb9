/*
 * The anchors file read by whoever verifies: with code of its own, not with that of who writes it
 * (audit_anchors.h).
 *
 *   struct audit_anchor_file file;
 *   ok = audit_anchor_file_read(path, &key, &file, &report, &error);
 *   ... audit_anchor_file_clear(&file);
 */
#pragma once

#include "scim/organization/audit_key.h"
#include "scim/organization/audit_report.h"

struct audit_anchor {
    gint64 number, seq;
    gint64 most; /* the highest seq of that chain up to this line */
    guint8 hash[32];
};

struct audit_anchor_file {
    gboolean is_there;
    gint64 lines;       /* the number of the last one */
    gint64 read;        /* how many */
    GHashTable *chains; /* organization -> GArray of struct audit_anchor, as they stand */
};

/* What is wrong with the file itself goes into the report (NULL: nowhere): lines missing, changed,
 * moved, not of this key. Half a line that a full disk left is passed over where the lines around it
 * fit. FALSE: it is there and cannot be read. */
gboolean audit_anchor_file_read(const char *path, const struct audit_key *key,
                                struct audit_anchor_file *file, struct audit_report *report,
                                GError **error);
void audit_anchor_file_clear(struct audit_anchor_file *file);
