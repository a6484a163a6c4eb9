#include "agent/sync/plan_diff.h"

#include <stdlib.h>
#include <string.h>

#include "agent/sync/plan_attached.h"
#include "agent/sync/plan_grant.h"
#include "agent/sync/plan_match.h"
#include "agent/sync/plan_newcomers.h"
#include "agent/sync/plan_reason.h"
#include "scim/protocol/origin.h"

/* A link of a directory, where it is found. */
struct found {
    guint32 person, link;
    const struct actual_link *what;
};

static int by_link(const void *a, const void *b)
{
    const struct found *one = a;
    const struct found *other = b;
    int order = strcmp(one->what->origin, other->what->origin);
    return order != 0 ? order : strcmp(one->what->external_id, other->what->external_id);
}

static GArray *find_links(const Actual *actual)
{
    GArray *all =
        g_array_sized_new(FALSE, FALSE, sizeof(struct found), actual->person_count + 1);
    for (guint32 i = 0; i < actual->person_count; i++)
        for (guint32 k = 0; k < actual->people[i].link_count; k++) {
            struct found found = {i, k, &actual->people[i].links[k]};
            if (origin_is_directory(found.what->origin))
                g_array_append_val(all, found);
        }
    if (all->len > 1)
        qsort(all->data, all->len, sizeof(struct found), by_link);
    return all;
}

