#include "scim/protocol/filter_parser.h"

#include <string.h>

#include <jansson.h>

#include "scim/protocol/dialect.h"

/* A reader over one filter. Inside a value path `element` is the attribute in front of it. */
struct reader {
    const struct resource_type *type;
    const struct attribute_reference *element;
    const char *text;
    size_t length;
    size_t at;
    size_t depth;
    struct filter *filter;
    const struct request_limits *limits;
    struct tolerance_use *use;
    struct fault *fault;
};

static struct filter_node *parse_or(struct reader *reader);

static void *refuse(struct reader *reader, const char *what)
{
    fault_set(reader->fault, FAULT_INVALID_FILTER, "the filter is wrong at byte %zu: %s",
              reader->at + 1, what);
    return NULL;
}

static void free_node(void *memory)
{
    struct filter_node *node = memory;
    filter_value_clear(&node->value);
    g_free(node);
}

static struct filter_node *add_node(struct reader *reader, enum filter_kind kind)
{
    struct filter_node *node = g_new0(struct filter_node, 1);
    node->kind = kind;
    g_ptr_array_add(reader->filter->nodes, node);
    return node;
}

static struct filter_node *add_branch(struct reader *reader, enum filter_kind kind,
                                      const struct filter_node *left,
                                      const struct filter_node *right)
{
    struct filter_node *node = add_node(reader, kind);
    node->left = left;
    node->right = right;
    return node;
}

static char peek(const struct reader *reader)
{
    if (reader->at == reader->length)
        return '\0';
    return reader->text[reader->at];
}

static void skip_blanks(struct reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\t')
        reader->at++;
}

/* The length of the word here: up to a blank, a bracket, a quote or the end. */
static size_t word_length(const struct reader *reader)
{
    size_t end = reader->at;
    while (end < reader->length && strchr(" \t()[]\"", reader->text[end]) == NULL)
        end++;
    return end - reader->at;
}

static gboolean is_word(const struct reader *reader, const char *word)
{
    size_t length = word_length(reader);
    return length == strlen(word) &&
           g_ascii_strncasecmp(reader->text + reader->at, word, length) == 0;
}

static gboolean take_word(struct reader *reader, const char *word)
{
    if (!is_word(reader, word))
        return FALSE;
    reader->at += strlen(word);
    return TRUE;
}

static gboolean take_comparison(struct reader *reader, enum filter_comparison *comparison)
{
    for (int i = FILTER_EQ; i <= FILTER_PR; i++) {
        *comparison = (enum filter_comparison)i;
        if (take_word(reader, filter_comparison_name(*comparison)))
            return TRUE;
    }
    return FALSE;
}

/* The JSON literal here: a string with its quotes, or a word. New reference, or NULL; only then is
 * nothing read. */
static json_t *take_literal(struct reader *reader)
{
    size_t end = reader->at + word_length(reader);
    if (peek(reader) == '"') {
        end = reader->at + 1;
        while (end < reader->length && reader->text[end] != '"')
            end += reader->text[end] == '\\' ? 2 : 1;
        end++;
    }
    if (end > reader->length || end == reader->at)
        return NULL;
    json_t *literal =
        json_loadb(reader->text + reader->at, end - reader->at, JSON_DECODE_ANY, NULL);
    if (literal != NULL)
        reader->at = end;
    return literal;
}

/* Is a literal of that attribute a text in quotes? */
static gboolean is_text(const struct schema_attribute *attribute)
{
    return attribute->kind == SCHEMA_STRING || attribute->kind == SCHEMA_REFERENCE ||
           attribute->kind == SCHEMA_BINARY || attribute->kind == SCHEMA_DATE_TIME;
}

/* Tolerance 16: the word here where the quotes are missing: `userName eq bjensen`, `externalId eq
 * 701984`. */
static json_t *take_value(struct reader *reader, const struct schema_attribute *attribute)
{
    const size_t start = reader->at;
    const size_t length = word_length(reader);
    json_t *literal = take_literal(reader);
    if (json_is_string(literal) || json_is_null(literal) ||
        (literal != NULL && (attribute == NULL || !is_text(attribute))))
        return literal;
    json_t *word = dialect_unquoted(reader->text + start, length);
    if (word == NULL)
        return literal;
    json_decref(literal);
    tolerance_note_filter(reader->use, TOLERANCE_UNQUOTED);
    reader->at = start + length;
    return word;
}

