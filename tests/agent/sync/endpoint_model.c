#include "tests/agent/sync/endpoint_model.h"

#include <stdio.h>
#include <string.h>

const char *const endpoint_model_origins[MODEL_ORIGINS] = {"directory:d1", "directory:d2",
                                                           "manual"};
const char *const endpoint_model_projects[MODEL_PROJECTS] = {"p1", "p2", "p3"};

static const char *const ids[MODEL_PEOPLE] = {"u01", "u02", "u03", "u04", "u05", "u06",
                                              "u07", "u08", "u09", "u10", "u11", "u12"};

const char *endpoint_model_id(guint slot)
{
    return ids[slot];
}

struct model_person *endpoint_model_add(struct model *model)
{
    struct model_person *person = &model->people[model->person_count++];
    *person = (struct model_person){.here = TRUE, .version = 1};
    for (guint i = 0; i < MODEL_PROJECTS; i++)
        person->overrides[i] = MODEL_NO_OVERRIDE;
    return person;
}

static gboolean has_seat(const struct model_person *person)
{
    return person->here &&
           (person->status == ACTUAL_ACTIVE || person->status == ACTUAL_INVITED);
}

guint endpoint_model_seats(const struct model *model)
{
    guint seats = 0;
    for (guint i = 0; i < model->person_count; i++)
        seats += has_seat(&model->people[i]) ? 1 : 0;
    return seats;
}

static enum organization_role role_of(const struct model_person *person)
{
    enum organization_role role = ORGANIZATION_ROLE_MEMBER;
    if (person->override_role != ORGANIZATION_ROLE_NONE)
        return person->override_role;
    for (guint i = 0; i < MODEL_ORIGINS; i++)
        if (person->links[i].alive && person->links[i].active && person->links[i].role > role)
            role = person->links[i].role;
    return role;
}

static enum project_role role_in(const struct model_person *person, guint project)
{
    enum project_role role =
        person->stands_in[project] ? PROJECT_ROLE_ADMIN : PROJECT_ROLE_NONE;
    if (person->overrides[project] != MODEL_NO_OVERRIDE)
        return (enum project_role)person->overrides[project];
    for (guint i = 0; i < MODEL_ORIGINS; i++)
        if (person->links[i].alive && person->links[i].active &&
            person->links[i].projects[project] > role)
            role = person->links[i].projects[project];
    return role;
}

static gboolean is_owner(const struct model_person *person)
{
    return person->here && person->status == ACTUAL_ACTIVE &&
           role_of(person) == ORGANIZATION_ROLE_OWNER;
}

static gboolean is_admin(const struct model_person *person, guint project)
{
    return person->here && person->status == ACTUAL_ACTIVE &&
           role_in(person, project) == PROJECT_ROLE_ADMIN;
}

static guint show_roles(const enum project_role *roles, guint count,
                        struct actual_project_role *out)
{
    guint shown = 0;
    for (guint i = 0; i < count; i++)
        if (roles[i] != PROJECT_ROLE_NONE)
            out[shown++] = (struct actual_project_role){endpoint_model_projects[i], roles[i]};
    return shown;
}

static void show_links(const struct model *model, struct model_view *view, guint slot,
                       struct actual_person *out)
{
    const struct model_person *person = &model->people[slot];
    out->links = view->links[slot];
    for (guint i = 0; i < MODEL_ORIGINS; i++) {
        const struct model_link *link = &person->links[i];
        if (!link->alive)
            continue;
        struct actual_link *shown = &out->links[out->link_count++];
        *shown = (struct actual_link){.origin = endpoint_model_origins[i],
                                      .external_id = link->external_id,
                                      .active = link->active,
                                      .age = person->oldest == i ? 0 : i + 1,
                                      .role = link->role,
                                      .projects = view->link_roles[slot][i]};
        shown->project_count =
            show_roles(link->projects, model->project_count, shown->projects);
    }
}

