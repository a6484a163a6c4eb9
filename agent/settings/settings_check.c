#include "agent/settings/settings_check.h"

#include <arpa/inet.h>
#include <string.h>

#include "agent/settings/rules_read.h"
#include "mapping/profile_map.h"
#include "mapping/rule_test.h"
#include "scim/protocol/address.h"

struct check {
    const Settings *settings;
    GPtrArray *problems;
};

static void complain(const struct check *check, gboolean is_warning, const void *place,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);

static void complain(const struct check *check, gboolean is_warning, const void *place,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    settings_problem_add(check->problems, is_warning, check->settings->file,
                         settings_line(check->settings, place),
                         g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* An error, or a warning, at the line of the field or text. */
#define FAULT(check, place, ...)   complain((check), FALSE, (place), __VA_ARGS__)
#define WARNING(check, place, ...) complain((check), TRUE, (place), __VA_ARGS__)

gboolean settings_check_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    g_autofree char *bare = g_strdup(host);
    const gsize length = strlen(bare);
    if (length > 2 && bare[0] == '[' && bare[length - 1] == ']') {
        memmove(bare, bare + 1, length - 2);
        bare[length - 2] = '\0';
    }
    if (inet_pton(AF_INET, bare, &four) == 1)
        return (ntohl(four.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, bare, &six) == 1)
        return IN6_IS_ADDR_LOOPBACK(&six);
    return g_ascii_strcasecmp(bare, "localhost") == 0;
}

static gboolean url_is_loopback(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *host = uri == NULL ? NULL : g_uri_get_host(uri);
    return host != NULL && settings_check_is_loopback(host);
}

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
static void check_addresses(const struct check *check, const char *key, const char *const *list)
{
    for (guint i = 0; list[i] != NULL; i++) {
        const char *why = NULL;
        if (!address_is_usable(list[i], strlen(list[i]), &why))
            FAULT(check, list[i], "%s: \"%s\" is not an address that can be mailed: it %s", key,
                  list[i], why);
        for (guint j = 0; j < i; j++)
            if (g_ascii_strcasecmp(list[i], list[j]) == 0)
                FAULT(check, list[i], "%s names \"%s\" twice", key, list[i]);
    }
}

/* The records of a list begin with their name. */
static void check_names(const struct check *check, const char *what, const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++) {
        const char *const *name = g_ptr_array_index(records, i);
        for (guint j = 0; j < i; j++) {
            const char *const *other = g_ptr_array_index(records, j);
            if (*name != NULL && g_strcmp0(*name, *other) == 0)
                FAULT(check, name, "%s \"%s\" is there twice, first on line %u", what, *name,
                      settings_line(check->settings, other));
        }
    }
}

static void check_secret(const struct check *check, const struct secret_place *place)
{
    if (place->file != NULL && place->credential != NULL)
        FAULT(check, &place->credential,
              "the secret is named twice, as a file and as a credential: keep one");
    if (place->file != NULL && !g_path_is_absolute(place->file))
        FAULT(check, &place->file, "\"%s\" is not an absolute path", place->file);
}

static void check_target(const struct check *check, const struct target_settings *target)
{
    check_secret(check, &target->token);
    const gboolean has_token = secret_is_named(&target->token);
    if (target->url == NULL && has_token)
        FAULT(check,
              target->token.file != NULL ? &target->token.file : &target->token.credential,
              "target has a token and no url");
    if (target->url == NULL)
        return;
    if (!has_token)
        FAULT(check, &target->url, "target has no token_file and no credential");
    if (g_str_has_prefix(target->url, "http://") && !url_is_loopback(target->url))
        FAULT(check, &target->url,
              "target \"%s\" would send its token unencrypted: use https://", target->url);
}

static void check_protected(const struct check *check,
                            const struct organization_settings *organization)
{
    for (const char **address = organization->protected; *address != NULL; address++)
        if (!is_among(*address, organization->owners))
            FAULT(check, *address, "protected \"%s\" is not among the owners of \"%s\"",
                  *address, organization->name);
    const guint count = count_of(organization->protected);
    if (count < 2)
        WARNING(check, count == 0 ? (const void *)organization : &organization->protected,
                "organization \"%s\" has %s: two keep it reachable when a directory goes wrong",
                organization->name, count == 0 ? "no protected owner" : "one protected owner");
}

