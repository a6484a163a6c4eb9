#include "agent/sync/plan_newcomers.h"

#include <stdlib.h>
#include <string.h>

#include "agent/sync/plan_grant.h"
#include "agent/sync/plan_match.h"
#include "agent/sync/plan_reason.h"
#include "scim/protocol/address.h"

/* An address, and whose it is: an index into people, markers or candidates. */
struct holder {
    const char *address;
    guint32 index;
};

struct plan_newcomers {
    PlanDraft *draft;
    GArray *people;           /* struct holder, ordered; NULL until asked for */
    GArray *markers;          /* struct holder, ordered; NULL where there are no markers */
    gboolean *clears;         /* by marker: its person left the source */
    const char **adopted_for; /* by person: the origin that adopts them in this plan; or NULL */
};

static int by_address(const void *a, const void *b)
{
    return g_ascii_strcasecmp(((const struct holder *)a)->address,
                              ((const struct holder *)b)->address);
}

static void add_holder(GArray *holders, const char *address, guint32 index)
{
    struct holder holder = {address, index};
    if (address != NULL && address[0] != '\0')
        g_array_append_val(holders, holder);
}

static void sort(GArray *holders)
{
    if (holders->len > 1)
        qsort(holders->data, holders->len, sizeof(struct holder), by_address);
}

/* The first holder of an address, or NULL; others of the same address follow it. */
static const struct holder *find_holder(const GArray *holders, const char *address)
{
    guint low = 0;
    guint high = holders->len;
    if (address == NULL)
        return NULL;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const struct holder *at = &g_array_index(holders, struct holder, middle);
        if (g_ascii_strcasecmp(at->address, address) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == holders->len)
        return NULL;
    const struct holder *at = &g_array_index(holders, struct holder, low);
    return g_ascii_strcasecmp(at->address, address) == 0 ? at : NULL;
}

/* Has the source that a marker stands for been read, and does it no longer map the entry? */
static gboolean has_left(const Desired *desired, const struct actual_marker *marker)
{
    gboolean is_read = FALSE;
    for (const char **name = desired->directories; name != NULL && *name != NULL; name++)
        is_read = is_read || strcmp(*name, marker->origin) == 0;
    if (!is_read)
        return FALSE;
    guint32 low = 0;
    guint32 high = desired->link_count;
    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        const struct desired_link *link = &desired->links[middle];
        int order = strcmp(marker->origin, link->origin);
        if (order == 0)
            order = strcmp(marker->external_id, link->anchor);
        if (order == 0)
            return link->state == DESIRED_UNMAPPED;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return TRUE;
}

static void clear_marker(PlanDraft *draft, const struct actual_marker *marker)
{
    Plan *plan = draft->plan;
    struct plan_marker copy = {
        .id = plan_text(plan, marker->id),
        .origin = plan_text(plan, marker->origin),
        .external_id = plan_text(plan, marker->external_id),
        .user_name = plan_text(plan, marker->user_name),
    };
    g_array_append_val(plan->markers, copy);
}

static void read_markers(PlanNewcomers *newcomers)
{
    const Actual *actual = newcomers->draft->input->actual;
    if (actual->marker_count == 0)
        return;
    newcomers->clears = g_new0(gboolean, actual->marker_count);
    newcomers->markers = g_array_new(FALSE, FALSE, sizeof(struct holder));
    for (guint32 i = 0; i < actual->marker_count; i++) {
        const struct actual_marker *marker = &actual->markers[i];
        newcomers->clears[i] = has_left(newcomers->draft->input->desired, marker);
        if (newcomers->clears[i])
            clear_marker(newcomers->draft, marker);
        add_holder(newcomers->markers, marker->user_name, i);
    }
    sort(newcomers->markers);
}

PlanNewcomers *plan_newcomers_new(PlanDraft *draft)
{
    PlanNewcomers *newcomers = g_new0(PlanNewcomers, 1);
    newcomers->draft = draft;
    read_markers(newcomers);
    return newcomers;
}

