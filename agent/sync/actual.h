/*
 * One organization as the endpoint holds it: what a plan starts from.
 *
 * A target fills one with actual_add_*(), then calls actual_seal(): people, links, roles,
 * projects and markers are put in order, so that the order of the answers means nothing, and
 * nothing can be added any more. An actual state is whole or does not exist: a target that
 * could not read all of it frees it and returns an error instead.
 *
 * Plain data once sealed; every text is owned by the struct.
 */
#pragma once

#include <glib.h>

#include "mapping/profile.h"
#include "scim/organization/role.h"

enum actual_status {
    ACTUAL_INVITED,
    ACTUAL_EXPIRED,
    ACTUAL_ACTIVE,
    ACTUAL_SUSPENDED,
    ACTUAL_WAITING,
    ACTUAL_HELD,
    ACTUAL_REHEARSED,
};

/* A role in one project. In an override PROJECT_ROLE_NONE is the owner's word "none". */
struct actual_project_role {
    const char *project;
    enum project_role role;
};

/* What one origin says of a person. */
struct actual_link {
    const char *origin;      /* "manual", "directory:corp", "scim:okta" */
    const char *external_id; /* the anchor, for a directory; "" if the origin gave none */
    gboolean active;         /* FALSE: this origin suspended the person */
    gboolean attached;       /* gives roles and keeps nobody in: of pushed groups */
    guint age; /* place in the endpoint's list, 0 is the oldest: its profile is the person's */
    enum organization_role role;
    struct actual_project_role *projects; /* ordered by name, none twice, never NONE */
    guint32 project_count;
};

struct actual_person {
    const char *id;
    const char *version;       /* the ETag as it goes into If-Match */
    const char *user_name_key; /* address_fold() of userName and mail; set by actual_seal() */
    const char *mail_key;      /* NULL if there is no mail */
    struct profile profile;    /* PROFILE_USER_NAME is never NULL */
    enum actual_status status;
    const char *status_reason; /* "" if the endpoint gives none */
    gboolean joined; /* has accepted once: reactivating makes them active, not invited */
    gboolean is_protected;
    gboolean suspended_by_owner;          /* no link's doing: only an owner lifts it */
    enum organization_role role;          /* effective, as the endpoint shows it */
    struct actual_project_role *projects; /* effective, ordered by name */
    guint32 project_count;
    struct actual_link *links; /* ordered by origin, then externalId */
    guint32 link_count;
    enum organization_role override_role;  /* NONE: no override of the organization role */
    struct actual_project_role *overrides; /* ordered by name; NONE is the word "none" */
    guint32 override_count;
    const char **stands_in; /* projects whose admin this owner is by succession, ordered */
    guint32 stands_in_count;
    const char *invitation;    /* id; NULL when there is none */
    gint64 invitation_expires; /* UTC seconds; 0 when there is none */
};

struct actual_project {
    const char *id;
    const char *version;
    const char *name;
    const char **admins; /* person ids, ordered: active admins as the endpoint lists them */
    guint32 admin_count;
};

struct actual_marker {
    const char *id;
    const char *origin;
    const char *external_id;
    const char *user_name;     /* as it was; "" if the endpoint does not say */
    const char *user_name_key; /* set by actual_seal() */
    const char *kind;          /* left, declined, removed, revoked */
};

struct actual {
    const char *organization;
    guint cap;
    guint seats_used;
    struct actual_person *people; /* ordered by id */
    guint32 person_count;
    struct actual_project *projects; /* ordered by name */
    guint32 project_count;
    struct actual_marker *markers; /* ordered by origin, externalId, id */
    guint32 marker_count;
    struct actual_building *building; /* private; NULL once sealed */
    GStringChunk *text;
};

typedef struct actual Actual;

/* An organization without people: cap and seats_used are given at once, as the endpoint counts
 * them. */
Actual *actual_new(const char *organization, guint cap, guint seats_used);
void actual_free(Actual *actual);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Actual, actual_free)

/* Adds a person; what follows belongs to them. The texts and plain members of `person` are
 * copied (id, version, profile, status, status_reason, joined, is_protected,
 * suspended_by_owner, role, invitation, invitation_expires); its lists are not read: they come
 * by the calls below. */
void actual_add_person(Actual *actual, const struct actual_person *person);

/* One link of the person added last; what actual_add_link_role() adds belongs to it. The first
 * link added to a person is its oldest, as the endpoint lists them. */
void actual_add_link(Actual *actual, const char *origin, const char *external_id,
                     gboolean active, enum organization_role role);

/* The link added last is attached. */
void actual_attach_link(Actual *actual);
void actual_add_link_role(Actual *actual, const char *project, enum project_role role);

/* An effective project role of the person added last. */
void actual_add_role(Actual *actual, const char *project, enum project_role role);

/* The overrides of the person added last: of the organization role, and of a project's. */
void actual_set_override(Actual *actual, enum organization_role role);
void actual_add_override(Actual *actual, const char *project, enum project_role role);

/* A project in which the person added last stands in. */
void actual_add_stand_in(Actual *actual, const char *project);

/* A project, and then its active admins. */
void actual_add_project(Actual *actual, const char *id, const char *version, const char *name);
void actual_add_project_admin(Actual *actual, const char *person);

/* The members of `marker` are copied; user_name_key is not read. */
void actual_add_marker(Actual *actual, const struct actual_marker *marker);

/* Orders and closes. FALSE with OUTCOME_CONFLICT when two people have one id or one userName,
 * or two links one (origin, externalId) with a text in it: the pages were not of one state. */
gboolean actual_seal(Actual *actual, GError **error);

/* Does a link of this origin hold the person? And how many links keep them in: not the attached. */
gboolean actual_has_origin(const struct actual_person *person, const char *origin);
guint32 actual_holders(const struct actual_person *person);

/* Borrowed, or NULL; only when sealed. */
const struct actual_person *actual_find(const Actual *actual, const char *id);
const struct actual_project *actual_find_project(const Actual *actual, const char *name);

/* "invited", "active" ... as on the wire; never NULL. */
const char *actual_status_name(enum actual_status status);
gboolean actual_status_parse(const char *name, enum actual_status *status);

/* SHA-256 over everything that can change a plan, as lower-case hexadecimal. The caller frees.
 */
char *actual_digest(const Actual *actual);
