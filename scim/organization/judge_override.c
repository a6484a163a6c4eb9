#include "scim/organization/judge_override.h"

#include "scim/organization/link.h"

/* The services are asked nothing of: an override is what stands above their links. */
static gboolean may_lift(struct change *change, const char *project)
{
    const struct permission_target none = {0};
    if (actor_is_service(change->actor))
        return verdict_refuse(change->verdict, REFUSAL_PERMISSION,
                              "An override is lifted by people, not by \"%s\".",
                              actor_origin(change->actor));
    return project == NULL ? change_permit(change, PERMISSION_ORGANIZATION_ROLE, &none)
                           : change_permit_project(change, PERMISSION_PROJECT_ROLE, project);
}

static gboolean is_there(const struct person_facts *facts, const char *project)
{
    if (project == NULL)
        return facts->override != ORGANIZATION_ROLE_NONE;
    for (guint i = 0; i < facts->overrides->len; i++)
        if (g_str_equal(g_array_index(facts->overrides, struct project_role_facts, i).project,
                        project))
            return TRUE;
    return FALSE;
}

gboolean judge_override_lift(struct change *change, const struct act *act, GError **error)
{
    struct touched *touched;
    if (!change_touch(change, act->id, &touched, error) ||
        !change_match(change, touched->before->version, act->if_match) ||
        !may_lift(change, act->name))
        return FALSE;
    if (!is_there(touched->before, act->name))
        return act->name == NULL
                   ? verdict_missing(change->verdict,
                                     "There is no override of their organization role.")
                   : verdict_missing(change->verdict,
                                     "There is no override of their role in \"%s\".",
                                     act->name);
    const struct link_key key = {.organization = change->organization, .person = touched->id};
    return link_override_lift_project(change->session, &key, act->name == NULL ? "" : act->name,
                                      error);
}
