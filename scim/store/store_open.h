/*
 * From a URI to an open store with a schema this program knows.
 *
 *   g_autoptr(Store) store = store_open("sqlite:/var/lib/rolecall/rolecall.db", &error);
 */
#pragma once

#include "scim/store/store.h"

/* Opens the store that `uri` names and brings its schema up to date. "sqlite:/path" is made
 * with mode 0600 where it is missing; "sqlite::memory:" lives as long as the store, for tests.
 * A newer schema than this program knows is OUTCOME_SETTINGS. */
Store *store_open(const char *uri, GError **error);

/* The file that `uri` names; NULL where it names none ("sqlite::memory:", another scheme). Inside
 * the text, borrowed. What belongs to a store lies beside it. */
const char *store_file(const char *uri);

/* Does the file that `uri` names belong to the caller, or, where it does not exist yet, its
 * folder? A file made by another user would lock `serve` out. OUTCOME_SETTINGS says whose it
 * is. */
gboolean store_check_owner(const char *uri, GError **error);
