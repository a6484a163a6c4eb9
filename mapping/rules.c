#include "mapping/rules.h"

#include <string.h>

#include "mapping/group_index.h"

struct rules {
    char **directories;
    char **organizations;
    GPtrArray *list; /* struct rule * */
};

static void free_rule(gpointer rule)
{
    rule_free(rule);
}

static char **copy_names(const char *const *names)
{
    GPtrArray *copy = g_ptr_array_new();

    for (guint i = 0; names != NULL && names[i] != NULL; i++)
        g_ptr_array_add(copy, g_strdup(names[i]));
    g_ptr_array_add(copy, NULL);
    return (char **)g_ptr_array_free(copy, FALSE);
}

Rules *rules_new(const char *const *directories, const char *const *organizations)
{
    Rules *rules = g_new0(Rules, 1);

    rules->directories = copy_names(directories);
    rules->organizations = copy_names(organizations);
    rules->list = g_ptr_array_new_with_free_func(free_rule);
    return rules;
}

void rules_free(Rules *rules)
{
    if (rules == NULL)
        return;
    g_strfreev(rules->directories);
    g_strfreev(rules->organizations);
    g_ptr_array_unref(rules->list);
    g_free(rules);
}

gboolean rules_add(Rules *rules, const struct rule_text *text, GError **error)
{
    struct rule *rule = rule_compile(text, (const char *const *)rules->directories,
                                     (const char *const *)rules->organizations, error);

    if (rule == NULL)
        return FALSE;
    g_ptr_array_add(rules->list, rule);
    return TRUE;
}

static int compare_rules(gconstpointer left, gconstpointer right)
{
    return rule_compare(*(const struct rule *const *)left, *(const struct rule *const *)right,
                        TRUE);
}

void rules_seal(Rules *rules)
{
    g_ptr_array_sort(rules->list, compare_rules);
}

guint32 rules_count(const Rules *rules)
{
    return rules->list->len;
}

const struct rule *rules_get(const Rules *rules, guint32 index)
{
    return g_ptr_array_index(rules->list, index);
}

static const char *subject_words(enum rule_subject subject)
{
    switch (subject) {
    case RULE_GROUP_DN:
    case RULE_GROUP_NAME:
    case RULE_GROUP_ANCHOR:
        return "group";
    case RULE_GROUP_MATCHES:
        return "groups matching";
    case RULE_FILTER:
        return "people matching";
    case RULE_USER_DN:
    case RULE_USER:
        return "user";
    }
    return "group";
}

static gboolean role_is_fixed(const struct rule *rule)
{
    return rule->role_count == 1 && g_str_equal(rule->role, rule->roles[0].value);
}

static const char *role_words(const struct rule *rule, const struct rule_role *role)
{
    return rule->project != NULL ? project_role_name(role->project)
                                 : organization_role_name(role->organization);
}

static void append_grant(GString *words, const struct rule *rule)
{
    g_string_append(words, rule->organization);
    if (rule->project != NULL)
        g_string_append_printf(words, "/%s", rule->project);
    if (role_is_fixed(rule)) {
        g_string_append_printf(words, ": %s", role_words(rule, &rule->roles[0]));
    } else {
        g_string_append_printf(words, ": %s (", rule->role);
        for (guint32 i = 0; i < rule->role_count; i++)
            g_string_append_printf(words, "%s%s = %s", i > 0 ? ", " : "", rule->roles[i].value,
                                   role_words(rule, &rule->roles[i]));
        g_string_append_c(words, ')');
    }
    if (rule->priority != 0)
        g_string_append_printf(words, ", priority %d", rule->priority);
}

char *rules_words(const Rules *rules, guint32 index)
{
    const struct rule *rule = rules_get(rules, index);
    GString *words = g_string_new(subject_words(rule->subject));

    g_string_append_printf(words, " '%s' of directory '%s' -> ", rule->key, rule->directory);
    if (!rule->deny)
        append_grant(words, rule);
    else if (rule->organization != NULL)
        g_string_append_printf(words, "denied in %s", rule->organization);
    else
        g_string_append(words, "denied");
    return g_string_free(words, FALSE);
}

char *rules_words_at(const Rules *rules, guint32 index)
{
    const struct rule *rule = rules_get(rules, index);
    g_autofree char *words = rules_words(rules, index);

    return g_strdup_printf("%s (%s:%u)", words, rule->file, rule->line);
}

static void add_name(GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (g_ascii_strcasecmp(names->pdata[i], name) == 0)
            return;
    g_ptr_array_add(names, g_strdup(name));
}

static void add_rule_needs(Needs *needs, const struct rule *rule)
{
    switch (rule->subject) {
    case RULE_GROUP_DN:
        add_name(needs->group_dns, rule->dn_key);
        break;
    case RULE_GROUP_NAME:
        add_name(needs->group_names, rule->key);
        break;
    case RULE_GROUP_ANCHOR:
        add_name(needs->group_anchors, rule->key);
        break;
    case RULE_GROUP_MATCHES:
        needs->all_groups = TRUE;
        break;
    case RULE_FILTER:
        needs->all_people = TRUE;
        condition_attributes(rule->condition, needs->attributes);
        break;
    case RULE_USER_DN:
    case RULE_USER:
        needs->all_people = TRUE;
        break;
    }
}

Needs *rules_needs(const Rules *rules, const char *directory, const ProfileMap *profile,
                   const char *seat_order, const char *const *extra)
{
    Needs *needs = needs_new();

    for (guint32 i = 0; i < rules->list->len; i++) {
        const struct rule *rule = rules_get(rules, i);
        if (g_str_equal(rule->directory, directory))
            add_rule_needs(needs, rule);
    }
    profile_map_attributes(profile, needs->attributes);
    if (seat_order != NULL)
        add_name(needs->attributes, seat_order);
    for (guint i = 0; extra != NULL && extra[i] != NULL; i++)
        add_name(needs->attributes, extra[i]);
    return needs;
}

gboolean rules_check_groups(const Rules *rules, const char *directory, const Snapshot *snapshot,
                            GError **error)
{
    g_autoptr(GroupIndex) index = group_index_new(snapshot);

    for (guint32 i = 0; i < rules_count(rules); i++) {
        const struct rule *rule = rules_get(rules, i);
        gboolean names_one = rule->subject == RULE_GROUP_DN ||
                             rule->subject == RULE_GROUP_NAME ||
                             rule->subject == RULE_GROUP_ANCHOR;
        guint32 group = 0;
        if (names_one && g_str_equal(rule->directory, directory) &&
            !group_index_find(index, rule, &group, error))
            return FALSE;
    }
    return TRUE;
}

static void feed(GChecksum *checksum, const char *text)
{
    text = text != NULL ? text : "";
    g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
}

char *rules_digest(const Rules *rules)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint32 i = 0; i < rules->list->len; i++) {
        const struct rule *rule = rules_get(rules, i);
        if (i > 0 && rule_compare(rules_get(rules, i - 1), rule, FALSE) == 0)
            continue;
        const guchar kind[] = {(guchar)rule->subject, rule->deny ? 1 : 0};
        g_autoptr(GString) grant = g_string_new(NULL);
        if (!rule->deny)
            append_grant(grant, rule);
        g_checksum_update(checksum, kind, sizeof kind);
        feed(checksum, rule->directory);
        /* A DN in another spelling is the same rule: its normalised form counts. */
        feed(checksum, rule->dn_key != NULL ? rule->dn_key : rule->key);
        feed(checksum, rule->organization);
        feed(checksum, grant->str);
    }
    return g_strdup(g_checksum_get_string(checksum));
}
