#include "agent/command/invitation_results.h"

#include <string.h>

#include "agent/command/terminal.h"
#include "agent/sync/report.h"

struct invitation_results {
    char *organization;
    json_t *rows;
    guint done, refused;
};

InvitationResults *invitation_results_new(const char *organization)
{
    InvitationResults *results = g_new0(InvitationResults, 1);
    results->organization = g_strdup(organization);
    results->rows = json_array();
    return results;
}

void invitation_results_free(InvitationResults *results)
{
    if (results == NULL)
        return;
    json_decref(results->rows);
    g_free(results->organization);
    g_free(results);
}

static void add(InvitationResults *results, const char *address, const char *status,
                const char *link, const char *detail)
{
    json_t *row = json_pack("{s:s, s:s}", "email", address, "status", status);
    if (link != NULL)
        json_object_set_new(row, "link", json_string(link));
    if (detail != NULL)
        json_object_set_new(row, "detail", json_string(detail));
    json_array_append_new(results->rows, row);
}

void invitation_results_add(InvitationResults *results, const char *address, const char *status,
                            const char *link)
{
    results->done++;
    add(results, address, status, link, NULL);
}

void invitation_results_refuse(InvitationResults *results, const char *address, const char *why)
{
    results->refused++;
    add(results, address, "refused", NULL, why);
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static void show_line(const json_t *row)
{
    const char *detail = text_of(row, "detail");
    const char *link = text_of(row, "link");
    if (detail != NULL) {
        terminal_error("%s: %s: %s", text_of(row, "email"), text_of(row, "status"), detail);
        return;
    }
    g_autofree char *rest =
        g_strdup_printf("%s%s\n", link == NULL ? "" : "\n  ", link == NULL ? "" : link);
    terminal_print(text_of(row, "email"));
    terminal_print(": ");
    terminal_print_toned(TERMINAL_GOOD, text_of(row, "status"));
    terminal_print(rest);
}

int invitation_results_show(const InvitationResults *results, gboolean json)
{
    size_t index = 0;
    const json_t *row = NULL;
    if (json)
        terminal_json(json_pack("{s:s, s:O}", "organization", results->organization,
                                "invitations", results->rows));
    else
        json_array_foreach(results->rows, index, row) show_line(row);
    if (results->refused == 0)
        return REPORT_EXIT_DONE;
    return results->done == 0 ? REPORT_EXIT_FAILED : REPORT_EXIT_PARTLY;
}
