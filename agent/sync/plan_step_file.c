#include "agent/sync/plan_step_file.h"

#include <string.h>

#include "scim/protocol/outcome.h"

struct flag_name {
    enum plan_flag flag;
    const char *name;
};

static const struct flag_name flag_names[] = {
    {PLAN_DESTRUCTIVE, "destructive"},
    {PLAN_TAKES_SEAT, "takes-seat"},
    {PLAN_FREES_SEAT, "frees-seat"},
    {PLAN_PROVEN_LEAVER, "proven-leaver"},
    {PLAN_ADOPT, "adopt"},
    {PLAN_STAND_IN, "stand-in"},
    {PLAN_ATTACHED, "attached"},
};

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, key, json_string(text));
}

static void set_list(json_t *object, const char *key, json_t *list)
{
    if (json_array_size(list) > 0)
        json_object_set(object, key, list);
    json_decref(list);
}

static json_t *print_flags(guint flags)
{
    json_t *list = json_array();
    for (size_t i = 0; i < G_N_ELEMENTS(flag_names); i++)
        if ((flags & flag_names[i].flag) != 0)
            json_array_append_new(list, json_string(flag_names[i].name));
    return list;
}

static json_t *print_projects(const struct plan_step *step)
{
    json_t *list = json_array();
    for (guint32 i = 0; i < step->project_count; i++) {
        const struct plan_role_change *change = &step->projects[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "project", change->project,
                                              "from", project_role_name(change->from), "to",
                                              project_role_name(change->to)));
    }
    return list;
}

static json_t *print_profile(const struct plan_step *step)
{
    json_t *profile = json_object();
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if ((step->profile_mask & (1u << i)) != 0)
            json_object_set_new(profile, profile_field_key((enum profile_field)i),
                                step->profile.field[i] != NULL
                                    ? json_string(step->profile.field[i])
                                    : json_null());
    return profile;
}

json_t *plan_step_file_print(const struct plan_step *step)
{
    json_t *object = json_object();
    json_t *needs = json_array();
    json_t *touches = json_array();
    set_text(object, "step", plan_kind_name(step->kind));
    set_text(object, "organization", step->organization);
    set_text(object, "origin", step->origin);
    set_text(object, "externalId", step->external_id);
    set_text(object, "person", step->person);
    set_text(object, "userName", step->user_name);
    set_text(object, "base", step->base);
    set_text(object, "reason", step->reason);
    set_text(object, "from", organization_role_name(step->organization_from));
    set_text(object, "to", organization_role_name(step->organization_to));
    if (step->made_by >= 0)
        json_object_set_new(object, "madeBy", json_integer(step->made_by));
    for (guint32 i = 0; i < step->need_count; i++)
        json_array_append_new(needs, json_integer(step->needs[i]));
    for (guint32 i = 0; i < step->touch_count; i++)
        json_array_append_new(touches, json_string(step->touches[i]));
    set_list(object, "needs", needs);
    set_list(object, "touches", touches);
    set_list(object, "flags", print_flags(step->flags));
    set_list(object, "projects", print_projects(step));
    json_t *profile = print_profile(step);
    if (json_object_size(profile) > 0)
        json_object_set(object, "profile", profile);
    json_decref(profile);
    return object;
}

static gboolean wrong(GError **error, const char *key, const char *what)
{
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "'%s' %s", key, what);
    return FALSE;
}

gboolean plan_step_file_text(Plan *plan, const json_t *object, const char *key,
                             const char *missing, const char **text, GError **error)
{
    const json_t *value = json_object_get(object, key);
    *text = missing;
    if (value == NULL)
        return missing != NULL || wrong(error, key, "is missing");
    if (!json_is_string(value))
        return wrong(error, key, "is not a text");
    *text = plan_text(plan, json_string_value(value));
    return TRUE;
}

/* A text that may be missing: NULL then. */
static gboolean optional_text(Plan *plan, const json_t *object, const char *key,
                              const char **text, GError **error)
{
    *text = NULL;
    return json_object_get(object, key) == NULL ||
           plan_step_file_text(plan, object, key, NULL, text, error);
}

static gboolean parse_organization_role(const json_t *object, const char *key,
                                        enum organization_role *role, GError **error)
{
    const char *name = json_string_value(json_object_get(object, key));
    *role = ORGANIZATION_ROLE_NONE;
    if (name == NULL || (strcmp(name, "none") != 0 && !organization_role_parse(name, role)))
        return wrong(error, key, "is no organization role");
    return TRUE;
}

static gboolean parse_project_role(const json_t *object, const char *key,
                                   enum project_role *role, GError **error)
{
    const char *name = json_string_value(json_object_get(object, key));
    *role = PROJECT_ROLE_NONE;
    if (name == NULL || (strcmp(name, "none") != 0 && !project_role_parse(name, role)))
        return wrong(error, key, "is no project role");
    return TRUE;
}

