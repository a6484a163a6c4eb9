/*
 * What origins say of a person, what owners say over them, and who stands in: rows, written by the
 * judge's rooms, read through person_facts.h.
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"
#include "scim/store/store.h"

/* Whose row: a person of an organization. */
struct link_key {
    const char *organization, *person, *origin; /* origin: only for links */
};

struct link_value {
    const char *external_id; /* NULL: none */
    gboolean active;
    enum organization_role role;
    gboolean attached;         /* gives roles and keeps nobody in: pushed groups */
    gboolean rehearsed;        /* of a connection in rehearsal: without any effect yet */
    const char *unknown_roles; /* roles we do not know, as sent: a JSON array; NULL: none */
    const char *profile; /* what its connection says of names and mails of a person whom another
                            origin made, for its own eyes: compact JSON; NULL: nothing */
};

/* Makes the link or changes it; its projects stay. */
gboolean link_put(StoreSession *session, const struct link_key *key,
                  const struct link_value *value, GError **error);
/* The link of `key` under another origin, with the same place in the order. Its projects and what is
 * owed to it must be gone before; the projects are written anew. */
gboolean link_move(StoreSession *session, const struct link_key *key, const char *origin,
                   const char *external_id, GError **error);
gboolean link_drop(StoreSession *session, const struct link_key *key, GError **error);

/* Who has a link of that origin, the oldest link first: ids (char *). NULL: the store failed. */
GPtrArray *link_people(StoreSession *session, const char *organization, const char *origin,
                       GError **error);

/* The end of a rehearsal: every link of that origin is real. */
gboolean link_go_live(StoreSession *session, const char *organization, const char *origin,
                      GError **error);

/* Role NONE takes it away. */
gboolean link_put_project(StoreSession *session, const struct link_key *key,
                          const char *project, enum project_role role, GError **error);

/* The organization's role: NONE lifts the override. */
gboolean link_override_put(StoreSession *session, const struct link_key *key,
                           enum organization_role role, GError **error);

/* NONE is an override too: "none"; lifting is a call of its own. */
gboolean link_override_put_project(StoreSession *session, const struct link_key *key,
                                   const char *project, enum project_role role, GError **error);
gboolean link_override_lift_project(StoreSession *session, const struct link_key *key,
                                    const char *project, GError **error);

gboolean link_stand_in_put(StoreSession *session, const struct link_key *key,
                           const char *project, GError **error);
gboolean link_stand_in_drop(StoreSession *session, const struct link_key *key,
                            const char *project, GError **error);
