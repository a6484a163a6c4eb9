#include "agent/settings/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scim/protocol/outcome.h"

#define SECRET_MAX_BYTES 65536

static void refuse(GError **error, const char *file, const char *reason)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "the secret file \"%s\" %s", file, reason);
}

/* Why the system does not let the file be read, in words that follow its name. */
static void refuse_errno(GError **error, const char *file, int number)
{
    g_autofree char *reason = NULL;
    switch (number) {
    case ELOOP:
        refuse(error, file, "is a symbolic link: name the file itself");
        break;
    case ENOENT:
        refuse(error, file, "does not exist");
        break;
    case EACCES:
        refuse(error, file, "may not be read by us");
        break;
    default:
        reason = g_strdup_printf("cannot be read: %s", g_strerror(number));
        refuse(error, file, reason);
    }
}

/* What is wrong with the file behind the descriptor, or NULL. The caller frees. */
static char *complaint_about(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return g_strdup("is not a regular file");
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return g_strdup_printf("belongs to user %u, not to us (%u) or root",
                               (unsigned)status->st_uid, (unsigned)geteuid());
    if ((status->st_mode & 077) != 0)
        return g_strdup_printf("has mode %04o, so that others can use it: chmod 600 it",
                               (unsigned)(status->st_mode & 07777));
    return NULL;
}

/* Whoever may write to the directory can put another file in its place. */
static gboolean parent_is_sound(const char *file, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(file);
    struct stat status;
    if (stat(parent, &status) != 0) {
        refuse_errno(error, file, errno);
        return FALSE;
    }
    if ((status.st_mode & S_IWOTH) != 0) {
        refuse(error, file, "is in a directory that everybody may write to");
        return FALSE;
    }
    return TRUE;
}

/* Reads to the end or one byte past the most a secret may have; -1 with errno on failure. */
static gssize read_all(int descriptor, char *buffer, gsize room)
{
    gsize filled = 0;
    while (filled < room) {
        const gssize count = read(descriptor, buffer + filled, room - filled);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        filled += (gsize)count;
    }
    return (gssize)filled;
}

/* Cuts the one newline and says what is wrong with the rest, or NULL. */
static const char *finish(Secret *secret)
{
    if (secret->length > 0 && secret->bytes[secret->length - 1] == '\n')
        secret->length--;
    secret->bytes[secret->length] = '\0';
    if (secret->length == 0)
        return "is empty";
    if (secret->length >= SECRET_MAX_BYTES)
        return "is longer than 64 KiB";
    if (memchr(secret->bytes, '\0', secret->length) != NULL)
        return "has a NUL byte in it";
    if (memchr(secret->bytes, '\r', secret->length) != NULL)
        return "has a carriage return in it: save it with Unix line ends";
    if (memchr(secret->bytes, '\n', secret->length) != NULL)
        return "has more than one line";
    return NULL;
}

static Secret *read_descriptor(int descriptor, const char *file, GError **error)
{
    g_autoptr(Secret) secret = g_new0(Secret, 1);
    secret->bytes = g_malloc0(SECRET_MAX_BYTES + 2);
    const gssize count = read_all(descriptor, secret->bytes, SECRET_MAX_BYTES + 1);
    if (count < 0) {
        refuse_errno(error, file, errno);
        return NULL;
    }
    secret->length = (gsize)count;
    const char *reason = finish(secret);
    if (reason != NULL) {
        refuse(error, file, reason);
        return NULL;
    }
    return g_steal_pointer(&secret);
}

/* O_NONBLOCK: a FIFO must not hold us up before fstat() says what it is. */
static Secret *read_file(const char *file, gboolean is_credential, GError **error)
{
    if (!is_credential && !parent_is_sound(file, error))
        return NULL;
    const int descriptor =
        open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        refuse_errno(error, file, errno);
        return NULL;
    }
    Secret *secret = NULL;
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        refuse_errno(error, file, errno);
    } else {
        /* systemd hands credentials over with an access list that shows as mode 0440 */
        g_autofree char *reason = is_credential ? NULL : complaint_about(&status);
        if (reason != NULL)
            refuse(error, file, reason);
        else
            secret = read_descriptor(descriptor, file, error);
    }
    close(descriptor);
    return secret;
}

static Secret *read_credential(const char *name, GError **error)
{
    const char *directory = g_getenv("CREDENTIALS_DIRECTORY");
    if (directory == NULL || !g_path_is_absolute(directory)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "the credential \"%s\" cannot be had: systemd handed none over "
                    "(LoadCredential= in the unit)",
                    name);
        return NULL;
    }
    if (strchr(name, '/') != NULL || name[0] == '.') {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "the credential \"%s\" must be a plain name", name);
        return NULL;
    }
    g_autofree char *file = g_build_filename(directory, name, NULL);
    return read_file(file, TRUE, error);
}

Secret *secret_read(const struct secret_place *place, GError **error)
{
    if (place->credential != NULL)
        return read_credential(place->credential, error);
    if (place->file != NULL)
        return read_file(place->file, FALSE, error);
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "no secret is named");
    return NULL;
}

gboolean secret_is_named(const struct secret_place *place)
{
    return place->file != NULL || place->credential != NULL;
}

void secret_free(Secret *secret)
{
    if (secret == NULL)
        return;
    explicit_bzero(secret->bytes, SECRET_MAX_BYTES);
    g_free(secret->bytes);
    g_free(secret);
}

gboolean secret_write(const char *file, const char *text, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    const gboolean done = g_file_set_contents_full(
        file, line, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
        &reason);
    explicit_bzero(line, strlen(line));
    if (!done)
        g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "\"%s\" cannot be written: %s", file,
                    reason->message);
    return done;
}
