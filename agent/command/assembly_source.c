#include "agent/command/assembly_source.h"

#include "agent/command/assembly_place.h"
#include "agent/directory/ldap_source.h"
#include "agent/directory/ldif_source.h"
#include "agent/directory/pushed_groups_source.h"
#include "scim/protocol/outcome.h"

/* A group of half a million members. */
#define MAX_ANSWER ((size_t)64 << 20)

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

static struct source *pushed_source(const struct directory_settings *directory,
                                    const Settings *settings, GError **error)
{
    struct assembly_place place;
    const struct organization_settings *organization =
        settings_organization(settings, directory->pushed_groups_of);
    if (!assembly_place_find(settings, assembly_place_of(settings, organization), &place,
                             error))
        return NULL;
    g_autofree char *base_path =
        g_strdup_printf("/organizations/%s/scim/v2", organization->name);
    place.http.max_answer = MAX_ANSWER;
    const struct pushed_groups_settings pushed = {
        .name = directory->name,
        .connection = directory->connection,
        .client = {.http = place.http,
                   .base_path = place.by_organization ? base_path : NULL,
                   .policy = &assembly_place_patience,
                   .waiter = retry_waiter_system(),
                   .random = random_system()},
    };
    struct source *source = pushed_groups_source_new(&pushed, error);
    assembly_place_clear(&place);
    return source;
}

static void free_left(struct source *source)
{
    g_free(source->name);
    g_free(source);
}

/* Only its name is wanted: no secret is read for it. */
static struct source *left_source(const struct directory_settings *directory)
{
    struct source *source = g_new0(struct source, 1);
    source->name = g_strdup(directory->name);
    source->free = free_left;
    return source;
}

struct source *assembly_source_new(const struct directory_settings *directory,
                                   const struct assembly_source_circumstances *circumstances,
                                   GError **error)
{
    if (circumstances->is_left)
        return left_source(directory);
    if (directory->pushed_groups_of != NULL)
        return pushed_source(directory, circumstances->settings, error);
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
