#include "scim/organization/judge_person.h"

#include <string.h>

#include <jansson.h>

#include "scim/organization/departed.h"
#include "scim/organization/effective.h"
#include "scim/organization/grant.h"
#include "scim/organization/intake.h"
#include "scim/organization/judge_edit.h"
#include "scim/organization/judge_marker.h"
#include "scim/organization/link.h"
#include "scim/organization/marker.h"
#include "scim/organization/owed.h"
#include "scim/organization/person.h"
#include "scim/organization/rehearsed_name.h"
#include "scim/protocol/origin.h"

/* A person about to be made. */
struct arrival {
    const struct person_draft *draft;
    const char *origin;
    enum organization_role role;
    GArray *projects; /* struct project_grant */
    Departed *departed;
    char *hold;
    const char *address; /* NULL: held without */
};

static void arrival_clear(struct arrival *arrival)
{
    if (arrival->projects != NULL)
        g_array_unref(arrival->projects);
    departed_free(arrival->departed);
    g_free(arrival->hold);
}

gboolean judge_person_permit(struct change *change, enum organization_role role,
                             const GArray *projects)
{
    const struct permission_target own = {.is_origin = change->actor->origin != NULL};
    enum permission permission = role > ORGANIZATION_ROLE_MEMBER ? PERMISSION_INVITE_PRIVILEGED
                                                                 : PERMISSION_INVITE_MEMBER;
    if (!change_permit(change, permission, &own))
        return FALSE;
    if (change->actor->kind == ACTOR_CONNECTION && role > change->actor->max_role)
        return verdict_refuse(change->verdict, REFUSAL_MAX_ROLE,
                              "This connection may give at most the role %s.",
                              organization_role_name(change->actor->max_role));
    for (guint i = 0; i < projects->len; i++) {
        const char *project = g_array_index(projects, struct project_grant, i).project;
        const struct permission_target target = {
            .is_origin = own.is_origin, .is_project = change_is_project_admin(change, project)};
        if (!change_permit(change, PERMISSION_PROJECT_ROLE, &target))
            return FALSE;
    }
    return TRUE;
}

/* Lists and verbs name people by their userName: nobody but an owner gives one that reads as the
 * address of somebody else, for it would be that name which an owner then trusts. */
static gboolean permit_user_name(struct change *change, const struct person_draft *draft)
{
    return change->self == NULL || effective_is_active_owner(change->self) ||
           draft->user_name == NULL || strchr(draft->user_name, '@') == NULL ||
           (draft->address != NULL &&
            g_ascii_strcasecmp(draft->user_name, draft->address) == 0) ||
           verdict_refuse(change->verdict, REFUSAL_PERMISSION,
                          "Only an owner may give a userName that is not the mailing address.");
}

static gboolean find_departed(struct change *change, struct arrival *arrival, GError **error)
{
    const char *external_id = arrival->draft->external_id;
    const struct departed_key key = {change->organization, arrival->origin, external_id};
    if (!actor_is_service(change->actor) || change->actor->rehearses || external_id == NULL)
        return TRUE;
    if (!departed_find(change->session, &key, change->now, &arrival->departed, error))
        return FALSE;
    /* A provider's externalId alone is not proof enough (R01). */
    if (arrival->departed != NULL && change->actor->kind == ACTOR_CONNECTION &&
        g_ascii_strcasecmp(arrival->departed->user_name, arrival->draft->user_name) != 0)
        g_clear_pointer(&arrival->departed, departed_free);
    return TRUE;
}

/* A sync is refused, a provider's person is held: *hold then says why. */
static gboolean heed_marker(struct change *change, const struct person_draft *draft,
                            char **hold, GError **error)
{
    g_autoptr(Marker) marker = NULL;
    const struct marker_row row = {.organization = change->organization,
                                   .origin = actor_origin(change->actor),
                                   .external_id = draft->external_id,
                                   .user_name = draft->user_name,
                                   .address = draft->address};
    if (!actor_is_service(change->actor) || change->actor->rehearses)
        return TRUE;
    if (!marker_find(change->session, &row, &marker, error))
        return FALSE;
    if (marker == NULL)
        return TRUE;
    g_autofree char *sentence = marker_sentence(marker);
    if (change->actor->kind == ACTOR_SYNC)
        return verdict_refuse(change->verdict, REFUSAL_PERMISSION, "%s", sentence);
    *hold = g_steal_pointer(&sentence);
    return TRUE;
}

