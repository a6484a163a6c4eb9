#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/audit_export.h"
#include "agent/command/serve_organizations.h"
#include "agent/settings/settings_read.h"
#include "scim/organization/audit.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/command/rolecall_fixture.h"

static Settings *settings_of(const struct rolecall_fixture *fixture)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    Settings *settings = settings_read(fixture->config, problems);
    assert_non_null(settings);
    return settings;
}

static void formats_have_names(void **state)
{
    (void)state;
    enum audit_export_format format = AUDIT_EXPORT_JSONL;
    assert_true(audit_export_format_parse("csv", &format));
    assert_int_equal(format, AUDIT_EXPORT_CSV);
    assert_true(audit_export_format_parse("jsonl", &format));
    assert_int_equal(format, AUDIT_EXPORT_JSONL);
    assert_false(audit_export_format_parse("CSV", &format));
}

static void lines_and_records_are_as_many_and_each_export_adds_one(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    struct operator_access access = {NULL};
    gint64 before = 0;
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    for (int format = AUDIT_EXPORT_JSONL; format <= AUDIT_EXPORT_CSV; format++) {
        gint64 records = 0;
        g_autofree char *text = NULL;
        const char *path = rolecall_fixture_path(fixture, "out");
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(audit_export_write(&access, "acme", (enum audit_export_format)format, file,
                                       &records, NULL));
        fclose(file);
        assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        assert_int_equal(g_strv_length(lines) - 1, records + (format == AUDIT_EXPORT_CSV));
        assert_true(before == 0 || records == before + 1);
        before = records;
    }
    operator_access_close(&access);
}

static void what_concerns_all_organizations_is_a_trail_of_its_own(void **state)
{
    struct rolecall_fixture *fixture = *state;
    g_autoptr(Settings) settings = settings_of(fixture);
    g_autofree char *text = NULL;
    struct operator_access access = {NULL};
    gint64 records = 0;
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    const char *path = rolecall_fixture_path(fixture, "out");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(audit_export_write(&access, AUDIT_EVERYWHERE, AUDIT_EXPORT_JSONL, file,
                                   &records, NULL));
    fclose(file);
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_non_null(strstr(text, "\"action\":\"export\""));
    assert_null(strstr(text, "\"organization\":\"acme\""));
    operator_access_close(&access);
}

static void a_disk_that_is_full_is_told(void **state)
{
    g_autoptr(Settings) settings = settings_of(*state);
    g_autoptr(GError) error = NULL;
    struct operator_access access = {NULL};
    gint64 records = 0;
    assert_true(operator_access_open(&access, settings, NULL));
    assert_true(serve_organizations_ensure(&access, NULL));
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    assert_false(
        audit_export_write(&access, "acme", AUDIT_EXPORT_JSONL, full, &records, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERNAL));
    assert_non_null(strstr(error->message, "cannot be written"));
    fclose(full);
    operator_access_close(&access);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_have_names),
        ON_A_FIXTURE(lines_and_records_are_as_many_and_each_export_adds_one),
        ON_A_FIXTURE(what_concerns_all_organizations_is_a_trail_of_its_own),
        ON_A_FIXTURE(a_disk_that_is_full_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
