#include "agent/command/command_line.h"
#include "agent/command/member_row.h"
#include "agent/command/operator_access.h"
#include "agent/command/people_list.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"
#include "scim/organization/audit_history.h"
#include "scim/organization/audit_person.h"
#include "scim/organization/organization.h"
#include "scim/organization/waiting.h"
#include "scim/protocol/outcome.h"

#define DAY 86400

struct members_verb {
    const struct command_line *line;
    char *organization, *date;
    gint64 at; /* of date */
};

struct listing {
    struct operator_access *access;
    const char *organization;
    json_t *rows;
    gint64 now;
    GError *error; /* the first that came */
};

static void add_delivery(struct listing *listing, json_t *row, const char *invitation)
{
    struct outbox_delivery delivery = {OUTBOX_NONE};
    if (invitation == NULL || listing->error != NULL)
        return;
    if (outbox_read(listing->access->session, listing->organization, invitation, &delivery,
                    &listing->error))
        member_row_set_delivery(row, &delivery);
    outbox_delivery_clear(&delivery);
}

/* Whoever waits for a seat reads which place in the line is theirs. */
static void add_place(struct listing *listing, json_t *row, const struct person_facts *facts)
{
    gint64 place = 0;
    if (facts->status != PERSON_WAITING || listing->error != NULL ||
        !waiting_place(listing->access->session, listing->organization, facts, &place,
                       &listing->error))
        return;
    g_autofree char *reason = waiting_reason(place);
    json_object_set_new(row, "reason", json_string(reason));
}

static void add_person(void *context, const struct person_facts *facts)
{
    struct listing *listing = context;
    json_t *state = audit_person(facts);
    json_t *row = member_row_new(state, listing->now);
    add_place(listing, row, facts);
    add_delivery(listing, row, facts->invitation);
    json_array_append_new(listing->rows, row);
    json_decref(state);
}

static void show_table(const json_t *rows)
{
    size_t index = 0;
    const json_t *row = NULL;
    g_autoptr(TextTable) table = member_row_table();
    json_array_foreach(rows, index, row) member_row_add(table, row);
    g_autofree char *text = text_table_print(table);
    terminal_print(text);
}

static gboolean show_now(struct operator_access *access, const struct command_line *line,
                         const char *name, GError **error)
{
    g_autoptr(Organization) home = NULL;
    struct listing listing = {.access = access,
                              .organization = name,
                              .rows = json_array(),
                              .now = clock_now(access->judge.clock)};
    gboolean read = organization_read(access->session, name, listing.now, &home, error) &&
                    home != NULL &&
                    people_list_visit(access, name, add_person, &listing, error);
    if (listing.error != NULL) {
        g_clear_error(error);
        g_propagate_error(error, listing.error);
        read = FALSE;
    }
    if (read && line->json) {
        terminal_json(json_pack("{s:s, s:I, s:I, s:O}", "organization", name, "seats",
                                (json_int_t)home->seats, "seatsUsed",
                                (json_int_t)home->seats_used, "members", listing.rows));
    } else if (read) {
        show_table(listing.rows);
        g_autofree char *seats =
            g_strdup_printf("%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " seats\n", name,
                            home->seats_used, home->seats);
        terminal_print(seats);
    }
    json_decref(listing.rows);
    return read;
}

/* Nobody knows what was before the first record: that is not the same as nobody was there. Nor what
 * will be; that today's end lies ahead is meant. */
static gboolean is_known(const char *name, const char *at, gint64 begins,
                         const struct members_verb *verb, gint64 now, GError **error)
{
    if (verb->at >= now + DAY) {
        g_set_error(error, OUTCOME, OUTCOME_REFUSED,
                    "%s lies ahead: who will be in \"%s\" then is not known", at, name);
        return FALSE;
    }
    if (begins != 0 && begins <= verb->at)
        return TRUE;
    g_autofree char *first = begins == 0 ? NULL : clock_print(begins);
    g_set_error(error, OUTCOME, OUTCOME_REFUSED,
                "the audit trail of \"%s\" %s%s: who was in it on %s is not known", name,
                begins == 0 ? "has not begun" : "begins on ", begins == 0 ? "" : first, at);
    return FALSE;
}

static gboolean show_past(struct operator_access *access, const struct members_verb *verb,
                          const char *name, GError **error)
{
    gint64 begins = 0;
    json_t *states = audit_history_people(access->session, name, verb->at, &begins, error);
    if (states == NULL)
        return FALSE;
    g_autofree char *at = clock_print(verb->at);
    if (!is_known(name, at, begins, verb, clock_now(access->judge.clock), error)) {
        json_decref(states);
        return FALSE;
    }
    g_autofree char *first = clock_print(begins);
    size_t index = 0;
    const json_t *state = NULL;
    json_t *rows = json_array();
    json_array_foreach(states, index, state)
        json_array_append_new(rows, member_row_new(state, verb->at));
    json_decref(states);
    if (verb->line->json) {
        terminal_json(json_pack("{s:s, s:s, s:s, s:o}", "organization", name, "at", at,
                                "trailBegins", first, "members", rows));
        return TRUE;
    }
    show_table(rows);
    g_autofree char *text =
        g_strdup_printf("%s on %s: %" G_GSIZE_FORMAT " people; its audit trail begins on %s\n",
                        name, at, json_array_size(rows), first);
    terminal_print(text);
    json_decref(rows);
    return TRUE;
}

static gboolean show(struct operator_access *access, void *context, GError **error)
{
    const struct members_verb *verb = context;
    g_autofree char *name = operator_access_organization(access, verb->organization, error);
    if (name == NULL)
        return FALSE;
    return verb->date == NULL ? show_now(access, verb->line, name, error)
                              : show_past(access, verb, name, error);
}

/* A day means its end: whoever had something at any time of its last second. */
static gboolean read_date(const char *text, gint64 *at)
{
    g_autofree char *midnight = g_strconcat(text, "T00:00:00Z", NULL);
    if (clock_parse(text, at))
        return TRUE;
    if (!clock_parse(midnight, at))
        return FALSE;
    *at += DAY - 1;
    return TRUE;
}

int command_members(int argc, char **argv)
{
    struct members_verb verb = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &verb.organization,
         "Of which one, where there are several", "NAME"},
        {"at", 0, 0, G_OPTION_ARG_STRING, &verb.date,
         "Who was in it then, by the audit trail: 2026-11-01 (the end of that day, UTC) or a "
         "time",
         "DATE"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {.verb = "members", .entries = entries, .prints = TRUE};
    int status = 0;
    verb.line = &line;
    if (command_line_parse(&line, argc, argv, &status))
        status = verb.date != NULL && !read_date(verb.date, &verb.at)
                     ? command_line_usage(&line,
                                          "--at %s is not a date such as 2026-11-01 or "
                                          "2026-11-01T12:00:00Z",
                                          verb.date)
                     : operator_access_run(&line, NULL, show, &verb);
    command_line_clear(&line);
    g_free(verb.organization);
    g_free(verb.date);
    return status;
}
