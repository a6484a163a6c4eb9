#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_report.h"

static void findings_are_kept_in_order_with_their_words(void **state)
{
    (void)state;
    struct audit_report report;
    audit_report_init(&report);
    assert_int_equal(report.findings->len, 0);
    audit_report_add(&report, "acme", 7, "record %d is %s", 7, "gone");
    audit_report_add(&report, NULL, 0, "the file is missing");
    const struct audit_finding *first = report.findings->pdata[0];
    const struct audit_finding *second = report.findings->pdata[1];
    assert_string_equal(first->organization, "acme");
    assert_int_equal(first->seq, 7);
    assert_string_equal(first->text, "record 7 is gone");
    assert_null(second->organization);
    audit_report_clear(&report);
    audit_report_clear(&report);
}

static void a_million_findings_of_one_organization_are_told_as_a_few_and_more(void **state)
{
    (void)state;
    struct audit_report report;
    audit_report_init(&report);
    for (gint64 i = 1; i <= 1000; i++)
        audit_report_add(&report, "acme", i, "broken");
    audit_report_add(&report, "other", 1, "broken");
    assert_int_equal(report.findings->len, AUDIT_REPORT_MAX + 2);
    const struct audit_finding *more = report.findings->pdata[AUDIT_REPORT_MAX];
    assert_string_equal(more->text, "and more of the kind");
    audit_report_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_are_kept_in_order_with_their_words),
        cmocka_unit_test(a_million_findings_of_one_organization_are_told_as_a_few_and_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
