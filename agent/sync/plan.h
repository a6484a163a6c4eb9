/*
 * A plan: the ordered steps from what an organization is to what its directories want, and all
 * that was not made a step, each with its reason.
 *
 * A value: it can be printed, stored, compared, approved and applied. It holds no times and no
 * file lines, so that the same input gives the same bytes. Made by planner_make(), read back by
 * plan_file; every text is owned by the plan.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "agent/sync/actual.h"
#include "mapping/profile.h"
#include "scim/organization/role.h"

/* The ten step kinds of a plan. */
enum plan_kind {
    PLAN_INVITE,
    PLAN_REISSUE,
    PLAN_REVOKE,
    PLAN_SET_ORGANIZATION_ROLE,
    PLAN_SET_PROJECT_ROLE,
    PLAN_REMOVE_PROJECT_ROLE,
    PLAN_UPDATE_PROFILE,
    PLAN_SUSPEND,
    PLAN_REACTIVATE,
    PLAN_REMOVE,
    PLAN_KINDS, /* how many there are */
};

/* What happens to a link's role in one project: NONE to something is a grant, something to NONE
 * takes it away. */
struct plan_role_change {
    const char *project;
    enum project_role from;
    enum project_role to;
};

enum plan_flag {
    PLAN_DESTRUCTIVE = 1 << 0, /* remove, revoke, suspend, or any role lowered or taken */
    PLAN_TAKES_SEAT = 1 << 1,
    PLAN_FREES_SEAT = 1 << 2,
    PLAN_PROVEN_LEAVER = 1 << 3, /* the directory proves the account gone, disabled, expired */
    PLAN_ADOPT = 1 << 4,         /* sets externalId on another's person and makes the link */
    PLAN_STAND_IN = 1 << 5,      /* set-project-role admin by succession: the project's write */
    PLAN_ATTACHED =
        1 << 6, /* of an attached link: a remove takes its roles, the person stays */
};

/*
 * One write. Which members mean something, by kind:
 *
 *   invite                   person NULL; external_id, user_name, profile (whole),
 *                            organization_to, projects
 *   reissue                  any of profile, organization_from/to (when they differ), projects
 *   set-organization-role    organization_from/to; with PLAN_ADOPT also external_id, projects
 *   set-project-role,
 *   remove-project-role      exactly one entry in projects
 *   update-profile           profile
 *   suspend, reactivate      nothing more
 *   remove, revoke           organization_from and projects say what is lost (to is NONE)
 *
 * A reissue with PLAN_ADOPT makes the link of a pending person. With PLAN_STAND_IN, `person` is
 * the owner who stands in and `origin` is still the directory whose change makes it needed.
 */
struct plan_step {
    enum plan_kind kind;
    guint flags; /* enum plan_flag */
    const char *organization;
    const char *origin;      /* the link that the write speaks for */
    const char *external_id; /* the link's; "" for a stand-in */
    const char *person;      /* id; NULL for an invite, and where made_by names the invite */
    const char *user_name;   /* the person's now (invite: as it will be), for people to read */
    const char *base;        /* version that it is based on; NULL: invite, stand-in, made_by */
    gint made_by;            /* index of this plan's invite that makes the person; -1: none */
    const guint32 *needs; /* indexes of earlier steps without which this one is not tried: the
                             stand-ins of a removal, the invite of an adoption; ordered */
    guint32 need_count;
    enum organization_role organization_from;
    enum organization_role organization_to;
    struct plan_role_change *projects; /* ordered by name */
    guint32 project_count;
    guint profile_mask;     /* bit 1 << field: this field of `profile` is written */
    struct profile profile; /* NULL under a set bit: the field is cleared */
    const char **touches; /* ids of others whose record this write changes too (a stand-in that
                     ends): their version is read again before their next step; ordered */
    guint32 touch_count;
    const char *reason; /* one sentence: why */
};

enum plan_hold_reason {
    PLAN_HOLD_LAST_OWNER,
    PLAN_HOLD_LAST_PROJECT_ADMIN, /* and nobody can stand in */
    PLAN_HOLD_ADDRESS_TAKEN,
    PLAN_HOLD_GUARD,
    PLAN_HOLD_UNPROVEN, /* missing, but the directory could not be asked what became of them */
    PLAN_HOLD_REFUSED,  /* in apply: a rule of the endpoint said no */
    PLAN_HOLD_MOVED,    /* in apply: the person changed after the plan was made */
    PLAN_HOLD_FOLLOWS,  /* in apply: a step that must come first was not done */
    PLAN_HOLDS,
};

/* A step not taken because an administrator must act. */
struct plan_hold {
    enum plan_hold_reason reason;
    struct plan_step step;
    const char *sentence; /* what is held and why */
    const char *release;  /* what would release it */
};

