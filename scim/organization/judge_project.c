#include "scim/organization/judge_project.h"

#include <string.h>

#include "scim/organization/audit_state.h"
#include "scim/organization/change_record.h"
#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "scim/organization/link.h"
#include "scim/organization/project.h"

/* Nobody of that id: a mistake in the request, for the project itself is there. */
static gboolean touch_member(struct change *change, const char *person,
                             struct touched **touched, GError **error)
{
    if (change_touch(change, person, touched, error))
        return TRUE;
    if (change->verdict->kind == VERDICT_NOT_FOUND) {
        fault_clear(&change->verdict->fault);
        change->verdict->kind = VERDICT_DONE;
        verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                        "One of the members is nobody in \"%s\".", change->organization);
    }
    return FALSE;
}

static gboolean give(struct change *change, const struct member_grant *member,
                     const char *project, GError **error)
{
    struct touched *touched;
    return touch_member(change, member->person, &touched, error) &&
           grant_project_role(change, touched, project, member->role, error);
}

static void record(struct change *change, enum audit_action action, const char *id,
                   json_t *before, json_t *after)
{
    g_autofree char *object = g_strconcat("project:", id, NULL);
    change_record(change, action, object, before, after);
}

gboolean judge_project_found(struct change *change, const struct act *act, GError **error)
{
    g_autofree char *id = change_new_id(change);
    const struct project_row row = {
        .organization = change->organization,
        .id = id,
        .name = act->name,
        .display_name = act->display_name != NULL ? act->display_name : act->name,
        .created = change->now,
    };
    if (!project_insert(change->session, &row, error))
        return FALSE;
    record(change, AUDIT_CREATE, id, NULL, audit_state_project(row.name, row.display_name));
    g_ptr_array_add(change->new_projects, g_strdup(act->name));
    for (gsize i = 0; i < act->member_count; i++)
        if (!give(change, &act->members[i], act->name, error))
            return FALSE;
    if (change->verdict->id == NULL) {
        change->verdict->id = g_steal_pointer(&id);
        change->verdict->version = 1;
    }
    return TRUE;
}

gboolean judge_project_create(struct change *change, const struct act *act, GError **error)
{
    const struct permission_target none = {0};
    gboolean exists = FALSE, has_admin = FALSE;
    if (!change_permit(change, PERMISSION_ADMINISTER, &none))
        return FALSE;
    if (act->name == NULL || !role_scope_name_is_valid(act->name))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A project's name has 1 to 40 of a-z, 0-9 and hyphen.");
    if (!project_exists(change->session, change->organization, act->name, &exists, error))
        return FALSE;
    if (exists)
        return verdict_taken(change->verdict, "\"%s\" has a project \"%s\" already.",
                             change->organization, act->name);
    for (gsize i = 0; i < act->member_count; i++)
        has_admin = has_admin || act->members[i].role == PROJECT_ROLE_ADMIN;
    if (has_admin)
        return judge_project_found(change, act, error);
    if (change->self == NULL)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A project is made with an admin: name one among its members.");
    const struct member_grant creator = {.person = change->self->id,
                                         .role = PROJECT_ROLE_ADMIN};
    return judge_project_found(change, act, error) && give(change, &creator, act->name, error);
}

static gboolean rename_project(struct change *change, const struct project *project,
                               const char *display_name, GError **error)
{
    const struct project_row row = {.organization = change->organization,
                                    .name = project->name,
                                    .display_name = display_name};
    if (display_name == NULL || strcmp(display_name, project->display_name) == 0)
        return TRUE;
    if (!change_permit_project(change, PERMISSION_PROJECT_NAME, project->name))
        return FALSE;
    g_ptr_array_add(change->renamed_projects, g_strdup(project->name));
    record(change, AUDIT_EDIT, project->id,
           audit_state_project(project->name, project->display_name),
           audit_state_project(project->name, display_name));
    return project_write_display_name(change->session, &row, error);
}

