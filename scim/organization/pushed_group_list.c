#include "scim/organization/pushed_group_list.h"

#include <string.h>

#include "scim/store/filter_sql.h"

/* How many candidates are read at once where the filter is evaluated in memory. */
#define BATCH 200

/* The condition on groups, and what it binds. */
struct scope {
    GString *condition;
    GArray *values;
    gboolean is_whole; /* SQL says all of the filter */
};

static void scope_clear(struct scope *scope)
{
    g_string_free(scope->condition, TRUE);
    g_array_unref(scope->values);
}

#define MEMBER_EQUALS                                                                          \
    "(g.id IN (SELECT m.pushed_group FROM pushed_member m JOIN person p ON"                    \
    " p.organization = m.organization AND p.id = m.person WHERE m.organization = ?"            \
    " AND p.protected <= ? AND m.person = ?))"

static void add_filter(struct scope *scope, const struct pushed_group_query *query)
{
    const struct store_value member[] = {store_text(query->organization),
                                         store_int(!query->view.hides_protected),
                                         {.kind = STORE_END}};
    const struct filter_column columns[] = {
        {.path = "id", .kind = FILTER_COLUMN_WORD, .expression = "g.id"},
        {.path = "displayName",
         .kind = FILTER_COLUMN_FOLDED,
         .expression = "g.display_name_folded"},
        {.path = "externalId", .kind = FILTER_COLUMN_TEXT, .expression = "g.external_id"},
        {.path = "members.value",
         .kind = FILTER_COLUMN_TEXT,
         .equals = MEMBER_EQUALS,
         .equals_parameters = member},
        {.path = "meta.created", .kind = FILTER_COLUMN_TIME, .expression = "g.created"},
        {.path = "meta.lastModified", .kind = FILTER_COLUMN_TIME, .expression = "g.modified"},
        {.path = NULL},
    };
    g_string_append(scope->condition, " AND ");
    scope->is_whole = filter_sql(query->filter, columns, scope->condition, scope->values);
}

static struct scope scope_of(const struct pushed_group_query *query)
{
    struct scope scope = {
        .condition = g_string_new(NULL), .values = filter_sql_values_new(), .is_whole = TRUE};
    pushed_group_condition(query->organization, &query->view, scope.condition, scope.values);
    if (query->filter != NULL)
        add_filter(&scope, query);
    return scope;
}

static gboolean count(StoreSession *session, const struct scope *scope, gint64 *total,
                      GError **error)
{
    g_autofree char *sql =
        g_strconcat("SELECT COUNT(*) FROM pushed_group g WHERE ", scope->condition->str, NULL);
    struct store_rows *rows = store_query(session, sql, filter_sql_bound(scope->values), FALSE);
    *total = store_next(rows) ? store_int_at(rows, 0) : 0;
    return store_end(rows, error);
}

/* `most` groups after the first `skipped` of the condition, in their order. */
static GPtrArray *cut(StoreSession *session, struct scope *scope, gint64 skipped, gint64 most,
                      GError **error)
{
    const struct store_value limits[] = {store_int(most), store_int(skipped)};
    const gsize length = scope->condition->len;
    g_string_append(scope->condition, " ORDER BY g.seq LIMIT ? OFFSET ?");
    g_array_append_vals(scope->values, limits, 2);
    GPtrArray *groups = pushed_group_select(session, scope->condition->str,
                                            filter_sql_bound(scope->values), error);
    g_string_truncate(scope->condition, length);
    g_array_set_size(scope->values, scope->values->len - 2);
    return groups;
}

static gboolean add_members(StoreSession *session, const struct pushed_group_query *query,
                            GPtrArray *groups, GError **error)
{
    return pushed_group_read_members(session, query->organization, &query->view, groups, error);
}

static gboolean list_by_sql(StoreSession *session, const struct pushed_group_query *query,
                            struct scope *scope, struct pushed_group_page *page, GError **error)
{
    if (!count(session, scope, &page->total, error))
        return FALSE;
    page->groups = cut(session, scope, MAX(query->start, 0), MAX(query->count, 0), error);
    return page->groups != NULL &&
           (!query->with_members || add_members(session, query, page->groups, error));
}

static void take_matches(const struct pushed_group_query *query, GPtrArray *candidates,
                         struct pushed_group_page *page)
{
    while (candidates->len > 0) {
        PushedGroup *group = g_ptr_array_steal_index(candidates, 0);
        gboolean is_match = query->matches(query->context, group);
        gint64 place = page->total;
        page->total += is_match;
        if (is_match && place >= query->start && place < query->start + query->count)
            g_ptr_array_add(page->groups, group);
        else
            pushed_group_free(group);
    }
}

static void destroy(gpointer data)
{
    pushed_group_free(data);
}

static gboolean names_members(const struct filter_node *filter)
{
    if (filter == NULL)
        return FALSE;
    const gboolean names = filter->kind == FILTER_COMPARE || filter->kind == FILTER_ANY;
    const struct schema_attribute *attribute = filter->reference.attribute;
    return (names && attribute != NULL && strcmp(attribute->name, "members") == 0) ||
           names_members(filter->left) || names_members(filter->right);
}

/* Read in one transaction: nobody is added or lost between two batches. */
static gboolean list_by_matching(StoreSession *session, const struct pushed_group_query *query,
                                 struct scope *scope, struct pushed_group_page *page,
                                 GError **error)
{
    const gboolean needs_members = names_members(query->filter);
    page->groups = g_ptr_array_new_with_free_func(destroy);
    for (gint64 seen = 0;; seen += BATCH) {
        g_autoptr(GPtrArray) candidates = cut(session, scope, seen, BATCH, error);
        if (candidates == NULL ||
            (needs_members && !add_members(session, query, candidates, error)))
            return FALSE;
        if (candidates->len == 0)
            return !query->with_members || needs_members ||
                   add_members(session, query, page->groups, error);
        take_matches(query, candidates, page);
    }
}

gboolean pushed_group_list(StoreSession *session, const struct pushed_group_query *query,
                           struct pushed_group_page *page, GError **error)
{
    struct scope scope = scope_of(query);
    struct pushed_group_page found = {0};
    gboolean ok = scope.is_whole || query->matches == NULL
                      ? list_by_sql(session, query, &scope, &found, error)
                      : list_by_matching(session, query, &scope, &found, error);
    scope_clear(&scope);
    if (ok)
        *page = found;
    else
        pushed_group_page_clear(&found);
    return ok;
}

void pushed_group_page_clear(struct pushed_group_page *page)
{
    if (page->groups != NULL)
        g_ptr_array_unref(page->groups);
    *page = (struct pushed_group_page){0};
}
