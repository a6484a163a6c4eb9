#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "agent/command/audit_export.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"
#include "agent/sync/report.h"
#include "scim/organization/audit.h"
#include "scim/organization/audit_verify.h"
#include "scim/protocol/outcome.h"
#include "scim/store/store_open.h"

struct audit_options {
    char *organization, *anchors, *format, *output, *reason;
    gboolean everywhere;
};

struct exporting {
    const struct command_line *line;
    const struct audit_options *options;
    enum audit_export_format format;
};

static void tell_finding(const struct audit_finding *finding)
{
    g_autofree char *place = finding->seq > 0
                                 ? g_strdup_printf(", record %" G_GINT64_FORMAT, finding->seq)
                                 : g_strdup("");
    terminal_error("%s%s: %s",
                   finding->organization == NULL ? "anchors" : finding->organization, place,
                   finding->text);
}

static void show_report(const struct audit_report *report, gboolean json)
{
    json_t *findings = json_array();
    for (guint i = 0; i < report->findings->len; i++) {
        const struct audit_finding *finding = g_ptr_array_index(report->findings, i);
        json_t *row = json_pack("{s:s}", "text", finding->text);
        if (finding->organization != NULL)
            json_object_set_new(row, "organization", json_string(finding->organization));
        if (finding->seq > 0)
            json_object_set_new(row, "seq", json_integer(finding->seq));
        json_array_append_new(findings, row);
        if (!json)
            tell_finding(finding);
    }
    if (json) {
        terminal_json(json_pack(
            "{s:b, s:I, s:I, s:I, s:o}", "whole", report->findings->len == 0, "organizations",
            (json_int_t)report->organizations, "records", (json_int_t)report->records,
            "anchors", (json_int_t)report->anchors, "findings", findings));
        return;
    }
    json_decref(findings);
    g_autofree char *text =
        g_strdup_printf("organizations %" G_GINT64_FORMAT ", records %" G_GINT64_FORMAT
                        ", anchors %" G_GINT64_FORMAT ": ",
                        report->organizations, report->records, report->anchors);
    g_autofree char *findings_text = g_strdup_printf("%u finding%s\n", report->findings->len,
                                                     report->findings->len == 1 ? "" : "s");
    terminal_print(text);
    terminal_print(report->findings->len == 0 ? "the trail is whole\n" : findings_text);
}

/* With a store that is read and a key that is there: nothing is made here, nothing written. */
static gboolean verify_store(const Settings *settings, const struct audit_options *options,
                             struct audit_report *report, GError **error)
{
    struct audit_key key;
    g_autofree char *key_file = judging_key_file(settings);
    g_autofree char *anchors =
        options->anchors != NULL ? g_strdup(options->anchors) : judging_anchors_file(settings);
    if (!g_file_test(store_file(settings->endpoint.store), G_FILE_TEST_EXISTS)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "there is no store \"%s\"",
                    settings->endpoint.store);
        return FALSE;
    }
    if (!audit_key_read(key_file, &key, error))
        return FALSE;
    g_autoptr(Store) store = store_open(settings->endpoint.store, error);
    StoreSession *session = store == NULL ? NULL : store_session_open(store, STORE_READ, error);
    const gboolean read = session != NULL && audit_verify(session, options->organization, &key,
                                                          anchors, report, error);
    g_clear_pointer(&session, store_session_close);
    audit_key_wipe(&key);
    const gboolean is_nothing =
        read && options->organization != NULL && report->records + report->findings->len == 0;
    if (is_nothing)
        g_set_error(error, OUTCOME, OUTCOME_REFUSED, "there is no audit trail of \"%s\"",
                    options->organization);
    return read && !is_nothing;
}

static int verify(const struct command_line *line, const struct audit_options *options)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    struct audit_report report = {0};
    if (!store_check_owner(settings->endpoint.store, &error) ||
        !verify_store(settings, options, &report, &error)) {
        status = operator_access_fail(line, error);
    } else {
        show_report(&report, line->json);
        status = report.findings->len == 0 ? REPORT_EXIT_DONE : REPORT_EXIT_FAILED;
    }
    audit_report_clear(&report);
    return status;
}

