#include "scim/server/session_pool.h"

struct session_pool {
    Store *store;
    GMutex lock;
    GPtrArray *idle;
};

struct session_pool *session_pool_new(Store *store)
{
    struct session_pool *pool = g_new0(struct session_pool, 1);
    pool->store = store;
    pool->idle = g_ptr_array_new();
    g_mutex_init(&pool->lock);
    return pool;
}

static StoreSession *find_idle(struct session_pool *pool)
{
    g_mutex_lock(&pool->lock);
    StoreSession *session =
        pool->idle->len > 0 ? g_ptr_array_steal_index(pool->idle, pool->idle->len - 1) : NULL;
    g_mutex_unlock(&pool->lock);
    return session;
}

StoreSession *session_pool_take(struct session_pool *pool, GError **error)
{
    StoreSession *session = find_idle(pool);
    if (session == NULL) {
        session = store_session_open(pool->store, STORE_READ, error);
    }
    if (session != NULL && !store_begin(session, error)) {
        store_session_close(session);
        return NULL;
    }
    return session;
}

void session_pool_give(struct session_pool *pool, StoreSession *session)
{
    if (session == NULL) {
        return;
    }
    if (store_in_transaction(session)) {
        store_rollback(session);
    }
    g_mutex_lock(&pool->lock);
    g_ptr_array_add(pool->idle, session);
    g_mutex_unlock(&pool->lock);
}

void session_pool_free(struct session_pool *pool)
{
    for (guint i = 0; i < pool->idle->len; i++) {
        store_session_close(g_ptr_array_index(pool->idle, i));
    }
    g_ptr_array_unref(pool->idle);
    g_mutex_clear(&pool->lock);
    g_free(pool);
}
