#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_check_service.h"
#include "agent/settings/settings_read.h"

#define FROM   "from = \"Acme <console@example.com>\";"
#define PUBLIC "endpoint = { public_url = \"https://console.example.com\"; };\n"

/* Every problem of the text, a line each. */
static char *problems_of(const char *text)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), problems);
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < problems->len; i++)
        g_string_append_printf(
            all, "%s%s", i == 0 ? "" : "\n",
            ((struct settings_problem *)g_ptr_array_index(problems, i))->text);
    assert_int_equal(settings == NULL, settings_problems_errors(problems) > 0);
    return g_string_free(all, FALSE);
}

static void mail_is_whole_and_its_links_can_be_reached_or_it_is_told(void **state)
{
    (void)state;

    static const struct {
        const char *text, *problems;
    } cases[] = {
        {PUBLIC "mail = { url = \"smtps://mail.example.com\"; " FROM " };", ""},
        {PUBLIC
         "mail = { url = \"smtp://127.0.0.1:2525\"; from = \"a@example.com\"; user = \"u\"; "
         "credential = \"m\"; ca_file = \"/ca.pem\"; rate = 0; };",
         ""},
        {PUBLIC "mail = { url = \"smtps://mail.example.com\"; };",
         "x.conf:2: mail has no from: name the sender of the mails"},
        {PUBLIC "mail = { url = \"smtps://mail.example.com\"; from = \"Acme\"; };",
         "x.conf:2: from = \"Acme\" is not an address such as \"Acme Console "
         "<console@example.com>\": it has no '@'"},
        {PUBLIC
         "mail = { url = \"smtps://mail.example.com\"; from = \"Acme <a@example.com\"; };",
         "x.conf:2: from = \"Acme <a@example.com\" is not an address such as \"Acme Console "
         "<console@example.com>\": it has no '>' at its end"},
        {PUBLIC "mail = { url = \"smtps://mail.example.com\"; " FROM " user = \"u\"; };",
         "x.conf:2: user has no password_file and no credential beside it"},
        {PUBLIC "mail = { url = \"smtps://mail.example.com\"; " FROM
                " password_file = \"/p\"; };",
         "x.conf:2: mail has a password and no user"},
        {PUBLIC "mail = { url = \"smtps://mail.example.com\"; " FROM
                " ca_file = \"ca.pem\"; };",
         "x.conf:2: ca_file = \"ca.pem\" is not an absolute path"},
        {"mail = { " FROM " };", "x.conf:1: mail has no url: name the mail server"},
        {"mail = { url = \"smtps://mail.example.com\"; " FROM " };",
         "x.conf:1: warning: mail without endpoint.public_url: the links in mails will name "
         "\"127.0.0.1:8080\", which others hardly reach"},
        {"endpoint = { public_url = \"http://console.example.com\"; };\n"
         "mail = { url = \"smtps://mail.example.com\"; " FROM " };",
         "x.conf:1: warning: public_url = \"http://console.example.com\": whoever reads the "
         "network can take the invitations that are mailed: use https://"},
        {"endpoint = { public_url = \"http://127.0.0.1:8080\"; };\n"
         "mail = { url = \"smtps://mail.example.com\"; " FROM " };",
         ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = problems_of(cases[i].text);
        assert_string_equal(found, cases[i].problems);
    }
}

static void renewals_without_mail_are_told_to_have_no_effect(void **state)
{
    (void)state;
    static const char *const keys[] = {"renewals = 1;", "renewals_per = \"10d\";",
                                       "send_window = \"Mon-Fri 08:00-16:00 UTC\";"};
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *alone = g_strdup_printf("invitations = { %s };", keys[i]);
        g_autofree char *with_mail = g_strdup_printf(
            PUBLIC "mail = { url = \"smtps://mail.example.com\"; " FROM " };\n%s", alone);
        g_autofree char *told = problems_of(alone);
        g_autofree char *quiet = problems_of(with_mail);
        assert_string_equal(told, "x.conf:1: warning: nothing is sent again by itself without "
                                  "mail: this has no effect");
        assert_string_equal(quiet, "");
    }
}

static void key_and_anchors_are_two_files_with_whole_paths(void **state)
{
    (void)state;

    static const struct {
        const char *text, *problems;
    } cases[] = {
        {"audit = { key_file = \"/a/key\"; anchors = \"/b/anchors\"; };", ""},
        {"audit = { key_file = \"key\"; };",
         "x.conf:1: key_file = \"key\" is not an absolute path"},
        {"audit = { anchors = \"anchors\"; };",
         "x.conf:1: anchors = \"anchors\" is not an absolute path"},
        {"audit = { key_file = \"/a\"; anchors = \"/a\"; };",
         "x.conf:1: key_file and anchors are the same file"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *found = problems_of(cases[i].text);
        assert_string_equal(found, cases[i].problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_is_whole_and_its_links_can_be_reached_or_it_is_told),
        cmocka_unit_test(renewals_without_mail_are_told_to_have_no_effect),
        cmocka_unit_test(key_and_anchors_are_two_files_with_whole_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
