/*
 * The one door to the database: a thin layer of SQL over a driver (SQLite now).
 *
 *   g_autoptr(Store) store = store_open("sqlite:/var/lib/rolecall/rolecall.db", &error);
 *   g_autoptr(StoreSession) session = store_session_open(store, STORE_READ, &error);
 *   struct store_rows *rows = store_query(session, "SELECT name FROM organization WHERE seats =
 * ?", STORE_BIND(store_int(100)), TRUE); while (store_next(rows)) puts(store_text_at(rows, 0));
 *   ok = store_end(rows, &error);
 *
 * A store may be used by any thread; a session is one connection and belongs to one thread at a
 * time. SQL is one text for every driver: parameters are "?" or "?1"; values are always bound.
 * A store is never carried across a fork.
 *
 * Errors: OUTCOME_CONFLICT a constraint said no, OUTCOME_RETRY busy or disk full (nothing
 * happened), OUTCOME_SETTINGS the place or the schema cannot be used, OUTCOME_INTERNAL the
 * rest.
 */
#pragma once

#include <glib.h>

struct store;
struct store_session;
struct store_rows;

typedef struct store Store;
typedef struct store_session StoreSession;

enum store_mode {
    STORE_READ,  /* a snapshot for each transaction; cannot write */
    STORE_WRITE, /* one at a time over all processes: begin waits up to 5 s for its turn */
};

enum store_kind {
    STORE_END, /* ends a list of values */
    STORE_NULL,
    STORE_INT,
    STORE_TEXT,
    STORE_BLOB,
};

/* A value to bind. Borrowed until the call returns, then copied by the driver. */
struct store_value {
    enum store_kind kind;
    gint64 number; /* the value of STORE_INT, the length of STORE_BLOB */
    const void *data;
};

static inline struct store_value store_int(gint64 number)
{
    return (struct store_value){.kind = STORE_INT, .number = number};
}

/* NULL binds NULL. */
static inline struct store_value store_text(const char *text)
{
    return (struct store_value){.kind = text == NULL ? STORE_NULL : STORE_TEXT, .data = text};
}

static inline struct store_value store_blob(const void *data, gsize length)
{
    return (struct store_value){
        .kind = data == NULL ? STORE_NULL : STORE_BLOB, .number = (gint64)length, .data = data};
}

static inline struct store_value store_null(void)
{
    return (struct store_value){.kind = STORE_NULL};
}

/* The list of values of one call, in the order of the parameters. */
#define STORE_BIND(...) ((const struct store_value[]){__VA_ARGS__, {.kind = STORE_END}})
#define STORE_NOTHING   ((const struct store_value[]){{.kind = STORE_END}})

/* Opens the store that `uri` names and brings its schema up to date. "sqlite:/path" is made
 * with mode 0600 where it is missing; "sqlite::memory:" lives as long as the store, for tests.
 * A newer schema than this program knows is OUTCOME_SETTINGS. */
Store *store_open(const char *uri, GError **error);

/* Every session must be closed before. */
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Does the file that `uri` names belong to the caller, or, where it does not exist yet, its
 * folder? A file made by another user would lock `serve` out. OUTCOME_SETTINGS says whose it
 * is. */
gboolean store_check_owner(const char *uri, GError **error);

StoreSession *store_session_open(Store *store, enum store_mode mode, GError **error);

/* Rolls back what is open. */
void store_session_close(StoreSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreSession, store_session_close)

/* One transaction at a time; in it savepoints nest. A session that writes takes the write lock
 * at begin. After a failed commit everything is rolled back. */
gboolean store_begin(StoreSession *session, GError **error);
gboolean store_commit(StoreSession *session, GError **error);
void store_rollback(StoreSession *session);
gboolean store_in_transaction(const StoreSession *session);

/* Savepoints nest: release and undo always mean the innermost one. */
gboolean store_savepoint(StoreSession *session, GError **error);
gboolean store_release(StoreSession *session, GError **error);
gboolean store_undo(StoreSession *session, GError **error);

/* Runs a statement that gives no rows. The statement is kept prepared by its text. */
gboolean store_run(StoreSession *session, const char *sql, const struct store_value *values,
                   GError **error);

/* How many rows the last store_run() changed. */
gint64 store_changes(const StoreSession *session);

/* Starts a query; never NULL, a failure is told by store_end(). `keep` keeps the statement
 * prepared: FALSE for text that was put together for this one call. */
struct store_rows *store_query(StoreSession *session, const char *sql,
                               const struct store_value *values, gboolean keep);

/* The next row, or FALSE at the end and after a failure. */
gboolean store_next(struct store_rows *rows);

/* Columns of the row, counted from 0; texts and bytes live until the next store_next(). A NULL
 * is NULL as a text and 0 as a number. */
const char *store_text_at(struct store_rows *rows, int column);
gint64 store_int_at(struct store_rows *rows, int column);
const void *store_blob_at(struct store_rows *rows, int column, gsize *length);
gboolean store_null_at(struct store_rows *rows, int column);

/* Ends the query, read to its end or not. FALSE with `error` when anything failed on the way.
 */
gboolean store_end(struct store_rows *rows, GError **error);

/* The first column of the first row as a number: `fallback` when there is no row. */
gboolean store_number(StoreSession *session, const char *sql, const struct store_value *values,
                      gint64 fallback, gint64 *number, GError **error);
