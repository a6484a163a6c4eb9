#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/accept_page.h"

#define HOSTILE "<b>&\"'\xe2\x80\xae</b>"

static char *hostile_question(void)
{
    g_autoptr(GPtrArray) roles = g_ptr_array_new();
    g_ptr_array_add(roles, (char[]){"<i>role</i>"});
    const struct accept_page_offer offer = {.organization = HOSTILE,
                                            .inviter = "\"><img src=x>",
                                            .address = "a'b<s>@x.example",
                                            .roles = roles,
                                            .expires_at = 60,
                                            .token = "\" onfocus=\"x"};
    return accept_page_question(&offer);
}

#define PAGES 12

/* Every page there is; the caller frees. */
static void print_all(char *pages[PAGES])
{
    char *all[PAGES] = {
        hostile_question(),
        accept_page_accepted(HOSTILE),
        accept_page_declined(HOSTILE),
        accept_page_refused(HOSTILE),
        accept_page_start(FALSE),
        accept_page_start(TRUE),
        accept_page_dead(FALSE),
        accept_page_dead(TRUE),
        accept_page_ask(TRUE),
        accept_page_asked(TRUE),
        accept_page_foreign(),
        accept_page_busy(),
    };
    memcpy(pages, all, sizeof all);
}

/* R44, R58. */
static void every_value_is_escaped_and_nothing_is_inline(void **state)
{
    (void)state;
    char *pages[PAGES];
    print_all(pages);
    static const char *const forbidden[] = {
        "<script>", "<b>",     "<i>",   "<s>",    "<img",         "\" onfocus",
        "<style",   " style=", "http:", "https:", "\xe2\x80\xae", "//"};
    for (size_t i = 0; i < PAGES; i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(forbidden); j++) {
            if (strstr(pages[i], forbidden[j]) != NULL) {
                fail_msg("page %zu holds '%s'", i, forbidden[j]);
            }
        }
        assert_true(g_utf8_validate(pages[i], -1, NULL));
        g_free(pages[i]);
    }
}

static guint count_of(const char *text, const char *part)
{
    guint count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

static void every_page_has_a_language_a_title_and_one_heading(void **state)
{
    (void)state;
    char *pages[PAGES];
    print_all(pages);
    for (size_t i = 0; i < PAGES; i++) {
        assert_int_equal(strncmp(pages[i], "<!DOCTYPE html>\n<html lang=\"en\">", 32), 0);
        assert_int_equal(count_of(pages[i], "<title>"), 1);
        assert_int_equal(count_of(pages[i], "<h1>"), 1);
        assert_int_equal(count_of(pages[i], "<main>"), 1);
        assert_int_equal(count_of(pages[i], "name=\"viewport\""), 1);
        /* each field that is seen has its label, each form is posted */
        assert_int_equal(count_of(pages[i], "<label for="), count_of(pages[i], "<input id="));
        assert_int_equal(count_of(pages[i], "<form "), count_of(pages[i], "method=\"post\""));
        g_free(pages[i]);
    }
}

static void the_first_page_has_a_field_for_whoever_has_no_script(void **state)
{
    (void)state;
    g_autofree char *page = accept_page_start(FALSE);
    assert_non_null(strstr(page, "<label for=\"token\">"));
    assert_non_null(strstr(page, "name=\"token\""));
    assert_non_null(strstr(page, " autofocus"));
    assert_non_null(strstr(page, "autocomplete=\"off\""));
    assert_non_null(strstr(page, "method=\"post\""));
    assert_non_null(strstr(page, "src=\"invitation/page.js\""));
    assert_null(strstr(page, "invitation/again"));
    g_autofree char *with_mail = accept_page_start(TRUE);
    assert_non_null(strstr(with_mail, "href=\"invitation/again\""));
}

static void the_script_clears_the_address_bar_before_it_posts(void **state)
{
    (void)state;
    const char *script = accept_page_script();
    const char *cleared = strstr(script, "history.replaceState");
    const char *posted = strstr(script, ".submit()");
    assert_non_null(strstr(script, "location.hash"));
    assert_non_null(cleared);
    assert_non_null(posted);
    assert_true(cleared < posted);
    static const char *const forbidden[] = {"eval",  "innerHTML",      "document.write",
                                            "fetch", "XMLHttpRequest", "localStorage",
                                            "cookie"};
    for (size_t i = 0; i < G_N_ELEMENTS(forbidden); i++) {
        assert_null(strstr(script, forbidden[i]));
    }
    assert_non_null(strstr(accept_page_style(), "prefers-color-scheme: dark"));
}

static void the_offer_says_what_it_is_and_asks_for_one_of_two_answers(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) roles = g_ptr_array_new();
    g_ptr_array_add(roles, (char[]){"member of the organization"});
    g_ptr_array_add(roles, (char[]){"read-write in Search"});
    struct accept_page_offer offer = {.organization = "Acme",
                                      .address = "a@x.example",
                                      .roles = roles,
                                      .now = 1795496520 - 7500,
                                      .expires_at = 1795496520,
                                      .token = "T0-_k"};
    g_autofree char *page = accept_page_question(&offer);
    static const char *const said[] = {
        "value=\"T0-_k\"",
        "name=\"answer\" value=\"accept\">Accept<",
        "name=\"answer\" value=\"decline\"",
        ">Decline<",
        "<dt>Organization</dt><dd><bdi>Acme</bdi>",
        "<bdi>a@x.example</bdi>",
        "<bdi>member of the organization</bdi>",
        "<bdi>read-write in Search</bdi>",
        "2 hours and 5 minutes",
        "<time datetime=\"2026-11-24T05:02:00Z\">Tuesday, 24 November 2026, 05:02 UTC</time>",
        "If you decline, you do not join",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        if (strstr(page, said[i]) == NULL) {
            fail_msg("'%s' is not in %s", said[i], page);
        }
    }
    assert_null(strstr(page, "Invited by"));
    offer.inviter = "Dana";
    g_autofree char *invited = accept_page_question(&offer);
    assert_non_null(strstr(invited, "<dt>Invited by</dt><dd><bdi>Dana</bdi>"));
}

