#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/departed.h"
#include "tests/scim/organization/stage.h"

static void what_is_kept_comes_back_until_the_window_ends(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    g_autofree char *bob =
        stage_linked(stage, &corp, "Bob@example.com", ORGANIZATION_ROLE_OWNER, TRUE);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_READ_ONLY);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_true(
        departed_keep(stage->session, "acme", facts, "directory:corp", stage->now + 10, NULL));
    g_autoptr(Departed) kept = NULL, late = NULL, foreign = NULL, dropped = NULL;
    assert_true(departed_find(stage->session,
                              &(struct departed_key){"acme", "directory:corp", "x-Bob"},
                              stage->now + 9, &kept, NULL));
    assert_string_equal(kept->person, bob);
    assert_string_equal(kept->user_name, "bob@example.com");
    assert_int_equal(kept->role, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(kept->accepted_at, stage->now);
    assert_int_equal(kept->overrides->len, 1);
    assert_int_equal(project_roles_find(kept->overrides, "search"), PROJECT_ROLE_READ_ONLY);
    assert_true(departed_find(stage->session,
                              &(struct departed_key){"acme", "directory:corp", "x-Bob"},
                              stage->now + 10, &late, NULL));
    assert_null(late);
    assert_true(departed_find(stage->session,
                              &(struct departed_key){"acme", "scim:okta", "x-Bob"}, stage->now,
                              &foreign, NULL));
    assert_null(foreign);
    assert_true(departed_drop(stage->session, "acme", bob, NULL));
    assert_true(departed_find(stage->session,
                              &(struct departed_key){"acme", "directory:corp", "x-Bob"},
                              stage->now, &dropped, NULL));
    assert_null(dropped);
    stage_close(stage);
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autoptr(GError) error = NULL;
    g_autoptr(Departed) kept = NULL;
    assert_true(store_run(stage->session,
                          "INSERT INTO departed VALUES ('acme', 'o', 'x', 'u', 'p', '{', 9)",
                          STORE_NOTHING, NULL));
    assert_false(departed_find(stage->session, &(struct departed_key){"acme", "o", "x"}, 1,
                               &kept, &error));
    assert_non_null(error);
    assert_true(departed_forget(stage->session, 9, NULL));
    assert_true(departed_find(stage->session, &(struct departed_key){"acme", "o", "x"}, 1,
                              &kept, NULL));
    assert_null(kept);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_comes_back_until_the_window_ends),
        cmocka_unit_test(what_cannot_be_read_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
