/*
 * One write in the making: who asks, what stood before, which people it has touched.
 *
 * The judge opens one for each act; the acts touch people and change rows through the rooms;
 * settle.h then makes everything follow from the rows and judges the state after.
 *
 * Convention of all functions on a change: FALSE with `error` set means that the store failed,
 * FALSE without that the verdict says no. Either way the whole act is undone.
 */
#pragma once

#include <glib.h>

#include "scim/organization/actor.h"
#include "scim/organization/judge_setup.h"
#include "scim/organization/organization.h"
#include "scim/organization/permission.h"
#include "scim/organization/person_facts.h"
#include "scim/organization/verdict.h"
#include "scim/protocol/clock.h"
#include "scim/store/store.h"

struct act;

/* A person whom the act changes. */
struct touched {
    char *id;
    PersonFacts *before; /* NULL: new */
    PersonFacts *after;  /* NULL: gone, or not settled yet */
    gboolean is_gone;
    gboolean resend; /* a new link whatever else changes */
    gboolean renew;  /* with resend: nobody of the organization asked; it counts as a renewal */
    gboolean expire; /* the invitation is over by time: the seat is free */
    gboolean accept; /* active now: the invitation is accepted, or none is needed */
    gint64 accepted_at;   /* with accept; 0: now */
    gboolean release;     /* a held person may be invited again */
    gboolean may_wait;    /* without a free seat they wait for one, whoever acts */
    char *hold;           /* why a provider's person cannot be invited; NULL: can */
    GPtrArray *stand_ins; /* projects (char *) in which this act makes them stand in, or NULL */
};

struct change {
    const struct judge *judge; /* how it was set up: key, mail, policies */
    const struct act *act;     /* NULL: nobody asked, time does it */
    StoreSession *session;
    const struct random_source *random;
    gint64 now, restore_window;
    const struct actor *actor;
    const char *organization;
    Organization *home; /* as it stood before the act, after the sweep */
    PersonFacts *self;  /* ACTOR_PERSON: as they stood before */
    GPtrArray *touched; /* struct touched, in the order in which they were */
    GPtrArray *new_projects, *renamed_projects; /* names (char *) */
    gboolean is_new;                            /* the organization is made by this act */
    gboolean home_changed;   /* something of the organization besides its people */
    gboolean groups_changed; /* pushed groups changed or became a source for rules: nothing
                                else of the organization moves with them */
    GPtrArray *records;      /* for the audit: change_record.h; NULL: none yet */
    struct verdict *verdict;
};

/* One that has not begun, on the judge's session and clock. Everything is borrowed. */
struct change change_prepare(const struct judge *judge, const struct actor *actor,
                             const char *organization, struct verdict *verdict);

/* Reads the organization and, for a person, who they are: not active any more is refused. The
 * rest of `change` is set by the caller. */
gboolean change_begin(struct change *change, GError **error);
void change_clear(struct change *change);

/* The moment by which statuses are read: now; while time is frozen, whenever they were stored. */
gint64 change_as_of(const struct change *change);

/* The person `id` as they stand, remembered as `before` when first touched. Verdict 404 when there
 * is nobody. */
gboolean change_touch(struct change *change, const char *id, struct touched **touched,
                      GError **error);

/* The same for whom time has caught up with: remembered as they are stored, not as they are by the
 * clock, and marked `expire`. */
gboolean change_touch_due(struct change *change, const char *id, struct touched **touched,
                          GError **error);

/* A person who does not exist yet. */
struct touched *change_touch_new(struct change *change, const char *id);

/* Asks the table; else the verdict is a refusal that says what may not be done. */
gboolean change_permit(struct change *change, enum permission permission,
                       const struct permission_target *target);

/* The same for a project: is_project is found out. */
gboolean change_permit_project(struct change *change, enum permission permission,
                               const char *project);

/* May the actor resend or revoke the open invitation of a person: any, their own, one into a project
 * of theirs, one of a link of their own (endpoint, "Who may do what")? */
gboolean change_permit_invitation(struct change *change, const struct person_facts *facts,
                                  GError **error);

/* No sync and no provider changes a protected owner: FALSE with that refusal. */
gboolean change_spare_protected(struct change *change, const struct person_facts *facts);

/* Is the acting person an admin of that project? */
gboolean change_is_project_admin(const struct change *change, const char *project);

/* A new id: 128 random bits, never from input (R01). The caller frees. */
char *change_new_id(const struct change *change);

/* The version the caller knew must still stand; 0 for any. */
gboolean change_match(struct change *change, gint64 version, gint64 if_match);
