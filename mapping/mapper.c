#include "mapping/mapper.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/fold.h"
#include "mapping/group_index.h"
#include "mapping/mapper_state.h"

static void unref_array(gpointer array)
{
    g_array_unref(array);
}

static const char *keep(Mapper *mapper, const char *text)
{
    return text != NULL ? g_string_chunk_insert_const(mapper->text, text) : NULL;
}

static guint32 add_grant(Mapper *mapper, const struct mapper_grant *grant)
{
    g_array_append_val(mapper->grants, *grant);
    return mapper->grants->len - 1;
}

static struct mapper_grant grant_of(Mapper *mapper, guint32 directory, guint32 index)
{
    const struct rule *rule = rules_get(mapper->rules, index);

    return (struct mapper_grant){.rule = index,
                                 .directory = directory,
                                 .group = MAPPER_NO_GROUP,
                                 .deny = rule->deny,
                                 .organization = keep(mapper, rule->organization)};
}

static void note(Mapper *mapper, const struct mapper_grant *grant, const char *group,
                 const char *what)
{
    g_autofree char *words = rules_words(mapper->rules, grant->rule);

    g_ptr_array_add(mapper->notes, g_strdup_printf("the group '%s' is ignored: %s (rule: %s)",
                                                   group, what, words));
}

/* Fills in role and project; FALSE and a note when the captured ones mean nothing. */
static gboolean fill_in(Mapper *mapper, struct mapper_grant *grant, const GMatchInfo *match,
                        const char *group)
{
    const struct rule *rule = rules_get(mapper->rules, grant->rule);
    g_autofree char *value = NULL;
    const struct rule_role *role = NULL;

    if (rule->deny)
        return TRUE;
    value = match != NULL ? pattern_expand(match, rule->role) : g_strdup(rule->role);
    for (guint32 i = 0; i < rule->role_count; i++)
        if (g_str_equal(rule->roles[i].value, value))
            role = &rule->roles[i];
    if (role == NULL) {
        g_autofree char *what = g_strdup_printf("'%s' means no role", value);
        note(mapper, grant, group, what);
        return FALSE;
    }
    grant->organization_role = role->organization;
    grant->project_role = role->project;
    if (rule->project == NULL)
        return TRUE;
    g_autofree char *project =
        match != NULL ? pattern_expand(match, rule->project) : g_strdup(rule->project);
    if (!role_scope_name_is_valid(project)) {
        g_autofree char *what = g_strdup_printf(
            "no project can be named '%s' (a-z, 0-9 and hyphen, at most 40)", project);
        note(mapper, grant, group, what);
        return FALSE;
    }
    grant->project = keep(mapper, project);
    return TRUE;
}

static void add_root(Mapper *mapper, GArray *roots, struct mapper_grant grant, guint32 group)
{
    struct closure_root root = {.group = group};

    grant.group = group;
    root.mark = add_grant(mapper, &grant) - mapper->finders[grant.directory].first_grant;
    g_array_append_val(roots, root);
}

static gboolean match_groups(Mapper *mapper, GArray *roots, struct mapper_grant grant,
                             GError **error)
{
    const Snapshot *snapshot = mapper->directories[grant.directory].snapshot;
    const struct rule *rule = rules_get(mapper->rules, grant.rule);

    for (guint32 i = 0; i < snapshot->group_count; i++) {
        g_autoptr(GMatchInfo) match = NULL;
        g_autoptr(GError) cause = NULL;
        struct mapper_grant own = grant;
        const char *name = snapshot->groups[i].name;
        if (pattern_match(rule->pattern, name, &match, &cause)) {
            if (fill_in(mapper, &own, match, name))
                add_root(mapper, roots, own, i);
        } else if (cause != NULL) {
            g_propagate_prefixed_error(error, g_steal_pointer(&cause), "%s:%u: ", rule->file,
                                       rule->line);
            return FALSE;
        }
    }
    return TRUE;
}

static void remember(GHashTable *table, gpointer key, guint32 grant)
{
    GArray *grants = g_hash_table_lookup(table, key);

    if (grants == NULL) {
        grants = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(table, key, grants);
    }
    g_array_append_val(grants, grant);
}

