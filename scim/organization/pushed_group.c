#include "scim/organization/pushed_group.h"

#include "scim/protocol/origin.h"
#include "scim/store/filter_sql.h"

static void member_free(gpointer data)
{
    struct pushed_member *member = data;
    g_free(member->person);
    g_free(member->display);
    g_free(member);
}

void pushed_group_free(PushedGroup *group)
{
    if (group == NULL)
        return;
    g_free(group->id);
    g_free(group->origin);
    g_free(group->display_name);
    g_free(group->external_id);
    if (group->members != NULL)
        g_ptr_array_unref(group->members);
    g_free(group);
}

static void destroy(gpointer data)
{
    pushed_group_free(data);
}

gboolean pushed_group_read_state(StoreSession *session, const char *organization,
                                 struct pushed_group_state *state, GError **error)
{
    struct store_rows *rows = store_query(
        session, "SELECT version, changed_at FROM pushed_state WHERE organization = ?",
        STORE_BIND(store_text(organization)), TRUE);
    *state = (struct pushed_group_state){0};
    if (store_next(rows))
        *state = (struct pushed_group_state){.version = store_int_at(rows, 0),
                                             .changed_at = store_int_at(rows, 1)};
    return store_end(rows, error);
}

void pushed_group_condition(const char *organization, const struct pushed_group_view *view,
                            GString *condition, GArray *values)
{
    g_string_append(condition, "g.organization = ?");
    filter_sql_bind(values, organization);
    if (view->origin != NULL) {
        g_string_append(condition, " AND g.origin = ?");
        filter_sql_bind(values, view->origin);
    }
    if (view->only_live)
        g_string_append(condition, " AND NOT EXISTS (SELECT 1 FROM connection c WHERE"
                                   " c.organization = g.organization AND c.rehearsal <> 0"
                                   " AND g.origin = '" ORIGIN_PROVIDER "' || c.name)");
}

GPtrArray *pushed_group_select(StoreSession *session, const char *condition,
                               const struct store_value *values, GError **error)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(destroy);
    g_autofree char *sql =
        g_strconcat("SELECT g.id, g.origin, g.external_id, g.display_name, g.created,"
                    " g.modified, g.version FROM pushed_group g WHERE ",
                    condition, NULL);
    struct store_rows *rows = store_query(session, sql, values, FALSE);
    while (store_next(rows)) {
        PushedGroup *group = g_new0(struct pushed_group, 1);
        group->id = g_strdup(store_text_at(rows, 0));
        group->origin = g_strdup(store_text_at(rows, 1));
        group->external_id = g_strdup(store_text_at(rows, 2));
        group->display_name = g_strdup(store_text_at(rows, 3));
        group->created = store_int_at(rows, 4);
        group->modified = store_int_at(rows, 5);
        group->version = store_int_at(rows, 6);
        g_ptr_array_add(groups, group);
    }
    return store_end(rows, error) ? g_steal_pointer(&groups) : NULL;
}

gboolean pushed_group_read(StoreSession *session, const char *organization,
                           const struct pushed_group_view *view, const char *id,
                           PushedGroup **group, GError **error)
{
    g_autoptr(GString) condition = g_string_new(NULL);
    g_autoptr(GArray) values = filter_sql_values_new();
    pushed_group_condition(organization, view, condition, values);
    g_string_append(condition, " AND g.id = ?");
    filter_sql_bind(values, id);
    g_autoptr(GPtrArray) found =
        pushed_group_select(session, condition->str, filter_sql_bound(values), error);
    *group = found != NULL && found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
    return found != NULL;
}

#define MEMBER_PEOPLE                                                                          \
    " FROM pushed_member m JOIN person p ON p.organization = m.organization AND p.id = "       \
    "m.person"

