#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/protocol/bulk_order.h"

/* "0:1 2:0" is: operation 0 refers to 1, operation 2 to 0. */
static GPtrArray *read_references(guint count, const char *text)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (guint i = 0; i < count; i++) {
        g_ptr_array_add(all, g_array_new(FALSE, FALSE, sizeof(size_t)));
    }
    g_auto(GStrv) pairs = g_strsplit(text, " ", -1);
    for (char **pair = pairs; *pair != NULL && **pair != '\0'; pair++) {
        g_auto(GStrv) sides = g_strsplit(*pair, ":", 2);
        size_t other = g_ascii_strtoull(sides[1], NULL, 10);
        GArray *references =
            g_ptr_array_index(all, (guint)g_ascii_strtoull(sides[0], NULL, 10));
        g_array_append_val(references, other);
    }
    return all;
}

/* "1 0 (2 3)": a circle in brackets. */
static char *print_groups(const GPtrArray *groups)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < groups->len; i++) {
        const struct bulk_group *group = g_ptr_array_index(groups, i);
        g_string_append(text, i > 0 ? " " : "");
        g_string_append(text, group->is_circular ? "(" : "");
        for (guint j = 0; j < group->members->len; j++) {
            g_string_append_printf(text, "%s%zu", j > 0 ? " " : "",
                                   g_array_index(group->members, size_t, j));
        }
        g_string_append(text, group->is_circular ? ")" : "");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void what_is_referred_to_comes_first_and_the_rest_stays_in_order(void **state)
{
    (void)state;

    static const struct {
        guint count;
        const char *references, *groups;
    } cases[] = {
        {0, "", ""},
        {3, "", "0 1 2"},
        {3, "1:0 2:1", "0 1 2"},
        {3, "0:2", "2 0 1"},
        {4, "0:1 1:2 2:3", "3 2 1 0"},
        {3, "1:1", "0 (1) 2"},
        {3, "0:2 2:0", "(0 2) 1"},
        {5, "0:1 1:2 2:0 3:1 4:3", "(0 1 2) 3 4"},
        {5, "0:4 1:2 2:1 4:2", "(1 2) 4 0 3"},
        {6, "0:1 1:0 2:3 3:2 1:2 5:0", "(2 3) (0 1) 4 5"},
        {3, "0:1 0:1 0:2", "1 2 0"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) references = read_references(cases[i].count, cases[i].references);
        g_autoptr(GPtrArray) groups = bulk_order(references);
        g_autofree char *text = print_groups(groups);
        if (g_strcmp0(text, cases[i].groups) != 0) {
            fail_msg("'%s' gives '%s', not '%s'", cases[i].references, text, cases[i].groups);
        }
    }
}

#define LONG 100000

static void a_chain_of_references_may_be_as_long_as_the_request(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) references =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    for (size_t i = 0; i < LONG; i++) {
        GArray *own = g_array_new(FALSE, FALSE, sizeof(size_t));
        size_t next = i + 1;
        if (next < LONG) {
            g_array_append_val(own, next);
        }
        g_ptr_array_add(references, own);
    }
    g_autoptr(GPtrArray) groups = bulk_order(references);
    assert_int_equal(groups->len, LONG);
    for (guint i = 0; i < LONG; i++) {
        const struct bulk_group *group = g_ptr_array_index(groups, i);
        assert_int_equal(g_array_index(group->members, size_t, 0), LONG - 1 - i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_referred_to_comes_first_and_the_rest_stays_in_order),
        cmocka_unit_test(a_chain_of_references_may_be_as_long_as_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