/* Rules that find people without a group. */
static void add_person_rule(Mapper *mapper, struct mapper_grant grant)
{
    const struct rule *rule = rules_get(mapper->rules, grant.rule);
    struct mapper_finder *finder = &mapper->finders[grant.directory];
    const Snapshot *snapshot = mapper->directories[grant.directory].snapshot;

    (void)fill_in(mapper, &grant, NULL, "");
    guint32 index = add_grant(mapper, &grant);
    if (rule->subject == RULE_FILTER)
        g_array_append_val(finder->filters, index);
    if (rule->subject == RULE_USER)
        remember(finder->users, fold_key(rule->key), index);
    if (rule->subject == RULE_USER_DN) {
        const struct snapshot_person *person = snapshot_find_dn(snapshot, rule->dn_key);
        if (person != NULL)
            remember(finder->people, GUINT_TO_POINTER((guint32)(person - snapshot->people) + 1),
                     index);
    }
}

static gboolean add_rule(Mapper *mapper, GArray *roots, const GroupIndex *groups,
                         struct mapper_grant grant, GError **error)
{
    const struct rule *rule = rules_get(mapper->rules, grant.rule);
    guint32 group = MAPPER_NO_GROUP;

    switch (rule->subject) {
    case RULE_GROUP_DN:
    case RULE_GROUP_NAME:
    case RULE_GROUP_ANCHOR:
        if (!group_index_find(groups, rule, &group, error))
            return FALSE;
        (void)fill_in(mapper, &grant, NULL, rule->key);
        add_root(mapper, roots, grant, group);
        while (rule->subject == RULE_GROUP_NAME &&
               (group = group_index_namesake(groups, group)) != GROUP_INDEX_NONE)
            add_root(mapper, roots, grant, group);
        return TRUE;
    case RULE_GROUP_MATCHES:
        return match_groups(mapper, roots, grant, error);
    case RULE_FILTER:
    case RULE_USER_DN:
    case RULE_USER:
        add_person_rule(mapper, grant);
        return TRUE;
    }
    return TRUE;
}

static gboolean open_directory(Mapper *mapper, guint32 directory, GError **error)
{
    const struct mapper_directory *own = &mapper->directories[directory];
    struct mapper_finder *finder = &mapper->finders[directory];
    g_autoptr(GArray) roots = g_array_new(FALSE, FALSE, sizeof(struct closure_root));

    finder->filters = g_array_new(FALSE, FALSE, sizeof(guint32));
    finder->users = g_hash_table_new_full(fold_hash, fold_equal, NULL, unref_array);
    finder->people = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, unref_array);
    finder->first_grant = mapper->grants->len;
    if (own->snapshot == NULL)
        return TRUE;
    g_autoptr(GroupIndex) groups = group_index_new(own->snapshot);
    for (guint32 i = 0; i < rules_count(mapper->rules); i++)
        if (g_str_equal(rules_get(mapper->rules, i)->directory, own->name) &&
            !add_rule(mapper, roots, groups, grant_of(mapper, directory, i), error))
            return FALSE;
    finder->closure =
        closure_new(own->snapshot, (const struct closure_root *)(void *)roots->data, roots->len,
                    mapper->grants->len - finder->first_grant);
    return TRUE;
}

static int compare_numbers(const void *left, const void *right)
{
    guint32 a = *(const guint32 *)left;
    guint32 b = *(const guint32 *)right;
    return (a > b) - (a < b);
}

static void add_remembered(GHashTable *table, gconstpointer key, GArray *grants)
{
    const GArray *found = g_hash_table_lookup(table, key);

    if (found != NULL)
        g_array_append_vals(grants, found->data, found->len);
}

/* A user rule with "@" means mail or login, one without it login or anchor. */
static void add_user_grants(const Mapper *mapper, guint32 directory,
                            const struct snapshot_person *person, GArray *grants)
{
    const struct mapper_directory *own = &mapper->directories[directory];
    GHashTable *users = mapper->finders[directory].users;
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(64);
    const char *mail =
        profile_map_field(own->profile, PROFILE_MAIL, own->snapshot, person, chunk);

    if (mail != NULL && strchr(mail, '@') != NULL)
        add_remembered(users, mail, grants);
    if (person->login != NULL)
        add_remembered(users, person->login, grants);
    if (strchr(person->anchor, '@') == NULL)
        add_remembered(users, person->anchor, grants);
}

static void sort_grants(GArray *grants, guint start)
{
    guint32 *list = &g_array_index(grants, guint32, start);
    guint count = grants->len - start;
    guint kept = 1;

    qsort(list, count, sizeof *list, compare_numbers);
    for (guint i = 1; i < count; i++)
        if (list[i] != list[kept - 1])
            list[kept++] = list[i];
    g_array_set_size(grants, start + kept);
}

