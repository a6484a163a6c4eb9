#include "tests/scim/organization/stage_trail.h"

#include <string.h>

#include <jansson.h>

#include "scim/organization/audit.h"
#include "scim/organization/audit_person.h"
#include "scim/organization/audit_state.h"
#include "scim/organization/person_facts.h"
#include "scim/organization/project.h"

struct stage_trail {
    gint64 row;           /* the last one read */
    GHashTable *ends;     /* organization -> seq (gint64 *) */
    GHashTable *versions; /* organization -> version before the act (gint64 *) */
    GHashTable *states;   /* "acme person:1" -> json_t * */
    GHashTable *grown;    /* organizations with records since stage_trail_before() */
    GString *said;
    guint asked; /* records since then that are not time's */
};

static void drop_json(gpointer json)
{
    json_decref(json);
}

struct stage_trail *stage_trail_new(void)
{
    struct stage_trail *trail = g_new0(struct stage_trail, 1);
    trail->ends = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    trail->versions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    trail->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, drop_json);
    trail->grown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    trail->said = g_string_new(NULL);
    return trail;
}

void stage_trail_free(struct stage_trail *trail)
{
    g_hash_table_unref(trail->ends);
    g_hash_table_unref(trail->versions);
    g_hash_table_unref(trail->states);
    g_hash_table_unref(trail->grown);
    g_string_free(trail->said, TRUE);
    g_free(trail);
}

const char *stage_trail_said(const struct stage_trail *trail)
{
    return trail->said->str;
}

static void keep_number(GHashTable *table, const char *name, gint64 number)
{
    g_hash_table_replace(table, g_strdup(name), g_memdup2(&number, sizeof number));
}

static gint64 number_of(GHashTable *table, const char *name)
{
    const gint64 *number = g_hash_table_lookup(table, name);
    return number == NULL ? 0 : *number;
}

void stage_trail_before(struct stage_trail *trail, StoreSession *session)
{
    g_hash_table_remove_all(trail->versions);
    g_hash_table_remove_all(trail->grown);
    g_string_set_size(trail->said, 0);
    trail->asked = 0;
    struct store_rows *rows =
        store_query(session, "SELECT name, version FROM organization", STORE_NOTHING, TRUE);
    while (store_next(rows))
        keep_number(trail->versions, store_text_at(rows, 0), store_int_at(rows, 1));
    store_end(rows, NULL);
}

static const char *text_of(const json_t *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record, name));
    return text == NULL ? "" : text;
}

