#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/mail/mail_encoding.h"
#include "tests/scim/mail/mail_reader.h"

static char *header(const char *text)
{
    GString *mail = g_string_new(NULL);
    mail_encoding_header(mail, "Subject", text);
    return g_string_free(mail, FALSE);
}

static char *mailbox(const char *display, const char *address)
{
    GString *mail = g_string_new(NULL);
    mail_encoding_mailbox(mail, "From", display, address);
    return g_string_free(mail, FALSE);
}

static char *body(const char *text)
{
    GString *mail = g_string_new(NULL);
    mail_encoding_body(mail, text);
    return g_string_free(mail, FALSE);
}

static void short_printable_text_goes_raw(void **state)
{
    (void)state;
    g_autofree char *plain = header("Invitation to Acme, Inc. <x>");
    assert_string_equal(plain, "Subject: Invitation to Acme, Inc. <x>\r\n");
    g_autofree char *empty = header("");
    assert_string_equal(empty, "Subject: \r\n");
}

static void what_looks_encoded_is_encoded(void **state)
{
    (void)state;
    g_autofree char *line = header("=?UTF-8?Q?Your_bank?=");
    assert_string_equal(line, "Subject: =?UTF-8?B?PT9VVEYtOD9RP1lvdXJfYmFuaz89?=\r\n");
}

static void a_mailbox_is_quoted_or_encoded(void **state)
{
    (void)state;

    static const struct {
        const char *display, *line;
    } cases[] = {
        {NULL, "From: a@b.example\r\n"},
        {"", "From: a@b.example\r\n"},
        {"Acme Console", "From: \"Acme Console\" <a@b.example>\r\n"},
        {"say \"hi\" \\ x", "From: \"say \\\"hi\\\" \\\\ x\" <a@b.example>\r\n"},
        {"a@evil.example, b", "From: \"a@evil.example, b\" <a@b.example>\r\n"},
        {"Łódź", "From: =?UTF-8?B?xYHDs2TFug==?= <a@b.example>\r\n"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = mailbox(cases[i].display, "a@b.example");
        assert_string_equal(line, cases[i].line);
    }
}

static void every_line_of_a_long_field_is_short_and_of_whole_characters(void **state)
{
    (void)state;
    static const char *const letters[] = {"x", "ż", "語", "😀", "a ż"};
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++)
        for (int count = 1; count < 200; count++) {
            g_autoptr(GString) text = g_string_new(NULL);
            for (int j = 0; j < count; j++)
                g_string_append(text, letters[i]);
            g_autofree char *field = header(text->str);
            g_auto(GStrv) lines = g_strsplit(field, "\r\n", -1);
            for (guint j = 0; lines[j] != NULL; j++)
                assert_true(strlen(lines[j]) <= 76);
            g_autofree char *value = g_strjoinv("", lines);
            g_autofree char *read = mail_reader_words(value + strlen("Subject: "));
            assert_string_equal(read, text->str);
            g_autofree char *from = mailbox(text->str, "a@b.example");
            g_auto(GStrv) from_lines = g_strsplit(from, "\r\n", -1);
            for (guint j = 0; from_lines[j] != NULL; j++)
                assert_true(strlen(from_lines[j]) <= 76);
        }
}

static void a_control_in_a_field_never_travels_raw(void **state)
{
    (void)state;
    g_autofree char *line = header("a\r\nBcc: b@c.example");
    assert_null(strstr(line, "Bcc"));
    assert_ptr_equal(strchr(line, '\r'), line + strlen(line) - 2);
}

static void bodies_are_quoted_printable(void **state)
{
    (void)state;

    static const struct {
        const char *text, *coded;
    } cases[] = {
        {"", ""},
        {"a\n", "a\r\n"},
        {"a", "a\r\n"},
        {"a\n\nb\n", "a\r\n\r\nb\r\n"},
        {"1 = 1\n", "1 =3D 1\r\n"},
        {"blank \ntab\t\n", "blank=20\r\ntab=09\r\n"},
        {" a\tb\n", " a\tb\r\n"},
        {".\n", "=2E\r\n"},
        {"..a\n", "=2E.a\r\n"},
        {"From me\nFromage\n", "=46rom me\r\nFromage\r\n"},
        {"ż\r\n", "=C5=BC=0D\r\n"},
        {"--=_x\n", "--=3D_x\r\n"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *coded = body(cases[i].text);
        assert_string_equal(coded, cases[i].coded);
    }
}

static void any_body_reads_back_from_short_lines(void **state)
{
    (void)state;
    static const char *const pieces[] = {".",
                                         "\n.",
                                         "\n",
                                         " ",
                                         "From ",
                                         "=",
                                         "x",
                                         "ż",
                                         "😀",
                                         "\t",
                                         "--",
                                         "=_",
                                         "a",
                                         "\r",
                                         "words",
                                         "\n\n",
                                         "From",
                                         "==",
                                         "long-long-long-word"};
    g_autoptr(GRand) random = g_rand_new_with_seed(2045);
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int count = g_rand_int_range(random, 0, 120); count > 0; count--)
            g_string_append(text,
                            pieces[g_rand_int_range(random, 0, (int)G_N_ELEMENTS(pieces))]);
        if (text->len > 0 && text->str[text->len - 1] != '\n')
            g_string_append_c(text, '\n');
        g_autofree char *coded = body(text->str);
        g_autofree char *read = mail_reader_body(coded);
        assert_string_equal(read, text->str);
        assert_null(strstr(coded, "=_"));
        g_auto(GStrv) lines = g_strsplit(coded, "\r\n", -1);
        for (guint i = 0; lines[i] != NULL; i++) {
            assert_true(strlen(lines[i]) <= 76);
            assert_false(lines[i][0] == '.' || g_str_has_prefix(lines[i], "From "));
            assert_null(strpbrk(lines[i], "\r\n"));
        }
    }
}

static void html_is_escaped_with_its_quotes(void **state)
{
    (void)state;
    GString *html = g_string_new("<p>");
    mail_encoding_html(html, "<a href=\"x\">&'");
    assert_string_equal(html->str, "<p>&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    g_string_free(html, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_printable_text_goes_raw),
        cmocka_unit_test(what_looks_encoded_is_encoded),
        cmocka_unit_test(a_mailbox_is_quoted_or_encoded),
        cmocka_unit_test(every_line_of_a_long_field_is_short_and_of_whole_characters),
        cmocka_unit_test(a_control_in_a_field_never_travels_raw),
        cmocka_unit_test(bodies_are_quoted_printable),
        cmocka_unit_test(any_body_reads_back_from_short_lines),
        cmocka_unit_test(html_is_escaped_with_its_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
