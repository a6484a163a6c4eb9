#include "mapping/condition_parse.h"

#include <string.h>

#include "scim/protocol/outcome.h"

#define RULE_BIT_AND "1.2.840.113556.1.4.803"
#define RULE_BIT_OR  "1.2.840.113556.1.4.804"

struct filter_reader {
    const char *text;
    const char *at;
    guint depth;
    guint terms;
};

static void free_child(gpointer data)
{
    condition_node_free(data);
}

void condition_node_free(struct condition_node *node)
{
    if (node == NULL)
        return;
    g_clear_pointer(&node->children, g_ptr_array_unref);
    g_clear_pointer(&node->texts, g_ptr_array_unref);
    g_free(node->attribute);
    g_free(node);
}

static struct condition_node *broken(const struct filter_reader *reader, const char *what,
                                     GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "filter '%s', byte %u: %s", reader->text,
                (guint)(reader->at - reader->text) + 1, what);
    return NULL;
}

static void skip_space(struct filter_reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n')
        reader->at++;
}

static struct condition_node *node_new(enum condition_kind kind)
{
    struct condition_node *node = g_new0(struct condition_node, 1);
    node->kind = kind;
    return node;
}

/* One piece of a value, up to "*" or ")": escapes are two hexadecimal digits (RFC 4515 3). */
static char *read_piece(struct filter_reader *reader, GError **error)
{
    g_autoptr(GString) piece = g_string_new(NULL);

    while (*reader->at != '*' && *reader->at != ')' && *reader->at != '\0') {
        if (*reader->at == '(') {
            broken(reader, "write \"(\" inside a value as \"\\28\"", error);
            return NULL;
        }
        if (*reader->at != '\\') {
            g_string_append_c(piece, *reader->at++);
            continue;
        }
        if (!g_ascii_isxdigit(reader->at[1]) || !g_ascii_isxdigit(reader->at[2])) {
            broken(reader, "a \"\\\" must be followed by two hexadecimal digits", error);
            return NULL;
        }
        int byte =
            g_ascii_xdigit_value(reader->at[1]) * 16 + g_ascii_xdigit_value(reader->at[2]);
        g_string_append_c(piece, (char)byte);
        reader->at += 3;
    }
    if (memchr(piece->str, '\0', piece->len) != NULL ||
        !g_utf8_validate(piece->str, (gssize)piece->len, NULL)) {
        broken(reader, "the value before this is no valid UTF-8 text", error);
        return NULL;
    }
    return g_strdup(piece->str);
}

/* A value with its "*"s: n stars leave n + 1 pieces. */
static gboolean read_pieces(struct filter_reader *reader, struct condition_node *node,
                            GError **error)
{
    node->texts = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        char *piece = read_piece(reader, error);
        if (piece == NULL)
            return FALSE;
        g_ptr_array_add(node->texts, piece);
        if (*reader->at != '*')
            return TRUE;
        reader->at++;
    }
}

static gboolean read_bits(struct filter_reader *reader, struct condition_node *node,
                          GError **error)
{
    const char *rule = reader->at + 1;
    gsize length = strcspn(rule, ":");

    if (*reader->at == ':' && length == strlen(RULE_BIT_AND) && rule[length] == ':' &&
        rule[length + 1] == '=') {
        if (strncmp(rule, RULE_BIT_AND, length) == 0)
            node->kind = CONDITION_ALL_BITS;
        else if (strncmp(rule, RULE_BIT_OR, length) == 0)
            node->kind = CONDITION_ANY_BIT;
    }
    if (node->kind != CONDITION_ALL_BITS && node->kind != CONDITION_ANY_BIT)
        return broken(
                   reader,
                   "this matching rule is not known here; of the extensible matches only the "
                   "bit rules " RULE_BIT_AND " and .804 are",
                   error) != NULL;
    reader->at = rule + length + 2;
    g_autofree char *number = read_piece(reader, error);
    if (number == NULL)
        return FALSE;
    if (!g_ascii_string_to_unsigned(number, 10, 0, G_MAXUINT64, &node->bits, NULL))
        return broken(reader, "the bits before this must be a whole number", error) != NULL;
    return TRUE;
}