static gboolean is_read(const Desired *desired, const char *origin)
{
    for (const char **name = desired->directories; name != NULL && *name != NULL; name++)
        if (strcmp(*name, origin) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_configured(const struct plan_input *input, const char *origin)
{
    for (guint i = 0; i < input->origin_count; i++)
        if (strcmp(input->origins[i].origin, origin) == 0)
            return TRUE;
    return is_read(input->desired, origin);
}

static void differ_removed(struct plan_match *match, gboolean proven, const char *reason)
{
    if (match->person->is_protected) {
        plan_match_note_protected(match, "not removed");
        return;
    }
    gboolean pending =
        match->person->status == ACTUAL_INVITED && actual_holders(match->person) == 1;
    guint flags = PLAN_DESTRUCTIVE | (proven ? PLAN_PROVEN_LEAVER : 0u);
    struct plan_step *step =
        plan_match_begin(match, pending ? PLAN_REVOKE : PLAN_REMOVE, flags);
    plan_match_fill_loss(match, step);
    step->reason = reason;
}

static void differ_missing(struct plan_match *match)
{
    const struct plan_input *input = match->draft->input;
    enum source_presence presence = SOURCE_PRESENT;
    gboolean known = input->presence == NULL || match->person->is_protected ||
                     input->presence(input->presence_context, match->base.step.origin,
                                     match->base.step.external_id, &presence);
    gboolean proven = presence == SOURCE_DELETED || presence == SOURCE_DISABLED;
    differ_removed(match, proven && known, plan_reason_presence(presence));
    if (known)
        return;
    struct plan_candidate *last =
        plan_draft_at(match->draft, match->draft->candidates->len - 1);
    last->step.reason = "missing from the directory";
    plan_reason_hold(match->draft, last, PLAN_HOLD_UNPROVEN, NULL);
}

static void differ_suspended(struct plan_match *match)
{
    if (!match->link->active)
        return;
    if (match->person->is_protected) {
        plan_match_note_protected(match, "not suspended");
        return;
    }
    struct plan_step *step =
        plan_match_begin(match, PLAN_SUSPEND, PLAN_DESTRUCTIVE | PLAN_PROVEN_LEAVER);
    plan_match_fill_loss(match, step);
    step->reason = match->wanted->why != NULL ? match->wanted->why : "the account is disabled";
}

static void note_set_aside(PlanDraft *draft, const struct desired_link *wanted,
                           const struct actual_person *person)
{
    const char *why = wanted->why != NULL ? wanted->why : "the entry cannot be used";
    struct plan_note text = {
        .reason = PLAN_NOTE_SET_ASIDE,
        .origin = wanted->origin,
        .external_id = wanted->anchor,
        .person = person != NULL ? person->id : NULL,
        .user_name = person != NULL ? person->profile.field[PROFILE_USER_NAME] : wanted->dn,
        .sentence = plan_draft_text(draft, "'%s' is set aside: %s%s", wanted->dn, why,
                                    person != NULL ? "; they keep what they have" : ""),
    };
    plan_draft_note(draft, &text);
}

static void differ(PlanDraft *draft, const struct found *found,
                   const struct desired_link *wanted)
{
    const struct actual_person *person = &draft->input->actual->people[found->person];
    struct plan_match match = {
        .draft = draft, .wanted = wanted, .person = person, .link = found->what};
    match.base = (struct plan_candidate){.person = (gint32)found->person,
                                         .link = (gint32)found->link,
                                         .inviter = -1,
                                         .wanted = wanted};
    match.base.step = (struct plan_step){
        .organization = draft->plan->organization,
        .origin = found->what->origin,
        .external_id = found->what->external_id,
        .person = person->id,
        .user_name = person->profile.field[PROFILE_USER_NAME],
        .base = person->version,
        .made_by = -1,
    };
    if (plan_draft_attaches(draft, found->what->origin) && plan_attached_is_gone(&match)) {
        plan_attached_remove(&match);
        return;
    }
    if (wanted == NULL) {
        differ_missing(&match);
        return;
    }
    switch (wanted->state) {
    case DESIRED_GRANTED:
        plan_grant_differ(&match);
        break;
    case DESIRED_SUSPENDED:
        differ_suspended(&match);
        break;
    case DESIRED_DENIED:
        differ_removed(&match, FALSE,
                       plan_draft_text(draft, "denied: %s",
                                       wanted->why != NULL ? wanted->why : "by a rule"));
        break;
    case DESIRED_SET_ASIDE:
        note_set_aside(draft, wanted, person);
        break;
    case DESIRED_UNMAPPED:
        differ_missing(&match);
        break;
    }
}

/* One note for each directory that the config does not name any more. */
static guint note_gone_directory(PlanDraft *draft, const GArray *links, guint first)
{
    const char *origin = g_array_index(links, struct found, first).what->origin;
    guint end = first;
    while (end < links->len &&
           strcmp(g_array_index(links, struct found, end).what->origin, origin) == 0)
        end++;
    if (!is_configured(draft->input, origin)) {
        struct plan_note text = {
            .reason = PLAN_NOTE_NO_DIRECTORY,
            .origin = origin,
            .external_id = "",
            .user_name = "",
            .sentence = plan_draft_text(
                draft,
                "'%s' is not in the config any more: its links of %u people are left alone",
                origin, end - first),
        };
        plan_draft_note(draft, &text);
    }
    return end;
}

/* Those whom the directory wants and nobody has yet. */
static void arrive(PlanDraft *draft, PlanNewcomers *newcomers,
                   const struct desired_link *wanted)
{
    if (wanted->state == DESIRED_GRANTED && plan_draft_attaches(draft, wanted->origin))
        plan_attached_add(draft, wanted);
    else if (wanted->state == DESIRED_GRANTED)
        plan_newcomers_add(newcomers, wanted);
    else if (wanted->state == DESIRED_SET_ASIDE)
        note_set_aside(draft, wanted, NULL);
}

static int compare(const struct found *found, const struct desired_link *wanted)
{
    int order = strcmp(found->what->origin, wanted->origin);
    return order != 0 ? order : strcmp(found->what->external_id, wanted->anchor);
}

static void count_people(PlanDraft *draft)
{
    const Actual *actual = draft->input->actual;
    const Desired *desired = draft->input->desired;
    Plan *plan = draft->plan;
    for (guint32 i = 0; i < actual->person_count; i++) {
        gboolean managed = FALSE;
        for (guint32 k = 0; k < actual->people[i].link_count && !managed; k++)
            managed = is_read(desired, actual->people[i].links[k].origin);
        plan->managed += managed ? 1 : 0;
    }
    for (guint32 i = 0; i < desired->link_count; i++)
        if (desired->links[i].state == DESIRED_GRANTED ||
            desired->links[i].state == DESIRED_SUSPENDED)
            plan->matched++;
    plan->read = desired->people_read;
}

void plan_diff(PlanDraft *draft)
{
    const Desired *desired = draft->input->desired;
    g_autoptr(GArray) links = find_links(draft->input->actual);
    g_autoptr(PlanNewcomers) newcomers = plan_newcomers_new(draft);
    guint i = 0;
    guint32 k = 0;
    count_people(draft);
    while (i < links->len || k < desired->link_count) {
        const struct found *found = &g_array_index(links, struct found, i);
        if (i < links->len && !is_read(desired, found->what->origin)) {
            i = note_gone_directory(draft, links, i);
            continue;
        }
        int order = i == links->len            ? 1
                    : k == desired->link_count ? -1
                                               : compare(found, &desired->links[k]);
        if (order > 0) {
            arrive(draft, newcomers, &desired->links[k++]);
            continue;
        }
        differ(draft, found, order == 0 ? &desired->links[k++] : NULL);
        i++;
    }
    plan_newcomers_finish(newcomers);
}
