#include "agent/sync/report.h"

#include <stdarg.h>
#include <stddef.h>

#include <jansson.h>

struct count_row {
    const char *key;
    size_t offset;
};

#define COUNT(member)                                                                          \
    {                                                                                          \
#member, offsetof(struct report, member)                                               \
    }

/* The counts of the table and of the JSON line, in their order; held and notes stand between. */
static const struct count_row counts_before[] = {
    COUNT(read),
    COUNT(matched),
    COUNT(set_aside),
    COUNT(invited),
    COUNT(reissued),
    COUNT(revoked),
    COUNT(promoted),
    COUNT(demoted),
    COUNT(project_roles_set),
    COUNT(project_roles_removed),
    COUNT(updated),
    COUNT(suspended),
    COUNT(reactivated),
    COUNT(removed),
};

static const struct count_row counts_after[] = {COUNT(waiting), COUNT(failed), COUNT(writes)};

static guint count_of(const struct report *report, const struct count_row *row)
{
    return *(const guint *)(const void *)((const char *)report + row->offset);
}

void report_init(struct report *report)
{
    *report = (struct report){.problems = g_ptr_array_new_with_free_func(g_free)};
}

void report_clear(struct report *report)
{
    g_clear_pointer(&report->problems, g_ptr_array_unref);
}

void report_count_plan(struct report *report, const Plan *plan)
{
    /* Every plan of a run is made from the same reading. */
    report->read = MAX(report->read, plan->read);
    report->matched += plan->matched;
    report->waiting += plan->waiting->len;
    for (guint i = 0; i < plan->holds->len; i++)
        report->held[g_array_index(plan->holds, struct plan_hold, i).reason]++;
    for (guint i = 0; i < plan->notes->len; i++)
        report->notes[g_array_index(plan->notes, struct plan_note, i).reason]++;
    report->set_aside += report->notes[PLAN_NOTE_SET_ASIDE];
    report->notes[PLAN_NOTE_SET_ASIDE] = 0;
}

/* An attached link comes and goes with its roles; the person stays what they are. */
static gboolean count_attached(struct report *report, const struct plan_step *step)
{
    gboolean comes = (step->flags & PLAN_ADOPT) != 0;
    if ((step->flags & PLAN_ATTACHED) == 0 || (!comes && step->kind != PLAN_REMOVE))
        return FALSE;
    enum organization_role role = comes ? step->organization_to : step->organization_from;
    gboolean is_role = role > ORGANIZATION_ROLE_MEMBER || step->project_count == 0;
    if (comes) {
        report->promoted += is_role ? 1 : 0;
        report->project_roles_set += step->project_count;
    } else {
        report->demoted += is_role ? 1 : 0;
        report->project_roles_removed += step->project_count;
    }
    return TRUE;
}

void report_count_step(struct report *report, const struct plan_step *step)
{
    report->writes++;
    if (count_attached(report, step))
        return;
    switch (step->kind) {
    case PLAN_INVITE:
        report->invited++;
        break;
    case PLAN_REISSUE:
        report->reissued++;
        break;
    case PLAN_REVOKE:
        report->revoked++;
        break;
    case PLAN_SET_ORGANIZATION_ROLE:
        if (step->organization_to > step->organization_from)
            report->promoted++;
        else
            report->demoted++;
        break;
    case PLAN_SET_PROJECT_ROLE:
        report->project_roles_set++;
        break;
    case PLAN_REMOVE_PROJECT_ROLE:
        report->project_roles_removed++;
        break;
    case PLAN_UPDATE_PROFILE:
        report->updated++;
        break;
    case PLAN_SUSPEND:
        report->suspended++;
        break;
    case PLAN_REACTIVATE:
        report->reactivated++;
        break;
    case PLAN_REMOVE:
        report->removed++;
        break;
    case PLAN_KINDS:
        break;
    }
}

