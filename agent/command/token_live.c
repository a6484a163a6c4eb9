#include "agent/command/token_live.h"

#include "agent/command/member_row.h"
#include "agent/command/people_list.h"
#include "agent/command/terminal.h"
#include "scim/organization/audit_person.h"
#include "scim/protocol/origin.h"

/* Everybody whom the connection has a link to, and what became of them. */
struct outcome_list {
    const char *origin;
    gint64 now;
    json_t *rows;
    guint counts[PERSON_REHEARSED + 1];
};

static void add_person(void *context, const struct person_facts *facts)
{
    struct outcome_list *list = context;
    if (person_facts_link(facts, list->origin) == NULL)
        return;
    json_t *state = audit_person(facts);
    list->counts[facts->status]++;
    json_array_append_new(list->rows, member_row_new(state, list->now));
    json_decref(state);
}

/* "3 invited, 1 held", or "nobody". */
static char *sum_up(const struct outcome_list *list)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(list->counts); i++)
        if (list->counts[i] > 0)
            g_string_append_printf(text, "%s%u %s", text->len > 0 ? ", " : "", list->counts[i],
                                   person_status_name((enum person_status)i));
    if (text->len == 0)
        g_string_append(text, "nobody");
    return g_string_free(text, FALSE);
}

/* Nobody tells a running serve: its schedule hears of groups that are pushed to it, not of this. */
static const char *next_deed(const struct operator_access *access,
                             const struct token_live *wanted, gboolean was_live)
{
    return !wanted->dry && !was_live &&
                   settings_has_pushed_groups(access->settings, wanted->organization)
               ? "its groups count with the next sync: run `rolecall sync`\n"
               : "";
}

static void tell(const struct operator_access *access, const struct token_live *wanted,
                 const struct outcome_list *list, gboolean was_live)
{
    if (wanted->json) {
        terminal_json(json_pack("{s:s, s:s, s:b, s:b, s:O}", "organization",
                                wanted->organization, "connection", wanted->connection,
                                "dryRun", wanted->dry, "wasLive", was_live, "people",
                                list->rows));
        return;
    }
    size_t index = 0;
    const json_t *row = NULL;
    g_autoptr(TextTable) table = member_row_table();
    json_array_foreach(list->rows, index, row) member_row_add(table, row);
    g_autofree char *people = text_table_print(table);
    g_autofree char *sum = sum_up(list);
    g_autofree char *text =
        g_strdup_printf("%s%s %s live%s: %s\n%s", people, wanted->connection,
                        wanted->dry && !was_live ? "would be" : "is",
                        was_live ? " already" : "", sum, next_deed(access, wanted, was_live));
    terminal_print(text);
}

static gboolean judge_and_tell(struct operator_access *access, const struct token_live *wanted,
                               GError **error)
{
    const struct act act = {.kind = ACT_CONNECTION_LIVE, .name = wanted->connection};
    const struct actor actor = operator_access_actor(access, wanted->organization);
    g_autofree char *origin = g_strconcat(ORIGIN_PROVIDER, wanted->connection, NULL);
    struct outcome_list list = {
        .origin = origin, .now = clock_now(access->judge.clock), .rows = json_array()};
    struct verdict verdict = {0};
    gboolean done = operator_access_judge(access, &actor, &act, &verdict, error) &&
                    people_list_visit(access, wanted->organization, add_person, &list, error);
    if (done)
        tell(access, wanted, &list, verdict.kind == VERDICT_UNCHANGED);
    verdict_clear(&verdict);
    json_decref(list.rows);
    return done;
}

/* Whoever gives up a transaction gives up what was to be anchored with it. */
static void give_up(struct operator_access *access)
{
    store_rollback(access->session);
    if (access->judge.anchors != NULL)
        audit_anchors_forget(access->judge.anchors);
}

gboolean token_live(struct operator_access *access, const struct token_live *wanted,
                    GError **error)
{
    if (!wanted->dry)
        return judge_and_tell(access, wanted, error);
    if (!store_begin(access->session, error))
        return FALSE;
    gboolean done = judge_and_tell(access, wanted, error);
    give_up(access);
    return done;
}
