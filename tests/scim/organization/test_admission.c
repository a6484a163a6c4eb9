#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/admission.h"
#include "scim/organization/marker.h"
#include "tests/scim/organization/stage.h"

/* What would become of somebody whom okta rehearses, with this address in their profile. */
static void consider(struct stage *stage, const char *address, const char *words)
{
    struct actor okta = stage_provider("scim:okta");
    struct change change;
    struct touched *touched;
    okta.rehearses = TRUE;
    g_autofree char *profile = g_strdup_printf("{\"emails\":[{\"value\":\"%s\"}]}", address);
    const struct person_draft draft = {.user_name = "somebody",
                                       .profile = profile,
                                       .address = address,
                                       .external_id = "00u1",
                                       .active = TRUE};
    const struct act create = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &create), VERDICT_DONE);
    g_autofree char *id = g_strdup(stage->verdict.id);
    const struct actor operator= stage_operator();
    stage_begin(stage, &change, &operator);
    assert_true(change_touch(&change, id, &touched, NULL));
    assert_true(admission_consider(&change, touched, "scim:okta", NULL));
    assert_int_equal(touched->release, words == NULL);
    if (words != NULL) {
        assert_non_null(touched->hold);
        assert_non_null(strstr(touched->hold, words));
    }
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    assert_int_equal(facts->address != NULL, words == NULL || strstr(words, "left") != NULL);
    stage_give_up(stage, &change);
}

static void whoever_can_be_mailed_is_released(void **state)
{
    (void)state;
    consider(stage_open(10), "bob@example.com", NULL);
}

static void what_cannot_be_mailed_is_held_with_what_would_release_it(void **state)
{
    (void)state;
    consider(stage_open(10), "bob@elsewhere.com", "domains");
    consider(stage_open(10), "no mail", "no address");
    consider(stage_open(10), "dana@example.com", "Another person");
}

static void whoever_left_is_held_until_an_owner_invites_them(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct marker_row row = {.organization = "acme",
                                   .id = "m1",
                                   .origin = "scim:okta",
                                   .external_id = "00u1",
                                   .user_name = "bob@example.com",
                                   .kind = MARKER_LEFT,
                                   .since = STAGE_START};
    assert_true(marker_insert(stage->session, &row, NULL));
    consider(stage, "bob@example.com", "left");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_can_be_mailed_is_released),
        cmocka_unit_test(what_cannot_be_mailed_is_held_with_what_would_release_it),
        cmocka_unit_test(whoever_left_is_held_until_an_owner_invites_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