void plan_newcomers_free(PlanNewcomers *newcomers)
{
    if (newcomers == NULL)
        return;
    if (newcomers->people != NULL)
        g_array_free(newcomers->people, TRUE);
    if (newcomers->markers != NULL)
        g_array_free(newcomers->markers, TRUE);
    g_free(newcomers->clears);
    g_free(newcomers->adopted_for);
    g_free(newcomers);
}

static const GArray *people(PlanNewcomers *newcomers)
{
    const Actual *actual = newcomers->draft->input->actual;
    if (newcomers->people != NULL)
        return newcomers->people;
    newcomers->people =
        g_array_sized_new(FALSE, FALSE, sizeof(struct holder), 2 * actual->person_count + 1);
    for (guint32 i = 0; i < actual->person_count; i++) {
        const struct profile *profile = &actual->people[i].profile;
        add_holder(newcomers->people, profile->field[PROFILE_USER_NAME], i);
        add_holder(newcomers->people, profile->field[PROFILE_MAIL], i);
    }
    sort(newcomers->people);
    return newcomers->people;
}

/* The marker that keeps somebody out: theirs by link or by address. *cleared: there are such
 * markers, and the plan clears them all. */
static const struct actual_marker *find_marker(const PlanNewcomers *newcomers,
                                               const struct desired_link *wanted,
                                               gboolean *cleared)
{
    const Actual *actual = newcomers->draft->input->actual;
    const char *addresses[] = {wanted->profile.field[PROFILE_USER_NAME],
                               wanted->profile.field[PROFILE_MAIL]};
    *cleared = FALSE;
    for (guint32 i = 0; i < actual->marker_count; i++) {
        const struct actual_marker *marker = &actual->markers[i];
        if (strcmp(marker->origin, wanted->origin) == 0 &&
            strcmp(marker->external_id, wanted->anchor) == 0 && !newcomers->clears[i])
            return marker;
    }
    const struct holder *end =
        &g_array_index(newcomers->markers, struct holder, newcomers->markers->len);
    for (guint a = 0; a < G_N_ELEMENTS(addresses); a++)
        for (const struct holder *at = find_holder(newcomers->markers, addresses[a]);
             at != NULL && at < end && g_ascii_strcasecmp(at->address, addresses[a]) == 0;
             at++) {
            if (!newcomers->clears[at->index])
                return &actual->markers[at->index];
            *cleared = TRUE;
        }
    return NULL;
}

static void note(PlanDraft *draft, const struct desired_link *wanted,
                 enum plan_note_reason reason, const char *project, const char *sentence)
{
    struct plan_note text = {
        .reason = reason,
        .origin = wanted->origin,
        .external_id = wanted->anchor,
        .user_name = wanted->profile.field[PROFILE_USER_NAME],
        .project = project,
        .sentence = sentence,
    };
    plan_draft_note(draft, &text);
}

static void note_marker(PlanDraft *draft, const struct desired_link *wanted, const char *kind)
{
    note(draft, wanted, PLAN_NOTE_MARKER, "",
         plan_draft_text(
             draft,
             "'%s' is not invited: marked as '%s'; an owner's invitation, or leaving "
             "and entering the source again, lifts it",
             wanted->profile.field[PROFILE_USER_NAME], kind));
}

static void note_no_project(PlanDraft *draft, const struct plan_step *step, const char *project)
{
    const struct plan_note text = {
        .reason = PLAN_NOTE_NO_PROJECT,
        .origin = step->origin,
        .external_id = step->external_id,
        .user_name = step->user_name,
        .project = project,
        .sentence =
            plan_draft_text(draft, "project '%s' does not exist: no role in it for '%s'",
                            project, step->user_name),
    };
    plan_draft_note(draft, &text);
}

