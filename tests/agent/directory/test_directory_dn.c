#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_dn.h"
#include "scim/protocol/outcome.h"

static void spellings_of_one_name_have_one_key(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *dn, *key;
    } cases[] = {
        {"", ""},
        {"CN=Ada,OU=People,DC=example,DC=test", "cn=ada,ou=people,dc=example,dc=test"},
        {"cn = Ada , ou=people,dc=example,dc=test", "cn=ada,ou=people,dc=example,dc=test"},
        {"cn=Ada   King,dc=x", "cn=ada king,dc=x"},
        {"commonName=Ada,domainComponent=x", "cn=ada,dc=x"},
        {"2.5.4.3=Ada,0.9.2342.19200300.100.1.25=x", "cn=ada,dc=x"},
        {"0.9.2342.19200300.100.1.1=ada", "uid=ada"},
        {"userid=ada", "uid=ada"},
        {"E=a@b.c", "emailaddress=a@b.c"},
        {"cn=a+uid=b,dc=x", "cn=a+uid=b,dc=x"},
        {"UID=b+CN=a,dc=x", "cn=a+uid=b,dc=x"},
        {"cn=King\\, Ada,dc=x", "cn=king\\, ada,dc=x"},
        {"cn=King\\2C Ada,dc=x", "cn=king\\, ada,dc=x"},
        {"cn=a\\0Ab,dc=x", "cn=a\\0ab,dc=x"},
        {"cn=\\C3\\84,dc=x", "cn=\xc3\xa4,dc=x"},
        {"cn=A\xcc\x88,dc=x", "cn=\xc3\xa4,dc=x"},
        {"cn=\\20a\\20,dc=x", "cn=a,dc=x"},
        {"cn=stra\xc3\x9f"
         "e",
         "cn=stra\xc3\x9f"
         "e"},
        {"cn=a\\=b\\#c", "cn=a\\=b\\#c"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *key = directory_dn_key(cases[i].dn, &error);
        if (key == NULL)
            fail_msg("%s: %s", cases[i].dn, error->message);
        assert_string_equal(key, cases[i].key);
        g_autofree char *again = directory_dn_key(key, NULL);
        assert_string_equal(again, key);
    }
}

/* Plain names take a short way: it must come to what the parser makes of the same name escaped. */
static void the_short_way_agrees_with_the_parser(void **state G_GNUC_UNUSED)
{
    static const char *const types[] = {"cn",       "UID",        "e", "commonName",
                                        "2.5.4.11", "x-odd-type", "L"};
    static const char letters[] = "abCD 12=-._@'  ";
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    for (guint i = 0; i < 20000; i++) {
        g_autoptr(GString) plain = g_string_new(NULL);
        g_autoptr(GString) escaped = g_string_new(NULL);
        for (gint parts = g_rand_int_range(rand, 1, 4); parts > 0; parts--) {
            const char *type = types[g_rand_int_range(rand, 0, G_N_ELEMENTS(types))];
            const char *comma = parts > 1 ? (g_rand_boolean(rand) ? "," : ", ") : "";
            g_string_append_printf(plain, "%s=Z", type);
            g_string_append_printf(escaped, "%s=\\5A", type);
            for (gint count = g_rand_int_range(rand, 0, 8); count > 0; count--) {
                char letter = letters[g_rand_int_range(rand, 0, sizeof letters - 1)];
                g_string_append_c(plain, letter);
                g_string_append_c(escaped, letter);
            }
            g_string_append(plain, comma);
            g_string_append(escaped, comma);
        }
        g_autofree char *fast = directory_dn_key(plain->str, NULL);
        g_autofree char *slow = directory_dn_key(escaped->str, NULL);
        if (g_strcmp0(fast, slow) != 0)
            fail_msg("'%s' gives '%s', escaped it gives '%s'", plain->str, fast, slow);
    }
}

