#include "agent/sync/plan_file.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "agent/sync/plan_step_file.h"
#include "scim/protocol/outcome.h"

/* The form of the file: a reader refuses what is newer than it knows. */
#define FORM 1

#define DUMP_FLAGS (JSON_COMPACT | JSON_SORT_KEYS)

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, key, json_string(text));
}

static json_t *print_holds(const Plan *plan)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        json_t *object = plan_step_file_print(&hold->step);
        set_text(object, "hold", plan_hold_name(hold->reason));
        set_text(object, "sentence", hold->sentence);
        set_text(object, "release", hold->release);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *print_notes(const Plan *plan)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->notes->len; i++) {
        const struct plan_note *note = &g_array_index(plan->notes, struct plan_note, i);
        json_t *object = json_object();
        set_text(object, "note", plan_note_name(note->reason));
        set_text(object, "origin", note->origin);
        set_text(object, "externalId", note->external_id);
        set_text(object, "person", note->person);
        set_text(object, "userName", note->user_name);
        set_text(object, "project", note->project);
        set_text(object, "sentence", note->sentence);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *print_waiting(const Plan *plan)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->waiting->len; i++) {
        const struct plan_waiting *waiting =
            &g_array_index(plan->waiting, struct plan_waiting, i);
        json_t *object = plan_step_file_print(&waiting->step);
        set_text(object, "role", waiting->role);
        set_text(object, "sentence", waiting->sentence);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *print_markers(const Plan *plan)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->markers->len; i++) {
        const struct plan_marker *marker = &g_array_index(plan->markers, struct plan_marker, i);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s, s:s}", "id", marker->id, "origin", marker->origin,
                            "externalId", marker->external_id, "userName", marker->user_name));
    }
    return list;
}

static json_t *print_plan(const Plan *plan)
{
    json_t *object = json_object();
    json_t *steps = json_array();
    for (guint i = 0; i < plan->steps->len; i++)
        json_array_append_new(
            steps, plan_step_file_print(&g_array_index(plan->steps, struct plan_step, i)));
    set_text(object, "organization", plan->organization);
    set_text(object, "settingsDigest", plan->settings_digest);
    set_text(object, "snapshotDigest", plan->snapshot_digest);
    set_text(object, "actualDigest", plan->actual_digest);
    json_object_set_new(object, "cap", json_integer(plan->cap));
    json_object_set_new(object, "seatsUsed", json_integer(plan->seats_used));
    json_object_set_new(object, "managed", json_integer(plan->managed));
    json_object_set_new(object, "read", json_integer(plan->read));
    json_object_set_new(object, "matched", json_integer(plan->matched));
    json_object_set_new(object, "steps", steps);
    json_object_set_new(object, "holds", print_holds(plan));
    json_object_set_new(object, "notes", print_notes(plan));
    json_object_set_new(object, "waiting", print_waiting(plan));
    json_object_set_new(object, "markers", print_markers(plan));
    return object;
}

/* SHA-256 over the canonical text of the plans. */
static char *digest_of(const json_t *plans)
{
    char *text = json_dumps(plans, DUMP_FLAGS);
    char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    free(text);
    return digest;
}

char *plan_file_print(const GPtrArray *plans)
{
    json_t *list = json_array();
    for (guint i = 0; i < plans->len; i++)
        json_array_append_new(list, print_plan(g_ptr_array_index(plans, i)));
    g_autofree char *digest = digest_of(list);
    json_t *object =
        json_pack("{s:i, s:o, s:s}", "rolecallPlan", FORM, "plans", list, "digest", digest);
    char *text = json_dumps(object, DUMP_FLAGS);
    char *copy = g_strdup(text);
    free(text);
    json_decref(object);
    return copy;
}

static gboolean wrong(GError **error, const char *what)
{
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "not a plan: %s", what);
    return FALSE;
}

static gboolean parse_hold(Plan *plan, const json_t *value, GError **error)
{
    struct plan_hold hold = {0};
    const char *reason = NULL;
    if (!plan_step_file_parse(plan, value, &hold.step, error) ||
        !plan_step_file_text(plan, value, "hold", NULL, &reason, error) ||
        !plan_step_file_text(plan, value, "sentence", "", &hold.sentence, error) ||
        !plan_step_file_text(plan, value, "release", "", &hold.release, error))
        return FALSE;
    if (!plan_hold_parse(reason, &hold.reason))
        return wrong(error, "a hold has an unknown reason");
    g_array_append_val(plan->holds, hold);
    return TRUE;
}

static gboolean parse_note(Plan *plan, const json_t *value, GError **error)
{
    struct plan_note note = {0};
    const char *reason = NULL;
    if (!plan_step_file_text(plan, value, "note", NULL, &reason, error) ||
        !plan_step_file_text(plan, value, "origin", "", &note.origin, error) ||
        !plan_step_file_text(plan, value, "externalId", "", &note.external_id, error) ||
        !plan_step_file_text(plan, value, "person", "", &note.person, error) ||
        !plan_step_file_text(plan, value, "userName", "", &note.user_name, error) ||
        !plan_step_file_text(plan, value, "project", "", &note.project, error) ||
        !plan_step_file_text(plan, value, "sentence", "", &note.sentence, error))
        return FALSE;
    if (json_object_get(value, "person") == NULL)
        note.person = NULL;
    if (!plan_note_parse(reason, &note.reason))
        return wrong(error, "a note has an unknown reason");
    g_array_append_val(plan->notes, note);
    return TRUE;
}

