#include "scim/organization/audit_begin.h"

#include "scim/organization/audit.h"
#include "scim/organization/audit_person.h"
#include "scim/organization/audit_state.h"
#include "scim/organization/project.h"

/* Appends one; takes the state. */
static gboolean append(struct change *change, const char *kind, const char *id, json_t *state,
                       GError **error)
{
    g_autofree char *object = g_strconcat(kind, id, NULL);
    const struct audit_record record = {
        .organization = change->organization != NULL ? change->organization : AUDIT_EVERYWHERE,
        .time = change->now,
        .actor = "time",
        .action = AUDIT_BEGIN,
        .object = object,
        .after = state,
    };
    gboolean ok = audit_append(change->session, change->judge->audit_key, &record, NULL, error);
    json_decref(state);
    if (ok && change->judge->anchors != NULL)
        audit_anchors_note(change->judge->anchors, record.organization);
    return ok;
}

static gboolean begin_people(struct change *change, GError **error)
{
    /* As stored: at time 0 no invitation is over. */
    g_autoptr(GPtrArray) people =
        person_facts_select(change->session, "p.organization = ?",
                            STORE_BIND(store_text(change->organization)), 0, TRUE, error);
    if (people == NULL)
        return FALSE;
    for (guint i = 0; i < people->len; i++) {
        const struct person_facts *facts = people->pdata[i];
        if (!append(change, "person:", facts->id, audit_person(facts), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean begin_projects(struct change *change, GError **error)
{
    g_autoptr(GPtrArray) projects = project_names(change->session, change->organization, error);
    if (projects == NULL)
        return FALSE;
    for (guint i = 0; i < projects->len; i++) {
        const struct project *project = projects->pdata[i];
        if (!append(change, "project:", project->id,
                    audit_state_project(project->name, project->display_name), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean begin_connections(struct change *change, GError **error)
{
    g_autoptr(GPtrArray) connections =
        connection_list(change->session, change->organization, error);
    if (connections == NULL)
        return FALSE;
    for (guint i = 0; i < connections->len; i++) {
        const struct connection *connection = connections->pdata[i];
        if (!append(change, "connection:", connection->name, audit_state_connection(connection),
                    error))
            return FALSE;
    }
    return TRUE;
}

static gboolean begin_tokens(struct change *change, GError **error)
{
    /* At time 0 every token lives. */
    g_autoptr(GPtrArray) tokens = token_list(change->session, change->organization, 0, error);
    if (tokens == NULL)
        return FALSE;
    for (guint i = 0; i < tokens->len; i++) {
        const struct token *token = tokens->pdata[i];
        if (!append(change, "token:", token->id, audit_state_token(token), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean begin_home(struct change *change, gboolean *is_there, GError **error)
{
    g_autoptr(Organization) home = NULL;
    *is_there = FALSE;
    if (!organization_read(change->session, change->organization, 0, &home, error))
        return FALSE;
    *is_there = home != NULL;
    return home == NULL ||
           append(change, "organization:", home->name, audit_state_organization(home), error);
}

gboolean audit_begin(struct change *change, GError **error)
{
    struct audit_head head;
    gboolean is_everywhere = change->organization == NULL, is_there = FALSE;
    if (!audit_read_head(change->session,
                         is_everywhere ? AUDIT_EVERYWHERE : change->organization, &head, error))
        return FALSE;
    if (head.seq > 0)
        return TRUE;
    if (!is_everywhere && !begin_home(change, &is_there, error))
        return FALSE;
    if (is_there && (!begin_projects(change, error) || !begin_people(change, error)))
        return FALSE;
    return (!is_there && !is_everywhere) ||
           (begin_connections(change, error) && begin_tokens(change, error));
}
