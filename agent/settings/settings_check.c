#include "agent/settings/settings_check.h"

#include <string.h>

#include "agent/settings/rules_read.h"
#include "agent/settings/settings_check_service.h"
#include "agent/settings/settings_complaint.h"
#include "mapping/profile_map.h"
#include "mapping/rule_test.h"
#include "scim/protocol/address.h"
#include "scim/protocol/loopback.h"

static gboolean is_among(const char *address, const char *const *list)
{
    for (; *list != NULL; list++)
        if (g_ascii_strcasecmp(*list, address) == 0)
            return TRUE;
    return FALSE;
}

static guint count_of(const char *const *list)
{
    guint count = 0;
    while (list[count] != NULL)
        count++;
    return count;
}

/* Each text an address, and none twice. */
static void check_addresses(const struct settings_complaint *check, const char *key,
                            const char *const *list)
{
    for (guint i = 0; list[i] != NULL; i++) {
        const char *why = NULL;
        if (!address_is_usable(list[i], strlen(list[i]), &why))
            COMPLAINT_FAULT(check, list[i],
                            "%s: \"%s\" is not an address that can be mailed: it %s", key,
                            list[i], why);
        for (guint j = 0; j < i; j++)
            if (g_ascii_strcasecmp(list[i], list[j]) == 0)
                COMPLAINT_FAULT(check, list[i], "%s names \"%s\" twice", key, list[i]);
    }
}

/* The records of a list begin with their name. */
static void check_names(const struct settings_complaint *check, const char *what,
                        const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++) {
        const char *const *name = g_ptr_array_index(records, i);
        for (guint j = 0; j < i; j++) {
            const char *const *other = g_ptr_array_index(records, j);
            if (*name != NULL && g_strcmp0(*name, *other) == 0)
                COMPLAINT_FAULT(check, name, "%s \"%s\" is there twice, first on line %u", what,
                                *name, settings_line(check->settings, other));
        }
    }
}

static void check_target(const struct settings_complaint *check,
                         const struct target_settings *target)
{
    settings_complaint_of_secret(check, &target->token);
    const gboolean has_token = secret_is_named(&target->token);
    if (target->url == NULL && has_token)
        COMPLAINT_FAULT(
            check, target->token.file != NULL ? &target->token.file : &target->token.credential,
            "target has a token and no url");
    if (target->url == NULL)
        return;
    if (!has_token)
        COMPLAINT_FAULT(check, &target->url, "target has no token_file and no credential");
    if (g_str_has_prefix(target->url, "http://") && !loopback_is_url(target->url))
        COMPLAINT_FAULT(check, &target->url,
                        "target \"%s\" would send its token unencrypted: use https://",
                        target->url);
}

static void check_protected(const struct settings_complaint *check,
                            const struct organization_settings *organization)
{
    for (const char **address = organization->protected; *address != NULL; address++)
        if (!is_among(*address, organization->owners))
            COMPLAINT_FAULT(check, *address,
                            "protected \"%s\" is not among the owners of \"%s\"", *address,
                            organization->name);
    const guint count = count_of(organization->protected);
    if (count < 2)
        COMPLAINT_WARNING(
            check, count == 0 ? (const void *)organization : &organization->protected,
            "organization \"%s\" has %s: two keep it reachable when a directory goes wrong",
            organization->name, count == 0 ? "no protected owner" : "one protected owner");
}

static void check_projects(const struct settings_complaint *check,
                           const struct organization_settings *organization)
{
    check_names(check, "project", organization->projects);
    for (guint i = 0; i < organization->projects->len; i++) {
        const struct project_settings *project = g_ptr_array_index(organization->projects, i);
        check_addresses(check, "admins", project->admins);
        if (project->admins[0] == NULL)
            COMPLAINT_FAULT(check, project, "project \"%s\" has no admins: name at least one",
                            project->name);
        for (const char **address = project->admins; *address != NULL; address++)
            if (!is_among(*address, organization->owners))
                COMPLAINT_FAULT(
                    check, *address,
                    "admin \"%s\" of project \"%s\" is not among the owners of \"%s\"",
                    *address, project->name, organization->name);
    }
}

static void check_organization(const struct settings_complaint *check,
                               const struct organization_settings *organization)
{
    check_target(check, &organization->target);
    check_addresses(check, "owners", organization->owners);
    for (const char **domain = organization->domains; *domain != NULL; domain++)
        if (strpbrk(*domain, "@* ") != NULL || (*domain)[0] == '.')
            COMPLAINT_FAULT(check, *domain,
                            "domains: \"%s\" is not a plain domain such as \"example.com\"",
                            *domain);
    check_projects(check, organization);
    if (organization->target.url != NULL)
        return;
    const guint owners = count_of(organization->owners);
    if (owners == 0)
        COMPLAINT_FAULT(check, organization,
                        "organization \"%s\" has no owners: name at least one",
                        organization->name);
    if (owners > organization->seats)
        COMPLAINT_FAULT(check, &organization->seats,
                        "seats = %" G_GINT64_FORMAT " do not suffice for %u owners",
                        organization->seats, owners);
    check_protected(check, organization);
}

