#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/harmless_name.h"

static void assert_clean(const char *text, const char *expected)
{
    g_autofree char *clean = harmless_name_clean(text);
    if (strcmp(clean, expected) != 0)
        fail_msg("\"%s\" became \"%s\", not \"%s\"", text, clean, expected);
}

static void ordinary_names_stay_as_they_are(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Acme Inc.",    "Dana Reed", "J. R. R. Tolkien",  "U.S. Robotics", "Łódź Sp. z o.o.",
        "日本電気",     "محمد",      "Smith & Sons",      "<b>bold</b>",   "Version 2.10",
        "Team: Search", "50% off!",  "Zoë O'Neil-Müller", "=?utf-8?q?x?=", "A / B",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        assert_clean(names[i], names[i]);
    assert_clean("", "");
    assert_clean(NULL, "");
}

static void what_looks_like_a_link_loses_its_form(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"https://evil.example/x", "https[:]//evil[.]example/x"},
        {"visit evil.com now", "visit evil[.]com now"},
        {"www.evil.co.uk", "www[.]evil[.]co[.]uk"},
        {"bob@evil.com", "bob@evil[.]com"},
        {"mailto:bob", "mailto[:]bob"},
        {"javascript:alert(1)", "javascript[:]alert(1)"},
        {"пример.рф", "пример[.]рф"},
        {"evil。com", "evil[。]com"},
        {"evil．com", "evil[．]com"},
        {"xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd[.]xn--p1ai"},
        {"10.0.0.1:8080", "10.0.0.1[:]8080"},
        {"evil.\u200Bcom", "evil. com"},
        {"evil.c\u0301om", "evil[.]c\u0301om"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_clean(pairs[i][0], pairs[i][1]);
}

static void controls_and_what_is_not_seen_become_one_blank(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"a\r\nBcc: b", "a Bcc: b"},
        {"a\r\n.\r\nMAIL FROM", "a . MAIL FROM"},
        {"  a \t\v b  ", "a b"},
        {"a\u202Eb", "a b"},
        {"a\u2066\u2069b", "a b"},
        {"a\u200Fb\u200B", "a b"},
        {"a\xC2\x85"
         "b\u2028c\u2029d",
         "a b c d"},
        {"a\u00A0\u3000b", "a b"},
        {"a\x7F\x1B[31mb", "a [31mb"},
        {"\uFEFFa\u00ADb", "a b"},
        {"a\uFFFFb\uE000c", "a b c"},
        {"\U000E0041tag", "tag"},
        {"\u3164\u2800\u115F\uFFA0\u034F",
         ""}, /* fillers, which fonts show as blanks or nothing */
        {"a\U000E0100b", "a b"},
        {"\r\n", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++)
        assert_clean(pairs[i][0], pairs[i][1]);
}

static void marks_do_not_pile_up_on_a_letter(void **state)
{
    (void)state;
    assert_clean("e\u0301\u0301\u0301\u0301\u0301\u0301z", "e\u0301\u0301\u0301\u0301z");
    assert_clean("e\u0301\u0301\u0301\u0301\u034F\u0301z", "e\u0301\u0301\u0301\u0301 \u0301z");
}

static void a_long_name_is_cut_on_a_character(void **state)
{
    (void)state;
    static const char *const letters[] = {"x", "ż", "語", "😀"};
    for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
        for (int count = 63; count <= 66; count++) {
            g_autoptr(GString) name = g_string_new(NULL);
            for (int j = 0; j < count; j++)
                g_string_append(name, letters[i]);
            g_autofree char *clean = harmless_name_clean(name->str);
            assert_true(g_utf8_validate(clean, -1, NULL));
            assert_int_equal(g_utf8_strlen(clean, -1), MIN(count, HARMLESS_NAME_CHARACTERS));
            assert_int_equal(g_str_has_suffix(clean, "…"), count > HARMLESS_NAME_CHARACTERS);
        }
    }
}

static void only_what_is_seen_counts_when_a_name_is_cut(void **state)
{
    (void)state;
    g_autoptr(GString) name = g_string_new("a");
    for (int i = 0; i < 5000; i++)
        g_string_append(name, "\u202E");
    g_string_append(name, "b");
    assert_clean(name->str, "a b");
    g_autofree char *letters = g_strnfill(62, 'x');
    g_autofree char *given = g_strconcat(letters, " yyy", NULL);
    g_autofree char *expected = g_strconcat(letters, "…", NULL);
    assert_clean(given, expected);
}

static void a_name_that_says_nothing_is_shown_as_none(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {NULL, "(no name)"}, {"", "(no name)"},       {"\r\n", "(no name)"},
        {"a", "a"},          {"\u3164", "(no name)"}, {"evil.com", "evil[.]com"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *shown = harmless_name_shown(pairs[i][0]);
        assert_string_equal(shown, pairs[i][1]);
    }
}

