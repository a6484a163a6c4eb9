#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/attribute_template.h"
#include "scim/protocol/outcome.h"

#include "company.h"

static const char *const LINES[] = {
    "person alice mail=Alice@Example.com mail=b@x.org uid=alice cn=Alice_Doe givenName=Ötzi "
    "sn=Doe",
    "person bob uid=bob mail=Bob@x.org mail=bob@X.org empty=",
    NULL,
};

static void a_template_makes_the_text_it_says(void **state)
{
    (void)state;

    static const struct {
        const char *template, *alice, *bob;
    } ROWS[] = {
        {"${uid}", "alice", "bob"},
        {"${UID}@example.com", "alice@example.com", "bob@example.com"},
        {"${displayName|cn}", "Alice Doe", NULL},
        {"${displayName|cn|'nobody in particular'}", "Alice Doe", "nobody in particular"},
        {"${empty|uid}", "alice", "bob"},
        {"${empty}", NULL, NULL},
        {"${givenName} ${sn}", "Ötzi Doe", NULL},
        {"${mail:lower}", "alice@example.com", "bob@x.org"},
        {"${uid:upper}", "ALICE", "BOB"},
        {"${mail:first}", "Alice@Example.com", "Bob@x.org"},
        {"${mail:local}", "Alice", "Bob"},
        {"${mail:domain(example.com)}", "Alice@example.com", "Bob@example.com"},
        {"${uid:domain(example.com):upper}", "ALICE@EXAMPLE.COM", "BOB@EXAMPLE.COM"},
        {"${givenName:initial}${sn:initial:lower}", "Öd", NULL},
        {"$${uid}$$", "${uid}$", "${uid}$"}, /* "$$" is a sign: what follows is literal */
        {"$$${uid}$$", "$alice$", "$bob$"},
        {"plain", "plain", "plain"},
        {"${'fixed'}", "fixed", "fixed"},
    };

    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        const char *const wanted[] = {ROWS[i].alice, ROWS[i].bob};
        g_autoptr(GStringChunk) chunk = g_string_chunk_new(64);
        g_autoptr(GError) error = NULL;
        g_autoptr(AttributeTemplate) template =
            attribute_template_new(ROWS[i].template, &error);
        if (error != NULL)
            fail_msg("%s", error->message);
        for (guint j = 0; j < 2; j++) {
            const char *text =
                attribute_template_apply(template, snapshot, &snapshot->people[j], chunk);
            if (g_strcmp0(text, wanted[j]) != 0)
                fail_msg("%s: '%s' instead of '%s'", ROWS[i].template, text, wanted[j]);
        }
    }
}

static void a_broken_template_is_refused_with_its_place(void **state)
{
    (void)state;

    static const struct {
        const char *template, *says;
    } ROWS[] = {
        {"", "empty"},
        {"${", "byte 3"},
        {"${}", "attribute name"},
        {"${mail", "\"}\""},
        {"${mail|}", "attribute name"},
        {"${mail:shout}", "no such function"},
        {"${mail:}", "no such function"},
        {"${mail:domain}", "domain(example.com)"},
        {"${mail:domain()}", "domain(example.com)"},
        {"${mail:domain(x}", "domain(example.com)"},
        {"${'text}", "closing"},
        {"${mail lower}", "\"}\""},
        {"$mail", "lone"},
        {"100 $", "lone"},
        {"\xff", "UTF-8"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(attribute_template_new(ROWS[i].template, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        if (strstr(error->message, ROWS[i].says) == NULL)
            fail_msg("'%s' does not say '%s'", error->message, ROWS[i].says);
    }
}

static void several_values_are_ambiguous_unless_first_is_asked_for(void **state)
{
    (void)state;

    static const struct {
        const char *template, *alice, *bob;
    } ROWS[] = {
        {"${mail}", "mail", NULL}, /* bob's differ in case only */
        {"${mail:lower}", "mail", NULL}, {"${mail:first}", NULL, NULL},
        {"${uid}", NULL, NULL},          {"${nickname|mail}", "mail", NULL},
        {"${uid|mail}", NULL, NULL},     {"x${'mail'}", NULL, NULL},
    };

    g_autoptr(Snapshot) snapshot = company_read("corp", LINES);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(AttributeTemplate) template = attribute_template_new(ROWS[i].template, NULL);
        assert_int_equal(0, g_strcmp0(attribute_template_is_ambiguous(template, snapshot,
                                                                      &snapshot->people[0]),
                                      ROWS[i].alice));
        assert_int_equal(0, g_strcmp0(attribute_template_is_ambiguous(template, snapshot,
                                                                      &snapshot->people[1]),
                                      ROWS[i].bob));
    }
}

static void it_lists_the_attributes_it_reads_once_each(void **state)
{
    (void)state;
    g_autoptr(AttributeTemplate) template =
        attribute_template_new("${mail|uid}-${MAIL}-${'text'|cn:lower}", NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    attribute_template_attributes(template, names);
    assert_int_equal(names->len, 3);
    assert_string_equal(names->pdata[0], "mail");
    assert_string_equal(names->pdata[1], "uid");
    assert_string_equal(names->pdata[2], "cn");
}

static void a_text_that_would_be_too_long_is_no_value(void **state)
{
    (void)state;
    static const char *const TEMPLATES[] = {"${long}", "x${long}", "${half}${half}",
                                            "${long:initial}"};
    g_autofree char *half = g_strnfill(ATTRIBUTE_TEMPLATE_MAX_BYTES, 'h');
    g_autofree char *line = g_strdup_printf("person x half=%s long=%sl", half, half);
    const char *const lines[] = {line, NULL};
    g_autoptr(Snapshot) snapshot = company_read("corp", lines);
    g_autoptr(GStringChunk) chunk = g_string_chunk_new(64);
    for (gsize i = 0; i < G_N_ELEMENTS(TEMPLATES); i++) {
        g_autoptr(AttributeTemplate) template = attribute_template_new(TEMPLATES[i], NULL);
        assert_null(attribute_template_apply(template, snapshot, &snapshot->people[0], chunk));
    }
    g_autoptr(AttributeTemplate) fits = attribute_template_new("${half}", NULL);
    assert_string_equal(attribute_template_apply(fits, snapshot, &snapshot->people[0], chunk),
                        half);
    g_autofree char *too_long = g_strconcat(half, "x", NULL);
    assert_null(attribute_template_new(too_long, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_makes_the_text_it_says),
        cmocka_unit_test(a_broken_template_is_refused_with_its_place),
        cmocka_unit_test(several_values_are_ambiguous_unless_first_is_asked_for),
        cmocka_unit_test(it_lists_the_attributes_it_reads_once_each),
        cmocka_unit_test(a_text_that_would_be_too_long_is_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