static gboolean parse_waiting(Plan *plan, const json_t *value, GError **error)
{
    struct plan_waiting waiting = {0};
    if (!plan_step_file_parse(plan, value, &waiting.step, error) ||
        !plan_step_file_text(plan, value, "role", "", &waiting.role, error) ||
        !plan_step_file_text(plan, value, "sentence", "", &waiting.sentence, error))
        return FALSE;
    g_array_append_val(plan->waiting, waiting);
    return TRUE;
}

static gboolean parse_marker(Plan *plan, const json_t *value, GError **error)
{
    struct plan_marker marker = {0};
    if (!plan_step_file_text(plan, value, "id", NULL, &marker.id, error) ||
        !plan_step_file_text(plan, value, "origin", "", &marker.origin, error) ||
        !plan_step_file_text(plan, value, "externalId", "", &marker.external_id, error) ||
        !plan_step_file_text(plan, value, "userName", "", &marker.user_name, error))
        return FALSE;
    g_array_append_val(plan->markers, marker);
    return TRUE;
}

/* Places point back, and the maker of a person is an invite. */
static gboolean parse_step(Plan *plan, const json_t *value, GError **error)
{
    struct plan_step step;
    guint index = plan->steps->len;
    if (!plan_step_file_parse(plan, value, &step, error))
        return FALSE;
    for (guint32 i = 0; i < step.need_count; i++)
        if (step.needs[i] >= index)
            return wrong(error, "a step needs one that does not come before it");
    if (step.made_by >= (gint)index ||
        (step.made_by >= 0 &&
         g_array_index(plan->steps, struct plan_step, step.made_by).kind != PLAN_INVITE))
        return wrong(error, "a step's person is made by no invite before it");
    if (strcmp(step.organization, plan->organization) != 0)
        return wrong(error, "a step is of another organization");
    g_array_append_val(plan->steps, step);
    return TRUE;
}

struct list_parser {
    const char *key;
    gboolean (*parse)(Plan *plan, const json_t *value, GError **error);
};

static const struct list_parser lists[] = {{"steps", parse_step},
                                           {"holds", parse_hold},
                                           {"notes", parse_note},
                                           {"waiting", parse_waiting},
                                           {"markers", parse_marker}};

static guint number(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 && value < G_MAXUINT32 ? (guint)value : 0;
}

static Plan *parse_plan(const json_t *object, GError **error)
{
    const char *organization = json_string_value(json_object_get(object, "organization"));
    if (organization == NULL) {
        wrong(error, "a plan names no organization");
        return NULL;
    }
    g_autoptr(Plan) plan = plan_new(organization);
    if (!plan_step_file_text(plan, object, "settingsDigest", "", &plan->settings_digest,
                             error) ||
        !plan_step_file_text(plan, object, "snapshotDigest", "", &plan->snapshot_digest,
                             error) ||
        !plan_step_file_text(plan, object, "actualDigest", "", &plan->actual_digest, error))
        return NULL;
    plan->cap = number(object, "cap");
    plan->seats_used = number(object, "seatsUsed");
    plan->managed = number(object, "managed");
    plan->read = number(object, "read");
    plan->matched = number(object, "matched");
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const json_t *list = json_object_get(object, lists[i].key);
        if (!json_is_array(list)) {
            g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "not a plan: '%s' is no list",
                        lists[i].key);
            return NULL;
        }
        for (size_t k = 0; k < json_array_size(list); k++)
            if (!lists[i].parse(plan, json_array_get(list, k), error)) {
                g_prefix_error(error, "%s of '%s', entry %zu: ", lists[i].key, organization,
                               k + 1);
                return NULL;
            }
    }
    return g_steal_pointer(&plan);
}

static GPtrArray *parse_plans(const json_t *object, GError **error)
{
    const json_t *list = json_object_get(object, "plans");
    const char *said = json_string_value(json_object_get(object, "digest"));
    json_int_t form = json_integer_value(json_object_get(object, "rolecallPlan"));
    if (form < 1 || !json_is_array(list) || said == NULL) {
        wrong(error, "it lacks 'rolecallPlan', 'plans' or 'digest'");
        return NULL;
    }
    if (form > FORM) {
        wrong(error, "it was written by a newer rolecall");
        return NULL;
    }
    g_autofree char *digest = digest_of(list);
    if (strcmp(digest, said) != 0) {
        wrong(error, "it was changed after it was made (its digest does not fit)");
        return NULL;
    }
    g_autoptr(GPtrArray) plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
    for (size_t i = 0; i < json_array_size(list); i++) {
        Plan *plan = parse_plan(json_array_get(list, i), error);
        if (plan == NULL)
            return NULL;
        g_ptr_array_add(plans, plan);
    }
    return g_steal_pointer(&plans);
}

GPtrArray *plan_file_parse(const char *text, size_t length, GError **error)
{
    json_error_t problem;
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &problem);
    if (object == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "not JSON: line %d, column %d: %s",
                    problem.line, problem.column, problem.text);
        return NULL;
    }
    GPtrArray *plans = parse_plans(object, error);
    json_decref(object);
    return plans;
}

gboolean plan_file_write(const char *path, const GPtrArray *plans, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = plan_file_print(plans);
    if (g_file_set_contents_full(path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0600, &problem))
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "cannot write '%s': %s", path,
                problem->message);
    return FALSE;
}

GPtrArray *plan_file_read(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, &problem)) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "cannot read '%s': %s", path,
                    problem->message);
        return NULL;
    }
    GPtrArray *plans = plan_file_parse(text, length, error);
    if (plans == NULL)
        g_prefix_error(error, "'%s': ", path);
    return plans;
}
