#include "mapping/rule.h"

#include <stdlib.h>
#include <string.h>

#include "scim/protocol/outcome.h"

#define ANCHOR_MIN_BYTES 32
#define ANCHOR_MAX_BYTES 36

static gboolean G_GNUC_PRINTF(3, 4)
    wrong(const struct rule_text *text, GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "%s:%u: %s", text->file, text->line, what);
    return FALSE;
}

static gboolean place(const struct rule_text *text, GError **error)
{
    g_prefix_error(error, "%s:%u: ", text->file, text->line);
    return FALSE;
}

static gboolean is_in(const char *const *names, const char *name)
{
    return names != NULL && g_strv_contains(names, name);
}

static char *list(const char *const *names)
{
    GString *joined = g_string_new(NULL);

    for (guint i = 0; names != NULL && names[i] != NULL; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "", names[i]);
    return g_string_free(joined, FALSE);
}

/* Every text is valid UTF-8, and one that is given says something. */
static gboolean check_texts(const struct rule_text *text, GError **error)
{
    const struct {
        const char *key, *value;
    } texts[] = {
        {"directory", text->directory},
        {"group", text->group},
        {"group_matches", text->group_matches},
        {"filter", text->filter},
        {"user", text->user},
        {"organization", text->organization},
        {"project", text->project},
        {"role", text->role},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i].value == NULL)
            continue;
        if (*texts[i].value == '\0')
            return wrong(text, error, "'%s' is empty: give it a value or leave it out",
                         texts[i].key);
        if (!g_utf8_validate(texts[i].value, -1, NULL))
            return wrong(text, error, "'%s' is not valid UTF-8", texts[i].key);
    }
    return TRUE;
}

static gboolean looks_like_anchor(const char *name)
{
    gsize length = strlen(name);

    return length >= ANCHOR_MIN_BYTES && length <= ANCHOR_MAX_BYTES &&
           strspn(name, "0123456789abcdefABCDEF-") == length;
}

static gboolean compile_subject(const struct rule_text *text, struct rule *rule, GError **error)
{
    const struct {
        const char *key, *value;
        enum rule_subject subject;
    } subjects[] = {
        {"group", text->group, RULE_GROUP_NAME},
        {"group_matches", text->group_matches, RULE_GROUP_MATCHES},
        {"filter", text->filter, RULE_FILTER},
        {"user", text->user, RULE_USER},
    };

    const char *given = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        if (subjects[i].value == NULL)
            continue;
        if (given != NULL)
            return wrong(text, error,
                         "'%s' and '%s' are both given: make two rules, each with one of them",
                         given, subjects[i].key);
        given = subjects[i].key;
        rule->subject = subjects[i].subject;
        rule->key = g_strdup(subjects[i].value);
    }
    if (given == NULL)
        return wrong(
            text, error,
            "the rule says of nobody: give it 'group', 'group_matches', 'filter' or 'user'");
    if (rule->subject == RULE_GROUP_MATCHES)
        rule->pattern = pattern_new(rule->key, error);
    if (rule->subject == RULE_FILTER)
        rule->condition = condition_new(rule->key, error);
    if ((rule->subject == RULE_GROUP_MATCHES && rule->pattern == NULL) ||
        (rule->subject == RULE_FILTER && rule->condition == NULL))
        return place(text, error);
    if (rule->subject == RULE_GROUP_NAME && looks_like_anchor(rule->key))
        rule->subject = RULE_GROUP_ANCHOR;
    if (text->dn_key != NULL && (text->group != NULL || text->user != NULL)) {
        rule->subject = text->group != NULL ? RULE_GROUP_DN : RULE_USER_DN;
        rule->dn_key = g_strdup(text->dn_key);
    }
    return TRUE;
}

static gboolean compile_directory(const struct rule_text *text, const char *const *directories,
                                  struct rule *rule, GError **error)
{
    g_autofree char *known = list(directories);

    if (directories == NULL || directories[0] == NULL)
        return wrong(text, error,
                     "there is no directory that the rule could be about: name one "
                     "under 'directories'");
    if (text->directory == NULL && directories[1] != NULL)
        return wrong(text, error,
                     "with several directories each rule names its own: add "
                     "directory = \"...\" with one of %s",
                     known);
    if (text->directory != NULL && !is_in(directories, text->directory))
        return wrong(text, error, "there is no directory '%s': use one of %s", text->directory,
                     known);
    rule->directory = g_strdup(text->directory != NULL ? text->directory : directories[0]);
    return TRUE;
}

