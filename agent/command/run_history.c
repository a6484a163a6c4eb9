#include "agent/command/run_history.h"

#include <string.h>

#include "agent/settings/secret.h"
#include "scim/protocol/clock.h"

static char *file_of(const char *state)
{
    return g_build_filename(state, "runs", NULL);
}

static char *print_record(const struct run_record *record)
{
    g_autofree char *report = report_json(record->report);
    g_autofree char *started = clock_print(record->started);
    const struct report *counts = record->report;
    const gboolean is_complete =
        strcmp(record->verb, "apply") != 0 && strcmp(record->verb, RUN_HISTORY_PUSHED) != 0 &&
        counts->no_snapshots == 0 && !counts->busy && !counts->bad_config;
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:i, s:b, s:o}", "run", record->run == NULL ? "" : record->run, "verb",
        record->verb, "started", started, "exit", (int)report_exit_status(record->report),
        "complete", is_complete, "report", json_loads(report, 0, NULL));
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

gboolean run_history_add(const char *state, const struct run_record *record, GError **error)
{
    g_autofree char *file = file_of(state);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        text = g_strdup("");
    g_auto(GStrv) lines = g_strsplit(g_strstrip(text), "\n", -1);
    const guint count = g_strv_length(lines);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = count >= RUN_HISTORY_KEPT ? count - (RUN_HISTORY_KEPT - 1) : 0; i < count;
         i++)
        g_string_append_printf(out, "%s\n", lines[i]);
    char *line = print_record(record);
    g_string_append(out, line);
    free(line);
    return secret_write(file, out->str, error);
}

json_t *run_history_read(const char *state)
{
    g_autofree char *file = file_of(state);
    g_autofree char *text = NULL;
    json_t *runs = json_array();
    if (!g_file_get_contents(file, &text, NULL, NULL))
        return runs;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = g_strv_length(lines); i-- > 0;) {
        json_t *run = json_loads(lines[i], JSON_REJECT_DUPLICATES, NULL);
        if (json_is_object(run))
            json_array_append(runs, run);
        json_decref(run);
    }
    return runs;
}
