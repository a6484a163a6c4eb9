#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_entry.h"
#include "scim/protocol/outcome.h"

#define VALUE(text)                                                                            \
    {                                                                                          \
        text, sizeof text - 1                                                                  \
    }

static void add(struct directory_entry *entry, const char *description, const char *value)
{
    directory_entry_add_attribute(entry, description, strlen(description));
    directory_entry_add_value(entry, value, strlen(value));
}

static void values_are_found_by_name_without_options(void **state G_GNUC_UNUSED)
{
    struct directory_entry entry;
    directory_entry_init(&entry);
    directory_entry_begin(&entry, "uid=ada", 7);
    add(&entry, "cn;lang-de", "Anna");
    add(&entry, "CN", "Ada");
    directory_entry_add_value(&entry, "Ada2", 4);
    add(&entry, "mail", "a@b.example");
    const struct directory_attribute *attribute = directory_entry_find(&entry, "cn");
    assert_non_null(attribute);
    assert_int_equal(attribute->value_count, 2);
    assert_memory_equal(directory_entry_value(&entry, attribute, 1)->bytes, "Ada2", 4);
    assert_memory_equal(directory_entry_first(&entry, "MAIL")->bytes, "a@b.example", 11);
    assert_null(directory_entry_find(&entry, "c"));
    assert_null(directory_entry_first(&entry, "sn"));
    directory_entry_begin(&entry, "uid=bob", 7);
    assert_null(directory_entry_find(&entry, "cn"));
    directory_entry_clear(&entry);
}

static void only_ranges_in_form_are_ranges(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *text;
        gboolean good;
        guint64 first, next;
    } cases[] = {
        {"range=0-1499", TRUE, 0, 1500}, {"RANGE=1500-*", TRUE, 1500, 0},
        {"range=0-0", TRUE, 0, 1},       {"range=", FALSE, 0, 0},
        {"range=0", FALSE, 0, 0},        {"range=*-1", FALSE, 0, 0},
        {"range=0-1-2", FALSE, 0, 0},    {"range=-1", FALSE, 0, 0},
        {"lang-de", FALSE, 0, 0},        {"range=0-99999999999", FALSE, 0, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct directory_value options = {cases[i].text, strlen(cases[i].text)};
        guint64 first = 0;
        guint64 next = 0;
        assert_int_equal(directory_entry_range(&options, &first, &next), cases[i].good);
        if (cases[i].good) {
            assert_int_equal(first, cases[i].first);
            assert_int_equal(next, cases[i].next);
        }
    }
}

