#include "mapping/explain.h"

#include "mapping/closure.h"
#include "mapping/person_search.h"
#include "scim/protocol/origin.h"

/* What is being told of one entry. */
struct telling {
    const Mapper *mapper;
    const struct mapper_organization *organization;
    const Desired *desired;
    GPtrArray *lines;
};

static void free_line(gpointer data)
{
    struct explain_line *line = data;

    for (guint i = 0; i < line->field_count; i++)
        g_free(line->fields[i].value);
    g_free(line->text);
    g_free(line);
}

static struct explain_line *add_line(struct telling *telling, const char *kind, guint depth)
{
    struct explain_line *line = g_new0(struct explain_line, 1);

    line->kind = kind;
    line->depth = depth;
    g_ptr_array_add(telling->lines, line);
    return line;
}

static void add_field(struct explain_line *line, const char *key, const char *value)
{
    if (value == NULL)
        return;
    g_assert(line->field_count < EXPLAIN_MAX_FIELDS);
    line->fields[line->field_count++] = (struct explain_field){key, g_strdup(value)};
}

static const char *account_words(enum snapshot_state state)
{
    switch (state) {
    case SNAPSHOT_ENABLED:
        return "enabled";
    case SNAPSHOT_DISABLED:
        return "disabled";
    case SNAPSHOT_EXPIRED:
        return "expired";
    }
    return "enabled";
}

static void tell_entry(struct telling *telling, const struct mapper_directory *directory,
                       const struct snapshot_person *person)
{
    struct explain_line *line = add_line(telling, "entry", 0);
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(256);
    const char *mail =
        profile_map_field(directory->profile, PROFILE_MAIL, directory->snapshot, person, chunk);

    line->text = g_strdup_printf("entry '%s' of directory '%s': anchor %s, mail %s, account %s",
                                 person->dn, directory->name, person->anchor,
                                 mail != NULL ? mail : "none", account_words(person->state));
    add_field(line, "directory", directory->name);
    add_field(line, "dn", person->dn);
    add_field(line, "anchor", person->anchor);
    add_field(line, "login", person->login);
    add_field(line, "mail", mail);
    add_field(line, "account", account_words(person->state));
}

/* "'staff' > 'team-a'", or NULL for a rule that needs no group. */
static char *path_words(const struct mapper_grant *grant, const Snapshot *snapshot,
                        guint32 person)
{
    if (grant->group == MAPPER_NO_GROUP)
        return NULL;
    g_autoptr(GArray) path = closure_path(snapshot, grant->group, person);
    GString *words = g_string_new(NULL);
    for (guint i = 0; path != NULL && i < path->len; i++)
        g_string_append_printf(words, "%s'%s'", i > 0 ? " > " : "",
                               snapshot->groups[g_array_index(path, guint32, i)].name);
    return g_string_free(words, FALSE);
}

static char *scope_words(const char *organization, const char *project)
{
    return project != NULL ? g_strdup_printf("%s/%s", organization, project)
                           : g_strdup(organization);
}

static void tell_rule(struct telling *telling, const struct mapper_grant *grant,
                      const Snapshot *snapshot, guint32 person)
{
    struct explain_line *line = add_line(telling, "rule", 1);
    g_autofree char *rule = rules_words_at(mapper_rules(telling->mapper), grant->rule);
    g_autofree char *path = path_words(grant, snapshot, person);
    g_autofree char *scope = scope_words(telling->organization->name, grant->project);
    const char *role = grant->deny ? "denied"
                       : grant->project != NULL
                           ? project_role_name(grant->project_role)
                           : organization_role_name(grant->organization_role);

    line->text = path != NULL
                     ? g_strdup_printf("through %s: %s -> %s: %s", path, rule, scope, role)
                     : g_strdup_printf("%s -> %s: %s", rule, scope, role);
    add_field(line, "rule", rule);
    add_field(line, "path", path);
    add_field(line, "scope", scope);
    add_field(line, "role", role);
}