static gboolean heed_address(struct change *change, struct arrival *arrival, GError **error)
{
    enum intake_problem problem;
    /* Nobody is mailed before it is real; and until then an address is still everybody else's. */
    if (change->actor->rehearses)
        return TRUE;
    arrival->address = arrival->draft->address;
    if (!intake_address(change, arrival->address, NULL, &problem, error))
        return FALSE;
    if (change->actor->kind != ACTOR_CONNECTION)
        return intake_judge(change, problem, arrival->address);
    if (problem == INTAKE_FINE)
        return TRUE;
    arrival->address = NULL;
    g_free(arrival->hold);
    arrival->hold = g_strdup(intake_hold(problem));
    return TRUE;
}

static char *profile_of(const char *address)
{
    json_t *profile = json_pack("{s:[{s:s, s:s, s:b}]}", "emails", "value", address, "type",
                                "work", "primary", 1);
    char *text = json_dumps(profile, JSON_COMPACT);
    char *owned = g_strdup(text);
    free(text);
    json_decref(profile);
    return owned;
}

static gboolean insert(struct change *change, const struct arrival *arrival,
                       struct touched **touched, GError **error)
{
    const struct person_draft *draft = arrival->draft;
    const struct departed *departed = arrival->departed;
    g_autofree char *id = departed != NULL ? g_strdup(departed->person) : change_new_id(change);
    g_autofree char *profile = draft->profile != NULL   ? g_strdup(draft->profile)
                               : draft->address != NULL ? profile_of(draft->address)
                                                        : g_strdup("{}");
    const struct person_row row = {
        .organization = change->organization,
        .id = id,
        .user_name = draft->user_name,
        .display_name = draft->display_name,
        .profile = profile,
        .address = arrival->address,
        .accepted_at = departed != NULL ? departed->accepted_at : 0,
        .created = departed != NULL ? departed->created : change->now,
    };
    *touched = change_touch_new(change, id);
    (*touched)->hold = g_strdup(arrival->hold);
    return person_insert(change->session, &row, error);
}

static gboolean write_link(struct change *change, const struct arrival *arrival,
                           struct touched *touched, GError **error)
{
    const struct grant_link link = {
        .origin = arrival->origin,
        .external_id = arrival->draft->external_id,
        .active = arrival->draft->active || !actor_is_service(change->actor),
        .role = arrival->role,
        .has_projects = TRUE,
        .projects = arrival->projects,
        .rehearsed = change->actor->rehearses,
        .unknown_roles = grant_unknown_roles(arrival->draft, NULL),
    };
    return grant_write_link(change, touched, &link, error);
}

/* Whom people make inactive, an owner has suspended: so an owner can lift it again. */
static gboolean suspend(struct change *change, const struct arrival *arrival,
                        const struct touched *touched, GError **error)
{
    const struct permission_target none = {0};
    if (arrival->draft->active || actor_is_service(change->actor))
        return TRUE;
    return change_permit(change, PERMISSION_SUSPEND, &none) &&
           person_write_suspended(change->session, change->organization, touched->id, TRUE,
                                  error);
}

