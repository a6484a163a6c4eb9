#include "agent/settings/settings_table.h"

#include <string.h>

#include "agent/settings/settings.h"

#define DAY 86400

static const char *const directory_kinds[] = {"active-directory", "rfc2307bis", "rfc2307",
                                              "389ds", NULL};

/* The short forms of the table's columns. IN says which struct and which section the rows below
 * fill; a row reads: name, type, field, default, bounds, help. */
#define BASE(section_name, name_text, type_name, place)                                        \
    .in = SETTINGS_SECTION_##section_name, .name = (name_text),                                \
    .type = SETTINGS_TYPE_##type_name, .offset = (place)

#define ENDPOINT(name, type, field)                                                            \
    BASE(ENDPOINT, name, type, offsetof(struct endpoint_settings, field))
#define LIMITS(name, type, field)                                                              \
    BASE(LIMITS, name, type, offsetof(struct limits_settings, field))
#define ORGANIZATION(name, type, field)                                                        \
    BASE(ORGANIZATION, name, type, offsetof(struct organization_settings, field))
#define PROJECT(name, type, field)                                                             \
    BASE(PROJECT, name, type, offsetof(struct project_settings, field))
#define TARGET(name, type, field)                                                              \
    BASE(TARGET, name, type, offsetof(struct target_settings, field))
#define DIRECTORY(name, type, field)                                                           \
    BASE(DIRECTORY, name, type, offsetof(struct directory_settings, field))