static gboolean parse_flags(const json_t *list, guint *flags, GError **error)
{
    *flags = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        guint flag = 0;
        for (size_t k = 0; k < G_N_ELEMENTS(flag_names) && name != NULL; k++)
            if (strcmp(flag_names[k].name, name) == 0)
                flag = flag_names[k].flag;
        if (flag == 0)
            return wrong(error, "flags", "has an entry that is no flag");
        *flags |= flag;
    }
    return TRUE;
}

static gboolean parse_projects(Plan *plan, const json_t *list, struct plan_step *step,
                               GError **error)
{
    step->project_count = (guint32)json_array_size(list);
    step->projects = plan_block(plan, sizeof *step->projects, step->project_count);
    for (guint32 i = 0; i < step->project_count; i++) {
        const json_t *value = json_array_get(list, i);
        struct plan_role_change *change = &step->projects[i];
        if (!plan_step_file_text(plan, value, "project", NULL, &change->project, error) ||
            !parse_project_role(value, "from", &change->from, error) ||
            !parse_project_role(value, "to", &change->to, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean parse_profile(Plan *plan, json_t *object, struct plan_step *step,
                              GError **error)
{
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(object, key, value)
    {
        enum profile_field field = PROFILE_USER_NAME;
        if (!profile_field_parse(key, &field))
            return wrong(error, key, "is no field of a profile");
        if (!json_is_string(value) && !json_is_null(value))
            return wrong(error, key, "is neither a text nor null");
        step->profile_mask |= 1u << field;
        step->profile.field[field] = plan_text(plan, json_string_value(value));
    }
    return TRUE;
}

static gboolean parse_index(const json_t *value, const char *key, gint *index, GError **error)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > G_MAXINT)
        return wrong(error, key, "is no place of an earlier step");
    *index = (gint)number;
    return TRUE;
}

static gboolean parse_lists(Plan *plan, const json_t *object, struct plan_step *step,
                            GError **error)
{
    const json_t *list = json_object_get(object, "needs");
    guint32 *needs = plan_block(plan, sizeof *needs, json_array_size(list));
    step->needs = needs;
    for (size_t i = 0; i < json_array_size(list); i++) {
        gint index = 0;
        if (!parse_index(json_array_get(list, i), "needs", &index, error))
            return FALSE;
        needs[step->need_count++] = (guint32)index;
    }
    list = json_object_get(object, "touches");
    step->touches = plan_block(plan, sizeof *step->touches, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (id == NULL)
            return wrong(error, "touches", "has an entry that is no text");
        step->touches[step->touch_count++] = plan_text(plan, id);
    }
    return TRUE;
}

/* A step of these kinds without a person would be a write to nobody. */
static gboolean check_person(const struct plan_step *step, GError **error)
{
    if ((step->kind == PLAN_INVITE || step->made_by >= 0) == (step->person == NULL))
        return TRUE;
    return wrong(error, "person", "does not fit the step");
}

gboolean plan_step_file_parse(Plan *plan, const json_t *value, struct plan_step *step,
                              GError **error)
{
    const char *kind = NULL;
    *step = (struct plan_step){.made_by = -1};
    if (!json_is_object(value))
        return wrong(error, "step", "is not an object");
    if (!plan_step_file_text(plan, value, "step", NULL, &kind, error))
        return FALSE;
    if (!plan_kind_parse(kind, &step->kind))
        return wrong(error, kind, "is no kind of step");
    const json_t *made_by = json_object_get(value, "madeBy");
    if (made_by != NULL && !parse_index(made_by, "madeBy", &step->made_by, error))
        return FALSE;
    return plan_step_file_text(plan, value, "organization", NULL, &step->organization, error) &&
           plan_step_file_text(plan, value, "origin", NULL, &step->origin, error) &&
           plan_step_file_text(plan, value, "externalId", NULL, &step->external_id, error) &&
           plan_step_file_text(plan, value, "userName", NULL, &step->user_name, error) &&
           plan_step_file_text(plan, value, "reason", "", &step->reason, error) &&
           optional_text(plan, value, "person", &step->person, error) &&
           optional_text(plan, value, "base", &step->base, error) &&
           parse_organization_role(value, "from", &step->organization_from, error) &&
           parse_organization_role(value, "to", &step->organization_to, error) &&
           parse_flags(json_object_get(value, "flags"), &step->flags, error) &&
           parse_projects(plan, json_object_get(value, "projects"), step, error) &&
           parse_profile(plan, json_object_get(value, "profile"), step, error) &&
           parse_lists(plan, value, step, error) && check_person(step, error);
}
