/*
 * Secrets: named in the config, kept in files of their own or handed over by systemd.
 *
 *   g_autoptr(Secret) password = secret_read(&directory->bind_password, &error);
 *   bind(..., password->bytes, password->length);
 *
 * A file must be a regular file of mode 0600 or less, owned by us or by root, reached by no
 * symbolic link in its last part, in a directory that not everybody may write to. One newline
 * at the end is cut. No message ever shows a byte of it; the memory is wiped when it is freed.
 */
#pragma once

#include <glib.h>

/* Where a secret is: at most one of the two. Both NULL: there is none. */
struct secret_place {
    const char *file;
    const char *credential; /* the name of a file in $CREDENTIALS_DIRECTORY (systemd.exec(5)) */
};

struct secret {
    char *bytes; /* NUL-terminated for convenience; no NUL inside */
    gsize length;
};

typedef struct secret Secret;

/* Reads one. NULL and OUTCOME_SETTINGS with the reason; a place that names nothing is an error
 * too. At most 64 KiB. */
Secret *secret_read(const struct secret_place *place, GError **error);

/* Does the place name anything? */
gboolean secret_is_named(const struct secret_place *place);

/* Wipes and frees; NULL is fine. */
void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)

/* Writes `text` and a newline to `file`, mode 0600, by a new file and rename, so that a reader
 * has the old one or the new one. OUTCOME_INTERNAL. */
gboolean secret_write(const char *file, const char *text, GError **error);
