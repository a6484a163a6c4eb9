#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <ldap.h>

#include "agent/directory/directory_session.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/directory/fake_directory.h"

static DirectoryOptions *options_for(const char *uris)
{
    DirectoryOptions *options = directory_options_new("corp");
    options->uris = g_strsplit(uris, " ", -1);
    options->bind_dn = g_strdup("cn=reader,dc=x");
    options->secret = g_strdup("s3cret");
    options->connect_timeout = 2;
    return options;
}

static void the_handle_is_safe_and_the_server_known(void **state G_GNUC_UNUSED)
{
    struct fake_directory *fake = fake_directory_start(NULL, 0);
    g_autoptr(DirectoryOptions) options = options_for(fake->uri);
    g_autoptr(GError) error = NULL;
    int version = 0;
    int demand = -1;
    int referrals = -1;
    fake->root = "supportedCapabilities: 1.2.840.113556.1.4.800\n";
    g_setenv("LDAPTLS_REQCERT", "never", TRUE);
    DirectorySession *session = directory_session_open(options, &error);
    if (session == NULL)
        fail_msg("%s", error->message);
    assert_null(g_getenv("LDAPTLS_REQCERT"));
    assert_string_equal(g_getenv("LDAPNOINIT"), "1");
    ldap_get_option(session->handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_get_option(session->handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    ldap_get_option(session->handle, LDAP_OPT_REFERRALS, &referrals);
    assert_int_equal(version, 3);
    assert_int_equal(demand, LDAP_OPT_X_TLS_DEMAND);
    assert_int_equal(referrals, 0);
    assert_true(session->pages);
    assert_int_equal(session->kind, DIRECTORY_KIND_ACTIVE_DIRECTORY);
    assert_string_equal(session->naming_contexts[0], "dc=x");
    directory_session_close(session);
    directory_session_close(NULL);
    fake_directory_stop(fake);
}

static void a_bind_that_proves_nothing_is_denied(void **state G_GNUC_UNUSED)
{
    struct fake_directory *fake = fake_directory_start(NULL, 0);
    g_autoptr(DirectoryOptions) options = options_for(fake->uri);
    g_autoptr(GError) error = NULL;
    fake->caller = "";
    assert_null(directory_session_open(options, &error));
    assert_int_equal(error->code, OUTCOME_DENIED);
    assert_non_null(strstr(error->message, "takes us for anonymous"));
    fake_directory_stop(fake);
}

static void a_refused_bind_is_not_tried_elsewhere(void **state G_GNUC_UNUSED)
{
    struct fake_directory *first = fake_directory_start(NULL, 0);
    struct fake_directory *second = fake_directory_start(NULL, 0);
    g_autofree char *uris = g_strjoin(" ", first->uri, second->uri, NULL);
    g_autoptr(DirectoryOptions) options = options_for(uris);
    g_autoptr(GError) refused = NULL;
    g_autoptr(GError) busy = NULL;
    first->bind_code = LDAP_INVALID_CREDENTIALS;
    assert_null(directory_session_open(options, &refused));
    assert_int_equal(refused->code, OUTCOME_DENIED);
    assert_null(strstr(refused->message, "s3cret"));
    first->bind_code = LDAP_BUSY;
    g_autoptr(DirectorySession) session = directory_session_open(options, &busy);
    assert_non_null(session);
    assert_string_equal(session->uri, second->uri);
    g_clear_pointer(&session, directory_session_close);
    fake_directory_stop(first);
    fake_directory_stop(second);
}

static void every_server_that_is_away_is_named(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = options_for("ldap://127.0.0.1:1 ldap://127.0.0.1:2");
    g_autoptr(GError) error = NULL;
    assert_null(directory_session_open(options, &error));
    assert_int_equal(error->code, OUTCOME_RETRY);
    assert_string_equal(error->message,
                        "ldap://127.0.0.1:1: cannot connect: Connection refused; "
                        "ldap://127.0.0.1:2: cannot connect: Connection refused");
}

static void the_deadline_cuts_every_limit(void **state G_GNUC_UNUSED)
{
    g_autoptr(DirectoryOptions) options = directory_options_new("corp");
    assert_int_equal(directory_session_time_left(options, 3), 3 * G_USEC_PER_SEC);
    options->deadline = g_get_monotonic_time() + G_USEC_PER_SEC;
    assert_in_range(directory_session_time_left(options, 3), 1, G_USEC_PER_SEC);
    options->deadline = 1;
    assert_int_equal(directory_session_time_left(options, 3), 0);
}

static void failures_say_what_the_code_means(void **state G_GNUC_UNUSED)
{
    static const struct {
        int code;
        const char *said;
        int outcome;
        const char *text;
    } cases[] = {
        {LDAP_INVALID_CREDENTIALS,
         "80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 533, "
         "v1db1\n",
         OUTCOME_DENIED, "the account is disabled"},
        {LDAP_INVALID_CREDENTIALS, NULL, OUTCOME_DENIED, "bind: Invalid credentials (49)"},
        {LDAP_SIZELIMIT_EXCEEDED, "", OUTCOME_RETRY, "bind: Size limit exceeded (4)"},
        {LDAP_NO_SUCH_OBJECT, NULL, OUTCOME_SETTINGS, "No such object (32)"},
        {LDAP_SERVER_DOWN, "a\r\nb", OUTCOME_RETRY, "the server says 'a  b'"},
        {LDAP_BUSY, "\xff", OUTCOME_RETRY, "the server says"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        directory_session_fail(&error, cases[i].code, cases[i].said, "bind");
        assert_int_equal(error->code, cases[i].outcome);
        assert_true(g_utf8_validate(error->message, -1, NULL));
        assert_null(strpbrk(error->message, "\r\n"));
        if (strstr(error->message, cases[i].text) == NULL)
            fail_msg("%s", error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handle_is_safe_and_the_server_known),
        cmocka_unit_test(a_bind_that_proves_nothing_is_denied),
        cmocka_unit_test(a_refused_bind_is_not_tried_elsewhere),
        cmocka_unit_test(every_server_that_is_away_is_named),
        cmocka_unit_test(the_deadline_cuts_every_limit),
        cmocka_unit_test(failures_say_what_the_code_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
