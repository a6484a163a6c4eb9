#include "agent/directory/directory_entry.h"

#include <string.h>

#include "agent/directory/directory_dn.h"
#include "scim/protocol/outcome.h"

#define GUID_BYTES 16

/* Microsoft's epoch, in the 100 ns of accountExpires. */
#define FILETIME_PER_SECOND  10000000
#define FILETIME_UNIX_EPOCH  11644473600
#define ACCOUNT_DISABLED_BIT 2

void directory_entry_init(struct directory_entry *entry)
{
    *entry = (struct directory_entry){
        .attributes = g_array_new(FALSE, FALSE, sizeof(struct directory_attribute)),
        .values = g_array_new(FALSE, FALSE, sizeof(struct directory_value)),
    };
}

void directory_entry_clear(struct directory_entry *entry)
{
    g_clear_pointer(&entry->attributes, g_array_unref);
    g_clear_pointer(&entry->values, g_array_unref);
}

void directory_entry_begin(struct directory_entry *entry, const char *dn, size_t length)
{
    entry->dn = (struct directory_value){dn, length};
    g_array_set_size(entry->attributes, 0);
    g_array_set_size(entry->values, 0);
}

static struct directory_attribute *attribute_at(const struct directory_entry *entry, guint i)
{
    return &g_array_index(entry->attributes, struct directory_attribute, i);
}

static gboolean same_name(const struct directory_value *name, const char *text, size_t length)
{
    return name->length == length && g_ascii_strncasecmp(name->bytes, text, length) == 0;
}

void directory_entry_add_attribute(struct directory_entry *entry, const char *description,
                                   size_t length)
{
    const char *semicolon = memchr(description, ';', length);
    size_t name_length = semicolon == NULL ? length : (size_t)(semicolon - description);
    struct directory_attribute attribute = {
        .name = {description, name_length},
        .options = {semicolon == NULL ? "" : semicolon + 1,
                    semicolon == NULL ? 0 : length - name_length - 1},
        .first_value = entry->values->len,
    };
    g_array_append_val(entry->attributes, attribute);
}

void directory_entry_add_value(struct directory_entry *entry, const char *bytes, size_t length)
{
    struct directory_value value = {bytes, length};
    g_array_append_val(entry->values, value);
    attribute_at(entry, entry->attributes->len - 1)->value_count++;
}

const struct directory_attribute *directory_entry_find(const struct directory_entry *entry,
                                                       const char *name)
{
    size_t length = strlen(name);
    for (guint i = 0; i < entry->attributes->len; i++) {
        const struct directory_attribute *attribute = attribute_at(entry, i);
        if (attribute->options.length == 0 && same_name(&attribute->name, name, length))
            return attribute;
    }
    return NULL;
}

const struct directory_value *directory_entry_value(const struct directory_entry *entry,
                                                    const struct directory_attribute *attribute,
                                                    guint index)
{
    return &g_array_index(entry->values, struct directory_value,
                          attribute->first_value + index);
}

const struct directory_value *directory_entry_first(const struct directory_entry *entry,
                                                    const char *name)
{
    const struct directory_attribute *attribute = directory_entry_find(entry, name);
    if (attribute == NULL || attribute->value_count == 0)
        return NULL;
    return directory_entry_value(entry, attribute, 0);
}

gboolean directory_entry_range(const struct directory_value *options, guint64 *first,
                               guint64 *next)
{
    g_autofree char *text = g_strndup(options->bytes, options->length);
    guint64 last = 0;
    if (g_ascii_strncasecmp(text, "range=", 6) != 0)
        return FALSE;
    g_auto(GStrv) ends = g_strsplit(text + 6, "-", 2);
    *next = 0;
    if (ends[0] == NULL || ends[1] == NULL ||
        !g_ascii_string_to_unsigned(ends[0], 10, 0, G_MAXUINT32, first, NULL))
        return FALSE;
    if (strcmp(ends[1], "*") == 0)
        return TRUE;
    if (!g_ascii_string_to_unsigned(ends[1], 10, 0, G_MAXUINT32, &last, NULL))
        return FALSE;
    *next = last + 1;
    return TRUE;
}

