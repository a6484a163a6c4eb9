#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_read.h"

static const char *first_error(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        if (!problem->is_warning)
            return problem->text;
    }
    return "no error";
}

/* One wrong value each: the whole message, with its line. */
static const struct {
    const char *text;
    const char *error;
} wrong_values[] = {
    {"endpoit = { };",
     "x.conf:1: \"endpoit\" is not a key of the config: did you mean \"endpoint\"?"},
    {"\n\nendpoint = { lissten = \"x\"; };",
     "x.conf:3: \"lissten\" is not a key of endpoint: did you mean \"listen\"?"},
    {"endpoint = { quite_different = 1; };",
     "x.conf:1: \"quite_different\" is not a key of endpoint"},
    {"endpoint = 3;", "x.conf:1: endpoint takes a group: { ... }"},
    {"endpoint = { listen = 8080; };", "x.conf:1: listen takes a text in quotes"},
    {"endpoint = { listen = \"\"; };", "x.conf:1: listen is empty: leave the key out instead"},
    {"endpoint = { listen = \"a\\tb\"; };", "x.conf:1: listen has a control character in it"},
    {"endpoint = { insecure = \"yes\"; };", "x.conf:1: insecure takes true or false"},
    {"endpoint = { insecure = 1; };", "x.conf:1: insecure takes true or false"},
    {"endpoint = { public_url = \"console\"; };",
     "x.conf:1: public_url = \"console\" is not a URL with https:// or http://"},
    {"endpoint = { public_url = \"ftp://example.com\"; };",
     "x.conf:1: public_url = \"ftp://example.com\" is not a URL with https:// or http://"},
    {"endpoint = { public_url = \"https://u:p@example.com\"; };",
     "x.conf:1: public_url must not carry a user or a password"},
    {"mail = { url = \"https://mail.example.com\"; };",
     "x.conf:1: url = \"https://mail.example.com\" is not a URL with smtps:// or smtp://"},
    {"endpoint = { limits = { body = \"1 MB\"; }; };",
     "x.conf:1: body = \"1 MB\" is not a size: write a number of bytes, \"64 KiB\" or \"8 "
     "MiB\""},
    {"endpoint = { limits = { body = 1; }; };",
     "x.conf:1: body must lie between 1024 and 1073741824"},
    {"endpoint = { limits = { body = 1.5; }; };",
     "x.conf:1: body takes a number of bytes or a size such as \"1 MiB\""},
    {"endpoint = { limits = { page = \"1000\"; }; };", "x.conf:1: page takes a whole number"},
    {"endpoint = { limits = { rate = 24; }; };",
     "x.conf:1: rate must lie between 25 and 1000000"},
    {"organizations = { };",
     "x.conf:1: organizations takes a list of groups: ( { ... }, { ... } )"},
    {"organizations = ( 1 );",
     "x.conf:1: organizations takes a list of groups: ( { ... }, { ... } )"},
    {"organizations = (\n{ seats = 3; owners = [ \"a@b.example\" ]; }\n);",
     "x.conf:2: organizations has no \"name\""},
    {"organizations = ( { name = \"Acme\"; } );",
     "x.conf:1: name = \"Acme\" is not a short name: a-z, 0-9 and hyphen, at most 40"},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n "
     "invitation_lifetime = \"48\"; } );",
     "x.conf:2: invitation_lifetime = \"48\" has no unit: write \"90s\", \"15m\", \"48h\" "
     "or \"7d\""},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n "
     "invitation_lifetime = \"59s\"; } );",
     "x.conf:2: invitation_lifetime must lie between 1m and 365d"},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ]; invitation_lifetime "
     "= 48; } );",
     "x.conf:1: invitation_lifetime takes a duration such as \"90s\", \"15m\", \"48h\" or "
     "\"7d\""},
    {"organizations = ( { name = \"a\"; owners = [ 1 ]; } );",
     "x.conf:1: owners takes texts in square brackets: [ \"a\", \"b\" ]"},
    {"organizations = ( { name = \"a\"; owners = [ \"\" ]; } );",
     "x.conf:1: owners is empty: leave the key out instead"},
    {"directories = ( { name = \"d\"; uri = \"ldap://localhost\"; base = \"dc=a\"; kind = "
     "\"novell\"; } );",
     "x.conf:1: kind = \"novell\" is not one of \"active-directory\", \"rfc2307bis\", "
     "\"rfc2307\", "
     "\"389ds\""},
    {"directories = ( { name = \"d\"; ldif = \"/d\"; profile = { nickName = \"x\"; }; } );",
     "x.conf:1: \"nickName\" is not a key of directories.profile"},
    {"rules = ( { group = \"a\"; roles = [ \"rw\" ]; } );",
     "x.conf:1: roles takes a group of texts: { a = \"b\"; }"},
    {"rules = ( { group = \"a\"; roles = { rw = 1; }; } );",
     "x.conf:1: roles takes a group of texts: { a = \"b\"; }"},
    {"rules = ( { group = \"a\"; priority = 5000000; } );",
     "x.conf:1: priority must lie between -1000000 and 1000000"},
    {"sync = { max_removals = \"some\"; };",
     "x.conf:1: max_removals = \"some\" is not a whole number"},
    {"sync = { max_removals = 3; };",
     "x.conf:1: max_removals takes a limit such as \"max(3, 10%)\""},
    {"tests = ( { expect = [ ]; } );", "x.conf:1: tests has no \"user\""},
};

