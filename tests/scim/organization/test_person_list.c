#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/person_list.h"
#include "scim/protocol/schema_tables.h"
#include "tests/scim/organization/stage.h"

static struct stage *peopled(void)
{
    struct stage *stage = stage_open(100);
    const struct actor corp = stage_sync("directory:corp");
    for (int i = 0; i < 7; i++) {
        g_autofree char *address = g_strdup_printf("P%d@example.com", i);
        g_autofree char *id =
            stage_linked(stage, &corp, address, ORGANIZATION_ROLE_MEMBER, i % 2 == 0);
        if (i == 0)
            stage_set_project_role(stage, id, "search", PROJECT_ROLE_READ_ONLY);
    }
    return stage;
}

static gboolean counts_calls(void *context, const struct person_facts *facts)
{
    ++*(int *)context;
    return facts->status == PERSON_ACTIVE;
}

static struct person_page list(struct stage *stage, struct person_query query, const char *text)
{
    struct tolerance_use use = {0};
    struct fault fault = {0};
    g_autoptr(Filter) filter = text == NULL ? NULL
                                            : filter_parse(&schema_tables_user, text,
                                                           strlen(text), NULL, &use, &fault);
    struct person_page page = {0};
    query.organization = "acme";
    query.now = stage->now;
    query.filter = filter == NULL ? NULL : filter->root;
    assert_true(text == NULL || filter != NULL);
    assert_true(person_list(stage->session, &query, &page, NULL));
    return page;
}

static void pages_together_are_everybody_once_in_a_stable_order(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    struct person_page all = list(stage, (struct person_query){.count = 1000}, NULL);
    assert_int_equal(all.total, 9);
    assert_int_equal(all.people->len, 9);
    for (gint64 start = 0; start < 9; start += 2) {
        struct person_page page =
            list(stage, (struct person_query){.start = start, .count = 2}, NULL);
        assert_int_equal(page.total, 9);
        for (guint i = 0; i < page.people->len; i++)
            assert_string_equal(((PersonFacts *)page.people->pdata[i])->id,
                                ((PersonFacts *)all.people->pdata[start + i])->id);
        person_page_clear(&page);
    }
    const PersonFacts *first = all.people->pdata[2];
    assert_int_equal(first->links->len, 1);
    assert_int_equal(project_roles_find(first->projects, "search"), PROJECT_ROLE_READ_ONLY);
    person_page_clear(&all);
    stage_close(stage);
}

static void nothing_is_asked_for_gives_the_total_alone(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    struct person_page none = list(stage, (struct person_query){.count = 0}, NULL);
    struct person_page beyond =
        list(stage, (struct person_query){.start = 100, .count = 10}, NULL);
    assert_int_equal(none.total, 9);
    assert_int_equal(none.people->len, 0);
    assert_int_equal(beyond.total, 9);
    assert_int_equal(beyond.people->len, 0);
    person_page_clear(&none);
    person_page_clear(&beyond);
    stage_close(stage);
}

static void a_filter_that_sql_covers_asks_nobody_else(void **state)
{
    (void)state;

    static const struct {
        const char *filter, *view;
        gint64 total;
    } cases[] = {
        {"userName eq \"p3@EXAMPLE.com\"", NULL, 1},
        {"userName sw \"p\" and not (userName ew \"0@example.com\")", NULL, 6},
        {"externalId eq \"x-P3\"", "directory:corp", 1},
        {"externalId eq \"x-P3\"", "scim:okta", 0},
        {"externalId pr", "directory:corp", 7},
        {"active eq true", NULL, 9},
        {"active eq false", "directory:corp", 0},
        {"urn:rolecall:params:scim:schemas:extension:1.0:Membership:status eq \"invited\"",
         NULL, 3},
        {"userName eq \"x' OR '1'='1\"", NULL, 0},
    };
    struct stage *stage = peopled();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int calls = 0;
        struct person_page page = list(stage,
                                       (struct person_query){.count = 100,
                                                             .view = cases[i].view,
                                                             .matches = counts_calls,
                                                             .context = &calls},
                                       cases[i].filter);
        if (page.total != cases[i].total || page.people->len != cases[i].total || calls != 0)
            fail_msg("%s: %d, %d calls", cases[i].filter, (int)page.total, calls);
        person_page_clear(&page);
    }
    stage_close(stage);
}

