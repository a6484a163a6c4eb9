/* A slapd that is slow, cut, killed, limited or referring: a whole snapshot or an error, in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "tests/live/directory_reader.h"
#include "tests/support/fault_proxy.h"

#define EVERYTHING "groups;people;mail;cn"
#define CUT_POINTS 300

static struct slapd_fixture *slapd;

static int start(void **state G_GNUC_UNUSED)
{
    g_autofree char *company = slapd_fixture_company(60, 6);
    slapd = slapd_fixture_start(company);
    return 0;
}

static int stop(void **state G_GNUC_UNUSED)
{
    slapd_fixture_stop(slapd);
    return 0;
}

static DirectoryOptions *options_over(const struct fault_proxy *proxy)
{
    g_autofree char *uri = g_strdup_printf("ldap://127.0.0.1:%u", proxy->port);
    DirectoryOptions *options = directory_reader_options(slapd, uri);
    options->page_size = 25;
    return options;
}

static void a_cut_anywhere_gives_all_or_an_error(void **state G_GNUC_UNUSED)
{
    struct fault_proxy *proxy = fault_proxy_start(slapd->ldap_port);
    g_autoptr(DirectoryOptions) options = options_over(proxy);
    g_autoptr(GError) error = NULL;
    g_autofree char *whole = directory_reader_read(options, EVERYTHING, &error);
    assert_non_null(whole);
    gsize total = fault_proxy_bytes(proxy);
    guint failed = 0;
    assert_true(total > 10000);
    for (guint i = 0; i < CUT_POINTS; i++) {
        gsize at = total * i / (CUT_POINTS - 10);
        g_autoptr(GError) problem = NULL;
        fault_proxy_set(proxy, i % 2 == 0 ? FAULT_PROXY_CUT : FAULT_PROXY_RESET, at);
        g_autofree char *shown = directory_reader_read(options, EVERYTHING, &problem);
        if (shown != NULL)
            assert_string_equal(shown, whole);
        else
            failed++;
        if (at < total - 1 && shown != NULL)
            fail_msg("cut after %zu of %zu bytes, and yet a snapshot", at, total);
    }
    assert_in_range(failed, CUT_POINTS - 15, CUT_POINTS - 8);
    fault_proxy_stop(proxy);
}

static void a_server_that_falls_silent_is_left_in_time(void **state G_GNUC_UNUSED)
{
    static const gsize points[] = {0, 3, 14, 200, 3000};
    struct fault_proxy *proxy = fault_proxy_start(slapd->ldap_port);
    g_autoptr(DirectoryOptions) options = options_over(proxy);
    options->connect_timeout = 1;
    options->search_timeout = 1;
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
        gint64 since = g_get_monotonic_time();
        fault_proxy_set(proxy, FAULT_PROXY_STALL, points[i]);
        directory_reader_expect_error(options, EVERYTHING, OUTCOME_RETRY, "corp");
        assert_in_range(g_get_monotonic_time() - since, 900000, 3500000);
    }
    fault_proxy_stop(proxy);
}

static void a_mute_server_does_not_hang_tls(void **state G_GNUC_UNUSED)
{
    struct fault_proxy *mute = fault_proxy_start(slapd->ldaps_port);
    g_autofree char *uri = g_strdup_printf("ldaps://127.0.0.1:%u", mute->port);
    g_autoptr(DirectoryOptions) ldaps = directory_reader_options(slapd, uri);
    gint64 since = g_get_monotonic_time();
    ldaps->connect_timeout = 1;
    fault_proxy_set(mute, FAULT_PROXY_STALL, 0);
    directory_reader_expect_error(ldaps, EVERYTHING, OUTCOME_RETRY, "no answer within 1 s");
    fault_proxy_stop(mute);
    /* StartTLS: silent from the start, and after its answer of 14 bytes, in the handshake. */
    for (gsize answered = 0; answered <= 14; answered += 14) {
        struct fault_proxy *proxy = fault_proxy_start(slapd->ldap_port);
        g_autoptr(DirectoryOptions) options = options_over(proxy);
        options->connect_timeout = 1;
        options->start_tls = TRUE;
        fault_proxy_set(proxy, FAULT_PROXY_STALL, answered);
        directory_reader_expect_error(options, EVERYTHING, OUTCOME_RETRY,
                                      "no answer within 1 s");
        fault_proxy_stop(proxy);
    }
    assert_in_range(g_get_monotonic_time() - since, 2700000, 6000000);
}