/* RFC 7644 3.4.2.2 and RFC 7643 2.4: a bare complex attribute stands for its value. */
static void settle_reference(struct filter_node *node)
{
    struct attribute_reference *reference = &node->reference;
    if (node->comparison != FILTER_PR && reference->sub == NULL &&
        reference->attribute != NULL && reference->attribute->kind == SCHEMA_COMPLEX)
        reference->sub = schema_value_of(reference->attribute);
}

static const struct schema_attribute *compared(const struct filter_node *node)
{
    return node->reference.sub != NULL ? node->reference.sub : node->reference.attribute;
}

/* What follows an attribute: a comparison and, but for pr, a literal. */
static struct filter_node *parse_comparison(struct reader *reader,
                                            const struct attribute_reference *reference)
{
    struct filter_node *node = add_node(reader, FILTER_COMPARE);
    node->reference = *reference;
    skip_blanks(reader);
    if (!take_comparison(reader, &node->comparison))
        return refuse(reader, "an operator is expected (eq ne co sw ew pr gt ge lt le)");
    settle_reference(node);
    if (node->comparison == FILTER_PR)
        return node;
    if (reference->known && reference->attribute == NULL)
        return refuse(reader, "an extension can only be compared with pr");
    skip_blanks(reader);
    size_t start = reader->at;
    json_auto_t *literal = take_value(reader, compared(node));
    const char *problem =
        literal == NULL ? "a value is expected (text in quotes, a number, true, false, null)"
                        : filter_value_set(&node->value, compared(node), node->comparison,
                                           literal, reader->use);
    /* Whether there is anything is asked of the attribute itself, as pr does. */
    if (node->value.kind == FILTER_NULL)
        node->reference.sub = reference->sub;
    if (problem == NULL)
        return node;
    reader->at = start;
    return refuse(reader, problem);
}

static gboolean enter(struct reader *reader)
{
    if (reader->depth >= reader->limits->filter_depth) {
        g_autofree char *problem = g_strdup_printf("brackets are nested deeper than %zu",
                                                   reader->limits->filter_depth);
        refuse(reader, problem);
        return FALSE;
    }
    reader->depth++;
    reader->at++;
    return TRUE;
}

static gboolean leave(struct reader *reader, char bracket)
{
    skip_blanks(reader);
    if (peek(reader) != bracket || reader->at == reader->length) {
        refuse(reader, bracket == ')' ? "')' is expected" : "']' is expected");
        return FALSE;
    }
    reader->depth--;
    reader->at++;
    return TRUE;
}

static gboolean resolve(struct reader *reader, size_t length,
                        struct attribute_reference *reference)
{
    const char *name = reader->text + reader->at;
    gboolean formed =
        reader->element != NULL
            ? attribute_reference_parse_sub(reader->element, name, length, reference)
            : attribute_reference_parse(reader->type, name, length, reference);
    if (!formed) {
        refuse(reader, "an attribute name is expected");
        return FALSE;
    }
    reader->at += length;
    if (!reference->known)
        tolerance_note_filter(reader->use, TOLERANCE_UNKNOWN);
    if (reference->is_former)
        tolerance_note_filter(reader->use, TOLERANCE_SCIM_1);
    return TRUE;
}

static gboolean count_term(struct reader *reader)
{
    if (reader->filter->terms >= reader->limits->filter_terms) {
        g_autofree char *problem =
            g_strdup_printf("more than %zu conditions", reader->limits->filter_terms);
        refuse(reader, problem);
        return FALSE;
    }
    reader->filter->terms++;
    return TRUE;
}

/* `].value eq "x"` behind a value path is no RFC form, but is sent: one more condition on the
 * same value (tolerance 16). */
static const struct filter_node *parse_trailer(struct reader *reader,
                                               const struct filter_node *inside)
{
    struct attribute_reference reference;
    if (peek(reader) != '.')
        return inside;
    reader->at++;
    if (!count_term(reader) || !resolve(reader, word_length(reader), &reference))
        return NULL;
    tolerance_note_filter(reader->use, TOLERANCE_UNQUOTED);
    const struct filter_node *extra = parse_comparison(reader, &reference);
    return extra != NULL ? add_branch(reader, FILTER_AND, inside, extra) : NULL;
}

