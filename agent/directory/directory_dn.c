#include "agent/directory/directory_dn.h"

#include <string.h>

#include <ldap.h>

#include "scim/protocol/outcome.h"

/* The names of RFC 4514 section 3 and their kin: directories use them as they please. */
static const struct {
    const char *spelling, *name;
} attribute_names[] = {
    {"2.5.4.3", "cn"},
    {"commonname", "cn"},
    {"2.5.4.7", "l"},
    {"localityname", "l"},
    {"2.5.4.8", "st"},
    {"stateorprovincename", "st"},
    {"2.5.4.10", "o"},
    {"organizationname", "o"},
    {"2.5.4.11", "ou"},
    {"organizationalunitname", "ou"},
    {"2.5.4.6", "c"},
    {"countryname", "c"},
    {"2.5.4.9", "street"},
    {"streetaddress", "street"},
    {"0.9.2342.19200300.100.1.25", "dc"},
    {"domaincomponent", "dc"},
    {"0.9.2342.19200300.100.1.1", "uid"},
    {"userid", "uid"},
    {"1.2.840.113549.1.9.1", "emailaddress"},
    {"email", "emailaddress"},
    {"e", "emailaddress"},
};

/* A parsed DN, freed with the scope that made it. */
typedef struct ldap_ava ***ParsedDn;

static void parsed_dn_clear(LDAPDN *dn)
{
    if (*dn != NULL)
        ldap_dnfree(*dn);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ParsedDn, parsed_dn_clear)

static gboolean parse(const char *bytes, size_t length, LDAPDN *dn)
{
    struct berval text = {.bv_len = length, .bv_val = g_strndup(bytes, length)};
    int code = ldap_bv2dn(&text, dn, LDAP_DN_FORMAT_LDAPV3);
    g_free(text.bv_val);
    return code == LDAP_SUCCESS;
}

/* No spelling in the table is shorter than five letters but one. */
static void append_type(GString *key, const char *bytes, size_t length)
{
    size_t start = key->len;
    for (size_t i = 0; i < length; i++)
        g_string_append_c(key, g_ascii_tolower(bytes[i]));
    if (length < 5 && length != 1)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(attribute_names); i++)
        if (strcmp(key->str + start, attribute_names[i].spelling) == 0) {
            g_string_truncate(key, start);
            g_string_append(key, attribute_names[i].name);
            return;
        }
}

static gboolean append_plain_value(GString *key, const char *bytes, size_t length)
{
    size_t start = key->len;
    gboolean space = FALSE;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == ' ') {
            space = TRUE;
            continue;
        }
        if (space && key->len > start)
            g_string_append_c(key, ' ');
        space = FALSE;
        if (bytes[i] == '=')
            g_string_append_c(key, '\\');
        g_string_append_c(key, g_ascii_tolower(bytes[i]));
    }
    return key->len > start;
}

/* "cn=ada king,dc=x" from plain letters alone, which nearly every DN is: a tenth of the work. FALSE,
 * with nothing kept, at whatever the parser should look at: escapes, several parts, an odd type. */
static gboolean append_plain(GString *key, const char *bytes, size_t length)
{
    static const char special[] = "\\\"+;<>#";
    size_t at = 0;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < 0x20 || bytes[i] > 0x7e || strchr(special, bytes[i]) != NULL)
            return FALSE;
    while (at < length) {
        const char *equals = memchr(bytes + at, '=', length - at);
        const char *comma = memchr(bytes + at, ',', length - at);
        size_t end = comma == NULL ? length : (size_t)(comma - bytes);
        size_t from = equals == NULL ? end : (size_t)(equals - bytes) + 1;
        gboolean odd = from >= end || from < at + 2 || end + 1 == length;
        for (size_t i = at; !odd && i + 1 < from; i++)
            odd = !g_ascii_isalnum(bytes[i]) && bytes[i] != '.' && bytes[i] != '-';
        if (odd)
            return FALSE;
        append_type(key, bytes + at, from - at - 1);
        g_string_append_c(key, '=');
        if (!append_plain_value(key, bytes + from, end - from))
            return FALSE;
        if (end < length)
            g_string_append_c(key, ',');
        at = end + 1;
        while (at < length && bytes[at] == ' ')
            at++;
    }
    return TRUE;
}

static void append_escaped(GString *key, gunichar character)
{
    if (character < 0x20 || character == 0x7f)
        g_string_append_printf(key, "\\%02x", character);
    else {
        if (character < 0x80 && strchr("\\,+\"<>;=#", (int)character) != NULL)
            g_string_append_c(key, '\\');
        g_string_append_unichar(key, character);
    }
}

/* White space at the ends is dropped and runs of it become one, as the servers' own string
 * preparation does (RFC 4518 2.6.1). */
static void append_folded(GString *key, const char *text)
{
    size_t start = key->len;
    gboolean space = FALSE;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        if (character == ' ') {
            space = TRUE;
            continue;
        }
        if (space && key->len > start)
            g_string_append_c(key, ' ');
        space = FALSE;
        append_escaped(key, g_unichar_tolower(character));
    }
}