static void a_dead_link_offers_the_way_out_that_there_is(void **state)
{
    (void)state;
    g_autofree char *with_mail = accept_page_dead(TRUE);
    assert_non_null(strstr(with_mail, "action=\"invitation/again\""));
    assert_non_null(strstr(with_mail, "type=\"email\""));
    g_autofree char *without = accept_page_dead(FALSE);
    assert_null(strstr(without, "<form"));
    assert_non_null(strstr(without, "Ask whoever invited you"));
}

/* The page at /invitation/again lies one level deeper. */
static void what_a_page_names_is_found_from_where_it_stands(void **state)
{
    (void)state;
    g_autofree char *ask = accept_page_ask(TRUE);
    g_autofree char *asked = accept_page_asked(TRUE);
    assert_non_null(strstr(ask, "action=\"again\""));
    assert_non_null(strstr(ask, "href=\"page.css\""));
    assert_non_null(strstr(asked, "href=\"page.css\""));
    assert_null(strstr(ask, "\"invitation/"));
    g_autofree char *no_mail = accept_page_asked(FALSE);
    assert_non_null(strstr(no_mail, "Ask whoever invited you"));
}

static void a_name_of_5000_characters_leaves_the_page_a_page(void **state)
{
    (void)state;
    g_autofree char *name = g_strnfill(5000, '&');
    g_autofree char *page = accept_page_accepted(name);
    assert_true(strlen(page) < 2000);
    assert_int_equal(count_of(page, "&amp;"), 63);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_escaped_and_nothing_is_inline),
        cmocka_unit_test(every_page_has_a_language_a_title_and_one_heading),
        cmocka_unit_test(the_first_page_has_a_field_for_whoever_has_no_script),
        cmocka_unit_test(the_script_clears_the_address_bar_before_it_posts),
        cmocka_unit_test(the_offer_says_what_it_is_and_asks_for_one_of_two_answers),
        cmocka_unit_test(a_dead_link_offers_the_way_out_that_there_is),
        cmocka_unit_test(what_a_page_names_is_found_from_where_it_stands),
        cmocka_unit_test(a_name_of_5000_characters_leaves_the_page_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
