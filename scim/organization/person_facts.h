/*
 * Everything the organization knows of one person, read-only: what a User resource is made of.
 *
 *   g_autoptr(PersonFacts) facts = NULL;
 *   ok = person_facts_read(session, "acme", id, now, &facts, &error);
 *   if (ok && facts == NULL) ... no such person
 *
 * The status is that of `now`: an invitation past its time shows as expired before the sweep,
 * and the version is the one the sweep will give, so an ETag never lies.
 */
#pragma once

#include <glib.h>

#include "scim/organization/person_status.h"
#include "scim/organization/role.h"
#include "scim/store/store.h"

/* A role in a project; `project` is its name. */
struct project_role_facts {
    char *project;
    enum project_role role;
};

struct link_facts {
    char *origin;
    char *external_id; /* NULL: none */
    gboolean active;
    enum organization_role role;
    GArray *projects;             /* struct project_role_facts, by project name */
    gboolean attached, rehearsed; /* link.h */
    char *unknown_roles;          /* link.h; NULL: none */
    char *profile;                /* link.h; NULL: nothing */
};

/* A pushed group that the person is in. */
struct person_group {
    char *id, *display_name;
};

struct person_facts {
    char *id;
    char *user_name;
    char *address; /* the mailing address; NULL while held without one */
    char *profile; /* compact JSON: the document without what the judge owns */
    char *display_name;
    enum person_status status;
    char *reason; /* why it is so, a sentence; NULL: nothing to say */
    gboolean protected;
    gboolean suspended_by_owner;
    gint64 created, modified, version;
    gint64 joined_at;            /* first acceptance; 0: never accepted */
    enum organization_role role; /* effective; NONE while no active link gives one */
    GArray *projects;            /* effective: struct project_role_facts, by project name */
    GPtrArray *links;            /* struct link_facts, the oldest first: its profile counts */
    enum organization_role override; /* NONE: no override of the organization role */
    GArray *overrides;               /* struct project_role_facts; role NONE is "none" */
    GPtrArray *stands_in;            /* project names (char *) */
    char *invitation;                /* the last one: pending, or expired; NULL otherwise */
    gint64 expires_at;               /* of that invitation */
    gint64 waiting_since;            /* status waiting: the order in which seats are given */
    GPtrArray *groups;               /* struct person_group; NULL: not read (person_groups.h) */
};

typedef struct person_facts PersonFacts;

void person_facts_free(PersonFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PersonFacts, person_facts_free)

/* One key look-up and a handful more. FALSE: the store failed. Nobody: TRUE and *facts NULL. */
gboolean person_facts_read(StoreSession *session, const char *organization, const char *id,
                           gint64 now, PersonFacts **facts, GError **error);

/* People of a condition on the table person, named p, in their stable order; `condition` begins
 * after WHERE and binds `values`. struct person_facts, owned; NULL: the store failed. `keep` as
 * with store_query(). */
GPtrArray *person_facts_select(StoreSession *session, const char *condition,
                               const struct store_value *values, gint64 now, gboolean keep,
                               GError **error);

/* The link of `origin`, or NULL. Borrowed. */
const struct link_facts *person_facts_link(const struct person_facts *facts,
                                           const char *origin);

/* The role in a project of this list, NONE when it is not there. */
enum project_role project_roles_find(const GArray *projects, const char *project);

/* The person whose userName (ASCII-case-blind) it is: *id is NULL when nobody's. Caller frees.
 */
gboolean person_find_by_user_name(StoreSession *session, const char *organization,
                                  const char *user_name, char **id, GError **error);

/* The same by mailing address, and by what an origin calls the person (the oldest link of several). */
gboolean person_find_by_address(StoreSession *session, const char *organization,
                                const char *address, char **id, GError **error);
gboolean person_find_by_external_id(StoreSession *session, const char *organization,
                                    const char *origin, const char *external_id, char **id,
                                    GError **error);
