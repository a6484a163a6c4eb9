#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/accept_page.h"

static void every_value_is_escaped_and_nothing_is_inline(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) roles = g_ptr_array_new();
    g_ptr_array_add(roles, (char[]){"<i>role</i>"});
    const struct accept_page_offer offer = {.organization = "<script>alert(1)</script>",
                                            .inviter = "\"><img src=x>",
                                            .address = "a'b@x.example",
                                            .roles = roles,
                                            .expires_at = 0,
                                            .token = "\" onfocus=\"x"};
    char *pages[] = {
        accept_page_question(&offer),
        accept_page_accepted("<b>Acme</b>"),
        accept_page_declined("<b>Acme</b>"),
        accept_page_refused("<b>no</b>"),
        accept_page_start(),
        accept_page_dead(),
    };
    static const char *const forbidden[] = {
        "<script>", "<b>", "<i>", "<img", "\" onfocus", "<style", " style=", "http:", "https:"};
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(forbidden); j++) {
            if (strstr(pages[i], forbidden[j]) != NULL) {
                fail_msg("page %zu holds '%s'", i, forbidden[j]);
            }
        }
        assert_true(g_utf8_validate(pages[i], -1, NULL));
        g_free(pages[i]);
    }
}

static void the_first_page_has_a_field_for_whoever_has_no_script(void **state)
{
    (void)state;
    g_autofree char *page = accept_page_start();
    assert_non_null(strstr(page, "name=\"token\""));
    assert_non_null(strstr(page, "method=\"post\""));
    assert_non_null(strstr(page, "src=\"invitation/page.js\""));
    assert_non_null(strstr(accept_page_script(), "location.hash"));
    assert_null(strstr(accept_page_script(), "eval"));
    assert_non_null(strstr(accept_page_style(), "color-scheme"));
}

static void the_offer_asks_for_one_of_two_answers(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) roles = g_ptr_array_new();
    const struct accept_page_offer offer = {
        .organization = "Acme", .address = "a@x.example", .roles = roles, .token = "T0-_k"};
    g_autofree char *page = accept_page_question(&offer);
    assert_non_null(strstr(page, "value=\"T0-_k\""));
    assert_non_null(strstr(page, "name=\"answer\" value=\"accept\""));
    assert_non_null(strstr(page, "name=\"answer\" value=\"decline\""));
    assert_null(strstr(page, "Invited by"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_escaped_and_nothing_is_inline),
        cmocka_unit_test(the_first_page_has_a_field_for_whoever_has_no_script),
        cmocka_unit_test(the_offer_asks_for_one_of_two_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
