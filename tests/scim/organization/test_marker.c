#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

static void put(struct stage *stage, const char *id, const char *origin,
                const char *external_id, const char *user_name)
{
    const struct marker_row row = {.organization = "acme",
                                   .id = id,
                                   .origin = origin,
                                   .external_id = external_id,
                                   .user_name = user_name,
                                   .address = user_name,
                                   .kind = MARKER_LEFT,
                                   .since = STAGE_START};
    assert_true(marker_insert(stage->session, &row, NULL));
}

static gboolean stands(struct stage *stage, const char *origin, const char *external_id,
                       const char *user_name)
{
    g_autoptr(Marker) marker = NULL;
    const struct marker_row row = {.organization = "acme",
                                   .origin = origin,
                                   .external_id = external_id,
                                   .user_name = user_name};
    assert_true(marker_find(stage->session, &row, &marker, NULL));
    return marker != NULL;
}

static void a_marker_is_of_its_origin_and_external_id(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    put(stage, "1", "directory:corp", "x", "Bob@example.com");
    put(stage, "2", "scim:okta", NULL, "Eve@example.com");
    assert_true(stands(stage, "directory:corp", "x", "other"));
    assert_false(stands(stage, "directory:corp", "y", "bob@example.com"));
    assert_false(stands(stage, "directory:labs", "x", "bob@example.com"));
    assert_true(stands(stage, "scim:okta", "z", "eve@EXAMPLE.com"));
    assert_true(stands(stage, "scim:okta", NULL, "eve@example.com"));
    stage_close(stage);
}

/* Whoever left is not mailed again because their provider calls them something else now. */
static void a_marker_stands_for_the_address_too(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    put(stage, "1", "directory:corp", "x", "bob@example.com");
    put(stage, "2", "scim:okta", "y", "eve@example.com");

    static const struct {
        const char *origin, *external_id, *address;
        gboolean stands;
    } cases[] = {
        {"scim:okta", NULL, "EVE@example.com", TRUE},
        {"scim:okta", "z", "eve@example.com", TRUE},
        {"scim:okta", "z", "bob@example.com", FALSE},
        {"scim:okta", "z", NULL, FALSE},
        {"directory:corp", NULL, "bob@example.com", TRUE},
        {"directory:corp", "z", "bob@example.com", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Marker) marker = NULL;
        const struct marker_row row = {.organization = "acme",
                                       .origin = cases[i].origin,
                                       .external_id = cases[i].external_id,
                                       .user_name = "renamed",
                                       .address = cases[i].address};
        assert_true(marker_find(stage->session, &row, &marker, NULL));
        if ((marker != NULL) != cases[i].stands)
            fail_msg("%zu: %s %s %s", i, cases[i].origin, cases[i].external_id,
                     cases[i].address);
    }
    stage_close(stage);
}

static guint named(struct stage *stage, const char *organization, const char *address)
{
    g_autoptr(GPtrArray) markers = marker_named(stage->session, organization, address, NULL);
    assert_non_null(markers);
    return markers->len;
}

static void they_are_found_by_name_and_by_what_their_source_calls_them(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    put(stage, "1", "directory:corp", "x", "Bob@example.com");
    put(stage, "2", "scim:okta", "y", "eve@example.com");
    put(stage, "3", "scim:okta", "y", "bob@example.com");
    assert_int_equal(named(stage, "other", "bob@example.com"), 0);
    assert_int_equal(named(stage, "acme", "BOB@example.com"), 2);
    g_autoptr(GPtrArray) anchored =
        marker_anchored(stage->session, "acme", "scim:okta", "y", NULL);
    g_autoptr(GPtrArray) strange =
        marker_anchored(stage->session, "acme", "scim:okta", "x", NULL);
    assert_int_equal(anchored->len, 2);
    assert_int_equal(strange->len, 0);
    assert_true(marker_delete(stage->session, "acme", "1", NULL));
    assert_int_equal(named(stage, "acme", "bob@example.com"), 1);
    stage_close(stage);
}

static void a_sync_lifts_those_of_its_own_directory(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp"), labs = stage_sync("directory:labs"),
                       okta = stage_provider("directory:corp"),
                       dana = stage_person(stage->dana);
    const struct act lift = {.kind = ACT_MARKER_LIFT, .id = "1"};
    put(stage, "1", "directory:corp", "x", "bob@example.com");
    assert_int_equal(stage_do(stage, &labs, &lift), VERDICT_REFUSED);
    assert_int_equal(stage_do(stage, &okta, &lift), VERDICT_REFUSED);
    assert_int_equal(stage_do(stage, &corp, &lift), VERDICT_DONE);
    assert_int_equal(stage_do(stage, &corp, &lift), VERDICT_NOT_FOUND);
    put(stage, "1", "directory:corp", "x", "bob@example.com");
    assert_int_equal(stage_do(stage, &dana, &lift), VERDICT_DONE);
    stage_close(stage);
}

static void lists_name_the_kind_and_can_be_of_directories_alone(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    put(stage, "1", "directory:corp", "x", "bob@example.com");
    put(stage, "2", "scim:okta", "y", "eve@example.com");
    g_autoptr(GPtrArray) all = marker_list(stage->session, "acme", "", NULL);
    g_autoptr(GPtrArray) some = marker_list(stage->session, "acme", "directory:", NULL);
    assert_int_equal(all->len, 2);
    assert_int_equal(some->len, 1);
    const struct marker *marker = some->pdata[0];
    assert_string_equal(marker_kind_name(marker->kind), "left");
    assert_int_equal(marker->since, STAGE_START);
    g_autoptr(Marker) gone = NULL;
    assert_true(marker_delete(stage->session, "acme", "1", NULL));
    assert_true(marker_read(stage->session, "acme", "1", &gone, NULL));
    assert_null(gone);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_marker_is_of_its_origin_and_external_id),
        cmocka_unit_test(a_marker_stands_for_the_address_too),
        cmocka_unit_test(they_are_found_by_name_and_by_what_their_source_calls_them),
        cmocka_unit_test(a_sync_lifts_those_of_its_own_directory),
        cmocka_unit_test(lists_name_the_kind_and_can_be_of_directories_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
