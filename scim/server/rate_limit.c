#include "scim/server/rate_limit.h"

/* One request in the smallest unit that is counted: a bucket fills by `per_second` of them in a
 * microsecond. */
#define REQUEST ((gint64)G_USEC_PER_SEC)

struct bucket {
    GList link; /* data points back here; the one seen last is the first */
    char *key;
    gint64 level; /* in units, at most burst * REQUEST */
    gint64 at;    /* microseconds: when the level was so */
};

struct rate_limit {
    struct rate_limit_options options;
    GMutex lock;
    GHashTable *buckets; /* key (the bucket's own) -> struct bucket */
    GQueue seen;
};

static void bucket_free(gpointer data)
{
    struct bucket *bucket = data;
    g_free(bucket->key);
    g_free(bucket);
}

struct rate_limit *rate_limit_new(const struct rate_limit_options *options)
{
    struct rate_limit *limit = g_new0(struct rate_limit, 1);
    limit->options = *options;
    g_mutex_init(&limit->lock);
    limit->buckets = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, bucket_free);
    g_queue_init(&limit->seen);
    return limit;
}

void rate_limit_free(struct rate_limit *limit)
{
    if (limit == NULL) {
        return;
    }
    g_hash_table_unref(limit->buckets);
    g_mutex_clear(&limit->lock);
    g_free(limit);
}

static void forget_oldest(struct rate_limit *limit)
{
    const struct bucket *oldest = g_queue_peek_tail(&limit->seen);
    g_queue_pop_tail_link(&limit->seen);
    g_hash_table_remove(limit->buckets, oldest->key);
}

static struct bucket *add_bucket(struct rate_limit *limit, const char *key, gint64 now)
{
    if (g_hash_table_size(limit->buckets) >= limit->options.keys) {
        forget_oldest(limit);
    }
    struct bucket *bucket = g_new0(struct bucket, 1);
    bucket->link.data = bucket;
    bucket->key = g_strdup(key);
    bucket->level = limit->options.burst * REQUEST;
    bucket->at = now;
    g_hash_table_insert(limit->buckets, bucket->key, bucket);
    g_queue_push_head_link(&limit->seen, &bucket->link);
    return bucket;
}

static struct bucket *find_bucket(struct rate_limit *limit, const char *key, gint64 now)
{
    struct bucket *bucket = g_hash_table_lookup(limit->buckets, key);
    if (bucket == NULL) {
        return add_bucket(limit, key, now);
    }
    g_queue_unlink(&limit->seen, &bucket->link);
    g_queue_push_head_link(&limit->seen, &bucket->link);
    return bucket;
}

/* A pause that fills it anyhow is not multiplied: it may be long. */
static void fill(const struct rate_limit_options *options, struct bucket *bucket, gint64 now)
{
    gint64 full = options->burst * REQUEST;
    gint64 elapsed = MAX(now - bucket->at, 0);
    gint64 missing = full - bucket->level;
    bucket->level = elapsed > missing / options->per_second
                        ? full
                        : bucket->level + elapsed * options->per_second;
    bucket->at = MAX(now, bucket->at);
}

gboolean rate_limit_take(struct rate_limit *limit, const char *key, guint *seconds)
{
    if (limit == NULL) {
        return TRUE;
    }
    const struct rate_limit_options *options = &limit->options;
    gint64 now = options->ticks(options->context);
    g_mutex_lock(&limit->lock);
    struct bucket *bucket = find_bucket(limit, key, now);
    fill(options, bucket, now);
    gboolean may = bucket->level >= REQUEST;
    gint64 missing = may ? 0 : REQUEST - bucket->level;
    bucket->level -= may ? REQUEST : 0;
    g_mutex_unlock(&limit->lock);
    gint64 whole_second = options->per_second * G_USEC_PER_SEC;
    *seconds = (guint)MAX((missing + whole_second - 1) / whole_second, 1);
    return may;
}

guint rate_limit_keys(struct rate_limit *limit)
{
    g_mutex_lock(&limit->lock);
    guint keys = g_hash_table_size(limit->buckets);
    g_mutex_unlock(&limit->lock);
    return keys;
}

gint64 rate_limit_ticks(void *context)
{
    (void)context;
    return g_get_monotonic_time();
}
