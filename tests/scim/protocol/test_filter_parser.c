#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/filter_parser.h"
#include "scim/protocol/schema_tables.h"

/* The tree as text, so that a test can say what it expects. */
static void write_node(GString *out, const struct filter_node *node)
{
    static const char *const words[] = {
        [FILTER_AND] = "and", [FILTER_OR] = "or", [FILTER_NOT] = "not", [FILTER_ANY] = "any"};
    if (node->kind != FILTER_COMPARE) {
        g_string_append_printf(out, "(%s ", words[node->kind]);
        if (node->kind == FILTER_ANY)
            g_string_append_printf(
                out, "%s ", node->reference.known ? node->reference.attribute->name : "?");
        write_node(out, node->left);
        if (node->right != NULL) {
            g_string_append_c(out, ' ');
            write_node(out, node->right);
        }
        g_string_append_c(out, ')');
        return;
    }
    const struct attribute_reference *reference = &node->reference;
    g_string_append(out, !reference->known              ? "?"
                         : reference->attribute == NULL ? "extension"
                                                        : reference->attribute->name);
    if (reference->sub != NULL)
        g_string_append_printf(out, ".%s", reference->sub->name);
    g_string_append_printf(out, " %s", filter_comparison_name(node->comparison));
    if (node->value.kind == FILTER_TEXT)
        g_string_append_printf(out, " %s", node->value.text);
    if (node->value.kind == FILTER_BOOLEAN)
        g_string_append(out, node->value.boolean ? " true" : " false");
    if (node->value.kind == FILTER_NULL)
        g_string_append(out, " null");
    if (node->value.kind == FILTER_NUMBER)
        g_string_append_printf(out, " %g", node->value.number);
    if (node->value.kind == FILTER_TIME)
        g_string_append_printf(out, " @%" G_GINT64_FORMAT, node->value.microseconds);
}

static char *read_tree(const struct resource_type *type, const char *text, size_t length)
{
    struct fault fault = {.status = 0};
    g_autoptr(Filter) filter = filter_parse(type, text, length, NULL, NULL, &fault);
    GString *out = g_string_new(NULL);
    assert_int_equal(filter == NULL, fault_is_set(&fault));
    if (filter != NULL) {
        write_node(out, filter->root);
    } else {
        assert_int_equal(fault.type, FAULT_INVALID_FILTER);
        g_string_append(out, fault.detail);
    }
    fault_clear(&fault);
    return g_string_free(out, FALSE);
}

