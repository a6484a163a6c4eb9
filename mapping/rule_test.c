#include "mapping/rule_test.h"

#include <string.h>

#include "mapping/person_search.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/outcome.h"

static gboolean wrong(const struct rule_test_text *test, const char *text, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                "%s:%u: '%s' is no expectation: write \"organization: role\" or "
                "\"organization/project: role\"",
                test->file, test->line, text);
    return FALSE;
}

/* "acme/search: admin" with any spaces around it, in the one form that is compared. */
static char *in_one_form(const char *text)
{
    const char *colon = strchr(text, ':');

    if (colon == NULL)
        return NULL;
    g_autofree char *scope = g_strndup(text, (gsize)(colon - text));
    g_autofree char *role = g_strdup(colon + 1);
    g_strstrip(scope);
    g_strstrip(role);
    const char *slash = strchr(scope, '/');
    enum organization_role organization = ORGANIZATION_ROLE_NONE;
    enum project_role project = PROJECT_ROLE_NONE;
    g_autofree char *name =
        slash != NULL ? g_strndup(scope, (gsize)(slash - scope)) : g_strdup(scope);
    gboolean ok = role_scope_name_is_valid(name) &&
                  (slash != NULL ? role_scope_name_is_valid(slash + 1) &&
                                       project_role_parse(role, &project)
                                 : organization_role_parse(role, &organization));
    return ok ? g_strdup_printf("%s: %s", scope, role) : NULL;
}

gboolean rule_test_check(const struct rule_test_text *test, GError **error)
{
    if (test->user == NULL || *test->user == '\0') {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "%s:%u: a test names a person: user = \"alice@example.com\"", test->file,
                    test->line);
        return FALSE;
    }
    for (guint i = 0; test->expect != NULL && test->expect[i] != NULL; i++) {
        g_autofree char *form = in_one_form(test->expect[i]);
        if (form == NULL)
            return wrong(test, test->expect[i], error);
    }
    return TRUE;
}

/* The highest role by scope over all links of the person: scope (owned) -> role + 1. */
static void raise_role(GHashTable *roles, char *scope, guint role)
{
    if (GPOINTER_TO_UINT(g_hash_table_lookup(roles, scope)) < role)
        g_hash_table_insert(roles, scope, GUINT_TO_POINTER(role));
    else
        g_free(scope);
}

/* What the person gets in one organization, added to `got` (a set of texts in the one form). */
static void collect(const Desired *desired, const GArray *found,
                    const struct mapper_directory *directories, GHashTable *got)
{
    g_autoptr(GHashTable) projects =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    enum organization_role role = ORGANIZATION_ROLE_NONE;
    GHashTableIter iter;
    gpointer key = NULL;
    gpointer value = NULL;

    for (guint i = 0; i < found->len; i++) {
        const struct person_found *one = &g_array_index(found, struct person_found, i);
        const struct mapper_directory *directory = &directories[one->directory];
        g_autofree char *origin = origin_of_directory(directory->name);
        const struct desired_link *link =
            desired_find(desired, origin, directory->snapshot->people[one->person].anchor);
        if (link == NULL || link->state != DESIRED_GRANTED)
            continue;
        role = MAX(role, link->role);
        for (guint32 j = 0; j < link->project_count; j++)
            raise_role(projects, g_strdup(link->projects[j].name),
                       (guint)link->projects[j].role);
    }
    if (role != ORGANIZATION_ROLE_NONE)
        g_hash_table_add(got, g_strdup_printf("%s: %s", desired->organization,
                                              organization_role_name(role)));
    g_hash_table_iter_init(&iter, projects);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_add(
            got,
            g_strdup_printf("%s/%s: %s", desired->organization, (const char *)key,
                            project_role_name((enum project_role)GPOINTER_TO_UINT(value))));
}

static int compare_texts(gconstpointer left, gconstpointer right)
{
    return strcmp(left, right);
}

/* Everything that is in `these` and not in `those`, in byte order. */
static void report(const struct rule_test_text *test, GHashTable *these, GHashTable *those,
                   const char *words, GPtrArray *differences)
{
    GList *list = g_list_sort(g_hash_table_get_keys(these), compare_texts);

    for (const GList *at = list; at != NULL; at = at->next)
        if (!g_hash_table_contains(those, at->data))
            g_ptr_array_add(differences,
                            g_strdup_printf("%s:%u: '%s' %s '%s'", test->file, test->line,
                                            test->user, words, (const char *)at->data));
    g_list_free(list);
}

gboolean rule_test_run(const struct rule_test_text *test, const Mapper *mapper,
                       const Desired *const *desired, size_t desired_count,
                       GPtrArray *differences)
{
    g_autoptr(GArray) found = person_search(mapper, test->user, NULL);
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) got = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint32 count = 0;
    const struct mapper_directory *directories = mapper_directories(mapper, &count);
    guint before = differences->len;

    for (guint i = 0; test->expect != NULL && test->expect[i] != NULL; i++) {
        char *form = in_one_form(test->expect[i]);
        if (form != NULL)
            g_hash_table_add(wanted, form);
    }
    if (found->len == 0 && g_hash_table_size(wanted) > 0) {
        g_ptr_array_add(differences,
                        g_strdup_printf("%s:%u: no directory that was read has '%s'",
                                        test->file, test->line, test->user));
        return FALSE;
    }
    for (size_t i = 0; i < desired_count; i++)
        collect(desired[i], found, directories, got);
    report(test, wanted, got, "does not get", differences);
    report(test, got, wanted, "gets, and the test does not expect,", differences);
    return differences->len == before;
}
