#include "scim/store/store.h"

#include "scim/store/store_driver.h"

#define SAVEPOINT_MAX 8

/* Literal texts: a savepoint's name is never put together. */
static const char *const savepoint_begin[SAVEPOINT_MAX] = {
    "SAVEPOINT s1", "SAVEPOINT s2", "SAVEPOINT s3", "SAVEPOINT s4",
    "SAVEPOINT s5", "SAVEPOINT s6", "SAVEPOINT s7", "SAVEPOINT s8"};
static const char *const savepoint_release[SAVEPOINT_MAX] = {
    "RELEASE SAVEPOINT s1", "RELEASE SAVEPOINT s2", "RELEASE SAVEPOINT s3",
    "RELEASE SAVEPOINT s4", "RELEASE SAVEPOINT s5", "RELEASE SAVEPOINT s6",
    "RELEASE SAVEPOINT s7", "RELEASE SAVEPOINT s8"};
static const char *const savepoint_undo[SAVEPOINT_MAX] = {
    "ROLLBACK TO SAVEPOINT s1; RELEASE SAVEPOINT s1",
    "ROLLBACK TO SAVEPOINT s2; RELEASE SAVEPOINT s2",
    "ROLLBACK TO SAVEPOINT s3; RELEASE SAVEPOINT s3",
    "ROLLBACK TO SAVEPOINT s4; RELEASE SAVEPOINT s4",
    "ROLLBACK TO SAVEPOINT s5; RELEASE SAVEPOINT s5",
    "ROLLBACK TO SAVEPOINT s6; RELEASE SAVEPOINT s6",
    "ROLLBACK TO SAVEPOINT s7; RELEASE SAVEPOINT s7",
    "ROLLBACK TO SAVEPOINT s8; RELEASE SAVEPOINT s8"};

struct store {
    const struct store_driver *driver;
    char *place;
    void *keeper; /* a connection that keeps a store in memory alive, or NULL */
};

struct store_session {
    const struct store_driver *driver;
    void *connection;
    enum store_mode mode;
    GHashTable *kept; /* SQL text -> struct store_rows, prepared */
    gboolean in_transaction;
    gint savepoints;
    gint64 changes;
};

struct store_rows {
    const struct store_driver *driver;
    void *statement; /* NULL: it could not be prepared */
    gboolean is_kept, is_busy;
    GError *error; /* the first failure */
};

static void rows_free(gpointer data)
{
    struct store_rows *rows = data;
    if (rows->statement != NULL)
        rows->driver->finish(rows->statement);
    g_clear_error(&rows->error);
    g_free(rows);
}

Store *store_new(const struct store_driver *driver, const char *place, GError **error)
{
    g_autoptr(Store) store = g_new0(struct store, 1);
    store->driver = driver;
    if (!g_str_has_prefix(place, ":memory:")) {
        store->place = g_strdup(place);
        return g_steal_pointer(&store);
    }
    store->place = g_strdup_printf("%s%p", place, (void *)store);
    store->keeper = driver->open(store->place, STORE_WRITE, error);
    return store->keeper == NULL ? NULL : g_steal_pointer(&store);
}

void store_close(Store *store)
{
    if (store == NULL)
        return;
    if (store->keeper != NULL)
        store->driver->close(store->keeper);
    g_free(store->place);
    g_free(store);
}

StoreSession *store_session_open(Store *store, enum store_mode mode, GError **error)
{
    void *connection = store->driver->open(store->place, mode, error);
    if (connection == NULL)
        return NULL;
    StoreSession *session = g_new0(struct store_session, 1);
    session->driver = store->driver;
    session->connection = connection;
    session->mode = mode;
    session->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rows_free);
    return session;
}

void store_session_close(StoreSession *session)
{
    if (session == NULL)
        return;
    store_rollback(session);
    g_hash_table_destroy(session->kept);
    session->driver->close(session->connection);
    g_free(session);
}

gboolean store_begin(StoreSession *session, GError **error)
{
    g_return_val_if_fail(!session->in_transaction, FALSE);
    const char *sql = session->mode == STORE_WRITE ? session->driver->begin_write
                                                   : session->driver->begin_read;
    session->in_transaction = session->driver->execute(session->connection, sql, error);
    return session->in_transaction;
}

gboolean store_commit(StoreSession *session, GError **error)
{
    g_return_val_if_fail(session->in_transaction && session->savepoints == 0, FALSE);
    if (!session->driver->execute(session->connection, "COMMIT", error)) {
        store_rollback(session);
        return FALSE;
    }
    session->in_transaction = FALSE;
    return TRUE;
}

