#include "agent/sync/plan_settling.h"

#include "scim/protocol/clock.h"

static gint64 settles_at(const struct plan_match *match)
{
    const struct plan_origin *origin = plan_draft_origin(match->draft, match->base.step.origin);
    return origin != NULL ? origin->settles_at : 0;
}

gboolean plan_settling_waits(const struct plan_match *match)
{
    return settles_at(match) != 0;
}

void plan_settling_note(struct plan_match *match, const char *project, const char *keeps)
{
    g_autofree char *until = clock_print(settles_at(match));
    plan_match_note(match, PLAN_NOTE_SETTLING, project,
                    plan_draft_text(match->draft,
                                    "'%s' keeps %s until %s: pushed groups take a role away "
                                    "only once none of them has changed for a while",
                                    match->base.step.user_name, keeps, until));
}

static void note_project(struct plan_match *match, const struct plan_role_change *change)
{
    g_autofree char *keeps =
        g_strdup_printf("%s/%s", change->project, project_role_name(change->from));
    plan_settling_note(match, change->project, keeps);
}

guint32 plan_settling_filter(struct plan_match *match, enum organization_role *from,
                             struct plan_role_change *changes, guint32 *rules, guint32 count)
{
    enum organization_role to = plan_match_at_least_member(match->wanted->role);
    guint32 kept = 0;
    if (!plan_settling_waits(match))
        return count;
    if (to < *from) {
        plan_settling_note(match, "", organization_role_name(*from));
        *from = to;
    }
    for (guint32 i = 0; i < count; i++) {
        if (changes[i].to < changes[i].from) {
            note_project(match, &changes[i]);
            continue;
        }
        rules[kept] = rules[i];
        changes[kept++] = changes[i];
    }
    return kept;
}
