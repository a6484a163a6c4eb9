#include "agent/sync/plan_draft.h"

#include <stdarg.h>

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
