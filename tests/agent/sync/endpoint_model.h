/*
 * A small endpoint in memory, written apart from the planner's own model: it carries steps out by
 * the rules of the endpoint, refuses what makes no sense, and says when an invariant is broken.
 *
 * Up to three origins, three projects and a dozen people. It has no succession of its own: a plan
 * must never need it.
 */
#pragma once

#include <glib.h>

#include "agent/sync/actual.h"
#include "agent/sync/plan.h"

#define MODEL_PEOPLE   12
#define MODEL_ORIGINS  3
#define MODEL_PROJECTS 3
#define MODEL_MARKERS  4

#define MODEL_NO_OVERRIDE (-1)

/* "directory:d1", "directory:d2", "manual": ordered, as links are. */
extern const char *const endpoint_model_origins[MODEL_ORIGINS];
/* "p1", "p2", "p3" */
extern const char *const endpoint_model_projects[MODEL_PROJECTS];

struct model_link {
    gboolean alive, active;
    const char *external_id;
    enum organization_role role;
    enum project_role projects[MODEL_PROJECTS];
};

struct model_person {
    gboolean here;
    enum actual_status status;
    gboolean joined, is_protected, by_owner;
    enum organization_role override_role;
    gint overrides[MODEL_PROJECTS]; /* enum project_role, or MODEL_NO_OVERRIDE */
    gboolean stands_in[MODEL_PROJECTS];
    guint oldest; /* origin whose link is the oldest */
    struct model_link links[MODEL_ORIGINS];
    const char *user_name, *mail;
    guint version;
};

struct model_marker {
    gboolean here;
    guint origin;
    const char *external_id, *user_name;
};

struct model {
    guint cap;
    guint project_count;
    guint person_count; /* slots in use, gone people included */
    struct model_person people[MODEL_PEOPLE];
    struct model_marker markers[MODEL_MARKERS];
};

/* Room for the actual state of a model, so that none is allocated. */
struct model_view {
    Actual actual;
    struct actual_person people[MODEL_PEOPLE];
    struct actual_link links[MODEL_PEOPLE][MODEL_ORIGINS];
    struct actual_project_role link_roles[MODEL_PEOPLE][MODEL_ORIGINS][MODEL_PROJECTS];
    struct actual_project_role roles[MODEL_PEOPLE][MODEL_PROJECTS];
    struct actual_project_role overrides[MODEL_PEOPLE][MODEL_PROJECTS];
    const char *stands_in[MODEL_PEOPLE][MODEL_PROJECTS];
    struct actual_project projects[MODEL_PROJECTS];
    struct actual_marker markers[MODEL_MARKERS];
    char versions[MODEL_PEOPLE][16];
};

/* A person with nothing, in the next slot. */
struct model_person *endpoint_model_add(struct model *model);

/* The id of the person in a slot: "u01" ... Static. */
const char *endpoint_model_id(guint slot);

guint endpoint_model_seats(const struct model *model);

/* What the endpoint would show. The view points into the model's texts and into itself. */
const Actual *endpoint_model_show(const struct model *model, struct model_view *view);

/* Carries a step out. NULL, or why it is no step that the endpoint could take. `made` is the slot
 * of the person that an earlier invite made (made_by), else -1; *slot is whom it wrote to. */
const char *endpoint_model_step(struct model *model, const struct plan_step *step, gint made,
                                guint *slot);

/* NULL, or the invariant that is broken: I1, I2, I3 (seats before the step given), I4, or two
 * people with one address. */
const char *endpoint_model_check(const struct model *model, guint seats_before);

/* Carries the whole plan out and checks after each step. NULL, or what went wrong; *at is the
 * step's index. */
const char *endpoint_model_apply(struct model *model, const Plan *plan, guint *at);
