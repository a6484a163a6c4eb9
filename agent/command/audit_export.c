#include "agent/command/audit_export.h"

#include <errno.h>
#include <string.h>

#include "agent/command/audit_csv.h"
#include "scim/organization/audit.h"
#include "scim/organization/audit_history.h"
#include "scim/organization/audit_line.h"
#include "scim/protocol/outcome.h"

static const char *const names[] = {
    [AUDIT_EXPORT_JSONL] = "jsonl",
    [AUDIT_EXPORT_CSV] = "csv",
};

gboolean audit_export_format_parse(const char *name, enum audit_export_format *format)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i], name) == 0) {
            *format = (enum audit_export_format)i;
            return TRUE;
        }
    return FALSE;
}

/* Whoever reads the trail is in it: no record, no export. */
static gboolean record_export(struct operator_access *access, const char *organization,
                              enum audit_export_format format, GError **error)
{
    const struct act act = {.kind = ACT_AUDIT_EXPORT, .name = names[format]};
    const gboolean is_everywhere = strcmp(organization, AUDIT_EVERYWHERE) == 0;
    const struct actor actor =
        operator_access_actor(access, is_everywhere ? NULL : organization);
    struct verdict verdict = {0};
    const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    verdict_clear(&verdict);
    return done;
}

struct writing {
    FILE *file;
    enum audit_export_format format;
    gint64 records;
    GError *error;
};

static gboolean write_text(struct writing *writing, const char *text)
{
    if (fputs(text, writing->file) >= 0)
        return TRUE;
    g_set_error(&writing->error, OUTCOME, OUTCOME_INTERNAL, "the export cannot be written: %s",
                g_strerror(errno));
    return FALSE;
}

static gboolean write_as_csv(struct writing *writing, gint64 seq, const char *line)
{
    json_error_t why;
    json_t *record = json_loads(line, 0, &why);
    if (record == NULL) {
        g_set_error(
            &writing->error, OUTCOME, OUTCOME_INTERNAL,
            "record %" G_GINT64_FORMAT " is no JSON: `rolecall audit verify` tells more", seq);
        return FALSE;
    }
    g_autofree char *row = audit_csv_row(record);
    json_decref(record);
    return write_text(writing, row);
}

/* As it is stored; what somebody forged in the store still is one line that drives no terminal. */
static gboolean write_as_line(struct writing *writing, const char *stored)
{
    g_autofree char *valid = g_utf8_make_valid(stored, -1);
    g_autofree char *line = audit_line_escape(valid);
    return write_text(writing, line) && write_text(writing, "\n");
}

static gboolean write_record(void *context, gint64 seq, const char *line)
{
    struct writing *writing = context;
    const gboolean done = writing->format == AUDIT_EXPORT_CSV ? write_as_csv(writing, seq, line)
                                                              : write_as_line(writing, line);
    writing->records += done;
    return done;
}

gboolean audit_export_write(struct operator_access *access, const char *organization,
                            enum audit_export_format format, FILE *file, gint64 *records,
                            GError **error)
{
    struct writing writing = {.file = file, .format = format};
    g_autofree char *header = format == AUDIT_EXPORT_CSV ? audit_csv_header() : g_strdup("");
    if (!record_export(access, organization, format, error) || !write_text(&writing, header) ||
        !audit_history_each(access->session, organization, 1, write_record, &writing, error))
        return FALSE;
    *records = writing.records;
    if (writing.error == NULL && fflush(file) != 0)
        g_set_error(&writing.error, OUTCOME, OUTCOME_INTERNAL,
                    "the export cannot be written: %s", g_strerror(errno));
    if (writing.error == NULL)
        return TRUE;
    g_propagate_error(error, writing.error);
    return FALSE;
}