/* ldap:// sends the password as it is. */
static void check_uri(const struct settings_complaint *check,
                      const struct directory_settings *directory, const char *uri)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    const char *scheme = parsed == NULL ? "" : g_uri_get_scheme(parsed);
    const char *host = parsed == NULL ? NULL : g_uri_get_host(parsed);
    const gboolean is_plain = strcmp(scheme, "ldap") == 0;
    if ((!is_plain && strcmp(scheme, "ldaps") != 0) || host == NULL || *host == '\0')
        COMPLAINT_FAULT(check, uri, "uri \"%s\" is not ldaps:// or ldap:// and a server", uri);
    else if (g_uri_get_userinfo(parsed) != NULL)
        COMPLAINT_FAULT(check, uri, "uri must not carry a user or a password: use bind_dn");
    else if (is_plain && !directory->start_tls && !loopback_is_host(host))
        COMPLAINT_FAULT(check, uri,
                        "uri \"%s\" is unencrypted: use ldaps:// or start_tls = true", uri);
    else if (!is_plain && directory->start_tls)
        COMPLAINT_FAULT(check, uri, "uri \"%s\" is encrypted already: start_tls is for ldap://",
                        uri);
}

static void check_server(const struct settings_complaint *check,
                         const struct directory_settings *directory)
{
    for (const char **uri = directory->uri; *uri != NULL; uri++)
        check_uri(check, directory, *uri);
    if (directory->base == NULL)
        COMPLAINT_FAULT(check, directory, "directory \"%s\" has no base", directory->name);
    const gboolean has_password = secret_is_named(&directory->bind_password);
    if (directory->bind_dn != NULL && !has_password)
        COMPLAINT_FAULT(check, &directory->bind_dn,
                        "bind_dn has no bind_password_file and no credential beside it");
    if (directory->bind_dn == NULL && has_password)
        COMPLAINT_FAULT(check, directory, "directory \"%s\" has a password and no bind_dn",
                        directory->name);
}

