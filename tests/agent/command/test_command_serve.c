#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static void what_the_config_names_is_there_from_the_start(void **state)
{
    rolecall_fixture_serve(*state);
    struct rolecall_run *members = rolecall_fixture_run(*state, "members", "--json", NULL);
    rolecall_fixture_expect(members, 0);
    const json_t *people = json_object_get(rolecall_fixture_json(members), "members");
    assert_int_equal(json_array_size(people), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *person = json_array_get(people, i);
        assert_string_equal(json_string_value(json_object_get(person, "status")), "active");
        assert_string_equal(json_string_value(json_object_get(person, "role")), "owner");
        assert_true(json_is_true(json_object_get(person, "protected")));
    }
}

static void a_new_start_keeps_everything_and_renews_the_token(void **state)
{
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    rolecall_fixture_serve(*state);
    rolecall_fixture_expect(rolecall_fixture_run(*state, "sync", NULL), 0);
    const char *file = rolecall_fixture_path(*state, "state/token");
    assert_true(g_file_get_contents(file, &first, NULL, NULL));
    assert_int_equal(rolecall_fixture_stop(*state), 0);
    rolecall_fixture_serve(*state);
    assert_true(g_file_get_contents(file, &second, NULL, NULL));
    assert_string_not_equal(first, second);
    struct rolecall_run *sync = rolecall_fixture_run(*state, "sync", "--json", NULL);
    rolecall_fixture_expect(sync, 0);
    assert_int_equal(json_integer_value(json_object_get(rolecall_fixture_json(sync), "writes")),
                     0);
    struct rolecall_run *tokens =
        rolecall_fixture_run(*state, "token", "list", "--everywhere", "--json", NULL);
    assert_int_equal(json_array_size(json_object_get(rolecall_fixture_json(tokens), "tokens")),
                     1);
}

/* The config with one text in place of another. */
static void change_config(struct rolecall_fixture *fixture, const char *from, const char *to)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(fixture->config, &text, NULL, NULL));
    GString *changed = g_string_new(text);
    assert_int_equal(g_string_replace(changed, from, to, 0), 1);
    rolecall_fixture_write(fixture, "rolecall.conf", changed->str);
    g_string_free(changed, TRUE);
}

static gint64 seats_of(struct rolecall_fixture *fixture)
{
    struct rolecall_run *shown =
        rolecall_fixture_run(fixture, "organization", "show", "--json", NULL);
    return json_integer_value(json_object_get(rolecall_fixture_json(shown), "seats"));
}

static void sighup_takes_a_new_config_over(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    assert_int_equal(seats_of(fixture), 100);
    change_config(fixture, "name = \"acme\";", "name = \"acme\"; seats = 7;");
    assert_int_equal(kill(fixture->server, SIGHUP), 0);
    rolecall_fixture_wait_for(fixture, "serve.log", "the config was read again");
    assert_int_equal(seats_of(fixture), 7);
}

static void sighup_with_a_broken_config_keeps_the_old_one(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    change_config(fixture, "name = \"acme\";", "name = \"acme\"; seats = \"many\";");
    assert_int_equal(kill(fixture->server, SIGHUP), 0);
    rolecall_fixture_wait_for(fixture, "serve.log", "the old one stays in force");
    rolecall_fixture_wait_for(fixture, "serve.log",
                              "rolecall.conf:2: seats takes a whole number");
    change_config(fixture, "seats = \"many\";", "");
    assert_int_equal(seats_of(fixture), 100);
}

static void a_schedule_that_is_none_changes_nothing(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    change_config(fixture, "name = \"acme\";", "name = \"acme\"; seats = 7;");
    change_config(fixture, "sync = {", "sync = { schedule = \"every 1s\";");
    assert_int_equal(kill(fixture->server, SIGHUP), 0);
    rolecall_fixture_wait_for(fixture, "serve.log", "the config is not taken over: ");
    assert_int_equal(seats_of(fixture), 100);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    const struct rolecall_run *serve = rolecall_fixture_run(fixture, "serve", NULL);
    rolecall_fixture_expect(serve, 78);
    assert_string_equal(serve->out, "");
    assert_non_null(strstr(serve->err, "rolecall.conf:"));
    assert_int_equal(seats_of(fixture), 100);
}

static void a_schedule_runs_a_sync_by_itself(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "sync", NULL), 0);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    assert_int_equal(remove(rolecall_fixture_path(fixture, "state/runs")), 0);
    change_config(fixture, "sync = {", "sync = { schedule = \"every 10s\";");
    rolecall_fixture_serve(fixture);
    rolecall_fixture_wait_for(fixture, "state/runs", "\"verb\":\"sync\"");
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
}

static void a_second_serve_leaves_the_first_one_alone(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autofree char *address = NULL;
    rolecall_fixture_serve(fixture);
    assert_true(g_file_get_contents(rolecall_fixture_path(fixture, "state/endpoint"), &address,
                                    NULL, NULL));
    g_strstrip(address);
    change_config(fixture, "127.0.0.1:0", address + strlen("http://"));
    const struct rolecall_run *second = rolecall_fixture_run(fixture, "serve", NULL);
    rolecall_fixture_expect(second, 1);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "sync", NULL), 0);
}

static void a_second_serve_on_one_store_is_refused_whatever_its_address(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    change_config(fixture, "/state\"", "/other\"");
    const struct rolecall_run *second = rolecall_fixture_run(fixture, "serve", NULL);
    rolecall_fixture_expect(second, 1);
    assert_non_null(strstr(second->err, "another serve has the store \"sqlite:"));
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    rolecall_fixture_serve(fixture);
}

