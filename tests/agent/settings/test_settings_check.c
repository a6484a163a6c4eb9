#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_check.h"
#include "agent/settings/settings_read.h"

#define ACME                                                                                   \
    "organizations = ( { name = \"acme\"; owners = [ \"a@example.com\", \"b@example.com\" ]; " \
    "protected = [ \"a@example.com\", \"b@example.com\" ]; } );\n"
#define CORP                                                                                   \
    "directories = ( { name = \"corp\"; uri = [ \"ldaps://dc.example\" ]; base = "             \
    "\"dc=example\"; } );\n"

static gboolean has_text(const GPtrArray *problems, const char *text)
{
    for (guint i = 0; i < problems->len; i++)
        if (strcmp(((struct settings_problem *)g_ptr_array_index(problems, i))->text, text) ==
            0)
            return TRUE;
    return FALSE;
}

static void print_all(const GPtrArray *problems)
{
    for (guint i = 0; i < problems->len; i++)
        print_message("  %s\n",
                      ((struct settings_problem *)g_ptr_array_index(problems, i))->text);
}

static const struct {
    const char *text;
    const char *error;
} misfits[] = {
    {"organizations = (\n{ name = \"a\"; owners = [ \"a@b.example\" ]; },\n"
     "{ name = \"a\"; owners = [ \"a@b.example\" ]; } );",
     "x.conf:3: organization \"a\" is there twice, first on line 2"},
    {"organizations = ( { name = \"a\"; } );",
     "x.conf:1: organization \"a\" has no owners: name at least one"},
    {"organizations = ( { name = \"a\"; owners = [ \"dana\" ]; } );",
     "x.conf:1: owners: \"dana\" is not an address that can be mailed: it has no '@'"},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\", \"A@B.example\" ]; } "
     ");",
     "x.conf:1: owners names \"A@B.example\" twice"},
    {"organizations = ( { name = \"a\"; seats = 1; owners = [ \"a@b.example\", "
     "\"c@b.example\" ]; } );",
     "x.conf:1: seats = 1 do not suffice for 2 owners"},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n protected = [ "
     "\"c@b.example\" ]; } );",
     "x.conf:2: protected \"c@b.example\" is not among the owners of \"a\""},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ]; domains = [ "
     "\"@b.example\" ]; } );",
     "x.conf:1: domains: \"@b.example\" is not a plain domain such as \"example.com\""},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n"
     "projects = ( { name = \"p\"; } ); } );",
     "x.conf:2: project \"p\" has no admins: name at least one"},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n"
     "projects = ( { name = \"p\"; admins = [ \"c@b.example\" ]; } ); } );",
     "x.conf:2: admin \"c@b.example\" of project \"p\" is not among the owners of \"a\""},
    {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n"
     "projects = ( { name = \"p\"; admins = \"a@b.example\"; },\n"
     "{ name = \"p\"; admins = \"a@b.example\"; } ); } );",
     "x.conf:3: project \"p\" is there twice, first on line 2"},
    {"directories = (\n{ name = \"d\"; ldif = \"/a\"; },\n{ name = \"d\"; ldif = \"/b\"; } "
     ");",
     "x.conf:3: directory \"d\" is there twice, first on line 2"},
    {"directories = ( { name = \"d\"; } );",
     "x.conf:1: directory \"d\" must have exactly one of uri, ldif and pushed_groups_of"},
    {"directories = ( { name = \"d\"; ldif = \"/a\"; uri = \"ldap://localhost\"; base = "
     "\"dc=a\"; } );",
     "x.conf:1: directory \"d\" must have exactly one of uri, ldif and pushed_groups_of"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://dc.example\"; } );",
     "x.conf:1: directory \"d\" has no base"},
    {"directories = ( { name = \"d\"; uri = \"dc.example\"; base = \"dc=a\"; } );",
     "x.conf:1: uri \"dc.example\" is not ldaps:// or ldap:// and a server"},
    {"directories = ( { name = \"d\"; uri = \"ldap://dc.example\"; base = \"dc=a\"; } );",
     "x.conf:1: uri \"ldap://dc.example\" is unencrypted: use ldaps:// or start_tls = "
     "true"},
    {"directories = ( { name = \"d\"; uri = \"ldap://dc.example\"; base = \"dc=a\";\n"
     "insecure = true; } );",
     "x.conf:2: \"insecure\" is not a key of directories"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://dc.example\"; base = \"dc=a\"; "
     "start_tls = true; } );",
     "x.conf:1: uri \"ldaps://dc.example\" is encrypted already: start_tls is for ldap://"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://a:b@dc.example\"; base = \"dc=a\"; } "
     ");",
     "x.conf:1: uri must not carry a user or a password: use bind_dn"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://dc.example\"; base = \"dc=a\"; "
     "bind_dn = \"cn=a\"; } );",
     "x.conf:1: bind_dn has no bind_password_file and no credential beside it"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://dc.example\"; base = \"dc=a\";\n"
     "bind_password_file = \"/p\"; } );",
     "x.conf:1: directory \"d\" has a password and no bind_dn"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://dc.example\"; base = \"dc=a\"; "
     "bind_dn = \"cn=a\";\n"
     "bind_password_file = \"/p\"; credential = \"p\"; } );",
     "x.conf:2: the secret is named twice, as a file and as a credential: keep one"},
    {"directories = ( { name = \"d\"; uri = \"ldaps://dc.example\"; base = \"dc=a\"; "
     "bind_dn = \"cn=a\";\n"
     "bind_password_file = \"p\"; } );",
     "x.conf:2: \"p\" is not an absolute path"},
    {"directories = ( { name = \"d\"; ldif = \"/a\"; page_size = 10; } );",
     "x.conf:1: page_size is for directories with a uri"},
    {"directories = ( { name = \"d\"; pushed_groups_of = \"acme\"; } );",
     "x.conf:1: there is no organization \"acme\""},
    {ACME "directories = ( { name = \"d\"; ldif = \"/a\";\nconnection = \"okta\"; } );",
     "x.conf:3: connection is for directories with pushed_groups_of"},
    {ACME "directories = ( { name = \"d\"; pushed_groups_of = \"acme\";\nadopt = true; } );",
     "x.conf:3: adopt is not for directories with pushed_groups_of: their people are the "
     "endpoint's own"},
    {ACME "directories = ( { name = \"d\"; pushed_groups_of = \"acme\";\nbase = \"dc=a\"; } );",
     "x.conf:3: base is not for directories with pushed_groups_of: their people are the "
     "endpoint's own"},
    {ACME "directories = ( { name = \"d\"; pushed_groups_of = \"acme\";\n"
          "bind_dn = \"cn=a\"; } );",
     "x.conf:3: bind_dn is for directories with a uri"},
    {ACME "directories = ( { name = \"d\"; pushed_groups_of = \"acme\";\n"
          "profile = { title = \"\"; }; } );",
     "x.conf:3: profile is not for directories with pushed_groups_of: their people are the "
     "endpoint's own"},
    {"organizations = ( { name = \"acme\"; owners = [ \"a@b.example\" ]; },\n"
     "{ name = \"beta\"; owners = [ \"a@b.example\" ]; } );\n"
     "directories = ( { name = \"d\"; pushed_groups_of = \"acme\"; } );\n"
     "rules = ( { group = \"g\"; organization = \"acme\"; role = \"member\"; },\n"
     "{ group = \"g\"; organization = \"beta\"; role = \"member\"; } );",
     "x.conf:5: directory \"d\" has the pushed groups of \"acme\": they give no roles in "
     "\"beta\""},
    {"endpoint = { listen = \"0.0.0.0:8080\"; };",
     "x.conf:1: listen = \"0.0.0.0:8080\" is plain HTTP that other machines reach: put a "
     "proxy with "
     "TLS in front and listen on 127.0.0.1, or say insecure = true"},
    {"endpoint = { listen = \"8080\"; };", "x.conf:1: listen = \"8080\" is not an address "
                                           "and a port, such as \"127.0.0.1:8080\""},
    {"endpoint = { listen = \"127.0.0.1:99999\"; };",
     "x.conf:1: listen = \"127.0.0.1:99999\" is not an address and a port, such as "
     "\"127.0.0.1:8080\""},
    {"endpoint = { trusted_proxies = [ \"10.0.0.5\", \"proxy.example\" ]; };",
     "x.conf:1: trusted_proxies: \"proxy.example\" is no address such as \"10.0.0.5\", and not "
     "\"unix\""},
    {"endpoint = { trusted_proxies = [ \"10.0.0.0/8\" ]; };",
     "x.conf:1: trusted_proxies: \"10.0.0.0/8\" is no address such as \"10.0.0.5\", and not "
     "\"unix\""},
    {"endpoint = { listen = \"unix:http.sock\"; };",
     "x.conf:1: listen = \"unix:http.sock\": name the socket by its absolute path"},
    {"endpoint = { store = \"mysql://a\"; };",
     "x.conf:1: store = \"mysql://a\" is not sqlite: and an absolute path"},
    {"endpoint = { store = \"postgresql://a\"; };",
     "x.conf:1: store: PostgreSQL is not built into this version: use sqlite:"},
    {"endpoint = { tls_key_file = \"/k\"; };",
     "x.conf:1: TLS is not built into this version: put a proxy in front"},
    {"sync = { target = { url = \"https://scim.example\"; }; };",
     "x.conf:1: target has no token_file and no credential"},
    {"sync = { target = { token_file = \"/t\"; }; };",
     "x.conf:1: target has a token and no url"},
    {"sync = { target = { url = \"http://scim.example\"; token_file = \"/t\"; }; };",
     "x.conf:1: target \"http://scim.example\" would send its token unencrypted: use "
     "https://"},
    {"sync = { state = \"here\"; };", "x.conf:1: state = \"here\" is not an absolute path"},
};

