#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/connection.h"
#include "tests/scim/organization/stage.h"

static void connections_are_found_by_name_where_they_belong(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor here = stage_operator(), everywhere = actor_operator(NULL, "operator:x");
    const struct connection_draft okta = {.name = "okta", .scope = "people", .at_cap = "wait"},
                                  sync = {.name = "sync", .scope = "sync"};
    const struct act a = {.kind = ACT_CONNECTION_CREATE, .connection = &okta},
                     b = {.kind = ACT_CONNECTION_CREATE, .connection = &sync};
    assert_int_equal(stage_do(stage, &here, &a), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &everywhere, &b), VERDICT_DONE);
    g_autoptr(Connection) found = NULL, elsewhere = NULL, global = NULL;
    assert_true(connection_find(stage->session, "acme", "okta", &found, NULL));
    assert_string_equal(found->scope, "people");
    assert_string_equal(found->at_cap, "wait");
    assert_string_equal(found->personality, "tolerant");
    assert_int_equal(found->patch_answer, 200);
    assert_int_equal(found->max_role, ORGANIZATION_ROLE_MEMBER);
    assert_string_equal(found->organization, "acme");
    assert_true(connection_find(stage->session, NULL, "okta", &elsewhere, NULL));
    assert_null(elsewhere);
    assert_true(connection_find(stage->session, NULL, "sync", &global, NULL));
    assert_null(global->organization);
    g_autoptr(GPtrArray) list = connection_list(stage->session, "acme", NULL);
    assert_int_equal(list->len, 1);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_found_by_name_where_they_belong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
