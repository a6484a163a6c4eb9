#include "agent/sync/plan_match.h"

enum organization_role plan_match_at_least_member(enum organization_role role)
{
    return role == ORGANIZATION_ROLE_NONE ? ORGANIZATION_ROLE_MEMBER : role;
}

struct plan_step *plan_match_begin(struct plan_match *match, enum plan_kind kind, guint flags)
{
    struct plan_candidate candidate = match->base;
    candidate.step.kind = kind;
    candidate.step.flags = flags;
    if (match->link != NULL && match->link->attached)
        candidate.step.flags |= PLAN_ATTACHED;
    g_array_append_val(match->draft->candidates, candidate);
    return &plan_draft_at(match->draft, match->draft->candidates->len - 1)->step;
}

void plan_match_fill_loss(struct plan_match *match, struct plan_step *step)
{
    const struct actual_link *link = match->link;
    step->organization_from = plan_match_at_least_member(link->role);
    if (step->kind == PLAN_SUSPEND)
        step->organization_to = step->organization_from;
    step->projects =
        plan_block(match->draft->plan, sizeof *step->projects, link->project_count);
    step->project_count = link->project_count;
    for (guint32 i = 0; i < link->project_count; i++) {
        struct plan_role_change *change = &step->projects[i];
        change->project = link->projects[i].project;
        change->from = link->projects[i].role;
        change->to = step->kind == PLAN_SUSPEND ? change->from : PROJECT_ROLE_NONE;
    }
}

void plan_match_note(struct plan_match *match, enum plan_note_reason reason,
                     const char *project, const char *sentence)
{
    struct plan_note text = {
        .reason = reason,
        .origin = match->base.step.origin,
        .external_id = match->base.step.external_id,
        .person = match->person->id,
        .user_name = match->base.step.user_name,
        .project = project,
        .sentence = sentence,
    };
    plan_draft_note(match->draft, &text);
}

void plan_match_note_protected(struct plan_match *match, const char *what)
{
    plan_match_note(match, PLAN_NOTE_PROTECTED, "",
                    plan_draft_text(match->draft, "'%s' is protected by the config: %s",
                                    match->base.step.user_name, what));
}