static void what_does_not_fit_together_is_an_error(void **state)
{
    (void)state;

    for (gsize i = 0; i < G_N_ELEMENTS(misfits); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        g_autoptr(Settings) settings =
            settings_read_text("x.conf", misfits[i].text, strlen(misfits[i].text), problems);
        if (settings != NULL || !has_text(problems, misfits[i].error)) {
            print_all(problems);
            fail_msg("%s\n  does not give: %s", misfits[i].text, misfits[i].error);
        }
    }
}

static void what_is_merely_unwise_is_a_warning(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *warning;
    } cases[] = {
        {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ]; } );",
         "x.conf:1: warning: organization \"a\" has no protected owner: two keep it reachable "
         "when a "
         "directory goes wrong"},
        {"organizations = ( { name = \"a\"; owners = [ \"a@b.example\" ];\n protected = "
         "\"a@b.example\"; } );",
         "x.conf:2: warning: organization \"a\" has one protected owner: two keep it reachable "
         "when a "
         "directory goes wrong"},
        {"\nnotify = { mail = \"it@example.com\"; };",
         "x.conf:2: warning: notify sends nothing in this version"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        g_autoptr(Settings) settings =
            settings_read_text("x.conf", cases[i].text, strlen(cases[i].text), problems);
        if (settings == NULL || !has_text(problems, cases[i].warning)) {
            print_all(problems);
            fail_msg("%s\n  does not give: %s", cases[i].text, cases[i].warning);
        }
        assert_int_equal(settings_problems_errors(problems), 0);
    }
}

