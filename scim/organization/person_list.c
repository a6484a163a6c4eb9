#include "scim/organization/person_list.h"

#include <string.h>

#include "scim/organization/person_groups.h"
#include "scim/protocol/membership.h"
#include "scim/store/filter_sql.h"

/* How many candidates are read at once where the filter is evaluated in memory. */
#define BATCH 500

/* The condition on people, and what it binds. */
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

/* The path of a column that says nothing here: no attribute is called so. */
#define UNSAID "-"

/* Who is in a group, of those that the view sees. */
static struct filter_column group_column(const struct person_query *query, GString *condition,
                                         GArray *values)
{
    const struct filter_column none = {
        .path = UNSAID, .kind = FILTER_COLUMN_TEXT, .expression = "NULL"};
    if (query->groups == NULL)
        return none;
    g_string_append(condition, "(p.id IN (SELECT m.person FROM pushed_member m"
                               " JOIN pushed_group g ON g.organization = m.organization"
                               " AND g.id = m.pushed_group WHERE ");
    pushed_group_condition(query->organization, query->groups, condition, values);
    g_string_append(condition, " AND g.id = ?))");
    return (struct filter_column){.path = "groups.value",
                                  .kind = FILTER_COLUMN_TEXT,
                                  .equals = condition->str,
                                  .equals_parameters = filter_sql_bound(values)};
}

static void add_filter(struct scope *scope, const struct person_query *query)
{
    const struct store_value now[] = {store_int(query->now), {.kind = STORE_END}};
    const struct store_value view[] = {store_text(query->view), {.kind = STORE_END}};
    const struct store_value link[] = {
        store_text(query->organization), store_text(query->view), {.kind = STORE_END}};
    const struct filter_column external_id = {
        .path = query->view != NULL ? "externalId" : "-",
        .kind = FILTER_COLUMN_TEXT,
        .expression = "(SELECT l.external_id FROM link l WHERE l.organization = p.organization"
                      " AND l.person = p.id AND l.origin = ?)",
        .parameters = view,
        .equals = "(p.id IN (SELECT l.person FROM link l WHERE l.organization = ?"
                  " AND l.origin = ? AND l.external_id = ?))",
        .equals_parameters = link};
    const struct filter_column active = {
        .path = "active",
        .kind = FILTER_COLUMN_BOOLEAN,
        .expression = "COALESCE((SELECT l.active FROM link l WHERE"
                      " l.organization = p.organization AND l.person = p.id AND l.origin = ?),"
                      " CASE WHEN p.status = 'suspended' THEN 0 ELSE 1 END)",
        .parameters = view};
    g_autoptr(GString) in_group = g_string_new(NULL);
    g_autoptr(GArray) seen = filter_sql_values_new();
    const struct filter_column groups = group_column(query, in_group, seen);
    const struct filter_column columns[] = {
        {.path = "id", .kind = FILTER_COLUMN_WORD, .expression = "p.id"},
        {.path = "userName", .kind = FILTER_COLUMN_FOLDED, .expression = "p.user_name_folded"},
        /* Of somebody else's person a connection sees the name that it gave (link.h). */
        {.path = query->view != NULL ? UNSAID : "displayName",
         .kind = FILTER_COLUMN_FOLDED,
         .expression = "p.display_name_folded"},
        external_id,
        active,
        groups,
        {.path = "meta.created", .kind = FILTER_COLUMN_TIME, .expression = "p.created"},
        {.path = "meta.lastModified",
         .kind = FILTER_COLUMN_TIME,
         .expression = "(CASE WHEN p.status = 'invited' AND p.expires_at <= ?"
                       " THEN p.expires_at ELSE p.modified END)",
         .parameters = now},
        {.path = SCIM_URN_MEMBERSHIP ":status",
         .kind = FILTER_COLUMN_WORD,
         .expression = "(CASE WHEN p.status = 'invited' AND p.expires_at <= ?"
                       " THEN 'expired' WHEN p.held_as <> '' THEN p.held_as"
                       " ELSE p.status END)",
         .parameters = now},
        {.path = NULL},
    };
    g_string_append(scope->condition, " AND ");
    scope->is_whole = filter_sql(query->filter, columns, scope->condition, scope->values);
}

/* Providers find a protected owner by exact userName or externalId and in no other way. */
static gboolean is_exact(const struct filter_node *filter)
{
    if (filter == NULL || filter->kind != FILTER_COMPARE || filter->comparison != FILTER_EQ ||
        filter->reference.attribute == NULL || filter->reference.container != NULL)
        return FALSE;
    const char *name = filter->reference.attribute->name;
    return strcmp(name, "userName") == 0 || strcmp(name, "externalId") == 0;
}

