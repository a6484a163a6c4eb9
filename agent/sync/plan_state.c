#include "agent/sync/plan_state.h"

#include <string.h>

#define LINK_AT(state, index) (&g_array_index((state)->links, struct plan_state_link, (index)))
#define ROLE_AT(state, index) (&g_array_index((state)->roles, struct plan_state_role, (index)))
#define STAND_IN_AT(state, index)                                                              \
    (&g_array_index((state)->stand_ins, struct plan_state_stand_in, (index)))

gint32 plan_state_find_project(const Actual *actual, const char *name)
{
    const struct actual_project *project = actual_find_project(actual, name);
    return project != NULL ? (gint32)(project - actual->projects) : -1;
}

static void add_role(PlanState *state, guint32 link, guint32 project, enum project_role role)
{
    struct plan_state_role entry = {project, role, LINK_AT(state, link)->first_role};
    g_array_append_val(state->roles, entry);
    LINK_AT(state, link)->first_role = (gint32)state->roles->len - 1;
}

static void set_role(PlanState *state, guint32 link, guint32 project, enum project_role role)
{
    for (gint32 i = LINK_AT(state, link)->first_role; i >= 0; i = ROLE_AT(state, i)->next)
        if (ROLE_AT(state, i)->project == project) {
            ROLE_AT(state, i)->role = role;
            return;
        }
    add_role(state, link, project, role);
}

static enum project_role link_role(const PlanState *state, gint32 link, guint32 project)
{
    for (gint32 i = LINK_AT(state, link)->first_role; i >= 0; i = ROLE_AT(state, i)->next)
        if (ROLE_AT(state, i)->project == project)
            return ROLE_AT(state, i)->role;
    return PROJECT_ROLE_NONE;
}

enum organization_role plan_state_role(const PlanState *state, guint32 person)
{
    const struct actual_person *was = &state->actual->people[person];
    if (was->override_role != ORGANIZATION_ROLE_NONE)
        return was->override_role;
    enum organization_role best = ORGANIZATION_ROLE_MEMBER;
    for (gint32 i = state->people[person].first_link; i >= 0; i = LINK_AT(state, i)->next) {
        const struct plan_state_link *link = LINK_AT(state, i);
        if (link->alive && link->active && link->role > best)
            best = link->role;
    }
    return best;
}

static gboolean stands_in(const PlanState *state, guint32 person, guint32 project)
{
    for (guint i = 0; i < state->stand_ins->len; i++) {
        const struct plan_state_stand_in *stand_in = STAND_IN_AT(state, i);
        if (stand_in->alive && stand_in->person == person && stand_in->project == project)
            return TRUE;
    }
    return FALSE;
}

enum project_role plan_state_project_role(const PlanState *state, guint32 person,
                                          guint32 project)
{
    const struct actual_person *was = &state->actual->people[person];
    const char *name = state->actual->projects[project].name;
    for (guint32 i = 0; i < was->override_count; i++)
        if (strcmp(was->overrides[i].project, name) == 0)
            return was->overrides[i].role;
    if (stands_in(state, person, project))
        return PROJECT_ROLE_ADMIN;
    enum project_role best = PROJECT_ROLE_NONE;
    for (gint32 i = state->people[person].first_link; i >= 0; i = LINK_AT(state, i)->next) {
        const struct plan_state_link *link = LINK_AT(state, i);
        enum project_role role = PROJECT_ROLE_NONE;
        if (link->alive && link->active)
            role = link_role(state, i, project);
        if (role > best)
            best = role;
    }
    return best;
}

gboolean plan_state_is_owner(const PlanState *state, guint32 person)
{
    const struct plan_state_person *now = &state->people[person];
    return !now->gone && now->status == ACTUAL_ACTIVE &&
           plan_state_role(state, person) == ORGANIZATION_ROLE_OWNER;
}

gboolean plan_state_is_admin(const PlanState *state, guint32 person, guint32 project)
{
    const struct plan_state_person *now = &state->people[person];
    return !now->gone && now->status == ACTUAL_ACTIVE &&
           plan_state_project_role(state, person, project) == PROJECT_ROLE_ADMIN;
}