/* All the roles that the link will have, from none. */
static void fill_roles(PlanDraft *draft, struct plan_step *step,
                       const struct desired_link *wanted)
{
    const Actual *actual = draft->input->actual;
    step->organization_to = plan_match_at_least_member(wanted->role);
    step->projects = plan_block(draft->plan, sizeof *step->projects, wanted->project_count);
    for (guint32 i = 0; i < wanted->project_count; i++) {
        struct plan_role_change change = {wanted->projects[i].name, PROJECT_ROLE_NONE,
                                          wanted->projects[i].role};
        if (actual_find_project(actual, change.project) != NULL)
            step->projects[step->project_count++] = change;
        else
            note_no_project(draft, step, change.project);
    }
}

struct plan_candidate *plan_newcomers_begin(PlanDraft *draft, const struct desired_link *wanted,
                                            const char *user_name)
{
    struct plan_candidate candidate = {
        .person = -1, .link = -1, .inviter = -1, .wanted = wanted};
    candidate.step = (struct plan_step){
        .organization = draft->plan->organization,
        .kind = PLAN_INVITE,
        .origin = wanted->origin,
        .external_id = wanted->anchor,
        .user_name = user_name,
        .made_by = -1,
        .reason = plan_reason_rule(draft, wanted, wanted->rule),
    };
    fill_roles(draft, &candidate.step, wanted);
    g_array_append_val(draft->candidates, candidate);
    return plan_draft_at(draft, draft->candidates->len - 1);
}

/* Somebody else's person whose address is wanted: may this directory link to them? */
static gboolean can_adopt(PlanNewcomers *newcomers, guint32 index, const char *origin)
{
    const Actual *actual = newcomers->draft->input->actual;
    const struct actual_person *person = &actual->people[index];
    if (!plan_draft_may_adopt(newcomers->draft, origin) || actual_has_origin(person, origin))
        return FALSE;
    if (person->status == ACTUAL_WAITING || person->status == ACTUAL_HELD ||
        person->status == ACTUAL_REHEARSED)
        return FALSE;
    if (newcomers->adopted_for == NULL)
        newcomers->adopted_for = g_new0(const char *, actual->person_count);
    const char *already = newcomers->adopted_for[index];
    newcomers->adopted_for[index] = origin;
    return already == NULL || strcmp(already, origin) != 0;
}

static void adopt(PlanNewcomers *newcomers, const struct desired_link *wanted, guint32 index)
{
    PlanDraft *draft = newcomers->draft;
    const struct actual_person *person = &draft->input->actual->people[index];
    if (person->is_protected) {
        note(draft, wanted, PLAN_NOTE_PROTECTED, "",
             plan_draft_text(draft, "'%s' is protected by the config: not adopted",
                             person->profile.field[PROFILE_USER_NAME]));
        return;
    }
    struct plan_candidate *candidate =
        plan_newcomers_begin(draft, wanted, wanted->profile.field[PROFILE_USER_NAME]);
    plan_draft_as_adoption(draft, candidate, index, person->status);
    struct plan_match match = {
        .draft = draft, .wanted = wanted, .person = person, .base = *candidate};
    match.base.step.project_count = 0;
    match.base.step.organization_from = match.base.step.organization_to =
        ORGANIZATION_ROLE_NONE;
    match.base.step.flags = 0;
    plan_grant_adopted_profile(&match);
}

