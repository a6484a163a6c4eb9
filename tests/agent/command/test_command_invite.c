#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static const json_t *row_of(struct rolecall_run *run, size_t index)
{
    json_t *value = run->json != NULL ? run->json : rolecall_fixture_json(run);
    return json_array_get(json_object_get(value, "invitations"), index);
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static void each_address_gets_a_result_of_its_own(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *invite =
        rolecall_fixture_run(*state, "invite", "--json", "--role", "billing-admin",
                             "x@example.com", "no address", "y@example.com", NULL);
    rolecall_fixture_expect(invite, 4);
    assert_string_equal(text_of(row_of(invite, 0), "email"), "x@example.com");
    assert_string_equal(text_of(row_of(invite, 0), "status"), "invited");
    assert_non_null(strstr(text_of(row_of(invite, 0), "link"), "/invitation#"));
    assert_string_equal(text_of(row_of(invite, 1), "status"), "refused");
    assert_null(text_of(row_of(invite, 1), "link"));
    assert_string_equal(text_of(row_of(invite, 2), "status"), "invited");
}

static void an_address_that_is_named_twice_is_invited_once(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *invite = rolecall_fixture_run(
        *state, "invite", "--json", "x@example.com", "X@example.COM", "x@example.com", NULL);
    rolecall_fixture_expect(invite, 0);
    assert_string_equal(text_of(row_of(invite, 0), "status"), "invited");
    for (size_t i = 1; i < 3; i++) {
        assert_string_equal(text_of(row_of(invite, i), "status"), "named twice");
        assert_null(text_of(row_of(invite, i), "link"));
    }
}

static void people_get_a_line_and_the_link(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *invite =
        rolecall_fixture_run(*state, "invite", "x@example.com", NULL);
    rolecall_fixture_expect(invite, 0);
    assert_true(g_str_has_prefix(invite->out, "x@example.com: invited\n  http://127.0.0.1:"));
}

static void a_member_gets_a_project_at_once(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *invite =
        rolecall_fixture_run(*state, "invite", "--json", "--project", "search",
                             "--project-role", "read-only", "breakglass@example.com", NULL);
    rolecall_fixture_expect(invite, 0);
    assert_string_equal(text_of(row_of(invite, 0), "status"), "granted");
    assert_null(text_of(row_of(invite, 0), "link"));
}

static void the_cap_is_the_judges_word(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "organization", "create", "tiny",
                                                 "--owner", "a@tiny.example", "--seats", "2",
                                                 NULL),
                            0);
    struct rolecall_run *invite =
        rolecall_fixture_run(fixture, "invite", "--json", "--organization", "tiny",
                             "b@tiny.example", "c@tiny.example", NULL);
    rolecall_fixture_expect(invite, 4);
    assert_string_equal(text_of(row_of(invite, 0), "status"), "invited");
    assert_string_equal(text_of(row_of(invite, 1), "status"), "refused");
    assert_non_null(strstr(text_of(row_of(invite, 1), "detail"), "2"));
    invite = rolecall_fixture_run(fixture, "invite", "--organization", "tiny", "d@tiny.example",
                                  NULL);
    rolecall_fixture_expect(invite, 1);
}

static void wrong_roles_are_a_usage_error(void **state)
{
    static const char *const words[][2] = {
        {"--role", "king"},
        {"--project", "search"},
        {"--project-role", "admin"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        rolecall_fixture_expect(rolecall_fixture_run(*state, "invite", words[i][0], words[i][1],
                                                     "x@example.com", NULL),
                                64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "invite", NULL), 64);
}

static void an_organization_that_is_not_there_is_told(void **state)
{
    const struct rolecall_run *invite =
        rolecall_fixture_run(*state, "invite", "x@example.com", NULL);
    rolecall_fixture_expect(invite, 1);
    assert_non_null(strstr(invite->err, "the endpoint is not running"));
    rolecall_fixture_serve(*state);
    invite = rolecall_fixture_run(*state, "invite", "--organization", "other", "x@example.com",
                                  NULL);
    rolecall_fixture_expect(invite, 1);
    assert_non_null(strstr(invite->err, "there is no organization \"other\""));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(each_address_gets_a_result_of_its_own),
        ON_A_FIXTURE(an_address_that_is_named_twice_is_invited_once),
        ON_A_FIXTURE(people_get_a_line_and_the_link),
        ON_A_FIXTURE(a_member_gets_a_project_at_once),
        ON_A_FIXTURE(the_cap_is_the_judges_word),
        ON_A_FIXTURE(wrong_roles_are_a_usage_error),
        ON_A_FIXTURE(an_organization_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
