/*
 * Connections: the named services that write or read over HTTP. Tokens belong to them and rotate;
 * the connection stays, and with it the origin "scim:<name>" of a provider's links.
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"
#include "scim/store/store.h"

struct connection {
    char *id, *name;
    char *organization; /* NULL: all */
    char *scope;        /* of connection_scopes */
    char *personality;  /* of connection_personalities: how it is met (tolerance.h) */
    char *at_cap;       /* of connection_at_caps: what an invitation beyond the cap is */
    int patch_answer;   /* 200 or 204 */
    enum organization_role max_role;
    gboolean adopt, rehearsal;
    gint64 created;
};

/* The words that each may be, NULL-terminated. */
extern const char *const connection_scopes[];
extern const char *const connection_personalities[];
extern const char *const connection_at_caps[];

typedef struct connection Connection;

void connection_free(Connection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connection, connection_free)

/* By name; organization NULL lists those for all organizations. NULL: the store failed. */
GPtrArray *connection_list(StoreSession *session, const char *organization, GError **error);

/* One by name. Nothing found: TRUE and *connection NULL. */
gboolean connection_find(StoreSession *session, const char *organization, const char *name,
                         Connection **connection, GError **error);

/* For the judge's rooms: a new one; and the end of a rehearsal. */
gboolean connection_go_live(StoreSession *session, const char *organization, const char *id,
                            GError **error);
gboolean connection_insert(StoreSession *session, const struct connection *connection,
                           GError **error);