static const struct {
    const char *text;
    const char *tree;
} good[] = {
    /* RFC 7644 figure 2 */
    {"userName eq \"bjensen\"", "userName eq bjensen"},
    {"name.familyName co \"O'Malley\"", "name.familyName co o'malley"},
    {"userName sw \"J\"", "userName sw j"},
    {"urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"J\"", "userName sw j"},
    {"title pr", "title pr"},
    {"meta.lastModified gt \"2011-05-13T04:42:34Z\"", "meta.lastModified gt @1305261754000000"},
    {"meta.lastModified ge \"2011-05-13T04:42:34Z\"", "meta.lastModified ge @1305261754000000"},
    {"meta.lastModified lt \"2011-05-13T04:42:34.5Z\"",
     "meta.lastModified lt @1305261754500000"},
    {"meta.lastModified le \"2011-05-13T06:42:34+02:00\"",
     "meta.lastModified le @1305261754000000"},
    {"title pr and userType eq \"Employee\"", "(and title pr userType eq employee)"},
    {"title pr or userType eq \"Intern\"", "(or title pr userType eq intern)"},
    {"schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
     "schemas eq urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"},
    {"userType eq \"Employee\" and (emails co \"example.com\" or emails.value co "
     "\"example.org\")",
     "(and userType eq employee (or emails.value co example.com emails.value co example.org))"},
    {"userType ne \"Employee\" and not (emails co \"example.com\" or emails.value co "
     "\"example.org\")",
     "(and userType ne employee (not (or emails.value co example.com emails.value co "
     "example.org)))"},
    {"userType eq \"Employee\" and (emails.type eq \"work\")",
     "(and userType eq employee emails.type eq work)"},
    {"userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]",
     "(and userType eq employee (any emails (and emails.type eq work emails.value co "
     "@example.com)))"},
    {"emails[type eq \"work\" and value co \"@example.com\"] or ims[type eq \"xmpp\" and value "
     "co "
     "\"@foo.com\"]",
     "(or (any emails (and emails.type eq work emails.value co @example.com)) "
     "(any ims (and ims.type eq xmpp ims.value co @foo.com)))"},
    /* case, blanks, precedence */
    {"USERNAME Eq \"john\"", "userName eq john"},
    {"  title \t pr  ", "title pr"},
    {"NOT (title PR) AND id pr OR active EQ true",
     "(or (and (not title pr) id pr) active eq true)"},
    {"NOT (title PR) AND id pr OR active EQ TRUE",
     "(or (and (not title pr) id pr) active eq true)"},
    {"title pr or id pr and active eq false", "(or title pr (and id pr active eq false))"},
    {"(title pr or id pr) and active eq false", "(and (or title pr id pr) active eq false)"},
    {"title pr and id pr and locale pr", "(and (and title pr id pr) locale pr)"},
    {"not (not (title pr))", "(not (not title pr))"},
    {"not(title pr)", "(not title pr)"},
    {"((title pr))", "title pr"},
    {"userName eq\"a\"", "userName eq a"},
    {"not pr", "? pr"},
    /* values */
    {"externalId eq \"AbC\"", "externalId eq AbC"},
    {"id eq \"AbC\"", "id eq AbC"},
    {"userName eq \"\\u00e9\\\"\\\\\\/\\n)\"", "userName eq \xc3\xa9\"\\/\n)"},
    {"userName eq \"\"", "userName eq "},
    {"title eq null", "title eq null"},
    {"emails ne null", "emails ne null"},
    {"active eq \"True\"", "active eq true"},
    {"active ne \"false\"", "active ne false"},
    {"emails pr", "emails pr"},
    {"name pr", "name pr"},
    {"emails.primary eq true", "emails.primary eq true"},
    {"emails[primary eq \"True\"]", "(any emails emails.primary eq true)"},
    {"emails[type eq \"work\"].value eq \"X\"",
     "(any emails (and emails.type eq work emails.value eq x))"},
    {"schemas[value sw \"urn:\"]", "(any schemas schemas sw urn:)"},
    {"name[familyName eq \"x\"]", "(any name name.familyName eq x)"},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"R&D\"",
     "department eq r&d"},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", "extension pr"},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq \"7\"",
     "manager.value eq 7"},
    {"urn:rolecall:params:scim:schemas:extension:1.0:Membership:status eq \"invited\"",
     "status eq invited"},
    {"x509Certificates.value eq \"AAAA\"", "x509Certificates.value eq AAAA"},
    /* quotes that got lost */
    {"userName eq bjensen", "userName eq bjensen"},
    {"userName eq Bob@Example.com and active eq True",
     "(and userName eq bob@example.com active eq true)"},
    {"externalId eq 701984", "externalId eq 701984"},
    {"externalId eq true", "externalId eq true"},
    {"(userName eq bjensen)", "userName eq bjensen"},
    {"emails[type eq work].value eq b@example.com",
     "(any emails (and emails.type eq work emails.value eq b@example.com))"},
    {"rooms eq A", "? eq A"},
    /* attributes that are not there */
    {"rooms eq \"A\"", "? eq A"},
    {"rooms gt 5", "? gt 5"},
    {"rooms.number eq 5", "? eq 5"},
    {"rooms[number eq 5]", "(any ? ? eq 5)"},
    {"emails[shoe eq true]", "(any emails ? eq true)"},
};

static void the_grammar_is_read_as_the_standard_means_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *tree =
            read_tree(&schema_tables_user, good[i].text, strlen(good[i].text));
        if (strcmp(tree, good[i].tree) != 0)
            fail_msg("%s\n  became %s\n  instead of %s", good[i].text, tree, good[i].tree);
    }
}

