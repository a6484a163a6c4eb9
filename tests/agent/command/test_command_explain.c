#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void each_role_is_traced_to_its_group_and_rule(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *explain =
        rolecall_fixture_run(*state, "explain", "ada@example.com", NULL);
    rolecall_fixture_expect(explain, 0);
    static const char *const texts[] = {
        "uid=ada,dc=example,dc=com", "'owners'",       "acme: owner",
        "acme/search: admin",        "rolecall.conf:", "invite ada@example.com as owner"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strstr(explain->out, texts[i]) == NULL)
            fail_msg("%s is not in\n%s", texts[i], explain->out);
    assert_null(strstr(explain->out, "bob@example.com"));
}

static void it_works_without_an_endpoint_and_says_so(void **state)
{
    const struct rolecall_run *explain =
        rolecall_fixture_run(*state, "explain", "uid=BOB,dc=example,dc=com", NULL);
    rolecall_fixture_expect(explain, 0);
    assert_non_null(strstr(explain->out, "acme: member"));
    assert_non_null(strstr(explain->err, "the endpoint does not answer"));
}

static void the_json_has_the_same_lines_with_fields(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *explain =
        rolecall_fixture_run(*state, "explain", "--json", "bob", NULL);
    rolecall_fixture_expect(explain, 0);
    json_t *value = rolecall_fixture_json(explain);
    const json_t *acme = json_array_get(json_object_get(value, "organizations"), 0);
    assert_int_equal(json_integer_value(json_object_get(acme, "entries")), 1);
    assert_true(json_array_size(json_object_get(acme, "lines")) > 2);
    assert_int_equal(json_array_size(json_object_get(value, "plans")), 1);
}

static void nobody_is_told_as_nobody(void **state)
{
    const struct rolecall_run *explain =
        rolecall_fixture_run(*state, "explain", "nobody@example.com", NULL);
    rolecall_fixture_expect(explain, 0);
    assert_non_null(strstr(explain->out, "no directory has an entry like that"));
}

static void a_directory_that_fails_is_told(void **state)
{
    rolecall_fixture_write(*state, "corp.ldif", "dn: uid=ada\ncut in the mid");
    const struct rolecall_run *explain =
        rolecall_fixture_run(*state, "explain", "ada@example.com", NULL);
    rolecall_fixture_expect(explain, 5);
    assert_non_null(strstr(explain->err, "directory \"corp\": "));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(each_role_is_traced_to_its_group_and_rule),
        ON_A_FIXTURE(it_works_without_an_endpoint_and_says_so),
        ON_A_FIXTURE(the_json_has_the_same_lines_with_fields),
        ON_A_FIXTURE(nobody_is_told_as_nobody),
        ON_A_FIXTURE(a_directory_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
