#include "agent/directory/ldap_source.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "agent/directory/directory_group_search.h"
#include "agent/directory/directory_people_search.h"
#include "agent/directory/directory_search.h"
#include "scim/protocol/outcome.h"

struct ldap_source {
    struct source source; /* first: the interface is the object */
    DirectoryOptions *options;
    const struct clock *clock;
    const struct source_observer *observer;
    DirectorySession *session; /* NULL until it is needed, and after a failure */
};

/* A session that works: the one there is, or a new one. */
static DirectorySession *connected(struct ldap_source *self, GError **error)
{
    if (self->session != NULL && self->session->broken)
        g_clear_pointer(&self->session, directory_session_close);
    if (self->session == NULL)
        self->session = directory_session_open(self->options, error);
    if (self->session != NULL)
        self->session->observer = self->observer;
    return self->session;
}

static gboolean count_entry(void *context, const struct directory_entry *entry G_GNUC_UNUSED,
                            GError **error G_GNUC_UNUSED)
{
    guint *seen = context;
    (*seen)++;
    return TRUE;
}

/* Without this a base that is hidden from us would look like one in which nobody is. */
static gboolean require_base(DirectorySession *session, const char *key, const char *base,
                             GError **error)
{
    static const char *const nothing[] = {"1.1", NULL};
    gboolean absent = FALSE;
    guint seen = 0;
    struct directory_query query = {.base = base,
                                    .depth = DIRECTORY_ONE_ENTRY,
                                    .filter = "(objectClass=*)",
                                    .attributes = nothing,
                                    .absent = &absent};
    if (base[0] == '\0')
        return TRUE;
    if (!directory_search(session, &query, count_entry, &seen, error))
        return FALSE;
    if (seen == 1)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                "%s '%s' does not exist, or the account may not see it", key, base);
    return FALSE;
}

static gboolean read_all(DirectorySession *session, const struct directory_scheme *scheme,
                         const Needs *needs, gint64 now, Snapshot *snapshot, GError **error)
{
    g_autoptr(DirectoryGroups) groups = directory_groups_new(scheme);
    struct directory_people people;
    if (!require_base(session, "people_base", scheme->people_base, error) ||
        !require_base(session, "group_base", scheme->group_base, error) ||
        !directory_group_search(session, groups, needs, error))
        return FALSE;
    directory_people_init(&people, scheme, needs, groups, now);
    gboolean read = directory_people_search(session, &people, snapshot, error) &&
                    directory_groups_write(groups, snapshot, error);
    directory_people_clear(&people);
    return read;
}

static Snapshot *read_snapshot(struct source *source, const Needs *needs, GError **error)
{
    struct ldap_source *self = (struct ldap_source *)source;
    DirectorySession *session = connected(self, error);
    g_autoptr(Snapshot) snapshot = snapshot_new(source->name);
    struct directory_scheme scheme = {0};
    gboolean read = session != NULL &&
                    directory_scheme_init(&scheme, self->options, session->kind, error) &&
                    read_all(session, &scheme, needs, clock_now(self->clock), snapshot, error);
    directory_scheme_clear(&scheme);
    if (!read) {
        g_prefix_error(error, "directory '%s': ", source->name);
        return NULL;
    }
    snapshot_seal(snapshot);
    return g_steal_pointer(&snapshot);
}

/* What is known of one entry that is looked up. */
struct found {
    const struct directory_people *people;
    guint count;
    enum snapshot_state state;
};

static gboolean take_found(void *context, const struct directory_entry *entry, GError **error)
{
    struct found *found = context;
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key == NULL)
        return FALSE;
    found->count++;
    found->state = directory_people_state(found->people, entry, key);
    return TRUE;
}

/* *visible says whether this account may see the base at all. */
static gboolean search_anchor(DirectorySession *session, const char *base, const char *filter,
                              struct found *found, gboolean *visible, GError **error)
{
    static const char *const attributes[] = {"userAccountControl", "accountExpires", NULL};
    gboolean absent = FALSE;
    struct directory_query query = {
        .base = base, .filter = filter, .attributes = attributes, .absent = &absent};
    found->count = 0;
    if (!directory_search(session, &query, take_found, found, error))
        return FALSE;
    *visible = *visible && !absent;
    return TRUE;
}

