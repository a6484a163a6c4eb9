#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <jansson.h>

#include "agent/sync/plan_file.h"
#include "agent/sync/plan_print.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/sketch.h"

static const char sketch_text[] =
    "cap 4\nproject search\nperson ann active owner search=admin origin=manual\n"
    "person bob active member search=read-only\nperson cat active member origin=old\n"
    "person dan active owner title=Old\nread corp\nread labs\nadopt labs\n"
    "marker corp gone gone@example.com\nwant corp eve billing-admin search=admin\n"
    "want labs eve owner\nwant corp fay member\nwant corp dan member title=New\naside corp gil";

static GPtrArray *make_plans(void)
{
    g_autoptr(Sketch) sketch = sketch_new(sketch_text);
    GPtrArray *plans = g_ptr_array_new_with_free_func((GDestroyNotify)plan_free);
    Plan *plan = sketch_plan(sketch);
    plan_seal(plan, sketch->actual);
    assert_true(plan->steps->len >= 4);
    assert_true(plan->waiting->len + plan->notes->len >= 2);
    assert_int_equal(plan->markers->len, 1);
    g_ptr_array_add(plans, plan);
    return plans;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plans = make_plans();
    g_autofree char *text = plan_file_print(plans);
    g_autoptr(GPtrArray) back = plan_file_parse(text, strlen(text), &error);
    assert_null(error);
    assert_non_null(back);
    g_autofree char *again = plan_file_print(back);
    assert_string_equal(text, again);
    g_autofree char *shown = plan_print_text(plans, NULL);
    g_autofree char *shown_again = plan_print_text(back, NULL);
    assert_string_equal(shown, shown_again);
    const Plan *one = g_ptr_array_index(plans, 0);
    const Plan *other = g_ptr_array_index(back, 0);
    for (guint i = 0; i < one->steps->len; i++) {
        g_autofree char *key = plan_step_key(&g_array_index(one->steps, struct plan_step, i));
        g_autofree char *same =
            plan_step_key(&g_array_index(other->steps, struct plan_step, i));
        assert_string_equal(key, same);
    }
}

static void a_file_keeps_a_plan(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plans = make_plans();
    g_autofree char *folder = g_dir_make_tmp("plan-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "plan.json", NULL);
    GStatBuf status;
    assert_true(plan_file_write(path, plans, &error));
    assert_int_equal(g_stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    g_autoptr(GPtrArray) back = plan_file_read(path, &error);
    assert_non_null(back);
    assert_int_equal(back->len, 1);
    g_remove(path);
    g_autoptr(GPtrArray) none = plan_file_read(path, &error);
    assert_null(none);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
    assert_int_equal(g_rmdir(folder), 0);
}

static void one_changed_byte_is_seen(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) plans = make_plans();
    g_autofree char *text = plan_file_print(plans);
    size_t length = strlen(text);
    guint unseen = 0;
    for (size_t i = 0; i < length; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *changed = g_strdup(text);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        g_autoptr(GPtrArray) back = plan_file_parse(changed, length, &error);
        unseen += back != NULL ? 1 : 0;
        assert_true(back != NULL || g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
    }
    assert_int_equal(unseen, 0);
}

/* A file with a digest that fits, around the given plan. */
static char *wrap(const char *form, const char *plan)
{
    json_t *list = json_loads(plan, 0, NULL);
    assert_non_null(list);
    char *canonical = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, canonical, -1);
    char *text = g_strdup_printf("{\"rolecallPlan\":%s,\"plans\":%s,\"digest\":\"%s\"}", form,
                                 canonical, digest);
    json_decref(list);
    free(canonical);
    return text;
}

#define PLAN_OF(steps)                                                                         \
    "[{\"organization\":\"acme\",\"steps\":[" steps                                            \
    "],\"holds\":[],\"notes\":[],\"waiting\":[],\"markers\":[]}]"
#define STEP(more)                                                                             \
    "{\"step\":\"remove\",\"organization\":\"acme\",\"origin\":\"directory:d\","               \
    "\"externalId\":\"1\",\"userName\":\"u\",\"from\":\"member\",\"to\":\"none\"" more "}"

struct bad_case {
    const char *form, *plan, *says;
};

static const struct bad_case bad_cases[] = {
    {"1", PLAN_OF(STEP(",\"person\":\"7\"")), NULL},
    {"2", PLAN_OF(""), "newer"},
    {"1", PLAN_OF(STEP("")), "'person'"},
    {"1", PLAN_OF(STEP(",\"person\":7")), "'person' is not a text"},
    {"1", PLAN_OF(STEP(",\"person\":\"7\",\"needs\":[0]")), "does not come before"},
    {"1", PLAN_OF(STEP(",\"madeBy\":0")), "made by no invite"},
    {"1", PLAN_OF(STEP(",\"person\":\"7\",\"flags\":[\"brave\"]")), "no flag"},
    {"1", PLAN_OF("17"), "not an object"},
    {"1", "[{\"organization\":\"acme\"}]", "'steps' is no list"},
    {"1", "[{}]", "names no organization"},
    {"0", "[]", "lacks"},
};

static void what_is_no_plan_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = wrap(bad_cases[i].form, bad_cases[i].plan);
        g_autoptr(GPtrArray) plans = plan_file_parse(text, strlen(text), &error);
        assert_int_equal(plans != NULL, bad_cases[i].says == NULL);
        if (bad_cases[i].says != NULL && strstr(error->message, bad_cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(a_file_keeps_a_plan),
        cmocka_unit_test(one_changed_byte_is_seen),
        cmocka_unit_test(what_is_no_plan_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
