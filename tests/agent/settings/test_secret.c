#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>

#include "agent/settings/secret.h"
#include "scim/protocol/outcome.h"

#define SHOWN "never-to-be-seen"

struct folder {
    char *path;
    char *file; /* <path>/secret */
};

static int make_folder(void **state)
{
    struct folder *folder = g_new0(struct folder, 1);
    folder->path = g_dir_make_tmp("rolecall-secret-XXXXXX", NULL);
    folder->file = g_build_filename(folder->path, "secret", NULL);
    *state = folder;
    return folder->path == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    g_autoptr(GDir) listing = g_dir_open(folder->path, 0, NULL);
    for (const char *name; (name = g_dir_read_name(listing)) != NULL;) {
        g_autofree char *file = g_build_filename(folder->path, name, NULL);
        if (g_unlink(file) != 0)
            g_rmdir(file);
    }
    g_rmdir(folder->path);
    g_free(folder->path);
    g_free(folder->file);
    g_free(folder);
    return 0;
}

static void write_file(const struct folder *folder, const char *bytes, gsize length, guint mode)
{
    assert_true(g_file_set_contents(folder->file, bytes, (gssize)length, NULL));
    assert_int_equal(g_chmod(folder->file, mode), 0);
}

static void expect_refused(const char *file, const char *reason)
{
    g_autoptr(GError) error = NULL;
    const struct secret_place place = {.file = file};
    Secret *secret = secret_read(&place, &error);
    assert_null(secret);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    if (strstr(error->message, reason) == NULL || strstr(error->message, file) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error->message, reason);
    assert_null(strstr(error->message, SHOWN));
}

static void a_sound_file_is_read_without_its_newline(void **state)
{
    const struct folder *folder = *state;

    static const struct {
        const char *bytes;
        guint mode;
    } cases[] = {{SHOWN "\n", 0600}, {SHOWN, 0600}, {SHOWN "\n", 0400}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_file(folder, cases[i].bytes, strlen(cases[i].bytes), cases[i].mode);
        const struct secret_place place = {.file = folder->file};
        g_autoptr(GError) error = NULL;
        g_autoptr(Secret) secret = secret_read(&place, &error);
        assert_null(error);
        assert_string_equal(secret->bytes, SHOWN);
        assert_int_equal(secret->length, strlen(SHOWN));
    }
}

static void what_others_can_read_or_write_is_refused(void **state)
{
    const struct folder *folder = *state;
    static const guint modes[] = {0644, 0640, 0604, 0660, 0610, 0620, 0777};
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        write_file(folder, SHOWN "\n", strlen(SHOWN "\n"), modes[i]);
        g_autofree char *mode = g_strdup_printf("has mode %04o", modes[i]);
        expect_refused(folder->file, mode);
    }
}

