#include "scim/server/tolerance_tally.h"

#include "scim/organization/tolerance_counts.h"

/* One connection's, since the last flush. */
struct share {
    char *organization, *connection; /* organization NULL: all of them */
    struct tolerance_use use;
};

struct tolerance_tally {
    GMutex lock;
    GHashTable *shares; /* "organization connection" -> struct share */
};

static void share_free(gpointer data)
{
    struct share *share = data;
    g_free(share->organization);
    g_free(share->connection);
    g_free(share);
}

static GHashTable *no_shares(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, share_free);
}

struct tolerance_tally *tolerance_tally_new(void)
{
    struct tolerance_tally *tally = g_new0(struct tolerance_tally, 1);
    g_mutex_init(&tally->lock);
    tally->shares = no_shares();
    return tally;
}

void tolerance_tally_free(struct tolerance_tally *tally)
{
    if (tally == NULL) {
        return;
    }
    g_hash_table_unref(tally->shares);
    g_mutex_clear(&tally->lock);
    g_free(tally);
}

static gboolean is_used(const struct tolerance_use *use)
{
    guint total = 0;
    for (int i = 0; i < TOLERANCE_COUNT; i++) {
        total += use->count[i];
    }
    return total > 0;
}

/* The lock is held. */
static void add(struct tolerance_tally *tally, const char *organization, const char *connection,
                const struct tolerance_use *use)
{
    char *key = g_strconcat(organization != NULL ? organization : "", " ", connection, NULL);
    struct share *share = g_hash_table_lookup(tally->shares, key);
    if (share == NULL) {
        share = g_new0(struct share, 1);
        share->organization = g_strdup(organization);
        share->connection = g_strdup(connection);
        g_hash_table_insert(tally->shares, key, share);
    } else {
        g_free(key);
    }
    for (int i = 0; i < TOLERANCE_COUNT; i++) {
        share->use.count[i] += use->count[i];
    }
}

void tolerance_tally_note(struct tolerance_tally *tally, const struct bearer *bearer,
                          const struct tolerance_use *use)
{
    if (tally == NULL || bearer == NULL || bearer->connection == NULL || bearer->is_strict ||
        !is_used(use)) {
        return;
    }
    g_mutex_lock(&tally->lock);
    add(tally, bearer->organization, bearer->connection, use);
    g_mutex_unlock(&tally->lock);
}

static GHashTable *take_all(struct tolerance_tally *tally)
{
    g_mutex_lock(&tally->lock);
    GHashTable *shares = g_hash_table_size(tally->shares) > 0 ? tally->shares : NULL;
    if (shares != NULL) {
        tally->shares = no_shares();
    }
    g_mutex_unlock(&tally->lock);
    return shares;
}

static gboolean write_all(GHashTable *shares, StoreSession *session, gint64 now, GError **error)
{
    GHashTableIter at;
    gpointer value;
    if (!store_begin(session, error)) {
        return FALSE;
    }
    gboolean ok = TRUE;
    g_hash_table_iter_init(&at, shares);
    while (ok && g_hash_table_iter_next(&at, NULL, &value)) {
        const struct share *share = value;
        ok = tolerance_counts_add(session, share->organization, share->connection, &share->use,
                                  now, error);
    }
    if (ok && store_commit(session, error)) {
        return TRUE;
    }
    if (store_in_transaction(session)) {
        store_rollback(session);
    }
    return FALSE;
}

static void give_back(struct tolerance_tally *tally, GHashTable *shares)
{
    GHashTableIter at;
    gpointer value;
    g_mutex_lock(&tally->lock);
    g_hash_table_iter_init(&at, shares);
    while (g_hash_table_iter_next(&at, NULL, &value)) {
        const struct share *share = value;
        add(tally, share->organization, share->connection, &share->use);
    }
    g_mutex_unlock(&tally->lock);
}

gboolean tolerance_tally_flush(struct tolerance_tally *tally, StoreSession *session, gint64 now,
                               GError **error)
{
    g_autoptr(GHashTable) shares = take_all(tally);
    if (shares == NULL) {
        return TRUE;
    }
    gboolean ok = write_all(shares, session, now, error);
    if (!ok) {
        give_back(tally, shares);
    }
    return ok;
}
