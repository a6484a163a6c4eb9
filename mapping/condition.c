#include "mapping/condition.h"

#include <string.h>

#include "mapping/condition_parse.h"

struct condition {
    struct condition_node *root;
};

Condition *condition_new(const char *text, GError **error)
{
    struct condition_node *root = condition_parse(text, error);

    if (root == NULL)
        return NULL;
    Condition *condition = g_new0(Condition, 1);
    condition->root = root;
    return condition;
}

void condition_free(Condition *condition)
{
    if (condition == NULL)
        return;
    condition_node_free(condition->root);
    g_free(condition);
}

static void collect(const struct condition_node *node, GPtrArray *names)
{
    gboolean known = node->attribute == NULL;

    for (guint i = 0; i < names->len && !known; i++)
        known = g_ascii_strcasecmp(names->pdata[i], node->attribute) == 0;
    if (!known)
        g_ptr_array_add(names, g_strdup(node->attribute));
    for (guint i = 0; node->children != NULL && i < node->children->len; i++)
        collect(node->children->pdata[i], names);
}

void condition_attributes(const Condition *condition, GPtrArray *names)
{
    collect(condition->root, names);
}

/* Where `needle` first stands in `text`, ASCII-case-blind, or NULL. */
static const char *find(const char *text, const char *needle)
{
    gsize length = strlen(needle);
    gsize left = strlen(text);

    for (; left >= length; left--, text++)
        if (g_ascii_strncasecmp(text, needle, length) == 0)
            return text;
    return NULL;
}

static gboolean has_substrings(const char *text, const GPtrArray *pieces)
{
    const char *initial = pieces->pdata[0];
    const char *final = pieces->pdata[pieces->len - 1];

    if (g_ascii_strncasecmp(text, initial, strlen(initial)) != 0)
        return FALSE;
    text += strlen(initial);
    for (guint i = 1; i + 1 < pieces->len; i++) {
        const char *piece = pieces->pdata[i];
        text = find(text, piece);
        if (text == NULL)
            return FALSE;
        text += strlen(piece);
    }
    gsize left = strlen(text);
    gsize wanted = strlen(final);
    return left >= wanted && g_ascii_strcasecmp(text + left - wanted, final) == 0;
}

/* Below 0, 0 or above, as numbers where both are. */
static int compare(const char *text, const char *value)
{
    gint64 a = 0;
    gint64 b = 0;

    if (g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &a, NULL) &&
        g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &b, NULL))
        return (a > b) - (a < b);
    return g_ascii_strcasecmp(text, value);
}

/* Bits are those of a 32-bit flag field, which AD writes as a signed number (groupType). */
static gboolean read_flags(const char *text, guint64 *bits)
{
    gint64 number = 0;

    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return FALSE;
    *bits = (guint64)number;
    return TRUE;
}

static gboolean value_matches(const struct condition_node *node, const char *text)
{
    guint64 bits = 0;

    switch (node->kind) {
    case CONDITION_PRESENT:
        return TRUE;
    case CONDITION_EQUAL:
        return g_ascii_strcasecmp(text, node->texts->pdata[0]) == 0;
    case CONDITION_SUBSTRINGS:
        return has_substrings(text, node->texts);
    case CONDITION_GREATER:
        return compare(text, node->texts->pdata[0]) >= 0;
    case CONDITION_LESS:
        return compare(text, node->texts->pdata[0]) <= 0;
    case CONDITION_ALL_BITS:
        return read_flags(text, &bits) && (bits & node->bits) == node->bits;
    case CONDITION_ANY_BIT:
        return read_flags(text, &bits) && (bits & node->bits) != 0;
    case CONDITION_AND:
    case CONDITION_OR:
    case CONDITION_NOT:
        break;
    }
    return FALSE;
}

static gboolean any_value_matches(const struct condition_node *node, const Snapshot *snapshot,
                                  const struct snapshot_person *person)
{
    const struct snapshot_value *values = snapshot->values + person->first_value;

    for (guint32 i = 0; i < person->value_count; i++)
        if (g_ascii_strcasecmp(snapshot->attributes[values[i].attribute], node->attribute) ==
                0 &&
            value_matches(node, values[i].text))
            return TRUE;
    return FALSE;
}

static gboolean holds(const struct condition_node *node, const Snapshot *snapshot,
                      const struct snapshot_person *person)
{
    if (node->kind == CONDITION_NOT)
        return !holds(node->children->pdata[0], snapshot, person);
    if (node->kind != CONDITION_AND && node->kind != CONDITION_OR)
        return any_value_matches(node, snapshot, person);
    gboolean is_or = node->kind == CONDITION_OR;
    for (guint i = 0; i < node->children->len; i++)
        if (holds(node->children->pdata[i], snapshot, person) == is_or)
            return is_or;
    return !is_or;
}

gboolean condition_holds(const Condition *condition, const Snapshot *snapshot,
                         const struct snapshot_person *person)
{
    return holds(condition->root, snapshot, person);
}
