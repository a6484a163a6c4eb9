#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/condition_parse.h"
#include "scim/protocol/outcome.h"

static void a_broken_filter_is_refused_with_the_byte_where_it_breaks(void **state)
{
    (void)state;

    static const struct {
        const char *filter, *says;
    } ROWS[] = {
        {"", "byte 1: \"(\""},
        {"department=Search", "byte 1: \"(\""},
        {"(department=Search", "byte 19: \")\""},
        {"(department=Search))", "byte 20: the filter has ended"},
        {"(department=Search)(a=b)", "byte 20"},
        {"()", "byte 2: an attribute"},
        {"(=x)", "byte 2: an attribute"},
        {"(a)", "byte 3: \"=\""},
        {"(a>b)", "byte 4: \"=\""},
        {"(!)", "just one"},
        {"(!(a=b)(c=d))", "just one"},
        {"(&(a=b)", "byte 8: \")\""},
        {"(a=b(c)", "\\28"},
        {"(a=\\2)", "two hexadecimal"},
        {"(a=\\zz)", "two hexadecimal"},
        {"(a=\\00)", "UTF-8"},
        {"(a=\\ff)", "UTF-8"},
        {"(a>=x*)", "\\2a"},
        {"(cn:dn:=x)", "matching rule"},
        {"(cn:caseExactMatch:=x)", "matching rule"},
        {"(:dn:2.5.13.5:=x)", "an attribute"},
        {"(a:1.2.840.113556.1.4.803:=x)", "whole number"},
        {"(a:1.2.840.113556.1.4.803:x)", "matching rule"},
        {"(m:1.2.840.113556.1.4.1941:=cn=g)", "matching rule"},
        {"(a=\xff)", "UTF-8"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(condition_parse(ROWS[i].filter, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        if (strstr(error->message, ROWS[i].says) == NULL)
            fail_msg("'%s' does not say '%s'", error->message, ROWS[i].says);
    }
}

/* `count` times "(!" and back, or `count` terms side by side. */
static char *filter_of(guint count, gboolean nested)
{
    GString *filter = g_string_new(nested ? NULL : "(|");
    for (guint i = 1; i < count; i++)
        g_string_append(filter, nested ? "(!" : "(a=b)");
    g_string_append(filter, nested ? "(a=b)" : ")");
    for (guint i = 1; i < count && nested; i++)
        g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

static void depth_terms_and_length_have_limits(void **state)
{
    (void)state;

    const struct {
        guint count;
        gboolean nested;
    } ROWS[] = {{CONDITION_MAX_DEPTH, TRUE}, {CONDITION_MAX_TERMS, FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *most = filter_of(ROWS[i].count, ROWS[i].nested);
        g_autofree char *more = filter_of(ROWS[i].count + 1, ROWS[i].nested);
        g_autoptr(GError) error = NULL;
        struct condition_node *node = condition_parse(most, NULL);
        assert_non_null(node);
        condition_node_free(node);
        assert_null(condition_parse(more, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
    }
    g_autofree char *value = g_strnfill(CONDITION_MAX_BYTES, 'x');
    g_autofree char *longest = g_strdup_printf("(a=%s)", value);
    assert_null(condition_parse(longest, NULL));
}

static void no_text_brings_the_reader_down(void **state)
{
    (void)state;
    static const char SIGNS[] = "()&|!=<>~*\\:a0. ";
    g_autoptr(GRand) chance = g_rand_new_with_seed(3);
    guint good = 0;
    for (int round = 0; round < 200000; round++) {
        char text[13] = {0};
        gint32 length = g_rand_int_range(chance, 1, (gint32)sizeof text);
        text[0] = '(';
        for (gint32 i = 1; i < length; i++)
            text[i] = SIGNS[g_rand_int_range(chance, 0, (gint32)sizeof SIGNS - 1)];
        g_autoptr(GError) error = NULL;
        struct condition_node *node = condition_parse(text, &error);
        assert_true((node == NULL) == (error != NULL));
        good += node != NULL;
        condition_node_free(node);
    }
    assert_true(good > 0);
}

static void presence_equality_and_substrings_are_told_apart(void **state)
{
    (void)state;

    static const struct {
        const char *filter;
        enum condition_kind kind;
        guint texts;
    } ROWS[] = {
        {"(a=*)", CONDITION_PRESENT, 2},       {"(a=)", CONDITION_EQUAL, 1},
        {"(a=b*)", CONDITION_SUBSTRINGS, 2},   {"(a=*b*)", CONDITION_SUBSTRINGS, 3},
        {"(a=\\2a)", CONDITION_EQUAL, 1},      {"(a>=b)", CONDITION_GREATER, 1},
        {"(a<=b)", CONDITION_LESS, 1},         {"(a~=b)", CONDITION_EQUAL, 1},
        {"(a;lang-de=b)", CONDITION_EQUAL, 1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        struct condition_node *node = condition_parse(ROWS[i].filter, NULL);
        assert_non_null(node);
        assert_int_equal(node->kind, ROWS[i].kind);
        assert_int_equal(node->texts->len, ROWS[i].texts);
        condition_node_free(node);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_filter_is_refused_with_the_byte_where_it_breaks),
        cmocka_unit_test(depth_terms_and_length_have_limits),
        cmocka_unit_test(no_text_brings_the_reader_down),
        cmocka_unit_test(presence_equality_and_substrings_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