static struct scope scope_of(const struct person_query *query)
{
    struct scope scope = {.condition = g_string_new("p.organization = ?"),
                          .values = filter_sql_values_new(),
                          .is_whole = TRUE};
    filter_sql_bind(scope.values, query->organization);
    if (query->hide_protected && !is_exact(query->filter))
        g_string_append(scope.condition, " AND p.protected = 0");
    if (query->filter != NULL)
        add_filter(&scope, query);
    return scope;
}

static void bind_range(struct scope *scope, gint64 first, gint64 last)
{
    const struct store_value range[] = {store_int(first), store_int(last)};
    g_string_append(scope->condition, " AND p.seq BETWEEN ? AND ?");
    g_array_append_vals(scope->values, range, 2);
}

static struct store_rows *ask(StoreSession *session, const struct scope *scope,
                              const char *head, const char *tail, const gint64 extra[2])
{
    g_autofree char *sql = g_strconcat(head, scope->condition->str, tail, NULL);
    g_autoptr(GArray) values = g_array_new(TRUE, TRUE, sizeof(struct store_value));
    g_array_append_vals(values, scope->values->data, scope->values->len);
    for (int i = 0; extra != NULL && i < 2; i++) {
        struct store_value value = store_int(extra[i]);
        g_array_append_val(values, value);
    }
    return store_query(session, sql, filter_sql_bound(values), FALSE);
}

static gboolean count(StoreSession *session, const struct scope *scope, gint64 *total,
                      GError **error)
{
    struct store_rows *rows =
        ask(session, scope, "SELECT COUNT(*) FROM person p WHERE ", "", NULL);
    *total = store_next(rows) ? store_int_at(rows, 0) : 0;
    return store_end(rows, error);
}

/* The places of up to `limits[0]` people after the first `limits[1]`. NULL: the store failed. */
static GArray *find_places(StoreSession *session, const struct scope *scope,
                           const gint64 limits[2], GError **error)
{
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(gint64));
    struct store_rows *rows = ask(session, scope, "SELECT p.seq FROM person p WHERE ",
                                  " ORDER BY p.seq LIMIT ? OFFSET ?", limits);
    while (store_next(rows)) {
        gint64 place = store_int_at(rows, 0);
        g_array_append_val(places, place);
    }
    return store_end(rows, error) ? g_steal_pointer(&places) : NULL;
}

static GPtrArray *select_people(StoreSession *session, const struct person_query *query,
                                const struct scope *scope, GError **error)
{
    g_autoptr(GPtrArray) people =
        person_facts_select(session, scope->condition->str, filter_sql_bound(scope->values),
                            query->now, FALSE, error);
    if (people == NULL ||
        (query->groups != NULL &&
         !person_groups_read(session, query->organization, query->groups, people, error)))
        return NULL;
    return g_steal_pointer(&people);
}

/* Everyone of the condition who is at one of these places, which are all there are between the
 * first and the last. */
static GPtrArray *read_places(StoreSession *session, const struct person_query *query,
                              const GArray *places, GError **error)
{
    struct scope scope = scope_of(query);
    bind_range(&scope, places->len > 0 ? g_array_index(places, gint64, 0) : 0,
               places->len > 0 ? g_array_index(places, gint64, places->len - 1) : 0);
    GPtrArray *people = select_people(session, query, &scope, error);
    scope_clear(&scope);
    return people;
}

/* One more than asked for tells whether the page is the last. */
static gint64 one_more(const struct person_query *query)
{
    return query->count > 0 ? query->count + 1 : 0;
}

static gboolean list_by_place(StoreSession *session, const struct person_query *query,
                              struct person_page *page, GError **error)
{
    const gint64 limits[2] = {one_more(query), query->by_cursor ? 0 : MAX(query->start, 0)};
    struct scope scope = scope_of(query);
    if (query->by_cursor && query->after != NULL)
        bind_range(&scope, query->after->place + 1, G_MAXINT64);
    g_autoptr(GArray) places = find_places(session, &scope, limits, error);
    scope_clear(&scope);
    if (places == NULL)
        return FALSE;
    page->is_last = places->len <= query->count;
    g_array_set_size(places, (guint)MIN((gint64)places->len, MAX(query->count, 0)));
    page->place = places->len > 0 ? g_array_index(places, gint64, places->len - 1) : 0;
    page->people = read_places(session, query, places, error);
    return page->people != NULL;
}