static gboolean same(const json_t *a, const json_t *b)
{
    return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

/* Tokens of a person go with their access, without a word. */
static void forget_tokens(struct stage_trail *trail, const char *organization,
                          const char *object)
{
    GHashTableIter at;
    gpointer key, state;
    g_autofree char *tokens = g_strconcat(organization, " token:", NULL);
    g_hash_table_iter_init(&at, trail->states);
    while (g_hash_table_iter_next(&at, &key, &state))
        if (g_str_has_prefix(key, tokens) && g_str_has_prefix(object, "person:") &&
            strcmp(text_of(state, "person"), object + 7) == 0)
            g_hash_table_iter_remove(&at);
}

static char *play(struct stage_trail *trail, const char *organization, const json_t *record)
{
    const char *object = text_of(record, "object"), *action = text_of(record, "action");
    g_autofree char *key = g_strconcat(organization, " ", object, NULL);
    json_t *after = json_object_get(record, "after"), *known;
    known = g_hash_table_lookup(trail->states, key);
    /* Of a group a record holds what differs, no state. */
    gboolean has_state = !g_str_has_prefix(object, "group:");
    /* Markers come with the records of those who left. */
    if (has_state && !same(json_object_get(record, "before"), known) &&
        !g_str_has_prefix(object, "marker:"))
        return g_strdup_printf("%s %s: before is not what the trail left", action, key);
    if (after != NULL && has_state)
        g_hash_table_replace(trail->states, g_strdup(key), json_incref(after));
    else if (known != NULL)
        g_hash_table_remove(trail->states, key);
    if (after == NULL || strcmp(text_of(after, "status"), "suspended") == 0)
        forget_tokens(trail, organization, object);
    g_string_append_printf(trail->said, "%s%s %.*s", trail->said->len > 0 ? ", " : "", action,
                           (int)strcspn(object, ":"), object);
    trail->asked += strcmp(text_of(record, "actor"), "time") != 0;
    g_hash_table_add(trail->grown, g_strdup(organization));
    return NULL;
}

static char *take(struct stage_trail *trail, struct store_rows *rows)
{
    const char *organization = store_text_at(rows, 1);
    gint64 seq = store_int_at(rows, 2);
    if (seq != number_of(trail->ends, organization) + 1)
        return g_strdup_printf("%s: a gap before record %" G_GINT64_FORMAT, organization, seq);
    keep_number(trail->ends, organization, seq);
    trail->row = store_int_at(rows, 0);
    json_t *record = json_loads(store_text_at(rows, 3), 0, NULL);
    if (record == NULL || json_integer_value(json_object_get(record, "seq")) != seq) {
        json_decref(record);
        return g_strdup_printf("%s: record %" G_GINT64_FORMAT " is none", organization, seq);
    }
    char *broken = play(trail, organization, record);
    json_decref(record);
    return broken;
}

static char *read_new(struct stage_trail *trail, StoreSession *session)
{
    char *broken = NULL;
    struct store_rows *rows = store_query(
        session,
        "SELECT rowid, organization, seq, record FROM audit WHERE rowid > ? ORDER BY rowid",
        STORE_BIND(store_int(trail->row)), TRUE);
    while (broken == NULL && store_next(rows))
        broken = take(trail, rows);
    return store_end(rows, NULL) || broken != NULL ? broken : g_strdup("no audit table");
}

static char *check_versions(struct stage_trail *trail, StoreSession *session)
{
    char *broken = NULL;
    struct store_rows *rows =
        store_query(session, "SELECT name, version FROM organization", STORE_NOTHING, TRUE);
    while (store_next(rows)) {
        const char *name = store_text_at(rows, 0);
        if (broken == NULL && store_int_at(rows, 1) != number_of(trail->versions, name) &&
            !g_hash_table_contains(trail->grown, name))
            broken = g_strdup_printf("%s: a version up without a record", name);
    }
    store_end(rows, NULL);
    return broken;
}

/* Takes the state; counts it as found. */
static char *check_state(struct stage_trail *trail, const char *organization, const char *kind,
                         const char *id, json_t *state, guint *found)
{
    g_autofree char *key = g_strconcat(organization, " ", kind, id, NULL);
    json_t *known = g_hash_table_lookup(trail->states, key);
    char *broken = NULL;
    (*found)++;
    if (!same(state, known)) {
        char *is = json_dumps(state, JSON_SORT_KEYS);
        char *was = known == NULL ? NULL : json_dumps(known, JSON_SORT_KEYS);
        broken = g_strdup_printf("%s is not as the trail left it:\n%s\nthe trail says:\n%s",
                                 key, is, was == NULL ? "nothing" : was);
        free(is);
        free(was);
    }
    json_decref(state);
    return broken;
}

static char *check_people(struct stage_trail *trail, StoreSession *session, const char *name,
                          guint *found)
{
    char *broken = NULL;
    g_autoptr(GPtrArray) people = person_facts_select(
        session, "p.organization = ?", STORE_BIND(store_text(name)), 0, TRUE, NULL);
    for (guint i = 0; broken == NULL && i < people->len; i++) {
        const struct person_facts *facts = people->pdata[i];
        broken = check_state(trail, name, "person:", facts->id, audit_person(facts), found);
    }
    return broken;
}

static char *check_projects(struct stage_trail *trail, StoreSession *session, const char *name,
                            guint *found)
{
    char *broken = NULL;
    g_autoptr(GPtrArray) projects = project_names(session, name, NULL);
    for (guint i = 0; broken == NULL && i < projects->len; i++) {
        const struct project *project = projects->pdata[i];
        broken = check_state(trail, name, "project:", project->id,
                             audit_state_project(project->name, project->display_name), found);
    }
    return broken;
}

static char *check_tokens(struct stage_trail *trail, StoreSession *session, const char *name,
                          const char *chain, guint *found)
{
    char *broken = NULL;
    g_autoptr(GPtrArray) connections = connection_list(session, name, NULL);
    g_autoptr(GPtrArray) tokens = token_list(session, name, 0, NULL);
    for (guint i = 0; broken == NULL && i < connections->len; i++) {
        const struct connection *connection = connections->pdata[i];
        broken = check_state(trail, chain, "connection:", connection->name,
                             audit_state_connection(connection), found);
    }
    for (guint i = 0; broken == NULL && i < tokens->len; i++) {
        const struct token *token = tokens->pdata[i];
        broken =
            check_state(trail, chain, "token:", token->id, audit_state_token(token), found);
    }
    return broken;
}

static char *check_home(struct stage_trail *trail, StoreSession *session, const char *name,
                        guint *found)
{
    g_autoptr(Organization) home = NULL;
    organization_read(session, name, 0, &home, NULL);
    char *broken =
        check_state(trail, name, "organization:", name, audit_state_organization(home), found);
    if (broken == NULL)
        broken = check_people(trail, session, name, found);
    if (broken == NULL)
        broken = check_projects(trail, session, name, found);
    return broken == NULL ? check_tokens(trail, session, name, name, found) : broken;
}

static char *check_tables(struct stage_trail *trail, StoreSession *session)
{
    guint found = 0;
    g_autoptr(GPtrArray) names = organization_names(session, NULL);
    char *broken = check_tokens(trail, session, NULL, AUDIT_EVERYWHERE, &found);
    for (guint i = 0; broken == NULL && i < names->len; i++)
        broken = check_home(trail, session, names->pdata[i], &found);
    if (broken == NULL && found != g_hash_table_size(trail->states))
        broken = g_strdup_printf("the trail knows %u things, the tables %u",
                                 g_hash_table_size(trail->states), found);
    return broken;
}

char *stage_trail_after(struct stage_trail *trail, StoreSession *session,
                        const struct verdict *verdict)
{
    char *broken = read_new(trail, session);
    /* What a provider may not do to the only owner is owed, and that is recorded. */
    gboolean may_be_owed = verdict != NULL && verdict->fault.refusal.rule == REFUSAL_LAST_OWNER;
    if (broken == NULL && verdict != NULL && !may_be_owed &&
        (verdict->kind == VERDICT_DONE) != (trail->asked > 0))
        broken = g_strdup_printf("verdict %d with %u records: %s", (int)verdict->kind,
                                 trail->asked, trail->said->str);
    if (broken == NULL)
        broken = check_versions(trail, session);
    return broken == NULL ? check_tables(trail, session) : broken;
}