static const struct {
    const char *text;
    size_t at; /* the byte that is named, from 1 */
    const char *what;
} bad[] = {
    {"", 1, "an attribute name is expected"},
    {"   ", 4, "an attribute name is expected"},
    {"userName", 9, "an operator is expected (eq ne co sw ew pr gt ge lt le)"},
    {"userName regex \"a\"", 10, "an operator is expected (eq ne co sw ew pr gt ge lt le)"},
    {"userName eq", 12, "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq and", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq \\u0041", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq \"bjensen", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq \"a\\\"", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq \"\\u0000\"", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq \"\\ud800\"", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq \"\xff\"", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"userName eq 'a'", 13,
     "a value is expected (text in quotes, a number, true, false, null)"},
    {"active eq yes", 11, "true or false is expected"},
    {"meta.created gt yesterday", 17, "a dateTime with a time zone is expected"},
    {"userName gt null", 13, "null can only be compared with eq and ne"},
    {"active gt true", 11, "a boolean attribute can only be compared with eq and ne"},
    {"active co \"t\"", 11, "a boolean attribute can only be compared with eq and ne"},
    {"active eq \"yes\"", 11, "true or false is expected"},
    {"active eq 1", 11, "true or false is expected"},
    {"rooms gt true", 10, "true and false can only be compared with eq and ne"},
    {"x509Certificates.value gt \"A\"", 27, "a binary attribute cannot be ordered"},
    {"meta.created co \"2011\"", 17, "co, sw and ew are for text"},
    {"meta.created gt \"2011-05-13T04:42:34\"", 17, "a dateTime with a time zone is expected"},
    {"meta.created gt 5", 17, "a dateTime with a time zone is expected"},
    {"name eq \"x\"", 9, "a complex attribute needs a sub-attribute here"},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User eq \"x\"", 62,
     "an extension can only be compared with pr"},
    {"userName eq \"a\" and", 20, "an attribute name is expected"},
    {"userName eq \"a\" userName", 17, "'and', 'or' or the end is expected"},
    {"userName eq \"a\" xor title pr", 17, "'and', 'or' or the end is expected"},
    {"and title pr", 5, "an operator is expected (eq ne co sw ew pr gt ge lt le)"},
    {"(title pr", 10, "')' is expected"},
    {"title pr)", 9, "'and', 'or' or the end is expected"},
    {"()", 2, "an attribute name is expected"},
    {"not title pr", 5, "an operator is expected (eq ne co sw ew pr gt ge lt le)"},
    {"emails[type eq \"work\"", 22, "']' is expected"},
    {"emails[type eq \"work\")", 22, "']' is expected"},
    {"emails[]", 8, "an attribute name is expected"},
    {"emails[type[value eq 1]]", 12, "a value path inside a value path"},
    {"emails[urn:x:type eq \"a\"]", 8, "an attribute name is expected"},
    {"emails.value[type eq \"a\"]", 13, "this attribute has no values to choose from"},
    {"userName[value eq \"a\"]", 9, "this attribute has no values to choose from"},
    {"emails [type eq \"a\"]", 8, "an operator is expected (eq ne co sw ew pr gt ge lt le)"},
    {"user\xc3\xbcName eq \"a\"", 1, "an attribute name is expected"},
    {"1 eq 1", 1, "an attribute name is expected"},
    {"\"userName\" eq \"a\"", 1, "an attribute name is expected"},
    {"title pr\nor id pr", 7, "an operator is expected (eq ne co sw ew pr gt ge lt le)"},
};

static void what_is_no_filter_is_refused_at_its_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *got = read_tree(&schema_tables_user, bad[i].text, strlen(bad[i].text));
        g_autofree char *wanted =
            g_strdup_printf("the filter is wrong at byte %zu: %s", bad[i].at, bad[i].what);
        if (strcmp(got, wanted) != 0)
            fail_msg("%s\n  gave %s\n  instead of %s", bad[i].text, got, wanted);
    }
}

static void numbers_are_for_numbers(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *tree;
    } cases[] = {
        {"totalAssignmentsUsed ge 100", "totalAssignmentsUsed ge 100"},
        {"totalAssignmentsUsed eq -1.5e2", "totalAssignmentsUsed eq -150"},
        {"totalAssignmentsUsed eq \"100\"",
         "the filter is wrong at byte 25: a number is expected"},
        {"totalAssignmentsUsed sw 1",
         "the filter is wrong at byte 25: co, sw and ew are for text"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *tree =
            read_tree(&schema_tables_role, cases[i].text, strlen(cases[i].text));
        assert_string_equal(tree, cases[i].tree);
    }
}

