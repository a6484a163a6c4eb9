#include "scim/organization/person_groups.h"

#include "scim/store/filter_sql.h"

/* People in one query: a page at least, and fewer than any store binds. */
#define AT_ONCE 1000

static void group_free(gpointer data)
{
    struct person_group *group = data;
    g_free(group->id);
    g_free(group->display_name);
    g_free(group);
}

static GHashTable *prepare(GPtrArray *people)
{
    GHashTable *by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < people->len; i++) {
        PersonFacts *facts = people->pdata[i];
        g_clear_pointer(&facts->groups, g_ptr_array_unref);
        facts->groups = g_ptr_array_new_with_free_func(group_free);
        g_hash_table_insert(by_id, facts->id, facts);
    }
    return by_id;
}

static void add_people(GString *sql, GArray *values, const GPtrArray *people, guint first)
{
    g_string_append(sql, " AND m.person IN (");
    for (guint i = first; i < MIN(people->len, first + AT_ONCE); i++) {
        const PersonFacts *facts = people->pdata[i];
        g_string_append(sql, i == first ? "?" : ", ?");
        filter_sql_bind(values, facts->id);
    }
    g_string_append(sql, ") ORDER BY g.seq");
}

struct asking {
    StoreSession *session;
    const char *organization;
    const struct pushed_group_view *view;
    GHashTable *by_id; /* id -> facts */
};

static gboolean read_some(const struct asking *asking, const GPtrArray *people, guint first,
                          GError **error)
{
    g_autoptr(GArray) values = filter_sql_values_new();
    g_autoptr(GString) sql =
        g_string_new("SELECT m.person, g.id, g.display_name FROM pushed_member m"
                     " JOIN pushed_group g ON g.organization = m.organization"
                     " AND g.id = m.pushed_group WHERE ");
    pushed_group_condition(asking->organization, asking->view, sql, values);
    add_people(sql, values, people, first);
    struct store_rows *rows =
        store_query(asking->session, sql->str, filter_sql_bound(values), FALSE);
    while (store_next(rows)) {
        const PersonFacts *facts = g_hash_table_lookup(asking->by_id, store_text_at(rows, 0));
        struct person_group *group = g_new0(struct person_group, 1);
        group->id = g_strdup(store_text_at(rows, 1));
        group->display_name = g_strdup(store_text_at(rows, 2));
        g_ptr_array_add(facts->groups, group);
    }
    return store_end(rows, error);
}

gboolean person_groups_read(StoreSession *session, const char *organization,
                            const struct pushed_group_view *view, GPtrArray *people,
                            GError **error)
{
    g_autoptr(GHashTable) by_id = prepare(people);
    const struct asking asking = {session, organization, view, by_id};
    for (guint first = 0; first < people->len; first += AT_ONCE)
        if (!read_some(&asking, people, first, error))
            return FALSE;
    return TRUE;
}

gboolean person_groups_read_one(StoreSession *session, const char *organization,
                                const struct pushed_group_view *view, PersonFacts *facts,
                                GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, facts);
    return person_groups_read(session, organization, view, one, error);
}
