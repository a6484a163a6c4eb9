#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/audit_key.h"
#include "scim/protocol/outcome.h"

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("audit-key-XXXXXX", NULL);
    return folder == NULL ? -1 : 0;
}

static int drop_folder(void **state)
{
    (void)state;
    g_autofree char *path = g_build_filename(folder, "key", NULL);
    g_unlink(path);
    int result = g_rmdir(folder);
    g_free(folder);
    return result;
}

static char *place(void)
{
    return g_build_filename(folder, "key", NULL);
}

static void a_key_is_made_once_and_read_from_then_on(void **state)
{
    (void)state;
    struct audit_key first, second, third;
    struct stat about;
    g_autofree char *path = place();
    assert_false(audit_key_read(path, &first, NULL));
    assert_true(audit_key_open(path, random_system(), &first, NULL));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(about.st_size, 65);
    assert_true(audit_key_open(path, random_system(), &second, NULL));
    assert_true(audit_key_read(path, &third, NULL));
    assert_memory_equal(&first, &second, sizeof first);
    assert_memory_equal(&first, &third, sizeof first);
    audit_key_wipe(&first);
    static const struct audit_key wiped = {{0}};
    assert_memory_equal(&first, &wiped, sizeof first);
    assert_memory_not_equal(&second, &wiped, sizeof second);
}

static void what_is_no_key_is_never_replaced(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        mode_t mode;
        const char *word;
    } cases[] = {
        {"", 0600, "no key"},
        {"not a key\n", 0600, "no key"},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 0600, "no key"},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg\n", 0600, "no key"},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n\n", 0600,
         "no key"},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", 0640, "open to"},
        {"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", 0604, "open to"},
    };

    g_autofree char *path = place();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct audit_key key;
        g_autoptr(GError) error = NULL;
        g_autofree char *left = NULL;
        assert_true(g_file_set_contents(path, cases[i].text, -1, NULL));
        assert_int_equal(chmod(path, cases[i].mode), 0);
        assert_false(audit_key_open(path, random_system(), &key, &error));
        assert_int_equal(error->code, OUTCOME_SETTINGS);
        assert_non_null(strstr(error->message, cases[i].word));
        assert_true(g_file_get_contents(path, &left, NULL, NULL));
        assert_string_equal(left, cases[i].text);
    }
}

static void a_link_is_not_followed_and_a_folder_is_no_key(void **state)
{
    (void)state;
    struct audit_key key;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = place();
    g_unlink(path);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_false(audit_key_open(path, random_system(), &key, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    assert_non_null(strstr(error->message, "\" cannot be used: "));
    g_clear_error(&error);
    assert_false(audit_key_open(folder, random_system(), &key, &error));
    assert_int_equal(error->code, OUTCOME_SETTINGS);
    g_unlink(path);
}

static gpointer open_one(gpointer path)
{
    struct audit_key key;
    return audit_key_open(path, random_system(), &key, NULL) ? g_memdup2(&key, sizeof key)
                                                             : NULL;
}

static void of_several_who_begin_at_once_all_have_the_same_key(void **state)
{
    (void)state;
    g_autofree char *path = place();
    g_unlink(path);
    GThread *threads[8];
    for (size_t i = 0; i < 8; i++)
        threads[i] = g_thread_new("key", open_one, path);
    struct audit_key *first = NULL;
    for (size_t i = 0; i < 8; i++) {
        struct audit_key *key = g_thread_join(threads[i]);
        assert_non_null(key);
        if (first == NULL)
            first = g_memdup2(key, sizeof *key);
        assert_memory_equal(first, key, sizeof *key);
        g_free(key);
    }
    g_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_made_once_and_read_from_then_on),
        cmocka_unit_test(what_is_no_key_is_never_replaced),
        cmocka_unit_test(a_link_is_not_followed_and_a_folder_is_no_key),
        cmocka_unit_test(of_several_who_begin_at_once_all_have_the_same_key),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
