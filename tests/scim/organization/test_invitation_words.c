#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/invitation_words.h"
#include "tests/scim/organization/stage.h"

/* What is said to `person`, whom `invited_by` invited. */
static struct invitation_words said(struct stage *stage, const char *person,
                                    const char *invited_by)
{
    struct invitation_words words;
    assert_true(
        invitation_words_read(stage->session, "acme", person, invited_by, &words, NULL));
    return words;
}

static void a_role_is_said_in_words(void **state)
{
    (void)state;
    static const char *const organization[] = {
        [ORGANIZATION_ROLE_NONE] = "no role in the organization",
        [ORGANIZATION_ROLE_MEMBER] = "member of the organization",
        [ORGANIZATION_ROLE_BILLING_ADMIN] = "billing admin of the organization",
        [ORGANIZATION_ROLE_OWNER] = "owner of the organization",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(organization); i++)
        assert_string_equal(invitation_words_organization_role((enum organization_role)i),
                            organization[i]);
    static const char *const project[] = {
        [PROJECT_ROLE_READ_ONLY] = "read-only in Search",
        [PROJECT_ROLE_READ_WRITE] = "read-write in Search",
        [PROJECT_ROLE_ADMIN] = "admin in Search",
    };
    for (gsize i = PROJECT_ROLE_READ_ONLY; i < G_N_ELEMENTS(project); i++) {
        g_autofree char *words = invitation_words_project_role((enum project_role)i, "Search");
        assert_string_equal(words, project[i]);
    }
}

static void roles_are_told_with_the_display_names_of_the_projects(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_BILLING_ADMIN, "search");
    assert_true(store_run(stage->session,
                          "UPDATE project SET display_name = 'Search & Find'"
                          " WHERE name = 'search'",
                          STORE_NOTHING, NULL));
    assert_true(store_run(stage->session, "UPDATE organization SET display_name = 'Acme Inc.'",
                          STORE_NOTHING, NULL));
    struct invitation_words words = said(stage, bob, "operator:test");
    assert_string_equal(words.organization, "Acme Inc.");
    assert_int_equal(words.roles->len, 2);
    assert_string_equal(words.roles->pdata[0], "billing admin of the organization");
    assert_string_equal(words.roles->pdata[1], "read-write in Search & Find");
    invitation_words_clear(&words);
    stage_close(stage);
}

static void without_a_display_name_the_short_names_are_told(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "ads");
    assert_true(
        store_run(stage->session, "UPDATE project SET display_name = ''", STORE_NOTHING, NULL));
    assert_true(store_run(stage->session, "UPDATE organization SET display_name = ''",
                          STORE_NOTHING, NULL));
    struct invitation_words words = said(stage, bob, NULL);
    assert_string_equal(words.organization, "acme");
    assert_string_equal(words.roles->pdata[1], "read-write in ads");
    invitation_words_clear(&words);
    stage_close(stage);
}

static void a_person_is_named_and_a_service_is_not_called_by_its_name(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_true(store_run(stage->session,
                          "UPDATE person SET display_name = 'Dana Reed' WHERE id = ?",
                          STORE_BIND(store_text(stage->dana)), NULL));
    g_autofree char *dana = g_strconcat("person:", stage->dana, NULL);

    const struct {
        const char *label, *inviter, *address, *service;
    } cases[] = {
        {dana, "Dana Reed", "dana@example.com", NULL},
        {"person:who-left-meanwhile", NULL, NULL, NULL},
        {"operator:anna", NULL, NULL, "an administrator"},
        {"directory:corp", NULL, NULL, "the company directory"},
        {"token:okta", NULL, NULL, "a service of the organization"},
        {"system", NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct invitation_words words = said(stage, bob, cases[i].label);
        if (g_strcmp0(words.inviter, cases[i].inviter) != 0 ||
            g_strcmp0(words.inviter_address, cases[i].address) != 0 ||
            g_strcmp0(words.service, cases[i].service) != 0)
            fail_msg("%s: %s, %s, %s", cases[i].label, words.inviter, words.inviter_address,
                     words.service);
        invitation_words_clear(&words);
    }
    stage_close(stage);
}

/* R58: who names an organization, a project or themselves is not who reads it. */
static void every_name_is_harmless(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "ads");
    static const char *const tables[] = {
        "UPDATE project SET display_name = ?1 WHERE ?2 <> ''",
        "UPDATE organization SET display_name = ?1 WHERE ?2 <> ''",
        "UPDATE person SET display_name = ?1, address = NULL, user_name = 'see evil.example'"
        " WHERE id = ?2",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        assert_true(store_run(
            stage->session, tables[i],
            STORE_BIND(store_text("a\r\nhttps://evil.example"), store_text(stage->dana)),
            NULL));
    g_autofree char *dana = g_strconcat("person:", stage->dana, NULL);
    struct invitation_words words = said(stage, bob, dana);
    assert_string_equal(words.organization, "a https[:]//evil[.]example");
    assert_string_equal(words.inviter, "a https[:]//evil[.]example");
    assert_string_equal(words.inviter_address, "see evil[.]example");
    assert_string_equal(words.roles->pdata[1], "read-write in a https[:]//evil[.]example");
    invitation_words_clear(&words);
    stage_close(stage);
}

static void who_is_gone_has_no_roles(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct invitation_words words = said(stage, "who-left-meanwhile", NULL);
    assert_null(words.roles);
    invitation_words_clear(&words);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_is_said_in_words),
        cmocka_unit_test(roles_are_told_with_the_display_names_of_the_projects),
        cmocka_unit_test(without_a_display_name_the_short_names_are_told),
        cmocka_unit_test(a_person_is_named_and_a_service_is_not_called_by_its_name),
        cmocka_unit_test(every_name_is_harmless),
        cmocka_unit_test(who_is_gone_has_no_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
