#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/address.h"

#define TEN "abcdefghij"

static void a_plain_address_is_usable(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "a@example.com",
        "dana.scully@example.com",
        "Dana+tag@Mail.Example.COM",
        "o'brien@example.co.uk",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        "1@2.example",
        "a@xn--bcher-kva.example",
        TEN TEN TEN TEN TEN TEN "abcd@example.com",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        const char *why = "unset";
        if (!address_is_usable(addresses[i], strlen(addresses[i]), &why))
            fail_msg("%s %s", addresses[i], why);
        assert_null(why);
    }
}

static const struct {
    const char *address;
    const char *why;
} unusable[] = {
    {"", "is empty"},
    {"example.com", "has no '@'"},
    {"@example.com", "has nothing before its '@'"},
    {"a@", "has nothing behind its '@'"},
    {"a@b@example.com", "has more than one '@'"},
    {"a@@example.com", "has more than one '@'"},
    {"\"a b\"@example.com", "has a quoted local part"},
    {"a b@example.com", "has a character that no address of ours may have"},
    {"a(comment)@example.com", "has a character that no address of ours may have"},
    {"<a@example.com>", "has a character that no address of ours may have"},
    {"a,b@example.com", "has a character that no address of ours may have"},
    {"a;b@example.com", "has a character that no address of ours may have"},
    {"a\\b@example.com", "has a character that no address of ours may have"},
    {".a@example.com", "has a dot at the edge of its local part"},
    {"a.@example.com", "has a dot at the edge of its local part"},
    {"a..b@example.com", "has two dots in a row"},
    {"a@example", "has a domain without a dot"},
    {"a@example..com", "has an empty part in its domain"},
    {"a@.example.com", "has an empty part in its domain"},
    {"a@example.com.", "has an empty part in its domain"},
    {"a@-example.com", "has a hyphen at the edge of a part of its domain"},
    {"a@example-.com", "has a hyphen at the edge of a part of its domain"},
    {"a@exam_ple.com", "has a character in its domain that no domain has"},
    {"a@[127.0.0.1]", "has a character in its domain that no domain has"},
    {"a@127.0.0.1", "has a number where its top-level domain should be"},
    {"a\r\nBcc: x@example.com", "has a control character"},
    {"a@example.com\n", "has a control character"},
    {"a\t@example.com", "has a control character"},
    {"a\x7f@example.com", "has a control character"},
    {"j\xc3\xbcrgen@example.com", "has a character outside ASCII"},
    {"a@b\xc3\xbc"
     "cher.example",
     "has a character outside ASCII"},
    {TEN TEN TEN TEN TEN TEN "abcde@example.com", "has more than 64 bytes before its '@'"},
    {"a@" TEN TEN TEN TEN TEN TEN "abcd.example",
     "has a part of more than 63 bytes in its domain"},
};

static void what_is_no_such_address_is_refused_with_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(unusable); i++) {
        const char *why = NULL;
        if (address_is_usable(unusable[i].address, strlen(unusable[i].address), &why))
            fail_msg("'%s' passed", unusable[i].address);
        assert_string_equal(why, unusable[i].why);
        assert_false(address_is_usable(unusable[i].address, strlen(unusable[i].address), NULL));
    }
}

static void a_nul_inside_makes_it_unusable(void **state)
{
    (void)state;
    const char *why = NULL;
    assert_false(address_is_usable("a@example.com\0.org", 18, &why));
    assert_string_equal(why, "has a control character");
}

static void it_may_have_254_bytes_and_not_one_more(void **state)
{
    (void)state;
    GString *address = g_string_new("a@");
    while (address->len < 244)
        g_string_append(address, TEN ".");
    g_string_truncate(address, 244);
    g_string_append(address, TEN);
    assert_int_equal(address->len, ADDRESS_MAX_BYTES);
    assert_true(address_is_usable(address->str, address->len, NULL));
    g_string_append_c(address, 'x');
    assert_false(address_is_usable(address->str, address->len, NULL));
    g_string_free(address, TRUE);
}

static void only_as_many_bytes_as_told_are_read(void **state)
{
    (void)state;
    g_autofree char *exact = g_memdup2("a@example.com", 13);
    assert_true(address_is_usable(exact, 13, NULL));
    assert_true(address_is_usable("a@example.com, b", 13, NULL));
}

static void a_domain_is_compared_whole_and_without_case(void **state)
{
    (void)state;
    const char *const domains[] = {"example.com", "example.org", NULL};
    const char *const none[] = {NULL};
    assert_true(address_in_domains("a@example.com", domains));
    assert_true(address_in_domains("a@EXAMPLE.org", domains));
    assert_false(address_in_domains("a@mail.example.com", domains));
    assert_false(address_in_domains("a@notexample.com", domains));
    assert_false(address_in_domains("example.com", domains));
    assert_true(address_in_domains("a@anywhere.example", none));
    assert_true(address_in_domains("a@anywhere.example", NULL));
}

static void folding_lowers_ascii_letters_only(void **state)
{
    (void)state;
    g_autofree char *folded = address_fold("Dana.SCULLY@Example.COM");
    assert_string_equal(folded, "dana.scully@example.com");
    for (gunichar point = 0x80; point <= 0x10FFFF; point++) { /* R61: KELVIN SIGN is no k */
        char text[8] = {0};
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        g_unichar_to_utf8(point, text);
        g_autofree char *same = address_fold(text);
        if (strcmp(same, text) != 0)
            fail_msg("U+%04X became something else", point);
    }
}

static void no_two_ascii_bytes_fold_together_but_the_letters(void **state)
{
    (void)state;
    for (int one = 1; one < 128; one++) {
        for (int other = 1; other < one; other++) {
            const char left[2] = {(char)one, '\0'};
            const char right[2] = {(char)other, '\0'};
            g_autofree char *a = address_fold(left);
            g_autofree char *b = address_fold(right);
            gboolean letters = g_ascii_islower(one) && one - other == 32;
            assert_int_equal(strcmp(a, b) == 0, letters);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_address_is_usable),
        cmocka_unit_test(what_is_no_such_address_is_refused_with_its_reason),
        cmocka_unit_test(a_nul_inside_makes_it_unusable),
        cmocka_unit_test(it_may_have_254_bytes_and_not_one_more),
        cmocka_unit_test(only_as_many_bytes_as_told_are_read),
        cmocka_unit_test(a_domain_is_compared_whole_and_without_case),
        cmocka_unit_test(folding_lowers_ascii_letters_only),
        cmocka_unit_test(no_two_ascii_bytes_fold_together_but_the_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