static void show_person(const struct model *model, struct model_view *view, guint slot)
{
    const struct model_person *person = &model->people[slot];
    struct actual_person *out = &view->people[view->actual.person_count++];
    snprintf(view->versions[slot], sizeof view->versions[slot], "W/\"%u\"", person->version);
    *out = (struct actual_person){.id = ids[slot],
                                  .version = view->versions[slot],
                                  .status = person->status,
                                  .status_reason = "",
                                  .joined = person->joined,
                                  .is_protected = person->is_protected,
                                  .suspended_by_owner = person->by_owner,
                                  .role = role_of(person),
                                  .override_role = person->override_role,
                                  .projects = view->roles[slot],
                                  .overrides = view->overrides[slot],
                                  .stands_in = view->stands_in[slot]};
    out->user_name_key = out->profile.field[PROFILE_USER_NAME] = person->user_name;
    out->mail_key = out->profile.field[PROFILE_MAIL] = person->mail;
    show_links(model, view, slot, out);
    for (guint i = 0; i < model->project_count; i++) {
        const char *name = endpoint_model_projects[i];
        enum project_role role = role_in(person, i);
        if (role != PROJECT_ROLE_NONE)
            out->projects[out->project_count++] = (struct actual_project_role){name, role};
        if (person->overrides[i] != MODEL_NO_OVERRIDE)
            out->overrides[out->override_count++] =
                (struct actual_project_role){name, (enum project_role)person->overrides[i]};
        if (person->stands_in[i])
            out->stands_in[out->stands_in_count++] = name;
    }
}

const Actual *endpoint_model_show(const struct model *model, struct model_view *view)
{
    view->actual = (Actual){.organization = "acme",
                            .cap = model->cap,
                            .seats_used = endpoint_model_seats(model),
                            .people = view->people,
                            .projects = view->projects,
                            .project_count = model->project_count,
                            .markers = view->markers};
    for (guint i = 0; i < model->person_count; i++)
        if (model->people[i].here)
            show_person(model, view, i);
    for (guint i = 0; i < model->project_count; i++)
        view->projects[i] = (struct actual_project){.id = endpoint_model_projects[i],
                                                    .version = "W/\"1\"",
                                                    .name = endpoint_model_projects[i]};
    for (guint i = 0; i < MODEL_MARKERS; i++) {
        const struct model_marker *marker = &model->markers[i];
        if (!marker->here)
            continue;
        view->markers[view->actual.marker_count++] =
            (struct actual_marker){.id = ids[i],
                                   .origin = endpoint_model_origins[marker->origin],
                                   .external_id = marker->external_id,
                                   .user_name = marker->user_name,
                                   .user_name_key = marker->user_name,
                                   .kind = "removed"};
    }
    return &view->actual;
}

static gint origin_of(const char *name)
{
    for (gint i = 0; i < MODEL_ORIGINS; i++)
        if (strcmp(endpoint_model_origins[i], name) == 0)
            return i;
    return -1;
}

static gint project_of(const struct model *model, const char *name)
{
    for (gint i = 0; i < (gint)model->project_count; i++)
        if (strcmp(endpoint_model_projects[i], name) == 0)
            return i;
    return -1;
}

static gint slot_of(const struct model *model, const char *id)
{
    for (gint i = 0; i < (gint)model->person_count; i++)
        if (model->people[i].here && strcmp(ids[i], id) == 0)
            return i;
    return -1;
}

/* The status follows from the links. */
static void settle_status(struct model_person *person)
{
    gboolean alive = FALSE;
    gboolean inactive = person->by_owner;
    for (guint i = 0; i < MODEL_ORIGINS; i++) {
        alive = alive || person->links[i].alive;
        inactive = inactive || (person->links[i].alive && !person->links[i].active);
    }
    if (!alive)
        person->here = FALSE;
    else if (inactive)
        person->status = ACTUAL_SUSPENDED;
    else if (person->status == ACTUAL_SUSPENDED)
        person->status = person->joined ? ACTUAL_ACTIVE : ACTUAL_INVITED;
}

static const char *change_roles(const struct model *model, struct model_link *link,
                                const struct plan_step *step)
{
    if (step->organization_from != step->organization_to) {
        if (step->organization_from != link->role)
            return "the organization role is not what the step starts from";
        link->role = step->organization_to;
    }
    for (guint32 i = 0; i < step->project_count; i++) {
        gint project = project_of(model, step->projects[i].project);
        if (project < 0)
            return "no such project";
        if (link->projects[project] != step->projects[i].from)
            return "the project role is not what the step starts from";
        link->projects[project] = step->projects[i].to;
    }
    return NULL;
}

