/*
 * What an organization becomes under a step: a small pure model of the endpoint's effect on
 * roles, stand-ins and seats, so that a plan can be checked before anything is asked for.
 *
 * Where the endpoint may do one thing or another, the model keeps what is worse for the
 * invariants: a stand-in ends as soon as anybody else newly becomes an active admin. Invited
 * people have no part in it but their seat. Copies are cheap: a question is asked of a copy.
 */
#pragma once

#include <glib.h>

#include "agent/sync/actual.h"
#include "agent/sync/plan.h"

/* A link's role in one project; a list by `next`, -1 ends it. */
struct plan_state_role {
    guint32 project; /* index into actual->projects */
    enum project_role role;
    gint32 next;
};

struct plan_state_link {
    const char *origin; /* borrowed from the actual state or from the step that made the link */
    guint age;          /* as actual_link.age */
    gboolean alive;
    gboolean active;
    gboolean attached; /* gives roles and keeps nobody in */
    enum organization_role role;
    gint32 first_role;
    gint32 next; /* of the same person; -1 ends the list */
};

struct plan_state_person {
    enum actual_status status;
    gboolean gone;
    gboolean by_owner; /* suspended by no link's doing */
    gint32 first_link; /* the person's links begin here, in the order of actual_person.links */
};

struct plan_state_stand_in {
    guint32 person, project;
    gboolean alive;
};

typedef struct plan_state PlanState;

struct plan_state {
    const Actual *actual;
    guint seats;   /* held now */
    guint owners;  /* active owners now */
    guint *admins; /* active admins now, by project */
    struct plan_state_person *people;
    GArray *links, *roles, *stand_ins;
    guint *marks; /* scratch: which person was counted last in a project */
    guint stamp;
};

PlanState *plan_state_new(const Actual *actual);
PlanState *plan_state_copy(const PlanState *state);
void plan_state_free(PlanState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanState, plan_state_free)

/* Carries a step out. `person` is the index into actual->people, -1 for an invite and for an
 * adoption of somebody who is not there yet; `link` the index of the link in the person's list,
 * -1 where the step makes it (adoption) or needs none (stand-in). Indexes of others whose
 * stand-in ended are appended to `touched` (guint32), if given. */
void plan_state_apply(PlanState *state, const struct plan_step *step, gint32 person,
                      gint32 link, GArray *touched);

/* +1 if the step would take a seat now, -1 if it would free one, else 0. The state stays. */
gint plan_state_seat_effect(const PlanState *state, const struct plan_step *step, gint32 person,
                            gint32 link);

/* The effective organization role, and the one in a project, whatever the status. */
enum organization_role plan_state_role(const PlanState *state, guint32 person);
enum project_role plan_state_project_role(const PlanState *state, guint32 person,
                                          guint32 project);

gboolean plan_state_is_owner(const PlanState *state, guint32 person); /* active owner */
gboolean plan_state_is_admin(const PlanState *state, guint32 person, guint32 project);

/* The place of the person's link of this origin among their links, or -1. Have they one? Is this
 * their oldest link, whose profile they have? */
gint32 plan_state_place_of(const PlanState *state, guint32 person, const char *origin);
gboolean plan_state_has_origin(const PlanState *state, guint32 person, const char *origin);
gboolean plan_state_owns_profile(const PlanState *state, guint32 person, gint32 link);

/* The project's index in actual->projects, or -1. */
gint32 plan_state_find_project(const Actual *actual, const char *name);