static void fill_person(PlanState *state, guint32 index)
{
    const struct actual_person *was = &state->actual->people[index];
    struct plan_state_person *now = &state->people[index];
    now->status = was->status;
    now->by_owner = was->suspended_by_owner || was->status == ACTUAL_SUSPENDED;
    now->first_link = was->link_count > 0 ? (gint32)state->links->len : -1;
    for (guint32 i = 0; i < was->link_count; i++) {
        const struct actual_link *from = &was->links[i];
        gint32 next = i + 1 < was->link_count ? (gint32)state->links->len + 1 : -1;
        struct plan_state_link link = {.origin = from->origin,
                                       .age = from->age,
                                       .alive = TRUE,
                                       .active = from->active,
                                       .attached = from->attached,
                                       .role = from->role,
                                       .first_role = -1,
                                       .next = next};
        g_array_append_val(state->links, link);
        now->by_owner = now->by_owner && (from->active || was->suspended_by_owner);
        for (guint32 k = 0; k < from->project_count; k++) {
            gint32 project = plan_state_find_project(state->actual, from->projects[k].project);
            if (project >= 0)
                add_role(state, state->links->len - 1, (guint32)project,
                         from->projects[k].role);
        }
    }
    for (guint32 i = 0; i < was->stands_in_count; i++) {
        gint32 project = plan_state_find_project(state->actual, was->stands_in[i]);
        struct plan_state_stand_in stand_in = {index, (guint32)project, TRUE};
        if (project >= 0)
            g_array_append_val(state->stand_ins, stand_in);
    }
}

static void count_admin(PlanState *state, guint32 person, gint32 project, gint change)
{
    if (project < 0 || state->marks[project] == state->stamp)
        return;
    state->marks[project] = state->stamp;
    if (plan_state_is_admin(state, person, (guint32)project))
        state->admins[project] += (guint)change;
}

/* Adds the person to the counts of active owners and admins, or takes them out. Only the
 * projects that anything names for them are looked at. */
static void count_person(PlanState *state, guint32 person, gint change)
{
    const struct actual_person *was = &state->actual->people[person];
    if (state->people[person].gone || state->people[person].status != ACTUAL_ACTIVE)
        return;
    if (plan_state_is_owner(state, person))
        state->owners += (guint)change;
    state->stamp++;
    for (gint32 i = state->people[person].first_link; i >= 0; i = LINK_AT(state, i)->next)
        for (gint32 k = LINK_AT(state, i)->first_role; k >= 0; k = ROLE_AT(state, k)->next)
            count_admin(state, person, (gint32)ROLE_AT(state, k)->project, change);
    for (guint32 i = 0; i < was->override_count; i++)
        count_admin(state, person,
                    plan_state_find_project(state->actual, was->overrides[i].project), change);
    for (guint i = 0; i < state->stand_ins->len; i++)
        if (STAND_IN_AT(state, i)->person == person)
            count_admin(state, person, (gint32)STAND_IN_AT(state, i)->project, change);
}

PlanState *plan_state_new(const Actual *actual)
{
    PlanState *state = g_new0(PlanState, 1);
    state->actual = actual;
    state->seats = actual->seats_used;
    state->people = g_new0(struct plan_state_person, actual->person_count);
    state->admins = g_new0(guint, actual->project_count);
    state->marks = g_new0(guint, actual->project_count);
    guint people = actual->person_count;
    state->links = g_array_sized_new(FALSE, FALSE, sizeof(struct plan_state_link), people + 1);
    state->roles = g_array_sized_new(FALSE, FALSE, sizeof(struct plan_state_role), people + 1);
    state->stand_ins = g_array_sized_new(FALSE, FALSE, sizeof(struct plan_state_stand_in), 1);
    for (guint32 i = 0; i < people; i++)
        fill_person(state, i);
    for (guint32 i = 0; i < people; i++)
        count_person(state, i, 1);
    return state;
}

static GArray *copy_array(GArray *from)
{
    guint size = g_array_get_element_size(from);
    GArray *copy = g_array_sized_new(FALSE, FALSE, size, from->len + 1);
    return g_array_append_vals(copy, from->data, from->len);
}

