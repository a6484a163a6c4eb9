#include "agent/directory/directory_people.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "scim/protocol/outcome.h"

static void want_members(struct directory_people *people, struct directory_group *group)
{
    for (guint i = 0; i < group->members->len; i++) {
        struct directory_member *member =
            &g_array_index(group->members, struct directory_member, i);
        if (directory_groups_find(people->groups, member->key) == NULL &&
            directory_dn_key_is_below(member->key, people->scheme->people_key))
            g_hash_table_insert(people->keys, member->key, member->dn);
    }
    for (guint i = 0; i < group->logins->len; i++)
        g_hash_table_add(people->logins, g_ptr_array_index(group->logins, i));
    if (group->primary_id != 0)
        g_hash_table_insert(people->primary, GUINT_TO_POINTER(group->primary_id), group);
}

void directory_people_init(struct directory_people *people,
                           const struct directory_scheme *scheme, const Needs *needs,
                           DirectoryGroups *groups, gint64 now)
{
    *people = (struct directory_people){
        .scheme = scheme,
        .needs = needs,
        .groups = groups,
        .now = now,
        .everybody = needs->all_people,
        .keys = g_hash_table_new(g_str_hash, g_str_equal),
        .logins = g_hash_table_new(g_str_hash, g_str_equal),
        .primary = g_hash_table_new(NULL, NULL),
        .disabled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    for (guint i = 0; i < groups->list->len; i++) {
        struct directory_group *group = g_ptr_array_index(groups->list, i);
        if (group->needed)
            want_members(people, group);
    }
}

void directory_people_clear(struct directory_people *people)
{
    g_clear_pointer(&people->keys, g_hash_table_unref);
    g_clear_pointer(&people->logins, g_hash_table_unref);
    g_clear_pointer(&people->primary, g_hash_table_unref);
    g_clear_pointer(&people->disabled, g_hash_table_unref);
}

const char **directory_people_attributes(const struct directory_people *people)
{
    static const char *const account_control[] = {"userAccountControl", "accountExpires",
                                                  "primaryGroupID"};
    const GPtrArray *asked = people->needs->attributes;
    const char **names = g_new0(const char *, asked->len + 3 + G_N_ELEMENTS(account_control));
    guint count = 0;
    names[count++] = people->scheme->anchor;
    names[count++] = people->scheme->login;
    for (guint i = 0; i < asked->len; i++)
        names[count++] = g_ptr_array_index(asked, i);
    for (guint i = 0; people->scheme->has_account_control && i < G_N_ELEMENTS(account_control);
         i++)
        names[count++] = account_control[i];
    return names;
}

gboolean directory_people_take_disabled(struct directory_people *people,
                                        const struct directory_entry *entry, GError **error)
{
    char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key != NULL)
        g_hash_table_add(people->disabled, key);
    return key != NULL;
}

enum snapshot_state directory_people_state(const struct directory_people *people,
                                           const struct directory_entry *entry, const char *key)
{
    if (g_hash_table_contains(people->disabled, key))
        return SNAPSHOT_DISABLED;
    if (people->scheme->has_account_control)
        return directory_entry_account_state(entry, people->now);
    return SNAPSHOT_ENABLED;
}

static struct directory_group *primary_group(const struct directory_people *people,
                                             const struct directory_entry *entry)
{
    const struct directory_value *value = directory_entry_first(entry, "primaryGroupID");
    g_autofree char *text = value == NULL ? NULL : directory_value_text(value);
    guint64 number = 0;
    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT32, &number, NULL))
        return NULL;
    return g_hash_table_lookup(people->primary, GUINT_TO_POINTER((guint)number));
}

/* Of several logins the one that a group names, else the first in order. */
static char *login_of(const struct directory_people *people,
                      const struct directory_entry *entry, gboolean *wanted)
{
    const struct directory_attribute *attribute =
        directory_entry_find(entry, people->scheme->login);
    char *login = NULL;
    *wanted = FALSE;
    for (guint i = 0; attribute != NULL && i < attribute->value_count && !*wanted; i++) {
        g_autofree char *text =
            directory_value_text(directory_entry_value(entry, attribute, i));
        if (text == NULL)
            continue;
        *wanted = g_hash_table_contains(people->logins, text);
        if (login == NULL || *wanted || strcmp(text, login) < 0) {
            g_free(login);
            login = g_steal_pointer(&text);
        }
    }
    return login;
}

