#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "scim/protocol/filter_match.h"
#include "scim/protocol/schema_tables.h"
#include "scim/store/filter_sql.h"
#include "scim/store/store_sqlite.h"

/* People as rows and as resources: every filter must find the same in both. */
static const struct {
    const char *id, *user_name, *display_name;
    int active;
    gint64 modified;
} people[] = {
    {"0a", "alice@example.com", "Alice A", 1, 1767225600},
    {"0b", "Bob@Example.com", "100%_real!", 0, 1767225601},
    {"0c", "carol", NULL, 1, 1767312000},
    {"0d", "d'Arcy", "alice", 1, 1767225600},
};

static const struct filter_column columns[] = {
    {.path = "id", .kind = FILTER_COLUMN_WORD, .expression = "id"},
    {.path = "userName", .kind = FILTER_COLUMN_FOLDED, .expression = "user_name"},
    {.path = "displayName", .kind = FILTER_COLUMN_FOLDED, .expression = "display_name"},
    {.path = "active", .kind = FILTER_COLUMN_BOOLEAN, .expression = "active"},
    {.path = "meta.lastModified", .kind = FILTER_COLUMN_TIME, .expression = "modified"},
    {.path = NULL},
};

static StoreSession *filled(Store *store)
{
    StoreSession *session = store_session_open(store, STORE_WRITE, NULL);
    assert_true(store_script(session,
                             "CREATE TABLE p (id TEXT, user_name TEXT, display_name TEXT,"
                             " active BIGINT, modified BIGINT)",
                             NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        g_autofree char *user_name = g_ascii_strdown(people[i].user_name, -1);
        g_autofree char *display_name =
            people[i].display_name == NULL ? NULL : g_ascii_strdown(people[i].display_name, -1);
        assert_true(store_run(session, "INSERT INTO p VALUES (?, ?, ?, ?, ?)",
                              STORE_BIND(store_text(people[i].id), store_text(user_name),
                                         store_text(display_name), store_int(people[i].active),
                                         store_int(people[i].modified)),
                              NULL));
    }
    return session;
}

static json_t *resource(size_t i)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(people[i].modified);
    g_autofree char *text = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
    json_t *person = json_pack("{s:s, s:s, s:b, s:{s:s}}", "id", people[i].id, "userName",
                               people[i].user_name, "active", people[i].active, "meta",
                               "lastModified", text);
    if (people[i].display_name != NULL)
        json_object_set_new(person, "displayName", json_string(people[i].display_name));
    return person;
}

/* As wide as a config can make them. */
static const struct request_limits wide = {.filter = 1 << 20,
                                           .filter_terms = 4096,
                                           .filter_depth = 256};

static struct filter *parsed(const char *text)
{
    struct tolerance_use use = {0};
    struct fault fault = {0};
    struct filter *filter =
        filter_parse(&schema_tables_user, text, strlen(text), &wide, &use, &fault);
    if (filter == NULL)
        fail_msg("%s: %s", text, fault.detail);
    return filter;
}

static gboolean finds(StoreSession *session, const GString *condition, const GArray *values,
                      const char *id)
{
    g_autofree char *sql =
        g_strconcat("SELECT 1 FROM p WHERE ", condition->str, " AND id = '", id, "'", NULL);
    struct store_rows *rows = store_query(
        session, sql, (const struct store_value *)(const void *)values->data, FALSE);
    gboolean found = store_next(rows);
    g_autoptr(GError) error = NULL;
    if (!store_end(rows, &error))
        fail_msg("%s: %s", sql, error->message);
    return found;
}

/* Never loses a match, and is exact where it says so. */
static gboolean compare_both(StoreSession *session, const char *text)
{
    g_autoptr(Filter) filter = parsed(text);
    g_autoptr(GArray) values = filter_sql_values_new();
    GString *condition = g_string_new(NULL);
    gboolean whole = filter_sql(filter->root, columns, condition, values);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        json_t *person = resource(i);
        gboolean wanted = filter_match(filter, person);
        gboolean got = finds(session, condition, values, people[i].id);
        if (whole ? got != wanted : wanted && !got)
            fail_msg("%s: person %zu: in memory %d, in SQL %d: %s", text, i, wanted, got,
                     condition->str);
        json_decref(person);
    }
    g_string_free(condition, TRUE);
    return whole;
}

