#include "scim/organization/audit_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scim/protocol/outcome.h"

#define DIGITS ((gsize)2 * AUDIT_KEY_BYTES)

static gboolean fail(const char *path, const char *what, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "the audit key \"%s\" %s", path, what);
    return FALSE;
}

/* In the system's words. */
static gboolean fail_there(const char *path, int problem, GError **error)
{
    g_autofree char *what = g_strdup_printf("cannot be used: %s", g_strerror(problem));
    return fail(path, what, error);
}

static gboolean check_file(const char *path, int file, GError **error)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return fail_there(path, errno, error);
    if (!S_ISREG(about.st_mode))
        return fail(path, "is no plain file", error);
    if (about.st_uid != geteuid())
        return fail(path, "belongs to another user: give it to the one who runs rolecall",
                    error);
    if ((about.st_mode & 077) != 0)
        return fail(path, "is open to others: chmod 600", error);
    return TRUE;
}

static gboolean parse(const char *text, gsize length, struct audit_key *key)
{
    if (length != DIGITS + 1 || text[DIGITS] != '\n')
        return FALSE;
    for (gsize i = 0; i < AUDIT_KEY_BYTES; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return FALSE;
        key->bytes[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

/* `missing` is set instead of an error where there is no file. */
static gboolean read_file(const char *path, struct audit_key *key, gboolean *missing,
                          GError **error)
{
    char text[DIGITS + 2];
    *missing = FALSE;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0 && errno == ENOENT) {
        *missing = TRUE;
        return FALSE;
    }
    if (file < 0)
        return fail_there(path, errno, error);
    if (!check_file(path, file, error)) {
        close(file);
        return FALSE;
    }
    ssize_t length = read(file, text, sizeof text);
    close(file);
    gboolean ok = length >= 0 && parse(text, (gsize)length, key);
    explicit_bzero(text, sizeof text);
    return ok || fail(path, "holds no key: 64 hexadecimal digits and a newline", error);
}

gboolean audit_key_read(const char *path, struct audit_key *key, GError **error)
{
    gboolean missing;
    if (read_file(path, key, &missing, error))
        return TRUE;
    return missing ? fail(path, "is missing", error) : FALSE;
}

static gboolean write_whole(int file, const char *text, gsize length)
{
    return write(file, text, length) == (ssize_t)length && fsync(file) == 0;
}

/* Whole or not there: written beside, then linked, which never takes another's place. */
static gboolean make_file(const char *path, const struct random_source *random, GError **error)
{
    g_autofree char *digits = random_hex(random, AUDIT_KEY_BYTES);
    g_autofree char *text = g_strconcat(digits, "\n", NULL);
    g_autofree char *suffix = random_hex(random, 8);
    g_autofree char *beside = g_strdup_printf("%s.%s", path, suffix);
    int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return fail_there(path, errno, error);
    gboolean ok = write_whole(file, text, strlen(text));
    int problem = errno;
    close(file);
    explicit_bzero(digits, strlen(digits));
    explicit_bzero(text, strlen(text));
    /* Another process may have made one meanwhile: then that one is the key. */
    if (ok && link(beside, path) != 0 && errno != EEXIST) {
        problem = errno;
        ok = FALSE;
    }
    unlink(beside);
    return ok || fail_there(path, problem, error);
}

gboolean audit_key_open(const char *path, const struct random_source *random,
                        struct audit_key *key, GError **error)
{
    gboolean missing;
    if (read_file(path, key, &missing, error))
        return TRUE;
    return missing && make_file(path, random, error) && audit_key_read(path, key, error);
}

void audit_key_wipe(struct audit_key *key)
{
    explicit_bzero(key, sizeof *key);
}
