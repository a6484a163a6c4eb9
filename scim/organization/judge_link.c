#include "scim/organization/judge_link.h"

#include <string.h>

#include "scim/organization/connection.h"
#include "scim/organization/link.h"
#include "scim/organization/owed.h"
#include "scim/organization/person.h"
#include "scim/protocol/origin.h"

/* A provider must have a connection here, which is not in rehearsal; directories are the config's. */
static gboolean check_origin(struct change *change, const char *origin, GError **error)
{
    g_autoptr(Connection) connection = NULL;
    if (origin != NULL &&
        (strcmp(origin, ORIGIN_MANUAL) == 0 || origin_directory_name(origin) != NULL))
        return TRUE;
    if (origin == NULL || !g_str_has_prefix(origin, ORIGIN_PROVIDER))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "An origin is manual, directory:NAME or scim:CONNECTION.");
    const char *name = origin + strlen(ORIGIN_PROVIDER);
    if (!connection_find(change->session, change->organization, name, &connection, error))
        return FALSE;
    if (connection == NULL || strcmp(connection->scope, "people") != 0)
        return verdict_missing(change->verdict, "\"%s\" has no provider's connection \"%s\".",
                               change->organization, name);
    return !connection->rehearsal ||
           verdict_refuse(change->verdict, REFUSAL_ORIGIN,
                          "\"%s\" is in rehearsal: make it live first.", name);
}

static gboolean write_projects(struct change *change, const struct link_key *key,
                               const GArray *projects, gboolean are_there, GError **error)
{
    for (guint i = 0; i < projects->len; i++) {
        const struct project_role_facts *has =
            &g_array_index(projects, struct project_role_facts, i);
        if (!link_put_project(change->session, key, has->project,
                              are_there ? has->role : PROJECT_ROLE_NONE, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean may_move(struct change *change, const struct person_facts *facts,
                         const struct link_move *move)
{
    const struct link_facts *link = person_facts_link(facts, move->from);
    if (link == NULL)
        return verdict_missing(change->verdict, "\"%s\" has no link of \"%s\".",
                               facts->user_name, move->from);
    if (person_facts_link(facts, move->to) != NULL)
        return verdict_taken(change->verdict,
                             "\"%s\" has a link of \"%s\" already: nothing is moved; "
                             "whoever has none can be moved by name.",
                             facts->user_name, move->to);
    return !link->attached ||
           verdict_refuse(
               change->verdict, REFUSAL_ORIGIN,
               "The link of \"%s\" comes from pushed groups and goes with them: it is "
               "not moved.",
               facts->user_name);
}

/* An anchor is of one person: the next sync could not tell two apart. */
static gboolean is_anchor_free(struct change *change, const struct link_move *move,
                               const char *external_id, GError **error)
{
    g_autofree char *holder = NULL;
    if (!origin_is_directory(move->to) || external_id == NULL)
        return TRUE;
    if (!person_find_by_external_id(change->session, change->organization, move->to,
                                    external_id, &holder, error))
        return FALSE;
    return holder == NULL ||
           verdict_taken(change->verdict,
                         "Somebody of \"%s\" has the externalId \"%s\" already: nothing is "
                         "moved; say which externalId is meant.",
                         move->to, external_id);
}

/* A manual link suspends nobody, for there is nobody to lift that: whom the old origin has suspended,
 * an owner has from now on. */
static gboolean keep_suspended(struct change *change, const struct link_key *to,
                               const struct link_facts *link, const char *external_id,
                               GError **error)
{
    const struct link_value value = {.external_id = external_id,
                                     .active = TRUE,
                                     .role = link->role,
                                     .unknown_roles = link->unknown_roles,
                                     .profile = link->profile};
    return link->active || g_strcmp0(to->origin, ORIGIN_MANUAL) != 0 ||
           (link_put(change->session, to, &value, error) &&
            person_write_suspended(change->session, change->organization, to->person, TRUE,
                                   error));
}

static gboolean move_one(struct change *change, const char *person,
                         const struct link_move *move, GError **error)
{
    struct touched *touched;
    if (!change_touch(change, person, &touched, error) ||
        !may_move(change, touched->before, move))
        return FALSE;
    const struct link_facts *link = person_facts_link(touched->before, move->from);
    const char *external_id = move->external_id != NULL ? move->external_id : link->external_id;
    const struct link_key from = {change->organization, person, move->from},
                          to = {change->organization, person, move->to};
    return is_anchor_free(change, move, external_id, error) &&
           owed_forget(change, person, move->from, error) &&
           write_projects(change, &from, link->projects, FALSE, error) &&
           link_move(change->session, &from, move->to, external_id, error) &&
           keep_suspended(change, &to, link, external_id, error) &&
           write_projects(change, &to, link->projects, TRUE, error);
}

static gboolean move_all(struct change *change, const struct link_move *move, GError **error)
{
    g_autoptr(GPtrArray) people =
        link_people(change->session, change->organization, move->from, error);
    if (people == NULL)
        return FALSE;
    if (people->len == 0)
        return verdict_missing(change->verdict, "Nobody has a link of \"%s\".", move->from);
    if (move->external_id != NULL && people->len > 1)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "One externalId is of one person.");
    for (guint i = 0; i < people->len; i++)
        if (!move_one(change, people->pdata[i], move, error))
            return FALSE;
    return TRUE;
}

gboolean judge_link_move(struct change *change, const struct act *act, GError **error)
{
    const struct permission_target none = {0};
    if (!change_permit(change, PERMISSION_ADMINISTER, &none) ||
        !check_origin(change, act->move->from, error) ||
        !check_origin(change, act->move->to, error))
        return FALSE;
    return act->id != NULL ? move_one(change, act->id, act->move, error)
                           : move_all(change, act->move, error);
}