static const char *const atoms[] = {
    "userName eq \"ALICE@example.com\"",
    "userName ne \"bob@example.com\"",
    "userName co \"EXAMPLE\"",
    "userName sw \"c\"",
    "userName ew \".com\"",
    "userName gt \"bob\"",
    "userName le \"carol\"",
    "userName eq \"d'Arcy\"",
    "displayName pr",
    "displayName eq null",
    "displayName ne null",
    "displayName ne \"alice\"",
    "displayName co \"0%_r\"",
    "displayName co \"%\"",
    "displayName sw \"alice\"",
    "active eq true",
    "active ne true",
    "id eq \"0b\"",
    "meta.lastModified gt \"2026-01-01T00:00:00Z\"",
    "meta.lastModified ge \"2026-01-01T00:00:00.5Z\"",
    "meta.lastModified lt \"2026-01-01T00:00:00.5Z\"",
    "meta.lastModified eq \"2026-01-01T00:00:01Z\"",
    "meta.lastModified eq \"2026-01-01T00:00:01.5Z\"",
    "meta.lastModified ne \"2026-01-01T00:00:01.5Z\"",
    "emails[type eq \"work\"]",
    "title eq \"x\"",
    "title ne \"x\"",
};

static void one_comparison_finds_the_same_in_sql_and_in_memory(void **state)
{
    (void)state;
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = filled(store);
    for (size_t i = 0; i < G_N_ELEMENTS(atoms); i++) {
        gboolean whole = compare_both(session, atoms[i]);
        gboolean open =
            g_str_has_prefix(atoms[i], "emails") || g_str_has_prefix(atoms[i], "title");
        if (whole == open)
            fail_msg("%s: %s", atoms[i], whole ? "said to be whole" : "left open");
    }
}

static void every_pair_with_and_or_and_not_finds_the_same(void **state)
{
    (void)state;
    static const char *const forms[] = {"(%s) and (%s)", "(%s) or (%s)", "not (%s) and (%s)",
                                        "not ((%s) or (%s))", "not ((%s) and not (%s))"};
    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = filled(store);
    for (size_t f = 0; f < G_N_ELEMENTS(forms); f++)
        for (size_t i = 0; i < G_N_ELEMENTS(atoms); i++)
            for (size_t j = 0; j < G_N_ELEMENTS(atoms); j++) {
                GString *text = g_string_new(forms[f]);
                char *place = strstr(text->str, "%s");
                gssize first = place - text->str;
                g_string_erase(text, first, 2);
                g_string_insert(text, first, atoms[i]);
                place = strstr(text->str + first + strlen(atoms[i]), "%s");
                gssize second = place - text->str;
                g_string_erase(text, second, 2);
                g_string_insert(text, second, atoms[j]);
                compare_both(session, text->str);
                g_string_free(text, TRUE);
            }
}

static void no_byte_of_the_request_gets_into_the_text(void **state)
{
    (void)state;
    g_autoptr(Filter) filter =
        parsed("userName eq \"x') OR 1=1 --\" or displayName co \"zzz\"");
    g_autoptr(GArray) values = filter_sql_values_new();
    GString *condition = g_string_new(NULL);
    assert_true(filter_sql(filter->root, columns, condition, values));
    assert_null(strstr(condition->str, "OR 1=1"));
    assert_null(strstr(condition->str, "zzz"));
    assert_int_equal(values->len, 2);
    g_string_free(condition, TRUE);
}

/* `opening` times `count`, `middle`, `closing` times `count`. */
static char *nested(const char *opening, int count, const char *middle, const char *closing)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < count; i++)
        g_string_append(text, opening);
    g_string_append(text, middle);
    for (int i = 0; i < count; i++)
        g_string_append(text, closing);
    return g_string_free(text, FALSE);
}

