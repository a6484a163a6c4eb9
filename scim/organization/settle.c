#include "scim/organization/settle.h"

#include <string.h>

#include "scim/organization/change_record.h"
#include "scim/organization/effective.h"
#include "scim/organization/person.h"
#include "scim/organization/seats.h"
#include "scim/organization/settle_person.h"
#include "scim/organization/settle_projects.h"
#include "scim/organization/token.h"

static gboolean holds_seat(const struct person_facts *facts)
{
    return facts != NULL && person_status_holds_seat(facts->status);
}

/* A service may give a protected owner a role in a project and nothing else. */
static gboolean is_left_alone(const struct touched *touched)
{
    const struct person_facts *before = touched->before, *after = touched->after;
    if (after == NULL || before->status != after->status || before->role != after->role ||
        strcmp(before->user_name, after->user_name) != 0 ||
        g_strcmp0(before->address, after->address) != 0 ||
        strcmp(before->profile, after->profile) != 0)
        return FALSE;
    g_autoptr(GPtrArray) projects = effective_projects(before);
    for (guint i = 0; i < projects->len; i++)
        if (effective_own_project_role(after, projects->pdata[i]) <
            effective_own_project_role(before, projects->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean judge_protection(struct change *change)
{
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        if (touched->before != NULL && !is_left_alone(touched) &&
            !change_spare_protected(change, touched->before))
            return FALSE;
    }
    return TRUE;
}

static gint64 owner_change(const struct change *change)
{
    gint64 difference = 0;
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        difference += effective_is_active_owner(touched->after);
        difference -= effective_is_active_owner(touched->before);
    }
    return difference;
}

static gboolean judge_owners(struct change *change, gint64 owners)
{
    return owners >= 1 ? TRUE
                       : verdict_refuse(change->verdict, REFUSAL_LAST_OWNER,
                                        "\"%s\" would have no active owner left: make somebody "
                                        "else owner first, and wait until they are active.",
                                        change->organization);
}

/* I1 and I3 over the state after, then the counts with their CHECKs. */
static gboolean judge_counts(struct change *change, struct organization_counts *counts,
                             GError **error)
{
    if (!organization_read_counts(change->session, change->organization, counts, error))
        return FALSE;
    gint64 before = counts->seats_used;
    /* A new organization was written with a count of one. */
    counts->owners -= change->is_new;
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        counts->seats_used += holds_seat(touched->after) - holds_seat(touched->before);
    }
    counts->owners += owner_change(change);
    if (!judge_owners(change, counts->owners))
        return FALSE;
    struct refusal refusal = {0};
    if (!seats_allow(change->home->seats, before, counts->seats_used, &refusal))
        return verdict_take_refusal(change->verdict, &refusal);
    counts->seats_ceiling =
        seats_ceiling(change->home->seats, counts->seats_ceiling, counts->seats_used);
    return TRUE;
}

/* Where a service takes the only owner, a project lacks an admin only because nobody is left to
 * stand in: so the refusal says last-owner, and can be owed. */
static gboolean judge_only_owner_first(struct change *change, GError **error)
{
    struct organization_counts counts;
    if (!actor_is_service(change->actor) || owner_change(change) == 0)
        return TRUE;
    return judge_protection(change) &&
           organization_read_counts(change->session, change->organization, &counts, error) &&
           judge_owners(change, counts.owners + owner_change(change));
}

static gboolean is_changed(const struct touched *touched)
{
    if (touched->before == NULL || touched->after == NULL)
        return touched->before != touched->after;
    return touched->resend || effective_differs(touched->before, touched->after);
}

/* An invitation was over at its expiry, whenever that is noticed: so it is read before, too. */
static gint64 changed_at(const struct change *change, const struct touched *touched)
{
    return touched->expire && touched->after->reason == NULL
               ? MIN(touched->after->expires_at, change->now)
               : change->now;
}

/* One version up and one record for everyone who differs: before and after stand side by side. */
static gboolean bump_people(struct change *change, gboolean *changed, GError **error)
{
    *changed = FALSE;
    for (guint i = 0; i < change->touched->len; i++) {
        struct touched *touched = change->touched->pdata[i];
        if (!is_changed(touched))
            continue;
        *changed = TRUE;
        change_record_person(change, touched);
        if (touched->after == NULL)
            continue;
        touched->after->version++;
        /* I4: a token of somebody suspended is not asleep but dead. */
        if (touched->after->status == PERSON_SUSPENDED &&
            !token_delete_of(change->session, change->organization, touched->id, error))
            return FALSE;
        if (!person_bump(change->session, change->organization, touched->id,
                         changed_at(change, touched), error))
            return FALSE;
    }
    return TRUE;
}

/* Whom the act was about: who is new, before whoever made room for them; else the first. */
static const struct touched *subject_of(const struct change *change)
{
    for (guint i = 0; i < change->touched->len; i++) {
        const struct touched *touched = change->touched->pdata[i];
        if (touched->before == NULL)
            return touched;
    }
    return change->touched->pdata[0];
}

static void answer(struct change *change, gboolean changed)
{
    struct verdict *verdict = change->verdict;
    verdict->kind = changed ? VERDICT_DONE : VERDICT_UNCHANGED;
    if (verdict->id != NULL || change->touched->len == 0)
        return;
    const struct touched *subject = subject_of(change);
    verdict->id = g_strdup(subject->id);
    verdict->version = subject->after != NULL ? subject->after->version : 0;
}

gboolean settle(struct change *change, GError **error)
{
    /* Settling may touch further people (stand-ins), who then settle themselves. */
    for (guint i = 0; i < change->touched->len; i++)
        if (!settle_person(change, change->touched->pdata[i], error))
            return FALSE;
    struct organization_counts counts;
    gboolean people_changed = FALSE, projects_changed = FALSE;
    if (!judge_only_owner_first(change, error) || !settle_stand_ins(change, error) ||
        !settle_successions(change, error) || !judge_protection(change) ||
        !judge_counts(change, &counts, error) || !bump_people(change, &people_changed, error) ||
        !settle_project_counts(change, &projects_changed, error))
        return FALSE;
    gboolean changed = people_changed || projects_changed || change->home_changed;
    answer(change, changed || change->groups_changed);
    return !changed ||
           organization_write_counts(change->session, change->organization, &counts, error);
}
