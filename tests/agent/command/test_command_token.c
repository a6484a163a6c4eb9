#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static json_t *tokens_of(struct rolecall_fixture *fixture)
{
    struct rolecall_run *list = rolecall_fixture_run(fixture, "token", "list", "--json", NULL);
    return json_object_get(rolecall_fixture_json(list), "tokens");
}

static void a_token_stands_alone_on_standard_output(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *create =
        rolecall_fixture_run(*state, "token", "create", "okta", "--organization", "acme", NULL);
    rolecall_fixture_expect(create, 0);
    assert_true(g_regex_match_simple("^rc_[A-Za-z0-9_-]{12}_[A-Za-z0-9_-]{43}\n$", create->out,
                                     G_REGEX_DOLLAR_ENDONLY, 0));
    assert_string_equal(create->err, "");
    const json_t *token = json_array_get(tokens_of(*state), 0);
    assert_string_equal(json_string_value(json_object_get(token, "connection")), "okta");
    assert_string_equal(json_string_value(json_object_get(token, "scope")), "people");
    assert_null(json_object_get(token, "lastUsedAt"));
}

static void rotate_makes_a_second_one_and_revoke_ends_them(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *create = rolecall_fixture_run(*state, "token", "create", "okta", NULL);
    struct rolecall_run *rotate =
        rolecall_fixture_run(*state, "token", "rotate", "okta", "--json", NULL);
    rolecall_fixture_expect(rotate, 0);
    const char *second =
        json_string_value(json_object_get(rolecall_fixture_json(rotate), "token"));
    assert_string_not_equal(create->out, second);
    assert_int_equal(json_array_size(tokens_of(*state)), 2);

    const char *id =
        json_string_value(json_object_get(json_array_get(tokens_of(*state), 0), "id"));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "revoke", "--", id, NULL), 0);
    assert_int_equal(json_array_size(tokens_of(*state)), 1);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "revoke", "okta", NULL), 0);
    assert_int_equal(json_array_size(tokens_of(*state)), 0);
    struct rolecall_run *again = rolecall_fixture_run(*state, "token", "revoke", "okta", NULL);
    rolecall_fixture_expect(again, 1);
    assert_non_null(strstr(again->err, "no token \"okta\""));
    struct rolecall_run *unknown =
        rolecall_fixture_run(*state, "token", "rotate", "otka", NULL);
    rolecall_fixture_expect(unknown, 1);
    assert_non_null(strstr(unknown->err, "no connection \"otka\""));
}

static void the_list_says_how_a_connection_is_met(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "okta", NULL), 0);
    const struct rolecall_run *plain = rolecall_fixture_run(*state, "token", "list", NULL);
    assert_null(strstr(plain->out, "rehearsal"));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "entra",
                                                 "--rehearsal", "--adopt", "--at-cap", "wait",
                                                 "--max-role", "owner", NULL),
                            0);
    const struct rolecall_run *list = rolecall_fixture_run(*state, "token", "list", NULL);
    assert_non_null(strstr(list->out, "rehearsal, adopts, waits for seats, may give owner\n"));
    const json_t *entra = json_array_get(tokens_of(*state), 0);
    assert_string_equal(json_string_value(json_object_get(entra, "connection")), "entra");
    assert_true(json_is_true(json_object_get(entra, "rehearsal")));
    assert_string_equal(json_string_value(json_object_get(entra, "personality")), "tolerant");
    assert_string_equal(json_string_value(json_object_get(entra, "atCap")), "wait");
    assert_string_equal(json_string_value(json_object_get(entra, "maxRole")), "owner");
    assert_int_equal(json_integer_value(json_object_get(entra, "patchAnswer")), 200);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "live", "entra", NULL), 0);
    assert_true(
        json_is_false(json_object_get(json_array_get(tokens_of(*state), 0), "rehearsal")));
}

static void a_persons_token_names_the_person(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "danas", "--person",
                                                 "dana@example.com", "--expires", "7d", NULL),
                            0);
    const json_t *token = json_array_get(tokens_of(*state), 0);
    assert_string_equal(json_string_value(json_object_get(token, "name")), "danas");
    assert_string_equal(json_string_value(json_object_get(token, "scope")), "person");
    assert_non_null(json_object_get(token, "expiresAt"));
}

/* The kinds of the live credentials, in the list's order: "client client". */
static char *kinds_of(struct rolecall_fixture *fixture)
{
    GString *kinds = g_string_new(NULL);
    size_t index = 0;
    const json_t *token = NULL;
    json_array_foreach(tokens_of(fixture), index, token)
    {
        g_string_append_printf(kinds, "%s%s", index == 0 ? "" : " ",
                               json_string_value(json_object_get(token, "kind")));
    }
    return g_string_free(kinds, FALSE);
}

