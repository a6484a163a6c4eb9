#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/schema_tables.h"
#include "scim/server/list_order.h"

/* The resources, put in order. */
static ListOrder *ordered(const char *resources, const char *by, enum list_order_kind kind,
                          gboolean descending)
{
    json_t *all = json_loads(resources, 0, NULL);
    assert_non_null(all);
    struct attribute_reference reference;
    if (by != NULL) {
        assert_true(attribute_reference_parse(&schema_tables_user, by, strlen(by), &reference));
    }
    ListOrder *order = list_order_new(kind, descending);
    for (size_t i = 0; i < json_array_size(all); i++) {
        list_order_add(order, json_array_get(all, i), by != NULL ? &reference : NULL);
    }
    list_order_sort(order);
    json_decref(all);
    return order;
}

/* The ids in the order that sorting gives, "cab", from `at`. */
static char *ids_of(const ListOrder *order, guint at)
{
    GString *ids = g_string_new(NULL);
    for (guint i = at; i < list_order_count(order); i++) {
        g_string_append(ids, json_string_value(json_object_get(list_order_at(order, i), "id")));
    }
    return g_string_free(ids, FALSE);
}

static char *sorted(const char *resources, const char *by, gboolean descending)
{
    g_autoptr(ListOrder) order = ordered(resources, by, LIST_ORDER_STABLE, descending);
    return ids_of(order, 0);
}

static void resources_are_sorted_by_the_rule_of_the_attribute(void **state)
{
    (void)state;

    static const struct {
        const char *resources, *by;
        gboolean descending;
        const char *expected;
    } cases[] = {
        {"[{\"id\":\"1\",\"userName\":\"b\"},{\"id\":\"2\",\"userName\":\"A\"},"
         "{\"id\":\"3\",\"userName\":\"c\"}]",
         "userName", FALSE, "213"},
        {"[{\"id\":\"1\",\"userName\":\"b\"},{\"id\":\"2\",\"userName\":\"A\"},"
         "{\"id\":\"3\",\"userName\":\"c\"}]",
         "userName", TRUE, "312"},
        {"[{\"id\":\"1\",\"externalId\":\"b\"},{\"id\":\"2\",\"externalId\":\"C\"}]",
         "externalId", FALSE, "21"},
        {"[{\"id\":\"1\"},{\"id\":\"2\",\"title\":\"x\"},{\"id\":\"3\"}]", "title", FALSE,
         "213"},
        {"[{\"id\":\"1\"},{\"id\":\"2\",\"title\":\"x\"},{\"id\":\"3\"}]", "title", TRUE,
         "132"},
        {"[{\"id\":\"1\",\"name\":{\"familyName\":\"z\"}},"
         "{\"id\":\"2\",\"name\":{\"familyName\":\"y\"}}]",
         "name.familyName", FALSE, "21"},
        {"[{\"id\":\"1\",\"emails\":[{\"value\":\"a\"},{\"value\":\"z\",\"primary\":true}]},"
         "{\"id\":\"2\",\"emails\":[{\"value\":\"m\"}]}]",
         "emails", FALSE, "21"},
        {"[{\"id\":\"1\",\"active\":true},{\"id\":\"2\",\"active\":false}]", "active", FALSE,
         "21"},
        {"[{\"id\":\"1\",\"title\":\"same\"},{\"id\":\"2\",\"title\":\"SAME\"},"
         "{\"id\":\"3\",\"title\":\"same\"}]",
         "title", FALSE, "123"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = sorted(cases[i].resources, cases[i].by, cases[i].descending);
        if (strcmp(found, cases[i].expected) != 0) {
            fail_msg("case %zu by %s: %s, not %s", i, cases[i].by, found, cases[i].expected);
        }
    }
}

#define SAME                                                                                   \
    "[{\"id\":\"3\",\"title\":\"x\"},{\"id\":\"1\",\"title\":\"X\"},{\"id\":\"2\"},"           \
    "{\"id\":\"5\",\"title\":\"b\"},{\"id\":\"4\"}]"

/* Whatever the order in which they are added. */
static void in_a_lasting_order_equals_are_in_the_order_of_their_ids(void **state)
{
    (void)state;
    g_autoptr(ListOrder) up = ordered(SAME, "title", LIST_ORDER_LASTING, FALSE);
    g_autoptr(ListOrder) down = ordered(SAME, "title", LIST_ORDER_LASTING, TRUE);
    g_autoptr(ListOrder) none = ordered(SAME, NULL, LIST_ORDER_LASTING, FALSE);
    g_autofree char *first = ids_of(up, 0);
    g_autofree char *second = ids_of(down, 0);
    g_autofree char *third = ids_of(none, 0);
    assert_string_equal(first, "51324");
    assert_string_equal(second, "24135");
    assert_string_equal(third, "12345");
}

static void a_place_is_found_again_whether_or_not_somebody_stands_there(void **state)
{
    (void)state;

    static const struct {
        const char *by;
        gboolean descending;
    } cases[] = {{"title", FALSE}, {"title", TRUE}, {NULL, FALSE}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ListOrder) whole =
            ordered(SAME, cases[i].by, LIST_ORDER_LASTING, cases[i].descending);
        for (guint at = 0; at < list_order_count(whole); at++) {
            json_t *place = list_order_place(whole, at);
            assert_int_equal(list_order_after(whole, place), at + 1);
            /* The same without the one who stood there. */
            json_t *rest = json_array();
            for (guint each = 0; each < list_order_count(whole); each++) {
                if (each != at) {
                    json_array_append(rest, list_order_at(whole, each));
                }
            }
            char *text = json_dumps(rest, 0);
            g_autoptr(ListOrder) less =
                ordered(text, cases[i].by, LIST_ORDER_LASTING, cases[i].descending);
            g_autofree char *expected = ids_of(whole, at + 1);
            g_autofree char *found = ids_of(less, list_order_after(less, place));
            assert_string_equal(found, expected);
            free(text);
            json_decref(rest);
            json_decref(place);
        }
    }
}

static void only_the_first_characters_of_a_key_are_in_a_place(void **state)
{
    (void)state;
    GString *text = g_string_new("[{\"id\":\"1\",\"title\":\"");
    for (int i = 0; i < 2000; i++) {
        g_string_append(text, "\xc3\xa4");
    }
    g_string_append(text, "\"}]");
    g_autoptr(ListOrder) order = ordered(text->str, "title", LIST_ORDER_LASTING, FALSE);
    json_t *place = list_order_place(order, 0);
    const char *key = json_string_value(json_array_get(place, 0));
    assert_int_equal(g_utf8_strlen(key, -1), LIST_ORDER_KEY_CHARACTERS);
    assert_int_equal(list_order_after(order, place), 1);
    json_decref(place);
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_lasting_order_equals_are_in_the_order_of_their_ids),
        cmocka_unit_test(a_place_is_found_again_whether_or_not_somebody_stands_there),
        cmocka_unit_test(only_the_first_characters_of_a_key_are_in_a_place),
        cmocka_unit_test(resources_are_sorted_by_the_rule_of_the_attribute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
