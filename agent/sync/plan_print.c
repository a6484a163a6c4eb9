#include "agent/sync/plan_print.h"

#include <stdlib.h>

#include <jansson.h>

#include "agent/sync/plan_step_file.h"

static void add_comma(GString *text, size_t from)
{
    if (text->len > from)
        g_string_append(text, ", ");
}

static void print_profile(GString *text, const struct plan_step *step)
{
    size_t from = text->len;
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        if ((step->profile_mask & (1u << i)) == 0)
            continue;
        add_comma(text, from);
        const char *value = step->profile.field[i];
        g_string_append_printf(text, "%s=%s", profile_field_key((enum profile_field)i),
                               value != NULL ? value : "-");
    }
}

static void print_change(GString *text, const struct plan_step *step)
{
    g_autofree char *from = plan_step_from(step);
    g_autofree char *to = plan_step_to(step);
    g_string_append_printf(text, ": %s -> %s", from, to);
}

char *plan_print_step(const struct plan_step *step)
{
    GString *text = g_string_new(plan_step_verb(step));
    g_string_append_printf(text, " %s", step->user_name);
    switch (step->kind) {
    case PLAN_INVITE: {
        g_autofree char *to = plan_step_to(step);
        g_string_append_printf(text, " as %s", to);
        break;
    }
    case PLAN_UPDATE_PROFILE:
        g_string_append(text, ": ");
        print_profile(text, step);
        break;
    case PLAN_SUSPEND:
    case PLAN_REACTIVATE:
        break;
    case PLAN_REMOVE:
    case PLAN_REVOKE: {
        g_autofree char *from = plan_step_from(step);
        g_string_append_printf(text, " (%s)", from);
        break;
    }
    case PLAN_REISSUE:
    case PLAN_SET_ORGANIZATION_ROLE:
    case PLAN_SET_PROJECT_ROLE:
    case PLAN_REMOVE_PROJECT_ROLE:
    case PLAN_KINDS:
        print_change(text, step);
        break;
    }
    if ((step->flags & PLAN_ADOPT) != 0)
        g_string_append_printf(
            text, " [%s %s]", (step->flags & PLAN_ATTACHED) != 0 ? "attached by" : "adopted by",
            step->origin);
    if ((step->flags & PLAN_STAND_IN) != 0)
        g_string_append(text, " [stands in]");
    return g_string_free(text, FALSE);
}

static gboolean is_about(const char *user, const char *user_name, const char *external_id)
{
    return user == NULL || g_ascii_strcasecmp(user, user_name) == 0 ||
           g_strcmp0(user, external_id) == 0;
}

static gboolean step_is_about(const char *user, const struct plan_step *step)
{
    return is_about(user, step->user_name, step->external_id);
}

static void print_steps(GString *text, const Plan *plan, const char *user)
{
    for (guint i = 0; i < plan->markers->len; i++) {
        const struct plan_marker *marker = &g_array_index(plan->markers, struct plan_marker, i);
        if (is_about(user, marker->user_name, marker->external_id))
            g_string_append_printf(text, "  clear marker %s: left '%s'\n", marker->user_name,
                                   marker->origin);
    }
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, i);
        if (!step_is_about(user, step))
            continue;
        g_autofree char *line = plan_print_step(step);
        g_string_append_printf(text, "  %s\n      %s\n", line, step->reason);
    }
}

static void print_rest(GString *text, const Plan *plan, const char *user)
{
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        if (step_is_about(user, &hold->step))
            g_string_append_printf(
                text, "  held (%s): %s\n      because: %s\n      released by: %s\n",
                plan_hold_name(hold->reason), hold->sentence, hold->step.reason, hold->release);
    }
    for (guint i = 0; i < plan->notes->len; i++) {
        const struct plan_note *note = &g_array_index(plan->notes, struct plan_note, i);
        if (is_about(user, note->user_name, note->external_id))
            g_string_append_printf(text, "  note (%s): %s\n", plan_note_name(note->reason),
                                   note->sentence);
    }
    for (guint i = 0; i < plan->waiting->len; i++) {
        const struct plan_waiting *waiting =
            &g_array_index(plan->waiting, struct plan_waiting, i);
        if (step_is_about(user, &waiting->step))
            g_string_append_printf(text, "  waiting: %s (%s)\n", waiting->sentence,
                                   waiting->role);
    }
}

static gboolean says_nothing(const Plan *plan)
{
    return plan_is_empty(plan) && plan->holds->len == 0 && plan->notes->len == 0 &&
           plan->waiting->len == 0;
}

