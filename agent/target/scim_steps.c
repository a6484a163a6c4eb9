#include "agent/target/scim_steps.h"

#include <string.h>

#include "agent/target/scim_reason.h"
#include "mapping/profile.h"
#include "scim/client/scim_client.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

#define ORGANIZATION_ROLE_PATH "roles[type eq \"organization\"].value"
#define WORK_MAIL_PATH         "emails[type eq \"work\"]"

static gboolean refuse(const struct plan_step *step, const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "step %s for \"%s\": %s",
                plan_kind_name(step->kind), step->user_name != NULL ? step->user_name : "",
                why);
    return FALSE;
}

gboolean scim_steps_is_stand_in(const struct plan_step *step)
{
    return (step->flags & PLAN_STAND_IN) != 0;
}

static json_t *organization_entry(enum organization_role role)
{
    return json_pack("{s:s, s:s, s:b}", "type", "organization", "value",
                     organization_role_name(role), "primary", 1);
}

static json_t *project_entry(const char *project, enum project_role role)
{
    g_autofree char *value = g_strconcat(project, "/", project_role_name(role), NULL);
    return json_pack("{s:s, s:s}", "type", "project", "value", value);
}

static void add_operation(json_t *operations, const char *op, const char *path, json_t *value)
{
    json_t *operation = json_pack("{s:s, s:s}", "op", op, "path", path);
    if (value != NULL) {
        json_object_set_new(operation, "value", value);
    }
    json_array_append_new(operations, operation);
}

static void add_project_role(json_t *operations, const struct plan_role_change *change)
{
    if (change->to == PROJECT_ROLE_NONE) {
        g_autofree char *path =
            g_strdup_printf("roles[type eq \"project\" and value sw \"%s/\"]", change->project);
        add_operation(operations, "remove", path, NULL);
        return;
    }
    json_t *entry = project_entry(change->project, change->to);
    add_operation(operations, "add", "roles", json_pack("[o]", entry));
}

/* A link that is being made has none that a filter could find. */
static void add_organization_role(json_t *operations, const struct plan_step *step)
{
    const enum organization_role role = step->organization_to;
    if ((step->flags & PLAN_ADOPT) != 0 && step->organization_from == ORGANIZATION_ROLE_NONE) {
        add_operation(operations, "add", "roles", json_pack("[o]", organization_entry(role)));
        return;
    }
    add_operation(operations, "replace", ORGANIZATION_ROLE_PATH,
                  json_string(organization_role_name(role)));
}

static void add_profile(json_t *operations, const struct plan_step *step)
{
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        enum profile_field field = (enum profile_field)i;
        const char *text = step->profile.field[field];
        if ((step->profile_mask & (1U << i)) == 0) {
            continue;
        }
        if (text != NULL) {
            add_operation(operations, "replace", profile_field_path(field), json_string(text));
        } else {
            add_operation(operations, "remove",
                          field == PROFILE_MAIL ? WORK_MAIL_PATH : profile_field_path(field),
                          NULL);
        }
    }
}

static void add_changes(json_t *operations, const struct plan_step *step)
{
    if ((step->flags & PLAN_ADOPT) != 0) {
        add_operation(operations, "replace", "externalId", json_string(step->external_id));
    }
    switch (step->kind) {
    case PLAN_REISSUE:
        add_profile(operations, step);
        if (step->organization_from != step->organization_to) {
            add_organization_role(operations, step);
        }
        break;
    case PLAN_UPDATE_PROFILE:
        add_profile(operations, step);
        break;
    case PLAN_SET_ORGANIZATION_ROLE:
        add_organization_role(operations, step);
        break;
    case PLAN_SUSPEND:
    case PLAN_REACTIVATE:
        add_operation(operations, "replace", "active",
                      json_boolean(step->kind == PLAN_REACTIVATE));
        break;
    case PLAN_SET_PROJECT_ROLE:
    case PLAN_REMOVE_PROJECT_ROLE:
    case PLAN_INVITE:
    case PLAN_REVOKE:
    case PLAN_REMOVE:
    case PLAN_KINDS:
        break;
    }
    /* set-organization-role has projects where it adopts. */
    if (step->kind == PLAN_REISSUE || step->kind == PLAN_SET_ORGANIZATION_ROLE ||
        step->kind == PLAN_SET_PROJECT_ROLE || step->kind == PLAN_REMOVE_PROJECT_ROLE) {
        for (guint32 i = 0; i < step->project_count; i++) {
            add_project_role(operations, &step->projects[i]);
        }
    }
}