static void no_filter_is_too_much_for_the_database(void **state)
{
    (void)state;

    static const struct {
        const char *opening, *middle, *closing;
        int count;
    } cases[] = {
        {"userName eq \"bob\" or (", "displayName pr", ")", 31},
        {"userName eq \"bob\" or (", "displayName pr", ")", 250},
        {"displayName pr and (userName pr or (", "displayName pr", "))", 120},
        {"not (userName eq \"bob\" or ", "displayName pr", ")", 32},
        {"not (", "displayName pr", ")", 256},
        {"(", "displayName pr", " or userName eq \"bob\")", 250},
        {"userName eq \"bob\" or ", "displayName pr", "", 63},
        {"userName eq \"bob\" or ", "displayName pr", "", 4000},
        {"userName eq \"bob\" and displayName pr or ", "displayName pr", "", 2000},
    };

    g_autoptr(Store) store = store_new(&store_sqlite, ":memory:", NULL);
    g_autoptr(StoreSession) session = filled(store);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            nested(cases[i].opening, cases[i].count, cases[i].middle, cases[i].closing);
        compare_both(session, text);
    }
    /* A chain as long as is allowed as a rule is still the database's. */
    g_autofree char *usual = nested("userName eq \"bob\" or ", 63, "displayName pr", "");
    assert_true(compare_both(session, usual));
}

/* What is said of a table of values beside the row is said by `equals`, in each of its spellings; all
 * else is left to memory. */
static void an_attribute_of_many_values_is_asked_for_one(void **state)
{
    (void)state;
    static const struct filter_column many[] = {
        {.path = "members.value", .kind = FILTER_COLUMN_TEXT, .equals = "(g IN (?))"},
        {.path = NULL}};

    static const struct {
        const char *filter, *condition;
    } cases[] = {
        {"members eq \"x\"", "(g IN (?))"},
        {"members.value eq \"x\"", "(g IN (?))"},
        {"members[value eq \"x\"]", "(g IN (?))"},
        {"not (members eq \"x\")", "(NOT (g IN (?)))"},
        {"members.value ne \"x\"", NULL},
        {"members.value eq null", NULL},
        {"members pr", NULL},
        {"members.value sw \"x\"", NULL},
        {"members[value eq \"x\" and type eq \"User\"]", NULL},
        {"members[display eq \"x\"]", NULL},
        {"members[colour eq \"x\"]", NULL},
        {"members[value ne \"x\"]", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {0};
        g_autoptr(GString) condition = g_string_new(NULL);
        g_autoptr(GArray) values = filter_sql_values_new();
        g_autoptr(Filter) filter = filter_parse(&schema_tables_group, cases[i].filter,
                                                strlen(cases[i].filter), NULL, NULL, &fault);
        assert_non_null(filter);
        gboolean whole = filter_sql(filter->root, many, condition, values);
        if (whole != (cases[i].condition != NULL) ||
            strcmp(condition->str, whole ? cases[i].condition : "(1 = 1)") != 0 ||
            values->len != (guint)whole)
            fail_msg("%s: %s", cases[i].filter, condition->str);
    }
}

static void what_is_bound_beside_a_filter_is_copied_and_ends(void **state)
{
    (void)state;
    char text[] = "acme";
    g_autoptr(GArray) values = filter_sql_values_new();
    assert_int_equal(filter_sql_bound(values)[0].kind, STORE_END);
    filter_sql_bind(values, text);
    memset(text, 'x', strlen(text));
    const struct store_value *bound = filter_sql_bound(values);
    assert_int_equal(bound[0].kind, STORE_TEXT);
    assert_string_equal(bound[0].data, "acme");
    assert_int_equal(bound[1].kind, STORE_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_bound_beside_a_filter_is_copied_and_ends),
        cmocka_unit_test(one_comparison_finds_the_same_in_sql_and_in_memory),
        cmocka_unit_test(every_pair_with_and_or_and_not_finds_the_same),
        cmocka_unit_test(no_filter_is_too_much_for_the_database),
        cmocka_unit_test(no_byte_of_the_request_gets_into_the_text),
        cmocka_unit_test(an_attribute_of_many_values_is_asked_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
