#include "scim/store/filter_sql.h"

#include <string.h>

#define MICROSECONDS 1000000

/* What a database's parser takes besides the statement around it: SQLite's stack has 100 places, an
 * expression of its 1000 levels. What is beyond is left to memory. */
#define MOST_NESTED     12
#define MOST_CONDITIONS 250

/* What is being put together. */
struct writer {
    const struct filter_column *columns;
    GString *condition;
    GArray *values;
    guint nesting; /* brackets open */
};

/* How a comparison looks in SQL where it is one between numbers or bytes; NULL: not so. */
static const char *const operators[] = {
    [FILTER_EQ] = " = ?",  [FILTER_NE] = " <> ?", [FILTER_CO] = NULL,    [FILTER_SW] = NULL,
    [FILTER_EW] = NULL,    [FILTER_GT] = " > ?",  [FILTER_GE] = " >= ?", [FILTER_LT] = " < ?",
    [FILTER_LE] = " <= ?", [FILTER_PR] = NULL,
};

static void clear_value(gpointer data)
{
    const struct store_value *value = data;

    /* A value borrows as a rule; those of this list are copies. */
    union {
        const void *borrowed;
        void *owned;
    } text = {.borrowed = value->data};

    if (value->kind == STORE_TEXT || value->kind == STORE_BLOB)
        g_free(text.owned);
}

GArray *filter_sql_values_new(void)
{
    /* Zero-terminated: STORE_END is zero, so the list can be bound as it is. */
    GArray *values = g_array_new(TRUE, TRUE, sizeof(struct store_value));
    g_array_set_clear_func(values, clear_value);
    return values;
}

void filter_sql_bind(GArray *values, const char *text)
{
    const struct store_value value = store_text(g_strdup(text));
    g_array_append_val(values, value);
}

const struct store_value *filter_sql_bound(const GArray *values)
{
    return (const struct store_value *)(const void *)values->data;
}

static void bind(struct writer *writer, struct store_value value)
{
    if (value.kind == STORE_TEXT)
        value.data = g_strdup(value.data);
    else if (value.kind == STORE_BLOB)
        value.data = g_memdup2(value.data, (gsize)value.number);
    g_array_append_val(writer->values, value);
}

static void bind_all(struct writer *writer, const struct store_value *values)
{
    for (; values != NULL && values->kind != STORE_END; values++)
        bind(writer, *values);
}

static gboolean say(struct writer *writer, const char *text, gboolean is_whole)
{
    g_string_append(writer->condition, text);
    return is_whole;
}

/* Everything may match: SQL cannot tell. */
static gboolean leave_open(struct writer *writer)
{
    return say(writer, "(1 = 1)", FALSE);
}

static gboolean constant(struct writer *writer, gboolean truth)
{
    return say(writer, truth ? "(1 = 1)" : "(1 = 0)", TRUE);
}

static char *path_of(const struct attribute_reference *reference)
{
    GString *path = g_string_new(NULL);
    if (reference->container != NULL)
        g_string_append_printf(path, "%s:", reference->container);
    if (reference->attribute != NULL)
        g_string_append(path, reference->attribute->name);
    if (reference->sub != NULL)
        g_string_append_printf(path, ".%s", reference->sub->name);
    return g_string_free(path, FALSE);
}

static const struct filter_column *find(const struct writer *writer,
                                        const struct attribute_reference *reference)
{
    g_autofree char *path = path_of(reference);
    for (const struct filter_column *column = writer->columns; column->path != NULL; column++)
        if (g_ascii_strcasecmp(column->path, path) == 0)
            return column;
    return NULL;
}

static void expression(struct writer *writer, const struct filter_column *column)
{
    g_string_append(writer->condition, column->expression);
    bind_all(writer, column->parameters);
}

static gboolean presence(struct writer *writer, const struct filter_column *column,
                         gboolean is_present)
{
    g_string_append_c(writer->condition, '(');
    expression(writer, column);
    return say(writer, is_present ? " IS NOT NULL)" : " IS NULL)", TRUE);
}

