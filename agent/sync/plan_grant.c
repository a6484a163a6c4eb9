#include "agent/sync/plan_grant.h"

#include <string.h>

#include "agent/sync/plan_reason.h"
#include "agent/sync/plan_settling.h"

/* The link's project roles against the wanted ones, both ordered by name: one entry a
 * difference. What names no existing project is noted and left out. */
static guint32 compare_projects(struct plan_match *match, struct plan_role_change *changes,
                                guint32 *rules)
{
    const struct desired_link *wanted = match->wanted;
    const struct actual_link *link = match->link;
    const Actual *actual = match->draft->input->actual;
    guint32 count = 0;
    guint32 i = 0;
    guint32 k = 0;
    while (i < link->project_count || k < wanted->project_count) {
        int order = i == link->project_count ? 1
                    : k == wanted->project_count
                        ? -1
                        : strcmp(link->projects[i].project, wanted->projects[k].name);
        struct plan_role_change change = {NULL, PROJECT_ROLE_NONE, PROJECT_ROLE_NONE};
        rules[count] = G_MAXUINT32;
        if (order >= 0) {
            rules[count] = wanted->projects[k].rule;
            change.project = wanted->projects[k].name;
            change.to = wanted->projects[k++].role;
        }
        if (order <= 0) {
            change.project = link->projects[i].project;
            change.from = link->projects[i++].role;
        }
        if (actual_find_project(actual, change.project) == NULL) {
            if (change.to != PROJECT_ROLE_NONE)
                plan_match_note(
                    match, PLAN_NOTE_NO_PROJECT, change.project,
                    plan_draft_text(match->draft,
                                    "project '%s' does not exist: no role in it for '%s'",
                                    change.project, match->base.step.user_name));
            continue;
        }
        if (change.from != change.to)
            changes[count++] = change;
    }
    return count;
}

static gboolean is_address(guint field)
{
    return field == PROFILE_USER_NAME || field == PROFILE_MAIL;
}

/* Which fields of the profile must be written. Addresses are equal in any case; they and the
 * display name are never cleared. plan_order lets only the oldest link's pass. */
static guint compare_profile(const struct plan_match *match)
{
    guint mask = 0;
    if (match->link != NULL && match->link->attached)
        return 0; /* the provider's */
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        const char *is = match->person->profile.field[i];
        const char *want = match->wanted->profile.field[i];
        gboolean same = FALSE;
        if (want == NULL)
            same = is == NULL || is_address(i) || i == PROFILE_DISPLAY_NAME;
        else if (is != NULL)
            same = is_address(i) ? g_ascii_strcasecmp(is, want) == 0 : strcmp(is, want) == 0;
        if (!same)
            mask |= 1u << i;
    }
    return mask;
}

#define ADDRESS_MASK ((1u << PROFILE_USER_NAME) | (1u << PROFILE_MAIL))

static void fill_profile(struct plan_match *match, struct plan_step *step, guint mask)
{
    step->profile_mask = mask;
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if ((mask & (1u << i)) != 0)
            step->profile.field[i] = match->wanted->profile.field[i];
    if ((mask & ADDRESS_MASK) != 0)
        match->draft->addresses = TRUE;
}

static const char *profile_reason(struct plan_match *match)
{
    return plan_draft_text(match->draft, "changed in '%s'", match->base.step.origin);
}

static void add_profile(struct plan_match *match, enum plan_kind kind, guint mask)
{
    struct plan_step *step = plan_match_begin(match, kind, 0);
    fill_profile(match, step, mask);
    step->reason = profile_reason(match);
}

static void add_role_steps(struct plan_match *match, enum organization_role from,
                           const struct plan_role_change *changes, const guint32 *rules,
                           guint32 count)
{
    enum organization_role to = plan_match_at_least_member(match->wanted->role);
    PlanDraft *draft = match->draft;
    if (from != to) {
        struct plan_step *step = plan_match_begin(match, PLAN_SET_ORGANIZATION_ROLE,
                                                  to < from ? PLAN_DESTRUCTIVE : 0u);
        step->organization_from = from;
        step->organization_to = to;
        step->reason = plan_reason_rule(draft, match->wanted, match->wanted->rule);
    }
    for (guint32 i = 0; i < count; i++) {
        gboolean removes = changes[i].to == PROJECT_ROLE_NONE;
        struct plan_step *step =
            plan_match_begin(match, removes ? PLAN_REMOVE_PROJECT_ROLE : PLAN_SET_PROJECT_ROLE,
                             changes[i].to < changes[i].from ? PLAN_DESTRUCTIVE : 0u);
        step->projects = plan_block(draft->plan, sizeof *changes, 1);
        step->projects[0] = changes[i];
        step->project_count = 1;
        step->reason = removes ? "no rule gives a role in the project any more"
                               : plan_reason_rule(draft, match->wanted, rules[i]);
    }
}

static void add_reissue(struct plan_match *match, enum organization_role from,
                        const struct plan_role_change *changes, guint32 count, guint mask)
{
    enum organization_role to = plan_match_at_least_member(match->wanted->role);
    gboolean lowers = to < from;
    for (guint32 i = 0; i < count; i++)
        lowers = lowers || changes[i].to < changes[i].from;
    struct plan_step *step =
        plan_match_begin(match, PLAN_REISSUE, lowers ? PLAN_DESTRUCTIVE : 0u);
    if (from != to) {
        step->organization_from = from;
        step->organization_to = to;
    }
    step->projects = plan_block(match->draft->plan, sizeof *changes, count);
    for (guint32 i = 0; i < count; i++)
        step->projects[i] = changes[i];
    step->project_count = count;
    fill_profile(match, step, mask);
    step->reason = from != to || count > 0
                       ? plan_reason_rule(match->draft, match->wanted, match->wanted->rule)
                       : profile_reason(match);
}

