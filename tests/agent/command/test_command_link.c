#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/provider_push.h"

static void prepare(struct rolecall_fixture *fixture)
{
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "token", "create", "okta", NULL), 0);
    rolecall_fixture_stop(fixture);
    provider_push(fixture, &(struct provider_pushed){.origin = "scim:okta",
                                                     .address = "ada@example.com"});
    provider_push(fixture, &(struct provider_pushed){.origin = "scim:okta",
                                                     .address = "bob@example.com"});
}

static void one_link_is_moved_and_listed(void **state)
{
    prepare(*state);
    const struct rolecall_run *move = rolecall_fixture_run(
        *state, "link", "move", "--person", "ada@example.com", "--from", "scim:okta", "--to",
        "directory:corp", "--external-id", "u-1", NULL);
    rolecall_fixture_expect(move, 0);
    assert_string_equal(move->out, "1 link moved from scim:okta to directory:corp\n");
    struct rolecall_run *list = rolecall_fixture_run(*state, "link", "list", "--person",
                                                     "ada@example.com", "--json", NULL);
    rolecall_fixture_expect(list, 0);
    const json_t *links = json_object_get(rolecall_fixture_json(list), "links");
    const json_t *link = json_array_get(links, 0);
    assert_int_equal(json_array_size(links), 1);
    assert_string_equal(json_string_value(json_object_get(link, "origin")), "directory:corp");
    assert_string_equal(json_string_value(json_object_get(link, "externalId")), "u-1");
    const struct rolecall_run *table =
        rolecall_fixture_run(*state, "link", "list", "--from", "scim:okta", NULL);
    assert_non_null(strstr(table->out, "bob@example.com"));
    assert_null(strstr(table->out, "ada@example.com"));
}

static void all_links_are_moved(void **state)
{
    prepare(*state);
    struct rolecall_run *move =
        rolecall_fixture_run(*state, "link", "move", "--all", "--from", "scim:okta", "--to",
                             "directory:corp", "--json", NULL);
    rolecall_fixture_expect(move, 0);
    assert_int_equal(json_integer_value(json_object_get(rolecall_fixture_json(move), "moved")),
                     2);
    const struct rolecall_run *again = rolecall_fixture_run(
        *state, "link", "move", "--all", "--from", "scim:okta", "--to", "directory:corp", NULL);
    rolecall_fixture_expect(again, 1);
    assert_non_null(strstr(again->err, "Nobody has a link"));
}

static void an_unknown_origin_and_half_a_request_are_told(void **state)
{
    prepare(*state);

    static const struct {
        const char *words[9], *said;
        int status;
    } cases[] = {
        {{"move", "--all", "--from", "scim:okta", "--to", "directory:other"},
         "names no directory \"other\"",
         1},
        {{"move", "--all", "--from", "scim:okta", "--to", "scim:entra"}, "\"entra\"", 1},
        {{"move", "--all", "--from", "scim:okta"}, "needs --from and --to", 64},
        {{"move", "--from", "scim:okta", "--to", "manual"}, "--person or --all", 64},
        {{"list", "--all"}, "--from alone", 64},
        {{"drop"}, "is not move or list", 64},
    };
    const struct rolecall_fixture *fixture = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *arguments[14] = {"link", "-c", fixture->config};
        for (size_t j = 0; cases[i].words[j] != NULL; j++)
            arguments[3 + j] = cases[i].words[j];
        const struct rolecall_run *run = rolecall_fixture_run_bare(*state, arguments);
        rolecall_fixture_expect(run, cases[i].status);
        if (strstr(run->err, cases[i].said) == NULL)
            fail_msg("case %zu: %s", i, run->err);
    }
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, rolecall_fixture_setup, rolecall_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_link_is_moved_and_listed),
        TEST(all_links_are_moved),
        TEST(an_unknown_origin_and_half_a_request_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