/* True or false, never NULL, so that NOT around it stays right: an absent value makes `ne` true
 * and everything else false. */
static gboolean relation(struct writer *writer, const struct filter_column *column,
                         enum filter_comparison comparison, struct store_value value)
{
    if (comparison == FILTER_EQ && column->equals != NULL) {
        g_string_append(writer->condition, column->equals);
        bind_all(writer, column->equals_parameters);
        bind(writer, value);
        return TRUE;
    }
    g_string_append_c(writer->condition, '(');
    expression(writer, column);
    g_string_append(writer->condition, operators[comparison]);
    bind(writer, value);
    g_string_append(writer->condition, comparison == FILTER_NE ? " OR " : " AND ");
    expression(writer, column);
    return say(writer, comparison == FILTER_NE ? " IS NULL)" : " IS NOT NULL)", TRUE);
}

/* LIKE folds ASCII in one database and not in another: it is used on lower-case text alone. */
static gboolean pattern(struct writer *writer, const struct filter_column *column,
                        enum filter_comparison comparison, const char *text)
{
    GString *like = g_string_new(comparison == FILTER_SW ? "" : "%");
    for (; *text != '\0'; text++) {
        if (strchr("%_!", *text) != NULL)
            g_string_append_c(like, '!');
        g_string_append_c(like, *text);
    }
    if (comparison != FILTER_EW)
        g_string_append_c(like, '%');
    g_string_append_c(writer->condition, '(');
    expression(writer, column);
    g_string_append(writer->condition, " LIKE ? ESCAPE '!' AND ");
    bind(writer, store_text(like->str));
    expression(writer, column);
    g_string_free(like, TRUE);
    return say(writer, " IS NOT NULL)", TRUE);
}

static gboolean is_lower(const char *text)
{
    for (; *text != '\0'; text++)
        if (g_ascii_isupper(*text))
            return FALSE;
    return TRUE;
}

static gboolean compare_text(struct writer *writer, const struct filter_column *column,
                             const struct filter_node *node)
{
    const struct filter_value *value = &node->value;
    gboolean fits =
        column->kind == FILTER_COLUMN_WORD ||
        (column->kind == FILTER_COLUMN_TEXT ? value->case_exact : !value->case_exact);
    if (value->kind != FILTER_TEXT || !fits)
        return leave_open(writer);
    if (operators[node->comparison] != NULL)
        return relation(writer, column, node->comparison, store_text(value->text));
    if (column->kind == FILTER_COLUMN_TEXT || !is_lower(value->text))
        return leave_open(writer);
    return pattern(writer, column, node->comparison, value->text);
}

static gint64 floor_seconds(gint64 microseconds)
{
    gint64 seconds = microseconds / MICROSECONDS;
    return microseconds % MICROSECONDS < 0 ? seconds - 1 : seconds;
}

/* Stored seconds against a time with a fraction. */
static gboolean compare_time(struct writer *writer, const struct filter_column *column,
                             const struct filter_node *node)
{
    enum filter_comparison comparison = node->comparison;
    if (node->value.kind != FILTER_TIME || operators[comparison] == NULL)
        return leave_open(writer);
    gint64 below = floor_seconds(node->value.microseconds);
    gboolean is_even = node->value.microseconds % MICROSECONDS == 0;
    if (!is_even && comparison == FILTER_EQ)
        return constant(writer, FALSE);
    if (!is_even && comparison == FILTER_NE)
        return constant(writer, TRUE);
    if (!is_even && (comparison == FILTER_GE || comparison == FILTER_LT))
        below++;
    return relation(writer, column, comparison, store_int(below));
}

static gboolean compare_boolean(struct writer *writer, const struct filter_column *column,
                                const struct filter_node *node)
{
    if (node->value.kind != FILTER_BOOLEAN ||
        (node->comparison != FILTER_EQ && node->comparison != FILTER_NE))
        return leave_open(writer);
    return relation(writer, column, node->comparison, store_int(node->value.boolean));
}