static void what_is_allowed_gives_no_problem(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ACME CORP,
        ACME "directories = ( { name = \"okta\"; pushed_groups_of = \"acme\"; } );",
        ACME "directories = ( { name = \"okta\"; pushed_groups_of = \"acme\"; connection = "
             "\"okta\"; } );\nrules = ( { group = \"Team\"; organization = \"acme\"; role = "
             "\"member\"; }, { group = \"Out\"; deny = true; } );",
        "endpoint = { listen = \"0.0.0.0:80\"; insecure = true; };",
        "endpoint = { listen = \"[::1]:0\"; };",
        "endpoint = { trusted_proxies = [ \"10.0.0.5\", \"fd00::5\", \"unix\" ]; };",
        "endpoint = { limits = { body = 4096; filter = 100; filter_terms = 3; filter_depth = 2;"
        " path = 100; json_depth = 9; page = 50; bulk_body = 4096; rate = 25; }; };",
        "endpoint = { listen = \"localhost:80\"; };",
        "endpoint = { listen = \"unix:/run/http.sock\"; };",
        "directories = ( { name = \"d\"; uri = \"ldap://dc.example\"; base = \"dc=a\"; "
        "start_tls = true; } );",
        "directories = ( { name = \"d\"; uri = \"ldap://[::1]:3389\"; base = \"dc=a\"; } );",
        "organizations = ( { name = \"a\"; target = { url = \"https://s.example\"; credential "
        "= \"t\"; }; } );",
        "sync = { target = { url = \"http://127.0.0.1:1\"; token_file = \"/t\"; }; };",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) problems = settings_problems_new();
        g_autoptr(Settings) settings =
            settings_read_text("x.conf", texts[i], strlen(texts[i]), problems);
        print_all(problems);
        if (settings == NULL || problems->len != 0)
            fail_msg("%s", texts[i]);
    }
}

static void all_problems_are_told_at_once_in_the_order_of_lines(void **state)
{
    (void)state;
    const char *text =
        "sync = { state = \"here\"; };\n"
        "endpoint = { listen = \"0.0.0.0:1\"; };\n"
        "organizations = ( { name = \"a\"; seats = 0; } );\n"
        "rules = ( { group = \"g\"; organization = \"b\"; role = \"owner\"; } );\n";
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_null(settings);
    assert_true(settings_problems_errors(problems) >= 5);
    guint line = 0;
    for (guint i = 0; i < problems->len; i++) {
        const struct settings_problem *problem = g_ptr_array_index(problems, i);
        assert_true(problem->line >= line);
        line = problem->line;
    }
    assert_int_equal(line, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_together_is_an_error),
        cmocka_unit_test(what_is_merely_unwise_is_a_warning),
        cmocka_unit_test(what_is_allowed_gives_no_problem),
        cmocka_unit_test(all_problems_are_told_at_once_in_the_order_of_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
