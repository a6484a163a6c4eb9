#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/people_list.h"
#include "agent/command/run_history.h"
#include "agent/command/terminal.h"
#include "agent/command/text_table.h"
#include "agent/command/verbs.h"
#include "scim/organization/organization.h"
#include "scim/organization/outbox.h"
#include "scim/organization/tolerance_counts.h"
#include "scim/store/store_open.h"

#define RUNS_SHOWN 10

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

struct counting {
    struct operator_access *access;
    const char *organization;
    gint64 now;
    json_t *people; /* status: count */
    gint64 undeliverable, used_up;
    GError *error; /* the first that came */
};

static void count_invitation(struct counting *counting, const struct person_facts *facts)
{
    gint64 left = 0;
    struct outbox_delivery delivery = {OUTBOX_NONE};
    StoreSession *session = counting->access->session;
    const struct renewal_case renewal = {.organization = counting->organization,
                                         .person = facts->id,
                                         .policy = counting->access->judge.renewal,
                                         .now = counting->now};
    if (outbox_read(session, counting->organization, facts->invitation, &delivery,
                    &counting->error) &&
        renewal_left(session, &renewal, &left, &counting->error)) {
        counting->undeliverable += delivery.state == OUTBOX_UNDELIVERABLE;
        counting->used_up += left == 0 && facts->status == PERSON_EXPIRED;
    }
    outbox_delivery_clear(&delivery);
}

static void count_person(void *context, const struct person_facts *facts)
{
    struct counting *counting = context;
    const char *status = person_status_name(facts->status);
    json_object_set_new(counting->people, status,
                        json_integer(number_of(counting->people, status) + 1));
    if (facts->invitation != NULL && counting->access->judge.sends_mail &&
        counting->error == NULL)
        count_invitation(counting, facts);
}

static gboolean add_organization(struct operator_access *access, const char *name, json_t *rows,
                                 GError **error)
{
    g_autoptr(Organization) home = NULL;
    struct counting counting = {.access = access,
                                .organization = name,
                                .now = clock_now(access->judge.clock),
                                .people = json_object()};
    gboolean read = organization_read(access->session, name, counting.now, &home, error) &&
                    home != NULL &&
                    people_list_visit(access, name, count_person, &counting, error);
    if (read && counting.error != NULL) {
        g_propagate_error(error, g_steal_pointer(&counting.error));
        read = FALSE;
    }
    g_clear_error(&counting.error);
    if (!read) {
        json_decref(counting.people);
        return FALSE;
    }
    json_t *row = json_pack("{s:s, s:I, s:I, s:I, s:o}", "organization", name, "seats",
                            (json_int_t)home->seats, "seatsUsed", (json_int_t)home->seats_used,
                            "owners", (json_int_t)home->owners, "people", counting.people);
    if (access->judge.sends_mail) {
        json_object_set_new(row, "undeliverable", json_integer(counting.undeliverable));
        json_object_set_new(row, "renewalsUsedUp", json_integer(counting.used_up));
    }
    json_array_append_new(rows, row);
    return TRUE;
}

static gboolean read_organizations(struct operator_access *access, json_t *rows, GError **error)
{
    g_autoptr(GPtrArray) names = organization_names(access->session, error);
    if (names == NULL)
        return FALSE;
    for (guint i = 0; i < names->len; i++)
        if (!add_organization(access, g_ptr_array_index(names, i), rows, error))
            return FALSE;
    return TRUE;
}

/* How connections deviate from the standard, and were met all the same. */
static gboolean read_tolerances(struct operator_access *access, json_t *rows, GError **error)
{
    g_autoptr(GPtrArray) counts = tolerance_counts_list(access->session, error);
    for (guint i = 0; counts != NULL && i < counts->len; i++) {
        const struct tolerance_count *count = g_ptr_array_index(counts, i);
        g_autofree char *last = clock_print(count->last_at);
        json_t *row =
            json_pack("{s:s, s:i, s:s, s:I, s:s}", "connection", count->connection, "number",
                      (int)count->tolerance, "tolerance", tolerance_name(count->tolerance),
                      "uses", (json_int_t)count->uses, "lastUsedAt", last);
        if (count->organization != NULL)
            json_object_set_new(row, "organization", json_string(count->organization));
        json_array_append_new(rows, row);
    }
    return counts != NULL;
}