PlanState *plan_state_copy(const PlanState *state)
{
    PlanState *copy = g_new(PlanState, 1);
    const Actual *actual = state->actual;
    *copy = *state;
    copy->people = g_new(struct plan_state_person, actual->person_count);
    copy->admins = g_new(guint, actual->project_count);
    copy->marks = g_new0(guint, actual->project_count);
    copy->stamp = 0;
    if (actual->person_count > 0)
        memcpy(copy->people, state->people, actual->person_count * sizeof *copy->people);
    if (actual->project_count > 0)
        memcpy(copy->admins, state->admins, actual->project_count * sizeof *copy->admins);
    copy->links = copy_array(state->links);
    copy->roles = copy_array(state->roles);
    copy->stand_ins = copy_array(state->stand_ins);
    return copy;
}

void plan_state_free(PlanState *state)
{
    if (state == NULL)
        return;
    g_free(state->people);
    g_free(state->admins);
    g_free(state->marks);
    g_array_free(state->links, TRUE);
    g_array_free(state->roles, TRUE);
    g_array_free(state->stand_ins, TRUE);
    g_free(state);
}

static gint32 find_link(const PlanState *state, guint32 person, gint32 link)
{
    gint32 index = state->people[person].first_link;
    for (gint32 i = 0; i < link && index >= 0; i++)
        index = LINK_AT(state, index)->next;
    return index;
}

/* What becomes of a person whose link `changed` does what the step's kind says; -1: no link. */
static enum actual_status status_after(const PlanState *state, guint32 person, gint32 changed,
                                       enum plan_kind kind, gboolean *gone)
{
    const struct plan_state_person *now = &state->people[person];
    gboolean removes = kind == PLAN_REMOVE || kind == PLAN_REVOKE;
    gboolean inactive = now->by_owner;
    *gone = TRUE;
    for (gint32 i = now->first_link; i >= 0; i = LINK_AT(state, i)->next) {
        gboolean active = LINK_AT(state, i)->active;
        if (!LINK_AT(state, i)->alive || LINK_AT(state, i)->attached ||
            (i == changed && removes))
            continue;
        if (i == changed)
            active = kind != PLAN_SUSPEND && (active || kind == PLAN_REACTIVATE);
        *gone = FALSE;
        inactive = inactive || !active;
    }
    if (now->status == ACTUAL_WAITING || now->status == ACTUAL_HELD ||
        now->status == ACTUAL_REHEARSED)
        return now->status;
    if (inactive)
        return ACTUAL_SUSPENDED;
    if (now->status != ACTUAL_SUSPENDED)
        return now->status;
    return state->actual->people[person].joined ? ACTUAL_ACTIVE : ACTUAL_INVITED;
}

static gint holds_seat(enum actual_status status, gboolean gone)
{
    return !gone && (status == ACTUAL_ACTIVE || status == ACTUAL_INVITED) ? 1 : 0;
}

static gboolean changes_status(enum plan_kind kind)
{
    return kind == PLAN_SUSPEND || kind == PLAN_REACTIVATE || kind == PLAN_REMOVE ||
           kind == PLAN_REVOKE;
}

gint plan_state_seat_effect(const PlanState *state, const struct plan_step *step, gint32 person,
                            gint32 link)
{
    if (step->kind == PLAN_INVITE)
        return 1;
    if (person < 0 || !changes_status(step->kind))
        return 0;
    const struct plan_state_person *now = &state->people[person];
    gboolean gone = FALSE;
    enum actual_status status = status_after(
        state, (guint32)person, find_link(state, (guint32)person, link), step->kind, &gone);
    return holds_seat(status, gone) - holds_seat(now->status, now->gone);
}

gint32 plan_state_place_of(const PlanState *state, guint32 person, const char *origin)
{
    gint32 place = 0;
    for (gint32 i = state->people[person].first_link; i >= 0; i = LINK_AT(state, i)->next) {
        if (LINK_AT(state, i)->alive && strcmp(LINK_AT(state, i)->origin, origin) == 0)
            return place;
        place++;
    }
    return -1;
}

gboolean plan_state_has_origin(const PlanState *state, guint32 person, const char *origin)
{
    return plan_state_place_of(state, person, origin) >= 0;
}

gboolean plan_state_owns_profile(const PlanState *state, guint32 person, gint32 link)
{
    gint32 mine = find_link(state, person, link);
    if (mine < 0 || LINK_AT(state, mine)->attached)
        return FALSE;
    for (gint32 i = state->people[person].first_link; i >= 0; i = LINK_AT(state, i)->next)
        if (LINK_AT(state, i)->alive && !LINK_AT(state, i)->attached &&
            LINK_AT(state, i)->age < LINK_AT(state, mine)->age)
            return FALSE;
    return TRUE;
}