/* Whom the view sees of all those groups; the texts are borrowed. */
static void begin_members(GString *sql, GArray *values, const char *organization,
                          const struct pushed_group_view *view, const GPtrArray *groups)
{
    const struct store_value owner = store_text(organization);
    g_string_append(sql, view->hides_protected ? MEMBER_PEOPLE : " FROM pushed_member m");
    g_string_append(sql, " WHERE m.organization = ? AND m.pushed_group IN (");
    g_array_append_val(values, owner);
    for (guint i = 0; i < groups->len; i++) {
        const struct store_value id =
            store_text(((const struct pushed_group *)groups->pdata[i])->id);
        g_string_append(sql, i == 0 ? "?" : ", ?");
        g_array_append_val(values, id);
    }
    g_string_append(sql, view->hides_protected ? ") AND p.protected = 0" : ")");
}

static struct store_rows *ask(StoreSession *session, const GString *sql, const GArray *values)
{
    return store_query(session, sql->str, filter_sql_bound(values), FALSE);
}

static gboolean take_members(struct store_rows *rows, GHashTable *by_id, GError **error)
{
    while (store_next(rows)) {
        const PushedGroup *group = g_hash_table_lookup(by_id, store_text_at(rows, 0));
        struct pushed_member *member = g_new0(struct pushed_member, 1);
        member->person = g_strdup(store_text_at(rows, 1));
        member->display = g_strdup(store_text_at(rows, 2));
        g_ptr_array_add(group->members, member);
    }
    return store_end(rows, error);
}

static GHashTable *prepare(GPtrArray *groups)
{
    GHashTable *by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < groups->len; i++) {
        PushedGroup *group = groups->pdata[i];
        g_clear_pointer(&group->members, g_ptr_array_unref);
        group->members = g_ptr_array_new_with_free_func(member_free);
        g_hash_table_insert(by_id, group->id, group);
    }
    return by_id;
}

#define MEMBER_COLUMNS "SELECT m.pushed_group, m.person, m.display"

gboolean pushed_group_read_members(StoreSession *session, const char *organization,
                                   const struct pushed_group_view *view, GPtrArray *groups,
                                   GError **error)
{
    g_autoptr(GHashTable) by_id = prepare(groups);
    g_autoptr(GString) sql = g_string_new(MEMBER_COLUMNS);
    g_autoptr(GArray) values = g_array_new(TRUE, TRUE, sizeof(struct store_value));
    if (groups->len == 0)
        return TRUE;
    begin_members(sql, values, organization, view, groups);
    g_string_append(sql, " ORDER BY m.pushed_group, m.seq");
    return take_members(ask(session, sql, values), by_id, error);
}

gboolean pushed_group_read_page(StoreSession *session, const char *organization,
                                const struct pushed_group_view *view, PushedGroup *group,
                                struct pushed_group_cut *cut, GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, group);
    g_autoptr(GHashTable) by_id = prepare(one);
    g_autoptr(GString) count = g_string_new("SELECT COUNT(*)");
    g_autoptr(GString) sql = g_string_new(MEMBER_COLUMNS);
    g_autoptr(GArray) none = g_array_new(TRUE, TRUE, sizeof(struct store_value));
    g_autoptr(GArray) values = g_array_new(TRUE, TRUE, sizeof(struct store_value));
    begin_members(count, none, organization, view, one);
    begin_members(sql, values, organization, view, one);
    g_string_append(sql, " ORDER BY m.seq LIMIT ? OFFSET ?");
    const struct store_value limits[] = {store_int(cut->count), store_int(cut->start)};
    g_array_append_vals(values, limits, 2);
    struct store_rows *rows = ask(session, count, none);
    cut->total = store_next(rows) ? store_int_at(rows, 0) : 0;
    return store_end(rows, error) && take_members(ask(session, sql, values), by_id, error);
}

gboolean pushed_group_find_by_name(StoreSession *session, const char *organization,
                                   const char *origin, const char *display_name, char **id,
                                   GError **error)
{
    g_autofree char *folded = g_ascii_strdown(display_name, -1);
    struct store_rows *rows = store_query(
        session,
        "SELECT id FROM pushed_group WHERE organization = ? AND origin = ?"
        " AND display_name_folded = ?",
        STORE_BIND(store_text(organization), store_text(origin), store_text(folded)), TRUE);
    *id = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    return store_end(rows, error);
}