static const char *change_profile(struct model_person *person, const struct plan_step *step)
{
    if ((step->profile_mask & (1u << PROFILE_USER_NAME)) != 0)
        person->user_name = step->profile.field[PROFILE_USER_NAME];
    if ((step->profile_mask & (1u << PROFILE_MAIL)) != 0)
        person->mail = step->profile.field[PROFILE_MAIL];
    return NULL;
}

static const char *invite(struct model *model, const struct plan_step *step, guint origin,
                          guint *slot)
{
    if (endpoint_model_seats(model) >= model->cap)
        return "no seat is free";
    *slot = model->person_count;
    struct model_person *person = endpoint_model_add(model);
    struct model_link *link = &person->links[origin];
    person->status = ACTUAL_INVITED;
    person->oldest = origin;
    link->alive = link->active = TRUE;
    link->external_id = step->external_id;
    change_profile(person, step);
    return change_roles(model, link, step);
}

static const char *stand_in(const struct model *model, struct model_person *person,
                            const struct plan_step *step)
{
    gint project = project_of(model, step->projects[0].project);
    if (!is_owner(person))
        return "only an active owner stands in";
    if (project < 0 || step->projects[0].to != PROJECT_ROLE_ADMIN)
        return "no project to stand in for";
    person->stands_in[project] = TRUE;
    return NULL;
}

/* Takes the link over; an adoption makes it first. */
static const char *find_link(struct model_person *person, const struct plan_step *step,
                             guint origin)
{
    struct model_link *link = &person->links[origin];
    if ((step->flags & PLAN_ADOPT) == 0)
        return link->alive && strcmp(link->external_id, step->external_id) == 0
                   ? NULL
                   : "the link is not there";
    if (link->alive)
        return "adopted, and has a link of this origin";
    *link =
        (struct model_link){.alive = TRUE, .active = TRUE, .external_id = step->external_id};
    return NULL;
}

static const char *write_link(struct model *model, struct model_person *person,
                              const struct plan_step *step, guint origin)
{
    struct model_link *link = &person->links[origin];
    guint seats = endpoint_model_seats(model);
    switch (step->kind) {
    case PLAN_INVITE:
        return "invited, and there already";
    case PLAN_REISSUE:
        if (person->status != ACTUAL_INVITED)
            return "reissued, and not invited";
        change_profile(person, step);
        return change_roles(model, link, step);
    case PLAN_SET_ORGANIZATION_ROLE:
    case PLAN_SET_PROJECT_ROLE:
    case PLAN_REMOVE_PROJECT_ROLE:
        if (person->status == ACTUAL_INVITED)
            return "a role of a pending person changes by reissue";
        return change_roles(model, link, step);
    case PLAN_UPDATE_PROFILE:
        if (person->oldest != origin)
            return "the profile is another link's";
        return change_profile(person, step);
    case PLAN_SUSPEND:
        if (!link->active)
            return "suspended already";
        link->active = FALSE;
        break;
    case PLAN_REACTIVATE:
        if (link->active)
            return "active already";
        link->active = TRUE;
        break;
    case PLAN_REVOKE:
        if (person->status != ACTUAL_INVITED)
            return "revoked, and not invited";
        link->alive = FALSE;
        break;
    case PLAN_REMOVE:
        link->alive = FALSE;
        break;
    case PLAN_KINDS:
        return "no step";
    }
    settle_status(person);
    return endpoint_model_seats(model) > seats && endpoint_model_seats(model) > model->cap
               ? "no seat is free"
               : NULL;
}

/* Stand-ins end where somebody else is an admin now and was none before, and with the ownership. */
static void end_stand_ins(struct model *model, const struct model *before)
{
    for (guint project = 0; project < model->project_count; project++)
        for (guint i = 0; i < model->person_count; i++) {
            struct model_person *person = &model->people[i];
            gboolean ends = person->stands_in[project] && !is_owner(person);
            for (guint k = 0; k < model->person_count; k++)
                if (k != i && person->stands_in[project] &&
                    is_admin(&model->people[k], project) &&
                    !(k < before->person_count && is_admin(&before->people[k], project)))
                    ends = TRUE;
            if (!ends)
                continue;
            person->stands_in[project] = FALSE;
            person->version++;
        }
}