/* The newest run that read every directory whole; NULL: none is kept. Borrowed. */
static const json_t *last_complete(const json_t *runs)
{
    size_t index = 0;
    const json_t *run = NULL;
    json_array_foreach(runs, index,
                       run) if (json_is_true(json_object_get(run, "complete"))) return run;
    return NULL;
}

/* Seconds since the run started, or -1. */
static gint64 age_of(const json_t *run)
{
    gint64 started = 0;
    if (run == NULL || !clock_parse(text_of(run, "started"), &started))
        return -1;
    return MAX(clock_now(clock_system()) - started, 0);
}

static void show_json(json_t *organizations, json_t *tolerances, json_t *runs)
{
    const json_t *latest = json_array_get(runs, 0);
    const json_t *report = json_object_get(latest, "report");
    const json_t *complete = last_complete(runs);
    while (json_array_size(runs) > RUNS_SHOWN)
        json_array_remove(runs, json_array_size(runs) - 1);
    json_t *value = json_pack("{s:O, s:O, s:O}", "organizations", organizations, "tolerances",
                              tolerances, "runs", runs);
    json_object_set_new(value, "waiting", json_integer(number_of(report, "waiting")));
    json_t *held = json_object_get(report, "held");
    json_object_set_new(value, "held", held == NULL ? json_object() : json_incref(held));
    json_object_set_new(value, "lastCompleteRead",
                        complete == NULL ? json_null()
                                         : json_string(text_of(complete, "started")));
    json_object_set_new(value, "lastCompleteReadAge",
                        complete == NULL ? json_null() : json_integer(age_of(complete)));
    terminal_json(value);
}

static char *describe_people(json_t *people)
{
    GString *text = g_string_new(NULL);
    const char *status = NULL;
    json_t *count = NULL;
    json_object_foreach(people, status, count)
        g_string_append_printf(text, "%s%" JSON_INTEGER_FORMAT " %s",
                               text->len == 0 ? "" : ", ", json_integer_value(count), status);
    return g_string_free(text, FALSE);
}

/* What nobody but a person can help. */
static void show_stuck(const json_t *row)
{
    const json_int_t undeliverable = number_of(row, "undeliverable");
    const json_int_t used_up = number_of(row, "renewalsUsedUp");
    if (undeliverable == 0 && used_up == 0)
        return;
    g_autofree char *text =
        g_strdup_printf("%s: invitations with undeliverable mail %" JSON_INTEGER_FORMAT
                        ", with their renewals used up %" JSON_INTEGER_FORMAT
                        ": `rolecall members` says whose\n",
                        text_of(row, "organization"), undeliverable, used_up);
    terminal_print(text);
}

static void show_organizations(const json_t *organizations)
{
    size_t index = 0;
    const json_t *row = NULL;
    g_autoptr(TextTable) table =
        text_table_new((const char *const[]){"organization", "seats", "people", NULL});
    json_array_foreach(organizations, index, row)
    {
        g_autofree char *seats =
            g_strdup_printf("%" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT,
                            number_of(row, "seatsUsed"), number_of(row, "seats"));
        g_autofree char *people = describe_people(json_object_get(row, "people"));
        text_table_add(
            table, (const char *const[]){text_of(row, "organization"), seats, people, NULL});
    }
    g_autofree char *text = text_table_print(table);
    terminal_print(text);
    json_array_foreach(organizations, index, row) show_stuck(row);
}

static char *describe_held(const json_t *report)
{
    GString *text = g_string_new(NULL);
    const char *reason = NULL;
    json_t *count = NULL;
    json_object_foreach(json_object_get(report, "held"), reason,
                        count) if (json_integer_value(count) > 0)
        g_string_append_printf(text, "%s%s %" JSON_INTEGER_FORMAT, text->len == 0 ? "" : ", ",
                               reason, json_integer_value(count));
    return g_string_free(text, FALSE);
}

