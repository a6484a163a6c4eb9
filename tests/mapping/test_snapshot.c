#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"

#include "company.h"

static Snapshot *small(void)
{
    static const char *const LINES[] = {
        "person bob mail=bob@example.com title=Cook",
        "person alice mail=alice@example.com mail=a@example.com Title=Boss",
        "group staff alice bob",
        NULL,
    };
    return company_read("corp", LINES);
}

static void people_are_found_by_anchor_and_dn(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = small();
    assert_string_equal(snapshot->directory, "corp");
    assert_string_equal(snapshot_find_anchor(snapshot, "a-bob")->login, "bob");
    assert_string_equal(snapshot_find_dn(snapshot, "uid=alice,dc=example")->anchor, "a-alice");
    assert_string_equal(snapshot_find_group_dn(snapshot, "cn=staff,dc=example")->name, "staff");
    assert_null(snapshot_find_anchor(snapshot, "a-bo"));
    assert_null(snapshot_find_anchor(snapshot, ""));
    assert_null(snapshot_find_dn(snapshot, "cn=staff,dc=example"));
    assert_null(snapshot_find_group_dn(snapshot, "uid=alice,dc=example"));
}

static void attributes_are_found_in_any_case_and_the_first_value_is_the_lowest(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = small();
    const struct snapshot_person *alice = snapshot_find_anchor(snapshot, "a-alice");
    assert_string_equal(snapshot_value_of(snapshot, alice, "MAIL"), "a@example.com");
    assert_string_equal(snapshot_value_of(snapshot, alice, "title"), "Boss");
    assert_null(snapshot_value_of(snapshot, alice, "department"));
    assert_null(snapshot_value_of(snapshot, alice, "mai"));
    assert_int_equal(snapshot->attribute_count, 2);
}

static void an_entry_that_comes_twice_fails_the_read(void **state)
{
    (void)state;

    static const struct {
        const char *dn, *anchor;
        gboolean ok;
    } ROWS[] = {
        {"uid=b,dc=example", "2", TRUE},
        {"uid=c,dc=example", "1", FALSE},
        {"uid=a,dc=example", "3", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS) * 2; i++) {
        g_autoptr(Snapshot) snapshot = snapshot_new("corp");
        g_autoptr(GError) error = NULL;
        gboolean (*add)(Snapshot *, const struct snapshot_entry *, GError **) =
            i < G_N_ELEMENTS(ROWS) ? snapshot_add_person : snapshot_add_group;
        const struct snapshot_entry first = {
            .dn = "uid=a,dc=example", .dn_key = "uid=a,dc=example", .anchor = "1", .name = "a"};
        const char *dn = ROWS[i % G_N_ELEMENTS(ROWS)].dn;
        const struct snapshot_entry second = {
            .dn = dn, .dn_key = dn, .anchor = ROWS[i % G_N_ELEMENTS(ROWS)].anchor, .name = "a"};
        assert_true(add(snapshot, &first, NULL));
        assert_int_equal(add(snapshot, &second, &error), ROWS[i % G_N_ELEMENTS(ROWS)].ok);
        if (!ROWS[i % G_N_ELEMENTS(ROWS)].ok) {
            assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
            assert_non_null(strstr(error->message, dn));
        }
    }
}

static void an_unsealed_snapshot_can_be_dropped(void **state)
{
    (void)state;
    Snapshot *snapshot = snapshot_new("corp");
    const struct snapshot_entry entry = {.dn = "UID=a", .dn_key = "uid=a", .anchor = "1"};
    assert_true(snapshot_add_person(snapshot, &entry, NULL));
    snapshot_add_value(snapshot, "mail", "a@example.com");
    assert_true(snapshot_add_group(
        snapshot,
        &(struct snapshot_entry){.dn = "cn=g", .dn_key = "cn=g", .anchor = "2", .name = "g"},
        NULL));
    snapshot_add_member_dn(snapshot, "uid=a");
    assert_non_null(snapshot->building);
    snapshot_free(snapshot);
    snapshot_free(NULL);
}

static void a_hundred_thousand_people_are_found_again(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = snapshot_new("corp");
    for (guint i = 0; i < 100000; i++) {
        g_autofree char *dn = g_strdup_printf("uid=p%u,dc=example", i);
        g_autofree char *anchor = g_strdup_printf("%08x", i * 2654435761u);
        const struct snapshot_entry entry = {.dn = dn, .dn_key = dn, .anchor = anchor};
        assert_true(snapshot_add_person(snapshot, &entry, NULL));
    }
    snapshot_seal(snapshot);
    for (guint i = 0; i < 100000; i++) {
        g_autofree char *dn = g_strdup_printf("uid=p%u,dc=example", i);
        g_autofree char *anchor = g_strdup_printf("%08x", i * 2654435761u);
        const struct snapshot_person *person = snapshot_find_dn(snapshot, dn);
        assert_string_equal(person->anchor, anchor);
        assert_ptr_equal(person, snapshot_find_anchor(snapshot, anchor));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_found_by_anchor_and_dn),
        cmocka_unit_test(attributes_are_found_in_any_case_and_the_first_value_is_the_lowest),
        cmocka_unit_test(an_entry_that_comes_twice_fails_the_read),
        cmocka_unit_test(an_unsealed_snapshot_can_be_dropped),
        cmocka_unit_test(a_hundred_thousand_people_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
