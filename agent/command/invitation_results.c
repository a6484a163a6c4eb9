#include "agent/command/invitation_results.h"

#include <string.h>

#include "agent/command/terminal.h"
#include "agent/sync/report.h"

struct invitation_results {
    char *organization;
    const char *list;
    json_t *rows;
    guint done, refused;
};

void invitation_result_clear(struct invitation_result *result)
{
    if (result->link != NULL)
        explicit_bzero(result->link, strlen(result->link));
    g_clear_pointer(&result->link, g_free);
    g_clear_pointer(&result->roles, g_free);
}

InvitationResults *invitation_results_new(const char *organization, const char *list)
{
    InvitationResults *results = g_new0(InvitationResults, 1);
    results->organization = g_strdup(organization);
    results->list = list;
    results->rows = json_array();
    return results;
}

/* A link opens an invitation: no copy of it stays in memory. */
static void wipe_links(const json_t *rows)
{
    size_t index = 0;
    const json_t *row = NULL;
    json_array_foreach(rows, index, row)
    {
        const json_t *link = json_object_get(row, "link");
        const char *text = json_string_value(link);
        char *bytes = NULL;
        memcpy(&bytes, &text, sizeof bytes); /* jansson shows its own copy, and wipes none */
        if (bytes != NULL)
            explicit_bzero(bytes, json_string_length(link));
    }
}

void invitation_results_free(InvitationResults *results)
{
    if (results == NULL)
        return;
    wipe_links(results->rows);
    json_decref(results->rows);
    g_free(results->organization);
    g_free(results);
}

static json_t *new_row(const char *address, const char *status)
{
    return json_pack("{s:s, s:s}", "email", address, "status", status);
}

void invitation_results_add(InvitationResults *results, const char *address,
                            const struct invitation_result *result)
{
    json_t *row = new_row(address, result->status);
    if (result->link != NULL)
        json_object_set_new(row, "link", json_string(result->link));
    if (result->is_mailed)
        json_object_set_new(row, "mailed", json_true());
    if (result->roles != NULL)
        json_object_set_new(row, "roles", json_string(result->roles));
    json_array_append_new(results->rows, row);
    results->done++;
}

void invitation_results_refuse(InvitationResults *results, const char *address, const char *why)
{
    json_t *row = new_row(address, "refused");
    json_object_set_new(row, "detail", json_string(why));
    json_array_append_new(results->rows, row);
    results->refused++;
}

static const char *text_of(const json_t *row, const char *key)
{
    return json_string_value(json_object_get(row, key));
}

static void show_line(const json_t *row)
{
    const char *detail = text_of(row, "detail");
    const char *link = text_of(row, "link");
    const char *roles = text_of(row, "roles");
    if (detail != NULL) {
        terminal_error("%s: %s: %s", text_of(row, "email"), text_of(row, "status"), detail);
        return;
    }
    g_autofree char *rest = g_strdup_printf(
        "%s%s%s%s%s\n", roles == NULL ? "" : ", now ", roles == NULL ? "" : roles,
        json_is_true(json_object_get(row, "mailed")) ? ", mailed" : "",
        link == NULL ? "" : "\n  ", link == NULL ? "" : link);
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
                                results->list, results->rows));
    else
        json_array_foreach(results->rows, index, row) show_line(row);
    if (results->refused == 0)
        return REPORT_EXIT_DONE;
    return results->done == 0 ? REPORT_EXIT_FAILED : REPORT_EXIT_PARTLY;
}