static void the_runs_deadline_ends_a_read(void **state G_GNUC_UNUSED)
{
    struct fault_proxy *proxy = fault_proxy_start(slapd->ldap_port);
    g_autoptr(DirectoryOptions) options = options_over(proxy);
    gint64 since = g_get_monotonic_time();
    options->deadline = since + G_USEC_PER_SEC / 2;
    fault_proxy_set(proxy, FAULT_PROXY_STALL, 3000);
    directory_reader_expect_error(options, EVERYTHING, OUTCOME_INTERRUPTED,
                                  "the time for this run");
    options->deadline = since;
    directory_reader_expect_error(options, EVERYTHING, OUTCOME_INTERRUPTED,
                                  "the time for this run");
    assert_in_range(g_get_monotonic_time() - since, 450000, 2000000);
    fault_proxy_stop(proxy);
}

/* Freezes or kills the server when the first entries of a read have come. */
struct breaking {
    gboolean kill;
    guint times;
};

static void break_server(void *context, const char *directory G_GNUC_UNUSED,
                         guint entries G_GNUC_UNUSED)
{
    struct breaking *breaking = context;
    if (breaking->times++ > 0)
        return;
    if (breaking->kill)
        slapd_fixture_kill(slapd);
    else
        slapd_fixture_freeze(slapd);
}

static void a_server_stopped_or_killed_in_mid_read_gives_nothing(void **state G_GNUC_UNUSED)
{
    g_autofree char *company = slapd_fixture_company(3000, 3);
    struct slapd_fixture *small = slapd;
    for (gboolean kill = FALSE; kill <= TRUE; kill++) {
        struct breaking breaking = {.kill = kill};
        struct source_observer observer = {.progress = break_server, .context = &breaking};
        g_autoptr(GError) error = NULL;
        g_autoptr(Needs) needs = directory_case_needs("people;mail");
        slapd = slapd_fixture_start(company);
        g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
        options->search_timeout = 1;
        options->page_size = 100;
        struct source *source =
            ldap_source_new(options, directory_case_clock(), &observer, &error);
        Snapshot *snapshot = source->read(source, needs, &error);
        assert_null(snapshot);
        assert_int_equal(error->code, OUTCOME_RETRY);
        assert_int_equal(breaking.times, 1);
        g_clear_error(&error);
        if (kill)
            slapd_fixture_restart(slapd);
        else
            slapd_fixture_thaw(slapd);
        /* The same source recovers by itself. */
        snapshot = source->read(source, needs, &error);
        assert_non_null(snapshot);
        assert_int_equal(snapshot->person_count, 3000);
        snapshot_free(snapshot);
        source->free(source);
        slapd_fixture_stop(slapd);
    }
    slapd = small;
}

static void limits_of_the_server_are_errors(void **state G_GNUC_UNUSED)
{
    static const struct {
        const char *limits, *says;
        guint page_size;
    } cases[] = {
        {"size=20", "Size limit exceeded (4)", 1000},
        {"size.soft=20 size.hard=30 size.pr=10 size.prtotal=30", "Size limit exceeded (4)", 10},
        {"size.unchecked=1", "(11)", 1000},
        {"size.prtotal=disabled", "(11)", 1000},
    };

    g_autofree char *company = slapd_fixture_company(60, 6);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *limits = g_strdup_printf(
            "limits dn.exact=\"" SLAPD_FIXTURE_BIND_DN "\" %s", cases[i].limits);
        struct slapd_fixture *limited = slapd_fixture_start_with(
            &(struct slapd_fixture_options){.ldif = company, .extra_config = limits});
        g_autoptr(DirectoryOptions) options = directory_reader_options(limited, NULL);
        options->page_size = cases[i].page_size;
        options->person_filter = g_strdup("(sn=*)");
        directory_reader_expect_error(options, EVERYTHING, OUTCOME_RETRY, cases[i].says);
        slapd_fixture_stop(limited);
    }
}

