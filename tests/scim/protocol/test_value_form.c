#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "scim/protocol/value_form.h"

struct form {
    const char *text;
    gboolean good;
};

static void check(gboolean (*is)(const char *text), const struct form *forms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is(forms[i].text) != forms[i].good)
            fail_msg("'%s' was %s", forms[i].text, forms[i].good ? "refused" : "taken");
    }
}

static void a_time_is_a_date_and_a_time_and_a_zone(void **state)
{
    (void)state;
    static const struct form forms[] = {{"2011-08-01T18:29:49Z", TRUE},
                                        {"2011-08-01T18:29:49.793Z", TRUE},
                                        {"2008-01-23T04:56:22+01:00", TRUE},
                                        {"2008-01-23T04:56:22.5-08:00", TRUE},
                                        {"2008-01-23T04:56:22", FALSE},
                                        {"2008-01-23", FALSE},
                                        {"20080123T045622Z", FALSE},
                                        {"2008-01-23 04:56:22Z", FALSE},
                                        {"2008-01-23T04:56:22.Z", FALSE},
                                        {"2008-01-23T04:56:22z", FALSE},
                                        {"2008-02-30T04:56:22Z", FALSE},
                                        {"2008-13-01T04:56:22Z", FALSE},
                                        {"2008-01-23T25:56:22Z", FALSE},
                                        {"2008-01-23T04:56:22+0100", FALSE},
                                        {"2008-01-23T04:56:22Zx", FALSE},
                                        {"2008-W01-1T04:56:22Z", FALSE},
                                        {"", FALSE},
                                        {"now", FALSE}};
    check(value_form_is_time, forms, G_N_ELEMENTS(forms));
}

static void binary_is_base64_with_or_without_its_padding(void **state)
{
    (void)state;
    static const struct form forms[] = {
        {"", TRUE},      {"AAE=", TRUE},  {"AAE", TRUE},     {"AA==", TRUE}, {"AA", TRUE},
        {"A+/z", TRUE},  {"A", FALSE},    {"AAAAA", FALSE},  {"AA=", FALSE}, {"AAA==", FALSE},
        {"A-_z", FALSE}, {"AA E", FALSE}, {"AAE=\n", FALSE}, {"=", FALSE},   {"====", FALSE},
        {"A=AA", FALSE}, {"AA.A", FALSE}};
    check(value_form_is_binary, forms, G_N_ELEMENTS(forms));
}

static void a_reference_has_the_characters_of_a_uri(void **state)
{
    (void)state;
    static const struct form forms[] = {{"https://example.com/a?b=c#d", TRUE},
                                        {"../Users/2819", TRUE},
                                        {"urn:x:y", TRUE},
                                        {"https://[::1]/", TRUE},
                                        {"a%20b", TRUE},
                                        {"https://example.com/M\xc3\xbcller", TRUE},
                                        {"a b", FALSE},
                                        {"a\nb", FALSE},
                                        {"a%2", FALSE},
                                        {"a%zz", FALSE},
                                        {"<a>", FALSE},
                                        {"a\"b", FALSE},
                                        {"a\\b", FALSE},
                                        {"{a}", FALSE},
                                        {"a\x7f", FALSE}};
    check(value_form_is_reference, forms, G_N_ELEMENTS(forms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_a_date_and_a_time_and_a_zone),
        cmocka_unit_test(binary_is_base64_with_or_without_its_padding),
        cmocka_unit_test(a_reference_has_the_characters_of_a_uri),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
