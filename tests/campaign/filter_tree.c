#include "tests/campaign/filter_tree.h"

#include <string.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

#define DEEPEST 4

static const char *const odd[] = {
    "",
    " ",
    "%",
    "_",
    "!",
    "%_!",
    "\\",
    "\"",
    "'",
    "' OR '1'='1",
    "\xc3\xa4",
    "\xc3\x84",
    "i\xcc\x87",
    "\xe2\x80\x8b",
    "\xf0\x9f\x98\x80",
    "owner",
    "OWNER",
    "true",
    "null",
    "-1",
    "\t",
    "\x7f",
    "a",
    "e",
    "zzzz",
    "@",
    "example.com",
    "EXAMPLE.COM",
    "work",
};

static gint32 below(GRand *random, gint32 limit)
{
    return g_rand_int_range(random, 0, limit);
}

static gboolean chance(GRand *random, gint32 percent)
{
    return below(random, 100) < percent;
}

static size_t count_of(const struct schema_attribute *attributes)
{
    size_t count = 0;
    while (attributes != NULL && attributes[count].name != NULL)
        count++;
    return count;
}

static const struct schema_attribute *any_of(GRand *random,
                                             const struct schema_attribute *attributes)
{
    return &attributes[below(random, (gint32)count_of(attributes))];
}

/* Half of the time one that SQL knows. */
static void choose_attribute(GRand *random, struct tree *tree)
{
    static const char *const columns[] = {
        "id", "userName", "displayName", "externalId", "active", "meta.lastModified", "status"};
    const struct schema *const *extensions = schema_tables_user.extensions;
    gint32 which = below(random, 10);
    if (which < 5) {
        const char *name = columns[below(random, G_N_ELEMENTS(columns))];
        if (strcmp(name, "status") == 0) {
            tree->urn = SCIM_URN_MEMBERSHIP;
            tree->attribute = schema_find(
                schema_of_type(&schema_tables_user, tree->urn, strlen(tree->urn))->attributes,
                name, strlen(name));
            return;
        }
        tree->attribute = schema_find_core(&schema_tables_user, name, strcspn(name, "."));
        if (strchr(name, '.') != NULL)
            tree->sub = schema_find(tree->attribute->sub,
                                    chance(random, 50) ? "created" : "lastModified",
                                    chance(random, 100) ? 7 : 12);
        if (strchr(name, '.') != NULL && tree->sub == NULL)
            tree->sub = schema_find(tree->attribute->sub, "lastModified", 12);
        return;
    }
    if (which < 8) {
        tree->attribute = any_of(random, schema_tables_user.schema->attributes);
    } else if (which == 8) {
        tree->attribute = chance(random, 20) ? NULL : any_of(random, schema_common);
    } else {
        size_t extension_count = 0;
        while (extensions[extension_count] != NULL)
            extension_count++;
        const struct schema *schema = extensions[below(random, (gint32)extension_count)];
        tree->urn = schema->urn;
        tree->attribute = any_of(random, schema->attributes);
    }
    if (tree->attribute != NULL && tree->attribute->sub != NULL && chance(random, 80))
        tree->sub = any_of(random, tree->attribute->sub);
}

/* What is compared. NULL: nothing of the schema's. */
static const struct schema_attribute *decides(const struct tree *tree)
{
    if (tree->sub != NULL || tree->attribute == NULL)
        return tree->sub;
    return tree->attribute->kind == SCHEMA_COMPLEX ? schema_value_of(tree->attribute)
                                                   : tree->attribute;
}

/* Values the resource has there: all of them, flat. */
static void gather(json_t *value, const char *name, GPtrArray *values)
{
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            gather(json_array_get(value, i), name, values);
    } else if (name != NULL) {
        gather(json_object_get(value, name), NULL, values);
    } else if (value != NULL && !json_is_null(value)) {
        g_ptr_array_add(values, value);
    }
}

static GPtrArray *values_in(const struct tree *tree, const json_t *resource)
{
    GPtrArray *values = g_ptr_array_new();
    if (tree->attribute == NULL)
        return values;
    const json_t *home = tree->urn != NULL ? json_object_get(resource, tree->urn) : resource;
    json_t *value = json_object_get(home, tree->attribute->name);
    const struct schema_attribute *leaf = decides(tree);
    gather(value, tree->attribute->kind == SCHEMA_COMPLEX && leaf != NULL ? leaf->name : NULL,
           values);
    return values;
}

