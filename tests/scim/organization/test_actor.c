#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/actor.h"

static void services_write_their_links_and_everybody_else_manual_ones(void **state)
{
    (void)state;

    struct {
        enum actor_kind kind;
        gboolean service, administrator;
        const char *origin;
    } const cases[] = {
        {ACTOR_PERSON, FALSE, FALSE, "manual"}, {ACTOR_CONNECTION, TRUE, FALSE, "scim:okta"},
        {ACTOR_SYNC, TRUE, FALSE, "scim:okta"}, {ACTOR_ADMIN, FALSE, TRUE, "manual"},
        {ACTOR_READER, FALSE, FALSE, "manual"}, {ACTOR_OPERATOR, FALSE, TRUE, "manual"},
        {ACTOR_SYSTEM, FALSE, TRUE, "manual"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct actor actor = {.kind = cases[i].kind, .origin = "scim:okta"};
        assert_int_equal(actor_is_service(&actor), cases[i].service);
        assert_int_equal(actor_is_administrator(&actor), cases[i].administrator);
        assert_string_equal(actor_origin(&actor), cases[i].origin);
    }
}

static void the_operator_and_the_system_act_in_the_organization_they_name(void **state)
{
    (void)state;
    struct actor anna = actor_operator("acme", "operator:anna");
    struct actor system = actor_system("acme");
    assert_int_equal(anna.kind, ACTOR_OPERATOR);
    assert_string_equal(anna.label, "operator:anna");
    assert_string_equal(anna.organization, "acme");
    assert_int_equal(system.kind, ACTOR_SYSTEM);
    assert_string_equal(system.label, "config");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_write_their_links_and_everybody_else_manual_ones),
        cmocka_unit_test(the_operator_and_the_system_act_in_the_organization_they_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
