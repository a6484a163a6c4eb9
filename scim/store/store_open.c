#include "scim/store/store_open.h"

#include <string.h>

#include "scim/protocol/outcome.h"
#include "scim/store/migrations.h"
#include "scim/store/store_driver.h"
#include "scim/store/store_sqlite.h"

static const struct store_driver *const drivers[] = {&store_sqlite};

static const struct store_driver *find_driver(const char *uri, const char **place,
                                              GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(drivers); i++) {
        gsize length = strlen(drivers[i]->scheme);
        if (strncmp(uri, drivers[i]->scheme, length) == 0 && uri[length] == ':') {
            *place = uri + length + 1;
            return drivers[i];
        }
    }
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                "\"%s\" names no store: write \"sqlite:/path/to/file\"", uri);
    return NULL;
}

Store *store_open(const char *uri, GError **error)
{
    const char *place;
    const struct store_driver *driver = find_driver(uri, &place, error);
    if (driver == NULL || !driver->check_place(place, error))
        return NULL;
    g_autoptr(Store) store = store_new(driver, place, error);
    if (store == NULL)
        return NULL;
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, error);
    if (session == NULL || !migrations_run(session, migrations_newest(), error))
        return NULL;
    return g_steal_pointer(&store);
}

const char *store_file(const char *uri)
{
    const char *place = NULL;
    const struct store_driver *driver = find_driver(uri, &place, NULL);
    return driver != NULL && driver->check_place(place, NULL) && g_path_is_absolute(place)
               ? place
               : NULL;
}

gboolean store_check_owner(const char *uri, GError **error)
{
    const char *place;
    const struct store_driver *driver = find_driver(uri, &place, error);
    return driver != NULL && driver->check_owner(place, error);
}