/* A sync may prepare a succession: an active owner stands in before the only admin goes. */
static gboolean stand_in(struct change *change, const struct member_grant *member,
                         const char *project, GError **error)
{
    struct touched *touched;
    const struct link_key key = {.organization = change->organization,
                                 .person = member->person};
    if (!touch_member(change, member->person, &touched, error))
        return FALSE;
    if (change->actor->kind != ACTOR_SYNC || change->actor->origin == NULL ||
        member->role != PROJECT_ROLE_ADMIN || !effective_is_active_owner(touched->before))
        return verdict_refuse(change->verdict, REFUSAL_ORIGIN,
                              "A service gives project roles to its own people through Users; "
                              "here a sync that names its directory may only let an "
                              "active owner stand in as admin.");
    return project_roles_find(touched->before->projects, project) == PROJECT_ROLE_ADMIN ||
           link_stand_in_put(change->session, &key, project, error);
}

/* Somebody named is a new active admin: then nobody stands in there any more. */
static gboolean brings_admin(struct change *change, const struct act *act, const char *project,
                             gboolean *brings, GError **error)
{
    *brings = FALSE;
    for (gsize i = 0; i < act->member_count; i++) {
        struct touched *touched;
        if (!touch_member(change, act->members[i].person, &touched, error))
            return FALSE;
        *brings = *brings || (act->members[i].role == PROJECT_ROLE_ADMIN &&
                              touched->before->status == PERSON_ACTIVE &&
                              project_roles_find(touched->before->projects, project) !=
                                  PROJECT_ROLE_ADMIN);
    }
    return TRUE;
}

static enum project_role role_kept(const struct person_facts *before, const char *project,
                                   gboolean stand_ins_end)
{
    return stand_ins_end ? effective_own_project_role(before, project)
                         : project_roles_find(before->projects, project);
}

static gboolean set_member(struct change *change, const struct member_grant *member,
                           const char *project, gboolean stand_ins_end, GError **error)
{
    struct touched *touched;
    if (actor_is_service(change->actor))
        return stand_in(change, member, project, error);
    if (!touch_member(change, member->person, &touched, error))
        return FALSE;
    if (role_kept(touched->before, project, stand_ins_end) == member->role)
        return TRUE;
    gboolean leaves = member->role == PROJECT_ROLE_NONE && change->self != NULL &&
                      strcmp(member->person, change->self->id) == 0;
    const struct permission_target target = {
        .is_self = leaves, .is_project = change_is_project_admin(change, project)};
    return change_permit(change, leaves ? PERMISSION_LEAVE : PERMISSION_PROJECT_ROLE,
                         &target) &&
           grant_project_role(change, touched, project, member->role, error);
}

static gboolean is_named(const struct act *act, const char *person)
{
    for (gsize i = 0; i < act->member_count; i++)
        if (strcmp(act->members[i].person, person) == 0)
            return TRUE;
    return FALSE;
}

static gboolean take_others(struct change *change, const struct act *act,
                            const struct project *project, gboolean stand_ins_end,
                            GError **error)
{
    for (guint i = 0; i < project->members->len; i++) {
        const struct project_member *member = project->members->pdata[i];
        const struct member_grant none = {.person = member->person, .role = PROJECT_ROLE_NONE};
        if (!is_named(act, member->person) &&
            !set_member(change, &none, project->name, stand_ins_end, error))
            return FALSE;
    }
    return TRUE;
}

gboolean judge_project_edit(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(Project) project = NULL;
    if (act->id != NULL && !project_read(change->session, change->organization, act->id,
                                         change->now, &project, error))
        return FALSE;
    if (project == NULL)
        return verdict_missing(change->verdict, "There is no project with that id.");
    if (!change_match(change, project->version, act->if_match) ||
        !rename_project(change, project, act->display_name, error))
        return FALSE;
    change->verdict->id = g_strdup(project->id);
    gboolean stand_ins_end = FALSE;
    if (!brings_admin(change, act, project->name, &stand_ins_end, error))
        return FALSE;
    for (gsize i = 0; i < act->member_count; i++)
        if (!set_member(change, &act->members[i], project->name, stand_ins_end, error))
            return FALSE;
    return !act->replace || take_others(change, act, project, stand_ins_end, error);
}