static void unusable_content_is_refused_and_never_shown(void **state)
{
    const struct folder *folder = *state;

    static const struct {
        const char *bytes;
        gsize length;
        const char *reason;
    } cases[] = {
        {"", 0, "is empty"},
        {"\n", 1, "is empty"},
        {SHOWN "\r\n", sizeof(SHOWN "\r\n") - 1, "carriage return"},
        {SHOWN "\nmore\n", sizeof(SHOWN "\nmore\n") - 1, "more than one line"},
        {SHOWN "\n\n", sizeof(SHOWN "\n\n") - 1, "more than one line"},
        {SHOWN "\0more", sizeof(SHOWN "\0more") - 1, "NUL byte"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_file(folder, cases[i].bytes, cases[i].length, 0600);
        expect_refused(folder->file, cases[i].reason);
    }
    g_autofree char *large = g_strnfill(65537, 'a');
    write_file(folder, large, 65537, 0600);
    expect_refused(folder->file, "longer than 64 KiB");
}

static void a_symbolic_link_is_refused(void **state)
{
    const struct folder *folder = *state;
    g_autofree char *link = g_build_filename(folder->path, "link", NULL);
    write_file(folder, SHOWN "\n", strlen(SHOWN "\n"), 0600);
    assert_int_equal(symlink(folder->file, link), 0);
    expect_refused(link, "is a symbolic link");
}

static void what_is_no_regular_file_is_refused_without_waiting(void **state)
{
    const struct folder *folder = *state;
    g_autofree char *deeper = g_build_filename(folder->path, "none", "secret", NULL);
    expect_refused(folder->file, "does not exist");
    expect_refused(deeper, "does not exist");
    assert_int_equal(mkfifo(folder->file, 0600), 0);
    expect_refused(folder->file, "is not a regular file");
    assert_int_equal(g_unlink(folder->file), 0);
    assert_int_equal(g_mkdir(folder->file, 0700), 0);
    expect_refused(folder->file, "is not a regular file");
}

static void a_directory_that_everybody_writes_to_is_refused(void **state)
{
    const struct folder *folder = *state;
    write_file(folder, SHOWN "\n", strlen(SHOWN "\n"), 0600);
    static const guint modes[] = {0777, 01777, 0703};
    for (gsize i = 0; i < G_N_ELEMENTS(modes); i++) {
        assert_int_equal(g_chmod(folder->path, modes[i]), 0);
        expect_refused(folder->file, "everybody may write to");
    }
    assert_int_equal(g_chmod(folder->path, 0700), 0);
}

/* Only root can give files away, and so show what happens to one of another user. */
static void a_file_of_somebody_else_is_refused(void **state)
{
    const struct folder *folder = *state;
    write_file(folder, SHOWN "\n", strlen(SHOWN "\n"), 0600);
    if (geteuid() != 0) {
        skip();
        return;
    }
    assert_int_equal(chown(folder->file, 65534, 65534), 0);
    expect_refused(folder->file, "belongs to user 65534");
}

static void a_credential_comes_from_the_directory_of_systemd(void **state)
{
    const struct folder *folder = *state;
    const struct secret_place place = {.credential = "secret"};
    g_autoptr(GError) error = NULL;
    g_unsetenv("CREDENTIALS_DIRECTORY");
    assert_null(secret_read(&place, &error));
    assert_non_null(strstr(error->message, "LoadCredential="));
    g_clear_error(&error);

    g_setenv("CREDENTIALS_DIRECTORY", folder->path, TRUE);
    write_file(folder, SHOWN "\n", strlen(SHOWN "\n"), 0440);
    g_autoptr(Secret) secret = secret_read(&place, &error);
    assert_null(error);
    assert_string_equal(secret->bytes, SHOWN);

    const struct secret_place outside = {.credential = "../secret"};
    assert_null(secret_read(&outside, &error));
    assert_non_null(strstr(error->message, "plain name"));
    g_clear_error(&error);

    const struct secret_place absent = {.credential = "absent"};
    assert_null(secret_read(&absent, &error));
    assert_non_null(strstr(error->message, "does not exist"));
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void a_place_that_names_nothing_is_an_error(void **state)
{
    (void)state;
    const struct secret_place place = {NULL, NULL};
    g_autoptr(GError) error = NULL;
    assert_false(secret_is_named(&place));
    assert_null(secret_read(&place, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
}

static void what_is_written_can_be_read_by_us_alone(void **state)
{
    const struct folder *folder = *state;
    g_autoptr(GError) error = NULL;
    struct stat status;
    for (int round = 0; round < 2; round++) {
        assert_true(secret_write(folder->file, SHOWN, &error));
        assert_int_equal(stat(folder->file, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        assert_int_equal(g_chmod(folder->file, 0644), 0);
    }
    assert_int_equal(g_chmod(folder->file, 0600), 0);
    const struct secret_place place = {.file = folder->file};
    g_autoptr(Secret) secret = secret_read(&place, &error);
    assert_string_equal(secret->bytes, SHOWN);
    assert_false(secret_write("/nowhere/at/all", SHOWN, &error));
    assert_null(strstr(error->message, SHOWN));
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_sound_file_is_read_without_its_newline),
        IN_A_FOLDER(what_others_can_read_or_write_is_refused),
        IN_A_FOLDER(unusable_content_is_refused_and_never_shown),
        IN_A_FOLDER(a_symbolic_link_is_refused),
        IN_A_FOLDER(what_is_no_regular_file_is_refused_without_waiting),
        IN_A_FOLDER(a_directory_that_everybody_writes_to_is_refused),
        IN_A_FOLDER(a_file_of_somebody_else_is_refused),
        IN_A_FOLDER(a_credential_comes_from_the_directory_of_systemd),
        cmocka_unit_test(a_place_that_names_nothing_is_an_error),
        IN_A_FOLDER(what_is_written_can_be_read_by_us_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