/* What stood besides the link when a sync or a provider removed them. */
static gboolean restore(struct change *change, const struct arrival *arrival,
                        const struct touched *touched, GError **error)
{
    const struct departed *departed = arrival->departed;
    const struct link_key key = {
        .organization = change->organization, .person = touched->id, .origin = arrival->origin};
    if (departed == NULL)
        return TRUE;
    gboolean ok = person_write_suspended(change->session, change->organization, touched->id,
                                         departed->suspended_by_owner, error) &&
                  link_override_put(change->session, &key, departed->override, error) &&
                  departed_drop(change->session, change->organization, touched->id, error);
    for (guint i = 0; ok && i < departed->overrides->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(departed->overrides, struct project_role_facts, i);
        ok = link_override_put_project(change->session, &key, entry->project, entry->role,
                                       error);
    }
    change->verdict->event = VERDICT_EVENT_RESTORED;
    return ok;
}

/* A POST that names no role is not refused for one that another origin gave before its link was moved
 * to this connection. */
static enum organization_role role_had(const struct change *change,
                                       const struct departed *departed)
{
    return change->actor->kind == ACTOR_CONNECTION
               ? MIN(departed->role, change->actor->max_role)
               : departed->role;
}

/* Roles that the request leaves out: of a restored person those they had, as far as this connection
 * may give them, else member. */
static void complete_roles(const struct change *change, struct arrival *arrival)
{
    const struct departed *departed = arrival->departed;
    gboolean says_role =
        arrival->draft->has_roles && arrival->draft->role != ORGANIZATION_ROLE_NONE;
    arrival->role = says_role          ? arrival->draft->role
                    : departed != NULL ? role_had(change, departed)
                                       : ORGANIZATION_ROLE_MEMBER;
    if (departed == NULL || arrival->draft->has_roles)
        return;
    for (guint i = 0; i < departed->projects->len; i++) {
        const struct project_role_facts *had =
            &g_array_index(departed->projects, struct project_role_facts, i);
        const struct project_grant grant = {.project = had->project, .role = had->role};
        g_array_append_val(arrival->projects, grant);
    }
}

static gboolean arrive(struct change *change, struct arrival *arrival, GError **error)
{
    const struct person_draft *draft = arrival->draft;
    struct touched *touched;
    if (!intake_projects(change, draft, &arrival->projects, error) ||
        !find_departed(change, arrival, error))
        return FALSE;
    complete_roles(change, arrival);
    return judge_person_permit(change, arrival->role, arrival->projects) &&
           permit_user_name(change, draft) &&
           rehearsed_name_release(change, draft->user_name, error) &&
           intake_user_name(change, draft->user_name, NULL, error) &&
           heed_marker(change, draft, &arrival->hold, error) &&
           heed_address(change, arrival, error) &&
           judge_marker_lift_named(change, draft->user_name, arrival->address, error) &&
           insert(change, arrival, &touched, error) &&
           write_link(change, arrival, touched, error) &&
           suspend(change, arrival, touched, error) && restore(change, arrival, touched, error);
}

gboolean judge_person_make(struct change *change, const struct person_draft *draft,
                           GError **error)
{
    struct arrival arrival = {.draft = draft, .origin = actor_origin(change->actor)};
    gboolean ok = arrive(change, &arrival, error);
    arrival_clear(&arrival);
    return ok;
}

/* Has this service deactivated them, or asked for it in vain (owed.h)? Who posts somebody anew takes
 * that back. */
static gboolean is_let_go(struct change *change, const struct person_facts *facts,
                          const struct person_draft *draft, gboolean *yes, GError **error)
{
    const char *origin = actor_origin(change->actor);
    const struct link_facts *link = person_facts_link(facts, origin);
    *yes = FALSE;
    if (link == NULL || g_strcmp0(link->external_id, draft->external_id) != 0)
        return TRUE;
    *yes = !link->active;
    return *yes || owed_is_leaving(change, facts->id, origin, yes, error);
}

