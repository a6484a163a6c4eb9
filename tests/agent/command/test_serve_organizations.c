#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/own_endpoint.h"
#include "agent/command/serve_organizations.h"
#include "agent/command/token_act.h"
#include "agent/settings/settings_read.h"
#include "scim/organization/organization.h"
#include "scim/organization/project.h"
#include "scim/organization/token.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *parse(struct rolecall_fixture *fixture, const char *organizations)
{
    g_autofree char *text =
        g_strdup_printf("endpoint = { store = \"sqlite:@FOLDER@/rolecall.db\"; };\n"
                        "sync = { state = \"@FOLDER@/state\"; };\n"
                        "organizations = ( %s );\n",
                        organizations);
    rolecall_fixture_write(fixture, "rolecall.conf", text);
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read(fixture->config, problems);
    assert_non_null(settings);
    return settings;
}

static void what_is_named_is_made_and_later_updated(void **state)
{
    static const struct {
        const char *text;
        gint64 seats, lifetime;
        const char *display_name;
        guint projects;
    } cases[] = {
        {"{ name = \"acme\"; owners = [ \"a@example.com\" ]; }", 100, 172800, "acme", 0},
        {"{ name = \"acme\"; display_name = \"Acme\"; seats = 9; invitation_lifetime = "
         "\"24h\"; owners = "
         "[ \"a@example.com\" ]; projects = ( { name = \"p\"; admins = \"a@example.com\"; } ); "
         "}",
         9, 86400, "Acme", 1},
        {"{ name = \"acme\"; display_name = \"Acme\"; seats = 9; invitation_lifetime = "
         "\"24h\"; owners = "
         "[ \"a@example.com\" ]; }",
         9, 86400, "Acme", 1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Settings) settings = parse(*state, cases[i].text);
        struct operator_access access = {NULL};
        assert_true(operator_access_open(&access, settings, NULL));
        assert_true(serve_organizations_ensure(&access, NULL));
        g_autoptr(Organization) home = NULL;
        assert_true(
            organization_read(access.session, "acme", clock_now(clock_system()), &home, NULL));
        assert_int_equal(home->seats, cases[i].seats);
        assert_int_equal(home->invitation_lifetime, cases[i].lifetime);
        assert_string_equal(home->display_name, cases[i].display_name);
        g_autoptr(GPtrArray) projects = project_names(access.session, "acme", NULL);
        assert_int_equal(projects->len, cases[i].projects);
        operator_access_close(&access);
    }
}

static void an_organization_that_lives_elsewhere_is_left_alone(void **state)
{
    g_autoptr(Settings) settings = parse(
        *state,
        "{ name = \"far\"; target = { url = \"https://s.example\"; credential = \"t\"; }; }");
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    g_autoptr(GPtrArray) names = organization_names(access.session, NULL);
    assert_int_equal(names->len, 0);
    operator_access_close(&access);
}

static guint missing_of(const struct operator_access *open, GPtrArray *sentences)
{
    struct operator_access access = *open;
    g_ptr_array_set_size(sentences, 0);
    assert_true(serve_organizations_missing(&access, sentences, NULL));
    return sentences->len;
}

static void owners_who_are_named_and_gone_are_found_by_address_and_place(void **state)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Settings) settings =
        parse(*state, "{ name = \"acme\";\n owners = [ \"a@example.com\",\n"
                      "\"B@example.com\" ]; },\n"
                      "{ name = \"far\"; owners = \"c@example.com\"; target = { url = "
                      "\"https://s.example\"; credential = \"t\"; }; }");
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    assert_int_equal(missing_of(&access, sentences), 0);
    g_autoptr(PersonFacts) leaver =
        operator_access_find(&access, "acme", "b@example.com", NULL);
    const struct actor actor = {
        .kind = ACTOR_PERSON, .organization = "acme", .person = leaver->id, .label = "test"};
    const struct act act = {.kind = ACT_LEAVE_ORGANIZATION};
    struct verdict verdict = {0};
    assert_true(operator_access_judge(&access, &actor, &act, &verdict, NULL));
    verdict_clear(&verdict);
    assert_true(serve_organizations_ensure(&access, NULL));
    assert_int_equal(missing_of(&access, sentences), 1);
    const char *sentence = g_ptr_array_index(sentences, 0);
    assert_non_null(
        strstr(sentence, "rolecall.conf:5: organization \"acme\": \"B@example.com\""));
    operator_access_close(&access);
}

static void the_token_is_renewed_and_the_old_one_dead(void **state)
{
    g_autoptr(Settings) settings =
        parse(*state, "{ name = \"acme\"; owners = \"a@example.com\"; }");
    g_autofree char *file = own_endpoint_token_file(settings);
    assert_true(own_endpoint_make_state(settings, NULL));
    struct operator_access access = {NULL};
    assert_true(operator_access_open(&access, settings, NULL));
    g_autofree char *before = NULL;
    for (int round = 0; round < 20; round++) {
        g_autoptr(Bearer) bearer = NULL;
        g_autoptr(Bearer) dead = NULL;
        struct stat status;
        assert_true(serve_organizations_renew_token(&access, NULL));
        const struct secret_place place = {.file = file};
        g_autoptr(Secret) token = secret_read(&place, NULL);
        assert_non_null(token);
        assert_int_equal(stat(file, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        const gint64 now = clock_now(clock_system());
        assert_true(token_authenticate(access.session, token->bytes, now, &bearer, NULL));
        assert_non_null(bearer);
        assert_int_equal(bearer->kind, ACTOR_SYNC);
        assert_null(bearer->organization);
        if (before != NULL) {
            assert_true(token_authenticate(access.session, before, now, &dead, NULL));
            assert_null(dead);
        }
        g_free(before);
        before = g_strdup(token->bytes);
    }
    operator_access_close(&access);
}

/* As a serve leaves it that was killed between the new token and the end of the old one. */
static void two_tokens_that_were_left_do_not_keep_it_from_a_new_one(void **state)
{
    g_autoptr(Settings) settings =
        parse(*state, "{ name = \"acme\"; owners = \"a@example.com\"; }");
    struct operator_access access = {NULL};
    assert_true(own_endpoint_make_state(settings, NULL));
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_renew_token(&access, NULL));
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE,
                               .name = SERVE_ORGANIZATIONS_CONNECTION};
    const struct actor actor = actor_system(NULL);
    char *left = token_act_make(&access, &actor, &rotate, NULL, NULL);
    assert_non_null(left);
    token_act_forget(left);
    assert_true(serve_organizations_renew_token(&access, NULL));
    g_autoptr(GPtrArray) tokens =
        token_list(access.session, NULL, clock_now(clock_system()), NULL);
    assert_int_equal(tokens->len, 1);
    operator_access_close(&access);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(what_is_named_is_made_and_later_updated),
        ON_A_FIXTURE(an_organization_that_lives_elsewhere_is_left_alone),
        ON_A_FIXTURE(owners_who_are_named_and_gone_are_found_by_address_and_place),
        ON_A_FIXTURE(the_token_is_renewed_and_the_old_one_dead),
        ON_A_FIXTURE(two_tokens_that_were_left_do_not_keep_it_from_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