enum plan_note_reason {
    PLAN_NOTE_OVERRIDE, /* an owner's edit hides what the directory says */
    PLAN_NOTE_PROTECTED,
    PLAN_NOTE_MARKER,
    PLAN_NOTE_EXPIRED,      /* the endpoint renews it, or a resend; the sync never does */
    PLAN_NOTE_ONLY_ADMIN,   /* an owner keeps a project because nobody else is its admin */
    PLAN_NOTE_NO_PROJECT,   /* a rule names a project that does not exist */
    PLAN_NOTE_NO_DIRECTORY, /* links of a directory that the config does not name any more */
    PLAN_NOTE_SETTLING, /* a role that pushed groups take away, until they have been quiet a while */
    PLAN_NOTE_SET_ASIDE, /* counted in the report as set_aside, not among the notes */
    PLAN_NOTES,
};

/* Something not done that needs nobody. */
struct plan_note {
    enum plan_note_reason reason;
    const char *origin;
    const char *external_id;
    const char *person;    /* id or NULL */
    const char *user_name; /* or the entry's name; "" when the note is of nobody */
    const char *project;   /* "" when the note is of none */
    const char *sentence;
};

/* Somebody who waits for a seat: the step that will be taken once there is one. */
struct plan_waiting {
    struct plan_step step; /* invite, reactivate, or a link's removal that would reactivate */
    const char *role;      /* "owner", "search/admin" ...: the highest they would have */
    const char *sentence;
};

/* A marker whose person left the source: cleared before the steps. */
struct plan_marker {
    const char *id;
    const char *origin;
    const char *external_id;
    const char *user_name;
};

struct plan {
    const char *organization;
    const char *settings_digest; /* as given in the input; "" if none */
    const char *snapshot_digest; /* one over all snapshots, as given in the input; "" if none */
    const char *actual_digest;   /* set by plan_seal(); "" before */
    guint cap;
    guint seats_used; /* before the first step */
    guint managed;    /* people with a link of a directory that was read */
    guint read;       /* entries read */
    guint matched;    /* entries that the rules give a role here */
    GArray *steps;    /* struct plan_step, in the order of carrying out */
    GArray *holds;    /* struct plan_hold */
    GArray *notes;    /* struct plan_note, PLAN_NOTE_SET_ASIDE among them */
    GArray *waiting;  /* struct plan_waiting, in the order in which they will get seats */
    GArray *markers;  /* struct plan_marker */
    GStringChunk *text;
    GPtrArray *blocks; /* arrays that steps point into */
};

typedef struct plan Plan;

/* A limit of the guard: it trips when n > absolute and 100 n > percent x people. */
struct plan_limit {
    guint absolute;
    guint percent;
};

/* The limits of an organization that says nothing else. */
extern const struct plan_limit plan_default_removals;
extern const struct plan_limit plan_default_proven_leavers;

Plan *plan_new(const char *organization);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* Fills in the digest of the actual state that the plan was made from. */
void plan_seal(Plan *plan, const Actual *actual);

/* Nothing to write: neither steps nor markers. Holds, notes and waiting may be there. */
gboolean plan_is_empty(const Plan *plan);

/* Names as in plans and reports: "set-organization-role", "last-owner", "override". Never
 * NULL. */
const char *plan_kind_name(enum plan_kind kind);
gboolean plan_kind_parse(const char *name, enum plan_kind *kind);
const char *plan_hold_name(enum plan_hold_reason reason);
gboolean plan_hold_parse(const char *name, enum plan_hold_reason *reason);
const char *plan_note_name(enum plan_note_reason reason);
gboolean plan_note_parse(const char *name, enum plan_note_reason *reason);

/* What a step does, for people: its kind, or "remove roles of" where the person stays. Static. */
const char *plan_step_verb(const struct plan_step *step);

/* What a step starts from and ends in, for people and for approval: "member, search/admin",
 * "none", "suspended", "userName dana@example.com". The caller frees. */
char *plan_step_from(const struct plan_step *step);
char *plan_step_to(const struct plan_step *step);

/* The idempotency key of a step: SHA-256 over all it would write and its base, as hexadecimal.
 * The caller frees. */
char *plan_step_key(const struct plan_step *step);

/* What an approval names: SHA-256 over organization, person, origin, step, from and to. */
char *plan_approval_key(const struct plan_step *step);

/* The digest to approve: SHA-256 over the approval keys of the steps that the guard holds,
 * ordered; NULL when it holds none. The caller frees. */
char *plan_approval_digest(const Plan *plan);

/* `count` zeroed records that live as long as the plan; NULL for none. */
void *plan_block(Plan *plan, size_t size, size_t count);

/* Copies into the plan: a text (NULL stays NULL), and a step with all that it points to. */
const char *plan_text(Plan *plan, const char *text);
struct plan_step plan_copy_step(Plan *plan, const struct plan_step *step);
