#include "agent/sync/plan_profiles.h"

static gboolean is_profile_step(const struct plan_candidate *candidate)
{
    return candidate->fate == PLAN_FATE_OPEN && candidate->inviter < 0 &&
           (candidate->step.kind == PLAN_UPDATE_PROFILE ||
            candidate->step.kind == PLAN_REISSUE);
}

static gboolean changes_roles(const struct plan_step *step)
{
    return step->project_count > 0 || step->organization_from != step->organization_to;
}

/* The invitation that a reissue was to change is revoked by now (another link suspends the person):
 * what is left are changes of roles and profile, one step each. */
static void take_apart(struct plan_taking *taking, struct plan_candidate *candidate)
{
    struct plan_candidate part = *candidate;
    part.step.profile_mask = 0;
    part.step.project_count = 0;
    part.step.kind = PLAN_SET_ORGANIZATION_ROLE;
    if (part.step.organization_from != part.step.organization_to)
        plan_taking_take(taking, &part);
    part.step.organization_from = part.step.organization_to = ORGANIZATION_ROLE_NONE;
    part.step.project_count = 1;
    for (guint32 i = 0; i < candidate->step.project_count; i++) {
        part.step.projects = &candidate->step.projects[i];
        part.step.kind = part.step.projects[0].to == PROJECT_ROLE_NONE
                             ? PLAN_REMOVE_PROJECT_ROLE
                             : PLAN_SET_PROJECT_ROLE;
        plan_taking_take(taking, &part);
    }
    part.step.project_count = 0;
    part.step.kind = PLAN_UPDATE_PROFILE;
    part.step.profile_mask = candidate->step.profile_mask;
    if (part.step.profile_mask != 0)
        plan_taking_take(taking, &part);
    candidate->fate = PLAN_FATE_TAKEN;
}

static void take_profile(struct plan_taking *taking, struct plan_candidate *candidate)
{
    gboolean pending = taking->state->people[candidate->person].status == ACTUAL_INVITED;
    if (candidate->step.kind == PLAN_REISSUE && !pending &&
        (candidate->step.flags & PLAN_ADOPT) == 0)
        take_apart(taking, candidate);
    else
        plan_taking_take(taking, candidate);
}

/* Takes what else the step changes, and leaves these fields of the profile open. */
static void split(struct plan_taking *taking, struct plan_candidate *candidate, guint mask)
{
    struct plan_candidate rest = *candidate;
    gboolean roles = changes_roles(&rest.step);
    rest.step.profile_mask &= ~mask;
    if (!roles && rest.step.profile_mask == 0)
        return;
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if ((rest.step.profile_mask & (1u << i)) == 0)
            rest.step.profile.field[i] = NULL;
    candidate->step.profile_mask &= mask;
    candidate->step.project_count = 0;
    candidate->step.organization_to = candidate->step.organization_from =
        ORGANIZATION_ROLE_NONE;
    candidate->step.flags &= ~(guint)PLAN_DESTRUCTIVE;
    if (!roles)
        rest.step.kind = PLAN_UPDATE_PROFILE;
    take_profile(taking, &rest);
}

/* A person's profile is their oldest link's, by now; of other links only the roles are taken. A
 * link that an adoption makes has no place before that. */
static gboolean is_foreign_profile(const struct plan_taking *taking,
                                   const struct plan_candidate *candidate)
{
    guint32 person = (guint32)candidate->person;
    gint32 link = candidate->link;
    if (candidate->step.profile_mask == 0)
        return FALSE;
    if (link < 0)
        link = plan_state_place_of(taking->state, person, candidate->step.origin);
    return link < 0 || !plan_state_owns_profile(taking->state, person, link);
}

static gboolean take_profile_if_free(struct plan_taking *taking,
                                     struct plan_candidate *candidate)
{
    struct plan_address_holder holder;
    if (is_foreign_profile(taking, candidate)) {
        split(taking, candidate, ~0u);
        return FALSE;
    }
    if (plan_taking_is_taken(taking, candidate, &holder))
        return FALSE;
    take_profile(taking, candidate);
    return TRUE;
}

void plan_profiles_take(struct plan_taking *taking)
{
    guint count = taking->draft->candidates->len;
    gboolean progress = TRUE;
    while (progress) {
        progress = FALSE;
        for (guint i = 0; i < count; i++) {
            struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
            if (is_profile_step(candidate) && take_profile_if_free(taking, candidate))
                progress = taking->addresses != NULL;
        }
    }
    for (guint i = 0; i < count; i++) {
        struct plan_candidate *candidate = plan_draft_at(taking->draft, i);
        if (!is_profile_step(candidate) || is_foreign_profile(taking, candidate))
            continue;
        candidate->obstacle = PLAN_OBSTACLE_ADDRESS;
        split(taking, candidate, PLAN_TAKING_ADDRESSES);
    }
}
