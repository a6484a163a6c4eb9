#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/token_live.h"
#include "tests/agent/command/provider_push.h"

static void prepare(struct rolecall_fixture *fixture)
{
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "token", "create", "okta", "--rehearsal", NULL), 0);
    rolecall_fixture_stop(fixture);
    provider_push(fixture, &(struct provider_pushed){"scim:okta", "ada@example.com", TRUE, 0});
    provider_push(fixture, &(struct provider_pushed){"scim:okta", "no mail", TRUE, 0});
}

static const char *status_of(struct rolecall_fixture *fixture, const char *user_name)
{
    struct rolecall_run *run = rolecall_fixture_run(fixture, "members", "--json", NULL);
    size_t index = 0;
    const json_t *row = NULL;
    json_array_foreach(json_object_get(rolecall_fixture_json(run), "members"), index, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "userName")), user_name) == 0) {
            return json_string_value(json_object_get(row, "status"));
        }
    }
    return "nobody";
}

static void a_dry_run_shows_what_would_become_of_everybody_and_keeps_nothing(void **state)
{
    prepare(*state);
    const struct rolecall_run *dry =
        rolecall_fixture_run(*state, "token", "live", "okta", "-n", NULL);
    rolecall_fixture_expect(dry, 0);
    assert_non_null(strstr(dry->out, "okta would be live: 1 invited, 1 held"));
    assert_non_null(strstr(dry->out, "There is no address"));
    assert_string_equal(status_of(*state, "ada@example.com"), "rehearsed");
    rolecall_fixture_expect(rolecall_fixture_run(*state, "audit", "verify", NULL), 0);
}

static void live_makes_it_real_and_again_says_so(void **state)
{
    prepare(*state);
    const struct rolecall_run *live =
        rolecall_fixture_run(*state, "token", "live", "okta", NULL);
    rolecall_fixture_expect(live, 0);
    assert_non_null(strstr(live->out, "okta is live: 1 invited, 1 held"));
    assert_string_equal(status_of(*state, "ada@example.com"), "invited");
    assert_string_equal(status_of(*state, "no mail"), "held");
    struct rolecall_run *again =
        rolecall_fixture_run(*state, "token", "live", "okta", "--json", NULL);
    rolecall_fixture_expect(again, 0);
    const json_t *told = rolecall_fixture_json(again);
    assert_true(json_is_true(json_object_get(told, "wasLive")));
    assert_int_equal(json_array_size(json_object_get(told, "people")), 2);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "audit", "verify", NULL), 0);
}

static void where_pushed_groups_count_the_next_deed_is_told(void **state)
{
    prepare(*state);
    rolecall_fixture_write(
        *state, "rolecall.conf",
        "endpoint = { listen = \"127.0.0.1:0\"; store = \"sqlite:@FOLDER@/rolecall.db\"; };\n"
        "organizations = ( { name = \"acme\"; owners = [ \"dana@example.com\", "
        "\"breakglass@example.com\" ]; } );\n"
        "directories = ( { name = \"groups\"; pushed_groups_of = \"acme\"; } );\n"
        "sync = { state = \"@FOLDER@/state\"; };\n");
    const struct rolecall_run *dry =
        rolecall_fixture_run(*state, "token", "live", "okta", "-n", NULL);
    rolecall_fixture_expect(dry, 0);
    assert_null(strstr(dry->out, "rolecall sync"));
    const struct rolecall_run *live =
        rolecall_fixture_run(*state, "token", "live", "okta", NULL);
    rolecall_fixture_expect(live, 0);
    assert_non_null(strstr(live->out, "with the next sync: run `rolecall sync`"));
}

static void an_unknown_connection_and_needless_options_are_told(void **state)
{
    rolecall_fixture_serve(*state);
    const struct rolecall_run *unknown =
        rolecall_fixture_run(*state, "token", "live", "otka", NULL);
    rolecall_fixture_expect(unknown, 1);
    assert_non_null(strstr(unknown->err, "no connection \"otka\""));
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "list", "-n", NULL), 64);
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "token", "live", "okta", "--everywhere", NULL), 64);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "token", "live", NULL), 64);
}

static void members_says_who_waits_and_in_which_place(void **state)
{
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(
        rolecall_fixture_run(*state, "token", "create", "okta", "--at-cap", "wait", NULL), 0);
    /* 98 seats are free beside those of the two owners. */
    const struct rolecall_fixture *fixture = *state;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(words, g_strdup("invite"));
    g_ptr_array_add(words, g_strdup("-c"));
    g_ptr_array_add(words, g_strdup(fixture->config));
    for (int i = 0; i < 98; i++)
        g_ptr_array_add(words, g_strdup_printf("p%d@example.com", i));
    g_ptr_array_add(words, NULL);
    rolecall_fixture_expect(
        rolecall_fixture_run_bare(*state, (const char *const *)words->pdata), 0);
    assert_string_equal(status_of(*state, "p97@example.com"), "invited");
    rolecall_fixture_stop(*state);
    provider_push(*state, &(struct provider_pushed){.origin = "scim:okta",
                                                    .address = "last@example.com",
                                                    .waits_at_cap = TRUE});
    const struct rolecall_run *members = rolecall_fixture_run(*state, "members", NULL);
    assert_string_equal(status_of(*state, "last@example.com"), "waiting");
    assert_non_null(strstr(members->out, "number 1 in the line"));
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, rolecall_fixture_setup, rolecall_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_dry_run_shows_what_would_become_of_everybody_and_keeps_nothing),
        TEST(live_makes_it_real_and_again_says_so),
        TEST(where_pushed_groups_count_the_next_deed_is_told),
        TEST(an_unknown_connection_and_needless_options_are_told),
        TEST(members_says_who_waits_and_in_which_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