/* `count` times `open`, then `inside`, then `count` times `close`. */
static char *nested(const char *open, size_t count, const char *inside, const char *close)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < count; i++)
        g_string_append(text, open);
    g_string_append(text, inside);
    for (size_t i = 0; i < count; i++)
        g_string_append(text, close);
    return g_string_free(text, FALSE);
}

static void brackets_may_nest_32_deep_and_not_one_more(void **state)
{
    (void)state;

    static const struct {
        const char *open;
        const char *inside;
        size_t extra;
    } cases[] = {{"(", "title pr", 0}, {"not (", "title pr", 0}, {"(", "emails[type pr]", 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t most = FILTER_MAX_DEPTH - cases[i].extra;
        g_autofree char *within = nested(cases[i].open, most, cases[i].inside, ")");
        g_autofree char *beyond = nested(cases[i].open, most + 1, cases[i].inside, ")");
        g_autofree char *good_tree = read_tree(&schema_tables_user, within, strlen(within));
        g_autofree char *bad_tree = read_tree(&schema_tables_user, beyond, strlen(beyond));
        assert_null(strstr(good_tree, "the filter"));
        assert_non_null(strstr(bad_tree, "brackets are nested deeper than 32"));
    }
}

static void there_may_be_64_conditions_and_not_one_more(void **state)
{
    (void)state;
    g_autofree char *most = nested("id pr or ", FILTER_MAX_TERMS - 1, "id pr", "");
    g_autofree char *beyond = nested("id pr or ", FILTER_MAX_TERMS, "id pr", "");
    struct fault fault = {.status = 0};
    g_autoptr(Filter) filter =
        filter_parse(&schema_tables_user, most, strlen(most), NULL, NULL, &fault);
    assert_non_null(filter);
    assert_int_equal(filter->terms, FILTER_MAX_TERMS);
    assert_null(filter_parse(&schema_tables_user, beyond, strlen(beyond), NULL, NULL, &fault));
    assert_non_null(strstr(fault.detail, "more than 64 conditions"));
    fault_clear(&fault);
}

static void it_may_have_4096_bytes_and_not_one_more(void **state)
{
    (void)state;
    g_autofree char *value = g_strnfill(FILTER_MAX_BYTES - strlen("id eq \"\""), 'x');
    g_autofree char *most = g_strdup_printf("id eq \"%s\"", value);
    g_autofree char *beyond = g_strdup_printf("%s ", most);
    assert_int_equal(strlen(most), FILTER_MAX_BYTES);
    g_autofree char *good_tree = read_tree(&schema_tables_user, most, strlen(most));
    g_autofree char *bad_tree = read_tree(&schema_tables_user, beyond, strlen(beyond));
    assert_null(strstr(good_tree, "the filter"));
    assert_string_equal(bad_tree, "the filter is longer than 4096 bytes");
}

static void a_million_brackets_are_refused_without_being_read(void **state)
{
    (void)state;
    g_autofree char *text = g_strnfill(1000000, '(');
    g_autofree char *whole = read_tree(&schema_tables_user, text, 1000000);
    g_autofree char *cut = read_tree(&schema_tables_user, text, FILTER_MAX_BYTES);
    assert_string_equal(whole, "the filter is longer than 4096 bytes");
    assert_string_equal(cut,
                        "the filter is wrong at byte 33: brackets are nested deeper than 32");
}

static void the_message_never_repeats_the_filter(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "zebra",  "zebra eq (zebra", "zebra zebra \"a\"",          "userName eq \"zebra",
        "(zebra", "zebra[zebra",     "emails[type eq \"a\"].zebra"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *got = read_tree(&schema_tables_user, texts[i], strlen(texts[i]));
        assert_null(strstr(got, "zebra"));
        assert_non_null(strstr(got, "the filter is wrong"));
    }
}

