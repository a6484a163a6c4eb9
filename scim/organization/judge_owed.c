#include "scim/organization/judge_owed.h"

#include "scim/organization/attempt.h"
#include "scim/organization/judge_edit.h"
#include "scim/organization/judge_remove.h"
#include "scim/organization/owed.h"
#include "scim/organization/settle.h"

gboolean judge_owed_is(const struct actor *actor, const struct act *act,
                       const struct verdict *verdict)
{
    return actor->kind == ACTOR_CONNECTION && verdict->kind == VERDICT_REFUSED &&
           verdict->fault.refusal.rule == REFUSAL_LAST_OWNER &&
           (act->kind == ACT_PERSON_EDIT || act->kind == ACT_PERSON_REMOVE);
}

static enum owed_deed deed_of(const struct act *act)
{
    return act->kind == ACT_PERSON_REMOVE ? OWED_REMOVE
           : !act->draft->active          ? OWED_SUSPEND
                                          : OWED_ROLE;
}

/* The lower role that is to be; NONE: it stays as it is. */
static enum organization_role lowered_role(const struct person_draft *draft,
                                           const struct link_facts *link)
{
    return draft != NULL && draft->has_roles && draft->role < link->role
               ? draft->role
               : ORGANIZATION_ROLE_NONE;
}

static gboolean remember(struct change *change, const void *context, GError **error)
{
    const struct act *act = context;
    struct touched *touched;
    g_autofree char *origin = g_strdup(actor_origin(change->actor));
    enum owed_deed deed = deed_of(act);
    if (!change_begin(change, error) || !change_touch(change, act->id, &touched, error))
        return FALSE;
    const struct link_facts *link = person_facts_link(touched->before, origin);
    if (link == NULL)
        return settle(change, error);
    const struct person_draft *draft = deed == OWED_REMOVE ? NULL : act->draft;
    struct owed owed = {
        .person = touched->id,
        .origin = origin,
        .deed = deed,
        .role = lowered_role(draft, link),
        .since = change->now,
    };
    return owed_remember(change, &owed, draft, error) && settle(change, error);
}

gboolean judge_owed_remember(const struct judge *judge, const struct actor *actor,
                             const struct act *act, GError **error)
{
    struct verdict verdict = {0};
    struct change change = change_prepare(judge, actor, actor->organization, &verdict);
    gboolean ok = attempt(&change, remember, act, error);
    verdict_clear(&verdict);
    return ok;
}

/* As the provider would say it now: everything else of its link as it is. */
static gboolean edit(struct change *change, const struct owed *owed, GError **error)
{
    struct touched *touched;
    if (!change_touch(change, owed->person, &touched, error))
        return FALSE;
    const struct person_facts *before = touched->before;
    const struct link_facts *link = person_facts_link(before, owed->origin);
    g_autofree struct project_grant *projects =
        g_new0(struct project_grant, link->projects->len + 1);
    for (guint i = 0; i < link->projects->len; i++) {
        const struct project_role_facts *has =
            &g_array_index(link->projects, struct project_role_facts, i);
        projects[i] = (struct project_grant){.project = has->project, .role = has->role};
    }
    const struct person_draft draft = {
        .user_name = before->user_name,
        .address = before->address,
        .display_name = before->display_name,
        .external_id = link->external_id,
        .active = owed->deed != OWED_SUSPEND && link->active,
        .has_roles = owed->role != ORGANIZATION_ROLE_NONE,
        .role = owed->role,
        .projects = projects,
        .project_count = link->projects->len,
    };
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = owed->person, .draft = &draft};
    return judge_edit(change, &act, error);
}

static gboolean fulfil(struct change *change, const void *context, GError **error)
{
    const struct owed *owed = context;
    const struct act removal = {.kind = ACT_PERSON_REMOVE, .id = owed->person};
    return change_begin(change, error) &&
           owed_forget(change, owed->person, owed->origin, error) &&
           (owed->deed == OWED_REMOVE ? judge_remove(change, &removal, error)
                                      : edit(change, owed, error)) &&
           settle(change, error);
}

static gboolean fulfil_one(const struct judge *judge, const char *organization,
                           const struct owed *owed, GError **error)
{
    struct verdict verdict = {0};
    const struct actor provider = {.kind = ACTOR_CONNECTION,
                                   .organization = organization,
                                   .origin = owed->origin,
                                   .max_role = ORGANIZATION_ROLE_OWNER,
                                   .label = owed->origin};
    struct change change = change_prepare(judge, &provider, organization, &verdict);
    gboolean ok = attempt(&change, fulfil, owed, error);
    verdict_clear(&verdict);
    return ok;
}

gboolean judge_owed_settle(const struct judge *judge, const char *organization, GError **error)
{
    g_autoptr(GPtrArray) due = owed_due(judge->session, organization, error);
    for (guint i = 0; due != NULL && i < due->len; i++)
        if (!fulfil_one(judge, organization, due->pdata[i], error))
            return FALSE;
    return due != NULL;
}
