/*
 * Projects of an organization and who is in them, read-only.
 */
#pragma once

#include <glib.h>

#include "scim/organization/person_status.h"
#include "scim/organization/role.h"
#include "scim/store/store.h"

struct project_member {
    char *person; /* id */
    char *display_name;
    enum project_role role; /* effective */
    enum person_status status;
};

struct project {
    char *id, *name, *display_name;
    gint64 created, modified, version;
    gint64 admins;      /* active ones */
    GPtrArray *members; /* struct project_member; in the order of people */
};

typedef struct project Project;

void project_free(Project *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Project, project_free)

/* By id, or by name; nothing found: TRUE and *project NULL. */
gboolean project_read(StoreSession *session, const char *organization, const char *id,
                      gint64 now, Project **project, GError **error);
gboolean project_read_by_name(StoreSession *session, const char *organization, const char *name,
                              gint64 now, Project **project, GError **error);

/* All of them (struct project), by name, members included. NULL: the store failed. */
GPtrArray *project_list(StoreSession *session, const char *organization, gint64 now,
                        GError **error);

/* Their names and display names alone (members NULL): what the roles list needs. */
GPtrArray *project_names(StoreSession *session, const char *organization, GError **error);