/* Whom this service let go, and who is called so: *found stays NULL when it is nobody. */
static gboolean find_suspended(struct change *change, const struct person_draft *draft,
                               PersonFacts **found, GError **error)
{
    g_autofree char *id = NULL;
    g_autoptr(PersonFacts) facts = NULL;
    gboolean is_theirs = FALSE;
    if (!actor_is_service(change->actor) || change->actor->is_strict ||
        draft->external_id == NULL || draft->user_name == NULL)
        return TRUE;
    if (!person_find_by_user_name(change->session, change->organization, draft->user_name, &id,
                                  error) ||
        (id != NULL && !person_facts_read(change->session, change->organization, id,
                                          change->now, &facts, error)))
        return FALSE;
    if (facts != NULL && !is_let_go(change, facts, draft, &is_theirs, error))
        return FALSE;
    if (is_theirs)
        *found = g_steal_pointer(&facts);
    return TRUE;
}

/* Somebody of this connection who was suspended and is assigned again arrives as a POST (tolerance
 * 14; RFC 7644 3.3 has a 409 for it, and so have we where the connection is strict). */
static gboolean reactivate(struct change *change, const struct person_draft *draft,
                           gboolean *done, GError **error)
{
    g_autoptr(PersonFacts) facts = NULL;
    struct touched *touched;
    if (!find_suspended(change, draft, &facts, error))
        return FALSE;
    *done = facts != NULL;
    if (facts == NULL)
        return TRUE;
    change->verdict->event = VERDICT_EVENT_RESTORED;
    change->verdict->resumed = TRUE;
    return change_touch(change, facts->id, &touched, error) &&
           owed_drop(change, touched, NULL, error) &&
           (facts->joined_at > 0 || heed_marker(change, draft, &touched->hold, error)) &&
           judge_edit_link(change, touched, draft, error);
}

static gboolean is_linked_already(struct change *change, const struct person_draft *draft,
                                  gboolean *is_linked, GError **error)
{
    g_autofree char *id = NULL;
    *is_linked = FALSE;
    if (change->actor->kind != ACTOR_SYNC || draft->external_id == NULL)
        return TRUE;
    if (!person_find_by_external_id(change->session, change->organization,
                                    actor_origin(change->actor), draft->external_id, &id,
                                    error))
        return FALSE;
    *is_linked = id != NULL;
    return TRUE;
}

static gboolean check_origin(struct change *change)
{
    if (actor_is_service(change->actor) && change->actor->origin == NULL)
        return verdict_refuse(change->verdict, REFUSAL_ORIGIN,
                              "A sync must say with %s for which directory it writes.",
                              "Rolecall-Origin");
    return !change->actor->attaches ||
           verdict_refuse(change->verdict, REFUSAL_ORIGIN,
                          "Pushed groups give roles to people whom a provider made: \"%s\" "
                          "invites nobody.",
                          change->actor->origin);
}

gboolean judge_person_create(struct change *change, const struct act *act, GError **error)
{
    gboolean done = FALSE, is_linked = FALSE;
    if (!check_origin(change) || !reactivate(change, act->draft, &done, error))
        return FALSE;
    if (done)
        return TRUE;
    if (!is_linked_already(change, act->draft, &is_linked, error))
        return FALSE;
    if (is_linked)
        return verdict_taken(change->verdict, "Somebody of \"%s\" has this externalId already.",
                             actor_origin(change->actor));
    return judge_person_make(change, act->draft, error);
}

gboolean judge_person_found(struct change *change, const char *address,
                            struct touched **touched, GError **error)
{
    enum intake_problem problem;
    const struct person_draft draft = {
        .user_name = address, .address = address, .active = TRUE, .has_roles = TRUE};
    struct arrival arrival = {.draft = &draft,
                              .origin = ORIGIN_MANUAL,
                              .role = ORGANIZATION_ROLE_OWNER,
                              .address = address,
                              .projects =
                                  g_array_new(FALSE, FALSE, sizeof(struct project_grant))};
    gboolean ok = intake_user_name(change, address, NULL, error) &&
                  intake_address(change, address, NULL, &problem, error) &&
                  (problem == INTAKE_DOMAIN || intake_judge(change, problem, address)) &&
                  insert(change, &arrival, touched, error) &&
                  write_link(change, &arrival, *touched, error);
    if (ok)
        (*touched)->accept = TRUE;
    arrival_clear(&arrival);
    return ok;
}
