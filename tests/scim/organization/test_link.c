#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/link.h"
#include "tests/scim/organization/stage.h"

static void rows_come_and_go(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    StoreSession *session = stage->session;
    const struct link_key key = {"acme", stage->dana, "directory:corp"};
    const struct link_value value = {.external_id = "x",
                                     .active = FALSE,
                                     .role = ORGANIZATION_ROLE_MEMBER},
                            other = {.external_id = NULL,
                                     .unknown_roles = "[]",
                                     .profile = "{}",
                                     .active = TRUE,
                                     .role = ORGANIZATION_ROLE_OWNER};
    assert_true(store_begin(session, NULL));
    assert_true(link_put(session, &key, &value, NULL));
    assert_true(link_put_project(session, &key, "search", PROJECT_ROLE_ADMIN, NULL));
    assert_true(link_put(session, &key, &other, NULL));
    assert_true(link_override_put(session, &key, ORGANIZATION_ROLE_MEMBER, NULL));
    assert_true(link_override_put_project(session, &key, "ads", PROJECT_ROLE_NONE, NULL));
    assert_true(link_stand_in_put(session, &key, "search", NULL));
    assert_true(link_stand_in_put(session, &key, "search", NULL));
    g_autoptr(PersonFacts) full = stage_facts(stage, stage->dana);
    const struct link_facts *link = person_facts_link(full, "directory:corp");
    assert_null(link->external_id);
    assert_string_equal(link->unknown_roles, "[]");
    assert_string_equal(link->profile, "{}");
    assert_true(link->active);
    assert_int_equal(link->role, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(project_roles_find(link->projects, "search"), PROJECT_ROLE_ADMIN);
    assert_int_equal(full->override, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(full->overrides->len, 1);
    assert_int_equal(full->stands_in->len, 1);
    assert_true(link_put_project(session, &key, "search", PROJECT_ROLE_NONE, NULL));
    assert_true(link_override_put(session, &key, ORGANIZATION_ROLE_NONE, NULL));
    assert_true(link_override_lift_project(session, &key, "ads", NULL));
    assert_true(link_stand_in_drop(session, &key, "search", NULL));
    assert_true(link_drop(session, &key, NULL));
    g_autoptr(PersonFacts) empty = stage_facts(stage, stage->dana);
    assert_int_equal(empty->links->len, 1);
    assert_int_equal(empty->override, ORGANIZATION_ROLE_NONE);
    assert_int_equal(empty->overrides->len, 0);
    assert_int_equal(empty->stands_in->len, 0);
    store_rollback(session);
    stage_close(stage);
}

static void the_oldest_link_comes_first_even_after_a_change(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    StoreSession *session = stage->session;
    const struct link_key manual = {"acme", stage->dana, "manual"},
                          corp = {"acme", stage->dana, "a:first-by-name"};
    const struct link_value value = {
        .external_id = NULL, .active = TRUE, .role = ORGANIZATION_ROLE_OWNER};
    assert_true(store_begin(session, NULL));
    assert_true(link_put(session, &corp, &value, NULL));
    assert_true(link_put(session, &manual, &value, NULL));
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->dana);
    assert_string_equal(((const struct link_facts *)facts->links->pdata[0])->origin, "manual");
    store_rollback(session);
    stage_close(stage);
}

static void a_link_moves_in_its_place_and_is_found_by_its_origin(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    StoreSession *session = stage->session;
    const struct link_key okta = {"acme", stage->dana, "scim:okta"},
                          ping = {"acme", stage->dana, "scim:ping"};
    const struct link_value value = {
        .active = TRUE, .rehearsed = TRUE, .role = ORGANIZATION_ROLE_MEMBER};
    assert_true(store_begin(session, NULL));
    assert_true(link_put(session, &okta, &value, NULL));
    assert_true(link_put(session, &ping, &value, NULL));
    assert_true(link_go_live(session, "acme", "scim:ping", NULL));
    assert_true(link_move(session, &okta, "directory:corp", "x", NULL));
    g_autoptr(PersonFacts) facts = stage_facts(stage, stage->dana);
    const struct link_facts *moved = facts->links->pdata[1];
    assert_string_equal(moved->origin, "directory:corp");
    assert_string_equal(moved->external_id, "x");
    assert_true(moved->rehearsed);
    assert_false(person_facts_link(facts, "scim:ping")->rehearsed);
    g_autoptr(GPtrArray) people = link_people(session, "acme", "directory:corp", NULL);
    g_autoptr(GPtrArray) none = link_people(session, "other", "directory:corp", NULL);
    assert_int_equal(people->len, 1);
    assert_string_equal(people->pdata[0], stage->dana);
    assert_int_equal(none->len, 0);
    store_rollback(session);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_and_go),
        cmocka_unit_test(the_oldest_link_comes_first_even_after_a_change),
        cmocka_unit_test(a_link_moves_in_its_place_and_is_found_by_its_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
