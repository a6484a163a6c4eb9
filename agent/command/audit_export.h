/*
 * The audit trail of one organization, or of what concerns them all (AUDIT_EVERYWHERE), written out:
 * JSON lines as they are stored, or CSV.
 *
 *   ok = audit_export_write(&access, "acme", AUDIT_EXPORT_CSV, file, &records, &error);
 */
#pragma once

#include <stdio.h>

#include "agent/command/operator_access.h"

enum audit_export_format {
    AUDIT_EXPORT_JSONL,
    AUDIT_EXPORT_CSV,
};

gboolean audit_export_format_parse(const char *name, enum audit_export_format *format);

/* Records that the trail is read out (AUDIT_EXPORT), then writes all of it, that record included.
 * *records tells how many. OUTCOME_INTERNAL: the file cannot be written. */
gboolean audit_export_write(struct operator_access *access, const char *organization,
                            enum audit_export_format format, FILE *file, gint64 *records,
                            GError **error);
