/*
 * The config file as plain data: read once, handed down, freed by one owner.
 *
 *   g_autoptr(GPtrArray) problems = settings_problems_new();
 *   g_autoptr(Settings) settings = settings_read("/etc/rolecall/rolecall.conf", problems);
 *
 * Everything that is wrong is in `problems`, as far as possible all of it at once. Every field
 * has its default where the file says nothing (settings_table.h); every text lives as long as
 * the settings. Nothing here opens a secret: see secret.h.
 */
#pragma once

#include <glib.h>

#include "agent/settings/secret.h"
#include "agent/settings/settings_value.h"
#include "mapping/profile.h"
#include "mapping/rules.h"

/* endpoint.limits: what a request may be, in bytes unless said otherwise */
struct limits_settings {
    gint64 body, bulk_body, filter, path;
    gint64 json_depth, filter_terms, filter_depth, page, bulk_operations;
    gint64 sorted; /* rows */
    gint64 rate;   /* requests a second and token */
};

struct endpoint_settings {
    const char *listen;     /* "127.0.0.1:8080", "[::1]:8080", "unix:/run/rolecall/http.sock" */
    const char *public_url; /* without a slash at the end; NULL: the address it listens on */
    const char *store;      /* "sqlite:/var/lib/rolecall/rolecall.db" */
    struct secret_place store_password;
    const char *tls_certificate; /* PEM file, or NULL for plain HTTP */
    const char *tls_key_file;
    gboolean insecure; /* plain HTTP off loopback is meant */
    const char **trusted_proxies;
    struct limits_settings limits;
};

/* Another endpoint to write to than our own: sync.target, or target of one organization. */
struct target_settings {
    const char *url; /* the SCIM base, or NULL: our own endpoint */
    const char *ca_file;
    struct secret_place token;
};

struct project_settings {
    const char *name;
    const char *display_name; /* NULL: the name */
    const char **admins;      /* addresses, among the organization's owners */
};

struct organization_settings {
    const char *name;
    const char *display_name; /* NULL: the name */
    gint64 seats;
    gint64 invitation_lifetime; /* seconds */
    const char **domains;       /* NULL-terminated, empty: every domain */
    const char **owners;        /* active from the start */
    const char **protected;     /* among the owners */
    GPtrArray *projects;        /* struct project_settings * */
    struct target_settings target;
};

/* Of uri, ldif and pushed_groups_of exactly one is set. */
struct directory_settings {
    const char *name;
    const char **uri;             /* tried in order; empty: not an LDAP directory */
    const char *ldif;             /* an LDIF file, or NULL */
    const char *pushed_groups_of; /* the organization whose pushed groups these are, or NULL */
    const char *connection;       /* with it: only groups that this one pushed; NULL: all */
    const char *base, *people_base, *group_base; /* people_base and group_base NULL: base */
    const char *bind_dn;                         /* NULL: anonymous */
    struct secret_place bind_password;
    const char *ca_file;
    gboolean start_tls;
    const char *kind; /* "active-directory" "rfc2307bis" "rfc2307" "389ds"; NULL: found out */
    const char *person_filter, *group_filter; /* NULL: by kind */
    const char *account_disabled;             /* a filter that disabled people match, or NULL */
    const char *anchor, *login, *group_name;  /* attribute names; NULL: by kind */
    const char **member_attributes;           /* empty: by kind */
    gint64 page_size;
    gint64 connect_timeout, search_timeout; /* seconds */
    gboolean adopt;                         /* may link to people whom another origin made */
    struct profile profile;                 /* templates; NULL: the default of the field */
};

struct sync_settings {
    const char *schedule; /* "every 15m" or five cron fields; NULL: something else calls */
    struct target_settings target;
    const char *state; /* a directory, mode 0700 */
    struct settings_limit max_removals, max_proven_leavers;
    const char *seat_order;     /* an attribute, or NULL */
    gint64 settle, run_timeout; /* seconds */
};

struct invitations_settings {
    gint64 renewals;
    gint64 renewals_per, restore_window; /* seconds */
    const char *send_window;
};

struct mail_settings {
    const char *url; /* NULL: no mail; links are shown to whoever invites */
    const char *from, *user;
    struct secret_place password;
    const char *ca_file; /* NULL: the machine's own authorities */
    gint64 rate;         /* mails a minute; 0: no limit */
};

/* Both NULL: beside the store's file, see judging.h */
struct audit_settings {
    const char *key_file;
    const char *anchors;
};

struct notify_settings {
    const char **mail;
    const char *webhook;
};

/* One entry of `rules`, as written: rules_read.h makes rules of them. */
struct rule_settings {
    const char *directory, *group, *group_matches, *filter, *user;
    const char *organization, *project, *role;
    GPtrArray *roles; /* struct rule_text_role *, empty without a table */
    gboolean deny;
    gint64 priority;
};

/* One entry of `tests`: what a person must be granted, "acme: member", "acme/search: admin". */
struct test_settings {
    const char *user;
    const char **expect;
};

struct settings {
    const char *file; /* as it was named, for messages */
    struct endpoint_settings endpoint;
    GPtrArray *organizations; /* struct organization_settings * */
    GPtrArray *directories;   /* struct directory_settings * */
    GPtrArray *rules;         /* struct rule_settings * */
    struct sync_settings sync;
    struct invitations_settings invitations;
    struct mail_settings mail;
    struct audit_settings audit;
    struct notify_settings notify;
    GPtrArray *tests;  /* struct test_settings * */
    GHashTable *lines; /* private: address of a field or a text -> its line in the file */
    GPtrArray *owned;  /* private: everything above that was allocated */
    GPtrArray *lists;  /* private: every GPtrArray above */
};

typedef struct settings Settings;

struct settings_problem {
    gboolean is_warning;
    char *text; /* "rolecall.conf:12: seats = 0 ..." */
    guint line;
};

/* An empty list of struct settings_problem *, which it owns. */
GPtrArray *settings_problems_new(void);

/* Adds one in the order of lines; line 0 stands for the file as a whole. */
void settings_problem_add(GPtrArray *problems, gboolean is_warning, const char *file,
                          guint line, char *text);

/* How many are errors and not warnings. */
guint settings_problems_errors(const GPtrArray *problems);

/* Empty settings for the file of this name: settings_read.h fills them. */
Settings *settings_new(const char *file);
void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

/* The line on which a field (&organization->seats) or a list's text (organization->owners[1])
 * was set, 0 where it has its default. */
guint settings_line(const Settings *settings, const void *field);

/* By name, or NULL. Borrowed. */
const struct organization_settings *settings_organization(const Settings *settings,
                                                          const char *name);
const struct directory_settings *settings_directory(const Settings *settings, const char *name);

/* Is there a directory of that organization's pushed groups? NULL: of any. */
gboolean settings_has_pushed_groups(const Settings *settings, const char *organization);