#define PROFILE(name, field_name)                                                              \
    BASE(PROFILE, name, TEXT, PROFILE_##field_name * sizeof(const char *))
#define RULE(name, type, field) BASE(RULE, name, type, offsetof(struct rule_settings, field))
#define SYNC(name, type, field) BASE(SYNC, name, type, offsetof(struct sync_settings, field))
#define INVITATIONS(name, type, field)                                                         \
    BASE(INVITATIONS, name, type, offsetof(struct invitations_settings, field))
#define MAIL(name, type, field)  BASE(MAIL, name, type, offsetof(struct mail_settings, field))
#define AUDIT(name, type, field) BASE(AUDIT, name, type, offsetof(struct audit_settings, field))
#define NOTIFY(name, type, field)                                                              \
    BASE(NOTIFY, name, type, offsetof(struct notify_settings, field))
#define TEST(name, type, field) BASE(TEST, name, type, offsetof(struct test_settings, field))
#define ROOT(name, type, field) BASE(ROOT, name, type, offsetof(struct settings, field))

#define WITHIN(low, high) .least = (low), .most = (high)
#define INSIDE(name)      .section = SETTINGS_SECTION_##name

static const struct settings_key table[] = {
    {ROOT("endpoint", GROUP, endpoint), INSIDE(ENDPOINT),
     .help = "Where the SCIM endpoint listens, what it is called outside, where it stores."},
    {ROOT("organizations", LIST, organizations), INSIDE(ORGANIZATION),
     .help =
         "The organizations that serve creates and keeps up to date. It never deletes one."},
    {ROOT("directories", LIST, directories), INSIDE(DIRECTORY),
     .help = "Where people and groups are read from."},
    {ROOT("rules", LIST, rules), INSIDE(RULE),
     .help =
         "Which group, filter or user gives which role. Their order means nothing: the highest "
         "role wins, deny beats all but protection."},
    {ROOT("sync", GROUP, sync), INSIDE(SYNC), .help = "When and how far a sync goes."},
    {ROOT("invitations", GROUP, invitations), INSIDE(INVITATIONS),
     .help =
         "How often an expired invitation is renewed, how long a removal can be taken back."},
    {ROOT("mail", GROUP, mail), INSIDE(MAIL),
     .help = "How invitations are mailed. Without it, links are shown to whoever invites."},
    {ROOT("audit", GROUP, audit), INSIDE(AUDIT),
     .help = "Where the audit trail has its key and its anchors, outside the store."},
    {ROOT("notify", GROUP, notify), INSIDE(NOTIFY), .help = "Who hears of holds and failures."},
    {ROOT("tests", LIST, tests), INSIDE(TEST),
     .help = "What people must be granted: run by rolecall check."},

    {ENDPOINT("listen", TEXT, listen), .standard = "127.0.0.1:8080",
     .help = "Address and port, or unix: and the path of a socket. Port 0 takes a free one."},
    {ENDPOINT("public_url", URL, public_url),
     .help = "What the endpoint is called in links and locations. Default: the address it "
             "listens on."},
    {ENDPOINT("store", TEXT, store), .standard = "sqlite:/var/lib/rolecall/rolecall.db",
     .help = "sqlite: and the path of the database file."},
    {ENDPOINT("store_password_file", TEXT, store_password.file),
     .help = "The file with the password of the database server, mode 0600."},
    {ENDPOINT("store_credential", TEXT, store_password.credential),
     .help = "The same, handed over by systemd under this name."},
    {ENDPOINT("tls_certificate", TEXT, tls_certificate),
     .help = "The certificate chain in PEM form; with it the endpoint speaks HTTPS."},
    {ENDPOINT("tls_key_file", TEXT, tls_key_file),
     .help = "The certificate's key in PEM form, mode 0600."},
    {ENDPOINT("insecure", FLAG, insecure), .standard = "false",
     .help = "Plain HTTP on an address that other machines reach is meant."},
    {ENDPOINT("trusted_proxies", TEXTS, trusted_proxies),
     .help = "Addresses of proxies whose X-Forwarded-For is believed; \"unix\" for one on the "
             "socket file."},
    {ENDPOINT("limits", GROUP, limits), INSIDE(LIMITS), .help = "What one request may be."},

    {LIMITS("body", SIZE, body), .standard = "1 MiB", WITHIN(1024, 1 << 30),
     .help = "Bytes of a request."},
    {LIMITS("bulk_body", SIZE, bulk_body), .standard = "8 MiB", WITHIN(1024, 1 << 30),
     .help = "Bytes of a bulk request."},
    {LIMITS("json_depth", NUMBER, json_depth), .standard = "16", WITHIN(4, 128),
     .help = "How deep JSON may be nested."},
    {LIMITS("filter", SIZE, filter), .standard = "4 KiB", WITHIN(64, 1 << 20),
     .help = "Bytes of a filter."},
    {LIMITS("filter_terms", NUMBER, filter_terms), .standard = "64", WITHIN(1, 4096),
     .help = "Comparisons in a filter."},
    {LIMITS("filter_depth", NUMBER, filter_depth), .standard = "32", WITHIN(1, 256),
     .help = "How deep a filter may be nested."},
    {LIMITS("path", SIZE, path), .standard = "512", WITHIN(64, 65536),
     .help = "Bytes of a request's path or of a PATCH operation's."},
    {LIMITS("page", NUMBER, page), .standard = "1000", WITHIN(1, 100000),
     .help = "Rows of one page of a list."},
    {LIMITS("sorted", NUMBER, sorted), .standard = "25000", WITHIN(100, 10000000),
     .help = "Rows that are put in order in memory for one page, where the store cannot do it: "
             "beyond that the answer is 400 tooMany."},
    {LIMITS("bulk_operations", NUMBER, bulk_operations), .standard = "1000", WITHIN(1, 100000),
     .help = "Operations of one bulk request."},
    {LIMITS("rate", NUMBER, rate), .standard = "100", WITHIN(25, 1000000),
     .help = "Requests a second and token, beyond which the answer is 429; a sync's token is "
             "exempt. Identity providers need 25."},

    {ORGANIZATION("name", NAME, name), .is_required = TRUE,
     .help = "Its short name, which never changes: a-z, 0-9 and hyphen, at most 40."},
    {ORGANIZATION("display_name", TEXT, display_name),
     .help = "What people read. Default: the name."},
    {ORGANIZATION("seats", NUMBER, seats), .standard = "100", WITHIN(1, 10000000),
     .help = "How many active people and pending invitations it may have."},
    {ORGANIZATION("invitation_lifetime", DURATION, invitation_lifetime), .standard = "48h",
     WITHIN(60, 365LL * DAY), .help = "How long an invitation can be accepted."},
    {ORGANIZATION("domains", TEXTS, domains),
     .help = "The mail domains that may be invited; none: every domain."},
    {ORGANIZATION("owners", TEXTS, owners),
     .help = "Addresses of people who are owners from the start, without an invitation."},
    {ORGANIZATION("protected", TEXTS, protected),
     .help = "The owners among them whom no sync and no provider may change. Two are wise."},
    {ORGANIZATION("projects", LIST, projects), INSIDE(PROJECT), .help = "Its projects."},
    {ORGANIZATION("target", GROUP, target), INSIDE(TARGET),
     .help = "Another SCIM endpoint that holds this organization."},

    {PROJECT("name", NAME, name), .is_required = TRUE,
     .help = "Its short name, which never changes: a-z, 0-9 and hyphen, at most 40."},
    {PROJECT("display_name", TEXT, display_name),
     .help = "What people read. Default: the name."},
    {PROJECT("admins", TEXTS, admins),
     .help = "Who administers it from the start, among the organization's owners."},

    {TARGET("url", URL, url), .help = "The base of the SCIM endpoint."},
    {TARGET("ca_file", TEXT, ca_file), .is_operational = TRUE,
     .help = "The authority of its certificate, PEM."},
    {TARGET("token_file", TEXT, token.file), .is_operational = TRUE,
     .help = "The file with the bearer token, mode 0600."},
    {TARGET("credential", TEXT, token.credential), .is_operational = TRUE,
     .help = "The same, handed over by systemd under this name."},

    {DIRECTORY("name", NAME, name), .is_required = TRUE,
     .help =
         "What rules and plans call it: a-z, 0-9 and hyphen, at most 40. People are tied to it "
         "by this name: do not change it."},
    {DIRECTORY("uri", TEXTS, uri), .is_operational = TRUE,
     .help = "ldaps:// or ldap:// servers with the same content, tried in order."},
    {DIRECTORY("ldif", TEXT, ldif), .help = "An LDIF file instead of a server."},
    {DIRECTORY("pushed_groups_of", NAME, pushed_groups_of),
     .help =
         "The organization whose groups identity providers push into the endpoint: they give "
         "roles to the people whom a provider made."},
    {DIRECTORY("connection", NAME, connection),
     .help = "With pushed_groups_of: only groups that this connection pushed. Default: all."},
    {DIRECTORY("base", TEXT, base), .help = "The DN below which people and groups are."},
    {DIRECTORY("people_base", TEXT, people_base), .help = "The same for people alone."},
    {DIRECTORY("group_base", TEXT, group_base), .help = "The same for groups alone."},
    {DIRECTORY("bind_dn", TEXT, bind_dn), .is_operational = TRUE,
     .help = "Who reads; without it the bind is anonymous."},
    {DIRECTORY("bind_password_file", TEXT, bind_password.file), .is_operational = TRUE,
     .help = "The file with the password of bind_dn, mode 0600."},
    {DIRECTORY("credential", TEXT, bind_password.credential), .is_operational = TRUE,
     .help = "The same, handed over by systemd under this name."},
    {DIRECTORY("ca_file", TEXT, ca_file), .is_operational = TRUE,
     .help = "The authority of the servers' certificates, PEM."},
    {DIRECTORY("start_tls", FLAG, start_tls), .is_operational = TRUE, .standard = "false",
     .help = "Encrypt an ldap:// connection with StartTLS."},
    {DIRECTORY("kind", CHOICE, kind), .choices = directory_kinds,
     .help = "The kind of server; found out where it is not set."},
    {DIRECTORY("person_filter", TEXT, person_filter), .help = "Which entries are people."},
    {DIRECTORY("group_filter", TEXT, group_filter), .help = "Which entries are groups."},
    {DIRECTORY("account_disabled", TEXT, account_disabled),
     .help = "The filter that the entries of disabled people match."},
    {DIRECTORY("anchor", TEXT, anchor),
     .help = "The attribute with the immutable id. Default by kind: objectGUID, entryUUID or "
             "nsUniqueId."},
    {DIRECTORY("login", TEXT, login), .help = "The attribute with the login name."},
    {DIRECTORY("group_name", TEXT, group_name), .help = "The attribute with a group's name."},
    {DIRECTORY("member_attributes", TEXTS, member_attributes),
     .help = "The attributes of a group that name its members."},
    {DIRECTORY("page_size", NUMBER, page_size), .is_operational = TRUE, .standard = "1000",
     WITHIN(1, 1000000), .help = "Entries asked for at a time."},
    {DIRECTORY("connect_timeout", DURATION, connect_timeout), .is_operational = TRUE,
     .standard = "10s", WITHIN(1, 3600),
     .help = "How long one server may take to connect, TLS included."},
    {DIRECTORY("search_timeout", DURATION, search_timeout), .is_operational = TRUE,
     .standard = "60s", WITHIN(1, DAY), .help = "How long one page may take."},
    {DIRECTORY("adopt", FLAG, adopt), .standard = "false",
     .help = "It may link to people whom another origin made, by their address."},
    {DIRECTORY("profile", GROUP, profile), INSIDE(PROFILE),
     .help = "Templates for a person's attributes."},

    {PROFILE("userName", USER_NAME),
     .help = "Unique in the organization. Default: the address."},
    {PROFILE("mail", MAIL), .help = "Where the invitation goes."},
    {PROFILE("displayName", DISPLAY_NAME), .help = "The name in one piece."},
    {PROFILE("givenName", GIVEN_NAME), .help = "The given name."},
    {PROFILE("familyName", FAMILY_NAME), .help = "The family name."},
    {PROFILE("title", TITLE), .help = "The job title."},
    {PROFILE("employeeNumber", EMPLOYEE_NUMBER), .help = "The employee's number."},
    {PROFILE("costCenter", COST_CENTER), .help = "The cost centre."},
    {PROFILE("organization", ORGANIZATION), .help = "The company."},
    {PROFILE("division", DIVISION), .help = "The division."},
    {PROFILE("department", DEPARTMENT), .help = "The department."},

    {RULE("directory", NAME, directory),
     .help = "The directory it is about; required as soon as there are several."},
    {RULE("group", TEXT, group), .help = "A group by DN, common name or anchor."},
    {RULE("group_matches", TEXT, group_matches),
     .help = "Groups by a regular expression on their name, with named captures."},
    {RULE("filter", TEXT, filter), .help = "People by an LDAP filter."},
    {RULE("user", TEXT, user), .help = "One person by address, login or DN."},
    {RULE("organization", TEXT, organization),
     .help = "The organization that it grants a role in."},
    {RULE("project", TEXT, project),
     .help = "The project of it; ${capture} stands for a captured text."},
    {RULE("role", TEXT, role),
     .help = "The role it grants; ${capture} stands for a captured text."},
    {RULE("roles", MAP, roles),
     .help = "What a captured text means: { rw = \"read-write\"; }."},
    {RULE("priority", NUMBER, priority), .standard = "0", WITHIN(-1000000, 1000000),
     .help = "Who gets a seat first where there are too few; higher first."},
    {RULE("deny", FLAG, deny), .standard = "false",
     .help = "It takes away instead of granting."},

    {SYNC("schedule", TEXT, schedule), .is_operational = TRUE,
     .help =
         "\"every 15m\" or five cron fields; without it something else calls rolecall sync."},
    {SYNC("target", GROUP, target), INSIDE(TARGET),
     .help = "The endpoint to write to. Default: this config's own."},
    {SYNC("state", TEXT, state), .is_operational = TRUE, .standard = "/var/lib/rolecall/sync",
     .help = "The directory for token, lock and reports, mode 0700."},
    {SYNC("max_removals", LIMIT, max_removals), .standard = "max(3, 10%)",
     .help = "How many people one run may take something from before it stops and asks."},
    {SYNC("max_proven_leavers", LIMIT, max_proven_leavers), .standard = "max(10, 30%)",
     .help = "The same for accounts that the directory proves disabled or deleted."},
    {SYNC("seat_order", TEXT, seat_order),
     .help = "The attribute by which people of one role and priority get seats."},
    {SYNC("settle", DURATION, settle), .is_operational = TRUE, .standard = "2m", WITHIN(0, DAY),
     .help = "How long pushed groups must be quiet before anything is taken away."},
    {SYNC("run_timeout", DURATION, run_timeout), .is_operational = TRUE, .standard = "15m",
     WITHIN(1, DAY), .help = "After this a run is ended."},

    {INVITATIONS("renewals", NUMBER, renewals), .standard = "2", WITHIN(0, 100),
     .help = "How often an expired invitation is sent again by itself, where mail is set up."},
    {INVITATIONS("renewals_per", DURATION, renewals_per), .standard = "30d",
     WITHIN(3600, 365LL * DAY), .help = "In how long a time."},
    {INVITATIONS("restore_window", DURATION, restore_window), .standard = "30d",
     WITHIN(0, 365LL * DAY), .help = "How long a removed person can come back as they were."},
    {INVITATIONS("send_window", TEXT, send_window),
     .help =
         "When expired ones are sent again: \"Mon-Thu 07:00-15:00 Europe/Berlin\". Default: at "
         "any time."},

    {MAIL("url", URL, url), .help = "smtps:// or smtp:// and the server. smtp:// is encrypted "
                                    "with STARTTLS; only a server "
                                    "on this machine may do without."},
    {MAIL("from", TEXT, from), .help = "The sender, with or without a name."},
    {MAIL("user", TEXT, user), .help = "The login at the server."},
    {MAIL("password_file", TEXT, password.file),
     .help = "The file with its password, mode 0600."},
    {MAIL("credential", TEXT, password.credential),
     .help = "The same, handed over by systemd under this name."},
    {MAIL("ca_file", TEXT, ca_file), .help = "The authority of the server's certificate, PEM."},
    {MAIL("rate", NUMBER, rate), .standard = "20", WITHIN(0, 100000),
     .help = "Mails a minute at most; 0: no limit."},

    {AUDIT("key_file", TEXT, key_file),
     .help =
         "The key of the audit trail, made at the first start. Default: the store's file and "
         "\".audit-key\". Keep a copy of it elsewhere."},
    {AUDIT("anchors", TEXT, anchors),
     .help =
         "The file that the ends of the trail are written to after every change. Default: the "
         "store's file and \".audit-anchors\"."},

    {NOTIFY("mail", TEXTS, mail), .help = "Addresses that get the reports that need somebody."},
    {NOTIFY("webhook", URL, webhook), .help = "A URL that gets the same as JSON."},

    {TEST("user", TEXT, user), .is_required = TRUE, .help = "The address of the person."},
    {TEST("expect", TEXTS, expect),
     .help = "Exactly what the rules give: \"acme: member\", \"acme/search: admin\"."},

    {.name = NULL},
};

struct section {
    const char *name;
    size_t size;
};

static const struct section sections[SETTINGS_SECTIONS] = {
    [SETTINGS_SECTION_ROOT] = {"the config", sizeof(struct settings)},
    [SETTINGS_SECTION_ENDPOINT] = {"endpoint", sizeof(struct endpoint_settings)},
    [SETTINGS_SECTION_LIMITS] = {"endpoint.limits", sizeof(struct limits_settings)},
    [SETTINGS_SECTION_ORGANIZATION] = {"organizations", sizeof(struct organization_settings)},
    [SETTINGS_SECTION_PROJECT] = {"organizations.projects", sizeof(struct project_settings)},
    [SETTINGS_SECTION_TARGET] = {"target", sizeof(struct target_settings)},
    [SETTINGS_SECTION_DIRECTORY] = {"directories", sizeof(struct directory_settings)},
    [SETTINGS_SECTION_PROFILE] = {"directories.profile", sizeof(struct profile)},
    [SETTINGS_SECTION_RULE] = {"rules", sizeof(struct rule_settings)},
    [SETTINGS_SECTION_SYNC] = {"sync", sizeof(struct sync_settings)},
    [SETTINGS_SECTION_INVITATIONS] = {"invitations", sizeof(struct invitations_settings)},
    [SETTINGS_SECTION_MAIL] = {"mail", sizeof(struct mail_settings)},
    [SETTINGS_SECTION_AUDIT] = {"audit", sizeof(struct audit_settings)},
    [SETTINGS_SECTION_NOTIFY] = {"notify", sizeof(struct notify_settings)},
    [SETTINGS_SECTION_TEST] = {"tests", sizeof(struct test_settings)},
};

const struct settings_key *settings_table(void)
{
    return table;
}

const struct settings_key *settings_table_find(enum settings_section in, const char *name)
{
    for (const struct settings_key *key = table; key->name != NULL; key++)
        if (key->in == in && strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

const char *settings_table_nearest(enum settings_section in, const char *name)
{
    g_autofree const char **names = g_new0(const char *, G_N_ELEMENTS(table));
    gsize filled = 0;
    for (const struct settings_key *key = table; key->name != NULL; key++)
        if (key->in == in)
            names[filled++] = key->name;
    return settings_value_nearest(name, names);
}

const char *settings_table_section_name(enum settings_section section)
{
    return sections[section].name;
}

size_t settings_table_section_size(enum settings_section section)
{
    return sections[section].size;
}