/* The file takes its name when it is whole; only its owner reads it. */
static gboolean export_to_file(struct operator_access *access,
                               const struct exporting *exporting, const char *organization,
                               gint64 *records, GError **error)
{
    const char *path = exporting->options->output;
    g_autofree char *fresh = g_strconcat(path, ".partly", NULL);
    const int descriptor =
        open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "\"%s\" cannot be written: %s", fresh,
                    g_strerror(errno));
        return FALSE;
    }
    gboolean done =
        audit_export_write(access, organization, exporting->format, file, records, error);
    const gboolean closed = fclose(file) == 0;
    if (done && (!closed || g_rename(fresh, path) != 0)) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "\"%s\" cannot be written: %s", path,
                    g_strerror(errno));
        done = FALSE;
    }
    if (!done)
        g_unlink(fresh);
    return done;
}

static gboolean export_trail(struct operator_access *access, void *context, GError **error)
{
    const struct exporting *exporting = context;
    const struct audit_options *options = exporting->options;
    gint64 records = 0;
    g_autofree char *organization =
        options->everywhere
            ? g_strdup(AUDIT_EVERYWHERE)
            : operator_access_organization(access, options->organization, error);
    if (organization == NULL)
        return FALSE;
    if (options->output == NULL)
        return audit_export_write(access, organization, exporting->format, stdout, &records,
                                  error);
    if (!export_to_file(access, exporting, organization, &records, error))
        return FALSE;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " records written to %s\n",
                                            records, options->output);
    if (exporting->line->json)
        terminal_json(json_pack("{s:s, s:I, s:s}", "organization", organization, "records",
                                (json_int_t)records, "file", options->output));
    else
        terminal_print(text);
    return TRUE;
}

static int check_and_export(const struct command_line *line,
                            const struct audit_options *options)
{
    struct exporting exporting = {line, options, AUDIT_EXPORT_JSONL};
    if (options->anchors != NULL)
        return command_line_usage(line, "--anchors goes with verify");
    if (options->everywhere && options->organization != NULL)
        return command_line_usage(line, "--everywhere and --organization exclude each other");
    if (options->format != NULL &&
        !audit_export_format_parse(options->format, &exporting.format))
        return command_line_usage(line, "--format is jsonl or csv");
    if (line->json && options->output == NULL)
        return command_line_usage(line, "--json goes with -o: the export is the output");
    return operator_access_run(line, options->reason, export_trail, &exporting);
}

static int check_and_do(const struct command_line *line, const struct audit_options *options)
{
    const char *act = line->words[0];
    if (strcmp(act, "export") == 0)
        return check_and_export(line, options);
    if (strcmp(act, "verify") != 0)
        return command_line_usage(line, "\"%s\" is not verify or export", act);
    if (options->format != NULL || options->output != NULL || options->everywhere ||
        options->reason != NULL)
        return command_line_usage(line, "verify takes no options of export");
    return verify(line, options);
}

int command_audit(int argc, char **argv)
{
    struct audit_options options = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "Only this one (export: which, where there are several)", "NAME"},
        {"anchors", 0, 0, G_OPTION_ARG_FILENAME, &options.anchors,
         "verify: against this copy of the anchors", "FILE"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format,
         "export: jsonl (the default) or csv", "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "export: into this file instead of standard output", "FILE"},
        {"everywhere", 0, 0, G_OPTION_ARG_NONE, &options.everywhere,
         "export: what concerns all organizations at once", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason,
         "export: why, for the audit trail", "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "audit",
        .words_help = "verify | export",
        .description =
            "verify reads the whole trail and says whether somebody changed, cut or replaced\n"
            "it: run it from cron. export writes it out, one record a line, and is recorded.\n"
            "Exit status of verify: 0 whole, 1 not, 78 no key.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = 1,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check_and_do(&line, &options);
    command_line_clear(&line);
    char *texts[] = {options.organization, options.anchors, options.format, options.output,
                     options.reason};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    return status;
}
