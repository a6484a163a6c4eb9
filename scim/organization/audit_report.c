#include "scim/organization/audit_report.h"

static void finding_free(gpointer data)
{
    struct audit_finding *finding = data;
    g_free(finding->organization);
    g_free(finding->text);
    g_free(finding);
}

void audit_report_init(struct audit_report *report)
{
    *report = (struct audit_report){.findings = g_ptr_array_new_with_free_func(finding_free)};
}

void audit_report_clear(struct audit_report *report)
{
    if (report->findings != NULL)
        g_ptr_array_unref(report->findings);
    *report = (struct audit_report){0};
}

static guint count_of(const struct audit_report *report, const char *organization)
{
    guint count = 0;
    for (guint i = 0; i < report->findings->len; i++) {
        const struct audit_finding *finding = report->findings->pdata[i];
        count += g_strcmp0(finding->organization, organization) == 0;
    }
    return count;
}

void audit_report_add(struct audit_report *report, const char *organization, gint64 seq,
                      const char *format, ...)
{
    const guint count = count_of(report, organization);
    if (count > AUDIT_REPORT_MAX)
        return;
    struct audit_finding *finding = g_new0(struct audit_finding, 1);
    finding->organization = g_strdup(organization);
    finding->seq = seq;
    if (count == AUDIT_REPORT_MAX) {
        finding->text = g_strdup("and more of the kind");
    } else {
        va_list arguments;
        va_start(arguments, format);
        finding->text = g_strdup_vprintf(format, arguments);
        va_end(arguments);
    }
    g_ptr_array_add(report->findings, finding);
}
