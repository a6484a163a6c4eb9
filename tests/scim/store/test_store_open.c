#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/protocol/outcome.h"
#include "scim/store/migrations.h"
#include "scim/store/store_open.h"

static char *scratch(const char *name)
{
    g_autofree char *folder = g_dir_make_tmp("rolecall-store-XXXXXX", NULL);
    return g_build_filename(folder, name, NULL);
}

static void only_a_store_it_knows_is_opened(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "sqlite", "/var/lib/x.db", "mysql:/x",
                                        "sqlite:relative.db"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        g_autoptr(GError) error = NULL;
        assert_null(store_open(wrong[i], &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    }
}

static void the_file_of_a_store_is_in_its_name(void **state)
{
    (void)state;
    static const char *const none[] = {"", "sqlite", "mysql:/x", "sqlite:relative.db",
                                       "sqlite::memory:"};
    assert_string_equal(store_file("sqlite:/var/lib/x.db"), "/var/lib/x.db");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(store_file(none[i]));
}

static void a_new_file_is_its_owners_alone(void **state)
{
    (void)state;
    g_autofree char *file = scratch("store.db");
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    struct stat found;
    mode_t old = umask(0);
    g_autoptr(Store) store = store_open(uri, NULL);
    umask(old);
    assert_non_null(store);
    assert_int_equal(g_stat(file, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

static void a_file_that_is_no_store_is_refused(void **state)
{
    (void)state;
    g_autofree char *file = scratch("store.db");
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    g_autoptr(GError) error = NULL;
    char text[4096];
    memset(text, 'x', sizeof text);
    assert_true(g_file_set_contents(file, text, sizeof text, NULL));
    assert_null(store_open(uri, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, file));
}

static void a_missing_folder_is_told_with_its_path(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(store_open("sqlite:/nowhere/at/all/store.db", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "/nowhere/at/all/store.db"));
}

static void the_callers_own_file_or_folder_passes_and_others_do_not(void **state)
{
    (void)state;
    g_autofree char *file = scratch("store.db");
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    g_autoptr(GError) error = NULL;
    assert_true(store_check_owner(uri, NULL));
    g_autoptr(Store) store = store_open(uri, NULL);
    assert_true(store_check_owner(uri, NULL));
    assert_false(store_check_owner("sqlite:/nowhere/store.db", &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "\"/nowhere\""));
    assert_non_null(strstr(error->message, "make this folder"));
}

static void a_newer_schema_is_refused_and_left_alone(void **state)
{
    (void)state;
    g_autofree char *file = scratch("store.db");
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    g_autoptr(GError) error = NULL;
    Store *store = store_open(uri, NULL);
    StoreSession *session = store_session_open(store, STORE_WRITE, NULL);
    assert_true(store_run(session, "INSERT INTO migration (number) VALUES (?)",
                          STORE_BIND(store_int(migrations_newest() + 1)), NULL));
    store_session_close(session);
    store_close(store);
    assert_null(store_open(uri, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    assert_non_null(strstr(error->message, "newer"));
}

static void opening_again_finds_what_was_written(void **state)
{
    (void)state;
    g_autofree char *file = scratch("store.db");
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    for (int round = 0; round < 3; round++) {
        g_autoptr(Store) store = store_open(uri, NULL);
        g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
        gint64 number = 0;
        assert_true(migrations_read(session, &number, NULL));
        assert_int_equal(number, migrations_newest());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_store_it_knows_is_opened),
        cmocka_unit_test(the_file_of_a_store_is_in_its_name),
        cmocka_unit_test(a_new_file_is_its_owners_alone),
        cmocka_unit_test(a_file_that_is_no_store_is_refused),
        cmocka_unit_test(a_missing_folder_is_told_with_its_path),
        cmocka_unit_test(the_callers_own_file_or_folder_passes_and_others_do_not),
        cmocka_unit_test(a_newer_schema_is_refused_and_left_alone),
        cmocka_unit_test(opening_again_finds_what_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