static void a_sentence_is_harmless_but_whole(void **state)
{
    (void)state;
    g_autofree char *words = g_strnfill(500, 'x');
    g_autofree char *given = g_strconcat(words, "\n\u202E! see https://evil.example", NULL);
    g_autofree char *expected = g_strconcat(words, " ! see https[:]//evil[.]example", NULL);
    g_autofree char *line = harmless_name_line(given);
    assert_string_equal(line, expected);
}

static void a_person_is_named_with_the_address(void **state)
{
    (void)state;

    static const struct {
        const char *display_name, *address, *expected;
    } cases[] = {
        {"Dana Doe", "dana@example.com", "Dana Doe (dana@example.com)"},
        {NULL, "dana@example.com", "dana@example.com"},
        {"DANA@example.com", "dana@example.com", "dana@example.com"},
        {"dana@example.com\u200B", "dana@example.com", "dana@example.com"},
        {"\u200B", "dana@example.com", "dana@example.com"},
        {"Dana", NULL, "Dana"},
        {"Dana", "evil.example", "Dana (evil[.]example)"},
        {"Dana", "a\r\nb", "Dana (a b)"},
        {"\r\n", "", NULL},
        {NULL, NULL, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *person = harmless_name_person(cases[i].display_name, cases[i].address);
        if (g_strcmp0(person, cases[i].expected) != 0)
            fail_msg("%s, not %s", person, cases[i].expected);
    }
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
    (void)state;
    g_autofree char *clean = harmless_name_clean("a\xFF\xC3(b\xE2\x28\xA1");
    assert_true(g_utf8_validate(clean, -1, NULL));
    assert_true(g_str_has_prefix(clean, "a\uFFFD"));
    assert_clean("\xFF\xFE", "\uFFFD\uFFFD");
}

/* What a program would make a link of: a name, a dot, a top-level domain; or a scheme. */
static void no_name_of_random_pieces_keeps_a_link_or_changes_twice(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "evil", ".", "com", ":", "//", "http", "a",  "\r", "\n", " ", "\u202E", "\u200B",
        "www",  "ż", "。",  "@", "-",  "1",    "語", "<",  "\"", "[", "]",      "\u0301"};
    g_autoptr(GRand) random = g_rand_new_with_seed(58);
    g_autoptr(GRegex) link = g_regex_new(
        "[\\pL\\pN-][.。．․｡](?=[\\pL\\pM-])[\\pL\\pN\\pM-]{2}|:[^ ]|[\\p{Cc}\\p{Cf}]|  |^ | $",
        G_REGEX_OPTIMIZE, 0, NULL);
    assert_non_null(link);
    for (int round = 0; round < 100000; round++) {
        g_autoptr(GString) name = g_string_new(NULL);
        for (int count = g_rand_int_range(random, 0, 30); count > 0; count--)
            g_string_append(name,
                            pieces[g_rand_int_range(random, 0, (int)G_N_ELEMENTS(pieces))]);
        g_autofree char *clean = harmless_name_clean(name->str);
        g_autofree char *bare = g_strdup(clean);
        char *to =
            bare; /* what was broken up is broken up: a colon in brackets ends no scheme */
        for (const char *p = clean; *p != '\0'; p++) {
            gboolean is_broken = strncmp(p, "[:]", 3) == 0;
            *to++ = is_broken ? '!' : *p;
            p += is_broken ? 2 : 0;
        }
        *to = '\0';
        g_autofree char *again = harmless_name_clean(clean);
        if (g_regex_match(link, bare, 0, NULL) || strcmp(again, clean) != 0 ||
            g_utf8_strlen(clean, -1) > HARMLESS_NAME_CHARACTERS)
            fail_msg("\"%s\" became \"%s\"", name->str, clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_names_stay_as_they_are),
        cmocka_unit_test(what_looks_like_a_link_loses_its_form),
        cmocka_unit_test(controls_and_what_is_not_seen_become_one_blank),
        cmocka_unit_test(marks_do_not_pile_up_on_a_letter),
        cmocka_unit_test(a_long_name_is_cut_on_a_character),
        cmocka_unit_test(only_what_is_seen_counts_when_a_name_is_cut),
        cmocka_unit_test(a_name_that_says_nothing_is_shown_as_none),
        cmocka_unit_test(a_sentence_is_harmless_but_whole),
        cmocka_unit_test(a_person_is_named_with_the_address),
        cmocka_unit_test(bytes_that_are_no_text_do_no_harm),
        cmocka_unit_test(no_name_of_random_pieces_keeps_a_link_or_changes_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