static json_t *patch_of(json_t *operations)
{
    return json_pack("{s:[s], s:o}", "schemas", SCIM_URN_PATCH, "Operations", operations);
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL) {
        json_object_set_new(object, name, json_string(text));
    }
}

/* The enterprise extension, or NULL where the directory knows nothing of it. */
static json_t *enterprise_of(const struct profile *profile)
{
    json_t *extension = json_object();
    for (guint i = PROFILE_EMPLOYEE_NUMBER; i < PROFILE_FIELDS; i++) {
        set_text(extension, profile_field_key((enum profile_field)i), profile->field[i]);
    }
    if (json_object_size(extension) > 0) {
        return extension;
    }
    json_decref(extension);
    return NULL;
}

static json_t *roles_of(const struct plan_step *step)
{
    json_t *roles = json_array();
    json_array_append_new(roles, organization_entry(step->organization_to));
    for (guint32 i = 0; i < step->project_count; i++) {
        json_array_append_new(roles,
                              project_entry(step->projects[i].project, step->projects[i].to));
    }
    return roles;
}

static json_t *new_user(const struct plan_step *step)
{
    const struct profile *profile = &step->profile;
    json_t *enterprise = enterprise_of(profile);
    json_t *user = json_pack("{s:[s]}", "schemas", SCIM_URN_USER);
    if (enterprise != NULL) {
        json_array_append_new(json_object_get(user, "schemas"),
                              json_string(SCIM_URN_ENTERPRISE));
    }
    set_text(user, "userName", profile->field[PROFILE_USER_NAME]);
    set_text(user, "externalId", step->external_id);
    set_text(user, "displayName", profile->field[PROFILE_DISPLAY_NAME]);
    if (profile->field[PROFILE_GIVEN_NAME] != NULL ||
        profile->field[PROFILE_FAMILY_NAME] != NULL) {
        json_t *name = json_object();
        set_text(name, "givenName", profile->field[PROFILE_GIVEN_NAME]);
        set_text(name, "familyName", profile->field[PROFILE_FAMILY_NAME]);
        json_object_set_new(user, "name", name);
    }
    set_text(user, "title", profile->field[PROFILE_TITLE]);
    if (profile->field[PROFILE_MAIL] != NULL) {
        json_object_set_new(user, "emails",
                            json_pack("[{s:s, s:s, s:b}]", "type", "work", "value",
                                      profile->field[PROFILE_MAIL], "primary", 1));
    }
    json_object_set_new(user, "roles", roles_of(step));
    if (enterprise != NULL) {
        json_object_set_new(user, SCIM_URN_ENTERPRISE, enterprise);
    }
    return user;
}

static char **headers_of(const struct target_write *write)
{
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();
    g_autofree char *origin =
        g_strconcat(ROLECALL_HEADER_ORIGIN ": ", write->step->origin, NULL);
    g_strv_builder_add(headers, origin);
    if (write->run != NULL) {
        g_autofree char *run = g_strconcat(ROLECALL_HEADER_RUN ": ", write->run, NULL);
        g_strv_builder_add(headers, run);
    }
    if ((write->step->flags & PLAN_ADOPT) != 0) {
        g_strv_builder_add(headers, (write->step->flags & PLAN_ATTACHED) != 0
                                        ? ROLECALL_HEADER_ADOPT ": " ROLECALL_ADOPT_ATTACHED
                                        : ROLECALL_HEADER_ADOPT ": " ROLECALL_ADOPT_TRUE);
    }
    g_autofree char *reason = scim_reason_encode(write->step->reason);
    if (reason != NULL) {
        g_autofree char *header = g_strconcat(ROLECALL_HEADER_REASON ": ", reason, NULL);
        g_strv_builder_add(headers, header);
    }
    return g_strv_builder_end(headers);
}