static gboolean read_comparison(struct filter_reader *reader, struct condition_node *node,
                                GError **error)
{
    char sign = *reader->at;

    if (sign == ':')
        return read_bits(reader, node, error);
    if (sign == '>' || sign == '<' || sign == '~')
        reader->at++;
    if (*reader->at != '=')
        return broken(reader, "\"=\", \">=\", \"<=\" or \"~=\" must stand here", error) != NULL;
    reader->at++;
    if (!read_pieces(reader, node, error))
        return FALSE;
    gboolean has_stars = node->texts->len > 1;
    if (has_stars && sign != '=')
        return broken(reader, "write \"*\" inside this value as \"\\2a\"", error) != NULL;
    switch (sign) {
    case '>':
        node->kind = CONDITION_GREATER;
        break;
    case '<':
        node->kind = CONDITION_LESS;
        break;
    default:
        node->kind = has_stars ? CONDITION_SUBSTRINGS : CONDITION_EQUAL;
    }
    if (has_stars && node->texts->len == 2 && *(char *)node->texts->pdata[0] == '\0' &&
        *(char *)node->texts->pdata[1] == '\0')
        node->kind = CONDITION_PRESENT;
    return TRUE;
}

static struct condition_node *read_item(struct filter_reader *reader, GError **error)
{
    const char *start = reader->at;
    struct condition_node *node = NULL;

    while (g_ascii_isalnum(*reader->at) || *reader->at == '-' || *reader->at == ';' ||
           *reader->at == '.' || *reader->at == '_')
        reader->at++;
    if (reader->at == start)
        return broken(reader, "an attribute name must stand here", error);
    node = node_new(CONDITION_EQUAL);
    node->attribute = g_strndup(start, (gsize)(reader->at - start));
    if (!read_comparison(reader, node, error)) {
        condition_node_free(node);
        return NULL;
    }
    return node;
}

static struct condition_node *read_filter(struct filter_reader *reader, GError **error);

static struct condition_node *read_set(struct filter_reader *reader, GError **error)
{
    static const struct {
        char sign;
        enum condition_kind kind;
    } sets[] = {{'&', CONDITION_AND}, {'|', CONDITION_OR}, {'!', CONDITION_NOT}};
    struct condition_node *node = node_new(CONDITION_AND);

    for (gsize i = 0; i < G_N_ELEMENTS(sets); i++)
        if (sets[i].sign == *reader->at)
            node->kind = sets[i].kind;
    node->children = g_ptr_array_new_with_free_func(free_child);
    reader->at++;
    for (skip_space(reader); *reader->at == '('; skip_space(reader)) {
        struct condition_node *child = read_filter(reader, error);
        if (child == NULL) {
            condition_node_free(node);
            return NULL;
        }
        g_ptr_array_add(node->children, child);
    }
    if (node->kind == CONDITION_NOT && node->children->len != 1) {
        condition_node_free(node);
        return broken(reader, "\"!\" takes just one filter in parentheses", error);
    }
    return node;
}

static struct condition_node *read_filter(struct filter_reader *reader, GError **error)
{
    struct condition_node *node = NULL;

    skip_space(reader);
    if (*reader->at != '(')
        return broken(reader, "\"(\" must stand here", error);
    if (++reader->terms > CONDITION_MAX_TERMS)
        return broken(reader, "too many terms (512 at most)", error);
    if (++reader->depth > CONDITION_MAX_DEPTH)
        return broken(reader, "nested too deeply (32 at most)", error);
    reader->at++;
    skip_space(reader);
    if (*reader->at == '&' || *reader->at == '|' || *reader->at == '!')
        node = read_set(reader, error);
    else
        node = read_item(reader, error);
    if (node == NULL)
        return NULL;
    if (*reader->at != ')') {
        condition_node_free(node);
        return broken(reader, "\")\" must stand here", error);
    }
    reader->at++;
    reader->depth--;
    return node;
}

struct condition_node *condition_parse(const char *text, GError **error)
{
    struct filter_reader reader = {.text = text, .at = text};

    if (strlen(text) > CONDITION_MAX_BYTES || !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "a filter is longer than %d bytes or no valid UTF-8", CONDITION_MAX_BYTES);
        return NULL;
    }
    struct condition_node *node = read_filter(&reader, error);
    if (node == NULL)
        return NULL;
    skip_space(&reader);
    if (*reader.at != '\0') {
        condition_node_free(node);
        return broken(&reader, "the filter has ended before this", error);
    }
    return node;
}
