#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/judge.h"
#include "tests/scim/organization/stage.h"

static void an_invited_person_is_active_once_they_accept(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(stage_seats_used(stage), 3);
    stage_accept(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invited_person_is_active_once_they_accept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
