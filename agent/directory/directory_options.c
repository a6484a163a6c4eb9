#include "agent/directory/directory_options.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "scim/protocol/loopback.h"
#include "scim/protocol/outcome.h"

DirectoryOptions *directory_options_new(const char *name)
{
    DirectoryOptions *options = g_new0(DirectoryOptions, 1);
    options->name = g_strdup(name);
    options->page_size = DIRECTORY_PAGE_SIZE_DEFAULT;
    options->connect_timeout = DIRECTORY_CONNECT_TIMEOUT_DEFAULT;
    options->search_timeout = DIRECTORY_SEARCH_TIMEOUT_DEFAULT;
    return options;
}

DirectoryOptions *directory_options_copy(const DirectoryOptions *options)
{
    DirectoryOptions *copy = directory_options_new(options->name);
    char *name = copy->name;
    guint page_size = options->page_size != 0 ? options->page_size : copy->page_size;
    guint connect =
        options->connect_timeout != 0 ? options->connect_timeout : copy->connect_timeout;
    guint search =
        options->search_timeout != 0 ? options->search_timeout : copy->search_timeout;
    *copy = *options;
    copy->name = name;
    copy->page_size = page_size;
    copy->connect_timeout = connect;
    copy->search_timeout = search;
    copy->uris = g_strdupv(options->uris);
    copy->ca_file = g_strdup(options->ca_file);
    copy->bind_dn = g_strdup(options->bind_dn);
    copy->secret = g_strdup(options->secret);
    copy->ldif = g_strdup(options->ldif);
    copy->base = g_strdup(options->base);
    copy->people_base = g_strdup(options->people_base);
    copy->group_base = g_strdup(options->group_base);
    copy->person_filter = g_strdup(options->person_filter);
    copy->group_filter = g_strdup(options->group_filter);
    copy->account_disabled = g_strdup(options->account_disabled);
    copy->anchor = g_strdup(options->anchor);
    copy->login = g_strdup(options->login);
    copy->group_name = g_strdup(options->group_name);
    copy->member_attributes = g_strdupv(options->member_attributes);
    return copy;
}

void directory_options_free(DirectoryOptions *options)
{
    if (options == NULL)
        return;
    if (options->secret != NULL)
        explicit_bzero(options->secret, strlen(options->secret));
    g_free(options->name);
    g_strfreev(options->uris);
    g_free(options->ca_file);
    g_free(options->bind_dn);
    g_free(options->secret);
    g_free(options->ldif);
    g_free(options->base);
    g_free(options->people_base);
    g_free(options->group_base);
    g_free(options->person_filter);
    g_free(options->group_filter);
    g_free(options->account_disabled);
    g_free(options->anchor);
    g_free(options->login);
    g_free(options->group_name);
    g_strfreev(options->member_attributes);
    g_free(options);
}

G_GNUC_PRINTF(2, 3)

static gboolean settings_error(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, OUTCOME, OUTCOME_SETTINGS, text);
    return FALSE;
}

static gboolean is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n\f\v")] == '\0';
}

static gboolean check_uri(const DirectoryOptions *options, const char *text, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri == NULL ? NULL : g_uri_get_scheme(uri);
    const char *host = uri == NULL ? NULL : g_uri_get_host(uri);
    if (is_blank(host) || (strcmp(scheme, "ldap") != 0 && strcmp(scheme, "ldaps") != 0))
        return settings_error(error, "uri '%s': write ldaps://host or ldap://host", text);
    if (strchr("/", g_uri_get_path(uri)[0]) == NULL || strlen(g_uri_get_path(uri)) > 1 ||
        g_uri_get_query(uri) != NULL)
        return settings_error(error,
                              "uri '%s': only host and port may stand in it; put the DN "
                              "into base",
                              text);
    if (strcmp(scheme, "ldaps") == 0 && options->start_tls)
        return settings_error(error,
                              "uri '%s' is TLS from the start: set start_tls = false, or "
                              "write ldap://",
                              text);
    if (strcmp(scheme, "ldap") == 0 && !options->start_tls && !loopback_is_host(host))
        return settings_error(error,
                              "uri '%s' would send the password and the groups unencrypted: "
                              "write ldaps://, or set start_tls = true",
                              text);
    return TRUE;
}

static gboolean check_dn(const char *key, const char *dn, GError **error)
{
    g_autofree char *normal = dn == NULL ? NULL : directory_dn_key(dn, NULL);
    if (dn != NULL && normal == NULL)
        return settings_error(error, "%s: '%s' is not a DN", key, dn);
    return TRUE;
}

static gboolean check_credentials(const DirectoryOptions *options, GError **error)
{
    /* RFC 4513 5.1.2: a name with an empty password is answered with success and binds nobody.
     */
    if (options->bind_dn != NULL && is_blank(options->secret))
        return settings_error(error,
                              "the password of '%s' is empty: servers take that for an "
                              "anonymous bind and say success",
                              options->bind_dn);
    if (is_blank(options->bind_dn) && options->secret != NULL)
        return settings_error(error, "there is a bind password, but no bind_dn");
    return TRUE;
}

gboolean directory_options_check(const DirectoryOptions *options, GError **error)
{
    if (!check_dn("base", options->base, error) ||
        !check_dn("people_base", options->people_base, error) ||
        !check_dn("group_base", options->group_base, error))
        return FALSE;
    if (options->ldif != NULL)
        return TRUE;
    if (options->uris == NULL || options->uris[0] == NULL)
        return settings_error(error, "no uri");
    for (char **uri = options->uris; *uri != NULL; uri++)
        if (!check_uri(options, *uri, error))
            return FALSE;
    if (options->base == NULL && (options->people_base == NULL || options->group_base == NULL))
        return settings_error(error, "no base: where do people and groups stand?");
    g_autoptr(GError) unreadable = NULL;
    g_autofree char *authority = NULL;
    if (options->ca_file != NULL &&
        !g_file_get_contents(options->ca_file, &authority, NULL, &unreadable))
        return settings_error(error, "ca_file: %s", unreadable->message);
    return check_credentials(options, error);
}