static gboolean compare(struct writer *writer, const struct filter_node *node)
{
    gboolean is_null = node->value.kind == FILTER_NULL;
    if (!node->reference.known)
        return constant(writer, (node->comparison == FILTER_NE && !is_null) ||
                                    (node->comparison == FILTER_EQ && is_null));
    const struct filter_column *column = find(writer, &node->reference);
    if (column == NULL)
        return leave_open(writer);
    if (column->expression == NULL && (is_null || node->comparison != FILTER_EQ))
        return leave_open(writer);
    if (node->comparison == FILTER_PR || is_null)
        return presence(writer, column, node->comparison != FILTER_EQ);
    switch (column->kind) {
    case FILTER_COLUMN_TEXT:
    case FILTER_COLUMN_FOLDED:
    case FILTER_COLUMN_WORD:
        return compare_text(writer, column, node);
    case FILTER_COLUMN_BOOLEAN:
        return compare_boolean(writer, column, node);
    case FILTER_COLUMN_TIME:
        return compare_time(writer, column, node);
    }
    return leave_open(writer);
}

/* A value path that asks for nothing but one value is the same as asking for that value. */
static gboolean any(struct writer *writer, const struct filter_node *node)
{
    const struct filter_node *inside = node->left;
    if (inside->kind != FILTER_COMPARE || !inside->reference.known ||
        inside->comparison != FILTER_EQ)
        return leave_open(writer);
    const struct filter_column *column = find(writer, &inside->reference);
    return column != NULL && column->expression == NULL ? compare(writer, inside)
                                                        : leave_open(writer);
}

static gboolean write_node(struct writer *writer, const struct filter_node *node);

static const char *word_of(enum filter_kind kind)
{
    return kind == FILTER_AND ? " AND " : " OR ";
}

/* A chain of one kind needs no brackets inside: it costs the database's parser nothing. */
static gboolean chain(struct writer *writer, const struct filter_node *node)
{
    gboolean left = node->left->kind == node->kind ? chain(writer, node->left)
                                                   : write_node(writer, node->left);
    g_string_append(writer->condition, word_of(node->kind));
    gboolean right = write_node(writer, node->right);
    return left && right;
}

static gboolean both(struct writer *writer, const struct filter_node *node)
{
    if (writer->nesting == MOST_NESTED)
        return leave_open(writer);
    writer->nesting++;
    g_string_append_c(writer->condition, '(');
    gboolean whole = chain(writer, node);
    g_string_append_c(writer->condition, ')');
    writer->nesting--;
    return whole;
}

/* The negation of a condition that lets too much through would lose matches: it is left out. */
static gboolean negation(struct writer *writer, const struct filter_node *node)
{
    gsize length = writer->condition->len;
    guint bound = writer->values->len;
    if (writer->nesting == MOST_NESTED)
        return leave_open(writer);
    writer->nesting++;
    g_string_append(writer->condition, "(NOT ");
    gboolean whole = write_node(writer, node->left);
    writer->nesting--;
    if (whole)
        return say(writer, ")", TRUE);
    g_string_truncate(writer->condition, length);
    g_array_set_size(writer->values, bound);
    return leave_open(writer);
}

static gboolean write_node(struct writer *writer, const struct filter_node *node)
{
    switch (node->kind) {
    case FILTER_AND:
    case FILTER_OR:
        return both(writer, node);
    case FILTER_NOT:
        return negation(writer, node);
    case FILTER_ANY:
        return any(writer, node);
    case FILTER_COMPARE:
        return compare(writer, node);
    }
    return leave_open(writer);
}

static gsize count_conditions(const struct filter_node *node)
{
    gsize count = node->left == NULL && node->right == NULL ? 1 : 0;
    if (node->left != NULL)
        count += count_conditions(node->left);
    return node->right != NULL ? count + count_conditions(node->right) : count;
}

gboolean filter_sql(const struct filter_node *node, const struct filter_column *columns,
                    GString *condition, GArray *values)
{
    struct writer writer = {.columns = columns, .condition = condition, .values = values};
    return count_conditions(node) > MOST_CONDITIONS ? leave_open(&writer)
                                                    : write_node(&writer, node);
}
