/* TLS and StartTLS with real certificates, good and bad: what is refused, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/protocol/outcome.h"
#include "tests/live/directory_reader.h"

#define WORDS "group:g000"

static DirectoryOptions *options_for(const struct slapd_fixture *slapd, gboolean start_tls)
{
    DirectoryOptions *options =
        directory_reader_options(slapd, start_tls ? slapd->ldap_uri : slapd->ldaps_uri);
    options->start_tls = start_tls;
    return options;
}

static struct slapd_fixture *start(enum slapd_certificate certificate)
{
    g_autofree char *company = slapd_fixture_company(3, 1);
    return slapd_fixture_start_with(
        &(struct slapd_fixture_options){.ldif = company, .certificate = certificate});
}

static void a_good_certificate_is_taken(void **state G_GNUC_UNUSED)
{
    struct slapd_fixture *slapd = start(SLAPD_CERTIFICATE_GOOD);
    g_autofree char *by_name = g_strdup_printf("ldaps://localhost:%u", slapd->ldaps_port);
    for (gboolean start_tls = FALSE; start_tls <= TRUE; start_tls++) {
        g_autoptr(DirectoryOptions) options = options_for(slapd, start_tls);
        g_autoptr(GError) error = NULL;
        g_autofree char *shown = directory_reader_read(options, WORDS, &error);
        if (shown == NULL)
            fail_msg("%s", error->message);
    }
    g_autoptr(DirectoryOptions) named = directory_reader_options(slapd, by_name);
    directory_reader_expect_error(named, WORDS, OUTCOME_SETTINGS, "write 127.0.0.1");
    slapd_fixture_stop(slapd);
}

static void a_bad_certificate_is_refused_with_its_cause(void **state G_GNUC_UNUSED)
{
    static const struct {
        enum slapd_certificate certificate;
        const char *says;
    } cases[] = {
        {SLAPD_CERTIFICATE_EXPIRED, "its certificate expired on 20|have it renewed"},
        {SLAPD_CERTIFICATE_NOT_YET_VALID, "is not yet valid, only from 20"},
        {SLAPD_CERTIFICATE_WRONG_NAME, "for another name than '127.0.0.1' (wrong name)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct slapd_fixture *slapd = start(cases[i].certificate);
        for (gboolean start_tls = FALSE; start_tls <= TRUE; start_tls++) {
            g_autoptr(DirectoryOptions) options = options_for(slapd, start_tls);
            directory_reader_expect_error(options, WORDS, OUTCOME_SETTINGS, cases[i].says);
        }
        slapd_fixture_stop(slapd);
    }
}

static void an_unknown_ca_is_refused_whatever_the_environment_says(void **state G_GNUC_UNUSED)
{
    struct slapd_fixture *slapd = start(SLAPD_CERTIFICATE_GOOD);
    g_autofree char *rc = g_build_filename(slapd->folder, "ldaprc", NULL);
    g_autofree char *here = g_get_current_dir();
    assert_true(g_file_set_contents(rc, "TLS_REQCERT never\n", -1, NULL));
    assert_int_equal(g_chdir(slapd->folder), 0);
    g_setenv("LDAPTLS_REQCERT", "never", TRUE);
    g_setenv("LDAPRC", rc, TRUE);
    for (gboolean start_tls = FALSE; start_tls <= TRUE; start_tls++) {
        g_autoptr(DirectoryOptions) options = options_for(slapd, start_tls);
        g_free(options->ca_file);
        options->ca_file = g_strdup(slapd->other_ca_file);
        directory_reader_expect_error(options, WORDS, OUTCOME_SETTINGS,
                                      "unknown CA|CN=Test CA|set ca_file");
    }
    assert_null(g_getenv("LDAPTLS_REQCERT"));
    assert_int_equal(g_chdir(here), 0);
    slapd_fixture_stop(slapd);
}

static void the_machines_own_authorities_do_not_know_a_private_ca(void **state G_GNUC_UNUSED)
{
    struct slapd_fixture *slapd = start(SLAPD_CERTIFICATE_GOOD);
    g_autoptr(DirectoryOptions) options = options_for(slapd, TRUE);
    g_clear_pointer(&options->ca_file, g_free);
    directory_reader_expect_error(options, WORDS, OUTCOME_SETTINGS, "127.0.0.1");
    slapd_fixture_stop(slapd);
}

static void no_tls_where_it_is_wanted_is_refused(void **state G_GNUC_UNUSED)
{
    struct slapd_fixture *slapd = start(SLAPD_CERTIFICATE_NONE);
    g_autofree char *wrong_port = g_strdup_printf("ldaps://127.0.0.1:%u", slapd->ldap_port);
    g_autoptr(DirectoryOptions) options = options_for(slapd, TRUE);
    g_autoptr(DirectoryOptions) ldaps = directory_reader_options(slapd, wrong_port);
    directory_reader_expect_error(options, WORDS, OUTCOME_SETTINGS, "offers no StartTLS");
    directory_reader_expect_error(ldaps, WORDS, OUTCOME_SETTINGS, "TLS");
    slapd_fixture_stop(slapd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_certificate_is_taken),
        cmocka_unit_test(a_bad_certificate_is_refused_with_its_cause),
        cmocka_unit_test(an_unknown_ca_is_refused_whatever_the_environment_says),
        cmocka_unit_test(the_machines_own_authorities_do_not_know_a_private_ca),
        cmocka_unit_test(no_tls_where_it_is_wanted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
