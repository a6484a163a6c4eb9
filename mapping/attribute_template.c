#include "mapping/attribute_template.h"

#include <string.h>

#include "scim/protocol/outcome.h"

enum function {
    FUNCTION_LOWER,
    FUNCTION_UPPER,
    FUNCTION_FIRST,
    FUNCTION_INITIAL,
    FUNCTION_LOCAL,
    FUNCTION_DOMAIN,
};

static const char *const function_names[] = {
    [FUNCTION_LOWER] = "lower",     [FUNCTION_UPPER] = "upper", [FUNCTION_FIRST] = "first",
    [FUNCTION_INITIAL] = "initial", [FUNCTION_LOCAL] = "local", [FUNCTION_DOMAIN] = "domain",
};

struct call {
    enum function function;
    char *argument; /* FUNCTION_DOMAIN */
};

struct value_source {
    char *name; /* of an attribute, or the text itself */
    gboolean is_text;
};

/* A literal, or an expression when there are sources. */
struct part {
    char *literal;
    GArray *sources; /* struct value_source */
    GArray *calls;   /* struct call */
    gboolean picks_first;
};

struct attribute_template {
    GPtrArray *parts; /* struct part * */
};

/* Where the reading stands. */
struct template_reader {
    const char *text;
    const char *at;
};

static void clear_source(gpointer data)
{
    g_free(((struct value_source *)data)->name);
}

static void clear_call(gpointer data)
{
    g_free(((struct call *)data)->argument);
}

static void part_free(gpointer data)
{
    struct part *part = data;

    g_free(part->literal);
    if (part->sources != NULL)
        g_array_unref(part->sources);
    if (part->calls != NULL)
        g_array_unref(part->calls);
    g_free(part);
}

static gboolean broken(const struct template_reader *reader, const char *what, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "template '%s', byte %u: %s", reader->text,
                (guint)(reader->at - reader->text) + 1, what);
    return FALSE;
}

static gboolean is_name_byte(char byte)
{
    return g_ascii_isalnum(byte) || byte == '-' || byte == '_' || byte == ';' || byte == '.';
}

static gboolean read_source(struct template_reader *reader, struct part *part, GError **error)
{
    struct value_source source = {.is_text = *reader->at == '\''};
    const char *start = reader->at;

    if (source.is_text) {
        const char *end = strchr(++start, '\'');
        if (end == NULL)
            return broken(reader, "a text starts here and has no closing \"'\"", error);
        reader->at = end + 1;
        source.name = g_strndup(start, (gsize)(end - start));
    } else {
        while (is_name_byte(*reader->at))
            reader->at++;
        if (reader->at == start)
            return broken(reader, "an attribute name or a 'text' must stand here", error);
        source.name = g_strndup(start, (gsize)(reader->at - start));
    }
    g_array_append_val(part->sources, source);
    /* cppcheck-suppress memleak ; the array has the name now */
    return TRUE;
}

static gboolean read_call(struct template_reader *reader, struct part *part, GError **error)
{
    const char *start = reader->at;
    gsize length = strcspn(start, ":}(");
    struct call call = {.function = FUNCTION_LOWER};
    gsize found = G_N_ELEMENTS(function_names);

    for (gsize i = 0; i < G_N_ELEMENTS(function_names); i++)
        if (strlen(function_names[i]) == length &&
            strncmp(function_names[i], start, length) == 0)
            found = i;
    if (found == G_N_ELEMENTS(function_names))
        return broken(reader,
                      "no such function: lower, upper, first, initial, local, domain(text)",
                      error);
    call.function = (enum function)found;
    reader->at += length;
    if (call.function == FUNCTION_DOMAIN) {
        const char *end = *reader->at == '(' ? strchr(reader->at, ')') : NULL;
        if (end == NULL || end == reader->at + 1)
            return broken(reader, "domain needs its text: domain(example.com)", error);
        call.argument = g_strndup(reader->at + 1, (gsize)(end - reader->at - 1));
        reader->at = end + 1;
    }
    part->picks_first = part->picks_first || call.function == FUNCTION_FIRST;
    g_array_append_val(part->calls, call);
    /* cppcheck-suppress memleak ; the array has the argument now */
    return TRUE;
}

