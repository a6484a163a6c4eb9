#include "agent/sync/plan_taking.h"

#include "agent/sync/plan_invariants.h"

struct taken_stand_in {
    guint32 project;
    guint32 step; /* index into plan->steps */
};

static void add_touches(struct plan_taking *taking, struct plan_step *step)
{
    GArray *touched = taking->touched;
    step->touches = plan_block(taking->draft->plan, sizeof *step->touches, touched->len);
    step->touch_count = touched->len;
    for (guint i = 0; i < touched->len; i++) {
        guint32 person = g_array_index(touched, guint32, i);
        const char *id = taking->state->actual->people[person].id;
        step->touches[i] = plan_text(taking->draft->plan, id);
    }
    g_array_set_size(touched, 0);
}

/* The step loses this person's admin role where somebody stands in since this plan: not without
 * them. `was` says, by stand-in, whether the person was an admin before. */
static void add_needs(struct plan_taking *taking, struct plan_step *step, gint32 person,
                      const gboolean *was)
{
    guint32 *needs = plan_block(taking->draft->plan, sizeof *needs, taking->stand_ins->len);
    for (guint i = 0; i < taking->stand_ins->len; i++) {
        const struct taken_stand_in *stand_in =
            &g_array_index(taking->stand_ins, struct taken_stand_in, i);
        if (was[i] && !plan_state_is_admin(taking->state, (guint32)person, stand_in->project))
            needs[step->need_count++] = stand_in->step;
    }
    step->needs = needs;
}

/* `who` is the person, or whom plan_addresses knows somebody invited by. */
static void follow_addresses(struct plan_taking *taking, const struct plan_step *step,
                             gint32 person, gint32 who)
{
    if (taking->addresses == NULL)
        return;
    if ((step->profile_mask & PLAN_TAKING_ADDRESSES) != 0)
        plan_addresses_take(taking->addresses, who, &step->profile, step->profile_mask);
    if (person >= 0 && taking->state->people[person].gone)
        plan_addresses_release(taking->addresses, person);
}

/* Makes a step of the plan out of it and carries it out in the model. */
static guint32 take_step(struct plan_taking *taking, const struct plan_step *wanted,
                         gint32 person, gint32 link)
{
    PlanState *state = taking->state;
    struct plan_step step = plan_copy_step(taking->draft->plan, wanted);
    gint effect = plan_state_seat_effect(state, wanted, person, link);
    guint stand_ins = person >= 0 ? taking->stand_ins->len : 0;
    g_autofree gboolean *was = stand_ins > 0 ? g_new0(gboolean, stand_ins) : NULL;
    if (effect != 0)
        step.flags |= effect > 0 ? PLAN_TAKES_SEAT : PLAN_FREES_SEAT;
    for (guint i = 0; i < stand_ins; i++)
        was[i] = plan_state_is_admin(
            state, (guint32)person,
            g_array_index(taking->stand_ins, struct taken_stand_in, i).project);
    plan_state_apply(state, wanted, person, link, taking->touched);
    if (taking->touched->len > 0)
        add_touches(taking, &step);
    if (was != NULL)
        add_needs(taking, &step, person, was);
    g_array_append_val(taking->draft->plan->steps, step);
    return taking->draft->plan->steps->len - 1;
}

/* Whom plan_addresses knows the candidate's person by. */
static gint32 who_of(const struct plan_taking *taking, const struct plan_candidate *candidate)
{
    const struct plan_candidate *first = plan_draft_at(taking->draft, 0);
    return candidate->person >= 0 ? candidate->person
                                  : plan_addresses_new_one((guint)(candidate - first));
}

void plan_taking_take(struct plan_taking *taking, struct plan_candidate *candidate)
{
    candidate->taken_as =
        take_step(taking, &candidate->step, candidate->person, candidate->link);
    follow_addresses(taking, &candidate->step, candidate->person, who_of(taking, candidate));
    candidate->fate = PLAN_FATE_TAKEN;
}

void plan_taking_stand_ins(struct plan_taking *taking, const GArray *chosen)
{
    const Actual *actual = taking->state->actual;
    for (guint i = 0; i < chosen->len; i++) {
        const struct plan_stand_in *choice = &g_array_index(chosen, struct plan_stand_in, i);
        const struct plan_candidate *cause = plan_draft_at(taking->draft, choice->cause);
        const struct actual_person *owner = &actual->people[choice->person];
        struct plan_role_change change = {
            actual->projects[choice->project].name,
            plan_state_project_role(taking->state, choice->person, choice->project),
            PROJECT_ROLE_ADMIN};
        struct plan_step step = {
            .kind = PLAN_SET_PROJECT_ROLE,
            .flags = PLAN_STAND_IN,
            .organization = taking->draft->plan->organization,
            .origin = cause->step.origin,
            .external_id = "",
            .person = owner->id,
            .user_name = owner->profile.field[PROFILE_USER_NAME],
            .made_by = -1,
            .projects = &change,
            .project_count = 1,
            .reason = plan_draft_text(
                taking->draft, "stands in: '%s' is the last other admin of '%s' and goes",
                cause->step.user_name, change.project),
        };
        struct taken_stand_in taken = {choice->project, 0};
        taken.step = take_step(taking, &step, (gint32)choice->person, -1);
        g_array_append_val(taking->stand_ins, taken);
    }
}

gboolean plan_taking_is_taken(const struct plan_taking *taking,
                              const struct plan_candidate *candidate,
                              struct plan_address_holder *holder)
{
    return taking->addresses != NULL &&
           plan_addresses_find(taking->addresses, who_of(taking, candidate),
                               &candidate->step.profile, candidate->step.profile_mask, holder);
}

void plan_taking_init(struct plan_taking *taking, PlanDraft *draft, PlanState *state)
{
    *taking = (struct plan_taking){.draft = draft, .state = state};
    if (draft->addresses)
        taking->addresses = plan_addresses_new(state->actual);
    taking->stand_ins = g_array_new(FALSE, FALSE, sizeof(struct taken_stand_in));
    taking->touched = g_array_new(FALSE, FALSE, sizeof(guint32));
}

void plan_taking_clear(struct plan_taking *taking)
{
    plan_addresses_free(taking->addresses);
    g_array_free(taking->stand_ins, TRUE);
    g_array_free(taking->touched, TRUE);
}
