/*
 * How many hold each role: whoever holds a seat, counted by the database, never read one by one.
 *
 *   struct role_tally tally;
 *   ok = role_tally_read(session, "acme", now, FALSE, &tally, &error);
 *   ... tally.roles[ORGANIZATION_ROLE_OWNER], role_tally_of(&tally, "search", PROJECT_ROLE_ADMIN)
 *   role_tally_clear(&tally);
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"
#include "scim/store/store.h"

#define ROLE_TALLY_ROLES (ORGANIZATION_ROLE_OWNER + 1)

struct role_tally {
    gint64 roles[ROLE_TALLY_ROLES]; /* by enum organization_role, effective */
    gint64 seats;                   /* all of them */
    GHashTable *projects;           /* its own */
};

/* Active people and those whose invitation is good at `now`. With `spare_protected` protected owners
 * are not counted. FALSE: the store failed; to be cleared either way. */
gboolean role_tally_read(StoreSession *session, const char *organization, gint64 now,
                         gboolean spare_protected, struct role_tally *tally, GError **error);

gint64 role_tally_of(const struct role_tally *tally, const char *project,
                     enum project_role role);

/* Safe on a zeroed struct. */
void role_tally_clear(struct role_tally *tally);