char *plan_print_text(const GPtrArray *plans, const char *user)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < plans->len; i++) {
        const Plan *plan = g_ptr_array_index(plans, i);
        g_autofree char *approval = plan_approval_digest(plan);
        g_string_append_printf(text, "%s: %u of %u seats used, %u step%s%s\n",
                               plan->organization, plan->seats_used, plan->cap,
                               plan->steps->len, plan->steps->len == 1 ? "" : "s",
                               says_nothing(plan) ? ", nothing to do" : "");
        print_steps(text, plan, user);
        print_rest(text, plan, user);
        if (approval != NULL)
            g_string_append_printf(
                text,
                "  the guard holds steps; to let exactly these pass within 24 "
                "hours:\n      rolecall sync --approve %s\n",
                approval);
    }
    return g_string_free(text, FALSE);
}

static json_t *step_object(const struct plan_step *step)
{
    json_t *object = plan_step_file_print(step);
    g_autofree char *line = plan_print_step(step);
    json_object_set_new(object, "text", json_string(line));
    return object;
}

static json_t *note_object(const struct plan_note *note)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "reason", plan_note_name(note->reason),
                  "origin", note->origin, "externalId", note->external_id, "userName",
                  note->user_name, "project", note->project, "sentence", note->sentence);
    json_object_set_new(object, "person",
                        note->person != NULL ? json_string(note->person) : json_null());
    return object;
}

static void add_notes(const Plan *plan, const char *user, json_t *notes, json_t *set_aside)
{
    for (guint i = 0; i < plan->notes->len; i++) {
        const struct plan_note *note = &g_array_index(plan->notes, struct plan_note, i);
        if (is_about(user, note->user_name, note->external_id))
            json_array_append_new(note->reason == PLAN_NOTE_SET_ASIDE ? set_aside : notes,
                                  note_object(note));
    }
}

static json_t *holds_array(const Plan *plan, const char *user)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        if (step_is_about(user, &hold->step))
            json_array_append_new(list, json_pack("{s:s, s:o, s:s, s:s}", "reason",
                                                  plan_hold_name(hold->reason), "step",
                                                  step_object(&hold->step), "sentence",
                                                  hold->sentence, "release", hold->release));
    }
    return list;
}

static json_t *waiting_array(const Plan *plan, const char *user)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->waiting->len; i++) {
        const struct plan_waiting *waiting =
            &g_array_index(plan->waiting, struct plan_waiting, i);
        if (step_is_about(user, &waiting->step))
            json_array_append_new(
                list, json_pack("{s:o, s:s, s:s}", "step", step_object(&waiting->step), "role",
                                waiting->role, "sentence", waiting->sentence));
    }
    return list;
}

static json_t *markers_array(const Plan *plan, const char *user)
{
    json_t *list = json_array();
    for (guint i = 0; i < plan->markers->len; i++) {
        const struct plan_marker *marker = &g_array_index(plan->markers, struct plan_marker, i);
        if (is_about(user, marker->user_name, marker->external_id))
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s, s:s}", "id", marker->id, "origin",
                                            marker->origin, "externalId", marker->external_id,
                                            "userName", marker->user_name));
    }
    return list;
}

static json_t *plan_object(const Plan *plan, const char *user)
{
    json_t *steps = json_array();
    json_t *notes = json_array();
    json_t *set_aside = json_array();
    g_autofree char *approval = plan_approval_digest(plan);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, i);
        if (step_is_about(user, step))
            json_array_append_new(steps, step_object(step));
    }
    add_notes(plan, user, notes, set_aside);
    return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:s?}", "organization",
                     plan->organization, "cap", (json_int_t)plan->cap, "seatsUsed",
                     (json_int_t)plan->seats_used, "steps", steps, "holds",
                     holds_array(plan, user), "notes", notes, "set_aside", set_aside, "waiting",
                     waiting_array(plan, user), "markers", markers_array(plan, user), "approve",
                     approval);
}

char *plan_print_json(const GPtrArray *plans, const char *user)
{
    json_t *list = json_array();
    for (guint i = 0; i < plans->len; i++)
        json_array_append_new(list, plan_object(g_ptr_array_index(plans, i), user));
    json_t *object = json_pack("{s:o}", "plans", list);
    char *text = json_dumps(object, JSON_COMPACT);
    char *copy = g_strdup(text);
    free(text);
    json_decref(object);
    return copy;
}