static void a_wrong_value_is_an_error_with_its_place(void **state)
{
    (void)state;

    for (gsize i = 0; i < G_N_ELEMENTS(wrong_values); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        g_autoptr(Settings) settings = settings_read_text(
            "x.conf", wrong_values[i].text, strlen(wrong_values[i].text), problems);
        if (settings != NULL || strcmp(first_error(problems), wrong_values[i].error) != 0)
            fail_msg("%s\n  gave: %s", wrong_values[i].text, first_error(problems));
    }
}

static void one_text_stands_for_a_list_of_one(void **state)
{
    (void)state;
    const char *text =
        "directories = ( { name = \"d\"; uri = \"ldap://localhost\"; base = \"dc=a\"; } );";
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    const struct directory_settings *directory = settings_directory(settings, "d");
    assert_string_equal(directory->uri[0], "ldap://localhost");
    assert_null(directory->uri[1]);
}

static void a_slash_at_the_end_of_a_url_is_cut(void **state)
{
    (void)state;
    const char *text = "endpoint = { public_url = \"https://console.example.com//\"; };";
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    assert_string_equal(settings->endpoint.public_url, "https://console.example.com");
}

static void lines_are_remembered_for_fields_and_texts(void **state)
{
    (void)state;
    const char *text = "organizations = (\n"
                       "  { name = \"acme\";\n"
                       "    seats = 7;\n"
                       "    owners = [ \"a@example.com\",\n"
                       "      \"b@example.com\" ];\n"
                       "    protected = [ \"a@example.com\", \"b@example.com\" ]; } );\n";
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    const struct organization_settings *organization = settings_organization(settings, "acme");
    assert_int_equal(settings_line(settings, &organization->name), 2);
    assert_int_equal(settings_line(settings, &organization->seats), 3);
    assert_int_equal(settings_line(settings, organization->owners[0]), 4);
    assert_int_equal(settings_line(settings, organization->owners[1]), 5);
    assert_int_equal(settings_line(settings, &organization->invitation_lifetime), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_value_is_an_error_with_its_place),
        cmocka_unit_test(one_text_stands_for_a_list_of_one),
        cmocka_unit_test(a_slash_at_the_end_of_a_url_is_cut),
        cmocka_unit_test(lines_are_remembered_for_fields_and_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
