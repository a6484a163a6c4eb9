#include "agent/directory/ldif_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lber.h>
#include <ldap.h>
/* clang-format off: ldif.h needs what lber.h and stdio.h declare before it. */
#include <ldif.h>
/* clang-format on */

#include "scim/protocol/outcome.h"

/* One logical line, as libldap decoded it. */
struct piece {
    char *line; /* unfolded; `name` points into it, and `value` unless it is owned */
    struct berval name, value;
    gboolean owned;
};

struct ldif_text {
    const char *bytes, *end;
    const char *first; /* the line after "version: 1" */
    guint first_line;
    const char *next;    /* the first line not read yet */
    guint line, started; /* of `next`, and of the entry taken last; from 1 */
    GArray *pieces;      /* of the entry taken last */
};

static gboolean fail(GError **error, guint line, const char *problem)
{
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "line %u: %s", line, problem);
    return FALSE;
}

static void piece_clear(gpointer data)
{
    struct piece *piece = data;
    if (piece->owned)
        ber_memfree(piece->value.bv_val);
    g_free(piece->line);
}

static size_t line_length(const LdifText *text)
{
    const char *newline = memchr(text->next, '\n', (size_t)(text->end - text->next));
    size_t length = (size_t)(newline - text->next);
    return length > 0 && text->next[length - 1] == '\r' ? length - 1 : length;
}

static void step_line(LdifText *text)
{
    text->next = (const char *)memchr(text->next, '\n', (size_t)(text->end - text->next)) + 1;
    text->line++;
}

static gboolean at_end(const LdifText *text)
{
    return text->next >= text->end;
}

/* RFC 2849: a line that begins with a space goes on with the one before it. */
static char *take_logical_line(LdifText *text)
{
    GString *line = g_string_new_len(text->next, (gssize)line_length(text));
    step_line(text);
    while (!at_end(text) && text->next[0] == ' ') {
        g_string_append_len(line, text->next + 1, (gssize)(line_length(text) - 1));
        step_line(text);
    }
    return g_string_free(line, FALSE);
}

static gboolean is_named(const char *line, const char *name)
{
    size_t length = strlen(name);
    return g_ascii_strncasecmp(line, name, length) == 0 &&
           (line[length] == ':' || line[length] == ';' || line[length] == ' ');
}

/* Attribute descriptions are letters, digits, hyphens, dots for OIDs, semicolons for options, and
 * what servers put besides into both. */
static gboolean is_description(const char *line, const char *colon)
{
    for (const char *p = line; p < colon; p++)
        if (!g_ascii_isalnum(*p) && strchr("-.;_=*", *p) == NULL)
            return FALSE;
    return colon > line;
}

/* libldap speaks on stderr of what is no base64, so it does not get to see that. */
static gboolean is_base64(const char *text)
{
    text += strspn(text, " ");
    size_t letters =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    size_t padding = strspn(text + letters, "=");
    return letters > 0 && padding <= 2 && (letters + padding) % 4 == 0 &&
           text[letters + padding] == '\0';
}

/* What must never reach libldap, and what is no entry. NULL when the line is fine. */
static const char *forbidden(const char *line)
{
    static const char *const change_records[] = {"changetype", "control", "newrdn",
                                                 "deleteoldrdn"};
    const char *colon = strchr(line, ':');
    if (is_named(line, "include"))
        return "'include:' is not followed: put everything into one file";
    if (colon == NULL || !is_description(line, colon))
        return "not an 'attribute: value' line";
    if (colon[1] == '<')
        return "a value from a URL ('attribute:<') is not followed: export the values "
               "themselves";
    for (size_t i = 0; i < G_N_ELEMENTS(change_records); i++)
        if (is_named(line, change_records[i]))
            return "this is a change record: an export holds entries only";
    if (colon[1] == ':' && !is_base64(colon + 2))
        return "broken base64";
    return NULL;
}

/* Takes the line, which it owns from now on. */
static gboolean decode(LdifText *text, char *line, guint number, GError **error)
{
    struct piece piece = {.line = line};
    const char *problem = forbidden(line);
    int owned = 0;
    if (problem == NULL && ldif_parse_line2(line, &piece.name, &piece.value, &owned) != 0)
        problem = "not an 'attribute: value' line";
    piece.owned = owned != 0;
    g_array_append_val(text->pieces, piece);
    return problem == NULL || fail(error, number, problem);
}

