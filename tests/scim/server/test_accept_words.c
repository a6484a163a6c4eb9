#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/accept_words.h"

struct text_case {
    const char *given, *expected;
};

/* R58: what a name could do to the page that shows it. */
static void a_name_is_one_harmless_line(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"Acme Inc.", "Acme Inc."},
        {"  Acme \t\r\n Inc.  ", "Acme Inc."},
        {"\xd8\xb4\xd8\xb1\xda\xa9\xd8\xaa", "\xd8\xb4\xd8\xb1\xda\xa9\xd8\xaa"},
        {"a\xe2\x80\xae"
         "b\xe2\x81\xa6"
         "c\xe2\x80\x8f",
         "abc"}, /* RLO, LRI, RLM */
        {"a\xe2\x80\x8b\xef\xbb\xbf\xc2\xad"
         "b",
         "ab"}, /* zero width space, BOM, soft hyphen */
        {"a\xe2\x80\xa8"
         "b\xc2\x85"
         "c\x1b[31md",
         "a b c [31md"}, /* LINE SEPARATOR, NEL, escape */
        {"\xf3\xa0\x81\x81tag", "tag"},
        {"\xe3\x85\xa4\xe2\xa0\x80", "(no name)"}, /* Hangul filler, Braille blank */
        {"see https://evil.example/x now", "see https evil.example/x now"},
        {"\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81z",
         "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81z"},
        {"<script>", "<script>"}, /* the page escapes */
        {"", "(no name)"},
        {NULL, "(no name)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = accept_words_name(cases[i].given);
        assert_string_equal(name, cases[i].expected);
    }
}

static void a_name_is_cut_at_64_characters(void **state)
{
    (void)state;

    static const struct {
        const char *character;
        glong count, expected;
    } cases[] = {{"a", 64, 64},
                 {"a", 65, 64},
                 {"\xc3\xa4", 64, 64},
                 {"\xc3\xa4", 5000, 64},
                 {"\xe6\x97\xa5", 65, 64},
                 {"\xe2\x80\xae", 5000, 9}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) long_name = g_string_new(NULL);
        for (glong j = 0; j < cases[i].count; j++) {
            g_string_append(long_name, cases[i].character);
        }
        g_autofree char *name = accept_words_name(long_name->str);
        assert_true(g_utf8_validate(name, -1, NULL));
        assert_int_equal(g_utf8_strlen(name, -1), cases[i].expected);
        gboolean is_cut = cases[i].count > 64 && cases[i].expected == 64;
        assert_int_equal(g_str_has_suffix(name, "\xe2\x80\xa6"), is_cut);
    }
}

static void a_sentence_is_harmless_but_whole(void **state)
{
    (void)state;
    g_autofree char *words = g_strnfill(500, 'x');
    g_autofree char *given = g_strconcat(words, "\n\xe2\x80\xae!", NULL);
    g_autofree char *expected = g_strconcat(words, " !", NULL);
    g_autofree char *sentence = accept_words_sentence(given);
    assert_string_equal(sentence, expected);
}

static void a_person_is_named_with_the_address(void **state)
{
    (void)state;

    static const struct {
        const char *display_name, *user_name, *expected;
    } cases[] = {
        {"Dana Doe", "dana@example.com", "Dana Doe (dana@example.com)"},
        {NULL, "dana@example.com", "dana@example.com"},
        {"DANA@example.com", "dana@example.com", "dana@example.com"},
        {"\xe2\x80\x8b", "dana@example.com", "dana@example.com"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *person =
            accept_words_person(cases[i].display_name, cases[i].user_name);
        assert_string_equal(person, cases[i].expected);
    }
}

static void a_role_is_said_in_words(void **state)
{
    (void)state;
    static const char *const organization[] = {
        [ORGANIZATION_ROLE_NONE] = "no role in the organization",
        [ORGANIZATION_ROLE_MEMBER] = "member of the organization",
        [ORGANIZATION_ROLE_BILLING_ADMIN] = "billing admin of the organization",
        [ORGANIZATION_ROLE_OWNER] = "owner of the organization",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(organization); i++) {
        g_autofree char *words = accept_words_organization_role((enum organization_role)i);
        assert_string_equal(words, organization[i]);
    }
    static const char *const project[] = {
        [PROJECT_ROLE_READ_ONLY] = "read-only in Search",
        [PROJECT_ROLE_READ_WRITE] = "read-write in Search",
        [PROJECT_ROLE_ADMIN] = "admin in Search",
    };
    for (size_t i = PROJECT_ROLE_READ_ONLY; i < G_N_ELEMENTS(project); i++) {
        g_autofree char *words = accept_words_project_role((enum project_role)i, "Search");
        assert_string_equal(words, project[i]);
    }
}

static void the_time_left_is_said_in_words_and_promises_nothing(void **state)
{
    (void)state;

    static const struct {
        gint64 seconds;
        const char *expected;
    } cases[] = {
        {172800, "2 days"},
        {172799, "1 day and 23 hours"},
        {90000, "1 day and 1 hour"},
        {86400, "1 day"},
        {86399, "23 hours and 59 minutes"},
        {7500, "2 hours and 5 minutes"},
        {3600, "1 hour"},
        {3599, "59 minutes"},
        {60, "1 minute"},
        {59, "less than a minute"},
        {0, "less than a minute"},
        {-5, "less than a minute"},
        {30 * 86400 + 59, "30 days"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *left = accept_words_time_left(cases[i].seconds);
        assert_string_equal(left, cases[i].expected);
    }
}

/* T05: no time_t of 32 bits, no surprise at the end of the calendar. */
static void a_time_is_written_out(void **state)
{
    (void)state;

    static const struct {
        gint64 seconds;
        const char *expected;
    } cases[] = {
        {0, "1 January 1970, 00:00 UTC"},
        {1795496520, "24 November 2026, 05:02 UTC"},
        {4294967296, "7 February 2106, 06:28 UTC"},
        {253402300799, "31 December 9999, 23:59 UTC"},
        {253402300800, "a time that no calendar here knows"},
        {G_MAXINT64, "a time that no calendar here knows"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *time = accept_words_time(cases[i].seconds);
        assert_string_equal(time, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_one_harmless_line),
        cmocka_unit_test(a_name_is_cut_at_64_characters),
        cmocka_unit_test(a_sentence_is_harmless_but_whole),
        cmocka_unit_test(a_person_is_named_with_the_address),
        cmocka_unit_test(a_role_is_said_in_words),
        cmocka_unit_test(the_time_left_is_said_in_words_and_promises_nothing),
        cmocka_unit_test(a_time_is_written_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