static void tell_winner(struct telling *telling, const char *scope, const char *role,
                        guint32 rule)
{
    struct explain_line *line = add_line(telling, "winner", 1);
    g_autofree char *words = rules_words_at(mapper_rules(telling->mapper), rule);

    line->text = g_strdup_printf("%s: %s, by the rule: %s", scope, role, words);
    add_field(line, "scope", scope);
    add_field(line, "role", role);
    add_field(line, "rule", words);
}

static void tell_winners(struct telling *telling, const struct desired_link *link)
{
    if (link->state != DESIRED_GRANTED && link->state != DESIRED_SUSPENDED)
        return;
    if (link->role == ORGANIZATION_ROLE_NONE)
        return;
    tell_winner(telling, telling->organization->name, organization_role_name(link->role),
                link->rule);
    for (guint32 i = 0; i < link->project_count; i++) {
        g_autofree char *scope =
            scope_words(telling->organization->name, link->projects[i].name);
        tell_winner(telling, scope, project_role_name(link->projects[i].role),
                    link->projects[i].rule);
    }
}

static const char *state_words(enum desired_state state)
{
    switch (state) {
    case DESIRED_GRANTED:
        return "granted";
    case DESIRED_SUSPENDED:
        return "suspended";
    case DESIRED_DENIED:
        return "denied";
    case DESIRED_SET_ASIDE:
        return "set aside";
    case DESIRED_UNMAPPED:
        return "unmapped";
    }
    return "unmapped";
}

static void tell_state(struct telling *telling, const struct desired_link *link)
{
    struct explain_line *line = add_line(telling, "state", 1);
    const char *state = state_words(link->state);

    line->text =
        link->why != NULL
            ? g_strdup_printf("%s in %s: %s", state, telling->organization->name, link->why)
            : g_strdup_printf("%s in %s", state, telling->organization->name);
    add_field(line, "organization", telling->organization->name);
    add_field(line, "state", state);
    add_field(line, "why", link->why);
}

static void tell_person(struct telling *telling, const struct mapper_directory *directory,
                        const struct person_found *found)
{
    const struct snapshot_person *person = &directory->snapshot->people[found->person];
    g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree char *origin = origin_of_directory(directory->name);
    const struct desired_link *link = desired_find(telling->desired, origin, person->anchor);

    tell_entry(telling, directory, person);
    mapper_grants_of(telling->mapper, found->directory, found->person, grants);
    for (guint i = 0; i < grants->len; i++) {
        const struct mapper_grant *grant =
            mapper_grant_at(telling->mapper, g_array_index(grants, guint32, i));
        if (grant->organization == NULL ||
            g_str_equal(grant->organization, telling->organization->name))
            tell_rule(telling, grant, directory->snapshot, found->person);
    }
    tell_winners(telling, link);
    tell_state(telling, link);
}

Explanation *explain_person(const Mapper *mapper,
                            const struct mapper_organization *organization, const char *who,
                            const char *dn_key)
{
    Explanation *explanation = g_new0(Explanation, 1);
    g_autoptr(GArray) found = person_search(mapper, who, dn_key);
    g_autoptr(Desired) desired = mapper_desired(mapper, organization);
    guint32 count = 0;
    const struct mapper_directory *directories = mapper_directories(mapper, &count);

    explanation->lines = g_ptr_array_new_with_free_func(free_line);
    explanation->entries = found->len;
    struct telling telling = {mapper, organization, desired, explanation->lines};
    for (guint i = 0; i < found->len; i++) {
        const struct person_found *one = &g_array_index(found, struct person_found, i);
        tell_person(&telling, &directories[one->directory], one);
    }
    for (guint32 i = 0; i < count; i++) {
        if (directories[i].snapshot != NULL)
            continue;
        struct explain_line *line = add_line(&telling, "directory", 0);
        line->text = g_strdup_printf(
            "directory '%s' was not read: nothing is known of its people", directories[i].name);
        add_field(line, "directory", directories[i].name);
    }
    return explanation;
}

void explanation_free(Explanation *explanation)
{
    if (explanation == NULL)
        return;
    g_ptr_array_unref(explanation->lines);
    g_free(explanation);
}