static void a_referral_is_never_followed(void **state G_GNUC_UNUSED)
{
    struct fault_proxy *elsewhere = fault_proxy_start(slapd->ldap_port);
    g_autoptr(DirectoryOptions) options = directory_reader_options(slapd, NULL);
    g_autofree char *referral = g_strdup_printf(
        "dn: ou=branch,dc=example,dc=test\nchangetype: add\nobjectClass: referral\n"
        "objectClass: extensibleObject\nou: branch\n"
        "ref: ldap://127.0.0.1:%u/ou=groups,dc=example,dc=test\n",
        elsewhere->port);
    g_autofree char *says =
        g_strdup_printf("references are never followed|ldap://127.0.0.1:%u", elsewhere->port);
    slapd_fixture_modify(slapd, referral);
    directory_reader_expect_error(options, EVERYTHING, OUTCOME_SETTINGS, says);
    options->people_base = g_strdup("ou=branch,dc=example,dc=test");
    directory_reader_expect_error(options, EVERYTHING, OUTCOME_RETRY, "(10)");
    assert_int_equal(fault_proxy_connections(elsewhere), 0);
    slapd_fixture_modify(slapd,
                         "dn: ou=branch,dc=example,dc=test\ncontrol: 2.16.840.1.113730.3.4.2 "
                         "true\nchangetype: delete\n");
    fault_proxy_stop(elsewhere);
}

static void the_second_server_is_asked_when_the_first_is_away(void **state G_GNUC_UNUSED)
{
    g_autofree char *uris = g_strdup_printf("ldap://127.0.0.1:1 %s", slapd->ldap_uri);
    g_autoptr(DirectoryOptions) only = directory_reader_options(slapd, NULL);
    g_autoptr(DirectoryOptions) both = directory_reader_options(slapd, uris);
    g_autoptr(DirectoryOptions) none =
        directory_reader_options(slapd, "ldap://127.0.0.1:1 ldaps://127.0.0.1:2");
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = directory_reader_read(only, EVERYTHING, &error);
    assert_non_null(shown);
    directory_reader_expect(both, EVERYTHING, shown);
    directory_reader_expect_error(none, EVERYTHING, OUTCOME_RETRY,
                                  "ldap://127.0.0.1:1: cannot connect: Connection refused|"
                                  "ldaps://127.0.0.1:2: cannot connect: Connection refused");
    g_free(both->secret);
    both->secret = g_strdup("wrong");
    directory_reader_expect_error(both, EVERYTHING, OUTCOME_DENIED, "Invalid credentials (49)");
}

static void a_hidden_subtree_is_a_missing_base(void **state G_GNUC_UNUSED)
{
    g_autofree char *company = slapd_fixture_company(6, 2);
    struct slapd_fixture *hiding = slapd_fixture_start_with(&(struct slapd_fixture_options){
        .ldif = company,
        .extra_config = "access to dn.subtree=\"ou=people,dc=example,dc=test\" by * none"});
    g_autoptr(DirectoryOptions) options = directory_reader_options(hiding, NULL);
    options->people_base = g_strdup("ou=people,dc=example,dc=test");
    directory_reader_expect_error(
        options, "group:g000", OUTCOME_SETTINGS,
        "people_base 'ou=people,dc=example,dc=test' does not exist, or");
    slapd_fixture_stop(hiding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_gives_all_or_an_error),
        cmocka_unit_test(a_server_that_falls_silent_is_left_in_time),
        cmocka_unit_test(a_mute_server_does_not_hang_tls),
        cmocka_unit_test(the_runs_deadline_ends_a_read),
        cmocka_unit_test(a_server_stopped_or_killed_in_mid_read_gives_nothing),
        cmocka_unit_test(limits_of_the_server_are_errors),
        cmocka_unit_test(a_referral_is_never_followed),
        cmocka_unit_test(the_second_server_is_asked_when_the_first_is_away),
        cmocka_unit_test(a_hidden_subtree_is_a_missing_base),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