static void what_sql_cannot_say_is_asked_of_every_candidate(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    int calls = 0;
    struct person_page page =
        list(stage,
             (struct person_query){
                 .start = 1, .count = 2, .matches = counts_calls, .context = &calls},
             "userName sw \"p\" and emails.value pr");
    assert_int_equal(calls, 7);
    assert_int_equal(page.total, 4);
    assert_int_equal(page.people->len, 2);
    assert_string_equal(((PersonFacts *)page.people->pdata[0])->user_name, "P2@example.com");
    person_page_clear(&page);
    stage_close(stage);
}

static void protected_owners_hide_from_providers_but_not_by_name(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    const struct person_query query = {
        .count = 100, .hide_protected = TRUE, .view = "scim:okta"};
    struct person_page all = list(stage, query, NULL);
    struct person_page by_name = list(stage, query, "userName eq \"vera@example.com\"");
    struct person_page by_start = list(stage, query, "userName sw \"vera\"");
    assert_int_equal(all.total, 8);
    assert_int_equal(by_name.total, 1);
    assert_int_equal(by_start.total, 0);
    person_page_clear(&all);
    person_page_clear(&by_name);
    person_page_clear(&by_start);
    stage_close(stage);
}

static void another_organization_has_none_of_them(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    struct person_query query = {.organization = "other", .count = 10};
    struct person_page page = {0};
    assert_true(person_list(stage->session, &query, &page, NULL));
    assert_int_equal(page.total, 0);
    person_page_clear(&page);
    stage_close(stage);
}

/* Half of them have a name to show, two the same one. */
static void name(struct stage *stage)
{
    static const char *const sql[] = {
        "UPDATE person SET display_name = 'Zoe', display_name_folded = 'zoe' WHERE seq IN (3, "
        "6)",
        "UPDATE person SET display_name = 'anna', display_name_folded = 'anna' WHERE seq = 5",
        "UPDATE person SET display_name = '\xc3\x84', display_name_folded = '\xc3\x84'"
        " WHERE seq = 8",
        "UPDATE person SET modified = created + seq % 3"};
    GError *error = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(sql); i++)
        if (!store_script(stage->session, sql[i], &error))
            fail_msg("%s", error->message);
}

/* What a cursor keeps of the last of a page, in texts that `kept` owns. */
static struct person_after after_of(const struct person_page *page, enum person_order order,
                                    GPtrArray *kept)
{
    const PersonFacts *last = page->people->pdata[page->people->len - 1];
    const char *key = order == PERSON_ORDER_ID             ? last->id
                      : order == PERSON_ORDER_USER_NAME    ? last->user_name
                      : order == PERSON_ORDER_DISPLAY_NAME ? last->display_name
                                                           : NULL;
    char *folded = key != NULL ? g_ascii_strdown(key, -1) : NULL;
    char *id = g_strdup(last->id);
    g_ptr_array_add(kept, folded);
    g_ptr_array_add(kept, id);
    return (struct person_after){.place = page->place,
                                 .key = folded,
                                 .time = order == PERSON_ORDER_CREATED ? last->created
                                                                       : last->modified,
                                 .id = id};
}

/* The userNames, "a b c". */
static void append(GString *names, const struct person_page *page)
{
    for (guint i = 0; i < page->people->len; i++)
        g_string_append_printf(names, "%s ",
                               ((PersonFacts *)page->people->pdata[i])->user_name);
}

static char *read_whole(struct stage *stage, struct person_query query, const char *filter)
{
    GString *names = g_string_new(NULL);
    query.count = 1000;
    struct person_page page = list(stage, query, filter);
    assert_true(page.is_last);
    append(names, &page);
    person_page_clear(&page);
    return g_string_free(names, FALSE);
}