static void different_names_keep_different_keys(void **state G_GNUC_UNUSED)
{
    static const char *const names[] = {"cn=a,dc=x",
                                        "cn=a\\,dc\\=x",
                                        "cn=a\\+b,dc=x",
                                        "cn=a+sn=b,dc=x",
                                        "cn=\\00,dc=x",
                                        "cn=00,dc=x",
                                        "cn=strasse",
                                        "cn=stra\xc3\x9f"
                                        "e",
                                        "uid=a,dc=x",
                                        "cn=a\\\\,dc=x",
                                        "cn=#6101,dc=x",
                                        "cn=\\#6101,dc=x"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        for (size_t j = i + 1; j < G_N_ELEMENTS(names); j++) {
            g_autofree char *left = directory_dn_key(names[i], NULL);
            g_autofree char *right = directory_dn_key(names[j], NULL);
            if (left != NULL && right != NULL && strcmp(left, right) == 0)
                fail_msg("'%s' and '%s' are both '%s'", names[i], names[j], left);
        }
}

static void what_is_no_name_is_an_error(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *bytes;
        size_t length;
    } cases[] = {
        {"ada", 3}, {"cn=a,", 5}, {"=a", 2}, {"cn=a\0b", 6}, {"cn=\xff", 4}, {",", 1},
    };

    g_autofree char *endless = g_strnfill(DIRECTORY_DN_MAX_BYTES + 1, 'a');
    memcpy(endless, "cn=", 3);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        char *key = directory_dn_key_of_bytes(cases[i].bytes, cases[i].length, &error);
        if (key != NULL)
            fail_msg("case %zu gave '%s'", i, key);
        assert_int_equal(error->code, OUTCOME_BAD_INPUT);
        assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    assert_null(directory_dn_key(endless, NULL));
}

static void below_means_at_a_comma(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *key, *base;
        gboolean below;
    } cases[] = {
        {"cn=a,dc=x", "dc=x", TRUE},
        {"dc=x", "dc=x", TRUE},
        {"cn=a,dc=x", "", TRUE},
        {"cn=a,dc=xx", "dc=x", FALSE},
        {"cn=a,adc=x", "dc=x", FALSE},
        {"dc=x", "cn=a,dc=x", FALSE},
        {"cn=a\\,dc=x", "dc=x", FALSE},
        {"cn=a\\\\,dc=x", "dc=x", TRUE},
        {"cn=a\\\\\\,dc=x", "dc=x", FALSE},
        {",dc=x", "dc=x", TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (directory_dn_key_is_below(cases[i].key, cases[i].base) != cases[i].below)
            fail_msg("'%s' below '%s'", cases[i].key, cases[i].base);
}

static void filters_are_escaped_whatever_the_value_holds(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *dn, *filter;
    } cases[] = {
        {"uid=ada,dc=x", "(uid=ada)"},
        {"CN=*)(uid\\=\\00*,dc=x", "(CN=\\2a\\29\\28uid\\3d\\00\\2a)"},
        {"cn=a\\\\b,dc=x", "(cn=a\\5cb)"},
        {"cn=\xc3\xa4", "(cn=\\c3\\a4)"},
        {"uid=b+cn=a,dc=x", "(uid=b)"},
        {"", NULL},
        {"nothing", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *filter = directory_dn_rdn_filter(cases[i].dn);
        if (cases[i].filter == NULL)
            assert_null(filter);
        else
            assert_string_equal(filter, cases[i].filter);
    }
}

/* Every byte string comes back from its escaped form, and no escaped form ends a filter. */
static void escaped_bytes_come_back(void **state G_GNUC_UNUSED)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (guint i = 0; i < 20000; i++) {
        char bytes[12];
        GString *back = g_string_new(NULL);
        size_t length = (size_t)g_rand_int_range(rand, 0, sizeof bytes + 1);
        for (size_t j = 0; j < length; j++)
            bytes[j] = (char)g_rand_int_range(rand, 0, 256);
        g_autofree char *text = directory_dn_filter_value(bytes, length);
        assert_null(strpbrk(text, "()*"));
        for (const char *p = text; *p != '\0'; p++) {
            if (*p == '\\') {
                g_string_append_c(
                    back, (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])));
                p += 2;
            } else {
                g_string_append_c(back, *p);
            }
        }
        assert_int_equal(back->len, length);
        assert_memory_equal(back->str, bytes, length);
        g_string_free(back, TRUE);
    }
}

static void the_rdn_says_its_value(void **state G_GNUC_UNUSED)
{
    g_autofree char *cn = directory_dn_rdn_value("uid=b+CN=A\\, b,dc=x", "cn");
    g_autofree char *none = directory_dn_rdn_value("uid=b,cn=x", "cn");
    assert_string_equal(cn, "A, b");
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_of_one_name_have_one_key),
        cmocka_unit_test(the_short_way_agrees_with_the_parser),
        cmocka_unit_test(different_names_keep_different_keys),
        cmocka_unit_test(what_is_no_name_is_an_error),
        cmocka_unit_test(below_means_at_a_comma),
        cmocka_unit_test(filters_are_escaped_whatever_the_value_holds),
        cmocka_unit_test(escaped_bytes_come_back),
        cmocka_unit_test(the_rdn_says_its_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
