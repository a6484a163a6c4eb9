#include "scim/organization/audit_replay.h"

#include <stdlib.h>
#include <string.h>

#include "scim/organization/audit.h"
#include "scim/organization/audit_person.h"
#include "scim/organization/audit_state.h"
#include "scim/organization/person_facts.h"
#include "scim/organization/project.h"

struct thing {
    json_t *state;
    gint64 seq; /* of the record that left it so */
    gboolean is_found;
};

struct audit_replay {
    char *organization;
    struct audit_report *report;
    GHashTable *things; /* object -> struct thing */
};

static void thing_free(gpointer data)
{
    struct thing *thing = data;
    json_decref(thing->state);
    g_free(thing);
}

AuditReplay *audit_replay_new(const char *organization, struct audit_report *report)
{
    AuditReplay *replay = g_new0(struct audit_replay, 1);
    replay->organization = g_strdup(organization);
    replay->report = report;
    replay->things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, thing_free);
    return replay;
}

void audit_replay_free(AuditReplay *replay)
{
    if (replay == NULL)
        return;
    g_free(replay->organization);
    g_hash_table_unref(replay->things);
    g_free(replay);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}

/* As a person reads it. */
static const char *name_of(const json_t *state, const char *object)
{
    static const char *const names[] = {"userName", "displayName", "name"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (*text_of(state, names[i]) != '\0')
            return text_of(state, names[i]);
    return object;
}

static gboolean is_same(const json_t *a, const json_t *b)
{
    return a == NULL || b == NULL ? a == b : json_equal(a, b);
}

/* The first member that is not the same in both: its name, or NULL. */
static const char *first_difference(json_t *a, json_t *b)
{
    const char *name;
    json_t *value;
    json_object_foreach(a, name, value)
    {
        if (!is_same(value, json_object_get(b, name)))
            return name;
    }
    json_object_foreach(b, name, value)
    {
        if (json_object_get(a, name) == NULL)
            return name;
    }
    return NULL;
}

/* The tokens of a person are gone with their access. */
static void forget_tokens(AuditReplay *replay, const char *person)
{
    GHashTableIter at;
    gpointer object, thing;
    g_hash_table_iter_init(&at, replay->things);
    while (g_hash_table_iter_next(&at, &object, &thing))
        if (g_str_has_prefix(object, "token:") &&
            strcmp(text_of(((struct thing *)thing)->state, "person"), person) == 0)
            g_hash_table_iter_remove(&at);
}

static gboolean has_no_tokens(const json_t *after)
{
    return after == NULL || strcmp(text_of(after, "status"), "suspended") == 0;
}

/* Markers come with the records of those who left; records of groups hold what differs alone; what was
 * read out changed nothing; an access token ends by itself. */
static gboolean has_state(const json_t *record, const char *object)
{
    const char *action = text_of(record, "action");
    return !g_str_has_prefix(object, "marker:") && !g_str_has_prefix(object, "group:") &&
           strcmp(action, audit_action_name(AUDIT_EXPORT)) != 0 &&
           strcmp(action, audit_action_name(AUDIT_GRANT)) != 0;
}

void audit_replay_take(AuditReplay *replay, gint64 seq, const json_t *record)
{
    const char *object = text_of(record, "object");
    json_t *before = json_object_get(record, "before"),
           *after = json_object_get(record, "after");
    if (!has_state(record, object))
        return;
    struct thing *thing = g_hash_table_lookup(replay->things, object);
    if (!is_same(before, thing == NULL ? NULL : thing->state))
        audit_report_add(replay->report, replay->organization, seq,
                         "\"%s\" (%s) was not as the trail had left it when record "
                         "%" G_GINT64_FORMAT
                         " was written: somebody had changed the tables by hand, or a record "
                         "is missing",
                         name_of(before != NULL ? before : after, object), object, seq);
    if (g_str_has_prefix(object, "person:") && has_no_tokens(after))
        forget_tokens(replay, object + strlen("person:"));
    if (after == NULL) {
        g_hash_table_remove(replay->things, object);
        return;
    }
    if (thing == NULL) {
        thing = g_new0(struct thing, 1);
        g_hash_table_insert(replay->things, g_strdup(object), thing);
    }
    json_decref(thing->state);
    thing->state = json_incref(after);
    thing->seq = seq;
}

static char *print(const json_t *state, const char *name)
{
    const json_t *value = json_object_get(state, name);
    char *text = value == NULL ? NULL
                               : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
                                                       JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    char *copy = g_strdup(text != NULL ? text : "nothing");
    free(text);
    return copy;
}

static void tell_difference(const AuditReplay *replay, const char *object,
                            const struct thing *thing, json_t *state)
{
    const char *name = first_difference(state, thing->state);
    g_autofree char *is = print(state, name), *was = print(thing->state, name);
    audit_report_add(replay->report, replay->organization, thing->seq,
                     "\"%s\" (%s) is not as the trail left it: %s is %s, the trail says %s: "
                     "somebody changed the tables by hand",
                     name_of(thing->state, object), object, name, is, was);
}

/* Takes the state. */
static void compare(const AuditReplay *replay, const char *kind, const char *id, json_t *state)
{
    g_autofree char *object = g_strconcat(kind, id, NULL);
    struct thing *thing = g_hash_table_lookup(replay->things, object);
    if (thing == NULL)
        audit_report_add(replay->report, replay->organization, 0,
                         "\"%s\" (%s) is in the tables and not in the trail: somebody wrote "
                         "it by hand",
                         name_of(state, object), object);
    else if (!is_same(state, thing->state))
        tell_difference(replay, object, thing, state);
    if (thing != NULL)
        thing->is_found = TRUE;
    json_decref(state);
}

static gboolean compare_people(const AuditReplay *replay, StoreSession *session, GError **error)
{
    /* As stored: at time 0 no invitation is over. */
    g_autoptr(GPtrArray) people =
        person_facts_select(session, "p.organization = ?",
                            STORE_BIND(store_text(replay->organization)), 0, TRUE, error);
    for (guint i = 0; people != NULL && i < people->len; i++) {
        const struct person_facts *facts = people->pdata[i];
        compare(replay, "person:", facts->id, audit_person(facts));
    }
    return people != NULL;
}

static gboolean compare_home(const AuditReplay *replay, StoreSession *session, GError **error)
{
    g_autoptr(Organization) home = NULL;
    if (!organization_read(session, replay->organization, 0, &home, error))
        return FALSE;
    if (home != NULL)
        compare(replay, "organization:", home->name, audit_state_organization(home));
    g_autoptr(GPtrArray) projects = project_names(session, replay->organization, error);
    for (guint i = 0; projects != NULL && i < projects->len; i++) {
        const struct project *project = projects->pdata[i];
        compare(replay, "project:", project->id,
                audit_state_project(project->name, project->display_name));
    }
    return projects != NULL && compare_people(replay, session, error);
}

static gboolean compare_tokens(const AuditReplay *replay, StoreSession *session,
                               const char *organization, GError **error)
{
    g_autoptr(GPtrArray) connections = connection_list(session, organization, error);
    for (guint i = 0; connections != NULL && i < connections->len; i++) {
        const struct connection *connection = connections->pdata[i];
        compare(replay, "connection:", connection->name, audit_state_connection(connection));
    }
    g_autoptr(GPtrArray) tokens =
        connections == NULL ? NULL : token_list(session, organization, 0, error);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++) {
        const struct token *token = tokens->pdata[i];
        compare(replay, "token:", token->id, audit_state_token(token));
    }
    return tokens != NULL;
}

static void tell_lost(const AuditReplay *replay)
{
    GHashTableIter at;
    gpointer object, value;
    g_hash_table_iter_init(&at, replay->things);
    while (g_hash_table_iter_next(&at, &object, &value)) {
        const struct thing *thing = value;
        if (!thing->is_found)
            audit_report_add(replay->report, replay->organization, thing->seq,
                             "\"%s\" (%s) is in the trail and not in the tables: somebody "
                             "deleted it by hand",
                             name_of(thing->state, object), (const char *)object);
    }
}

gboolean audit_replay_compare(AuditReplay *replay, StoreSession *session, GError **error)
{
    const gboolean is_everywhere = strcmp(replay->organization, AUDIT_EVERYWHERE) == 0;
    if (!is_everywhere && !compare_home(replay, session, error))
        return FALSE;
    if (!compare_tokens(replay, session, is_everywhere ? NULL : replay->organization, error))
        return FALSE;
    tell_lost(replay);
    return TRUE;
}