/* Outside the scope: in every naming context that the server has. */
static gboolean search_everywhere(DirectorySession *session, const char *filter,
                                  struct found *found, gboolean *visible, GError **error)
{
    if (session->naming_contexts == NULL || session->naming_contexts[0] == NULL) {
        *visible = FALSE;
        return TRUE;
    }
    for (char **base = session->naming_contexts; *base != NULL; base++) {
        if (!search_anchor(session, *base, filter, found, visible, error))
            return FALSE;
        if (found->count > 0)
            return TRUE;
    }
    return TRUE;
}

/* The configured filter for disabled accounts is the server's to answer. */
static gboolean prove_disabled(DirectorySession *session, const struct directory_scheme *scheme,
                               const char *base, const char *filter, struct found *found,
                               GError **error)
{
    gboolean visible = TRUE;
    struct found disabled = {.people = found->people};
    if (scheme->account_disabled == NULL || found->count == 0)
        return TRUE;
    g_autofree char *both = g_strdup_printf("(&%s%s)", filter, scheme->account_disabled);
    if (!search_anchor(session, base, both, &disabled, &visible, error))
        return FALSE;
    if (disabled.count > 0)
        found->state = SNAPSHOT_DISABLED;
    return TRUE;
}

static enum source_presence presence_of(const struct found *found, enum source_presence enabled)
{
    return found->state == SNAPSHOT_ENABLED ? enabled : SOURCE_DISABLED;
}

static gboolean look(DirectorySession *session, const struct directory_people *people,
                     const char *anchor_filter, enum source_presence *presence, GError **error)
{
    const struct directory_scheme *scheme = people->scheme;
    struct found found = {.people = people};
    gboolean visible = TRUE;
    g_autofree char *in_scope =
        g_strdup_printf("(&%s%s)", scheme->person_filter, anchor_filter);
    if (!search_anchor(session, scheme->people_base, in_scope, &found, &visible, error) ||
        !prove_disabled(session, scheme, scheme->people_base, anchor_filter, &found, error))
        return FALSE;
    if (found.count > 0) {
        *presence = presence_of(&found, SOURCE_PRESENT);
        return TRUE;
    }
    if (!search_everywhere(session, anchor_filter, &found, &visible, error))
        return FALSE;
    if (found.count > 0)
        *presence = presence_of(&found, SOURCE_OUT_OF_SCOPE);
    else
        *presence = visible ? SOURCE_DELETED : SOURCE_UNKNOWN;
    return TRUE;
}

static gboolean look_up(struct source *source, const char *anchor,
                        enum source_presence *presence, GError **error)
{
    struct ldap_source *self = (struct ldap_source *)source;
    DirectorySession *session = connected(self, error);
    struct directory_scheme scheme = {0};
    g_autoptr(Needs) nothing = needs_new();
    gboolean done = FALSE;
    if (session != NULL &&
        directory_scheme_init(&scheme, self->options, session->kind, error)) {
        g_autoptr(DirectoryGroups) groups = directory_groups_new(&scheme);
        g_autofree char *filter = directory_anchor_filter(scheme.anchor, anchor);
        struct directory_people people;
        directory_people_init(&people, &scheme, nothing, groups, clock_now(self->clock));
        /* An anchor of another form was another attribute's: it proves nothing here. */
        *presence = SOURCE_UNKNOWN;
        done = filter == NULL || look(session, &people, filter, presence, error);
        directory_people_clear(&people);
    }
    directory_scheme_clear(&scheme);
    if (!done)
        g_prefix_error(error, "directory '%s': looking for '%s': ", source->name, anchor);
    return done;
}

static void source_free(struct source *source)
{
    struct ldap_source *self = (struct ldap_source *)source;
    directory_session_close(self->session);
    directory_options_free(self->options);
    g_free(source->name);
    g_free(self);
}

struct source *ldap_source_new(const DirectoryOptions *options, const struct clock *clock,
                               const struct source_observer *observer, GError **error)
{
    if (!directory_options_check(options, error)) {
        g_prefix_error(error, "directory '%s': ", options->name);
        return NULL;
    }
    struct ldap_source *self = g_new0(struct ldap_source, 1);
    self->source = (struct source){.name = g_strdup(options->name),
                                   .read = read_snapshot,
                                   .look_up = look_up,
                                   .free = source_free};
    self->options = directory_options_copy(options);
    self->clock = clock;
    self->observer = observer;
    return &self->source;
}