void mapper_grants_of(const Mapper *mapper, guint32 directory, guint32 person, GArray *grants)
{
    const struct mapper_finder *finder = &mapper->finders[directory];
    const Snapshot *snapshot = mapper->directories[directory].snapshot;
    const struct snapshot_person *entry = &snapshot->people[person];
    guint start = grants->len;

    closure_marks(finder->closure, person, grants);
    guint from_groups = grants->len;
    for (guint i = start; i < grants->len; i++)
        g_array_index(grants, guint32, i) += finder->first_grant;
    for (guint i = 0; i < finder->filters->len; i++) {
        guint32 grant = g_array_index(finder->filters, guint32, i);
        guint32 rule = mapper_grant_at(mapper, grant)->rule;
        if (condition_holds(rules_get(mapper->rules, rule)->condition, snapshot, entry))
            g_array_append_val(grants, grant);
    }
    if (g_hash_table_size(finder->people) > 0)
        add_remembered(finder->people, GUINT_TO_POINTER(person + 1), grants);
    if (g_hash_table_size(finder->users) > 0)
        add_user_grants(mapper, directory, entry, grants);
    if (grants->len > from_groups)
        sort_grants(grants, start);
}

static GArray *part_of(Mapper *mapper, const char *organization)
{
    GArray *part = g_hash_table_lookup(mapper->parts, organization);

    if (part == NULL) {
        part = g_array_new(FALSE, FALSE, sizeof(struct mapper_hit));
        g_hash_table_insert(mapper->parts, fold_key(organization), part);
    }
    return part;
}

static const guint32 *list_data(const struct mapper_list *list)
{
    return (const guint32 *)(const void *)list->grants->data + list->first;
}

static guint list_hash(gconstpointer data)
{
    const struct mapper_list *list = data;
    const guint32 *grants = list_data(list);
    guint hash = 2166136261u;

    for (guint32 i = 0; i < list->count; i++)
        hash = (hash ^ grants[i]) * 16777619u;
    return hash;
}

static gboolean list_equal(gconstpointer left, gconstpointer right)
{
    const struct mapper_list *a = left;
    const struct mapper_list *b = right;

    return a->count == b->count && (a->count == 0 || memcmp(list_data(a), list_data(b),
                                                            a->count * sizeof(guint32)) == 0);
}

static void add_hit(Mapper *mapper, GArray *part, struct mapper_hit hit, const GArray *grants)
{
    const struct mapper_list wanted = {.grants = grants, .count = grants->len};
    struct mapper_list *list = g_hash_table_lookup(mapper->lists, &wanted);

    if (list == NULL) {
        list = g_new(struct mapper_list, 1);
        *list = (struct mapper_list){mapper->hit_grants, mapper->hit_grants->len, grants->len};
        g_array_append_vals(mapper->hit_grants, grants->data, grants->len);
        g_hash_table_add(mapper->lists, list);
    }
    hit.first = list->first;
    hit.count = list->count;
    g_array_append_val(part, hit);
    /* cppcheck-suppress memleak ; the table has the list now */
}

/* Organization names are kept once: equal pointers are equal names. */
static int compare_organizations(gconstpointer left, gconstpointer right, gpointer data)
{
    const Mapper *mapper = data;
    guint32 a = *(const guint32 *)left;
    guint32 b = *(const guint32 *)right;
    int order = g_strcmp0(mapper_grant_at(mapper, a)->organization,
                          mapper_grant_at(mapper, b)->organization);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Deals a person out to the organizations that their grants name. A deny for all organizations
 * (organization NULL, sorted first) comes along to each. */
static void deal_out(Mapper *mapper, struct mapper_hit hit, GArray *grants, GArray *own)
{
    gboolean one = TRUE;
    guint everywhere = 0;

    for (guint i = 1; i < grants->len && one; i++)
        one = mapper_grant_at(mapper, g_array_index(grants, guint32, i))->organization ==
              mapper_grant_at(mapper, g_array_index(grants, guint32, 0))->organization;
    if (!one)
        g_array_sort_with_data(grants, compare_organizations, mapper);
    while (everywhere < grants->len &&
           mapper_grant_at(mapper, g_array_index(grants, guint32, everywhere))->organization ==
               NULL)
        everywhere++;
    for (guint i = everywhere; i < grants->len;) {
        const char *organization =
            mapper_grant_at(mapper, g_array_index(grants, guint32, i))->organization;
        g_array_set_size(own, 0);
        g_array_append_vals(own, grants->data, everywhere);
        for (; i < grants->len; i++) {
            guint32 grant = g_array_index(grants, guint32, i);
            if (mapper_grant_at(mapper, grant)->organization != organization)
                break;
            g_array_append_val(own, grant);
        }
        add_hit(mapper, part_of(mapper, organization), hit, own);
    }
}

static void find_everybody(Mapper *mapper, guint32 directory)
{
    const Snapshot *snapshot = mapper->directories[directory].snapshot;
    g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 person = 0; snapshot != NULL && person < snapshot->person_count; person++) {
        struct mapper_hit hit = {.directory = directory, .person = person};
        g_array_set_size(grants, 0);
        mapper_grants_of(mapper, directory, person, grants);
        for (guint i = 0; i < grants->len; i++)
            g_array_index(mapper->matches, guint32, g_array_index(grants, guint32, i))++;
        if (snapshot->people[person].set_aside != NULL)
            add_hit(mapper, mapper->set_aside, hit, grants);
        else
            deal_out(mapper, hit, grants, own);
    }
}