static void note_override(struct plan_match *match, const char *project, const char *has,
                          const char *says)
{
    plan_match_note(
        match, PLAN_NOTE_OVERRIDE, project,
        plan_draft_text(
            match->draft, "an owner's edit keeps '%s' at %s%s%s; the directory says %s",
            match->base.step.user_name, project, project[0] != '\0' ? "/" : "", has, says));
}

static void note_overrides(struct plan_match *match)
{
    const struct actual_person *person = match->person;
    enum organization_role wanted = plan_match_at_least_member(match->wanted->role);
    /* Pushed groups that give no more than member say nothing of the organization role. */
    gboolean is_silent = match->link->attached && wanted == ORGANIZATION_ROLE_MEMBER;
    if (person->override_role != ORGANIZATION_ROLE_NONE && person->override_role != wanted &&
        !is_silent)
        note_override(match, "", organization_role_name(person->override_role),
                      organization_role_name(wanted));
    for (guint32 i = 0; i < person->override_count; i++) {
        enum project_role says = PROJECT_ROLE_NONE;
        for (guint32 k = 0; k < match->wanted->project_count; k++)
            if (strcmp(match->wanted->projects[k].name, person->overrides[i].project) == 0)
                says = match->wanted->projects[k].role;
        if (says != person->overrides[i].role &&
            !(match->link->attached && says == PROJECT_ROLE_NONE))
            note_override(match, person->overrides[i].project,
                          project_role_name(person->overrides[i].role),
                          project_role_name(says));
    }
}

/* Only what adds a project role where the link had none passes for a protected person. */
static guint32 keep_additions(const struct plan_match *match, struct plan_role_change *changes,
                              guint32 *rules, guint32 count)
{
    guint32 kept = 0;
    for (guint32 i = 0; i < count; i++)
        if (changes[i].from == PROJECT_ROLE_NONE && match->person->status == ACTUAL_ACTIVE) {
            rules[kept] = rules[i];
            changes[kept++] = changes[i];
        }
    return kept;
}

static void differ_protected(struct plan_match *match, struct plan_role_change *changes,
                             guint32 *rules, guint32 count)
{
    enum organization_role from = plan_match_at_least_member(match->link->role);
    gboolean differs = from != plan_match_at_least_member(match->wanted->role) ||
                       !match->link->active || compare_profile(match) != 0;
    guint32 kept = keep_additions(match, changes, rules, count);
    if (differs || kept < count)
        plan_match_note_protected(match,
                                  "left as they are, though the directory says otherwise");
    add_role_steps(match, plan_match_at_least_member(match->wanted->role), changes, rules,
                   kept);
}

/* The endpoint renews by itself; where it does not any more, its own words say why. */
static void note_expired(struct plan_match *match)
{
    const char *who = match->base.step.user_name;
    const char *why = match->person->status_reason;
    plan_match_note(
        match, PLAN_NOTE_EXPIRED, "",
        why == NULL || *why == '\0'
            ? plan_draft_text(
                  match->draft,
                  "the invitation of '%s' has expired; where the endpoint mails, it "
                  "sends a new one by itself, `rolecall resend` does at once",
                  who)
            : plan_draft_text(match->draft, "the invitation of '%s' has expired: %s", who,
                              why));
}

void plan_grant_differ(struct plan_match *match)
{
    guint32 most = match->link->project_count + match->wanted->project_count + 1;
    g_autofree struct plan_role_change *changes = g_new(struct plan_role_change, most);
    g_autofree guint32 *rules = g_new(guint32, most);
    guint32 count = compare_projects(match, changes, rules);
    enum organization_role from = plan_match_at_least_member(match->link->role);
    if (match->person->status == ACTUAL_EXPIRED && !match->link->attached)
        note_expired(match);
    if (match->person->is_protected) {
        differ_protected(match, changes, rules, count);
        return;
    }
    note_overrides(match);
    count = plan_settling_filter(match, &from, changes, rules, count);
    guint mask = compare_profile(match);
    gboolean roles = from != plan_match_at_least_member(match->wanted->role) || count > 0;
    if (match->person->status == ACTUAL_INVITED && (roles || (mask & ADDRESS_MASK) != 0)) {
        add_reissue(match, from, changes, count, mask);
        return;
    }
    add_role_steps(match, from, changes, rules, count);
    if (mask != 0)
        add_profile(match, PLAN_UPDATE_PROFILE, mask);
    if (!match->link->active)
        plan_match_begin(match, PLAN_REACTIVATE, 0)->reason =
            plan_draft_text(match->draft, "enabled again in '%s'", match->base.step.origin);
}

void plan_grant_adopted_profile(struct plan_match *match)
{
    guint mask = compare_profile(match);
    gboolean readdresses =
        match->person->status == ACTUAL_INVITED && (mask & ADDRESS_MASK) != 0;
    if (mask != 0)
        add_profile(match, readdresses ? PLAN_REISSUE : PLAN_UPDATE_PROFILE, mask);
}