static gint32 add_link(PlanState *state, guint32 person, const struct plan_step *step)
{
    struct plan_state_link link = {.origin = step->origin,
                                   .age = state->links->len,
                                   .alive = TRUE,
                                   .active = TRUE,
                                   .attached = (step->flags & PLAN_ATTACHED) != 0,
                                   .role = ORGANIZATION_ROLE_MEMBER,
                                   .first_role = -1,
                                   .next = -1};
    /* New links go last, so that the places of the others stay what the plan says they are. */
    gint32 last = -1;
    for (gint32 i = state->people[person].first_link; i >= 0; i = LINK_AT(state, i)->next)
        last = i;
    g_array_append_val(state->links, link);
    gint32 index = (gint32)state->links->len - 1;
    if (last < 0)
        state->people[person].first_link = index;
    else
        LINK_AT(state, last)->next = index;
    return index;
}

static void change_link(PlanState *state, const struct plan_step *step, guint32 person,
                        gint32 link)
{
    if ((step->flags & PLAN_STAND_IN) != 0) {
        struct plan_state_stand_in stand_in = {person, 0, TRUE};
        stand_in.project =
            (guint32)plan_state_find_project(state->actual, step->projects[0].project);
        g_array_append_val(state->stand_ins, stand_in);
        return;
    }
    gint32 index = (step->flags & PLAN_ADOPT) != 0 ? add_link(state, person, step)
                                                   : find_link(state, person, link);
    if (changes_status(step->kind)) {
        struct plan_state_person *now = &state->people[person];
        now->status = status_after(state, person, index, step->kind, &now->gone);
        LINK_AT(state, index)->alive = step->kind != PLAN_REMOVE && step->kind != PLAN_REVOKE;
        LINK_AT(state, index)->active = step->kind != PLAN_SUSPEND;
        return;
    }
    if (step->organization_from != step->organization_to)
        LINK_AT(state, index)->role = step->organization_to;
    for (guint32 i = 0; i < step->project_count; i++) {
        gint32 project = plan_state_find_project(state->actual, step->projects[i].project);
        if (project >= 0)
            set_role(state, (guint32)index, (guint32)project, step->projects[i].to);
    }
}

/* Ends the stand-ins of others where `person` is an active admin now and was none before (whose
 * bit says so), and the person's own when they are no active owner any more. */
static void end_stand_ins(PlanState *state, guint32 person, const gboolean *was_admin,
                          GArray *touched)
{
    for (guint i = 0; i < state->stand_ins->len; i++) {
        struct plan_state_stand_in *stand_in = STAND_IN_AT(state, i);
        guint32 owner = stand_in->person;
        gboolean ends =
            owner == person
                ? !plan_state_is_owner(state, person)
                : plan_state_is_admin(state, person, stand_in->project) && !was_admin[i];
        if (!stand_in->alive || !ends)
            continue;
        if (owner != person)
            count_person(state, owner, -1);
        stand_in->alive = FALSE;
        if (owner == person)
            continue; /* counted by the caller */
        count_person(state, owner, 1);
        if (touched != NULL)
            g_array_append_val(touched, owner);
    }
}

void plan_state_apply(PlanState *state, const struct plan_step *step, gint32 person,
                      gint32 link, GArray *touched)
{
    state->seats += (guint)plan_state_seat_effect(state, step, person, link);
    if (person < 0)
        return;
    guint32 index = (guint32)person;
    g_autofree gboolean *was_admin = NULL;
    guint stand_ins = state->stand_ins->len;
    if (stand_ins > 0 || (step->flags & PLAN_STAND_IN) != 0)
        was_admin = g_new0(gboolean, stand_ins + 1);
    for (guint i = 0; i < stand_ins; i++)
        was_admin[i] = plan_state_is_admin(state, index, STAND_IN_AT(state, i)->project);
    count_person(state, index, -1);
    change_link(state, step, index, link);
    if (was_admin != NULL)
        end_stand_ins(state, index, was_admin, touched);
    count_person(state, index, 1);
}