static gboolean compile_organization(const struct rule_text *text,
                                     const char *const *organizations, struct rule *rule,
                                     GError **error)
{
    g_autofree char *known = list(organizations);

    if (text->organization == NULL && !text->deny)
        return wrong(text, error,
                     "the rule names no organization: add organization = \"...\" "
                     "with one of %s",
                     known);
    if (text->organization != NULL && !is_in(organizations, text->organization))
        return wrong(text, error, "there is no organization '%s': use one of %s",
                     text->organization, known);
    rule->organization = g_strdup(text->organization);
    return TRUE;
}

static gboolean compile_deny(const struct rule_text *text, struct rule *rule, GError **error)
{
    const char *extra = text->role != NULL      ? "role"
                        : text->project != NULL ? "project"
                        : text->roles != NULL   ? "roles"
                                                : NULL;

    if (extra != NULL)
        return wrong(text, error,
                     "a deny takes everything from whom it matches: remove '%s', or "
                     "remove 'deny'",
                     extra);
    rule->deny = TRUE;
    return TRUE;
}

static gboolean compile_project(const struct rule_text *text, struct rule *rule, GError **error)
{
    if (text->project == NULL)
        return TRUE;
    if (!pattern_check_template(rule->pattern, text->project, error))
        return place(text, error);
    if (!pattern_template_has_captures(text->project) &&
        !role_scope_name_is_valid(text->project))
        return wrong(text, error,
                     "no project can be named '%s': a-z, 0-9 and hyphen, at most 40",
                     text->project);
    rule->project = g_strdup(text->project);
    return TRUE;
}

/* The role of that name in the rule's scope, or an error that says what was probably meant. */
static gboolean parse_role(const struct rule_text *text, const char *name,
                           struct rule_role *role, GError **error)
{
    enum organization_role organization = ORGANIZATION_ROLE_NONE;
    enum project_role project = PROJECT_ROLE_NONE;
    gboolean is_organization = organization_role_parse(name, &organization);
    gboolean is_project = project_role_parse(name, &project);

    if (!is_organization && !is_project)
        return wrong(text, error, "there is no role '%s': use %s", name,
                     text->project != NULL ? "admin, read-write or read-only"
                                           : "owner, billing-admin or member");
    if (text->project == NULL && !is_organization)
        return wrong(text, error,
                     "'%s' is a role in a project: add project = \"...\", or use "
                     "owner, billing-admin or member",
                     name);
    if (text->project != NULL && !is_project)
        return wrong(text, error,
                     "'%s' is a role in an organization: remove 'project', or use "
                     "admin, read-write or read-only",
                     name);
    role->organization = is_organization ? organization : ORGANIZATION_ROLE_NONE;
    role->project = is_project ? project : PROJECT_ROLE_NONE;
    return TRUE;
}

static const struct rule_role *find_value(const struct rule *rule, const char *value)
{
    for (guint32 i = 0; i < rule->role_count; i++)
        if (g_str_equal(rule->roles[i].value, value))
            return &rule->roles[i];
    return NULL;
}

static int compare_values(const void *left, const void *right)
{
    return strcmp(((const struct rule_role *)left)->value,
                  ((const struct rule_role *)right)->value);
}

static gboolean compile_table(const struct rule_text *text, struct rule *rule, GError **error)
{
    rule->roles = g_new0(struct rule_role, text->role_count);
    for (size_t i = 0; i < text->role_count; i++) {
        struct rule_role role = {NULL, ORGANIZATION_ROLE_NONE, PROJECT_ROLE_NONE};
        if (find_value(rule, text->roles[i].value) != NULL)
            return wrong(text, error, "'roles' has '%s' twice: keep one", text->roles[i].value);
        if (!parse_role(text, text->roles[i].role, &role, error))
            return FALSE;
        role.value = g_strdup(text->roles[i].value);
        rule->roles[rule->role_count++] = role;
    }
    if (rule->role_count > 1)
        qsort(rule->roles, rule->role_count, sizeof *rule->roles, compare_values);
    return TRUE;
}

/* Without a table each role of the scope stands for itself; a fixed role is the only entry. */
static gboolean compile_own_names(const struct rule_text *text, struct rule *rule,
                                  GError **error)
{
    static const char *const organization_names[] = {"billing-admin", "member", "owner"};
    static const char *const project_names[] = {"admin", "read-only", "read-write"};
    const char *const *names = text->project != NULL ? project_names : organization_names;
    gboolean is_fixed = !pattern_template_has_captures(text->role);
    guint32 count = is_fixed ? 1 : 3;

    rule->roles = g_new0(struct rule_role, count);
    for (guint32 i = 0; i < count; i++) {
        const char *name = is_fixed ? text->role : names[i];
        if (!parse_role(text, name, &rule->roles[i], error))
            return FALSE;
        rule->roles[i].value = g_strdup(name);
        rule->role_count++;
    }
    return TRUE;
}

/* When the expression spells out what a capture can be, "(?<level>admin|rw|ro)", each of these
 * words must mean a role: found now instead of when such a group first appears. */
