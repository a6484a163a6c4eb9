/*
 * What one directory is read with: plain data that agent/command fills in from the config.
 *
 *   g_autoptr(DirectoryOptions) options = directory_options_new("corp");
 *   options->uris = g_strdupv(uris); options->base = g_strdup("dc=corp,dc=example"); ...
 *   struct source *source = ldap_source_new(options, clock, observer, &error);
 *
 * Every text is owned by the options (g_malloc). A field that stays NULL, 0 or FALSE has the
 * default named beside it. The source takes a copy, so the options may go before the source
 * does.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_kind.h"

#define DIRECTORY_PAGE_SIZE_DEFAULT       1000
#define DIRECTORY_CONNECT_TIMEOUT_DEFAULT 10
#define DIRECTORY_SEARCH_TIMEOUT_DEFAULT  60

struct directory_options {
    char *name; /* in the config: "corp" */

    /* an LDAP directory */
    char **uris; /* tried in order until one lets us bind; ldap:// or ldaps:// */
    gboolean start_tls;
    char *ca_file; /* PEM; NULL: the machine's own authorities */
    char *bind_dn; /* a DN, or a logon name of Active Directory; NULL: anonymous */
    char *secret;  /* the password of bind_dn; wiped when freed */
    guint page_size;
    guint connect_timeout; /* seconds for each of: connect, TLS, bind */
    guint search_timeout;  /* seconds for each answer: a page, or a search without pages */
    gint64 deadline; /* g_get_monotonic_time() by which all reading must be over; 0: none */

    /* an LDIF file */
    char *ldif;          /* its path; NULL: an LDAP directory */
    guint last_accepted; /* entries of the last accepted read of this file; 0: none yet */

    /* what is read, whichever it is; NULL or empty: by kind */
    enum directory_kind kind;       /* DIRECTORY_KIND_UNKNOWN: found out */
    char *base;                     /* may be NULL for an LDIF file: everything in it */
    char *people_base, *group_base; /* NULL: base */
    char *person_filter, *group_filter;
    char *account_disabled; /* a filter that disabled people match; NULL: by kind */
    char *anchor, *login, *group_name;
    char **member_attributes;
};

typedef struct directory_options DirectoryOptions;

/* Empty options for the directory of this name. The caller frees. */
DirectoryOptions *directory_options_new(const char *name);

/* A deep copy, defaults of page size and time limits filled in. */
DirectoryOptions *directory_options_copy(const DirectoryOptions *options);

/* Wipes the secret and frees everything; NULL is fine. */
void directory_options_free(DirectoryOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DirectoryOptions, directory_options_free)

/* Would a session with these be safe and make sense? Finds what needs no network: no or unknown
 * URI scheme, ldap:// off loopback without StartTLS (there is no way round it), StartTLS together
 * with ldaps://, bind_dn with an empty or blank password (R36: that is an anonymous bind that says
 * "success"), a password without bind_dn, no base, a CA file that cannot be read, a DN that is
 * none. FALSE: OUTCOME_SETTINGS. */
gboolean directory_options_check(const DirectoryOptions *options, GError **error);
