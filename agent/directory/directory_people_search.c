#include "agent/directory/directory_people_search.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "agent/directory/directory_group_search.h"
#include "agent/directory/directory_search.h"
#include "scim/protocol/outcome.h"

struct reading {
    DirectorySession *session;
    struct directory_people *people;
    Snapshot *snapshot;
    const char **attributes;
    guint search;      /* the number of the search that runs, from 1 */
    GHashTable *taken; /* key (owned) -> the search that brought it */
};

static gboolean take_disabled(void *context, const struct directory_entry *entry,
                              GError **error)
{
    struct reading *reading = context;
    return directory_people_take_disabled(reading->people, entry, error);
}

/* An earlier search may have found the same person (by DN and by login); what one search brings
 * twice is the snapshot's to refuse. */
static gboolean take_person(void *context, const struct directory_entry *entry, GError **error)
{
    struct reading *reading = context;
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key == NULL)
        return FALSE;
    if (!directory_dn_key_is_below(key, reading->people->scheme->people_key)) {
        g_set_error(error, OUTCOME, OUTCOME_RETRY,
                    "the server answered with '%s', which is not below '%s'", key,
                    reading->people->scheme->people_base);
        return FALSE;
    }
    if (reading->taken != NULL) {
        guint by = GPOINTER_TO_UINT(g_hash_table_lookup(reading->taken, key));
        if (by != 0 && by < reading->search)
            return TRUE;
        g_hash_table_insert(reading->taken, g_steal_pointer(&key),
                            GUINT_TO_POINTER(reading->search));
    }
    return directory_people_take(reading->people, entry, reading->snapshot, error);
}

/* First who is disabled, in the server's own judgement, then everybody. */
static gboolean search_once(struct reading *reading, const char *filter, GError **error)
{
    static const char *const nothing[] = {"1.1", NULL};
    const struct directory_scheme *scheme = reading->people->scheme;
    struct directory_query query = {
        .base = scheme->people_base, .filter = filter, .attributes = reading->attributes};
    reading->search++;
    if (scheme->account_disabled != NULL) {
        g_autofree char *disabled =
            g_strdup_printf("(&%s%s)", filter, scheme->account_disabled);
        struct directory_query proof = {
            .base = scheme->people_base, .filter = disabled, .attributes = nothing};
        if (!directory_search(reading->session, &proof, take_disabled, reading, error))
            return FALSE;
    }
    return directory_search(reading->session, &query, take_person, reading, error);
}

static void add_part(GHashTable *known, GPtrArray *parts, char *part)
{
    if (part != NULL && g_hash_table_add(known, part))
        g_ptr_array_add(parts, part);
}

/* A filter for each person who is wanted; the same RDN in two places needs only one. The parts are
 * owned by `known`. */
static GPtrArray *name_people(const struct directory_people *people, GHashTable *known)
{
    GPtrArray *parts = g_ptr_array_new();
    GHashTableIter each;
    gpointer key = NULL;
    gpointer value = NULL;
    g_hash_table_iter_init(&each, people->keys);
    while (g_hash_table_iter_next(&each, &key, &value))
        add_part(known, parts, directory_dn_rdn_filter(value));
    g_hash_table_iter_init(&each, people->logins);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        g_autofree char *login = directory_dn_filter_value(key, strlen(key));
        add_part(known, parts, g_strdup_printf("(%s=%s)", people->scheme->login, login));
    }
    g_hash_table_iter_init(&each, people->primary);
    while (g_hash_table_iter_next(&each, &key, NULL))
        add_part(known, parts, g_strdup_printf("(primaryGroupID=%u)", GPOINTER_TO_UINT(key)));
    return parts;
}

static gboolean search_named(struct reading *reading, const GPtrArray *parts, GError **error)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reading->taken = taken;
    for (guint i = 0; i < parts->len; i += DIRECTORY_NAMES_AT_ONCE) {
        g_autofree char *filter =
            directory_group_search_any(reading->people->scheme->person_filter, parts, i);
        if (!search_once(reading, filter, error))
            return FALSE;
    }
    return TRUE;
}

gboolean directory_people_search(DirectorySession *session, struct directory_people *people,
                                 Snapshot *snapshot, GError **error)
{
    g_autofree const char **attributes = directory_people_attributes(people);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct reading reading = {
        .session = session, .people = people, .snapshot = snapshot, .attributes = attributes};
    if (people->everybody)
        return search_once(&reading, people->scheme->person_filter, error);
    guint wanted = g_hash_table_size(people->keys) + g_hash_table_size(people->logins);
    if (wanted > DIRECTORY_SINGLE_READS_MAX)
        return search_once(&reading, people->scheme->person_filter, error);
    g_autoptr(GPtrArray) parts = name_people(people, known);
    return search_named(&reading, parts, error);
}