static gboolean check_alternatives(const struct rule_text *text, const struct rule *rule,
                                   GError **error)
{
    gsize length = strlen(text->role);

    if (!g_str_has_prefix(text->role, "${") ||
        strchr(text->role, '}') != text->role + length - 1)
        return TRUE;
    g_autofree char *opening = g_strdup_printf("(?<%.*s>", (int)(length - 3), text->role + 2);
    const char *start = strstr(rule->key, opening);
    if (start == NULL)
        return TRUE;
    start += strlen(opening);
    const char *end = start;
    while (g_ascii_isalnum(*end) || *end == '-' || *end == '_' || *end == '|')
        end++;
    /* Anything but plain words between bars: only the groups themselves will tell. */
    if (*end != ')' || end == start)
        return TRUE;
    g_autofree char *inner = g_strndup(start, (gsize)(end - start));
    g_auto(GStrv) words = g_strsplit(inner, "|", -1);
    for (guint i = 0; words[i] != NULL; i++)
        if (find_value(rule, words[i]) == NULL)
            return wrong(text, error,
                         "group_matches can capture '%s', which %s: add %s = \"...\" "
                         "to 'roles'",
                         words[i],
                         text->roles != NULL ? "'roles' does not have"
                                             : "is no role of this scope",
                         words[i]);
    return TRUE;
}

static gboolean compile_role(const struct rule_text *text, struct rule *rule, GError **error)
{
    if (text->role == NULL)
        return wrong(text, error, "the rule gives no role: add role = \"...\", or deny = true");
    if (!pattern_check_template(rule->pattern, text->role, error))
        return place(text, error);
    gboolean ok = text->roles != NULL ? compile_table(text, rule, error)
                                      : compile_own_names(text, rule, error);
    if (!ok)
        return FALSE;
    rule->role = g_strdup(text->role);
    if (!pattern_template_has_captures(text->role) && find_value(rule, text->role) == NULL)
        return wrong(text, error, "'roles' has no '%s', which 'role' asks for", text->role);
    return check_alternatives(text, rule, error);
}

struct rule *rule_compile(const struct rule_text *text, const char *const *directories,
                          const char *const *organizations, GError **error)
{
    struct rule *rule = g_new0(struct rule, 1);

    rule->priority = text->priority;
    rule->file = g_strdup(text->file);
    rule->line = text->line;
    gboolean ok = check_texts(text, error) && compile_subject(text, rule, error) &&
                  compile_directory(text, directories, rule, error) &&
                  compile_organization(text, organizations, rule, error);
    if (ok && text->deny)
        ok = compile_deny(text, rule, error);
    else if (ok)
        ok = compile_project(text, rule, error) && compile_role(text, rule, error);
    if (ok)
        return rule;
    rule_free(rule);
    return NULL;
}

void rule_free(struct rule *rule)
{
    if (rule == NULL)
        return;
    for (guint32 i = 0; i < rule->role_count; i++)
        g_free(rule->roles[i].value);
    g_free(rule->roles);
    g_free(rule->key);
    g_free(rule->dn_key);
    pattern_free(rule->pattern);
    condition_free(rule->condition);
    g_free(rule->directory);
    g_free(rule->organization);
    g_free(rule->project);
    g_free(rule->role);
    g_free(rule->file);
    g_free(rule);
}

static int compare_tables(const struct rule *left, const struct rule *right)
{
    int order = 0;

    for (guint32 i = 0; order == 0 && i < left->role_count && i < right->role_count; i++) {
        order = strcmp(left->roles[i].value, right->roles[i].value);
        if (order == 0)
            order = (int)left->roles[i].organization - (int)right->roles[i].organization;
        if (order == 0)
            order = (int)left->roles[i].project - (int)right->roles[i].project;
    }
    return order != 0 ? order : (int)left->role_count - (int)right->role_count;
}

int rule_compare(const struct rule *left, const struct rule *right, gboolean places)
{
    const int orders[] = {
        strcmp(left->directory, right->directory),
        (int)left->subject - (int)right->subject,
        g_strcmp0(left->dn_key, right->dn_key),
        left->dn_key != NULL && right->dn_key != NULL ? 0 : strcmp(left->key, right->key),
        g_strcmp0(left->organization, right->organization),
        g_strcmp0(left->project, right->project),
        g_strcmp0(left->role, right->role),
        compare_tables(left, right),
        (int)left->deny - (int)right->deny,
        (left->priority > right->priority) - (left->priority < right->priority),
    };

    for (gsize i = 0; i < G_N_ELEMENTS(orders); i++)
        if (orders[i] != 0)
            return orders[i];
    if (!places)
        return 0;
    int order = strcmp(left->key, right->key);
    if (order == 0)
        order = strcmp(left->file, right->file);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}