/* A protected owner gets roles in projects and nothing else. */
static gboolean is_forbidden(const struct model_person *person, const struct plan_step *step)
{
    return person->is_protected && (step->flags & PLAN_STAND_IN) == 0 &&
           !(step->kind == PLAN_SET_PROJECT_ROLE &&
             step->projects[0].from == PROJECT_ROLE_NONE);
}

const char *endpoint_model_step(struct model *model, const struct plan_step *step, gint made,
                                guint *slot)
{
    struct model before = *model;
    gint origin = origin_of(step->origin);
    const char *wrong = NULL;
    if (origin < 0)
        return "no such origin";
    if (step->kind == PLAN_INVITE)
        return invite(model, step, (guint)origin, slot);
    gint found = step->made_by >= 0 ? made : slot_of(model, step->person);
    if (found < 0)
        return "no such person";
    *slot = (guint)found;
    struct model_person *person = &model->people[found];
    if (is_forbidden(person, step))
        return "a protected owner";
    if ((step->flags & PLAN_STAND_IN) != 0) {
        wrong = stand_in(model, person, step);
    } else {
        wrong = find_link(person, step, (guint)origin);
        if (wrong == NULL)
            wrong = write_link(model, person, step, (guint)origin);
    }
    person->version++;
    if (person->here && !person->links[person->oldest].alive)
        for (guint i = MODEL_ORIGINS; i > 0; i--)
            if (person->links[i - 1].alive)
                person->oldest = i - 1;
    end_stand_ins(model, &before);
    return wrong;
}

static gboolean shares_address(const struct model_person *a, const struct model_person *b)
{
    return strcmp(a->user_name, b->user_name) == 0 || strcmp(a->mail, b->mail) == 0 ||
           strcmp(a->user_name, b->mail) == 0 || strcmp(a->mail, b->user_name) == 0;
}

static const char *check_person(const struct model *model, guint slot)
{
    const struct model_person *person = &model->people[slot];
    for (guint i = 0; i < MODEL_ORIGINS; i++)
        for (guint k = 0; k < model->project_count; k++)
            if (person->links[i].alive && person->links[i].role == ORGANIZATION_ROLE_NONE &&
                person->links[i].projects[k] != PROJECT_ROLE_NONE)
                return "I4: a project role without an organization role";
    for (guint i = 0; i < slot; i++)
        if (model->people[i].here && shares_address(&model->people[i], person))
            return "two people have one address";
    return NULL;
}

const char *endpoint_model_check(const struct model *model, guint seats_before)
{
    guint owners = 0;
    guint admins[MODEL_PROJECTS] = {0};
    guint seats = endpoint_model_seats(model);
    for (guint i = 0; i < model->person_count; i++) {
        const struct model_person *person = &model->people[i];
        if (!person->here)
            continue;
        const char *wrong = check_person(model, i);
        if (wrong != NULL)
            return wrong;
        owners += is_owner(person) ? 1 : 0;
        for (guint k = 0; k < model->project_count; k++)
            admins[k] += is_admin(person, k) ? 1 : 0;
    }
    if (owners == 0)
        return "I1: no active owner";
    for (guint k = 0; k < model->project_count; k++)
        if (admins[k] == 0)
            return "I2: a project without an active admin";
    return seats > model->cap && seats > seats_before ? "I3: above the cap" : NULL;
}

const char *endpoint_model_apply(struct model *model, const Plan *plan, guint *at)
{
    guint slots[64] = {0};
    for (guint i = 0; i < plan->markers->len; i++) {
        const char *id = g_array_index(plan->markers, struct plan_marker, i).id;
        for (guint k = 0; k < MODEL_MARKERS; k++)
            if (strcmp(ids[k], id) == 0)
                model->markers[k].here = FALSE;
    }
    for (*at = 0; *at < plan->steps->len; ++*at) {
        const struct plan_step *step = &g_array_index(plan->steps, struct plan_step, *at);
        guint seats = endpoint_model_seats(model);
        gint made = step->made_by >= 0 ? (gint)slots[step->made_by] : -1;
        const char *wrong = endpoint_model_step(model, step, made, &slots[*at]);
        if (wrong == NULL)
            wrong = endpoint_model_check(model, seats);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}
