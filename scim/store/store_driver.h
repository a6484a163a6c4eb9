/*
 * What a database must do to be one of ours: a struct of functions, one constant a driver.
 *
 * scim/store/store.c is the only caller; the contract of each is that of the function of nearly
 * the same name in store.h. A place is what stands after the scheme in the URI. Errors are of
 * the domain OUTCOME with the kinds that store.h names.
 */
#pragma once

#include <glib.h>

#include "scim/store/store_value.h"

enum store_step {
    STORE_STEP_FAILED,
    STORE_STEP_ROW,
    STORE_STEP_DONE,
};

struct store_driver {
    const char *scheme; /* "sqlite" */
    gboolean (*check_place)(const char *place, GError **error);
    gboolean (*check_owner)(const char *place, GError **error);
    void *(*open)(const char *place, enum store_mode mode, GError **error);
    void (*close)(void *connection);
    /* Text without parameters, possibly several statements: begin, savepoints, migrations. */
    gboolean (*execute)(void *connection, const char *sql, GError **error);
    gint64 (*changes)(void *connection);
    gboolean (*tidy)(void *connection, GError **error);
    void *(*prepare)(void *connection, const char *sql, GError **error);
    void (*bind)(void *statement, int index, const struct store_value *value); /* from 1 */
    enum store_step (*step)(void *statement, GError **error);
    const char *(*text_at)(void *statement, int column);
    gint64 (*int_at)(void *statement, int column);
    const void *(*blob_at)(void *statement, int column, gsize *length);
    gboolean (*null_at)(void *statement, int column);
    void (*reset)(void *statement); /* ends the row, forgets the bound values */
    void (*finish)(void *statement);
    const char *begin_read, *begin_write;
};
