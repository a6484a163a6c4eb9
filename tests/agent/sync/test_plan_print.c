#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "agent/sync/plan_print.h"
#include "tests/agent/sync/sketch.h"

static GPtrArray *make_plans(const char *text)
{
    g_autoptr(Sketch) sketch = sketch_new(text);
    GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
    g_ptr_array_add(plans, sketch_plan(sketch));
    return plans;
}

static const char company[] =
    "cap 3\nproject search\nperson ann active owner search=admin\nperson bob active member\n"
    "person dan invited member\nread corp\nmarker corp gone gone@example.com\n"
    "want corp bob billing-admin\nwant corp cat member\nwant corp dan member "
    "mail=d@example.com\n"
    "aside corp eve";

static void people_read_every_line_with_its_reason(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans = make_plans(company);
    g_autofree char *text = plan_print_text(plans, NULL);
    assert_string_equal(
        text,
        "acme: 3 of 3 seats used, 2 steps\n"
        "  clear marker gone@example.com: left 'directory:corp'\n"
        "  set-organization-role bob@example.com: member -> billing-admin\n"
        "      wanted by 'directory:corp'\n"
        "  reissue dan@example.com: none -> mail 'd@example.com'\n"
        "      changed in 'directory:corp'\n"
        "  held (last-owner): remove 'ann@example.com' is held: no other active owner would be "
        "left (an invited one does not count)\n"
        "      because: no longer in any mapped group\n"
        "      released by: make somebody else an owner; once they are active the next run "
        "finishes this by itself\n"
        "  note (set-aside): 'uid=eve,dc=example' is set aside: it has no mail\n"
        "  waiting: 'cat@example.com' waits for a seat: 3 of 3 are taken (member)\n");
}

static void whose_roles_go_is_not_read_as_removed(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans =
        make_plans("project search\nperson ann active member origin=scim:okta\n"
                   "person bea active member origin=scim:okta\nlink okta member "
                   "search=read-only attached\nread okta\nattach okta\n"
                   "want okta ann member search=read-write anchor=ann");
    g_autofree char *text = plan_print_text(plans, NULL);
    assert_string_equal(text, "acme: 2 of 100 seats used, 2 steps\n"
                              "  set-organization-role ann@example.com: none -> member, "
                              "search/read-write [attached by directory:okta]\n"
                              "      wanted by 'directory:okta'\n"
                              "  remove roles of bea@example.com (member, search/read-only)\n"
                              "      no longer in any mapped group\n");
}

static void one_step_is_no_steps(void **state)
{
    (void)state;

    static const struct {
        const char *organization, *begins;
    } cases[] = {
        {"cap 3\nread corp\nwant corp ann member", "acme: 0 of 3 seats used, 1 step\n"},
        {"cap 3\nread corp", "acme: 0 of 3 seats used, 0 steps, nothing to do\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) plans = make_plans(cases[i].organization);
        g_autofree char *text = plan_print_text(plans, NULL);
        if (!g_str_has_prefix(text, cases[i].begins))
            fail_msg("%s", text);
    }
}

static void one_person_can_be_asked_for(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans = make_plans(company);
    g_autofree char *by_name = plan_print_text(plans, "BOB@example.com");
    g_autofree char *by_anchor = plan_print_text(plans, "a-bob");
    assert_non_null(strstr(by_name, "bob@example.com"));
    assert_null(strstr(by_name, "ann@example.com"));
    assert_string_equal(by_name, by_anchor);
}

static void programs_read_one_line(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans = make_plans(company);
    g_autofree char *text = plan_print_json(plans, NULL);
    json_t *value = json_loads(text, 0, NULL);
    const json_t *plan = json_array_get(json_object_get(value, "plans"), 0);
    assert_null(strchr(text, '\n'));
    assert_string_equal(json_string_value(json_object_get(plan, "organization")), "acme");
    assert_int_equal(json_array_size(json_object_get(plan, "steps")), 2);
    assert_int_equal(json_array_size(json_object_get(plan, "holds")), 1);
    assert_int_equal(json_array_size(json_object_get(plan, "notes")), 0);
    assert_int_equal(json_array_size(json_object_get(plan, "set_aside")), 1);
    assert_int_equal(json_array_size(json_object_get(plan, "waiting")), 1);
    assert_int_equal(json_array_size(json_object_get(plan, "markers")), 1);
    assert_true(json_is_null(json_object_get(plan, "approve")));
    json_decref(value);
}

static void the_digest_to_approve_is_shown(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans =
        make_plans("person ann active member\nread corp\nemptied corp staff");
    g_autofree char *text = plan_print_text(plans, NULL);
    g_autofree char *json = plan_print_json(plans, NULL);
    g_autofree char *digest = plan_approval_digest(g_ptr_array_index(plans, 0));
    g_autofree char *command = g_strdup_printf("rolecall sync --approve %s\n", digest);
    assert_non_null(strstr(text, command));
    assert_non_null(strstr(json, digest));
}

static void nothing_to_do_is_said(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans = make_plans("read corp");
    g_autofree char *text = plan_print_text(plans, NULL);
    assert_string_equal(text, "acme: 0 of 100 seats used, 0 steps, nothing to do\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_read_every_line_with_its_reason),
        cmocka_unit_test(one_step_is_no_steps),
        cmocka_unit_test(whose_roles_go_is_not_read_as_removed),
        cmocka_unit_test(one_person_can_be_asked_for),
        cmocka_unit_test(programs_read_one_line),
        cmocka_unit_test(the_digest_to_approve_is_shown),
        cmocka_unit_test(nothing_to_do_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
