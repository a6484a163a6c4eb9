#include "scim/organization/connection.h"

const char *const connection_scopes[] = {"read", "people", "sync", "admin", NULL};
const char *const connection_personalities[] = {"tolerant", "strict", NULL};
const char *const connection_at_caps[] = {"refuse", "wait", NULL};

void connection_free(Connection *connection)
{
    if (connection == NULL)
        return;
    g_free(connection->id);
    g_free(connection->name);
    g_free(connection->organization);
    g_free(connection->scope);
    g_free(connection->personality);
    g_free(connection->at_cap);
    g_free(connection);
}

static void destroy(gpointer data)
{
    connection_free(data);
}

#define CONNECTION_COLUMNS                                                                     \
    "SELECT id, name, organization, scope, personality, at_cap, patch_answer, max_role, "      \
    "adopt,"                                                                                   \
    " rehearsal, created FROM connection"

static struct connection *read_row(struct store_rows *rows)
{
    struct connection *connection = g_new0(struct connection, 1);
    const char *organization = store_text_at(rows, 2);
    connection->id = g_strdup(store_text_at(rows, 0));
    connection->name = g_strdup(store_text_at(rows, 1));
    connection->organization = *organization == '\0' ? NULL : g_strdup(organization);
    connection->scope = g_strdup(store_text_at(rows, 3));
    connection->personality = g_strdup(store_text_at(rows, 4));
    connection->at_cap = g_strdup(store_text_at(rows, 5));
    connection->patch_answer = (int)store_int_at(rows, 6);
    connection->max_role = (enum organization_role)store_int_at(rows, 7);
    connection->adopt = store_int_at(rows, 8) != 0;
    connection->rehearsal = store_int_at(rows, 9) != 0;
    connection->created = store_int_at(rows, 10);
    return connection;
}

/* Connections for all organizations stand under an empty name. */
static struct store_value owner(const char *organization)
{
    return store_text(organization != NULL ? organization : "");
}

GPtrArray *connection_list(StoreSession *session, const char *organization, GError **error)
{
    g_autoptr(GPtrArray) connections = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows =
        store_query(session, CONNECTION_COLUMNS " WHERE organization = ? ORDER BY name",
                    STORE_BIND(owner(organization)), TRUE);
    while (store_next(rows))
        g_ptr_array_add(connections, read_row(rows));
    return store_end(rows, error) ? g_steal_pointer(&connections) : NULL;
}

gboolean connection_find(StoreSession *session, const char *organization, const char *name,
                         Connection **connection, GError **error)
{
    struct store_rows *rows =
        store_query(session, CONNECTION_COLUMNS " WHERE organization = ? AND name = ?",
                    STORE_BIND(owner(organization), store_text(name)), TRUE);
    *connection = store_next(rows) ? read_row(rows) : NULL;
    return store_end(rows, error);
}

gboolean connection_go_live(StoreSession *session, const char *organization, const char *id,
                            GError **error)
{
    return store_run(session,
                     "UPDATE connection SET rehearsal = 0 WHERE organization = ? AND id = ?",
                     STORE_BIND(owner(organization), store_text(id)), error);
}

gboolean connection_insert(StoreSession *session, const struct connection *connection,
                           GError **error)
{
    return store_run(
        session,
        "INSERT INTO connection (organization, id, name, scope, personality, patch_answer,"
        " max_role, adopt, rehearsal, at_cap, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?)",
        STORE_BIND(owner(connection->organization), store_text(connection->id),
                   store_text(connection->name), store_text(connection->scope),
                   store_text(connection->personality), store_int(connection->patch_answer),
                   store_int(connection->max_role), store_int(connection->adopt),
                   store_int(connection->rehearsal), store_text(connection->at_cap),
                   store_int(connection->created)),
        error);
}
