/*
 * The one door to the database: a thin layer of SQL over a driver (SQLite now).
 *
 *   g_autoptr(Store) store = store_open("sqlite:/var/lib/rolecall/rolecall.db", &error);
 *   g_autoptr(StoreSession) session = store_session_open(store, STORE_READ, &error);
 *   struct store_rows *rows = store_query(session, "SELECT name FROM project WHERE id = ?",
 *                                         STORE_BIND(store_text(id)), TRUE);
 *   while (store_next(rows))
 *       puts(store_text_at(rows, 0));
 *   ok = store_end(rows, &error);
 *
 * It is opened by scim/store/store_open.h. A store may be used by any thread; a session is one
 * connection and belongs to one thread at a time. SQL is one text for every driver: parameters
 * are "?" or "?1"; values are always bound. A store is never carried across a fork.
 *
 * Errors: OUTCOME_CONFLICT a constraint said no, OUTCOME_RETRY busy or disk full (nothing
 * happened), OUTCOME_SETTINGS the place or the schema cannot be used, OUTCOME_INTERNAL the
 * rest.
 */
#pragma once

#include <glib.h>

#include "scim/store/store_value.h"

struct store;
struct store_session;
struct store_rows;

typedef struct store Store;
typedef struct store_session StoreSession;

/* For scim/store/store_open.h alone: a store over a driver, its schema not looked at. Takes
 * nothing; `place` is copied. */
struct store_driver;
Store *store_new(const struct store_driver *driver, const char *place, GError **error);

/* Every session must be closed before. */
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

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

/* Runs a constant text of several statements without parameters: the schema. */
gboolean store_script(StoreSession *session, const char *sql, GError **error);

/* What deleted rows held leaves the store's files too, as far as nobody reads just now. Outside a
 * transaction. */
gboolean store_tidy(StoreSession *session, GError **error);

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
