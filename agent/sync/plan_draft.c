#include "agent/sync/plan_draft.h"

#include <stdarg.h>
#include <string.h>

PlanDraft *plan_draft_new(const struct plan_input *input, Plan *plan)
{
    PlanDraft *draft = g_new0(PlanDraft, 1);
    draft->input = input;
    draft->plan = plan;
    draft->candidates = g_array_new(FALSE, FALSE, sizeof(struct plan_candidate));
    return draft;
}

void plan_draft_free(PlanDraft *draft)
{
    if (draft == NULL)
        return;
    g_array_free(draft->candidates, TRUE);
    g_free(draft);
}

struct plan_candidate *plan_draft_at(const PlanDraft *draft, guint index)
{
    return &g_array_index(draft->candidates, struct plan_candidate, index);
}

const char *plan_draft_text(PlanDraft *draft, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return plan_text(draft->plan, text);
}

const struct plan_origin *plan_draft_origin(const PlanDraft *draft, const char *origin)
{
    for (guint i = 0; i < draft->input->origin_count; i++)
        if (strcmp(draft->input->origins[i].origin, origin) == 0)
            return &draft->input->origins[i];
    return NULL;
}

gboolean plan_draft_attaches(const PlanDraft *draft, const char *origin)
{
    const struct plan_origin *found = plan_draft_origin(draft, origin);
    return found != NULL && found->attaches;
}

gboolean plan_draft_may_adopt(const PlanDraft *draft, const char *origin)
{
    const struct plan_origin *found = plan_draft_origin(draft, origin);
    return found != NULL && found->adopt;
}

void plan_draft_as_invite(struct plan_candidate *candidate)
{
    candidate->inviter = -1;
    candidate->step.kind = PLAN_INVITE;
    candidate->step.flags = 0;
    candidate->step.profile = candidate->wanted->profile;
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if (candidate->wanted->profile.field[i] != NULL)
            candidate->step.profile_mask |= 1u << i;
}

void plan_draft_as_joiner(struct plan_candidate *candidate)
{
    candidate->step.kind = PLAN_REISSUE;
    candidate->step.flags = PLAN_ADOPT;
    candidate->step.profile_mask = 0;
    candidate->step.profile = (struct profile){{NULL}};
}

void plan_draft_as_adoption(const PlanDraft *draft, struct plan_candidate *candidate,
                            guint32 person, enum actual_status status)
{
    const struct actual_person *who = &draft->input->actual->people[person];
    candidate->person = (gint32)person;
    candidate->step.kind = status == ACTUAL_INVITED ? PLAN_REISSUE : PLAN_SET_ORGANIZATION_ROLE;
    candidate->step.flags = PLAN_ADOPT;
    candidate->step.person = who->id;
    candidate->step.base = who->version;
    candidate->step.user_name = who->profile.field[PROFILE_USER_NAME];
    candidate->step.profile_mask = 0;
    candidate->step.profile = (struct profile){{NULL}};
}

void plan_draft_hold(PlanDraft *draft, struct plan_candidate *candidate,
                     enum plan_hold_reason reason, const char *sentence, const char *release)
{
    struct plan_hold hold = {reason, plan_copy_step(draft->plan, &candidate->step), sentence,
                             release};
    g_array_append_val(draft->plan->holds, hold);
    candidate->fate = PLAN_FATE_LEFT;
}

void plan_draft_note(PlanDraft *draft, const struct plan_note *note)
{
    struct plan_note copy = {
        .reason = note->reason,
        .origin = plan_text(draft->plan, note->origin),
        .external_id = plan_text(draft->plan, note->external_id),
        .person = plan_text(draft->plan, note->person),
        .user_name = plan_text(draft->plan, note->user_name),
        .project = plan_text(draft->plan, note->project != NULL ? note->project : ""),
        .sentence = plan_text(draft->plan, note->sentence),
    };
    g_array_append_val(draft->plan->notes, copy);
}

void plan_draft_leave(PlanDraft *draft, struct plan_candidate *candidate,
                      enum plan_note_reason reason, const char *project, const char *sentence)
{
    struct plan_note note = {
        .reason = reason,
        .origin = candidate->step.origin,
        .external_id = candidate->step.external_id,
        .person = candidate->step.person,
        .user_name = candidate->step.user_name,
        .project = project,
        .sentence = sentence,
    };
    plan_draft_note(draft, &note);
    candidate->fate = PLAN_FATE_LEFT;
}
