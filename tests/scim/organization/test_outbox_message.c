#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/outbox_message.h"
#include "tests/scim/organization/stage.h"

/* The content of a mail to `person`, whom `invited_by` invited. */
static struct outbox_message content(struct stage *stage, const char *person,
                                     const char *invited_by)
{
    struct outbox_message message = {.organization = g_strdup("acme")};
    assert_true(outbox_message_read(stage->session, &message, person, invited_by, NULL));
    return message;
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
    struct outbox_message message = content(stage, bob, "operator:test");
    assert_string_equal(message.organization_name, "Acme Inc.");
    assert_int_equal(message.roles->len, 2);
    assert_string_equal(message.roles->pdata[0], "billing admin of the organization");
    assert_string_equal(message.roles->pdata[1], "read-write in Search & Find");
    outbox_message_clear(&message);
    stage_close(stage);
}

static void a_person_is_named_and_nobody_else(void **state)
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
        const char *label, *inviter, *address;
    } cases[] = {
        {dana, "Dana Reed", "dana@example.com"},
        {"person:who-left-meanwhile", NULL, NULL},
        {"operator:anna", NULL, NULL},
        {"directory:corp", NULL, NULL},
        {"token:okta", NULL, NULL},
        {"system", NULL, NULL},
        {NULL, NULL, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct outbox_message message = content(stage, bob, cases[i].label);
        if (g_strcmp0(message.inviter, cases[i].inviter) != 0 ||
            g_strcmp0(message.inviter_address, cases[i].address) != 0)
            fail_msg("%s: %s, %s", cases[i].label, message.inviter, message.inviter_address);
        outbox_message_clear(&message);
    }
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_told_with_the_display_names_of_the_projects),
        cmocka_unit_test(a_person_is_named_and_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