static void the_first_start_makes_the_audit_key_and_says_so_once(void **state)
{
    struct rolecall_fixture *fixture = *state;
    static const char sentence[] = "/rolecall.db.audit-key: keep a copy of it elsewhere";
    g_autofree char *said = NULL;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_wait_for(fixture, "serve.log", sentence);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    rolecall_fixture_serve(fixture);
    assert_true(
        g_file_get_contents(rolecall_fixture_path(fixture, "serve.log"), &said, NULL, NULL));
    const char *first = strstr(said, sentence);
    assert_non_null(first);
    assert_null(strstr(first + 1, sentence));
}

static void sighup_takes_mail_over_and_says_what_needs_a_new_start(void **state)
{
    struct rolecall_fixture *fixture = *state;
    static const char *const keys[][2] = {
        {"invitations = { renewals = 5; };", "invitations.renewals changes"},
        {"invitations = { restore_window = \"1d\"; };", "invitations.restore_window changes"},
        {"audit = { key_file = \"/a\"; };", "audit.key_file changes"},
    };
    g_autofree char *config = NULL;
    change_config(
        fixture, "sync = {",
        "mail = { url = \"smtp://127.0.0.1:1\"; from = \"a@b.example\"; };\nsync = {");
    rolecall_fixture_serve(fixture);
    change_config(fixture, "a@b.example", "Acme <c@d.example>");
    assert_int_equal(kill(fixture->server, SIGHUP), 0);
    rolecall_fixture_wait_for(fixture, "serve.log", "the config was read again");
    assert_true(g_file_get_contents(fixture->config, &config, NULL, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *changed = g_strconcat(config, keys[i][0], "\n", NULL);
        rolecall_fixture_write(fixture, "rolecall.conf", changed);
        assert_int_equal(kill(fixture->server, SIGHUP), 0);
        rolecall_fixture_wait_for(fixture, "serve.log", keys[i][1]);
    }
    rolecall_fixture_write(fixture, "rolecall.conf", config);
    change_config(fixture, "mail = {", "/* mail = {");
    change_config(fixture, "d.example>\"; };", "d.example>\"; }; */");
    assert_int_equal(kill(fixture->server, SIGHUP), 0);
    rolecall_fixture_wait_for(fixture, "serve.log", "mail (on or off) changes");
}

static void mail_that_could_never_be_sent_keeps_it_from_starting(void **state)
{
    struct rolecall_fixture *fixture = *state;
    change_config(fixture, "sync = {",
                  "mail = { url = \"smtps://m.example\"; from = \"a@b.example\"; user = \"u\"; "
                  "password_file = \"@FOLDER@/none\"; };\nsync = {");
    const struct rolecall_run *serve = rolecall_fixture_run(fixture, "serve", NULL);
    rolecall_fixture_expect(serve, 78);
    assert_non_null(strstr(serve->err, "mail: the secret file "));
    assert_false(
        g_file_test(rolecall_fixture_path(fixture, "rolecall.db"), G_FILE_TEST_EXISTS));
}

static void an_owner_without_a_seat_keeps_it_from_starting(void **state)
{
    struct rolecall_fixture *fixture = *state;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(rolecall_fixture_run(fixture, "invite", "x@example.com", NULL), 0);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    change_config(fixture, "owners = [ ", "seats = 3; owners = [ \"third@example.com\", ");
    const struct rolecall_run *serve = rolecall_fixture_run(fixture, "serve", NULL);
    rolecall_fixture_expect(serve, 1);
    assert_non_null(strstr(serve->err, "organization \"acme\": "));
    assert_string_equal(serve->out, "");
}

static void an_owner_who_left_and_is_still_named_is_told_at_every_start(void **state)
{
    static const char sentence[] =
        "rolecall.conf:2: organization \"acme\": \"breakglass@example.com\" is named as owner "
        "but is not in the organization any more: invite them or take the name out";
    struct rolecall_fixture *fixture = *state;
    const char *log = rolecall_fixture_path(fixture, "serve.log");
    g_autofree char *said = NULL;
    rolecall_fixture_serve(fixture);
    rolecall_fixture_expect(
        rolecall_fixture_run(fixture, "leave", "--person", "breakglass@example.com", NULL), 0);
    assert_int_equal(rolecall_fixture_stop(fixture), 0);
    assert_true(g_file_get_contents(log, &said, NULL, NULL));
    assert_null(strstr(said, "any more"));
    rolecall_fixture_serve(fixture);
    rolecall_fixture_wait_for(fixture, "serve.log", sentence);
    g_free(g_steal_pointer(&said));
    assert_true(g_file_get_contents(log, &said, NULL, NULL));
    assert_null(strstr(said, "\"dana@example.com\" is named as owner"));
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(what_the_config_names_is_there_from_the_start),
        ON_A_FIXTURE(a_new_start_keeps_everything_and_renews_the_token),
        ON_A_FIXTURE(sighup_takes_a_new_config_over),
        ON_A_FIXTURE(sighup_with_a_broken_config_keeps_the_old_one),
        ON_A_FIXTURE(a_schedule_that_is_none_changes_nothing),
        ON_A_FIXTURE(a_schedule_runs_a_sync_by_itself),
        ON_A_FIXTURE(a_second_serve_leaves_the_first_one_alone),
        ON_A_FIXTURE(a_second_serve_on_one_store_is_refused_whatever_its_address),
        ON_A_FIXTURE(the_first_start_makes_the_audit_key_and_says_so_once),
        ON_A_FIXTURE(sighup_takes_mail_over_and_says_what_needs_a_new_start),
        ON_A_FIXTURE(mail_that_could_never_be_sent_keeps_it_from_starting),
        ON_A_FIXTURE(an_owner_without_a_seat_keeps_it_from_starting),
        ON_A_FIXTURE(an_owner_who_left_and_is_still_named_is_told_at_every_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
