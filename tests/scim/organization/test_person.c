#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/person.h"
#include "scim/protocol/outcome.h"
#include "tests/scim/organization/stage.h"

static struct person_row row_of(const char *id, const char *user_name, const char *address)
{
    return (struct person_row){.organization = "acme",
                               .id = id,
                               .user_name = user_name,
                               .address = address,
                               .profile = "{}",
                               .display_name = "Bob B",
                               .created = STAGE_START};
}

static void a_new_row_holds_no_seat_and_is_written_over(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct person_row row = row_of("1", "Bob", "bob@example.com");
    assert_true(store_begin(stage->session, NULL));
    assert_true(person_insert(stage->session, &row, NULL));
    assert_int_equal(stage_status(stage, "1"), PERSON_SUSPENDED);
    row.user_name = "Robert";
    row.address = NULL;
    assert_true(person_write(stage->session, &row, NULL));
    const struct person_state expired = {.status = PERSON_EXPIRED,
                                         .reason = "why",
                                         .role = ORGANIZATION_ROLE_MEMBER,
                                         .expires_at = 5};
    assert_true(person_write_state(stage->session, "acme", "1", &expired, NULL));
    assert_true(person_write_protected(stage->session, "acme", "1", TRUE, NULL));
    assert_true(person_write_suspended(stage->session, "acme", "1", TRUE, NULL));
    assert_true(
        person_write_project(stage->session, "acme", "1", "search", PROJECT_ROLE_ADMIN, NULL));
    assert_true(person_bump(stage->session, "acme", "1", 77, NULL));
    g_autoptr(PersonFacts) facts = stage_facts(stage, "1");
    assert_string_equal(facts->user_name, "Robert");
    assert_null(facts->address);
    assert_int_equal(facts->status, PERSON_EXPIRED);
    assert_string_equal(facts->reason, "why");
    assert_true(facts->protected && facts->suspended_by_owner);
    assert_int_equal(facts->projects->len, 1);
    assert_int_equal(facts->version, 1);
    assert_int_equal(facts->modified, 77);
    assert_true(
        person_write_project(stage->session, "acme", "1", "search", PROJECT_ROLE_NONE, NULL));
    assert_true(person_delete(stage->session, "acme", "1", NULL));
    assert_null(stage_facts(stage, "1"));
    store_rollback(stage->session);
    stage_close(stage);
}

static void names_and_addresses_are_unique_in_the_database_too(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct person_row same_name = row_of("1", "DANA@example.com", NULL),
                            same_address = row_of("1", "x", "DANA@example.com");
    g_autoptr(GError) a = NULL, b = NULL;
    assert_false(person_insert(stage->session, &same_name, &a));
    assert_true(g_error_matches(a, OUTCOME, OUTCOME_CONFLICT));
    assert_false(person_insert(stage->session, &same_address, &b));
    assert_true(g_error_matches(b, OUTCOME, OUTCOME_CONFLICT));
    stage_close(stage);
}

static void an_active_person_without_a_role_cannot_be_written(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct person_state wrong = {.status = PERSON_ACTIVE, .accepted_at = 1};
    g_autoptr(GError) error = NULL;
    assert_false(person_write_state(stage->session, "acme", stage->dana, &wrong, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_CONFLICT));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_row_holds_no_seat_and_is_written_over),
        cmocka_unit_test(names_and_addresses_are_unique_in_the_database_too),
        cmocka_unit_test(an_active_person_without_a_role_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