static void check_projects(const struct check *check,
                           const struct organization_settings *organization)
{
    check_names(check, "project", organization->projects);
    for (guint i = 0; i < organization->projects->len; i++) {
        const struct project_settings *project = g_ptr_array_index(organization->projects, i);
        check_addresses(check, "admins", project->admins);
        if (project->admins[0] == NULL)
            FAULT(check, project, "project \"%s\" has no admins: name at least one",
                  project->name);
        for (const char **address = project->admins; *address != NULL; address++)
            if (!is_among(*address, organization->owners))
                FAULT(check, *address,
                      "admin \"%s\" of project \"%s\" is not among the owners of \"%s\"",
                      *address, project->name, organization->name);
    }
}

static void check_organization(const struct check *check,
                               const struct organization_settings *organization)
{
    check_target(check, &organization->target);
    check_addresses(check, "owners", organization->owners);
    for (const char **domain = organization->domains; *domain != NULL; domain++)
        if (strpbrk(*domain, "@* ") != NULL || (*domain)[0] == '.')
            FAULT(check, *domain,
                  "domains: \"%s\" is not a plain domain such as \"example.com\"", *domain);
    check_projects(check, organization);
    if (organization->target.url != NULL)
        return;
    const guint owners = count_of(organization->owners);
    if (owners == 0)
        FAULT(check, organization, "organization \"%s\" has no owners: name at least one",
              organization->name);
    if (owners > organization->seats)
        FAULT(check, &organization->seats,
              "seats = %" G_GINT64_FORMAT " do not suffice for %u owners", organization->seats,
              owners);
    check_protected(check, organization);
}

/* ldap:// sends the password as it is. */
static void check_uri(const struct check *check, const struct directory_settings *directory,
                      const char *uri)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    const char *scheme = parsed == NULL ? "" : g_uri_get_scheme(parsed);
    const char *host = parsed == NULL ? NULL : g_uri_get_host(parsed);
    const gboolean is_plain = strcmp(scheme, "ldap") == 0;
    if ((!is_plain && strcmp(scheme, "ldaps") != 0) || host == NULL || *host == '\0')
        FAULT(check, uri, "uri \"%s\" is not ldaps:// or ldap:// and a server", uri);
    else if (g_uri_get_userinfo(parsed) != NULL)
        FAULT(check, uri, "uri must not carry a user or a password: use bind_dn");
    else if (is_plain && !directory->start_tls && !settings_check_is_loopback(host))
        FAULT(check, uri, "uri \"%s\" is unencrypted: use ldaps:// or start_tls = true", uri);
    else if (!is_plain && directory->start_tls)
        FAULT(check, uri, "uri \"%s\" is encrypted already: start_tls is for ldap://", uri);
}

static void check_server(const struct check *check, const struct directory_settings *directory)
{
    for (const char **uri = directory->uri; *uri != NULL; uri++)
        check_uri(check, directory, *uri);
    if (directory->base == NULL)
        FAULT(check, directory, "directory \"%s\" has no base", directory->name);
    const gboolean has_password = secret_is_named(&directory->bind_password);
    if (directory->bind_dn != NULL && !has_password)
        FAULT(check, &directory->bind_dn,
              "bind_dn has no bind_password_file and no credential beside it");
    if (directory->bind_dn == NULL && has_password)
        FAULT(check, directory, "directory \"%s\" has a password and no bind_dn",
              directory->name);
}

/* Keys that mean nothing where there is no server to ask. */
static void check_no_server(const struct check *check,
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
            FAULT(check, keys[i].field, "%s is for directories with a uri", keys[i].key);
}

static void check_profile(const struct check *check, const struct directory_settings *directory)
{
    g_autoptr(ProfileMap) map = profile_map_new();
    for (int field = 0; field < PROFILE_FIELDS; field++) {
        const char *template = directory->profile.field[field];
        const char *key = profile_field_key((enum profile_field)field);
        g_autoptr(GError) error = NULL;
        if (template != NULL && !profile_map_set(map, key, template, &error))
            FAULT(check, &directory->profile.field[field], "profile: %s", error->message);
    }
}

static void check_directory(const struct check *check,
                            const struct directory_settings *directory)
{
    const int kinds = (directory->uri[0] != NULL) + (directory->ldif != NULL) +
                      (directory->pushed_groups_of != NULL);
    if (kinds != 1)
        FAULT(check, directory,
              "directory \"%s\" must have exactly one of uri, ldif and pushed_groups_of",
              directory->name);
    check_secret(check, &directory->bind_password);
    check_profile(check, directory);
    if (directory->uri[0] != NULL)
        check_server(check, directory);
    else
        check_no_server(check, directory);
    if (directory->pushed_groups_of == NULL)
        return;
    if (settings_organization(check->settings, directory->pushed_groups_of) == NULL)
        FAULT(check, &directory->pushed_groups_of, "there is no organization \"%s\"",
              directory->pushed_groups_of);
    WARNING(check, &directory->pushed_groups_of,
            "pushed groups are not read by this version: directory \"%s\" changes nobody",
            directory->name);
}

