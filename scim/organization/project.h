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

/* For the judge's rooms. `admins` is checked by the database: I2. */
struct project_row {
    const char *organization, *id, *name, *display_name;
    gint64 created;
};

gboolean project_insert(StoreSession *session, const struct project_row *row, GError **error);
gboolean project_write_display_name(StoreSession *session, const struct project_row *row,
                                    GError **error);

/* One version up, changed now, with `change` more active admins than before. */
gboolean project_bump(StoreSession *session, const char *organization, const char *name,
                      gint64 change, gint64 now, GError **error);
gboolean project_exists(StoreSession *session, const char *organization, const char *name,
                        gboolean *exists, GError **error);