static gboolean is_asked_for(const struct directory_people *people, const char *name)
{
    for (guint i = 0; i < people->needs->attributes->len; i++)
        if (g_ascii_strcasecmp(g_ptr_array_index(people->needs->attributes, i), name) == 0)
            return TRUE;
    return FALSE;
}

/* Why the entry cannot be used, as a part of a sentence; NULL when all its texts are fine. The
 * caller frees. */
static char *find_problem(const struct directory_people *people,
                          const struct directory_entry *entry)
{
    const char *problem = directory_value_problem(&entry->dn);
    if (problem != NULL)
        return g_strdup_printf("its name %s", problem);
    for (guint i = 0; i < entry->attributes->len; i++) {
        const struct directory_attribute *attribute =
            &g_array_index(entry->attributes, struct directory_attribute, i);
        g_autofree char *name = directory_value_show(&attribute->name);
        gboolean is_login = g_ascii_strcasecmp(name, people->scheme->login) == 0;
        if (attribute->options.length > 0 ||
            g_ascii_strcasecmp(name, people->scheme->anchor) == 0 ||
            (!is_login && !is_asked_for(people, name)))
            continue;
        for (guint j = 0; j < attribute->value_count; j++) {
            problem = directory_value_problem(directory_entry_value(entry, attribute, j));
            if (problem != NULL)
                return g_strdup_printf("its '%s' %s", name, problem);
        }
    }
    return NULL;
}

static int compare_texts(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* In byte order: directories return values in no particular one (RFC 4511 4.1.7). */
static void add_values(const struct directory_people *people,
                       const struct directory_entry *entry, const char *name,
                       const char *anchor, Snapshot *snapshot)
{
    const struct directory_attribute *attribute = directory_entry_find(entry, name);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    if (g_ascii_strcasecmp(name, people->scheme->anchor) == 0) {
        snapshot_add_value(snapshot, name, anchor);
        return;
    }
    for (guint i = 0; attribute != NULL && i < attribute->value_count; i++) {
        char *text = directory_value_text(directory_entry_value(entry, attribute, i));
        if (text != NULL)
            g_ptr_array_add(texts, text);
    }
    g_ptr_array_sort(texts, compare_texts);
    for (guint i = 0; i < texts->len; i++)
        snapshot_add_value(snapshot, name, g_ptr_array_index(texts, i));
}

static gboolean add_person(struct directory_people *people, const struct directory_entry *entry,
                           struct snapshot_entry *person, Snapshot *snapshot, GError **error)
{
    const struct directory_scheme *scheme = people->scheme;
    const struct directory_value *value = directory_entry_first(entry, scheme->anchor);
    g_autofree char *anchor =
        value == NULL ? NULL : directory_anchor_text(scheme->anchor_form, value);
    g_autofree char *problem = find_problem(people, entry);
    g_autofree char *dn = directory_value_show(&entry->dn);
    if (anchor == NULL) {
        g_set_error(
            error, OUTCOME, OUTCOME_SETTINGS,
            "'%s' has no usable '%s': set anchor to an attribute that never changes and "
            "that every group and person has",
            dn, scheme->anchor);
        return FALSE;
    }
    person->dn = dn;
    person->anchor = anchor;
    person->set_aside = problem;
    person->state = directory_people_state(people, entry, person->dn_key);
    if (!snapshot_add_person(snapshot, person, error))
        return FALSE;
    for (guint i = 0; i < people->needs->attributes->len; i++)
        add_values(people, entry, g_ptr_array_index(people->needs->attributes, i), anchor,
                   snapshot);
    return TRUE;
}

gboolean directory_people_take(struct directory_people *people,
                               const struct directory_entry *entry, Snapshot *snapshot,
                               GError **error)
{
    gboolean named = FALSE;
    g_autofree char *key = directory_dn_key_of_bytes(entry->dn.bytes, entry->dn.length, error);
    if (key == NULL)
        return FALSE;
    g_autofree char *login = login_of(people, entry, &named);
    struct directory_group *primary = primary_group(people, entry);
    if (directory_groups_find(people->groups, key) != NULL)
        return TRUE;
    if (!people->everybody && !named && primary == NULL &&
        !g_hash_table_contains(people->keys, key))
        return TRUE;
    struct snapshot_entry person = {.dn_key = key, .login = login};
    if (!add_person(people, entry, &person, snapshot, error))
        return FALSE;
    if (primary != NULL) {
        struct directory_member member = {
            .key = g_string_chunk_insert_const(people->groups->text, key), .dn = NULL};
        g_array_append_val(primary->members, member);
    }
    return TRUE;
}