/* Whether this match belongs to the page; one too many shows that it is not the last. */
static gboolean takes(const struct person_query *query, gint64 place, struct person_page *page)
{
    gboolean is_after = query->by_cursor ? query->after == NULL || place > query->after->place
                                         : page->total >= query->start;
    gboolean is_room = (gint64)page->people->len < query->count;
    page->is_last = page->is_last && (!is_after || is_room);
    return is_after && is_room;
}

static void take_matches(const struct person_query *query, GPtrArray *candidates,
                         const GArray *places, struct person_page *page)
{
    for (guint i = 0; i < places->len && candidates->len > 0; i++) {
        g_autoptr(PersonFacts) facts = g_ptr_array_steal_index(candidates, 0);
        gint64 place = g_array_index(places, gint64, i);
        if (!query->matches(query->context, facts))
            continue;
        if (takes(query, place, page)) {
            g_ptr_array_add(page->people, g_steal_pointer(&facts));
            page->place = place;
        }
        page->total++;
    }
}

static void facts_destroy(gpointer data)
{
    person_facts_free(data);
}

static gboolean list_by_matching(StoreSession *session, const struct person_query *query,
                                 struct person_page *page, GError **error)
{
    page->people = g_ptr_array_new_with_free_func(facts_destroy);
    page->is_last = TRUE;
    for (gint64 after = 0;;) {
        const gint64 limits[2] = {BATCH, 0};
        struct scope scope = scope_of(query);
        bind_range(&scope, after + 1, G_MAXINT64);
        g_autoptr(GArray) places = find_places(session, &scope, limits, error);
        scope_clear(&scope);
        if (places == NULL)
            return FALSE;
        if (places->len == 0)
            return TRUE;
        g_autoptr(GPtrArray) candidates = read_places(session, query, places, error);
        if (candidates == NULL)
            return FALSE;
        take_matches(query, candidates, places, page);
        after = g_array_index(places, gint64, places->len - 1);
    }
}

/* What an order compares, of a text only as much as a cursor carries. The query's time stands in it
 * as a number. */
static char *key_of(const struct person_query *query)
{
    const char *column = NULL;
    switch (query->order) {
    case PERSON_ORDER_PLACE:
        return g_strdup("p.seq");
    case PERSON_ORDER_CREATED:
        return g_strdup("p.created");
    case PERSON_ORDER_MODIFIED:
        return g_strdup_printf("(CASE WHEN p.status = 'invited' AND p.expires_at <= "
                               "%" G_GINT64_FORMAT " THEN p.expires_at ELSE p.modified END)",
                               query->now);
    case PERSON_ORDER_ID:
        column = "p.id";
        break;
    case PERSON_ORDER_USER_NAME:
        column = "p.user_name_folded";
        break;
    case PERSON_ORDER_DISPLAY_NAME:
        column = "p.display_name_folded";
        break;
    }
    return query->by_cursor
               ? g_strdup_printf("SUBSTR(%s, 1, %d)", column, PERSON_LIST_KEY_CHARACTERS)
               : g_strdup(column);
}

static gboolean is_time(enum person_order order)
{
    return order == PERSON_ORDER_CREATED || order == PERSON_ORDER_MODIFIED;
}

static void bind_key(struct scope *scope, const struct person_query *query)
{
    if (is_time(query->order)) {
        const struct store_value time = store_int(query->after->time);
        g_array_append_val(scope->values, time);
    } else {
        filter_sql_bind(scope->values, query->after->key);
    }
}

/* Whoever comes after that key, and after that id among its equals. Those without a value are last,
 * and first when it goes down (RFC 7644 3.4.2.3). */
static void add_after(struct scope *scope, const struct person_query *query, const char *key)
{
    GString *condition = scope->condition;
    gboolean is_unassigned = query->after->key == NULL && !is_time(query->order);
    g_string_append(condition, " AND (");
    if (is_unassigned) {
        g_string_append_printf(condition, "(%s IS NULL AND p.id > ?)", key);
    } else {
        g_string_append_printf(condition, "%s %s ?", key, query->descending ? "<" : ">");
        bind_key(scope, query);
        g_string_append_printf(condition, " OR (%s = ? AND p.id > ?)", key);
        bind_key(scope, query);
    }
    filter_sql_bind(scope->values, query->after->id);
    if (is_unassigned && query->descending)
        g_string_append_printf(condition, " OR %s IS NOT NULL", key);
    if (!is_unassigned && !query->descending)
        g_string_append_printf(condition, " OR %s IS NULL", key);
    g_string_append_c(condition, ')');
}

