#include "scim/store/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "scim/protocol/outcome.h"

#define BUSY_MILLISECONDS 5000
#define MEMORY            ":memory:"

/* trusted_schema and cell_size_check: a file from elsewhere must not be able to run things, nor
 * a damaged one to be believed. */
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA secure_delete = ON;" /* secrets of mails that are out */
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA journal_size_limit = 67108864;";

static enum outcome outcome_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
        return OUTCOME_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
        return OUTCOME_RETRY;
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return OUTCOME_SETTINGS;
    default:
        return OUTCOME_INTERNAL;
    }
}

static void set_error(GError **error, sqlite3 *connection, int result)
{
    g_set_error(error, OUTCOME, (gint)outcome_of(result), "store: %s (%s)",
                connection != NULL ? sqlite3_errmsg(connection) : sqlite3_errstr(result),
                sqlite3_errstr(result));
}

static gboolean is_memory(const char *place)
{
    return g_str_has_prefix(place, MEMORY);
}

static gboolean sqlite_check_place(const char *place, GError **error)
{
    if (is_memory(place) || g_path_is_absolute(place))
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                "store \"sqlite:%s\": the path must begin with \"/\"", place);
    return FALSE;
}

static gboolean owned_by_caller(const char *path, GError **error)
{
    struct stat found;
    if (stat(path, &found) != 0) {
        g_set_error(
            error, OUTCOME, OUTCOME_SETTINGS, "store \"%s\": %s%s", path, g_strerror(errno),
            errno == ENOENT ? ": make this folder, for the user who runs rolecall" : "");
        return FALSE;
    }
    if (found.st_uid == geteuid())
        return TRUE;
    struct passwd entry, *owner = NULL;
    char names[4096];
    getpwuid_r(found.st_uid, &entry, names, sizeof names, &owner);
    g_set_error(
        error, OUTCOME, OUTCOME_SETTINGS,
        "store \"%s\" belongs to the user \"%s\": run this as that user (for example with "
        "sudo -u %s)",
        path, owner != NULL ? owner->pw_name : "?", owner != NULL ? owner->pw_name : "USER");
    return FALSE;
}

static gboolean sqlite_check_owner(const char *place, GError **error)
{
    if (is_memory(place))
        return TRUE;
    if (!sqlite_check_place(place, error))
        return FALSE;
    if (g_file_test(place, G_FILE_TEST_EXISTS))
        return owned_by_caller(place, error);
    g_autofree char *folder = g_path_get_dirname(place);
    return owned_by_caller(folder, error);
}

/* SQLite would make the file with the umask's mode. Only a file that is not there yet is
 * touched here: opening and closing one in use would drop its locks (S06). */
static gboolean make_private(const char *place, GError **error)
{
    int file = open(place, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
        return TRUE;
    }
    if (errno == EEXIST)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "store \"%s\" cannot be made: %s", place,
                g_strerror(errno));
    return FALSE;
}

static gboolean sqlite_execute(void *connection, const char *sql, GError **error)
{
    int result = sqlite3_exec(connection, sql, NULL, NULL, NULL);
    if (result == SQLITE_OK)
        return TRUE;
    set_error(error, connection, result);
    return FALSE;
}

static void sqlite_close(void *connection)
{
    sqlite3_close_v2(connection);
}

static gboolean set_up(sqlite3 *connection, enum store_mode mode, GError **error)
{
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, BUSY_MILLISECONDS);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    return sqlite_execute(connection, settings, error) &&
           (mode == STORE_WRITE || sqlite_execute(connection, "PRAGMA query_only = ON", error));
}

static void *sqlite_open(const char *place, enum store_mode mode, GError **error)
{
    if (!is_memory(place) && !make_private(place, error))
        return NULL;
    /* A name that begins with "/" is shared by the connections of this process. */
    g_autofree char *shared =
        is_memory(place) ? g_strdup_printf("file:/%s?vfs=memdb", place + 1) : NULL;
    sqlite3 *connection = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE | (shared != NULL ? SQLITE_OPEN_URI : 0);
    int result = sqlite3_open_v2(shared != NULL ? shared : place, &connection, flags, NULL);
    if (result != SQLITE_OK) {
        set_error(error, connection, result);
        g_prefix_error(error, "\"%s\": ", place);
        sqlite_close(connection);
        return NULL;
    }
    if (!set_up(connection, mode, error)) {
        g_prefix_error(error, "\"%s\": ", place);
        sqlite_close(connection);
        return NULL;
    }
    return connection;
}

static gint64 sqlite_changes(void *connection)
{
    return sqlite3_changes64(connection);
}

/* The write-ahead log keeps old pages until it is written over. */
static gboolean sqlite_tidy(void *connection, GError **error)
{
    return sqlite_execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)", error);
}

static void *sqlite_prepare(void *connection, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int result =
        sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (result != SQLITE_OK)
        set_error(error, connection, result);
    return statement;
}

static void sqlite_bind(void *statement, int index, const struct store_value *value)
{
    switch (value->kind) {
    case STORE_INT:
        sqlite3_bind_int64(statement, index, value->number);
        break;
    case STORE_TEXT:
        sqlite3_bind_text(statement, index, value->data, -1, SQLITE_TRANSIENT);
        break;
    case STORE_BLOB:
        sqlite3_bind_blob64(statement, index, value->data, (sqlite3_uint64)value->number,
                            SQLITE_TRANSIENT);
        break;
    case STORE_NULL:
    case STORE_END:
        sqlite3_bind_null(statement, index);
        break;
    }
}

static enum store_step sqlite_step(void *statement, GError **error)
{
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW)
        return STORE_STEP_ROW;
    if (result == SQLITE_DONE)
        return STORE_STEP_DONE;
    set_error(error, sqlite3_db_handle(statement), result);
    return STORE_STEP_FAILED;
}

static const char *sqlite_text_at(void *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

static gint64 sqlite_int_at(void *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

static const void *sqlite_blob_at(void *statement, int column, gsize *length)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    *length = (gsize)sqlite3_column_bytes(statement, column);
    return bytes;
}

static gboolean sqlite_null_at(void *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL;
}

static void sqlite_reset(void *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

static void sqlite_finish(void *statement)
{
    sqlite3_finalize(statement);
}

const struct store_driver store_sqlite = {
    .scheme = "sqlite",
    .check_place = sqlite_check_place,
    .check_owner = sqlite_check_owner,
    .open = sqlite_open,
    .close = sqlite_close,
    .execute = sqlite_execute,
    .changes = sqlite_changes,
    .tidy = sqlite_tidy,
    .prepare = sqlite_prepare,
    .bind = sqlite_bind,
    .step = sqlite_step,
    .text_at = sqlite_text_at,
    .int_at = sqlite_int_at,
    .blob_at = sqlite_blob_at,
    .null_at = sqlite_null_at,
    .reset = sqlite_reset,
    .finish = sqlite_finish,
    .begin_read = "BEGIN",
    .begin_write = "BEGIN IMMEDIATE",
};