/* A part of a text of somebody's, in other letters. Cut between characters. */
static json_t *bend(GRand *random, const char *text)
{
    glong length = g_utf8_strlen(text, -1);
    glong begin = chance(random, 60) || length == 0 ? 0 : below(random, (gint32)length);
    glong end =
        chance(random, 60) ? length : begin + below(random, (gint32)(length - begin + 1));
    g_autofree char *part = g_utf8_substring(text, begin, end);
    g_autofree char *folded = chance(random, 30)   ? g_ascii_strup(part, -1)
                              : chance(random, 30) ? g_ascii_strdown(part, -1)
                                                   : g_strdup(part);
    return json_string(folded);
}

static json_t *bend_time(GRand *random, const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL)
        return json_string("2026-01-01T00:00:00Z");
    g_autoptr(GDateTime) moved = g_date_time_add_seconds(time, below(random, 3) - 1);
    if (chance(random, 30)) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_offset(3600 * (below(random, 23) - 11));
        g_autoptr(GDateTime) there = g_date_time_to_timezone(moved, zone);
        g_autofree char *text_there = g_date_time_format(there, "%Y-%m-%dT%H:%M:%S%:z");
        return json_string(text_there);
    }
    g_autofree char *printed = g_date_time_format(
        moved, chance(random, 30) ? "%Y-%m-%dT%H:%M:%S.250Z" : "%Y-%m-%dT%H:%M:%SZ");
    return json_string(printed);
}

static json_t *choose_value(GRand *random, const struct tree *tree, const json_t *people)
{
    const struct schema_attribute *leaf = decides(tree);
    const json_t *person =
        json_array_get(people, (size_t)below(random, (gint32)json_array_size(people)));
    g_autoptr(GPtrArray) values = values_in(tree, person);
    const json_t *value =
        values->len > 0 ? values->pdata[below(random, (gint32)values->len)] : NULL;
    enum schema_kind kind = leaf != NULL ? leaf->kind : SCHEMA_STRING;
    if (chance(random, 4))
        return json_null();
    switch (kind) {
    case SCHEMA_BOOLEAN:
        return json_boolean(chance(random, 50));
    case SCHEMA_INTEGER:
    case SCHEMA_DECIMAL:
        return json_integer(below(random, 5));
    case SCHEMA_DATE_TIME:
        return bend_time(random,
                         value != NULL ? json_string_value(value) : "2026-09-21T14:13:20Z");
    case SCHEMA_STRING:
    case SCHEMA_REFERENCE:
    case SCHEMA_BINARY:
    case SCHEMA_COMPLEX:
        break;
    }
    return json_is_string(value) && chance(random, 75)
               ? bend(random, json_string_value(value))
               : json_string(odd[below(random, G_N_ELEMENTS(odd))]);
}

static const char *choose_comparison(GRand *random, const struct tree *tree)
{
    static const char *const all[] = {"eq", "ne", "co", "sw", "ew",
                                      "gt", "ge", "lt", "le", "pr"};
    static const char *const of_times[] = {"eq", "ne", "gt", "ge", "lt", "le", "pr"};
    static const char *const of_truth[] = {"eq", "ne", "pr"};
    const struct schema_attribute *leaf = decides(tree);
    if (leaf == NULL && tree->attribute != NULL)
        return "pr";
    enum schema_kind kind = leaf != NULL ? leaf->kind : SCHEMA_STRING;
    if (kind == SCHEMA_BOOLEAN || kind == SCHEMA_BINARY)
        return of_truth[below(random, G_N_ELEMENTS(of_truth))];
    if (kind == SCHEMA_DATE_TIME || kind == SCHEMA_INTEGER || kind == SCHEMA_DECIMAL)
        return of_times[below(random, G_N_ELEMENTS(of_times))];
    return all[below(random, G_N_ELEMENTS(all))];
}

static void complete(GRand *random, struct tree *tree, const json_t *people)
{
    tree->comparison = choose_comparison(random, tree);
    if (strcmp(tree->comparison, "pr") != 0)
        tree->value = choose_value(random, tree, people);
    /* Nothing is more or less than null. */
    if (json_is_null(tree->value) && strcmp(tree->comparison, "ne") != 0)
        tree->comparison = "eq";
}

