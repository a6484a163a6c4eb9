#include "tests/scim/mail/mail_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LINE_BYTES 76
#define WORD_START "=?UTF-8?B?"

/* The lines of a mail without their CRLF. */
static char **read_lines(const char *bytes, gsize length)
{
    assert_int_equal(strlen(bytes), length);
    assert_true(g_str_has_suffix(bytes, "\r\n"));
    for (const char *p = bytes; *p != '\0'; p++) {
        gboolean is_end = *p == '\r' && p[1] == '\n';
        gboolean is_plain = *p >= ' ' && *p <= '~';
        if (!is_end && !is_plain && !(*p == '\n' && p > bytes && p[-1] == '\r'))
            fail_msg("byte %d at %zu", *p, (size_t)(p - bytes));
    }
    g_autofree char *whole = g_strndup(bytes, length - 2);
    return g_strsplit(whole, "\r\n", -1);
}

char *mail_reader_words(const char *value)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean after_word = FALSE;
    for (const char *p = value; *p != '\0';) {
        const char *end = g_str_has_prefix(p, WORD_START) ? strstr(p, "?=") : NULL;
        if (end == NULL) {
            const char *word = p + strspn(p, " ");
            gboolean between = after_word && word > p && g_str_has_prefix(word, WORD_START);
            if (!between)
                g_string_append_c(text, *p);
            p = between ? word : p + 1;
            after_word = FALSE;
            continue;
        }
        assert_true(end + 2 - p <= 75);
        gsize length = 0;
        g_autofree char *coded =
            g_strndup(p + strlen(WORD_START), (gsize)(end - p) - strlen(WORD_START));
        g_autofree guchar *bytes = g_base64_decode(coded, &length);
        assert_true(g_utf8_validate((char *)bytes, (gssize)length, NULL));
        g_string_append_len(text, (char *)bytes, (gssize)length);
        p = end + 2;
        after_word = TRUE;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *mail_reader_body(const char *coded)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *p = coded; *p != '\0'; p++) {
        if (*p == '=' && p[1] == '\r') {
            p += 2;
        } else if (*p == '=') {
            assert_true(g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2]));
            assert_false(g_ascii_islower(p[1]) || g_ascii_islower(p[2]));
            g_string_append_c(
                text, (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
            p += 2;
        } else if (*p != '\r') {
            assert_false(*p == ' ' && p[1] == '\r'); /* a relay may take it away */
            g_string_append_c(text, *p);
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Header fields up to the empty line: the number of lines, that one included. */
static guint read_fields(char **lines, GHashTable *fields)
{
    guint at = 0;
    while (lines[at] != NULL && lines[at][0] != '\0') {
        char *colon = strchr(lines[at], ':');
        assert_non_null(colon);
        assert_true(colon[1] == ' ');
        g_autofree char *name = g_ascii_strdown(lines[at], colon - lines[at]);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        g_autoptr(GString) value = g_string_new(colon + 2);
        for (at++; lines[at] != NULL && lines[at][0] == ' '; at++) {
            assert_true(strspn(lines[at], " ") < strlen(lines[at]));
            g_string_append(value, lines[at]);
        }
        assert_false(g_hash_table_contains(fields, name));
        g_hash_table_insert(fields, g_steal_pointer(&name), mail_reader_words(value->str));
    }
    assert_non_null(lines[at]);
    return at + 1;
}

static void read_part(struct mail_read *mail, char **lines, guint count)
{
    g_autoptr(GHashTable) fields =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    guint at = read_fields(lines, fields);
    g_autoptr(GString) coded = g_string_new(NULL);
    assert_true(at <= count);
    assert_string_equal(g_hash_table_lookup(fields, "content-transfer-encoding"),
                        "quoted-printable");
    for (; at < count; at++) {
        assert_true(strlen(lines[at]) <= LINE_BYTES);
        assert_false(lines[at][0] == '.' || g_str_has_prefix(lines[at], "From "));
        g_string_append_printf(coded, "%s%s", lines[at], at + 1 < count ? "\r\n" : "");
    }
    g_ptr_array_add(mail->types, g_strdup(g_hash_table_lookup(fields, "content-type")));
    g_ptr_array_add(mail->texts, mail_reader_body(coded->str));
}

/* What stands between the delimiters (RFC 2046 5.1.1: the line end before one is its own); nothing
 * may stand before or behind. */
static void read_parts(struct mail_read *mail, char **lines)
{
    g_autofree char *delimiter = g_strconcat("--", mail->boundary, NULL);
    g_autofree char *close = g_strconcat(delimiter, "--", NULL);
    assert_string_equal(lines[0], delimiter);
    guint start = 1;
    for (guint at = 1;; at++) {
        assert_non_null(lines[at]);
        gboolean is_last = strcmp(lines[at], close) == 0;
        if (!is_last && strcmp(lines[at], delimiter) != 0) {
            assert_false(g_str_has_prefix(lines[at], delimiter));
            continue;
        }
        read_part(mail, lines + start, at - start);
        start = at + 1;
        if (is_last) {
            assert_null(lines[start]);
            return;
        }
    }
}

struct mail_read mail_reader_read(const char *bytes, gsize length)
{
    struct mail_read mail = {.fields =
                                 g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                             .types = g_ptr_array_new_with_free_func(g_free),
                             .texts = g_ptr_array_new_with_free_func(g_free)};
    g_auto(GStrv) lines = read_lines(bytes, length);
    guint at = read_fields(lines, mail.fields);
    const char *type = mail_reader_field(&mail, "content-type");
    const char *start = strstr(type, "boundary=\"");
    assert_non_null(start);
    mail.boundary = g_strdup(start + strlen("boundary=\""));
    *strchr(mail.boundary, '"') = '\0';
    read_parts(&mail, lines + at);
    return mail;
}

void mail_reader_clear(struct mail_read *mail)
{
    g_hash_table_unref(mail->fields);
    g_free(mail->boundary);
    g_ptr_array_unref(mail->types);
    g_ptr_array_unref(mail->texts);
}

const char *mail_reader_field(const struct mail_read *mail, const char *name)
{
    const char *value = g_hash_table_lookup(mail->fields, name);
    return value != NULL ? value : "";
}
