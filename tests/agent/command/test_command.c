#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "tests/agent/command/rolecall_fixture.h"

static const char *const verbs[] = {"serve",   "plan",   "apply",        "sync",    "explain",
                                    "check",   "status", "invite",       "resend",  "revoke",
                                    "members", "leave",  "organization", "project", "token"};

static struct rolecall_run *run(void **state, const char *first, const char *second)
{
    return rolecall_fixture_run_bare(*state, (const char *const[]){first, second, NULL});
}

static void the_list_of_verbs_has_each_with_a_summary(void **state)
{
    const struct rolecall_run *help = run(state, "--help", NULL);
    rolecall_fixture_expect(help, 0);
    assert_string_equal(help->err, "");
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree char *line = g_strdup_printf("\n  %-13s ", verbs[i]);
        if (strstr(help->out, line) == NULL)
            fail_msg("%s is not in the list", verbs[i]);
    }
}

static void every_verb_has_help_that_names_its_options(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        const struct rolecall_run *help = run(state, verbs[i], "--help");
        rolecall_fixture_expect(help, 0);
        g_autofree char *usage = g_strdup_printf("rolecall %s", verbs[i]);
        if (strstr(help->out, usage) == NULL || strstr(help->out, "--config") == NULL)
            fail_msg("%s --help says %s", verbs[i], help->out);
        if (strcmp(verbs[i], "serve") != 0 && strstr(help->out, "--json") == NULL)
            fail_msg("%s does not know --json", verbs[i]);
        assert_string_equal(help->err, "");
    }
}

static void every_verb_refuses_options_that_it_does_not_have(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        const struct rolecall_run *wrong = run(state, verbs[i], "--no-such-option");
        rolecall_fixture_expect(wrong, 64);
        assert_string_equal(wrong->out, "");
        assert_non_null(strstr(wrong->err, "--no-such-option"));
    }
}

static void an_unknown_verb_is_told_with_its_neighbour(void **state)
{
    static const struct {
        const char *verb, *says;
    } cases[] = {
        {"synk", "did you mean \"sync\"?"},
        {"chekc", "did you mean \"check\"?"},
        {"frobnicate", "try rolecall --help"},
        {"-c", "there is no verb"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct rolecall_run *wrong = run(state, cases[i].verb, NULL);
        rolecall_fixture_expect(wrong, 64);
        assert_string_equal(wrong->out, "");
        if (strstr(wrong->err, cases[i].says) == NULL)
            fail_msg("%s", wrong->err);
    }
    rolecall_fixture_expect(run(state, NULL, NULL), 64);
}

static void a_config_that_is_not_there_exits_78_for_every_verb(void **state)
{
    static const struct {
        const char *verb;
        const char *words[4];
    } cases[] = {
        {"serve", {NULL}},
        {"plan", {NULL}},
        {"apply", {"plan.json"}},
        {"sync", {NULL}},
        {"explain", {"ada@example.com"}},
        {"check", {NULL}},
        {"status", {NULL}},
        {"invite", {"a@example.com"}},
        {"resend", {"a@example.com"}},
        {"revoke", {"a@example.com"}},
        {"members", {NULL}},
        {"leave", {"--person", "a@example.com"}},
        {"organization", {"list"}},
        {"project", {"list"}},
        {"token", {"list"}},
    };

    assert_int_equal(G_N_ELEMENTS(cases), G_N_ELEMENTS(verbs));
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const arguments[] = {cases[i].verb,
                                         "-c",
                                         "/nowhere.conf",
                                         cases[i].words[0],
                                         cases[i].words[0] == NULL ? NULL : cases[i].words[1],
                                         NULL};
        const struct rolecall_run *wrong = rolecall_fixture_run_bare(*state, arguments);
        rolecall_fixture_expect(wrong, 78);
        assert_non_null(strstr(wrong->err, "/nowhere.conf: there is no such config file"));
    }
}

static void the_version_is_one_line(void **state)
{
    const struct rolecall_run *version = run(state, "--version", NULL);
    rolecall_fixture_expect(version, 0);
    assert_true(g_str_has_prefix(version->out, "rolecall "));
    assert_ptr_equal(strchr(version->out, '\n'), version->out + strlen(version->out) - 1);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(the_list_of_verbs_has_each_with_a_summary),
        ON_A_FIXTURE(every_verb_has_help_that_names_its_options),
        ON_A_FIXTURE(every_verb_refuses_options_that_it_does_not_have),
        ON_A_FIXTURE(an_unknown_verb_is_told_with_its_neighbour),
        ON_A_FIXTURE(a_config_that_is_not_there_exits_78_for_every_verb),
        ON_A_FIXTURE(the_version_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