static void a_client_is_two_lines_and_is_rotated_as_a_client(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *create =
        rolecall_fixture_run(*state, "token", "create", "okta", "--organization", "acme",
                             "--scope", "people", "--client", NULL);
    rolecall_fixture_expect(create, 0);
    assert_true(g_regex_match_simple("^([A-Za-z0-9_-]{12})\nrc_\\1_[A-Za-z0-9_-]{43}\n$",
                                     create->out, G_REGEX_DOLLAR_ENDONLY, 0));
    struct rolecall_run *rotate =
        rolecall_fixture_run(*state, "token", "rotate", "okta", "--json", NULL);
    rolecall_fixture_expect(rotate, 0);
    const json_t *shown = rolecall_fixture_json(rotate);
    assert_non_null(json_object_get(shown, "clientSecret"));
    assert_null(json_object_get(shown, "token"));
    const char *id = json_string_value(json_object_get(shown, "clientId"));
    assert_false(g_str_has_prefix(create->out, id));
    g_autofree char *two = kinds_of(*state);
    assert_string_equal(two, "client client");
    const struct rolecall_run *third =
        rolecall_fixture_run(*state, "token", "rotate", "okta", NULL);
    rolecall_fixture_expect(third, 1);
    assert_non_null(strstr(third->err, "two live clients already"));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "revoke", "okta", NULL), 0);
    g_autofree char *none = kinds_of(*state);
    assert_string_equal(none, "");
}

static void a_connection_with_a_token_gets_a_client_where_that_is_said(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "okta", NULL), 0);
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "token", "rotate", "okta", "--client", NULL), 0);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "rotate", "okta", NULL), 0);
    g_autofree char *kinds = kinds_of(*state);
    assert_int_equal(strlen(kinds), strlen("token token client"));
    assert_non_null(strstr(kinds, "client"));
}

static void wrong_options_are_a_usage_error(void **state)
{
    static const char *const words[][2] = {
        {"--scope", "god"},     {"--personality", "kind"}, {"--patch", "205"},
        {"--max-role", "king"}, {"--at-cap", "shout"},     {"--expires", "soon"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "okta",
                                                     words[i][0], words[i][1], NULL),
                                64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", NULL), 64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "melt", "okta", NULL), 64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "x", "--person",
                                                 "a@example.com", "--everywhere", NULL),
                            64);
}

static void what_an_act_would_pass_over_is_a_usage_error(void **state)
{
    static const char *const words[] = {
        "list x",
        "list --adopt",
        "list --person a@example.com",
        "list --expires 1d",
        "rotate x --scope read",
        "rotate x --max-role owner",
        "rotate x --rehearsal",
        "revoke x --expires 1d",
        "create x --person a@example.com --max-role owner",
        "create x --person a@example.com --adopt",
        "create x --person a@example.com --client",
        "list --client",
        "revoke x --client",
        "create x --person a@example.com --patch 204",
        "create x --everywhere --organization acme --scope sync",
        "create x --patch 0",
        "create x --patch -1",
        "create x --expires 0s",
        "create x --expires 59s",
        "create x --expires 3651d",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *line = g_strconcat("token ", words[i], NULL);
        g_auto(GStrv) arguments = g_strsplit(line, " ", -1);
        const struct rolecall_run *wrong =
            rolecall_fixture_run_bare(*state, (const char *const *)arguments);
        if (wrong->status != 64 || *wrong->out != '\0')
            fail_msg("token %s: %d %s", words[i], wrong->status, wrong->err);
    }
}

static void a_connection_for_all_organizations_is_for_sync_or_admin(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "all",
                                                 "--everywhere", "--scope", "admin", NULL),
                            0);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "create", "other",
                                                 "--everywhere", "--scope", "read", NULL),
                            1);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(a_token_stands_alone_on_standard_output),
        ON_A_FIXTURE(rotate_makes_a_second_one_and_revoke_ends_them),
        ON_A_FIXTURE(the_list_says_how_a_connection_is_met),
        ON_A_FIXTURE(a_persons_token_names_the_person),
        ON_A_FIXTURE(a_client_is_two_lines_and_is_rotated_as_a_client),
        ON_A_FIXTURE(a_connection_with_a_token_gets_a_client_where_that_is_said),
        ON_A_FIXTURE(wrong_options_are_a_usage_error),
        ON_A_FIXTURE(what_an_act_would_pass_over_is_a_usage_error),
        ON_A_FIXTURE(a_connection_for_all_organizations_is_for_sync_or_admin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