void report_problem(struct report *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(report->problems, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static guint holds(const struct report *report)
{
    guint sum = 0;
    for (guint i = 0; i < PLAN_HOLDS; i++)
        sum += report->held[i];
    return sum;
}

enum report_exit report_exit_status(const struct report *report)
{
    if (report->bad_config)
        return REPORT_EXIT_CONFIG;
    if (report->no_endpoint)
        return REPORT_EXIT_NO_ENDPOINT;
    if (report->busy)
        return REPORT_EXIT_BUSY;
    if (report->failed_run)
        return REPORT_EXIT_FAILED;
    if (report->no_snapshots > 0)
        return REPORT_EXIT_NO_SNAPSHOT;
    if (report->held[PLAN_HOLD_GUARD] > 0)
        return REPORT_EXIT_GUARD;
    if (holds(report) > 0 || report->failed > 0)
        return REPORT_EXIT_PARTLY;
    return report->planned_only && report->pending > 0 ? REPORT_EXIT_PENDING : REPORT_EXIT_DONE;
}

const char *report_exit_word(enum report_exit status)
{
    switch (status) {
    case REPORT_EXIT_DONE:
        return "done";
    case REPORT_EXIT_FAILED:
        return "failed";
    case REPORT_EXIT_PENDING:
        return "pending";
    case REPORT_EXIT_GUARD:
        return "guard";
    case REPORT_EXIT_PARTLY:
        return "partly";
    case REPORT_EXIT_NO_SNAPSHOT:
        return "no-snapshot";
    case REPORT_EXIT_USAGE:
        return "usage";
    case REPORT_EXIT_NO_ENDPOINT:
        return "no-endpoint";
    case REPORT_EXIT_BUSY:
        return "busy";
    case REPORT_EXIT_CONFIG:
        return "config";
    }
    return "failed";
}

const char *report_status_word(const struct report *report)
{
    enum report_exit status = report_exit_status(report);
    if (status == REPORT_EXIT_DONE && report->writes == 0)
        return "nothing-to-do";
    return report_exit_word(status);
}

static void print_count(GString *text, const char *name, guint count)
{
    if (count > 0)
        g_string_append_printf(text, "  %-24s %7u\n", name, count);
}

static void print_rows(GString *text, const struct report *report, const struct count_row *rows,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autofree char *name = g_strdelimit(g_strdup(rows[i].key), "_", ' ');
        print_count(text, name, count_of(report, &rows[i]));
    }
}

char *report_table(const struct report *report)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s\n", report_status_word(report));
    print_rows(text, report, counts_before, G_N_ELEMENTS(counts_before));
    for (guint i = 0; i < PLAN_HOLDS; i++) {
        g_autofree char *name =
            g_strdup_printf("held: %s", plan_hold_name((enum plan_hold_reason)i));
        print_count(text, name, report->held[i]);
    }
    for (guint i = 0; i < PLAN_NOTES; i++) {
        g_autofree char *name =
            g_strdup_printf("note: %s", plan_note_name((enum plan_note_reason)i));
        print_count(text, name, report->notes[i]);
    }
    print_rows(text, report, counts_after, G_N_ELEMENTS(counts_after));
    g_string_append_printf(text, "  %-24s %11.3f\n", "seconds", report->seconds);
    for (guint i = 0; i < report->problems->len; i++)
        g_string_append_printf(text, "! %s\n",
                               (const char *)g_ptr_array_index(report->problems, i));
    return g_string_free(text, FALSE);
}

static void add_rows(json_t *object, const struct report *report, const struct count_row *rows,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, rows[i].key, json_integer(count_of(report, &rows[i])));
}

char *report_json(const struct report *report)
{
    g_autofree char *text = NULL;
    json_t *object = json_object();
    json_t *held = json_object();
    json_t *notes = json_object();
    json_object_set_new(object, "status", json_string(report_status_word(report)));
    add_rows(object, report, counts_before, G_N_ELEMENTS(counts_before));
    for (guint i = 0; i < PLAN_HOLDS; i++)
        if (report->held[i] > 0)
            json_object_set_new(held, plan_hold_name((enum plan_hold_reason)i),
                                json_integer(report->held[i]));
    for (guint i = 0; i < PLAN_NOTES; i++)
        if (report->notes[i] > 0)
            json_object_set_new(notes, plan_note_name((enum plan_note_reason)i),
                                json_integer(report->notes[i]));
    json_object_set_new(object, "held", held);
    json_object_set_new(object, "notes", notes);
    add_rows(object, report, counts_after, G_N_ELEMENTS(counts_after));
    json_object_set_new(object, "seconds", json_real(report->seconds));
    text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(object);
    return g_steal_pointer(&text);
}
