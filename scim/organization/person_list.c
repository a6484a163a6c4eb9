#include "scim/organization/person_list.h"

#include <string.h>

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
    const struct filter_column columns[] = {
        {.path = "id", .kind = FILTER_COLUMN_WORD, .expression = "p.id"},
        {.path = "userName", .kind = FILTER_COLUMN_FOLDED, .expression = "p.user_name_folded"},
        {.path = "displayName",
         .kind = FILTER_COLUMN_FOLDED,
         .expression = "p.display_name_folded"},
        external_id,
        active,
        {.path = "meta.created", .kind = FILTER_COLUMN_TIME, .expression = "p.created"},
        {.path = "meta.lastModified",
         .kind = FILTER_COLUMN_TIME,
         .expression = "(CASE WHEN p.status = 'invited' AND p.expires_at <= ?"
                       " THEN p.expires_at ELSE p.modified END)",
         .parameters = now},
        {.path = SCIM_URN_MEMBERSHIP ":status",
         .kind = FILTER_COLUMN_WORD,
         .expression = "(CASE WHEN p.status = 'invited' AND p.expires_at <= ?"
                       " THEN 'expired' WHEN p.standing <> '' THEN p.standing"
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
    struct store_value organization = store_text(g_strdup(query->organization));
    g_array_append_val(scope.values, organization);
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
    return store_query(session, sql, (const struct store_value *)(void *)values->data, FALSE);
}

static gboolean count(StoreSession *session, const struct scope *scope, gint64 *total,
                      GError **error)
{
    struct store_rows *rows =
        ask(session, scope, "SELECT COUNT(*) FROM person p WHERE ", "", NULL);
    *total = store_next(rows) ? store_int_at(rows, 0) : 0;
    return store_end(rows, error);
}

/* The first and last place of up to `limits[0]` people after `limits[1]`. *first 0: nobody. */
static gboolean find_range(StoreSession *session, const struct scope *scope,
                           const gint64 limits[2], gint64 *first, gint64 *last, GError **error)
{
    *first = *last = 0;
    struct store_rows *rows = ask(session, scope, "SELECT p.seq FROM person p WHERE ",
                                  " ORDER BY p.seq LIMIT ? OFFSET ?", limits);
    while (store_next(rows)) {
        *last = store_int_at(rows, 0);
        if (*first == 0)
            *first = *last;
    }
    return store_end(rows, error);
}

/* Everyone of the condition between two places: an empty list where first is 0. */
static GPtrArray *read_range(StoreSession *session, const struct person_query *query,
                             gint64 first, gint64 last, GError **error)
{
    struct scope scope = scope_of(query);
    bind_range(&scope, first, last);
    GPtrArray *people = person_facts_select(
        session, scope.condition->str, (const struct store_value *)(void *)scope.values->data,
        query->now, FALSE, error);
    scope_clear(&scope);
    return people;
}

static gboolean list_by_sql(StoreSession *session, const struct person_query *query,
                            const struct scope *scope, struct person_page *page, GError **error)
{
    const gint64 limits[2] = {MAX(query->count, 0), MAX(query->start, 0)};
    gint64 first = 0, last = 0;
    if (!count(session, scope, &page->total, error) ||
        (limits[0] > 0 && !find_range(session, scope, limits, &first, &last, error)))
        return FALSE;
    page->people = read_range(session, query, first, last, error);
    return page->people != NULL;
}

static void take_matches(const struct person_query *query, GPtrArray *candidates,
                         struct person_page *page)
{
    while (candidates->len > 0) {
        PersonFacts *facts = g_ptr_array_steal_index(candidates, 0);
        gboolean is_match = query->matches(query->context, facts);
        gint64 place = page->total;
        page->total += is_match;
        if (is_match && place >= query->start && place < query->start + query->count)
            g_ptr_array_add(page->people, facts);
        else
            person_facts_free(facts);
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
    for (gint64 after = 0;;) {
        gint64 first = 0, last = 0;
        const gint64 limits[2] = {BATCH, 0};
        struct scope scope = scope_of(query);
        bind_range(&scope, after + 1, G_MAXINT64);
        gboolean ok = find_range(session, &scope, limits, &first, &last, error);
        scope_clear(&scope);
        if (!ok)
            return FALSE;
        if (first == 0)
            return TRUE;
        g_autoptr(GPtrArray) candidates = read_range(session, query, first, last, error);
        if (candidates == NULL)
            return FALSE;
        take_matches(query, candidates, page);
        after = last;
    }
}

gboolean person_list(StoreSession *session, const struct person_query *query,
                     struct person_page *page, GError **error)
{
    struct scope scope = scope_of(query);
    struct person_page found = {0};
    gboolean ok = scope.is_whole || query->matches == NULL
                      ? list_by_sql(session, query, &scope, &found, error)
                      : list_by_matching(session, query, &found, error);
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