static gboolean is_known_option(const struct directory_value *options, gboolean ranges)
{
    guint64 first = 0;
    guint64 next = 0;
    return options->length == 0 ||
           (options->length > 5 && g_ascii_strncasecmp(options->bytes, "lang-", 5) == 0 &&
            memchr(options->bytes, ';', options->length) == NULL) ||
           (ranges && directory_entry_range(options, &first, &next));
}

static gboolean is_listed(const struct directory_value *name, const char *const *attributes)
{
    if (attributes == NULL)
        return TRUE;
    for (; *attributes != NULL; attributes++)
        if (same_name(name, *attributes, strlen(*attributes)))
            return TRUE;
    return FALSE;
}

gboolean directory_entry_check(const struct directory_entry *entry,
                               const char *const *attributes, gboolean ranges, GError **error)
{
    const char *problem =
        entry->dn.length > DIRECTORY_DN_MAX_BYTES ? "its name is too long" : NULL;
    for (guint i = 0; problem == NULL && i < entry->values->len; i++)
        if (g_array_index(entry->values, struct directory_value, i).length >
            DIRECTORY_VALUE_MAX_BYTES)
            problem = "a value is over 1 MiB";
    if (problem != NULL) {
        struct directory_value start = {entry->dn.bytes, MIN(entry->dn.length, 256)};
        g_autofree char *shown = directory_value_show(&start);
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "entry '%s': %s", shown, problem);
        return FALSE;
    }
    for (guint i = 0; i < entry->attributes->len; i++) {
        const struct directory_attribute *attribute = attribute_at(entry, i);
        if (is_known_option(&attribute->options, ranges) ||
            !is_listed(&attribute->name, attributes))
            continue;
        g_autofree char *shown = directory_value_show(&entry->dn);
        g_autofree char *name = directory_value_show(&attribute->name);
        g_autofree char *options = directory_value_show(&attribute->options);
        g_set_error(error, OUTCOME, OUTCOME_RETRY,
                    "entry '%s': attribute '%s' came with the option '%s', which may mean that "
                    "values are missing",
                    shown, name, options);
        return FALSE;
    }
    return TRUE;
}

/* What makes a text look like another one (D15), or NULL. Marks and joiners (U+200C to U+200F)
 * pass: names of several languages are written with them. */
static const char *character_problem(gunichar character)
{
    static const struct {
        gunichar first, last;
        const char *problem;
    } refused[] = {
        {0x200b, 0x200b, "has an invisible character"},
        {0x2028, 0x2029, "has a control character"},
        {0x202a, 0x202e, "has a character that turns the direction of the text"},
        {0x2060, 0x2064, "has an invisible character"},
        {0x2066, 0x2069, "has a character that turns the direction of the text"},
        {0xfeff, 0xfeff, "has an invisible character"},
    };

    if (g_unichar_iscntrl(character))
        return "has a control character";
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        if (character >= refused[i].first && character <= refused[i].last)
            return refused[i].problem;
    return NULL;
}

const char *directory_value_problem(const struct directory_value *value)
{
    if (memchr(value->bytes, '\0', value->length) != NULL)
        return "has a NUL byte";
    if (!g_utf8_validate_len(value->bytes, value->length, NULL))
        return "is not valid UTF-8";
    const char *problem = NULL;
    for (const char *p = value->bytes; problem == NULL && p < value->bytes + value->length;
         p = g_utf8_next_char(p))
        problem = character_problem(g_utf8_get_char(p));
    return problem;
}

