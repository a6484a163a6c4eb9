#include "agent/sync/plan_seats.h"

#include <string.h>

#include "agent/sync/plan_match.h"

enum rank { RANK_OWNER, RANK_PROJECT_ADMIN, RANK_BILLING_ADMIN, RANK_REST };

/* The first project of which the wanted link is an admin, or NULL. */
static const char *admin_of(const struct desired_link *wanted)
{
    for (guint32 i = 0; i < wanted->project_count; i++)
        if (wanted->projects[i].role == PROJECT_ROLE_ADMIN)
            return wanted->projects[i].name;
    return NULL;
}

static enum rank rank_of(const struct desired_link *wanted)
{
    if (wanted == NULL)
        return RANK_REST;
    if (wanted->role == ORGANIZATION_ROLE_OWNER)
        return RANK_OWNER;
    if (admin_of(wanted) != NULL)
        return RANK_PROJECT_ADMIN;
    return wanted->role == ORGANIZATION_ROLE_BILLING_ADMIN ? RANK_BILLING_ADMIN : RANK_REST;
}

static gboolean is_number(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int compare_order(const char *a, const char *b)
{
    if ((a[0] == '\0') != (b[0] == '\0'))
        return a[0] == '\0' ? 1 : -1;
    if (!is_number(a) || !is_number(b))
        return strcmp(a, b);
    a += strspn(a, "0");
    b += strspn(b, "0");
    size_t digits_a = strlen(a);
    size_t digits_b = strlen(b);
    if (digits_a != digits_b)
        return digits_a < digits_b ? -1 : 1;
    return strcmp(a, b);
}

static int compare(const struct plan_candidate *a, const struct plan_candidate *b)
{
    enum rank rank_a = rank_of(a->wanted);
    enum rank rank_b = rank_of(b->wanted);
    gint priority_a = a->wanted != NULL ? a->wanted->priority : 0;
    gint priority_b = b->wanted != NULL ? b->wanted->priority : 0;
    const char *order_a =
        a->wanted != NULL && a->wanted->seat_order != NULL ? a->wanted->seat_order : "";
    const char *order_b =
        b->wanted != NULL && b->wanted->seat_order != NULL ? b->wanted->seat_order : "";
    if (rank_a != rank_b)
        return rank_a < rank_b ? -1 : 1;
    if (priority_a != priority_b)
        return priority_a > priority_b ? -1 : 1;
    int order = compare_order(order_a, order_b);
    if (order == 0)
        order = strcmp(a->step.external_id, b->step.external_id);
    if (order == 0)
        order = strcmp(a->step.origin, b->step.origin);
    return order;
}

static int by_queue(gconstpointer a, gconstpointer b, gpointer data)
{
    const PlanDraft *draft = data;
    guint one = *(const guint *)a;
    guint other = *(const guint *)b;
    int order = compare(plan_draft_at(draft, one), plan_draft_at(draft, other));
    if (order == 0)
        order = one < other ? -1 : one > other;
    return order;
}

void plan_seats_sort(PlanDraft *draft, GArray *candidates)
{
    if (candidates->len > 1)
        g_qsort_with_data(candidates->data, (gint)candidates->len, sizeof(guint), by_queue,
                          draft);
}

/* The highest role that the person would have; a link that only ends gives the role of the others. */
static const char *wanted_role(PlanDraft *draft, const struct plan_candidate *candidate,
                               const PlanState *state)
{
    const struct desired_link *wanted = candidate->wanted;
    if (wanted == NULL)
        return organization_role_name(plan_state_role(state, (guint32)candidate->person));
    const char *project = admin_of(wanted);
    if (wanted->role != ORGANIZATION_ROLE_OWNER && project != NULL)
        return plan_draft_text(draft, "%s/%s", project, project_role_name(PROJECT_ROLE_ADMIN));
    return organization_role_name(plan_match_at_least_member(wanted->role));
}

void plan_seats_wait(PlanDraft *draft, struct plan_candidate *candidate, const PlanState *state)
{
    struct plan_waiting waiting = {
        .step = plan_copy_step(draft->plan, &candidate->step),
        .role = wanted_role(draft, candidate, state),
        .sentence = plan_draft_text(draft, "'%s' waits for a seat: %u of %u are taken",
                                    candidate->step.user_name, state->seats, draft->plan->cap),
    };
    g_array_append_val(draft->plan->waiting, waiting);
    candidate->fate = PLAN_FATE_LEFT;
}