static void only_as_many_bytes_as_told_are_read(void **state)
{
    (void)state;
    g_autofree char *tree = read_tree(&schema_tables_user, "title pr or", 8);
    assert_string_equal(tree, "title pr");
    g_autofree char *cut = read_tree(&schema_tables_user, "userName eq \"a\"", 14);
    assert_non_null(strstr(cut, "byte 13"));
    g_autofree char *nul = read_tree(&schema_tables_user, "title pr\0)", 10);
    assert_non_null(strstr(nul, "byte 9"));
}

static void unknown_attributes_and_boolean_texts_are_counted(void **state)
{
    (void)state;
    static const char text[] = "rooms eq 1 and active eq \"True\" and emails[shoe pr] and "
                               "userName eq bob and emails[type eq \"a\"].value eq \"b\" and "
                               "urn:scim:schemas:core:1.0:title pr";
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    g_autoptr(Filter) filter =
        filter_parse(&schema_tables_user, text, strlen(text), NULL, &use, &fault);
    assert_non_null(filter);
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 2);
    assert_int_equal(use.count[TOLERANCE_BOOLEAN_TEXT], 1);
    assert_int_equal(use.count[TOLERANCE_UNQUOTED], 2);
    assert_int_equal(use.count[TOLERANCE_SCIM_1], 1);
    for (int i = TOLERANCE_NONE; i < TOLERANCE_COUNT; i++)
        assert_int_equal(use.in_filter[i], use.count[i]);
    assert_int_equal(filter->terms, 9);
}

static void the_inside_of_a_value_path_is_read_up_to_its_bracket(void **state)
{
    (void)state;
    struct attribute_reference emails;
    struct fault fault = {.status = 0};
    static const char text[] = "type eq \"]\" and (value pr) ].value";
    assert_true(attribute_reference_parse(&schema_tables_user, "emails", 6, &emails));
    g_autoptr(Filter) filter =
        filter_parse_values(&emails, text, strlen(text), NULL, NULL, &fault);
    assert_non_null(filter);
    assert_int_equal(text[filter->length], ']');
    assert_string_equal(text + filter->length, "].value");
    assert_null(filter_parse_values(&emails, "type pr", 7, NULL, NULL, &fault));
    assert_string_equal(fault.detail, "the filter is wrong at byte 8: ']' is expected");
    fault_clear(&fault);
}

static void random_filters_never_break_the_reader(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "(",   ")",     "[",    "]",      "not ", " and ", " or ", "userName", " eq ",
        " pr", "\"a\"", "true", "emails", "type", " ",     ".",    "5",        "null",
        "\"",  "\\",    "urn:", ":",      "\xff", "rooms", "-"};
    GRand *random = g_rand_new_with_seed(7644);
    size_t read = 0;
    for (int round = 0; round < 20000; round++) {
        GString *text = g_string_new(NULL);
        int length = g_rand_int_range(random, 1, 16);
        for (int i = 0; i < length; i++)
            g_string_append(text,
                            pieces[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(pieces))]);
        g_autofree char *exact = g_memdup2(text->str, text->len);
        g_autofree char *tree = read_tree(&schema_tables_user, exact, text->len);
        read += strstr(tree, "the filter is wrong") == NULL;
        g_string_free(text, TRUE);
    }
    g_rand_free(random);
    assert_true(read > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grammar_is_read_as_the_standard_means_it),
        cmocka_unit_test(what_is_no_filter_is_refused_at_its_byte),
        cmocka_unit_test(numbers_are_for_numbers),
        cmocka_unit_test(brackets_may_nest_32_deep_and_not_one_more),
        cmocka_unit_test(there_may_be_64_conditions_and_not_one_more),
        cmocka_unit_test(it_may_have_4096_bytes_and_not_one_more),
        cmocka_unit_test(a_million_brackets_are_refused_without_being_read),
        cmocka_unit_test(the_message_never_repeats_the_filter),
        cmocka_unit_test(only_as_many_bytes_as_told_are_read),
        cmocka_unit_test(unknown_attributes_and_boolean_texts_are_counted),
        cmocka_unit_test(the_inside_of_a_value_path_is_read_up_to_its_bracket),
        cmocka_unit_test(random_filters_never_break_the_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
