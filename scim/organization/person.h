/*
 * The row of a person: written by the judge's rooms, read through person_facts.h.
 */
#pragma once

#include <glib.h>

#include "scim/organization/person_status.h"
#include "scim/organization/role.h"
#include "scim/store/store.h"

/* Texts borrowed. */
struct person_row {
    const char *organization, *id;
    const char *user_name, *display_name, *profile;
    const char *address; /* NULL: none */
    gint64 accepted_at, created;
};

/* What follows from everything else: settle writes it. */
struct person_state {
    enum person_status status;
    const char *reason; /* NULL: none */
    enum organization_role role;
    gint64 accepted_at, expires_at;
    gint64 waiting_since; /* status waiting */
};

/* A new one, suspended until it is settled: then it holds no seat and no constraint binds it. */
gboolean person_insert(StoreSession *session, const struct person_row *row, GError **error);

/* Names, address and profile of `row`; the rest of it is not looked at. */
gboolean person_write(StoreSession *session, const struct person_row *row, GError **error);

gboolean person_write_state(StoreSession *session, const char *organization, const char *id,
                            const struct person_state *state, GError **error);

gboolean person_write_protected(StoreSession *session, const char *organization, const char *id,
                                gboolean is_protected, GError **error);
gboolean person_write_suspended(StoreSession *session, const char *organization, const char *id,
                                gboolean by_owner, GError **error);

/* Role NONE takes the row away. */
gboolean person_write_project(StoreSession *session, const char *organization, const char *id,
                              const char *project, enum project_role role, GError **error);

/* One version up, changed now. */
gboolean person_bump(StoreSession *session, const char *organization, const char *id,
                     gint64 now, GError **error);

/* With everything that is theirs: links, roles, overrides, stand-ins, tokens. */
gboolean person_delete(StoreSession *session, const char *organization, const char *id,
                       GError **error);
