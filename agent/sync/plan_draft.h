/*
 * A plan in the making: every step that the difference asks for, before it is known which of
 * them will be taken, held or must wait.
 *
 * plan_diff fills in candidates, plan_guard holds some, plan_order takes the rest in order.
 * What is decided of a candidate never changes any more.
 */
#pragma once

#include <glib.h>

#include "agent/sync/plan.h"
#include "agent/sync/plan_input.h"

enum plan_fate {
    PLAN_FATE_OPEN,
    PLAN_FATE_TAKEN, /* a step of the plan */
    PLAN_FATE_LEFT,  /* held, noted, waiting or without object */
};

/* Why an open candidate could not be taken when it was last tried. */
enum plan_obstacle {
    PLAN_OBSTACLE_NONE,
    PLAN_OBSTACLE_LAST_OWNER,
    PLAN_OBSTACLE_ONLY_ADMIN, /* an owner who stays is the project's only admin */
    PLAN_OBSTACLE_LAST_ADMIN, /* nobody can stand in */
    PLAN_OBSTACLE_ADDRESS,
    PLAN_OBSTACLE_SEAT,
};

struct plan_candidate {
    struct plan_step step;
    gint32 person;  /* index into actual->people; -1: not there yet */
    gint32 link;    /* index into the person's links; -1: the step makes it */
    gint32 inviter; /* index of the candidate whose invite makes the person; -1: none */
    const struct desired_link *wanted; /* NULL for a removal of somebody missing */
    gboolean after_marker;             /* wants somebody whose marker this plan clears */
    enum plan_fate fate;
    enum plan_obstacle obstacle;
    guint taken_as; /* index into plan->steps, when taken */
};

typedef struct plan_draft PlanDraft;

struct plan_draft {
    const struct plan_input *input;
    Plan *plan;
    GArray *candidates; /* struct plan_candidate */
    gboolean addresses; /* an address changes hands or is wanted twice: plan_order must look */
};

/* The plan is the caller's. */
PlanDraft *plan_draft_new(const struct plan_input *input, Plan *plan);
void plan_draft_free(PlanDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanDraft, plan_draft_free)

struct plan_candidate *plan_draft_at(const PlanDraft *draft, guint index);

/* Text in the plan, printed. */
const char *plan_draft_text(PlanDraft *draft, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The directory of the config by its origin, or NULL. Borrowed. */
const struct plan_origin *plan_draft_origin(const PlanDraft *draft, const char *origin);

/* Are its links attached: is it pushed groups? */
gboolean plan_draft_attaches(const PlanDraft *draft, const char *origin);

/* May a directory link to people whom another origin made? */
gboolean plan_draft_may_adopt(const PlanDraft *draft, const char *origin);

/* Turns a newcomer's candidate into an invite with the whole profile that is wanted; or into the
 * adoption of a person (index into actual->people) of this status; or into an adoption of the
 * person whom the candidate `inviter` invites. */
void plan_draft_as_invite(struct plan_candidate *candidate);
void plan_draft_as_joiner(struct plan_candidate *candidate);
void plan_draft_as_adoption(const PlanDraft *draft, struct plan_candidate *candidate,
                            guint32 person, enum actual_status status);

/* Leaves a candidate as a hold; the texts must be the plan's or static. */
void plan_draft_hold(PlanDraft *draft, struct plan_candidate *candidate,
                     enum plan_hold_reason reason, const char *sentence, const char *release);

/* Adds a note; the texts must be the plan's, the input's or static. They are copied. */
void plan_draft_note(PlanDraft *draft, const struct plan_note *note);

/* Leaves a candidate as a note about its person. `project` may be "". */
void plan_draft_leave(PlanDraft *draft, struct plan_candidate *candidate,
                      enum plan_note_reason reason, const char *project, const char *sentence);