/* Inside the brackets of `owner`, or anywhere where it is NULL. */
static struct tree *grow(GRand *random, const json_t *people, const struct tree *owner,
                         int depth)
{
    struct tree *tree = g_new0(struct tree, 1);
    gint32 which = depth >= DEEPEST ? 100 : below(random, 100);
    if (which < 40) {
        tree->kind = which < 20 ? TREE_AND : TREE_OR;
        tree->left = grow(random, people, owner, depth + 1);
        tree->right = grow(random, people, owner, depth + 1);
        return tree;
    }
    if (which < 55) {
        tree->kind = TREE_NOT;
        tree->left = grow(random, people, owner, depth + 1);
        return tree;
    }
    tree->kind = TREE_COMPARE;
    if (owner != NULL) {
        tree->urn = owner->urn;
        tree->attribute = owner->attribute;
        tree->sub = any_of(random, owner->attribute->sub);
    } else {
        choose_attribute(random, tree);
        if (tree->attribute != NULL && tree->attribute->multi_valued &&
            tree->attribute->sub != NULL && chance(random, 40)) {
            tree->kind = TREE_ANY;
            tree->sub = NULL;
            tree->left = grow(random, people, tree, DEEPEST - 2);
            return tree;
        }
    }
    complete(random, tree, people);
    return tree;
}

struct tree *filter_tree_new(GRand *random, const json_t *people)
{
    return grow(random, people, NULL, 0);
}

void filter_tree_free(struct tree *tree)
{
    if (tree == NULL)
        return;
    filter_tree_free(tree->left);
    filter_tree_free(tree->right);
    json_decref(tree->value);
    g_free(tree);
}

static void print_name(GRand *random, GString *text, const char *name)
{
    for (; *name != '\0'; name++)
        g_string_append_c(text, chance(random, 5)   ? g_ascii_toupper(*name)
                                : chance(random, 5) ? g_ascii_tolower(*name)
                                                    : *name);
}

static void print_path(GRand *random, GString *text, const struct tree *tree, gboolean inside)
{
    const char *urn = tree->urn;
    if (urn == NULL && tree->attribute != NULL && chance(random, 10) &&
        schema_find(schema_common, tree->attribute->name, strlen(tree->attribute->name)) ==
            NULL)
        urn = SCIM_URN_USER;
    if (!inside && urn != NULL) {
        print_name(random, text, urn);
        g_string_append_c(text, ':');
    }
    if (!inside)
        print_name(random, text, tree->attribute != NULL ? tree->attribute->name : "nothing");
    if (tree->sub != NULL) {
        g_string_append(text, inside ? "" : ".");
        print_name(random, text, tree->sub->name);
    }
}

static void print(GRand *random, GString *text, const struct tree *tree, gboolean inside)
{
    if (tree->kind == TREE_COMPARE) {
        print_path(random, text, tree, inside);
        g_string_append_c(text, ' ');
        print_name(random, text, tree->comparison);
        if (tree->value != NULL) {
            char *value = json_dumps(
                tree->value, JSON_ENCODE_ANY | (chance(random, 20) ? JSON_ENSURE_ASCII : 0));
            g_string_append_printf(text, " %s", value);
            free(value);
        }
        return;
    }
    if (tree->kind == TREE_NOT) {
        g_string_append(text, "not (");
        print(random, text, tree->left, inside);
        g_string_append_c(text, ')');
        return;
    }
    if (tree->kind == TREE_ANY) {
        print_path(random, text, tree, FALSE);
        g_string_append_c(text, '[');
        print(random, text, tree->left, TRUE);
        g_string_append_c(text, ']');
        return;
    }
    /* `and` binds closer than `or`: where the tree says so, brackets are a matter of taste. */
    const struct tree *sides[] = {tree->left, tree->right};
    for (int i = 0; i < 2; i++) {
        gboolean needs = tree->kind == TREE_AND && sides[i]->kind == TREE_OR;
        gboolean brackets = needs || chance(random, 30);
        if (i == 1)
            g_string_append(text, tree->kind == TREE_AND ? " and " : " or ");
        g_string_append(text, brackets ? "(" : "");
        print(random, text, sides[i], inside);
        g_string_append(text, brackets ? ")" : "");
    }
}

