/*
 * A connection to one directory: verified, bound, and bounded in time.
 *
 *   g_autoptr(DirectorySession) session = directory_session_open(options, &error);
 *   ... directory_search() ...
 *
 * libldap is made safe before its first call (L1, L5, L6): no files or environment of its own,
 * protocol 3, no referrals, no aliases, a certificate demanded and read back, asynchronous
 * connecting (without it both of its time limits hang for ever in a TLS handshake).
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_kind.h"
#include "agent/directory/directory_options.h"
#include "agent/sync/source.h"

struct ldap;

struct directory_session {
    const DirectoryOptions *options;        /* borrowed */
    const struct source_observer *observer; /* borrowed, or NULL: set by whoever opened it */
    struct ldap *handle;
    const char *uri;          /* the one that answered; borrowed from the options */
    char **naming_contexts;   /* of the rootDSE */
    enum directory_kind kind; /* what the rootDSE shows */
    gboolean pages;           /* RFC 2696 is offered */
    guint entries;            /* read so far over this session */
    guint references;         /* seen and not followed */
    gboolean broken;          /* a search failed: open another session before the next */
};

typedef struct directory_session DirectorySession;

/* Tries the URIs in order: connect, TLS, bind, rootDSE, "Who am I?" (RFC 4532) where offered.
 * NULL: the error of every URI, "a: ...; b: ...". OUTCOME_RETRY (away, busy), _DENIED (bind
 * refused), _SETTINGS (TLS unusable, with its cause), _INTERRUPTED (deadline). A refused
 * password is not tried on the next server: many tries lock the account. */
DirectorySession *directory_session_open(const DirectoryOptions *options, GError **error);
void directory_session_close(DirectorySession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DirectorySession, directory_session_close)

/* Microseconds until a limit that starts now and lasts `seconds`, cut by the run's deadline; 0
 * when that has passed. */
gint64 directory_session_time_left(const DirectoryOptions *options, guint seconds);

/* A GError for a result code of libldap or the server: `doing`, the code in words, the server's
 * own words (may be NULL or empty). */
void directory_session_fail(GError **error, int code, const char *diagnostic,
                            const char *doing);