/* Bytes that are no text (a NUL, not UTF-8) are kept as they are, in hexadecimal. */
static void append_value(GString *key, const struct berval *value)
{
    g_autofree char *composed = NULL;
    if (memchr(value->bv_val, '\0', value->bv_len) == NULL)
        composed = g_utf8_normalize(value->bv_val, (gssize)value->bv_len, G_NORMALIZE_NFC);
    if (composed != NULL) {
        append_folded(key, composed);
        return;
    }
    g_string_append_c(key, '#');
    for (size_t i = 0; i < value->bv_len; i++)
        g_string_append_printf(key, "%02x", (guchar)value->bv_val[i]);
}

static char *part_key(const LDAPAVA *part)
{
    GString *key = g_string_new(NULL);
    append_type(key, part->la_attr.bv_val, part->la_attr.bv_len);
    g_string_append_c(key, '=');
    append_value(key, &part->la_value);
    return g_string_free(key, FALSE);
}

static int compare_texts(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void append_rdn(GString *key, LDAPRDN rdn)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    for (; *rdn != NULL; rdn++)
        g_ptr_array_add(parts, part_key(*rdn));
    g_ptr_array_sort(parts, compare_texts);
    for (guint i = 0; i < parts->len; i++)
        g_string_append_printf(key, "%s%s", i == 0 ? "" : "+",
                               (const char *)g_ptr_array_index(parts, i));
}

char *directory_dn_key_of_bytes(const char *bytes, size_t length, GError **error)
{
    g_auto(ParsedDn) dn = NULL;
    if (length > DIRECTORY_DN_MAX_BYTES) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "a DN of %zu bytes is too long", length);
        return NULL;
    }
    GString *plain = g_string_sized_new(length + 8);
    if (append_plain(plain, bytes, length))
        return g_string_free(plain, FALSE);
    g_string_free(plain, TRUE);
    if (!g_utf8_validate_len(bytes, length, NULL) || !parse(bytes, length, &dn)) {
        g_autofree char *shown = g_utf8_make_valid(bytes, (gssize)length);
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "'%s' is not a DN", shown);
        return NULL;
    }
    GString *key = g_string_sized_new(length + 8);
    for (size_t i = 0; dn != NULL && dn[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(key, ',');
        append_rdn(key, dn[i]);
    }
    return g_string_free(key, FALSE);
}

char *directory_dn_key(const char *dn, GError **error)
{
    return directory_dn_key_of_bytes(dn, strlen(dn), error);
}

gboolean directory_dn_key_is_below(const char *key, const char *base_key)
{
    size_t length = strlen(key);
    size_t base_length = strlen(base_key);
    if (base_length == 0)
        return TRUE;
    if (length < base_length || strcmp(key + length - base_length, base_key) != 0)
        return FALSE;
    if (length == base_length)
        return TRUE;
    /* The comma before the base must separate, not be part of a value ("\,"). */
    const char *comma = key + length - base_length - 1;
    size_t backslashes = 0;
    while (comma > key + backslashes && comma[-1 - (ptrdiff_t)backslashes] == '\\')
        backslashes++;
    return *comma == ',' && backslashes % 2 == 0;
}

char *directory_dn_rdn_value(const char *dn, const char *attribute)
{
    g_auto(ParsedDn) parsed = NULL;
    if (!parse(dn, strlen(dn), &parsed) || parsed == NULL)
        return NULL;
    for (LDAPRDN part = parsed[0]; *part != NULL; part++) {
        g_autofree char *type = g_strndup((*part)->la_attr.bv_val, (*part)->la_attr.bv_len);
        if (g_ascii_strcasecmp(type, attribute) == 0)
            return g_strndup((*part)->la_value.bv_val, (*part)->la_value.bv_len);
    }
    return NULL;
}

char *directory_dn_filter_value(const char *bytes, size_t length)
{
    GString *text = g_string_sized_new(length);
    for (size_t i = 0; i < length; i++) {
        char byte = bytes[i];
        if (g_ascii_isalnum(byte) || (byte != '\0' && strchr("-._@ ", byte) != NULL))
            g_string_append_c(text, byte);
        else
            g_string_append_printf(text, "\\%02x", (guchar)byte);
    }
    return g_string_free(text, FALSE);
}

char *directory_dn_rdn_filter(const char *dn)
{
    g_auto(ParsedDn) parsed = NULL;
    if (!parse(dn, strlen(dn), &parsed) || parsed == NULL)
        return NULL;
    const LDAPAVA *part = parsed[0][0];
    g_autofree char *value =
        directory_dn_filter_value(part->la_value.bv_val, part->la_value.bv_len);
    return g_strdup_printf("(%.*s=%s)", (int)part->la_attr.bv_len, part->la_attr.bv_val, value);
}
