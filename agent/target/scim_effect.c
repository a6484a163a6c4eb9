#include "agent/target/scim_effect.h"

#include <string.h>

#include "agent/target/scim_field.h"
#include "scim/protocol/membership.h"

/* One text member, or NULL. */
static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const json_t *membership_of(const json_t *user)
{
    return json_object_get(user, SCIM_URN_MEMBERSHIP);
}

static const json_t *find_link(const struct plan_step *step, const json_t *user)
{
    const json_t *origins = json_object_get(membership_of(user), "origins");
    const json_t *link;
    size_t at;
    json_array_foreach(origins, at, link)
    {
        const char *external_id = text_of(link, "externalId");
        if (g_strcmp0(text_of(link, "value"), step->origin) == 0 &&
            g_strcmp0(external_id != NULL ? external_id : "", step->external_id) == 0) {
            return link;
        }
    }
    return NULL;
}

static gboolean lists(const json_t *list, const char *text)
{
    const json_t *element;
    size_t at;
    json_array_foreach(list, at, element) if (g_strcmp0(json_string_value(element), text) == 0)
    {
        return TRUE;
    }
    return FALSE;
}

static enum organization_role organization_role_of(const json_t *link)
{
    const json_t *element;
    struct scim_field_role role;
    size_t at;
    json_array_foreach(
        json_object_get(link, "roles"), at,
        element) if (json_is_string(element) &&
                     scim_field_role(json_string_value(element), FALSE, &role, NULL) &&
                     role.project[0] == '\0')
    {
        return role.organization;
    }
    return ORGANIZATION_ROLE_NONE;
}

static enum project_role project_role_of(const json_t *link, const char *project)
{
    const json_t *element;
    struct scim_field_role role;
    size_t at;
    json_array_foreach(
        json_object_get(link, "roles"), at,
        element) if (json_is_string(element) &&
                     scim_field_role(json_string_value(element), FALSE, &role, NULL) &&
                     strcmp(role.project, project) == 0)
    {
        return role.in_project;
    }
    return PROJECT_ROLE_NONE;
}

static const char *work_mail_of(const json_t *user)
{
    const json_t *mail;
    size_t at;
    json_array_foreach(json_object_get(user, "emails"), at,
                       mail) if (g_strcmp0(text_of(mail, "type"), "work") == 0)
    {
        return text_of(mail, "value");
    }
    return NULL;
}

static const char *profile_text(const json_t *user, enum profile_field field)
{
    switch (field) {
    case PROFILE_MAIL:
        return work_mail_of(user);
    case PROFILE_GIVEN_NAME:
    case PROFILE_FAMILY_NAME:
        return text_of(json_object_get(user, "name"), profile_field_key(field));
    case PROFILE_USER_NAME:
    case PROFILE_DISPLAY_NAME:
    case PROFILE_TITLE:
        return text_of(user, profile_field_key(field));
    case PROFILE_EMPLOYEE_NUMBER:
    case PROFILE_COST_CENTER:
    case PROFILE_ORGANIZATION:
    case PROFILE_DIVISION:
    case PROFILE_DEPARTMENT:
        return text_of(json_object_get(user, SCIM_URN_ENTERPRISE), profile_field_key(field));
    case PROFILE_FIELDS:
        break;
    }
    return NULL;
}

static gboolean has_profile(const struct plan_step *step, const json_t *user)
{
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        if ((step->profile_mask & (1U << i)) != 0 &&
            g_strcmp0(profile_text(user, (enum profile_field)i), step->profile.field[i]) != 0) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean changes_organization_role(const struct plan_step *step)
{
    return step->kind == PLAN_SET_ORGANIZATION_ROLE ||
           step->organization_from != step->organization_to;
}

/* Do the link's roles stand where the step starts, or where it ends? */
static gboolean has_roles(const struct plan_step *step, const json_t *link, gboolean afterwards)
{
    enum organization_role role = afterwards ? step->organization_to : step->organization_from;
    if (changes_organization_role(step) && organization_role_of(link) != role) {
        return FALSE;
    }
    for (guint32 i = 0; i < step->project_count; i++) {
        const struct plan_role_change *change = &step->projects[i];
        if (project_role_of(link, change->project) !=
            (afterwards ? change->to : change->from)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean changes_roles(const struct plan_step *step)
{
    return changes_organization_role(step) || step->project_count > 0;
}

static enum scim_effect effect_of_change(const struct plan_step *step, const json_t *user)
{
    const json_t *link = find_link(step, user);
    if (link == NULL) {
        return SCIM_EFFECT_ABSENT;
    }
    if (has_roles(step, link, TRUE) && has_profile(step, user)) {
        return SCIM_EFFECT_SHOWN;
    }
    return changes_roles(step) && has_roles(step, link, FALSE) ? SCIM_EFFECT_ABSENT
                                                               : SCIM_EFFECT_NEITHER;
}

static enum scim_effect effect_of_active(const struct plan_step *step, const json_t *user)
{
    const json_t *active = json_object_get(find_link(step, user), "active");
    if (step->kind == PLAN_REACTIVATE) {
        return json_is_true(active) ? SCIM_EFFECT_SHOWN : SCIM_EFFECT_ABSENT;
    }
    return json_is_false(active) ? SCIM_EFFECT_SHOWN : SCIM_EFFECT_ABSENT;
}

/* An owner who is the project's admin in their own name serves as well. */
static enum scim_effect effect_of_stand_in(const struct plan_step *step, const json_t *user)
{
    const char *project = step->projects[0].project;
    g_autofree char *admin =
        g_strconcat(project, "/", project_role_name(PROJECT_ROLE_ADMIN), NULL);
    const json_t *role;
    size_t at;
    if (lists(json_object_get(membership_of(user), "standsIn"), project)) {
        return SCIM_EFFECT_SHOWN;
    }
    json_array_foreach(json_object_get(user, "roles"), at,
                       role) if (g_strcmp0(text_of(role, "value"), admin) == 0)
    {
        return SCIM_EFFECT_SHOWN;
    }
    return SCIM_EFFECT_ABSENT;
}

enum scim_effect scim_effect_of(const struct plan_step *step, const json_t *user)
{
    switch (step->kind) {
    case PLAN_INVITE:
        return scim_effect_has_link(step, user) ? SCIM_EFFECT_SHOWN : SCIM_EFFECT_ABSENT;
    case PLAN_REVOKE:
    case PLAN_REMOVE:
        return scim_effect_has_link(step, user) ? SCIM_EFFECT_ABSENT : SCIM_EFFECT_SHOWN;
    case PLAN_SUSPEND:
    case PLAN_REACTIVATE:
        return effect_of_active(step, user);
    case PLAN_SET_PROJECT_ROLE:
        if ((step->flags & PLAN_STAND_IN) != 0) {
            return effect_of_stand_in(step, user);
        }
        return effect_of_change(step, user);
    case PLAN_REISSUE:
    case PLAN_SET_ORGANIZATION_ROLE:
    case PLAN_REMOVE_PROJECT_ROLE:
    case PLAN_UPDATE_PROFILE:
        return effect_of_change(step, user);
    case PLAN_KINDS:
        break;
    }
    return SCIM_EFFECT_NEITHER;
}

gboolean scim_effect_has_link(const struct plan_step *step, const json_t *user)
{
    return find_link(step, user) != NULL;
}
