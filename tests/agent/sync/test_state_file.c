#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "agent/sync/state_file.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/state_folder.h"

static void what_was_written_is_read(void **state)
{
    g_autofree char *path = g_build_filename(*state, "x.json", NULL);
    GStatBuf status;
    json_t *object = json_pack("{s:i}", "a", 1);
    assert_true(state_file_write(*state, "x.json", object, NULL));
    assert_int_equal(g_stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    json_t *back = state_file_read(*state, "x.json", NULL);
    assert_true(json_equal(object, back));
    json_decref(back);
    json_decref(object);
}

static void no_file_is_an_empty_object(void **state)
{
    json_t *object = state_file_read(*state, "x.json", NULL);
    assert_non_null(object);
    assert_int_equal(json_object_size(object), 0);
    json_decref(object);
}

static void a_broken_file_is_no_empty_object(void **state)
{
    static const char *const broken[] = {"", "{\"a\":", "[1]", "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        state_folder_put(*state, "x.json", broken[i]);
        assert_null(state_file_read(*state, "x.json", &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
        assert_non_null(strstr(error->message, "x.json"));
    }
}

static void without_a_folder_nothing_is_written(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = g_build_filename(*state, "nowhere", NULL);
    json_t *object = json_object();
    assert_false(state_file_write(nowhere, "x.json", object, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERNAL));
    json_decref(object);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, state_folder_set_up, state_folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_written_is_read),
        TEST(no_file_is_an_empty_object),
        TEST(a_broken_file_is_no_empty_object),
        TEST(without_a_folder_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