char *filter_tree_print(GRand *random, const struct tree *tree)
{
    GString *text = g_string_new(NULL);
    print(random, text, tree, FALSE);
    return g_string_free(text, FALSE);
}

static gboolean compares(const char *comparison, int order)
{
    return strcmp(comparison, "eq") == 0   ? order == 0
           : strcmp(comparison, "ne") == 0 ? order != 0
           : strcmp(comparison, "gt") == 0 ? order > 0
           : strcmp(comparison, "ge") == 0 ? order >= 0
           : strcmp(comparison, "lt") == 0 ? order < 0
                                           : order <= 0;
}

static gboolean texts_compare(const char *comparison, const char *stored, const char *asked,
                              gboolean exact)
{
    g_autofree char *left = exact ? g_strdup(stored) : g_ascii_strdown(stored, -1);
    g_autofree char *right = exact ? g_strdup(asked) : g_ascii_strdown(asked, -1);
    if (strcmp(comparison, "co") == 0)
        return strstr(left, right) != NULL;
    if (strcmp(comparison, "sw") == 0)
        return g_str_has_prefix(left, right);
    if (strcmp(comparison, "ew") == 0)
        return g_str_has_suffix(left, right);
    return compares(comparison, strcmp(left, right));
}

static gboolean times_compare(const char *comparison, const char *stored, const char *asked)
{
    g_autoptr(GDateTime) left = g_date_time_new_from_iso8601(stored, NULL);
    g_autoptr(GDateTime) right = g_date_time_new_from_iso8601(asked, NULL);
    return left != NULL && right != NULL &&
           compares(comparison, g_date_time_compare(left, right));
}

static gboolean value_compares(const struct tree *tree, const json_t *stored)
{
    const struct schema_attribute *leaf = decides(tree);
    if (json_is_boolean(stored))
        return compares(tree->comparison,
                        json_is_true(stored) == json_is_true(tree->value) ? 0 : 1);
    if (json_is_number(stored)) {
        double left = json_number_value(stored), right = json_number_value(tree->value);
        return compares(tree->comparison, (left > right) - (left < right));
    }
    if (leaf != NULL && leaf->kind == SCHEMA_DATE_TIME)
        return times_compare(tree->comparison, json_string_value(stored),
                             json_string_value(tree->value));
    return texts_compare(tree->comparison, json_string_value(stored),
                         json_string_value(tree->value), leaf == NULL || leaf->case_exact);
}

/* `subject`: the resource, or the one value between brackets. */
static gboolean compare_holds(const struct tree *tree, const json_t *subject, gboolean inside)
{
    g_autoptr(GPtrArray) values = NULL;
    if (inside) {
        values = g_ptr_array_new();
        gather(json_object_get(subject, tree->sub->name), NULL, values);
    } else {
        values = values_in(tree, subject);
    }
    if (strcmp(tree->comparison, "pr") == 0)
        return values->len > 0;
    if (json_is_null(tree->value))
        return (values->len == 0) == (strcmp(tree->comparison, "eq") == 0);
    if (values->len == 0)
        return strcmp(tree->comparison, "ne") == 0;
    for (guint i = 0; i < values->len; i++)
        if (value_compares(tree, values->pdata[i]))
            return TRUE;
    return FALSE;
}

static gboolean holds(const struct tree *tree, const json_t *subject, gboolean inside)
{
    switch (tree->kind) {
    case TREE_AND:
        return holds(tree->left, subject, inside) && holds(tree->right, subject, inside);
    case TREE_OR:
        return holds(tree->left, subject, inside) || holds(tree->right, subject, inside);
    case TREE_NOT:
        return !holds(tree->left, subject, inside);
    case TREE_COMPARE:
        return compare_holds(tree, subject, inside);
    case TREE_ANY:
        break;
    }
    const json_t *home = tree->urn != NULL ? json_object_get(subject, tree->urn) : subject;
    const json_t *values = json_object_get(home, tree->attribute->name);
    for (size_t i = 0; i < json_array_size(values); i++)
        if (holds(tree->left, json_array_get(values, i), TRUE))
            return TRUE;
    return FALSE;
}

gboolean filter_tree_holds(const struct tree *tree, const json_t *resource)
{
    return holds(tree, resource, FALSE);
}
