#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/schema_tables.h"
#include "scim/server/list_order.h"

/* The ids in the order that sorting gives, "c a b". */
static char *sorted(const char *resources, const char *by, gboolean descending)
{
    json_t *all = json_loads(resources, 0, NULL);
    assert_non_null(all);
    struct attribute_reference reference;
    assert_true(attribute_reference_parse(&schema_tables_user, by, strlen(by), &reference));
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    for (size_t i = 0; i < json_array_size(all); i++) {
        g_ptr_array_add(rows, json_array_get(all, i));
    }
    list_order_sort(rows, &reference, descending);
    GString *ids = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        g_string_append(ids, json_string_value(json_object_get(rows->pdata[i], "id")));
    }
    json_decref(all);
    return g_string_free(ids, FALSE);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_sorted_by_the_rule_of_the_attribute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
