/*
 * Reading sessions of the store, lent to one thread at a time: as many as ever read at once.
 */
#pragma once

#include "scim/store/store.h"

struct session_pool;

struct session_pool *session_pool_new(Store *store);

/* A session with a snapshot of its own begun; NULL when the store gives none. */
StoreSession *session_pool_take(struct session_pool *pool, GError **error);

/* Ends the snapshot and takes the session back. NULL is fine. */
void session_pool_give(struct session_pool *pool, StoreSession *session);

/* Every session must have been given back. */
void session_pool_free(struct session_pool *pool);
