#include "agent/sync/plan_attached.h"

#include "agent/sync/plan_newcomers.h"
#include "agent/sync/plan_settling.h"
#include "scim/protocol/origin.h"

static gboolean is_held_by_provider(const struct actual_person *person)
{
    for (guint32 i = 0; i < person->link_count; i++)
        if (g_str_has_prefix(person->links[i].origin, ORIGIN_PROVIDER))
            return TRUE;
    return FALSE;
}

static void note_protected(PlanDraft *draft, const struct desired_link *wanted,
                           const struct actual_person *person)
{
    const char *who = person->profile.field[PROFILE_USER_NAME];
    struct plan_note note = {
        .reason = PLAN_NOTE_PROTECTED,
        .origin = wanted->origin,
        .external_id = wanted->anchor,
        .person = person->id,
        .user_name = who,
        .project = "",
        .sentence = plan_draft_text(
            draft, "'%s' is protected by the config: pushed groups give them nothing", who),
    };
    plan_draft_note(draft, &note);
}

void plan_attached_add(PlanDraft *draft, const struct desired_link *wanted)
{
    const Actual *actual = draft->input->actual;
    const struct actual_person *person = actual_find(actual, wanted->anchor);
    if (person == NULL || !is_held_by_provider(person) || person->status == ACTUAL_REHEARSED ||
        actual_has_origin(person, wanted->origin))
        return;
    if (person->is_protected) {
        note_protected(draft, wanted, person);
        return;
    }
    struct plan_candidate *candidate =
        plan_newcomers_begin(draft, wanted, person->profile.field[PROFILE_USER_NAME]);
    plan_draft_as_adoption(draft, candidate, (guint32)(person - actual->people),
                           person->status);
    candidate->step.flags |= PLAN_ATTACHED;
}

gboolean plan_attached_is_gone(const struct plan_match *match)
{
    const struct desired_link *wanted = match->wanted;
    return wanted == NULL || wanted->state == DESIRED_UNMAPPED ||
           wanted->state == DESIRED_DENIED || !match->link->attached ||
           !is_held_by_provider(match->person);
}

static const char *reason(struct plan_match *match)
{
    if (!is_held_by_provider(match->person))
        return "no provider has the person any more";
    if (match->wanted != NULL && match->wanted->state == DESIRED_DENIED)
        return plan_draft_text(match->draft, "denied: %s",
                               match->wanted->why != NULL ? match->wanted->why : "by a rule");
    return "no longer in any mapped group";
}

static void note_foreign(struct plan_match *match)
{
    const char *origin = match->base.step.origin;
    plan_match_note(
        match, PLAN_NOTE_NO_DIRECTORY, "",
        plan_draft_text(match->draft,
                        "'%s' has a link of '%s' from when that was no directory of "
                        "pushed groups: it is left alone",
                        match->base.step.user_name, origin));
}

void plan_attached_remove(struct plan_match *match)
{
    if (!match->link->attached) {
        note_foreign(match);
        return;
    }
    if (match->person->is_protected) {
        plan_match_note_protected(match, "they keep what pushed groups gave them");
        return;
    }
    struct plan_step loss = {.kind = PLAN_REMOVE};
    plan_match_fill_loss(match, &loss);
    if (plan_settling_waits(match)) {
        g_autofree char *keeps = plan_step_from(&loss);
        plan_settling_note(match, "", keeps);
        return;
    }
    struct plan_step *step = plan_match_begin(match, PLAN_REMOVE, PLAN_DESTRUCTIVE);
    plan_match_fill_loss(match, step);
    step->reason = reason(match);
}