static char *order_of(const struct person_query *query, const char *key)
{
    const char *way = query->descending ? " DESC" : "";
    return g_strdup_printf(" ORDER BY (CASE WHEN %s IS NULL THEN 1 ELSE 0 END)%s, %s%s, %s"
                           " LIMIT ? OFFSET ?",
                           key, way, key, way, query->by_cursor ? "p.id" : "p.seq");
}

/* The ids of the page, in order. NULL: the store failed. */
static GPtrArray *find_sorted(StoreSession *session, const struct person_query *query,
                              struct person_page *page, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    const gint64 limits[2] = {one_more(query), query->by_cursor ? 0 : MAX(query->start, 0)};
    g_autofree char *key = key_of(query);
    g_autofree char *tail = order_of(query, key);
    struct scope scope = scope_of(query);
    if (query->by_cursor && query->after != NULL)
        add_after(&scope, query, key);
    struct store_rows *rows =
        ask(session, &scope, "SELECT p.id FROM person p WHERE ", tail, limits);
    page->is_last = TRUE;
    while (store_next(rows)) {
        page->is_last = (gint64)ids->len < query->count;
        if (page->is_last)
            g_ptr_array_add(ids, g_strdup(store_text_at(rows, 0)));
    }
    scope_clear(&scope);
    return store_end(rows, error) ? g_steal_pointer(&ids) : NULL;
}

/* Takes `people`, which are those of `ids` in another order. */
static void arrange(const GPtrArray *ids, GPtrArray *people, struct person_page *page)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    page->people = g_ptr_array_new_with_free_func(facts_destroy);
    for (guint i = 0; i < people->len; i++)
        g_hash_table_insert(by_id, ((struct person_facts *)people->pdata[i])->id,
                            people->pdata[i]);
    for (guint i = 0; i < ids->len; i++) {
        struct person_facts *facts = g_hash_table_lookup(by_id, ids->pdata[i]);
        if (facts != NULL)
            g_ptr_array_add(page->people, facts);
    }
    g_ptr_array_set_free_func(people, NULL);
    g_ptr_array_unref(people);
}

static gboolean list_sorted(StoreSession *session, const struct person_query *query,
                            struct person_page *page, GError **error)
{
    g_autoptr(GPtrArray) ids = find_sorted(session, query, page, error);
    if (ids == NULL)
        return FALSE;
    struct scope scope = {.condition = g_string_new("p.organization = ? AND p.id IN (''"),
                          .values = filter_sql_values_new()};
    filter_sql_bind(scope.values, query->organization);
    for (guint i = 0; i < ids->len; i++) {
        g_string_append(scope.condition, ", ?");
        filter_sql_bind(scope.values, ids->pdata[i]);
    }
    g_string_append_c(scope.condition, ')');
    GPtrArray *people = select_people(session, query, &scope, error);
    scope_clear(&scope);
    if (people != NULL)
        arrange(ids, people, page);
    return people != NULL;
}

gboolean person_list_sorts(const struct person_query *query)
{
    struct scope scope = scope_of(query);
    gboolean sorts = scope.is_whole;
    scope_clear(&scope);
    return sorts;
}

gboolean person_list(StoreSession *session, const struct person_query *query,
                     struct person_page *page, GError **error)
{
    struct scope scope = scope_of(query);
    struct person_page found = {0};
    gboolean ok = TRUE;
    if (query->order != PERSON_ORDER_PLACE)
        ok = count(session, &scope, &found.total, error) &&
             list_sorted(session, query, &found, error);
    else if (scope.is_whole || query->matches == NULL)
        ok = count(session, &scope, &found.total, error) &&
             list_by_place(session, query, &found, error);
    else
        ok = list_by_matching(session, query, &found, error);
    scope_clear(&scope);
    if (ok)
        *page = found;
    else
        person_page_clear(&found);
    return ok;
}

GPtrArray *person_list_overridden(StoreSession *session, const char *organization, gint64 now,
                                  GError **error)
{
    return person_facts_select(session,
                               "p.organization = ? AND EXISTS (SELECT 1 FROM override o"
                               " WHERE o.organization = p.organization AND o.person = p.id)",
                               STORE_BIND(store_text(organization)), now, TRUE, error);
}

void person_page_clear(struct person_page *page)
{
    if (page->people != NULL)
        g_ptr_array_unref(page->people);
    *page = (struct person_page){0};
}
