#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/accepted.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/state_folder.h"

static void add_line(void *context, const char *anchor, const char *name, guint members)
{
    GString *text = context;
    g_string_append_printf(text, "%s %s %u\n", anchor, name, members);
}

static void what_was_accepted_is_known_next_time(void **state)
{
    g_autoptr(Accepted) first = accepted_open(*state, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    assert_int_equal(accepted_entries(first, "corp"), 0);
    assert_string_equal(accepted_rules(first, "corp"), "");
    accepted_set(first, "corp", 1, "old");
    accepted_set_group(first, "corp", "g9", "gone", 9);
    accepted_set(first, "corp", 60, "rules");
    accepted_set_group(first, "corp", "g2", "staff", 40);
    accepted_set_group(first, "corp", "g1", "owners", 2);
    assert_true(accepted_save(first, *state, NULL));
    g_autoptr(Accepted) next = accepted_open(*state, NULL);
    assert_int_equal(accepted_entries(next, "corp"), 60);
    assert_string_equal(accepted_rules(next, "corp"), "rules");
    accepted_each_group(next, "corp", add_line, text);
    accepted_each_group(next, "labs", add_line, text);
    assert_string_equal(text->str, "g1 owners 2\ng2 staff 40\n");
}

static void a_broken_book_is_not_taken_for_an_empty_one(void **state)
{
    g_autoptr(GError) error = NULL;
    state_folder_put(*state, "accepted.json", "{");
    assert_null(accepted_open(*state, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, state_folder_set_up, state_folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_accepted_is_known_next_time),
        TEST(a_broken_book_is_not_taken_for_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
