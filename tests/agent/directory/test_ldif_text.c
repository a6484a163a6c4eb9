#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/ldif_text.h"
#include "scim/protocol/outcome.h"

/* "dn|name=value|..." of every entry, or NULL. */
static char *read_all(LdifText *text, GError **error)
{
    GError *problem = NULL;
    GString *shown = g_string_new(NULL);
    struct directory_entry entry;
    directory_entry_init(&entry);
    while (ldif_text_next(text, &entry, &problem)) {
        g_autofree char *dn = directory_value_show(&entry.dn);
        g_string_append_printf(shown, "%u:%s", ldif_text_line(text), dn);
        for (guint i = 0; i < entry.attributes->len; i++) {
            const struct directory_attribute *attribute =
                &g_array_index(entry.attributes, struct directory_attribute, i);
            g_autofree char *name = directory_value_show(&attribute->name);
            for (guint j = 0; j < attribute->value_count; j++) {
                g_autofree char *value =
                    directory_value_show(directory_entry_value(&entry, attribute, j));
                g_string_append_printf(shown, "|%s=%s", name, value);
            }
        }
        g_string_append_c(shown, '\n');
    }
    directory_entry_clear(&entry);
    if (problem == NULL)
        return g_string_free(shown, FALSE);
    g_string_free(shown, TRUE);
    g_propagate_error(error, problem);
    return NULL;
}

static void entries_come_one_by_one_and_again(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *ldif, *shown;
    } cases[] = {
        {"dn: cn=a\nsn: b\n", "1:cn=a|sn=b\n"},
        {"version: 1\ndn: cn=a\nsn: b\n\n\n\ndn: cn=b\nsn: c\n", "2:cn=a|sn=b\n7:cn=b|sn=c\n"},
        {"# note\n folded note\ndn:: Y249YQ==\nsn:: \\\nsn: c\n", NULL},
        {"# note\n folded note\ndn:: Y249YQ==\nsn: c\n", "3:cn=a|sn=c\n"},
        {"dn: cn=a\nsn: b\n# a note within\nsn: c\nmail: m\nSN: d\n",
         "1:cn=a|mail=m|sn=b|sn=c|sn=d\n"},
        {"dn: cn=a\nsn: a b\n  c\n", "1:cn=a|sn=a b c\n"},
        {"dn: cn=a\r\nsn: b\r\n\r\ndn: cn=b\r\nsn:\r\n", "1:cn=a|sn=b\n4:cn=b|sn=\n"},
        {"\n\n", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LdifText) text = ldif_text_new(cases[i].ldif, strlen(cases[i].ldif), &error);
        g_autofree char *first = text == NULL ? NULL : read_all(text, &error);
        if (cases[i].shown == NULL) {
            assert_null(first);
            assert_int_equal(error->code, OUTCOME_BAD_INPUT);
            continue;
        }
        if (first == NULL)
            fail_msg("case %zu: %s", i, error->message);
        assert_string_equal(first, cases[i].shown);
        ldif_text_rewind(text);
        g_autofree char *second = read_all(text, &error);
        assert_string_equal(second, first);
    }
}

static void a_broken_line_is_named_by_its_number(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *ldif, *says;
    } cases[] = {
        {"dn: cn=a\nsn: b\n\ndn: cn=b\nnothing\n", "line 5: not an"},
        {"dn: cn=a\nsn: b\n x\n y\ncn:< file:///etc/passwd\n", "line 5: a value from a URL"},
        {"version: 1\n\n\nsn: b\n", "line 4: an entry begins"},
        {"dn: cn=a\nuserPassword:<file:///etc/shadow\n", "line 2: a value from a URL"},
        {"dn: cn=a\nsn;lang-de:< http://x.example/\n", "line 2: a value from a URL"},
        {"include: /etc/passwd\n", "line 1: 'include:'"},
        {"dn: cn=a\nchangetype: modify\n", "line 2: this is a change record"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(LdifText) text = ldif_text_new(cases[i].ldif, strlen(cases[i].ldif), &error);
        assert_non_null(text);
        g_autofree char *shown = read_all(text, &error);
        assert_null(shown);
        if (strstr(error->message, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error->message);
    }
}

/* Whatever the bytes are: an answer, never a crash, and no text from outside. */
static void random_bytes_do_no_harm(void **state G_GNUC_UNUSED)
{
    static const char *const pieces[] = {
        "dn: cn=a\n", "sn: b\n", "sn:: YQ==\n",  "\n",   " folded\n", "#x\n",     ":",  "<",
        "include:",   "\r\n",    "version: 1\n", "\xff", "cn:",       "file:///", "::", "="};
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    guint whole = 0;
    for (guint i = 0; i < 30000; i++) {
        g_autoptr(GString) ldif = g_string_new(NULL);
        for (gint j = g_rand_int_range(rand, 0, 12); j >= 0; j--)
            g_string_append(ldif, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
        g_string_append_c(ldif, '\n');
        g_autoptr(GError) error = NULL;
        g_autoptr(LdifText) text = ldif_text_new(ldif->str, ldif->len, &error);
        g_autofree char *shown = text == NULL ? NULL : read_all(text, &error);
        assert_true((shown == NULL) == (error != NULL));
        whole += shown != NULL;
    }
    assert_in_range(whole, 100, 29000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_one_by_one_and_again),
        cmocka_unit_test(a_broken_line_is_named_by_its_number),
        cmocka_unit_test(random_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
