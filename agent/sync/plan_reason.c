#include "agent/sync/plan_reason.h"

const char *plan_reason_rule(PlanDraft *draft, const struct desired_link *wanted, guint32 rule)
{
    const struct plan_input *input = draft->input;
    const char *words =
        input->rule_text != NULL ? input->rule_text(input->rule_context, rule) : NULL;
    if (words != NULL)
        return plan_draft_text(draft, "by rule: %s", words);
    return plan_draft_text(draft, "wanted by '%s'", wanted->origin);
}

const char *plan_reason_presence(enum source_presence presence)
{
    switch (presence) {
    case SOURCE_PRESENT:
        return "no longer in any mapped group";
    case SOURCE_DISABLED:
        return "the account is disabled or expired and in no mapped group";
    case SOURCE_OUT_OF_SCOPE:
        return "moved out of the part of the directory that is read";
    case SOURCE_DELETED:
        return "deleted from the directory";
    case SOURCE_UNKNOWN:
        return "not in the directory any more; this source cannot tell deleted from moved";
    }
    return "";
}

struct hold_text {
    const char *because; /* follows "<step> <person> is held: " */
    const char *release;
};

static const struct hold_text hold_texts[PLAN_HOLDS] = {
    [PLAN_HOLD_LAST_OWNER] =
        {"no other active owner would be left (an invited one does not count)",
         "make somebody else an owner; once they are active the next run "
         "finishes this by itself"},
    [PLAN_HOLD_LAST_PROJECT_ADMIN] = {"the project would have no active admin and no owner can "
                                      "stand in",
                                      "make somebody an admin of the project, or lift the "
                                      "overrides of the owners there"},
    [PLAN_HOLD_ADDRESS_TAKEN] = {"somebody else has the address",
                                 "change the address of one of them, or set 'adopt' for the "
                                 "directory if both are the same human being"},
    [PLAN_HOLD_GUARD] = {"", "rolecall sync --approve with the digest of this plan"},
    [PLAN_HOLD_UNPROVEN] = {"the directory could not be asked what became of the entry",
                            "the next run in which the directory answers"},
    [PLAN_HOLD_REFUSED] = {"the endpoint refused it", "see the endpoint's answer"},
    [PLAN_HOLD_MOVED] = {"the person changed after the plan was made",
                         "the next run plans anew"},
    [PLAN_HOLD_FOLLOWS] = {"a step that must come first was not done",
                           "the next run plans anew"},
};

void plan_reason_hold(PlanDraft *draft, struct plan_candidate *candidate,
                      enum plan_hold_reason reason, const char *because)
{
    const struct hold_text *text = &hold_texts[reason];
    const char *who = candidate->step.user_name;
    const char *sentence =
        plan_draft_text(draft, "%s '%s' is held: %s", plan_step_verb(&candidate->step), who,
                        because != NULL ? because : text->because);
    plan_draft_hold(draft, candidate, reason, sentence, text->release);
}