static void unknown_options_are_refused_where_they_matter(void **state G_GNUC_UNUSED)
{
    static const char *const wanted[] = {"mail", NULL};

    static const struct {
        const char *description;
        gboolean listed_good, range_good;
    } cases[] = {
        {"mail", TRUE, TRUE},
        {"mail;lang-de", TRUE, TRUE},
        {"mail;range=0-1", FALSE, TRUE},
        {"mail;binary", FALSE, FALSE},
        {"MAIL;lang-de;x", FALSE, FALSE},
        {"cn;binary", TRUE, FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct directory_entry entry;
        g_autoptr(GError) error = NULL;
        directory_entry_init(&entry);
        directory_entry_begin(&entry, "uid=ada", 7);
        add(&entry, cases[i].description, "x");
        gboolean listed = directory_entry_check(&entry, wanted, FALSE, &error);
        if (listed != cases[i].listed_good ||
            directory_entry_check(&entry, NULL, TRUE, NULL) != cases[i].range_good)
            fail_msg("%s", cases[i].description);
        if (!listed)
            assert_int_equal(error->code, OUTCOME_RETRY);
        directory_entry_clear(&entry);
    }
}

static void bytes_become_text_or_a_reason(void **state G_GNUC_UNUSED)
{
    static const struct {
        struct directory_value value;
        const char *problem; /* a part of it, or NULL */
        const char *shown;
    } cases[] = {
        {VALUE(""), NULL, ""},
        {VALUE("Zo\xc3\xab"), NULL, "Zo\xc3\xab"},
        {VALUE("a@x.example\0.evil.example"), "NUL", "a@x.example\\00.evil.example"},
        {VALUE("a\nb"), "control", "a\\0ab"},
        {VALUE("a\x7f"), "control", "a\\7f"},
        {VALUE("a\xc2\x85"), "control", "a\\c2\\85"},
        {VALUE("a\xe2\x80\xa8"), "control", "a\\e2\\80\\a8"},
        {VALUE("a\u202e\u202c"), "direction", "a\\e2\\80\\ae\\e2\\80\\ac"},
        {VALUE("a\u2066\u2069"), "direction", "a\\e2\\81\\a6\\e2\\81\\a9"},
        {VALUE("a\u200b"), "invisible", "a\\e2\\80\\8b"},
        {VALUE("a\ufeff"), "invisible", "a\\ef\\bb\\bf"},
        {VALUE("\u05d0\u200f\u0645\u200c"), NULL, "\u05d0\u200f\u0645\u200c"},
        {VALUE("\xff\xfe"), "UTF-8", "\\ff\\fe"},
        {VALUE("\xc0\xaf"), "UTF-8", "\\c0\\af"},
        {VALUE("\xed\xa0\x80"), "UTF-8", "\\ed\\a0\\80"},
        {VALUE("cut\xc3"), "UTF-8", "cut\\c3"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *problem = directory_value_problem(&cases[i].value);
        g_autofree char *shown = directory_value_show(&cases[i].value);
        g_autofree char *text = directory_value_text(&cases[i].value);
        assert_string_equal(shown, cases[i].shown);
        assert_int_equal(problem == NULL, cases[i].problem == NULL);
        assert_int_equal(text != NULL, cases[i].problem == NULL);
        if (problem != NULL && strstr(problem, cases[i].problem) == NULL)
            fail_msg("case %zu: %s", i, problem);
    }
}

static void anchors_have_one_text_and_a_filter(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *attribute;
        struct directory_value value;
        const char *text, *filter;
    } cases[] = {
        {"objectGUID",
         VALUE("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"),
         "03020100-0504-0706-0809-0a0b0c0d0e0f",
         "(objectGUID=\\00\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f)"},
        {"objectGUID", VALUE("short"), NULL, NULL},
        {"entryUUID", VALUE("3D9C2D1E-0000-4000-8000-000000000000"),
         "3d9c2d1e-0000-4000-8000-000000000000",
         "(entryUUID=3d9c2d1e-0000-4000-8000-000000000000)"},
        {"nsUniqueId", VALUE("f7c5-b1"), "f7c5-b1", "(nsUniqueId=f7c5-b1)"},
        {"employeeNumber", VALUE("7)(x=*"), "7)(x=*", "(employeeNumber=7\\29\\28x\\3d\\2a)"},
        {"employeeNumber", VALUE(""), NULL, NULL},
        {"employeeNumber", VALUE("a\nb"), NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = directory_anchor_text(
            directory_anchor_form_of(cases[i].attribute), &cases[i].value);
        if (cases[i].text == NULL) {
            assert_null(text);
            continue;
        }
        assert_string_equal(text, cases[i].text);
        g_autofree char *filter = directory_anchor_filter(cases[i].attribute, text);
        assert_string_equal(filter, cases[i].filter);
    }
    assert_null(directory_anchor_filter("objectGUID", "not a guid"));
    assert_null(directory_anchor_filter("entryUUID", "*"));
}

static void
accounts_are_disabled_or_expired_by_what_the_directory_says(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *control, *expires;
        enum snapshot_state state;
    } cases[] = {
        {"512", "0", SNAPSHOT_ENABLED},
        {"512", "9223372036854775807", SNAPSHOT_ENABLED},
        {"514", "0", SNAPSHOT_DISABLED},
        {"66050", "0", SNAPSHOT_DISABLED},
        {"528", "0", SNAPSHOT_ENABLED},                  /* locked */
        {"512", "116444745990000000", SNAPSHOT_ENABLED}, /* 999 s after 1970 */
        {"512", "116444746000000000", SNAPSHOT_EXPIRED}, /* now */
        {"512", "1", SNAPSHOT_EXPIRED},
        {"514", "1", SNAPSHOT_DISABLED},
        {"nonsense", "nonsense", SNAPSHOT_ENABLED},
        {"-2147483646", "0", SNAPSHOT_DISABLED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct directory_entry entry;
        directory_entry_init(&entry);
        directory_entry_begin(&entry, "cn=a", 4);
        add(&entry, "userAccountControl", cases[i].control);
        add(&entry, "accountExpires", cases[i].expires);
        gint64 now = i == 5 ? 998 : 1000;
        if (directory_entry_account_state(&entry, now) != cases[i].state)
            fail_msg("%s %s", cases[i].control, cases[i].expires);
        directory_entry_clear(&entry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_by_name_without_options),
        cmocka_unit_test(only_ranges_in_form_are_ranges),
        cmocka_unit_test(unknown_options_are_refused_where_they_matter),
        cmocka_unit_test(bytes_become_text_or_a_reason),
        cmocka_unit_test(anchors_have_one_text_and_a_filter),
        cmocka_unit_test(accounts_are_disabled_or_expired_by_what_the_directory_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