char *directory_value_show(const struct directory_value *value)
{
    GString *text = g_string_sized_new(value->length);
    for (size_t i = 0; i < value->length;) {
        gunichar character =
            g_utf8_get_char_validated(value->bytes + i, (gssize)(value->length - i));
        gboolean broken = character >= (gunichar)-2 || character == 0;
        if (broken || character_problem(character) != NULL) {
            g_string_append_printf(text, "\\%02x", (guchar)value->bytes[i]);
            i++;
        } else {
            g_string_append_unichar(text, character);
            i += (size_t)(g_utf8_next_char(value->bytes + i) - (value->bytes + i));
        }
    }
    /* The second byte of a two-byte control character is no UTF-8 alone and was shown as \xx.
     */
    return g_string_free(text, FALSE);
}

char *directory_value_text(const struct directory_value *value)
{
    return directory_value_problem(value) == NULL ? g_strndup(value->bytes, value->length)
                                                  : NULL;
}

static char *guid_text(const struct directory_value *value)
{
    static const guint8 order[GUID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
                                             8, 9, 10, 11, 12, 13, 14, 15};
    if (value->length != GUID_BYTES)
        return NULL;
    GString *text = g_string_sized_new(36);
    for (guint i = 0; i < GUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            g_string_append_c(text, '-');
        g_string_append_printf(text, "%02x", (guchar)value->bytes[order[i]]);
    }
    return g_string_free(text, FALSE);
}

char *directory_anchor_text(enum directory_anchor_form form,
                            const struct directory_value *value)
{
    if (value->length == 0)
        return NULL;
    switch (form) {
    case DIRECTORY_ANCHOR_GUID:
        return guid_text(value);
    case DIRECTORY_ANCHOR_UUID:
        return directory_value_problem(value) == NULL
                   ? g_ascii_strdown(value->bytes, (gssize)value->length)
                   : NULL;
    case DIRECTORY_ANCHOR_TEXT:
        break;
    }
    return directory_value_text(value);
}

static char *guid_filter(const char *attribute, const char *anchor)
{
    static const guint8 order[GUID_BYTES] = {3, 2, 1,  0,  5,  4,  7,  6,
                                             8, 9, 10, 11, 12, 13, 14, 15};
    guint8 bytes[GUID_BYTES];
    if (!g_uuid_string_is_valid(anchor))
        return NULL;
    for (guint i = 0; i < GUID_BYTES; i++) {
        while (*anchor == '-')
            anchor++;
        bytes[order[i]] =
            (guint8)(g_ascii_xdigit_value(anchor[0]) * 16 + g_ascii_xdigit_value(anchor[1]));
        anchor += 2;
    }
    GString *filter = g_string_new(NULL);
    g_string_append_printf(filter, "(%s=", attribute);
    for (guint i = 0; i < GUID_BYTES; i++)
        g_string_append_printf(filter, "\\%02x", bytes[i]);
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *directory_anchor_filter(const char *attribute, const char *anchor)
{
    enum directory_anchor_form form = directory_anchor_form_of(attribute);
    if (form == DIRECTORY_ANCHOR_GUID)
        return guid_filter(attribute, anchor);
    if (form == DIRECTORY_ANCHOR_UUID && !g_uuid_string_is_valid(anchor))
        return NULL;
    g_autofree char *value = directory_dn_filter_value(anchor, strlen(anchor));
    return g_strdup_printf("(%s=%s)", attribute, value);
}

static gboolean number_of(const struct directory_entry *entry, const char *name, gint64 *number)
{
    const struct directory_value *value = directory_entry_first(entry, name);
    g_autofree char *text = value == NULL ? NULL : directory_value_text(value);
    return text != NULL &&
           g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

enum snapshot_state directory_entry_account_state(const struct directory_entry *entry,
                                                  gint64 now)
{
    gint64 control = 0;
    gint64 expires = 0;
    if (number_of(entry, "userAccountControl", &control) &&
        ((guint64)control & ACCOUNT_DISABLED_BIT) != 0)
        return SNAPSHOT_DISABLED;
    if (number_of(entry, "accountExpires", &expires) && expires > 0 && expires < G_MAXINT64 &&
        expires / FILETIME_PER_SECOND - FILETIME_UNIX_EPOCH <= now)
        return SNAPSHOT_EXPIRED;
    return SNAPSHOT_ENABLED;
}