/* What every kind needs beside its person. */
static const char *find_gap(const struct plan_step *step)
{
    gboolean of_one_project =
        step->kind == PLAN_SET_PROJECT_ROLE || step->kind == PLAN_REMOVE_PROJECT_ROLE;
    if (step->origin == NULL || step->origin[0] == '\0') {
        return "it names no origin";
    }
    if (of_one_project && step->project_count != 1) {
        return "it does not name exactly one project";
    }
    if (step->kind == PLAN_SET_PROJECT_ROLE && step->projects[0].to == PROJECT_ROLE_NONE) {
        return "it names no role";
    }
    if (step->kind == PLAN_REMOVE_PROJECT_ROLE && step->projects[0].to != PROJECT_ROLE_NONE) {
        return "it names a role to give";
    }
    for (guint32 i = 0; i < step->project_count; i++) {
        if (!role_scope_name_is_valid(step->projects[i].project)) {
            return "it names no project";
        }
    }
    if (step->kind == PLAN_SET_ORGANIZATION_ROLE &&
        step->organization_to == ORGANIZATION_ROLE_NONE) {
        return "it names no role";
    }
    if ((step->flags & PLAN_ADOPT) != 0 &&
        (step->external_id == NULL || step->external_id[0] == '\0')) {
        return "it names no anchor";
    }
    return NULL;
}

static gboolean make_invite(const struct plan_step *step, struct scim_steps_call *call,
                            GError **error)
{
    if (step->profile.field[PROFILE_USER_NAME] == NULL || step->external_id == NULL ||
        step->external_id[0] == '\0' || step->organization_to == ORGANIZATION_ROLE_NONE) {
        return refuse(step, "it lacks userName, anchor or role", error);
    }
    for (guint32 i = 0; i < step->project_count; i++) {
        if (step->projects[i].to == PROJECT_ROLE_NONE) {
            return refuse(step, "it names no role", error);
        }
    }
    call->method = "POST";
    call->path = g_strdup("/Users");
    call->body = new_user(step);
    return TRUE;
}

static gboolean make_stand_in(const struct target_write *write, const char *project_id,
                              struct scim_steps_call *call, GError **error)
{
    const struct plan_step *step = write->step;
    if (step->kind != PLAN_SET_PROJECT_ROLE || project_id == NULL || write->person == NULL) {
        return refuse(step, "it lacks the project or the owner who stands in", error);
    }
    g_autofree char *id = scim_client_escape(project_id);
    json_t *members = json_pack("[{s:s, s:s}]", "value", write->person, "role",
                                project_role_name(step->projects[0].to));
    json_t *operations = json_array();
    add_operation(operations, "add", "members", members);
    call->method = "PATCH";
    call->path = g_strconcat("/Projects/", id, NULL);
    call->body = patch_of(operations);
    return TRUE;
}

static gboolean make_person_write(const struct target_write *write,
                                  struct scim_steps_call *call, GError **error)
{
    const struct plan_step *step = write->step;
    if (write->person == NULL || write->person[0] == '\0') {
        return refuse(step, "it names nobody", error);
    }
    g_autofree char *id = scim_client_escape(write->person);
    call->path = g_strconcat("/Users/", id, NULL);
    call->if_match = write->base;
    if (step->kind == PLAN_REMOVE || step->kind == PLAN_REVOKE) {
        call->method = "DELETE";
        return TRUE;
    }
    json_t *operations = json_array();
    add_changes(operations, step);
    gsize count = json_array_size(operations);
    call->method = "PATCH";
    call->body = patch_of(operations);
    return count > 0 || refuse(step, "it changes nothing", error);
}

gboolean scim_steps_make(const struct target_write *write, const char *project_id,
                         struct scim_steps_call *call, GError **error)
{
    const struct plan_step *step = write->step;
    const char *gap = find_gap(step);
    gboolean good = FALSE;
    scim_steps_clear(call);
    if (gap != NULL) {
        return refuse(step, gap, error);
    }
    if (step->kind == PLAN_INVITE) {
        good = make_invite(step, call, error);
    } else if (scim_steps_is_stand_in(step)) {
        good = make_stand_in(write, project_id, call, error);
    } else {
        good = make_person_write(write, call, error);
    }
    if (good) {
        call->headers = headers_of(write);
    } else {
        scim_steps_clear(call);
    }
    return good;
}

void scim_steps_clear(struct scim_steps_call *call)
{
    g_free(call->path);
    json_decref(call->body);
    g_strfreev(call->headers);
    *call = (struct scim_steps_call){0};
}
