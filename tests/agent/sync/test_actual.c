#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/actual.h"
#include "scim/protocol/outcome.h"

static void add_person(Actual *actual, const char *id, const char *user_name)
{
    struct actual_person person = {.id = id, .version = "W/\"1\"", .status = ACTUAL_ACTIVE};
    person.profile.field[PROFILE_USER_NAME] = user_name;
    person.profile.field[PROFILE_MAIL] = "Some.One@Example.com";
    actual_add_person(actual, &person);
}

static void add_dana(Actual *actual)
{
    add_person(actual, "2", "Dana@Example.com");
    actual_add_link(actual, "manual", NULL, TRUE, ORGANIZATION_ROLE_OWNER);
    actual_add_link(actual, "directory:corp", "a-dana", FALSE, ORGANIZATION_ROLE_MEMBER);
    actual_add_link_role(actual, "search", PROJECT_ROLE_ADMIN);
    actual_add_link_role(actual, "ads", PROJECT_ROLE_READ_ONLY);
    actual_set_override(actual, ORGANIZATION_ROLE_MEMBER);
    actual_add_override(actual, "search", PROJECT_ROLE_NONE);
    actual_add_role(actual, "ads", PROJECT_ROLE_READ_ONLY);
    actual_add_stand_in(actual, "search");
}

static void add_eve(Actual *actual)
{
    add_person(actual, "1", "eve@example.com");
    actual_add_link(actual, "directory:corp", "a-eve", TRUE, ORGANIZATION_ROLE_MEMBER);
}

static void add_rest(Actual *actual, gboolean backwards)
{
    const char *names[] = {"ads", "search"};
    for (guint i = 0; i < 2; i++) {
        const char *name = names[backwards ? 1 - i : i];
        struct actual_marker marker = {.id = name,
                                       .origin = "directory:corp",
                                       .external_id = name,
                                       .user_name = "X@y.z",
                                       .kind = "left"};
        actual_add_project(actual, name, "W/\"1\"", name);
        actual_add_project_admin(actual, backwards ? "1" : "2");
        actual_add_project_admin(actual, backwards ? "2" : "1");
        actual_add_marker(actual, &marker);
    }
}

static Actual *build(gboolean backwards)
{
    Actual *actual = actual_new("acme", 10, 2);
    if (backwards) {
        add_eve(actual);
        add_dana(actual);
    } else {
        add_dana(actual);
        add_eve(actual);
    }
    add_rest(actual, backwards);
    assert_true(actual_seal(actual, NULL));
    return actual;
}

static void the_order_of_the_answers_means_nothing(void **state)
{
    (void)state;
    g_autoptr(Actual) one = build(FALSE);
    g_autoptr(Actual) other = build(TRUE);
    g_autofree char *digest = actual_digest(one);
    g_autofree char *again = actual_digest(other);
    assert_string_equal(digest, again);
    assert_string_equal(one->people[0].id, "1");
    assert_string_equal(one->projects[0].name, "ads");
    assert_string_equal(other->projects[0].admins[0], "1");
}

