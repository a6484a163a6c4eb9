/*
 * SQLite as a driver of the store: WAL, synchronous FULL, foreign keys, defensive, mode 0600.
 *
 * The place is a file path, or ":memory:" with a name behind it, which all connections of this
 * process share.
 */
#pragma once

#include "scim/store/store_driver.h"

extern const struct store_driver store_sqlite;