/* The same, two by two. */
static char *read_by_cursor(struct stage *stage, struct person_query query, const char *filter)
{
    GString *names = g_string_new(NULL);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    struct person_after after = {0};
    query.count = 2;
    query.by_cursor = TRUE;
    for (gboolean is_last = FALSE; !is_last;) {
        struct person_page page = list(stage, query, filter);
        append(names, &page);
        is_last = page.is_last;
        assert_true(is_last || page.people->len == 2);
        if (!is_last)
            after = after_of(&page, query.order, kept);
        query.after = &after;
        person_page_clear(&page);
    }
    return g_string_free(names, FALSE);
}

static gboolean is_of_the_even(void *context, const struct person_facts *facts)
{
    (void)context;
    return facts->user_name[0] == 'P' && (facts->user_name[1] - '0') % 2 == 0;
}

static void whatever_the_order_pages_by_cursor_are_the_whole_list(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    name(stage);

    static const struct {
        enum person_order order;
        gboolean descending;
        const char *filter, *first;
    } cases[] = {
        {PERSON_ORDER_PLACE, FALSE, NULL, NULL},
        {PERSON_ORDER_PLACE, FALSE, "userName sw \"p\"", "P0@example.com"},
        {PERSON_ORDER_ID, FALSE, NULL, NULL},
        {PERSON_ORDER_ID, TRUE, NULL, NULL},
        {PERSON_ORDER_USER_NAME, FALSE, "userName sw \"P\"", "P0@example.com"},
        {PERSON_ORDER_USER_NAME, TRUE, NULL, "vera@example.com"},
        {PERSON_ORDER_DISPLAY_NAME, FALSE, NULL, "P2@example.com"},
        {PERSON_ORDER_DISPLAY_NAME, TRUE, NULL, NULL},
        {PERSON_ORDER_DISPLAY_NAME, TRUE, "displayName pr", "P5@example.com"},
        {PERSON_ORDER_CREATED, FALSE, NULL, NULL},
        {PERSON_ORDER_MODIFIED, FALSE, NULL, NULL},
        {PERSON_ORDER_MODIFIED, TRUE, NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct person_query query = {.order = cases[i].order,
                                     .descending = cases[i].descending};
        g_autofree char *by_index = read_whole(stage, query, cases[i].filter);
        query.by_cursor = TRUE;
        g_autofree char *whole = read_whole(stage, query, cases[i].filter);
        g_autofree char *paged = read_by_cursor(stage, query, cases[i].filter);
        if (strcmp(whole, paged) != 0 || strlen(by_index) != strlen(whole) ||
            (cases[i].first != NULL && !g_str_has_prefix(whole, cases[i].first)))
            fail_msg("case %zu: %s; %s; %s", i, by_index, whole, paged);
    }
    stage_close(stage);
}

static void what_memory_decides_is_read_by_cursor_too(void **state)
{
    (void)state;
    struct stage *stage = peopled();
    const struct person_query query = {.matches = is_of_the_even};
    g_autofree char *paged = read_by_cursor(stage, query, "emails pr");
    assert_string_equal(paged, "P0@example.com P2@example.com P4@example.com P6@example.com ");
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_together_are_everybody_once_in_a_stable_order),
        cmocka_unit_test(nothing_is_asked_for_gives_the_total_alone),
        cmocka_unit_test(a_filter_that_sql_covers_asks_nobody_else),
        cmocka_unit_test(what_sql_cannot_say_is_asked_of_every_candidate),
        cmocka_unit_test(protected_owners_hide_from_providers_but_not_by_name),
        cmocka_unit_test(another_organization_has_none_of_them),
        cmocka_unit_test(whatever_the_order_pages_by_cursor_are_the_whole_list),
        cmocka_unit_test(what_memory_decides_is_read_by_cursor_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
