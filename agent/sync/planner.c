#include "agent/sync/planner.h"

#include "agent/sync/plan_diff.h"
#include "agent/sync/plan_draft.h"
#include "agent/sync/plan_guard.h"
#include "agent/sync/plan_order.h"
#include "agent/sync/plan_state.h"

Plan *planner_make(const struct plan_input *input)
{
    Plan *plan = plan_new(input->actual->organization);
    g_autoptr(PlanDraft) draft = plan_draft_new(input, plan);
    plan->cap = input->actual->cap;
    plan->seats_used = input->actual->seats_used;
    if (input->settings_digest != NULL)
        plan->settings_digest = plan_text(plan, input->settings_digest);
    if (input->snapshot_digest != NULL)
        plan->snapshot_digest = plan_text(plan, input->snapshot_digest);
    plan_diff(draft);
    if (draft->candidates->len == 0)
        return plan;
    g_autoptr(PlanState) state = plan_state_new(input->actual);
    plan_guard(draft, state);
    plan_order(draft, state);
    return plan;
}
