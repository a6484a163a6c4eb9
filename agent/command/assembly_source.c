#include "agent/command/assembly_source.h"

#include "agent/directory/ldap_source.h"
#include "agent/directory/ldif_source.h"
#include "scim/protocol/outcome.h"

static char **copy_texts(const char *const *texts)
{
    GStrvBuilder *builder = g_strv_builder_new();
    for (; *texts != NULL; texts++)
        g_strv_builder_add(builder, *texts);
    char **copy = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return copy;
}

static gboolean take_secret(DirectoryOptions *options,
                            const struct directory_settings *directory, GError **error)
{
    if (!secret_is_named(&directory->bind_password))
        return TRUE;
    g_autoptr(Secret) secret = secret_read(&directory->bind_password, error);
    if (secret == NULL) {
        g_prefix_error(error, "directory \"%s\": ", directory->name);
        return FALSE;
    }
    options->secret = g_strdup(secret->bytes);
    return TRUE;
}

static DirectoryOptions *options_of(const struct directory_settings *directory, GError **error)
{
    g_autoptr(DirectoryOptions) options = directory_options_new(directory->name);
    options->uris = copy_texts(directory->uri);
    options->start_tls = directory->start_tls;
    options->ca_file = g_strdup(directory->ca_file);
    options->bind_dn = g_strdup(directory->bind_dn);
    options->page_size = (guint)directory->page_size;
    options->connect_timeout = (guint)directory->connect_timeout;
    options->search_timeout = (guint)directory->search_timeout;
    options->ldif = g_strdup(directory->ldif);
    options->base = g_strdup(directory->base);
    options->people_base = g_strdup(directory->people_base);
    options->group_base = g_strdup(directory->group_base);
    options->person_filter = g_strdup(directory->person_filter);
    options->group_filter = g_strdup(directory->group_filter);
    options->account_disabled = g_strdup(directory->account_disabled);
    options->anchor = g_strdup(directory->anchor);
    options->login = g_strdup(directory->login);
    options->group_name = g_strdup(directory->group_name);
    options->member_attributes = copy_texts(directory->member_attributes);
    if (directory->kind != NULL && !directory_kind_parse(directory->kind, &options->kind)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "directory \"%s\": kind \"%s\" is not known", directory->name,
                    directory->kind);
        return NULL;
    }
    return take_secret(options, directory, error) ? g_steal_pointer(&options) : NULL;
}

gboolean assembly_source_is_readable(const struct directory_settings *directory)
{
    return directory->pushed_groups_of == NULL;
}

struct source *assembly_source_new(const struct directory_settings *directory,
                                   const struct assembly_source_circumstances *circumstances,
                                   GError **error)
{
    g_autoptr(DirectoryOptions) options = options_of(directory, error);
    if (options == NULL)
        return NULL;
    options->deadline = circumstances->deadline;
    options->last_accepted = circumstances->last_accepted;
    if (options->ldif != NULL)
        return ldif_source_new(options, circumstances->clock, circumstances->observer, error);
    return ldap_source_new(options, circumstances->clock, circumstances->observer, error);
}

ProfileMap *assembly_source_profile(const struct directory_settings *directory, GError **error)
{
    g_autoptr(ProfileMap) map = profile_map_new();
    for (int field = 0; field < PROFILE_FIELDS; field++) {
        const char *template = directory->profile.field[field];
        if (template != NULL &&
            !profile_map_set(map, profile_field_key((enum profile_field)field), template,
                             error))
            return NULL;
    }
    return g_steal_pointer(&map);
}
