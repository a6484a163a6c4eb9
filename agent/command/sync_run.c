#include "agent/command/sync_run.h"

#include <string.h>

#include "agent/command/assembly.h"
#include "agent/command/run_history.h"
#include "agent/command/terminal.h"
#include "agent/sync/plan_print.h"
#include "agent/sync/report.h"

CycleResult *sync_run_cycle(const struct cycle *cycle, GPtrArray *plans)
{
    const gint64 began = g_get_monotonic_time();
    CycleResult *result = plans == NULL ? cycle_run(cycle) : cycle_apply(cycle, plans);
    result->report.seconds = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
    return result;
}

/* The one digest to approve; NULL where no plan or more than one has something to approve. */
static char *approval_of(const CycleResult *result)
{
    char *digest = NULL;
    for (guint i = 0; i < result->plans->len; i++) {
        char *one = plan_approval_digest(g_ptr_array_index(result->plans, i));
        if (one != NULL && digest != NULL) {
            g_free(one);
            g_free(digest);
            return NULL;
        }
        if (one != NULL)
            digest = one;
    }
    return digest;
}

static void show_plan_json(const struct sync_run_view *view, const CycleResult *result)
{
    g_autofree char *text = plan_print_json(result->plans, view->user);
    g_autofree char *digest = approval_of(result);
    json_t *shown = json_loads(text, 0, NULL);
    json_t *sentences = json_array();
    for (guint i = 0; i < result->report.problems->len; i++)
        json_array_append_new(sentences,
                              json_string(g_ptr_array_index(result->report.problems, i)));
    json_object_set_new(shown, "status", json_string(report_status_word(&result->report)));
    json_object_set_new(shown, "approve", digest == NULL ? json_null() : json_string(digest));
    json_object_set_new(shown, "problems", sentences);
    terminal_json(shown);
}

static void tell_problems(const CycleResult *result)
{
    for (guint i = 0; i < result->report.problems->len; i++)
        terminal_error("%s", (const char *)g_ptr_array_index(result->report.problems, i));
}

/* What a person looks for first stands out; what explains it stands back. */
static enum terminal_tone tone_of(const char *line)
{
    static const struct {
        const char *prefix;
        enum terminal_tone tone;
    } tones[] = {
        {"  held", TERMINAL_ATTENTION}, {"  the guard", TERMINAL_ATTENTION},
        {"! ", TERMINAL_BAD},           {"  note", TERMINAL_QUIET},
        {"  waiting", TERMINAL_QUIET},  {"      ", TERMINAL_QUIET},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(tones); i++)
        if (g_str_has_prefix(line, tones[i].prefix))
            return tones[i].tone;
    return TERMINAL_PLAIN;
}

static void print_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] == NULL && *lines[i] == '\0')
            break;
        terminal_print_toned(tone_of(lines[i]), lines[i]);
        terminal_print("\n");
    }
}

static void show_text(const struct sync_run_view *view, const CycleResult *result)
{
    g_autofree char *plans = plan_print_text(result->plans, view->user);
    print_lines(plans);
    if (view->plan_alone) {
        tell_problems(result);
        return;
    }
    g_autofree char *table = report_table(&result->report);
    if (*plans != '\0')
        terminal_print("\n");
    print_lines(table);
}

int sync_run_show(const struct sync_run_view *view, const CycleResult *result)
{
    if (view->json && view->plan_alone) {
        show_plan_json(view, result);
    } else if (view->json) {
        g_autofree char *text = report_json(&result->report);
        terminal_print(text);
        terminal_print("\n");
        tell_problems(result);
    } else {
        show_text(view, result);
    }
    return (int)report_exit_status(&result->report);
}

void sync_run_remember(const struct cycle *cycle, const char *verb, gint64 started,
                       const CycleResult *result)
{
    const struct run_record record = {
        .run = result->run, .verb = verb, .started = started, .report = &result->report};
    g_autoptr(GError) error = NULL;
    if (!result->report.busy && !run_history_add(cycle->state, &record, &error))
        terminal_error("this run is not kept for `rolecall status`: %s", error->message);
}

int sync_run_fail(const struct command_line *line, const GError *error)
{
    return command_line_fail(line, assembly_exit_status(error), error->message);
}