/* Keys that mean nothing where there is no server to ask. */
static void check_no_server(const struct settings_complaint *check,
                            const struct directory_settings *directory)
{
    const struct {
        const void *field;
        const char *key;
    } keys[] = {
        {&directory->bind_dn, "bind_dn"},
        {&directory->bind_password.file, "bind_password_file"},
        {&directory->bind_password.credential, "credential"},
        {&directory->ca_file, "ca_file"},
        {&directory->start_tls, "start_tls"},
        {&directory->page_size, "page_size"},
        {&directory->connect_timeout, "connect_timeout"},
        {&directory->search_timeout, "search_timeout"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (settings_line(check->settings, keys[i].field) != 0)
            COMPLAINT_FAULT(check, keys[i].field, "%s is for directories with a uri",
                            keys[i].key);
}

static void check_profile(const struct settings_complaint *check,
                          const struct directory_settings *directory)
{
    g_autoptr(ProfileMap) map = profile_map_new();
    for (int field = 0; field < PROFILE_FIELDS; field++) {
        const char *template = directory->profile.field[field];
        const char *key = profile_field_key((enum profile_field)field);
        g_autoptr(GError) error = NULL;
        if (template != NULL && !profile_map_set(map, key, template, &error))
            COMPLAINT_FAULT(check, &directory->profile.field[field], "profile: %s",
                            error->message);
    }
}

/* Keys that mean nothing where the groups and the people are the endpoint's own. */
static void check_pushed(const struct settings_complaint *check,
                         const struct directory_settings *directory)
{
    const struct {
        const void *field;
        const char *key;
    } keys[] = {
        {&directory->base, "base"},
        {&directory->people_base, "people_base"},
        {&directory->group_base, "group_base"},
        {&directory->kind, "kind"},
        {&directory->person_filter, "person_filter"},
        {&directory->group_filter, "group_filter"},
        {&directory->account_disabled, "account_disabled"},
        {&directory->anchor, "anchor"},
        {&directory->login, "login"},
        {&directory->group_name, "group_name"},
        {&directory->member_attributes, "member_attributes"},
        {&directory->adopt, "adopt"},
    };

    if (settings_organization(check->settings, directory->pushed_groups_of) == NULL)
        COMPLAINT_FAULT(check, &directory->pushed_groups_of, "there is no organization \"%s\"",
                        directory->pushed_groups_of);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (settings_line(check->settings, keys[i].field) != 0)
            COMPLAINT_FAULT(check, keys[i].field,
                            "%s is not for directories with pushed_groups_of: their people are "
                            "the endpoint's own",
                            keys[i].key);
    for (gsize i = 0; i < PROFILE_FIELDS; i++)
        if (settings_line(check->settings, &directory->profile.field[i]) != 0)
            COMPLAINT_FAULT(
                check, &directory->profile.field[i],
                "profile is not for directories with pushed_groups_of: their people "
                "are the endpoint's own");
}

/* A person's id means something in one organization alone. */
static void check_pushed_rules(const struct settings_complaint *check)
{
    const Settings *settings = check->settings;
    for (guint i = 0; i < settings->rules->len; i++) {
        const struct rule_settings *rule = g_ptr_array_index(settings->rules, i);
        const struct directory_settings *directory =
            rule->directory != NULL           ? settings_directory(settings, rule->directory)
            : settings->directories->len == 1 ? g_ptr_array_index(settings->directories, 0)
                                              : NULL;
        if (directory != NULL && directory->pushed_groups_of != NULL &&
            rule->organization != NULL &&
            g_strcmp0(rule->organization, directory->pushed_groups_of) != 0)
            COMPLAINT_FAULT(check, &rule->organization,
                            "directory \"%s\" has the pushed groups of \"%s\": they give no "
                            "roles in \"%s\"",
                            directory->name, directory->pushed_groups_of, rule->organization);
    }
}

static void check_directory(const struct settings_complaint *check,
                            const struct directory_settings *directory)
{
    const int kinds = (directory->uri[0] != NULL) + (directory->ldif != NULL) +
                      (directory->pushed_groups_of != NULL);
    if (kinds != 1)
        COMPLAINT_FAULT(
            check, directory,
            "directory \"%s\" must have exactly one of uri, ldif and pushed_groups_of",
            directory->name);
    settings_complaint_of_secret(check, &directory->bind_password);
    check_profile(check, directory);
    if (directory->uri[0] != NULL)
        check_server(check, directory);
    else
        check_no_server(check, directory);
    if (directory->pushed_groups_of != NULL)
        check_pushed(check, directory);
    else if (directory->connection != NULL)
        COMPLAINT_FAULT(check, &directory->connection,
                        "connection is for directories with pushed_groups_of");
}

/* Keys that are read and checked, and that this version does not act on yet: said, not hidden.
 */
static void check_quiet(const struct settings_complaint *check)
{
    const Settings *settings = check->settings;

    const struct {
        const void *field;
        const char *text;
    } keys[] = {
        {&settings->notify.mail, "notify sends nothing in this version"},
        {&settings->notify.webhook, "notify sends nothing in this version"},
        {&settings->endpoint.store_password.file, "store_password_file is for PostgreSQL"},
        {&settings->endpoint.store_password.credential, "store_credential is for PostgreSQL"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (settings_line(settings, keys[i].field) != 0)
            COMPLAINT_WARNING(check, keys[i].field, "%s", keys[i].text);
}

static void check_tests(const struct settings_complaint *check)
{
    for (guint i = 0; i < check->settings->tests->len; i++) {
        const struct test_settings *test = g_ptr_array_index(check->settings->tests, i);
        g_autoptr(GError) error = NULL;
        const struct rule_test_text text = {.file = check->settings->file,
                                            .line = settings_line(check->settings, test),
                                            .user = test->user,
                                            .expect = test->expect};
        if (test->user != NULL && !rule_test_check(&text, &error))
            rules_read_report(check->settings, text.line, error, check->problems);
    }
}

void settings_check(const Settings *settings, GPtrArray *problems)
{
    const struct settings_complaint check = {.settings = settings, .problems = problems};
    settings_check_service(&check);
    check_names(&check, "organization", settings->organizations);
    for (guint i = 0; i < settings->organizations->len; i++)
        check_organization(&check, g_ptr_array_index(settings->organizations, i));
    check_names(&check, "directory", settings->directories);
    for (guint i = 0; i < settings->directories->len; i++)
        check_directory(&check, g_ptr_array_index(settings->directories, i));
    check_pushed_rules(&check);
    check_target(&check, &settings->sync.target);
    if (!g_path_is_absolute(settings->sync.state))
        COMPLAINT_FAULT(&check, &settings->sync.state, "state = \"%s\" is not an absolute path",
                        settings->sync.state);
    g_autoptr(Rules) rules = rules_read(settings, NULL, problems);
    check_tests(&check);
    check_quiet(&check);
}
