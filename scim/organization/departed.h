/*
 * People whom a sync or a provider removed, kept for the restore window: by origin and externalId.
 */
#pragma once

#include <glib.h>

#include "scim/organization/person_facts.h"
#include "scim/store/store.h"

struct departed {
    char *person;    /* the id they had */
    char *user_name; /* folded */
    gint64 accepted_at, created;
    gboolean suspended_by_owner;
    enum organization_role role; /* of the link that was dropped */
    GArray *projects;            /* of that link: struct project_role_facts */
    enum organization_role override;
    GArray *overrides;
};

typedef struct departed Departed;

void departed_free(Departed *departed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Departed, departed_free)

/* Keeps what `facts` say of the person and their link of `origin`, which must have an externalId. */
gboolean departed_keep(StoreSession *session, const char *organization,
                       const struct person_facts *facts, const char *origin, gint64 until,
                       GError **error);

/* Whom a service means. */
struct departed_key {
    const char *organization, *origin, *external_id;
};

/* Nobody inside the window: TRUE and *departed NULL. */
gboolean departed_find(StoreSession *session, const struct departed_key *key, gint64 now,
                       Departed **departed, GError **error);

/* Everything kept of that person: they are back. */
gboolean departed_drop(StoreSession *session, const char *organization, const char *person,
                       GError **error);

/* In every organization, what is past its window. */
gboolean departed_forget(StoreSession *session, gint64 now, GError **error);