static struct filter_node *parse_value_path(struct reader *reader,
                                            const struct attribute_reference *reference)
{
    if (reader->element != NULL)
        return refuse(reader, "a value path inside a value path");
    const struct schema_attribute *attribute = reference->attribute;
    if (reference->sub != NULL || (reference->known && attribute == NULL) ||
        (attribute != NULL && attribute->sub == NULL && !attribute->multi_valued))
        return refuse(reader, "this attribute has no values to choose from");
    struct filter_node *node = add_node(reader, FILTER_ANY);
    node->reference = *reference;
    if (!enter(reader))
        return NULL;
    reader->element = &node->reference;
    node->left = parse_or(reader);
    if (node->left != NULL && leave(reader, ']'))
        node->left = parse_trailer(reader, node->left);
    reader->element = NULL;
    return node->left != NULL && !fault_is_set(reader->fault) ? node : NULL;
}

static struct filter_node *parse_term(struct reader *reader)
{
    struct attribute_reference reference;
    if (!count_term(reader) || !resolve(reader, word_length(reader), &reference))
        return NULL;
    if (peek(reader) == '[')
        return parse_value_path(reader, &reference);
    return parse_comparison(reader, &reference);
}

/* Is this the function `not`, and not an attribute of that name? */
static gboolean take_not(struct reader *reader)
{
    size_t start = reader->at;
    if (!take_word(reader, "not"))
        return FALSE;
    skip_blanks(reader);
    if (peek(reader) == '(')
        return TRUE;
    reader->at = start;
    return FALSE;
}

static struct filter_node *parse_unary(struct reader *reader)
{
    skip_blanks(reader);
    gboolean negated = take_not(reader);
    if (peek(reader) != '(')
        return parse_term(reader);
    if (!enter(reader))
        return NULL;
    struct filter_node *inside = parse_or(reader);
    if (inside == NULL || !leave(reader, ')'))
        return NULL;
    return negated ? add_branch(reader, FILTER_NOT, inside, NULL) : inside;
}

static struct filter_node *parse_and(struct reader *reader)
{
    struct filter_node *left = parse_unary(reader);
    while (left != NULL) {
        skip_blanks(reader);
        if (!take_word(reader, "and"))
            break;
        struct filter_node *right = parse_unary(reader);
        left = right != NULL ? add_branch(reader, FILTER_AND, left, right) : NULL;
    }
    return left;
}

static struct filter_node *parse_or(struct reader *reader)
{
    struct filter_node *left = parse_and(reader);
    while (left != NULL) {
        skip_blanks(reader);
        if (!take_word(reader, "or"))
            break;
        struct filter_node *right = parse_and(reader);
        left = right != NULL ? add_branch(reader, FILTER_OR, left, right) : NULL;
    }
    return left;
}

static struct filter *finish(struct reader *reader)
{
    if (!fault_is_set(reader->fault) && reader->filter->root != NULL)
        return reader->filter;
    filter_free(reader->filter);
    return NULL;
}

static struct filter *new_filter(void)
{
    struct filter *filter = g_new0(struct filter, 1);
    filter->nodes = g_ptr_array_new_with_free_func(free_node);
    return filter;
}

struct filter *filter_parse(const struct resource_type *type, const char *text, size_t length,
                            const struct request_limits *limits, struct tolerance_use *use,
                            struct fault *fault)
{
    if (limits == NULL)
        limits = request_limits_standard();
    if (length > limits->filter) {
        fault_set(fault, FAULT_INVALID_FILTER, "the filter is longer than %zu bytes",
                  limits->filter);
        return NULL;
    }
    struct reader reader = {.type = type,
                            .text = text,
                            .length = length,
                            .filter = new_filter(),
                            .limits = limits,
                            .use = use,
                            .fault = fault};
    reader.filter->root = parse_or(&reader);
    skip_blanks(&reader);
    if (reader.filter->root != NULL && reader.at < length)
        refuse(&reader, "'and', 'or' or the end is expected");
    reader.filter->length = reader.at;
    return finish(&reader);
}

struct filter *filter_parse_values(const struct attribute_reference *attribute,
                                   const char *text, size_t length,
                                   const struct request_limits *limits,
                                   struct tolerance_use *use, struct fault *fault)
{
    if (limits == NULL)
        limits = request_limits_standard();
    struct reader reader = {.element = attribute,
                            .text = text,
                            .length = MIN(length, limits->filter),
                            .filter = new_filter(),
                            .limits = limits,
                            .depth = 1,
                            .use = use,
                            .fault = fault};
    reader.filter->root = parse_or(&reader);
    skip_blanks(&reader);
    if (reader.filter->root != NULL && (peek(&reader) != ']' || reader.at == reader.length))
        refuse(&reader, "']' is expected");
    reader.filter->length = reader.at;
    return finish(&reader);
}

void filter_free(struct filter *filter)
{
    if (filter == NULL)
        return;
    g_ptr_array_unref(filter->nodes);
    g_free(filter);
}
