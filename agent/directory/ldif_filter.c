#include "agent/directory/ldif_filter.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "mapping/condition.h"
#include "mapping/snapshot.h"
#include "scim/protocol/outcome.h"

/* RFC 4519, RFC 2798, and Active Directory's user: what stands on what. */
static const struct {
    const char *class, *superior;
} superiors[] = {
    {"inetOrgPerson", "organizationalPerson"}, {"residentialPerson", "person"},
    {"organizationalPerson", "person"},        {"computer", "user"},
    {"user", "organizationalPerson"},
};

enum { FILTERS = 3 };

struct matching {
    const struct directory_scheme *scheme;
    Condition *conditions[FILTERS]; /* in the order of enum ldif_match; NULL: matches nothing */
    GPtrArray *attributes;          /* that the filters ask for */
    Snapshot *snapshot;             /* every entry as a person, its key as anchor */
};

static gboolean compile(struct matching *matching, GError **error)
{
    const char *filters[FILTERS] = {matching->scheme->person_filter,
                                    matching->scheme->group_filter,
                                    matching->scheme->account_disabled};
    for (guint i = 0; i < FILTERS; i++) {
        if (filters[i] == NULL)
            continue;
        matching->conditions[i] = condition_new(filters[i], error);
        if (matching->conditions[i] == NULL) {
            g_prefix_error(error, "filter '%s': ", filters[i]);
            return FALSE;
        }
        condition_attributes(matching->conditions[i], matching->attributes);
    }
    return TRUE;
}

static void add_class(Snapshot *snapshot, const char *attribute, const char *class)
{
    snapshot_add_value(snapshot, attribute, class);
    for (size_t i = 0; i < G_N_ELEMENTS(superiors); i++)
        if (g_ascii_strcasecmp(class, superiors[i].class) == 0)
            add_class(snapshot, attribute, superiors[i].superior);
}

static void add_value(Snapshot *snapshot, const char *attribute, const char *text)
{
    if (g_ascii_strcasecmp(attribute, "objectClass") == 0) {
        add_class(snapshot, attribute, text);
        return;
    }
    snapshot_add_value(snapshot, attribute, text);
    if (g_ascii_strcasecmp(attribute, "objectCategory") == 0) {
        g_autofree char *name = directory_dn_rdn_value(text, "cn");
        if (name != NULL)
            snapshot_add_value(snapshot, attribute, name);
    }
}

static void add_values(const struct matching *matching, const struct directory_entry *entry)
{
    for (guint i = 0; i < matching->attributes->len; i++) {
        const char *name = g_ptr_array_index(matching->attributes, i);
        const struct directory_attribute *attribute = directory_entry_find(entry, name);
        for (guint j = 0; attribute != NULL && j < attribute->value_count; j++) {
            g_autofree char *text =
                directory_value_text(directory_entry_value(entry, attribute, j));
            if (text != NULL)
                add_value(matching->snapshot, name, text);
        }
    }
}

static gboolean add_entry(const struct matching *matching, const LdifText *text,
                          const struct directory_entry *entry, GError **error)
{
    g_autofree char *dn = directory_value_show(&entry->dn);
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key == NULL) {
        g_prefix_error(error, "line %u: ", ldif_text_line(text));
        return FALSE;
    }
    struct snapshot_entry person = {.dn = dn, .dn_key = key, .anchor = key};
    if (!snapshot_add_person(matching->snapshot, &person, NULL)) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT,
                    "line %u: entry '%s' stands twice in the file", ldif_text_line(text), dn);
        return FALSE;
    }
    add_values(matching, entry);
    return TRUE;
}

static gboolean add_all(const struct matching *matching, LdifText *text, GError **error)
{
    GError *problem = NULL;
    struct directory_entry entry;
    directory_entry_init(&entry);
    ldif_text_rewind(text);
    while (ldif_text_next(text, &entry, &problem))
        if (!add_entry(matching, text, &entry, &problem))
            break;
    directory_entry_clear(&entry);
    if (problem != NULL)
        g_propagate_error(error, problem);
    return problem == NULL;
}

static guint8 flags_of(const struct matching *matching, const struct snapshot_person *person)
{
    const char *bases[FILTERS] = {matching->scheme->people_key, matching->scheme->group_key,
                                  ""};
    guint8 flags = 0;
    for (guint i = 0; i < FILTERS; i++)
        if (matching->conditions[i] != NULL &&
            directory_dn_key_is_below(person->dn_key, bases[i]) &&
            condition_holds(matching->conditions[i], matching->snapshot, person))
            flags |= (guint8)(1U << i);
    return flags;
}

/* Sealing has put the entries in the order of their keys: back to that of the file. */
static GByteArray *match_all(const struct matching *matching, LdifText *text)
{
    GByteArray *matches = g_byte_array_new();
    struct directory_entry entry;
    directory_entry_init(&entry);
    ldif_text_rewind(text);
    while (ldif_text_next(text, &entry, NULL)) {
        g_autofree char *key = directory_dn_key_of_bytes(entry.dn.bytes, entry.dn.length, NULL);
        const struct snapshot_person *person = snapshot_find_dn(matching->snapshot, key);
        guint8 flags = person == NULL ? 0 : flags_of(matching, person);
        g_byte_array_append(matches, &flags, 1);
    }
    directory_entry_clear(&entry);
    return matches;
}

GByteArray *ldif_filter_match(LdifText *text, const struct directory_scheme *scheme,
                              GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_new("");
    g_autoptr(GPtrArray) attributes = g_ptr_array_new_with_free_func(g_free);
    struct matching matching = {
        .scheme = scheme, .attributes = attributes, .snapshot = snapshot};
    GByteArray *matches = NULL;
    if (compile(&matching, error) && add_all(&matching, text, error)) {
        snapshot_seal(snapshot);
        matches = match_all(&matching, text);
    }
    for (guint i = 0; i < FILTERS; i++)
        condition_free(matching.conditions[i]);
    return matches;
}