/* What stands behind "${". */
static gboolean read_expression(struct template_reader *reader, GPtrArray *parts,
                                GError **error)
{
    struct part *part = g_new0(struct part, 1);

    g_ptr_array_add(parts, part);
    part->sources = g_array_new(FALSE, FALSE, sizeof(struct value_source));
    part->calls = g_array_new(FALSE, FALSE, sizeof(struct call));
    g_array_set_clear_func(part->sources, clear_source);
    g_array_set_clear_func(part->calls, clear_call);
    if (!read_source(reader, part, error))
        return FALSE;
    while (*reader->at == '|') {
        reader->at++;
        if (!read_source(reader, part, error))
            return FALSE;
    }
    while (*reader->at == ':') {
        reader->at++;
        if (!read_call(reader, part, error))
            return FALSE;
    }
    if (*reader->at != '}')
        return broken(reader, "\"}\" must stand here", error);
    reader->at++;
    return TRUE;
}

static void add_literal(GPtrArray *parts, GString *literal)
{
    if (literal->len == 0)
        return;
    struct part *part = g_new0(struct part, 1);
    part->literal = g_strdup(literal->str);
    g_ptr_array_add(parts, part);
    g_string_truncate(literal, 0);
}

static gboolean read_template(struct template_reader *reader, GPtrArray *parts, GError **error)
{
    g_autoptr(GString) literal = g_string_new(NULL);

    while (*reader->at != '\0') {
        if (reader->at[0] == '$' && reader->at[1] == '{') {
            add_literal(parts, literal);
            reader->at += 2;
            if (!read_expression(reader, parts, error))
                return FALSE;
            continue;
        }
        if (reader->at[0] == '$' && reader->at[1] != '$')
            return broken(
                reader, "a lone \"$\": write \"${attribute}\", or \"$$\" for the sign", error);
        if (*reader->at == '$')
            reader->at++;
        g_string_append_c(literal, *reader->at++);
    }
    add_literal(parts, literal);
    return TRUE;
}

AttributeTemplate *attribute_template_new(const char *text, GError **error)
{
    g_autoptr(AttributeTemplate) template = g_new0(AttributeTemplate, 1);
    struct template_reader reader = {.text = text, .at = text};

    template->parts = g_ptr_array_new_with_free_func(part_free);
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "a template is not valid UTF-8");
        return NULL;
    }
    if (strlen(text) > ATTRIBUTE_TEMPLATE_MAX_BYTES) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "a template is longer than %d bytes",
                    ATTRIBUTE_TEMPLATE_MAX_BYTES);
        return NULL;
    }
    if (!read_template(&reader, template->parts, error))
        return NULL;
    if (template->parts->len == 0) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS, "a template is empty");
        return NULL;
    }
    return g_steal_pointer(&template);
}

void attribute_template_free(AttributeTemplate *template)
{
    if (template == NULL)
        return;
    g_ptr_array_unref(template->parts);
    g_free(template);
}

static guint source_count(const struct part *part)
{
    return part->sources != NULL ? part->sources->len : 0;
}

void attribute_template_attributes(const AttributeTemplate *template, GPtrArray *names)
{
    for (guint i = 0; i < template->parts->len; i++) {
        const struct part *part = g_ptr_array_index(template->parts, i);
        for (guint j = 0; j < source_count(part); j++) {
            const struct value_source *source =
                &g_array_index(part->sources, struct value_source, j);
            gboolean known = source->is_text;
            for (guint k = 0; k < names->len && !known; k++)
                known = g_ascii_strcasecmp(names->pdata[k], source->name) == 0;
            if (!known)
                g_ptr_array_add(names, g_strdup(source->name));
        }
    }
}

/* The source that gives the value, or NULL; *value is it. Snapshots hold no empty values. */
static const struct value_source *choose(const struct part *part, const Snapshot *snapshot,
                                         const struct snapshot_person *person,
                                         const char **value)
{
    for (guint i = 0; i < part->sources->len; i++) {
        const struct value_source *source =
            &g_array_index(part->sources, struct value_source, i);
        *value =
            source->is_text ? source->name : snapshot_value_of(snapshot, person, source->name);
        if (*value != NULL && (!source->is_text || **value != '\0'))
            return source;
    }
    *value = NULL;
    return NULL;
}