static void check_listen(const struct check *check, const struct endpoint_settings *endpoint)
{
    const char *listen = endpoint->listen;
    if (g_str_has_prefix(listen, "unix:")) {
        if (!g_path_is_absolute(listen + strlen("unix:")))
            FAULT(check, &endpoint->listen,
                  "listen = \"%s\": name the socket by its absolute path", listen);
        return;
    }
    const char *colon = strrchr(listen, ':');
    guint64 port = 0;
    if (colon == NULL || colon == listen ||
        !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL)) {
        FAULT(check, &endpoint->listen,
              "listen = \"%s\" is not an address and a port, such as \"127.0.0.1:8080\"",
              listen);
        return;
    }
    g_autofree char *host = g_strndup(listen, (gsize)(colon - listen));
    if (!endpoint->insecure && !settings_check_is_loopback(host))
        FAULT(check, &endpoint->listen,
              "listen = \"%s\" is plain HTTP that other machines reach: put a proxy with TLS "
              "in front "
              "and listen on 127.0.0.1, or say insecure = true",
              listen);
}

static void check_endpoint(const struct check *check, const struct endpoint_settings *endpoint)
{
    check_listen(check, endpoint);
    check_secret(check, &endpoint->store_password);
    if (g_str_has_prefix(endpoint->store, "postgresql:"))
        FAULT(check, &endpoint->store,
              "store: PostgreSQL is not built into this version: use sqlite:");
    else if (!g_str_has_prefix(endpoint->store, "sqlite:") ||
             !g_path_is_absolute(endpoint->store + strlen("sqlite:")))
        FAULT(check, &endpoint->store, "store = \"%s\" is not sqlite: and an absolute path",
              endpoint->store);
    if (endpoint->tls_certificate != NULL || endpoint->tls_key_file != NULL)
        FAULT(check,
              endpoint->tls_certificate != NULL ? &endpoint->tls_certificate
                                                : &endpoint->tls_key_file,
              "TLS is not built into this version: put a proxy in front");
}

/* Keys that are read and checked, and that this version does not act on yet: said, not hidden.
 */
static void check_quiet(const struct check *check)
{
    const Settings *settings = check->settings;

    const struct {
        const void *field;
        const char *text;
    } keys[] = {
        {&settings->mail.url, "mail is not sent by this version: links go to whoever invites"},
        {&settings->notify.mail, "notify sends nothing in this version"},
        {&settings->notify.webhook, "notify sends nothing in this version"},
        {&settings->invitations.renewals,
         "renewals: this version sends nothing again by itself"},
        {&settings->invitations.renewals_per, "renewals_per has no effect in this version"},
        {&settings->invitations.send_window, "send_window has no effect in this version"},
        {&settings->endpoint.trusted_proxies, "trusted_proxies has no effect in this version"},
        {&settings->endpoint.store_password.file, "store_password_file is for PostgreSQL"},
        {&settings->endpoint.store_password.credential, "store_credential is for PostgreSQL"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (settings_line(settings, keys[i].field) != 0)
            WARNING(check, keys[i].field, "%s", keys[i].text);
    const struct limits_settings *limits = &settings->endpoint.limits;
    const gint64 *const later[] = {&limits->bulk_body, &limits->bulk_operations, &limits->rate};
    for (gsize i = 0; i < G_N_ELEMENTS(later); i++)
        if (settings_line(settings, later[i]) != 0)
            WARNING(check, later[i],
                    "limits of bulk requests and of the rate have no effect in this version");
}

static void check_tests(const struct check *check)
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
    const struct check check = {.settings = settings, .problems = problems};
    check_endpoint(&check, &settings->endpoint);
    check_names(&check, "organization", settings->organizations);
    for (guint i = 0; i < settings->organizations->len; i++)
        check_organization(&check, g_ptr_array_index(settings->organizations, i));
    check_names(&check, "directory", settings->directories);
    for (guint i = 0; i < settings->directories->len; i++)
        check_directory(&check, g_ptr_array_index(settings->directories, i));
    check_target(&check, &settings->sync.target);
    check_secret(&check, &settings->mail.password);
    if (!g_path_is_absolute(settings->sync.state))
        FAULT(&check, &settings->sync.state, "state = \"%s\" is not an absolute path",
              settings->sync.state);
    g_autoptr(Rules) rules = rules_read(settings, NULL, problems);
    check_tests(&check);
    check_quiet(&check);
}