void store_rollback(StoreSession *session)
{
    if (!session->in_transaction)
        return;
    /* The database may have rolled back already (disk full): then this fails, as it may. */
    g_autoptr(GError) ignored = NULL;
    session->driver->execute(session->connection, "ROLLBACK", &ignored);
    session->in_transaction = FALSE;
    session->savepoints = 0;
}

gboolean store_in_transaction(const StoreSession *session)
{
    return session->in_transaction;
}

gboolean store_savepoint(StoreSession *session, GError **error)
{
    g_return_val_if_fail(session->in_transaction && session->savepoints < SAVEPOINT_MAX, FALSE);
    if (!session->driver->execute(session->connection, savepoint_begin[session->savepoints],
                                  error))
        return FALSE;
    session->savepoints++;
    return TRUE;
}

gboolean store_release(StoreSession *session, GError **error)
{
    g_return_val_if_fail(session->savepoints > 0, FALSE);
    session->savepoints--;
    return session->driver->execute(session->connection, savepoint_release[session->savepoints],
                                    error);
}

gboolean store_undo(StoreSession *session, GError **error)
{
    g_return_val_if_fail(session->savepoints > 0, FALSE);
    session->savepoints--;
    return session->driver->execute(session->connection, savepoint_undo[session->savepoints],
                                    error);
}

static struct store_rows *rows_new(StoreSession *session, const char *sql, gboolean keep)
{
    struct store_rows *rows = g_new0(struct store_rows, 1);
    rows->driver = session->driver;
    rows->is_kept = keep;
    rows->statement = session->driver->prepare(session->connection, sql, &rows->error);
    return rows;
}

struct store_rows *store_query(StoreSession *session, const char *sql,
                               const struct store_value *values, gboolean keep)
{
    struct store_rows *rows = keep ? g_hash_table_lookup(session->kept, sql) : NULL;
    if (rows == NULL || rows->is_busy) {
        /* A query inside a loop over the same query gets a statement of its own. */
        gboolean may_keep = keep && rows == NULL;
        rows = rows_new(session, sql, may_keep);
        if (rows->statement == NULL)
            rows->is_kept = FALSE;
        else if (may_keep)
            g_hash_table_insert(session->kept, g_strdup(sql), rows);
    }
    rows->is_busy = TRUE;
    if (rows->statement != NULL)
        for (int i = 0; values[i].kind != STORE_END; i++)
            rows->driver->bind(rows->statement, i + 1, &values[i]);
    return rows;
}

gboolean store_next(struct store_rows *rows)
{
    return rows->error == NULL &&
           rows->driver->step(rows->statement, &rows->error) == STORE_STEP_ROW;
}

const char *store_text_at(struct store_rows *rows, int column)
{
    return rows->driver->text_at(rows->statement, column);
}

gint64 store_int_at(struct store_rows *rows, int column)
{
    return rows->driver->int_at(rows->statement, column);
}

const void *store_blob_at(struct store_rows *rows, int column, gsize *length)
{
    return rows->driver->blob_at(rows->statement, column, length);
}

gboolean store_null_at(struct store_rows *rows, int column)
{
    return rows->driver->null_at(rows->statement, column);
}

gboolean store_end(struct store_rows *rows, GError **error)
{
    GError *failure = g_steal_pointer(&rows->error);
    if (rows->is_kept) {
        rows->driver->reset(rows->statement);
        rows->is_busy = FALSE;
    } else {
        rows_free(rows);
    }
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean store_run(StoreSession *session, const char *sql, const struct store_value *values,
                   GError **error)
{
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    while (store_next(rows))
        continue;
    if (rows->error == NULL)
        session->changes = session->driver->changes(session->connection);
    return store_end(rows, error);
}

gboolean store_script(StoreSession *session, const char *sql, GError **error)
{
    return session->driver->execute(session->connection, sql, error);
}

gboolean store_tidy(StoreSession *session, GError **error)
{
    return session->driver->tidy(session->connection, error);
}

gint64 store_changes(const StoreSession *session)
{
    return session->changes;
}

gboolean store_number(StoreSession *session, const char *sql, const struct store_value *values,
                      gint64 fallback, gint64 *number, GError **error)
{
    struct store_rows *rows = store_query(session, sql, values, TRUE);
    *number = store_next(rows) ? store_int_at(rows, 0) : fallback;
    return store_end(rows, error);
}
