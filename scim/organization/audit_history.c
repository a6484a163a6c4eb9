#include "scim/organization/audit_history.h"

#include <string.h>

#include "scim/protocol/clock.h"
#include "scim/protocol/outcome.h"

gboolean audit_history_each(StoreSession *session, const char *organization, gint64 from_seq,
                            gboolean (*each)(void *context, gint64 seq, const char *record),
                            void *context, GError **error)
{
    struct store_rows *rows = store_query(
        session,
        "SELECT seq, record FROM audit WHERE organization = ? AND seq >= ? ORDER BY seq",
        STORE_BIND(store_text(organization), store_int(from_seq)), TRUE);
    gboolean goes_on = TRUE;
    while (goes_on && store_next(rows))
        goes_on = each(context, store_int_at(rows, 0), store_text_at(rows, 1));
    return store_end(rows, error);
}

struct replay {
    gint64 at, begins;  /* begins: 0 before the first record */
    GHashTable *people; /* id, owned -> json_t *: as the last record has them */
    gint64 damaged;     /* the first record that is none; 0: all are */
};

static void drop_json(gpointer json)
{
    json_decref(json);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

static void play(struct replay *replay, const json_t *record)
{
    const char *object = text_of(record, "object");
    json_t *after = json_object_get(record, "after");
    if (!g_str_has_prefix(object, "person:"))
        return;
    if (after == NULL)
        g_hash_table_remove(replay->people, object);
    else
        g_hash_table_replace(replay->people, g_strdup(object), json_incref(after));
}

static gboolean take(void *context, gint64 seq, const char *text)
{
    struct replay *replay = context;
    gint64 time = 0;
    json_t *record = json_loads(text, 0, NULL);
    gboolean ok = clock_parse(text_of(record, "time"), &time);
    if (!ok)
        replay->damaged = seq;
    if (ok && replay->begins == 0)
        replay->begins = time;
    /* In the order of the trail: a clock that was set back makes no earlier record later. */
    if (ok && time <= replay->at)
        play(replay, record);
    json_decref(record);
    return ok;
}

/* An invitation was over at its time, whenever that was written down. */
static json_t *as_of(json_t *state, gint64 at)
{
    gint64 expires_at = 0;
    if (strcmp(text_of(state, "status"), "invited") != 0 ||
        !clock_parse(text_of(state, "expiresAt"), &expires_at) || expires_at > at)
        return json_incref(state);
    json_t *over = json_copy(state);
    json_object_set_new(over, "status", json_string("expired"));
    return over;
}

static gint by_user_name(gconstpointer a, gconstpointer b)
{
    const json_t *const *left = a, *const *right = b;
    gint order = strcmp(text_of(*left, "userName"), text_of(*right, "userName"));
    return order != 0 ? order : strcmp(text_of(*left, "id"), text_of(*right, "id"));
}

static json_t *list_people(const struct replay *replay)
{
    GHashTableIter at;
    gpointer state;
    json_t *people = json_array();
    g_autoptr(GPtrArray) states = g_ptr_array_new();
    g_hash_table_iter_init(&at, replay->people);
    while (g_hash_table_iter_next(&at, NULL, &state))
        g_ptr_array_add(states, state);
    g_ptr_array_sort(states, by_user_name);
    for (guint i = 0; i < states->len; i++)
        json_array_append_new(people, as_of(states->pdata[i], replay->at));
    return people;
}

json_t *audit_history_people(StoreSession *session, const char *organization, gint64 at,
                             gint64 *begins, GError **error)
{
    json_t *people = NULL;
    struct replay replay = {
        .at = at, .people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, drop_json)};
    if (!audit_history_each(session, organization, 1, take, &replay, error)) {
        g_prefix_error(error, "the audit trail of \"%s\": ", organization);
    } else if (replay.damaged != 0) {
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                    "record %" G_GINT64_FORMAT " of the audit trail of \"%s\" is damaged: run "
                    "`rolecall audit verify`",
                    replay.damaged, organization);
    } else {
        people = list_people(&replay);
    }
    *begins = replay.begins;
    g_hash_table_unref(replay.people);
    return people;
}
