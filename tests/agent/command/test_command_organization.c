#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void one_that_is_made_is_listed_and_shown(void **state)
{
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "organization", "create", "beta", "--owner",
                             "q@beta.example", "--owner", "r@beta.example", "--protected",
                             "r@beta.example", "--seats", "12", "--lifetime", "24h", "--domain",
                             "beta.example", "--display-name", "Beta Ltd.", NULL),
        0);
    struct rolecall_run *list =
        rolecall_fixture_run(*state, "organization", "list", "--json", NULL);
    const json_t *row =
        json_array_get(json_object_get(rolecall_fixture_json(list), "organizations"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "name")), "beta");
    assert_string_equal(json_string_value(json_object_get(row, "displayName")), "Beta Ltd.");
    assert_int_equal(json_integer_value(json_object_get(row, "seats")), 12);
    assert_int_equal(json_integer_value(json_object_get(row, "owners")), 2);
    const struct rolecall_run *show =
        rolecall_fixture_run(*state, "organization", "show", NULL);
    rolecall_fixture_expect(show, 0);
    assert_non_null(strstr(show->out, "beta (Beta Ltd.)\n"));
    assert_non_null(strstr(show->out, "2 of 12"));
    assert_non_null(strstr(show->out, "beta.example"));
}

static void the_same_name_twice_is_refused(void **state)
{
    for (int round = 0; round < 2; round++)
        rolecall_fixture_expect(rolecall_fixture_run(*state, "organization", "create", "beta",
                                                     "--owner", "q@beta.example", NULL),
                                round);
}

static void what_is_missing_or_wrong_is_a_usage_error(void **state)
{
    static const char *const words[][7] = {
        {"create", "beta", NULL},
        {"create", "--owner", "q@beta.example", NULL},
        {"create", "Beta!", "--owner", "q@beta.example", NULL},
        {"frobnicate", NULL},
        {"list", "--lifetime", "soon", NULL},
        {"list", "acme", NULL},
        {"list", "--owner", "q@beta.example", NULL},
        {"show", "acme", "--seats", "3", NULL},
        {"create", "beta", "--owner", "q@beta.example", "--lifetime", "soon"},
        {"create", "beta", "--owner", "q@beta.example", "--lifetime", "59s"},
        {"create", "beta", "--owner", "q@beta.example", "--lifetime", "366d"},
        {"create", "beta", "--owner", "q@beta.example", "--seats", "0"},
        {"create", "beta", "--owner", "q@beta.example", "--seats", "-1"},
        {"create", "beta", "--owner", "q@beta.example", "--seats", "10000001"},
        {"create", "beta", "--owner", "q@beta.example", "--domain", "@beta.example"},
        {"create", "beta", "--owner", "q@beta.example", "--domain", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        const char *arguments[G_N_ELEMENTS(words[i]) + 2] = {"organization"};
        memcpy(arguments + 1, words[i], sizeof words[i]);
        const struct rolecall_run *wrong = rolecall_fixture_run_bare(*state, arguments);
        if (wrong->status != 64 || *wrong->out != '\0')
            fail_msg("%s %s: %d %s", words[i][0], words[i][1], wrong->status, wrong->err);
    }
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(one_that_is_made_is_listed_and_shown),
        ON_A_FIXTURE(the_same_name_twice_is_refused),
        ON_A_FIXTURE(what_is_missing_or_wrong_is_a_usage_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
