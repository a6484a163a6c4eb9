#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/directory_reading.h"
#include "agent/settings/settings_read.h"
#include "tests/agent/command/rolecall_fixture.h"

struct read {
    Settings *settings;
    Assembly *assembly;
    GPtrArray *failures;
};

static struct read begin(const struct rolecall_fixture *fixture)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    struct read read = {.settings = settings_read(fixture->config, problems)};
    const struct assembly_request request = {.without_endpoint = TRUE};
    assert_non_null(read.settings);
    read.assembly = assembly_new(read.settings, &request, NULL);
    read.failures = g_ptr_array_new_with_free_func(g_free);
    assert_non_null(read.assembly);
    return read;
}

static void end(struct read *read)
{
    g_ptr_array_unref(read->failures);
    assembly_free(read->assembly);
    settings_free(read->settings);
}

static void the_rules_are_answered_on_what_was_read(void **state)
{
    struct read read = begin(*state);
    DirectoryReading *reading = directory_reading_new(read.assembly, read.failures, NULL);
    assert_non_null(reading);
    assert_int_equal(read.failures->len, 0);
    assert_int_equal(reading->snapshots->len, 1);
    const struct mapper_organization organization = directory_reading_organization(
        read.settings, settings_organization(read.settings, "acme"));
    Desired *desired = mapper_desired(reading->mapper, &organization);
    const struct desired_link *ada = desired_find(desired, "directory:corp", "1");
    assert_non_null(ada);
    assert_int_equal(ada->role, ORGANIZATION_ROLE_OWNER);
    desired_free(desired);
    directory_reading_free(reading);
    end(&read);
}

static void a_directory_that_fails_is_told_and_left_out(void **state)
{
    rolecall_fixture_write(*state, "corp.ldif", "");
    struct read read = begin(*state);
    DirectoryReading *reading = directory_reading_new(read.assembly, read.failures, NULL);
    assert_non_null(reading);
    assert_int_equal(read.failures->len, 1);
    assert_true(g_str_has_prefix(g_ptr_array_index(read.failures, 0), "directory \"corp\": "));
    assert_null(g_ptr_array_index(reading->snapshots, 0));
    directory_reading_free(reading);
    end(&read);
}

int main(void)
{
#define ON_A_FIXTURE(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, rolecall_fixture_setup, rolecall_fixture_teardown)
    const struct CMUnitTest tests[] = {
        ON_A_FIXTURE(the_rules_are_answered_on_what_was_read),
        ON_A_FIXTURE(a_directory_that_fails_is_told_and_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
