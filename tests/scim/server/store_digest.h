/*
 * Did anything change? A digest of every row of every table of a store, whatever tables there are.
 *
 *   g_autofree char *before = store_digest(store);
 *   ... g_autofree char *after = store_digest(store); assert_string_equal(before, after);
 *
 * Left out is when a token was last used, which is written with no act, and the schema's number.
 */
#pragma once

#include "scim/store/store.h"

/* Fails the test when the store cannot be read. The caller frees. */
char *store_digest(Store *store);
