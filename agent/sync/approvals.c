#include "agent/sync/approvals.h"

#include <string.h>

#include <jansson.h>

#include "agent/sync/state_file.h"
#include "scim/protocol/outcome.h"

#define FILE_NAME       "approvals.json"
#define SHORTEST_DIGEST 12

static gboolean is_good(const json_t *shown, gint64 now)
{
    gint64 time = json_integer_value(json_object_get(shown, "shown"));
    return time <= now && now - time < APPROVALS_LIFETIME;
}

static void drop_old(json_t *book, gint64 now)
{
    const char *digest = NULL;
    json_t *shown = NULL;
    void *next = NULL;
    json_object_foreach_safe(book, next, digest, shown) if (!is_good(shown, now))
        json_object_del(book, digest);
}

static json_t *keys_of(const Plan *plan)
{
    json_t *keys = json_array();
    for (guint i = 0; i < plan->holds->len; i++) {
        const struct plan_hold *hold = &g_array_index(plan->holds, struct plan_hold, i);
        if (hold->reason != PLAN_HOLD_GUARD)
            continue;
        g_autofree char *key = plan_approval_key(&hold->step);
        json_array_append_new(keys, json_string(key));
    }
    return keys;
}

gboolean approvals_remember(const char *state, const Plan *plan, gint64 now, GError **error)
{
    g_autofree char *digest = plan_approval_digest(plan);
    if (digest == NULL)
        return TRUE;
    json_t *book = state_file_read(state, FILE_NAME, error);
    if (book == NULL)
        return FALSE;
    drop_old(book, now);
    if (json_object_get(book, digest) == NULL)
        json_object_set_new(book, digest,
                            json_pack("{s:I, s:s, s:o}", "shown", (json_int_t)now,
                                      "organization", plan->organization, "keys",
                                      keys_of(plan)));
    gboolean done = state_file_write(state, FILE_NAME, book, error);
    json_decref(book);
    return done;
}

/* The one showing that is still good and that the digest means, or NULL. */
static const json_t *find(json_t *book, const char *digest, gint64 now)
{
    const json_t *found = NULL;
    const char *name = NULL;
    json_t *shown = NULL;
    if (strlen(digest) < SHORTEST_DIGEST)
        return NULL;
    json_object_foreach(book, name, shown)
    {
        if (!g_str_has_prefix(name, digest) || !is_good(shown, now))
            continue;
        if (found != NULL)
            return NULL;
        found = shown;
    }
    return found;
}

GHashTable *approvals_find(const char *state, const char *digest, gint64 now, GError **error)
{
    json_t *book = state_file_read(state, FILE_NAME, error);
    if (book == NULL)
        return NULL;
    const json_t *shown = find(book, digest, now);
    GHashTable *keys = NULL;
    if (shown == NULL)
        g_set_error(
            error, OUTCOME, OUTCOME_REFUSED,
            "'%s' was not shown in the last 24 hours: run `rolecall plan` and approve the "
            "digest that it shows",
            digest);
    else
        keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const json_t *list = json_object_get(shown, "keys");
    for (size_t i = 0; i < json_array_size(list); i++)
        g_hash_table_add(keys, g_strdup(json_string_value(json_array_get(list, i))));
    json_decref(book);
    return keys;
}