static void show_runs(const json_t *runs)
{
    g_autoptr(TextTable) table = text_table_new(
        (const char *const[]){"run", "", "status", "writes", "waiting", "held", NULL});
    for (size_t i = 0; i < json_array_size(runs) && i < RUNS_SHOWN; i++) {
        const json_t *run = json_array_get(runs, i);
        const json_t *report = json_object_get(run, "report");
        g_autofree char *status = g_strdup_printf(
            "%s (%" JSON_INTEGER_FORMAT ")", text_of(report, "status"), number_of(run, "exit"));
        g_autofree char *writes =
            g_strdup_printf("%" JSON_INTEGER_FORMAT, number_of(report, "writes"));
        g_autofree char *waiting =
            g_strdup_printf("%" JSON_INTEGER_FORMAT, number_of(report, "waiting"));
        g_autofree char *held = describe_held(report);
        text_table_add(table,
                       (const char *const[]){text_of(run, "started"), text_of(run, "verb"),
                                             status, writes, waiting, held, NULL});
    }
    g_autofree char *text = text_table_print(table);
    terminal_print(*text == '\0' ? "no run yet\n" : text);
}

static void show_tolerances(const json_t *tolerances)
{
    size_t index = 0;
    const json_t *row = NULL;
    g_autoptr(TextTable) table = text_table_new(
        (const char *const[]){"connection", "tolerance", "", "uses", "last use", NULL});
    if (json_array_size(tolerances) == 0)
        return;
    json_array_foreach(tolerances, index, row)
    {
        const char *organization = text_of(row, "organization");
        g_autofree char *connection =
            g_strdup_printf("%s%s%s", organization, *organization == '\0' ? "" : "/",
                            text_of(row, "connection"));
        g_autofree char *number =
            g_strdup_printf("%" JSON_INTEGER_FORMAT, number_of(row, "number"));
        g_autofree char *uses =
            g_strdup_printf("%" JSON_INTEGER_FORMAT, number_of(row, "uses"));
        text_table_add(table,
                       (const char *const[]){connection, number, text_of(row, "tolerance"),
                                             uses, text_of(row, "lastUsedAt"), NULL});
    }
    g_autofree char *text = text_table_print(table);
    terminal_print("\n");
    terminal_print(text);
}

static void show_text(const json_t *organizations, const json_t *tolerances, const json_t *runs)
{
    const gint64 age = age_of(last_complete(runs));
    show_organizations(organizations);
    show_tolerances(tolerances);
    terminal_print("\n");
    show_runs(runs);
    g_autofree char *text =
        age < 0 ? g_strdup("\nno complete read of the directories yet\n")
                : g_strdup_printf("\nlast complete read of the directories: %" G_GINT64_FORMAT
                                  " min ago\n",
                                  age / 60);
    terminal_print(text);
}

/* Where every organization lives at a foreign endpoint there is no store: none is made here. */
static gboolean has_store(const Settings *settings)
{
    return g_file_test(store_file(settings->endpoint.store), G_FILE_TEST_EXISTS);
}

static int status_of(const struct command_line *line)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    json_t *organizations = json_array();
    json_t *tolerances = json_array();
    json_t *runs = run_history_read(settings->sync.state);
    struct operator_access access = {NULL};
    gboolean done = TRUE;
    if (has_store(settings))
        done = operator_access_open(&access, settings, &error) &&
               read_organizations(&access, organizations, &error) &&
               read_tolerances(&access, tolerances, &error);
    operator_access_close(&access);
    if (!done)
        status = operator_access_fail(line, error);
    else if (line->json)
        show_json(organizations, tolerances, runs);
    else
        show_text(organizations, tolerances, runs);
    json_decref(organizations);
    json_decref(tolerances);
    json_decref(runs);
    return status;
}

int command_status(int argc, char **argv)
{
    struct command_line line = {
        .verb = "status",
        .description =
            "Seats and people by status, how connections deviate from the standard, the last\n"
            "runs, and how old the last complete read is.",
        .prints = TRUE,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = status_of(&line);
    command_line_clear(&line);
    return status;
}
