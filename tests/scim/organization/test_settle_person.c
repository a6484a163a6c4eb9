#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/invitation.h"
#include "scim/organization/link.h"
#include "scim/organization/marker.h"
#include "scim/organization/person.h"
#include "scim/organization/settle_person.h"
#include "tests/scim/organization/stage.h"

/* What becomes of a status when a link or an owner suspends, lifts that, or accepts. */
static void the_status_follows_from_links_and_history(void **state)
{
    (void)state;

    static const struct {
        gboolean accepted, active, accept, hold;
        enum person_status status;
    } cases[] = {
        {TRUE, TRUE, FALSE, FALSE, PERSON_ACTIVE},
        {TRUE, FALSE, FALSE, FALSE, PERSON_SUSPENDED},
        {FALSE, TRUE, FALSE, FALSE, PERSON_INVITED},
        {FALSE, FALSE, FALSE, FALSE, PERSON_SUSPENDED},
        {FALSE, TRUE, TRUE, FALSE, PERSON_ACTIVE},
        {FALSE, FALSE, TRUE, FALSE, PERSON_SUSPENDED},
        {FALSE, TRUE, FALSE, TRUE, PERSON_HELD},
        {TRUE, TRUE, FALSE, TRUE, PERSON_ACTIVE},
    };
    const struct actor corp = stage_sync("directory:corp");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct stage *stage = stage_open(10);
        struct change change;
        struct touched *touched;
        g_autofree char *bob = stage_linked(stage, &corp, "bob@example.com",
                                            ORGANIZATION_ROLE_MEMBER, cases[i].accepted);
        const struct link_key key = {"acme", bob, "directory:corp"};
        const struct link_value value = {
            .external_id = "x", .active = cases[i].active, .role = ORGANIZATION_ROLE_MEMBER};
        stage_begin(stage, &change, &corp);
        assert_true(change_touch(&change, bob, &touched, NULL));
        touched->accept = cases[i].accept;
        touched->hold = cases[i].hold ? g_strdup("because") : NULL;
        assert_true(link_put(stage->session, &key, &value, NULL));
        assert_true(settle_person(&change, touched, NULL));
        if (touched->after->status != cases[i].status)
            fail_msg("case %zu: %s", i, person_status_name(touched->after->status));
        assert_int_equal(touched->after->expires_at != 0, cases[i].status == PERSON_INVITED);
        stage_give_up(stage, &change);
    }
}

static void a_suspension_says_who_is_behind_it(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct change change;
    struct touched *touched;
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct link_key key = {"acme", bob, "directory:corp"};
    const struct link_value value = {
        .external_id = "x", .active = FALSE, .role = ORGANIZATION_ROLE_MEMBER};
    stage_begin(stage, &change, &corp);
    assert_true(change_touch(&change, bob, &touched, NULL));
    assert_true(link_put(stage->session, &key, &value, NULL));
    assert_true(person_write_suspended(stage->session, "acme", bob, TRUE, NULL));
    assert_true(settle_person(&change, touched, NULL));
    assert_string_equal(touched->after->reason, "Suspended by an owner and by directory:corp.");
    stage_give_up(stage, &change);
}

static void whoever_goes_leaves_no_row_and_the_markers_asked_for(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor corp = stage_sync("directory:corp");
    struct change change;
    struct touched *touched;
    g_autofree char *bob =
        stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, FALSE);
    stage_begin(stage, &change, &corp);
    assert_true(change_touch(&change, bob, &touched, NULL));
    assert_true(settle_gone(&change, touched, INVITATION_DECLINED, MARKER_DECLINED, NULL));
    assert_true(settle_person(&change, touched, NULL));
    assert_null(touched->after);
    assert_null(stage_facts(stage, bob));
    g_autoptr(GPtrArray) markers = marker_list(stage->session, "acme", "", NULL);
    assert_int_equal(markers->len, 1);
    stage_give_up(stage, &change);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_follows_from_links_and_history),
        cmocka_unit_test(a_suspension_says_who_is_behind_it),
        cmocka_unit_test(whoever_goes_leaves_no_row_and_the_markers_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