void plan_newcomers_add(PlanNewcomers *newcomers, const struct desired_link *wanted)
{
    PlanDraft *draft = newcomers->draft;
    const char *user_name = wanted->profile.field[PROFILE_USER_NAME];
    const char *mail = wanted->profile.field[PROFILE_MAIL];
    gboolean cleared = FALSE;
    if (newcomers->markers != NULL) {
        const struct actual_marker *marker = find_marker(newcomers, wanted, &cleared);
        if (marker != NULL) {
            note_marker(draft, wanted, marker->kind);
            return;
        }
    }
    const struct holder *one = find_holder(people(newcomers), user_name);
    const struct holder *other = find_holder(people(newcomers), mail);
    const struct holder *holder = one != NULL ? one : other;
    gboolean is_one = one == NULL || other == NULL || one->index == other->index;
    if (holder != NULL && is_one && can_adopt(newcomers, holder->index, wanted->origin)) {
        adopt(newcomers, wanted, holder->index);
        return;
    }
    if (holder != NULL)
        draft->addresses = TRUE;
    struct plan_candidate *candidate =
        plan_newcomers_begin(draft, wanted, wanted->profile.field[PROFILE_USER_NAME]);
    candidate->after_marker = cleared;
    plan_draft_as_invite(candidate);
}

static gboolean is_open_invite(const struct plan_candidate *candidate)
{
    return candidate->step.kind == PLAN_INVITE && candidate->fate == PLAN_FATE_OPEN;
}

static gboolean wants_twice(const PlanDraft *draft)
{
    g_autoptr(GArray) wishes = g_array_new(FALSE, FALSE, sizeof(struct holder));
    for (guint i = 0; i < draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(draft, i);
        if (!is_open_invite(candidate))
            continue;
        add_holder(wishes, candidate->step.profile.field[PROFILE_USER_NAME], i);
        add_holder(wishes, candidate->step.profile.field[PROFILE_MAIL], i);
    }
    sort(wishes);
    for (guint i = 1; i < wishes->len; i++) {
        const struct holder *a = &g_array_index(wishes, struct holder, i - 1);
        const struct holder *b = &g_array_index(wishes, struct holder, i);
        if (a->index != b->index && g_ascii_strcasecmp(a->address, b->address) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Has this invite, or somebody who joins it already, a link of the origin? */
static gboolean is_joined_by(const PlanDraft *draft, guint inviter, const char *origin)
{
    for (guint i = 0; i < draft->candidates->len; i++) {
        const struct plan_candidate *candidate = plan_draft_at(draft, i);
        if ((i == inviter || candidate->inviter == (gint32)inviter) &&
            strcmp(candidate->step.origin, origin) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Claims the addresses of one invite, or makes it join the one invite that has them. */
static void claim(PlanDraft *draft, GHashTable *claims, guint index)
{
    struct plan_candidate *candidate = plan_draft_at(draft, index);
    const char *fields[] = {candidate->step.profile.field[PROFILE_USER_NAME],
                            candidate->step.profile.field[PROFILE_MAIL]};
    gint inviter = -1;
    gboolean several = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *key = fields[i] != NULL ? address_fold(fields[i]) : g_strdup("");
        gpointer value = NULL;
        if (!g_hash_table_lookup_extended(claims, key, NULL, &value))
            continue;
        several = several || (inviter >= 0 && inviter != GPOINTER_TO_INT(value));
        inviter = GPOINTER_TO_INT(value);
    }
    if (inviter >= 0 && !several && plan_draft_may_adopt(draft, candidate->step.origin) &&
        !is_joined_by(draft, (guint)inviter, candidate->step.origin)) {
        candidate->inviter = inviter;
        plan_draft_as_joiner(candidate);
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(fields) && inviter < 0; i++)
        if (fields[i] != NULL)
            g_hash_table_insert(claims, address_fold(fields[i]), GINT_TO_POINTER((gint)index));
}

void plan_newcomers_finish(PlanNewcomers *newcomers)
{
    PlanDraft *draft = newcomers->draft;
    if (!wants_twice(draft))
        return;
    draft->addresses = TRUE;
    g_autoptr(GHashTable) claims = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    /* Those who may not adopt invite first, so that the others can join. */
    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < draft->candidates->len; i++) {
            const struct plan_candidate *candidate = plan_draft_at(draft, i);
            if (is_open_invite(candidate) &&
                plan_draft_may_adopt(draft, candidate->step.origin) == (pass == 1))
                claim(draft, claims, i);
        }
}