static void what_was_added_is_found(void **state)
{
    (void)state;
    g_autoptr(Actual) actual = build(FALSE);
    const struct actual_person *dana = actual_find(actual, "2");
    assert_string_equal(dana->user_name_key, "dana@example.com");
    assert_string_equal(dana->mail_key, "some.one@example.com");
    assert_int_equal(dana->link_count, 2);
    assert_string_equal(dana->links[0].origin, "directory:corp");
    assert_int_equal(dana->links[0].age, 1);
    assert_int_equal(dana->links[1].age, 0);
    assert_string_equal(dana->links[1].external_id, "");
    assert_int_equal(dana->links[0].project_count, 2);
    assert_string_equal(dana->links[0].projects[0].project, "ads");
    assert_int_equal(dana->override_role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(dana->overrides[0].role, PROJECT_ROLE_NONE);
    assert_int_equal(dana->stands_in_count, 1);
    assert_string_equal(actual->markers[0].user_name_key, "x@y.z");
    assert_null(actual_find(actual, "3"));
    assert_non_null(actual_find_project(actual, "search"));
    assert_null(actual_find_project(actual, "nowhere"));
}

static void every_change_changes_the_digest(void **state)
{
    (void)state;
    g_autoptr(Actual) actual = build(FALSE);
    g_autofree char *before = actual_digest(actual);
    actual->people[1].links[0].active = TRUE;
    g_autofree char *after = actual_digest(actual);
    assert_string_not_equal(before, after);
    actual->people[1].links[0].active = FALSE;
    actual->people[1].links[0].attached = TRUE;
    g_autofree char *attached = actual_digest(actual);
    assert_string_not_equal(before, attached);
    assert_string_not_equal(after, attached);
    actual->people[1].links[0].attached = FALSE;
    actual->cap = 11;
    g_autofree char *capped = actual_digest(actual);
    assert_string_not_equal(before, capped);
}

static void attached_links_hold_nobody(void **state)
{
    (void)state;
    g_autoptr(Actual) actual = actual_new("acme", 10, 2);
    add_person(actual, "7", "amy@example.com");
    actual_add_link(actual, "scim:okta", "x", TRUE, ORGANIZATION_ROLE_MEMBER);
    actual_add_link(actual, "directory:okta", "7", TRUE, ORGANIZATION_ROLE_OWNER);
    actual_attach_link(actual);
    actual_add_link(actual, "manual", "", TRUE, ORGANIZATION_ROLE_MEMBER);
    assert_true(actual_seal(actual, NULL));
    const struct actual_person *amy = actual_find(actual, "7");
    assert_int_equal(amy->link_count, 3);
    assert_true(amy->links[0].attached); /* ordered by origin */
    assert_false(amy->links[1].attached);
    assert_false(amy->links[2].attached);
    assert_int_equal(actual_holders(amy), 2);
    assert_true(actual_has_origin(amy, "directory:okta"));
    assert_false(actual_has_origin(amy, "directory:corp"));
}

static void pages_of_two_states_are_no_state(void **state)
{
    static const char *const twice[][2] = {{"1", "other@example.com"},
                                           {"3", "EVE@example.com"}};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(twice); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Actual) actual = actual_new("acme", 10, 2);
        add_eve(actual);
        add_person(actual, twice[i][0], twice[i][1]);
        assert_false(actual_seal(actual, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    }
}

static void a_link_belongs_to_one_person(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Actual) actual = actual_new("acme", 10, 2);
    add_eve(actual);
    add_person(actual, "3", "fay@example.com");
    actual_add_link(actual, "directory:corp", "a-eve", TRUE, ORGANIZATION_ROLE_MEMBER);
    assert_false(actual_seal(actual, &error));
    assert_non_null(strstr(error->message, "a-eve"));
}

static void a_state_that_was_never_sealed_can_be_freed(void **state)
{
    (void)state;
    g_autoptr(Actual) actual = actual_new("acme", 10, 2);
    add_dana(actual);
    add_rest(actual, FALSE);
    assert_non_null(actual->building);
}

static void status_names_go_both_ways(void **state)
{
    enum actual_status status = ACTUAL_INVITED;
    (void)state;
    for (guint i = ACTUAL_INVITED; i <= ACTUAL_REHEARSED; i++) {
        assert_true(actual_status_parse(actual_status_name((enum actual_status)i), &status));
        assert_int_equal(status, i);
    }
    assert_false(actual_status_parse("gone", &status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_the_answers_means_nothing),
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(every_change_changes_the_digest),
        cmocka_unit_test(attached_links_hold_nobody),
        cmocka_unit_test(pages_of_two_states_are_no_state),
        cmocka_unit_test(a_link_belongs_to_one_person),
        cmocka_unit_test(a_state_that_was_never_sealed_can_be_freed),
        cmocka_unit_test(status_names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