static int compare_directories(const void *left, const void *right)
{
    return strcmp(((const struct mapper_directory *)left)->name,
                  ((const struct mapper_directory *)right)->name);
}

static int compare_notes(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

Mapper *mapper_new(const Rules *rules, const struct mapper_directory *directories,
                   guint32 directory_count, GError **error)
{
    g_autoptr(Mapper) mapper = g_new0(Mapper, 1);

    mapper->rules = rules;
    mapper->directories = g_memdup2(directories, directory_count * sizeof *directories);
    mapper->directory_count = directory_count;
    if (directory_count > 1)
        qsort(mapper->directories, directory_count, sizeof *directories, compare_directories);
    mapper->finders = g_new0(struct mapper_finder, directory_count);
    mapper->grants = g_array_new(FALSE, FALSE, sizeof(struct mapper_grant));
    mapper->matches = g_array_new(FALSE, TRUE, sizeof(guint32));
    mapper->parts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unref_array);
    mapper->set_aside = g_array_new(FALSE, FALSE, sizeof(struct mapper_hit));
    mapper->hit_grants = g_array_new(FALSE, FALSE, sizeof(guint32));
    mapper->lists = g_hash_table_new_full(list_hash, list_equal, g_free, NULL);
    mapper->notes = g_ptr_array_new_with_free_func(g_free);
    mapper->text = g_string_chunk_new(4096);
    for (guint32 i = 0; i < directory_count; i++)
        if (!open_directory(mapper, i, error))
            return NULL;
    g_array_set_size(mapper->matches, mapper->grants->len);
    for (guint32 i = 0; i < directory_count; i++)
        find_everybody(mapper, i);
    g_ptr_array_sort(mapper->notes, compare_notes);
    return g_steal_pointer(&mapper);
}

void mapper_free(Mapper *mapper)
{
    if (mapper == NULL)
        return;
    for (guint32 i = 0; i < mapper->directory_count; i++) {
        closure_free(mapper->finders[i].closure);
        g_clear_pointer(&mapper->finders[i].filters, g_array_unref);
        g_clear_pointer(&mapper->finders[i].users, g_hash_table_unref);
        g_clear_pointer(&mapper->finders[i].people, g_hash_table_unref);
    }
    g_free(mapper->finders);
    g_free(mapper->directories);
    g_array_unref(mapper->grants);
    g_array_unref(mapper->matches);
    g_hash_table_unref(mapper->parts);
    g_array_unref(mapper->set_aside);
    g_hash_table_unref(mapper->lists);
    g_array_unref(mapper->hit_grants);
    g_ptr_array_unref(mapper->notes);
    g_string_chunk_free(mapper->text);
    g_free(mapper);
}

const GPtrArray *mapper_notes(const Mapper *mapper)
{
    return mapper->notes;
}

const Rules *mapper_rules(const Mapper *mapper)
{
    return mapper->rules;
}

const struct mapper_directory *mapper_directories(const Mapper *mapper, guint32 *count)
{
    *count = mapper->directory_count;
    return mapper->directories;
}

const struct mapper_grant *mapper_grant_at(const Mapper *mapper, guint32 grant)
{
    return &g_array_index(mapper->grants, struct mapper_grant, grant);
}