/* Passes blank lines and comments; FALSE at the end of the text. */
static gboolean find_entry(LdifText *text)
{
    while (!at_end(text)) {
        if (text->next[0] == '#')
            g_free(take_logical_line(text));
        else if (line_length(text) == 0)
            step_line(text);
        else
            return TRUE;
    }
    return FALSE;
}

static gboolean take_pieces(LdifText *text, GError **error)
{
    while (!at_end(text) && line_length(text) > 0) {
        guint number = text->line;
        if (text->next[0] == ' ')
            return fail(error, number, "goes on with a line that is none");
        char *line = take_logical_line(text);
        if (line[0] == '#')
            g_free(line);
        else if (!decode(text, line, number, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take_version(LdifText *text, GError **error)
{
    if (!find_entry(text) || !is_named(text->next, "version"))
        return TRUE;
    guint number = text->line;
    g_autofree char *line = take_logical_line(text);
    const char *value = line + strlen("version:");
    g_autofree char *trimmed = g_strstrip(g_strdup(value));
    return strcmp(trimmed, "1") == 0 || fail(error, number, "only version 1 of LDIF is read");
}

LdifText *ldif_text_new(const char *bytes, size_t length, GError **error)
{
    g_autoptr(LdifText) text = g_new0(LdifText, 1);
    text->bytes = bytes;
    text->end = bytes + length;
    text->pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
    g_array_set_clear_func(text->pieces, piece_clear);
    text->next = bytes;
    text->line = 1;
    const char *problem = NULL;
    if (length == 0)
        problem = "the file is empty";
    else if (bytes[length - 1] != '\n')
        problem = "the file does not end with a newline: it was cut, or is still being written";
    else if (memchr(bytes, '\0', length) != NULL)
        problem = "the file holds a NUL byte: it is no LDIF";
    if (problem != NULL) {
        g_set_error_literal(error, OUTCOME, OUTCOME_BAD_INPUT, problem);
        return NULL;
    }
    if (!take_version(text, error))
        return NULL;
    text->first = text->next;
    text->first_line = text->line;
    return g_steal_pointer(&text);
}

void ldif_text_free(LdifText *text)
{
    if (text == NULL)
        return;
    g_array_unref(text->pieces);
    g_free(text);
}

static gboolean is_piece(const struct piece *piece, const char *name)
{
    return piece->name.bv_len == strlen(name) &&
           g_ascii_strncasecmp(piece->name.bv_val, name, piece->name.bv_len) == 0;
}

static int compare_pieces(gconstpointer left, gconstpointer right)
{
    const struct berval *a = &((const struct piece *)left)->name;
    const struct berval *b = &((const struct piece *)right)->name;
    int order = g_ascii_strncasecmp(a->bv_val, b->bv_val, MIN(a->bv_len, b->bv_len));
    return order != 0 ? order : (a->bv_len > b->bv_len) - (a->bv_len < b->bv_len);
}

/* Values of one attribute may stand apart in the file: sorted, they stand together. */
static gboolean build(LdifText *text, struct directory_entry *entry, GError **error)
{
    struct piece *pieces = &g_array_index(text->pieces, struct piece, 0);
    guint count = text->pieces->len;
    if (!is_piece(&pieces[0], "dn"))
        return fail(error, text->started, "an entry begins with 'dn:'");
    directory_entry_begin(entry, pieces[0].value.bv_val, pieces[0].value.bv_len);
    for (guint i = 1; i < count; i++)
        if (is_piece(&pieces[i], "dn"))
            return fail(error, text->started,
                        "an entry with two 'dn:' lines: is a blank line missing?");
    if (count > 2)
        qsort(pieces + 1, count - 1, sizeof *pieces, compare_pieces);
    for (guint i = 1; i < count; i++) {
        if (i == 1 || compare_pieces(&pieces[i - 1], &pieces[i]) != 0)
            directory_entry_add_attribute(entry, pieces[i].name.bv_val, pieces[i].name.bv_len);
        directory_entry_add_value(entry,
                                  pieces[i].value.bv_val != NULL ? pieces[i].value.bv_val : "",
                                  pieces[i].value.bv_len);
    }
    return TRUE;
}

gboolean ldif_text_next(LdifText *text, struct directory_entry *entry, GError **error)
{
    g_array_set_size(text->pieces, 0);
    if (!find_entry(text))
        return FALSE;
    text->started = text->line;
    return take_pieces(text, error) && build(text, entry, error);
}

guint ldif_text_line(const LdifText *text)
{
    return text->started;
}

void ldif_text_rewind(LdifText *text)
{
    text->next = text->first;
    text->line = text->first_line;
    text->started = text->first_line;
}