static char *call_function(const struct call *call, const char *text)
{
    const char *at = strchr(text, '@');
    gsize local = at != NULL ? (gsize)(at - text) : strlen(text);

    switch (call->function) {
    case FUNCTION_LOWER:
        return g_ascii_strdown(text, -1);
    case FUNCTION_UPPER:
        return g_ascii_strup(text, -1);
    case FUNCTION_INITIAL:
        return g_utf8_substring(text, 0, *text != '\0' ? 1 : 0);
    case FUNCTION_LOCAL:
        return g_strndup(text, local);
    case FUNCTION_DOMAIN:
        return g_strdup_printf("%.*s@%s", (int)local, text, call->argument);
    case FUNCTION_FIRST:
        break;
    }
    return g_strdup(text);
}

/* A text of the template itself is never too long. */
static gboolean is_too_long(const Snapshot *snapshot, const char *value)
{
    return snapshot_longest_value(snapshot) > ATTRIBUTE_TEMPLATE_MAX_BYTES &&
           strlen(value) > ATTRIBUTE_TEMPLATE_MAX_BYTES;
}

static gboolean append_part(GString *out, const struct part *part, const Snapshot *snapshot,
                            const struct snapshot_person *person)
{
    const char *value = part->literal;

    if (part->literal == NULL && choose(part, snapshot, person, &value) == NULL)
        return FALSE;
    if (is_too_long(snapshot, value))
        return FALSE;
    g_autofree char *text = g_strdup(value);
    for (guint i = 0; part->calls != NULL && i < part->calls->len; i++) {
        char *next = call_function(&g_array_index(part->calls, struct call, i), text);
        g_free(text);
        text = next;
    }
    g_string_append(out, text);
    return *text != '\0';
}

const char *attribute_template_apply(const AttributeTemplate *template,
                                     const Snapshot *snapshot,
                                     const struct snapshot_person *person, GStringChunk *chunk)
{
    const struct part *only = g_ptr_array_index(template->parts, 0);

    /* "${mail|cn}" needs no text of its own: the snapshot's serves, for a million people too.
     */
    if (template->parts->len == 1 && only->literal == NULL && only->calls->len == 0) {
        const char *value = NULL;
        const struct value_source *source = choose(only, snapshot, person, &value);
        if (source == NULL || is_too_long(snapshot, value))
            return NULL;
        return source->is_text ? g_string_chunk_insert_const(chunk, value) : value;
    }
    g_autoptr(GString) out = g_string_sized_new(64);
    for (guint i = 0; i < template->parts->len; i++)
        if (!append_part(out, g_ptr_array_index(template->parts, i), snapshot, person))
            return NULL;
    if (out->len > ATTRIBUTE_TEMPLATE_MAX_BYTES)
        return NULL;
    return g_string_chunk_insert(chunk, out->str);
}

static gboolean has_several(const Snapshot *snapshot, const struct snapshot_person *person,
                            const char *attribute, const char *value)
{
    const struct snapshot_value *values = snapshot->values + person->first_value;

    for (guint32 i = 0; i < person->value_count; i++)
        if (values[i].text != value &&
            g_ascii_strcasecmp(snapshot->attributes[values[i].attribute], attribute) == 0 &&
            g_ascii_strcasecmp(values[i].text, value) != 0)
            return TRUE;
    return FALSE;
}

const char *attribute_template_is_ambiguous(const AttributeTemplate *template,
                                            const Snapshot *snapshot,
                                            const struct snapshot_person *person)
{
    for (guint i = 0; i < template->parts->len; i++) {
        const struct part *part = g_ptr_array_index(template->parts, i);
        const char *value = NULL;
        if (part->literal != NULL || part->picks_first)
            continue;
        const struct value_source *source = choose(part, snapshot, person, &value);
        if (source != NULL && !source->is_text &&
            has_several(snapshot, person, source->name, value))
            return source->name;
    }
    return NULL;
}
