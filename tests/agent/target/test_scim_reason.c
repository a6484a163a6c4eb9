#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/target/scim_reason.h"
#include "scim/protocol/membership.h"

static void a_reason_reads_in_the_header_as_far_as_a_header_may_hold_it(void **state)
{
    (void)state;

    static const struct {
        const char *text, *encoded;
    } cases[] = {
        {"by rule: group 'staff' of directory 'corp' -> acme: member",
         "by rule: group 'staff' of directory 'corp' -> acme: member"},
        {"100% of Gr\xc3\xb6\xc3\x9f\x65", "100%25 of Gr%C3%B6%C3%9Fe"},
        {"\xf0\x9f\x98\x80", "%F0%9F%98%80"},
        {"a\r\nX-Evil: 1\tb", "a??X-Evil: 1?b"},
        {"a\u202eb\u202cc\u2028d\xc2\x85", "a?b?c?d?"},
        {"a\xff\xc3", "a??"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *encoded = scim_reason_encode(cases[i].text);
        assert_string_equal(encoded, cases[i].encoded);
    }
    assert_null(scim_reason_encode(NULL));
    assert_null(scim_reason_encode(""));
}

/* Every length around the limit, with characters of one, six and twelve bytes as sent. */
static void a_long_reason_is_cut_between_two_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "\xc3\xb6", "\xf0\x9f\x98\x80"};
    for (gsize kind = 0; kind < G_N_ELEMENTS(characters); kind++)
        for (gsize blanks = 0; blanks < 13; blanks++) {
            g_autoptr(GString) text = g_string_new(NULL);
            for (gsize i = 0; i < blanks; i++)
                g_string_append_c(text, 'x');
            for (gsize i = 0; i < ROLECALL_REASON_BYTES; i++)
                g_string_append(text, characters[kind]);
            g_autofree char *encoded = scim_reason_encode(text->str);
            g_autofree char *decoded = g_uri_unescape_string(encoded, NULL);
            assert_non_null(decoded);
            assert_true(g_utf8_validate(decoded, -1, NULL));
            assert_true(g_str_has_prefix(text->str, decoded));
            assert_true(strlen(encoded) <= ROLECALL_REASON_BYTES);
            assert_true(strlen(encoded) > ROLECALL_REASON_BYTES - 12);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_reads_in_the_header_as_far_as_a_header_may_hold_it),
        cmocka_unit_test(a_long_reason_is_cut_between_two_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
