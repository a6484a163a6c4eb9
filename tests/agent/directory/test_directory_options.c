#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/directory_options.h"
#include "scim/protocol/outcome.h"

struct options_case {
    const char *uris, *base, *bind_dn, *secret, *ca_file;
    gboolean start_tls;
    const char *says; /* NULL: fine */
};

static const struct options_case cases[] = {
    {.uris = "ldaps://dc.corp.example", .base = "dc=x"},
    {.uris = "ldaps://dc.corp.example:6360/ ldaps://[2001:db8::1]", .base = "dc=x"},
    {.uris = "ldap://dc.corp.example", .base = "dc=x", .start_tls = TRUE},
    {.uris = "ldap://127.0.0.1:389 ldap://127.9.9.9 ldap://[::1] ldap://LOCALHOST",
     .base = "dc=x"},
    {.uris = "ldap://dc.corp.example", .base = "dc=x", .says = "unencrypted"},
    {.uris = "ldap://127.0.0.1.evil.example", .base = "dc=x", .says = "unencrypted"},
    {.uris = "ldap://10.0.0.1", .base = "dc=x", .says = "unencrypted"},
    {.uris = "ldaps://a.example ldap://b.example",
     .base = "dc=x",
     .says = "'ldap://b.example'"},
    {.uris = "ldaps://a.example",
     .base = "dc=x",
     .start_tls = TRUE,
     .says = "start_tls = false"},
    {.uris = "http://a.example", .base = "dc=x", .says = "ldaps://host"},
    {.uris = "ldapi:///", .base = "dc=x", .says = "ldaps://host"},
    {.uris = "a.example", .base = "dc=x", .says = "ldaps://host"},
    {.uris = "ldaps://", .base = "dc=x", .says = "ldaps://host"},
    {.uris = "ldaps://a.example/dc=x", .base = "dc=x", .says = "only host and port"},
    {.uris = "ldaps://a.example/?cn", .base = "dc=x", .says = "only host and port"},
    {.uris = "", .base = "dc=x", .says = "no uri"},
    {.uris = "ldaps://a.example", .says = "no base"},
    {.uris = "ldaps://a.example", .base = "example.test", .says = "is not a DN"},
    {.uris = "ldaps://a.example", .base = "dc=x", .bind_dn = "cn=a", .secret = "s"},
    {.uris = "ldaps://a.example", .base = "dc=x", .bind_dn = "cn=a", .says = "is empty"},
    {.uris = "ldaps://a.example",
     .base = "dc=x",
     .bind_dn = "cn=a",
     .secret = "",
     .says = "is empty"},
    {.uris = "ldaps://a.example",
     .base = "dc=x",
     .bind_dn = "cn=a",
     .secret = " \t\n",
     .says = "is empty"},
    {.uris = "ldaps://a.example", .base = "dc=x", .secret = "s", .says = "no bind_dn"},
    {.uris = "ldaps://a.example",
     .base = "dc=x",
     .ca_file = "/nowhere/ca.pem",
     .says = "ca_file"},
};

static void what_is_unsafe_or_senseless_is_refused(void **state G_GNUC_UNUSED)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DirectoryOptions) options = directory_options_new("corp");
        g_autoptr(GError) error = NULL;
        options->uris = g_strsplit(cases[i].uris, " ", -1);
        options->base = g_strdup(cases[i].base);
        options->bind_dn = g_strdup(cases[i].bind_dn);
        options->secret = g_strdup(cases[i].secret);
        options->ca_file = g_strdup(cases[i].ca_file);
        options->start_tls = cases[i].start_tls;
        gboolean good = directory_options_check(options, &error);
        if (good != (cases[i].says == NULL))
            fail_msg("case %zu (%s): %s", i, cases[i].uris, good ? "accepted" : error->message);
        if (good)
            continue;
        assert_int_equal(error->code, OUTCOME_SETTINGS);
        if (strstr(error->message, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error->message);
    }
}

static void active_directory_logons_are_taken_as_names_to_bind_with(void **state G_GNUC_UNUSED)
{
    static const char *const names[] = {"CORP\\rolecall", "rolecall@corp.example", "cn=a,dc=x"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(DirectoryOptions) options = directory_options_new("corp");
        g_autoptr(GError) error = NULL;
        options->uris = g_strsplit("ldaps://a.example", " ", -1);
        options->base = g_strdup("dc=x");
        options->bind_dn = g_strdup(names[i]);
        options->secret = g_strdup("s");
        if (!directory_options_check(options, &error))
            fail_msg("%s", error->message);
    }
}

static void a_copy_is_deep_and_has_every_default(void **state G_GNUC_UNUSED)
{
    DirectoryOptions *options = directory_options_new("corp");
    options->page_size = 0;
    options->connect_timeout = 0;
    options->search_timeout = 7;
    options->secret = g_strdup("s");
    options->member_attributes = g_strsplit("member owner", " ", -1);
    g_autoptr(DirectoryOptions) copy = directory_options_copy(options);
    directory_options_free(options);
    assert_string_equal(copy->name, "corp");
    assert_string_equal(copy->secret, "s");
    assert_string_equal(copy->member_attributes[1], "owner");
    assert_int_equal(copy->page_size, DIRECTORY_PAGE_SIZE_DEFAULT);
    assert_int_equal(copy->connect_timeout, DIRECTORY_CONNECT_TIMEOUT_DEFAULT);
    assert_int_equal(copy->search_timeout, 7);
    directory_options_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_unsafe_or_senseless_is_refused),
        cmocka_unit_test(active_directory_logons_are_taken_as_names_to_bind_with),
        cmocka_unit_test(a_copy_is_deep_and_has_every_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
