#include "scim/organization/change.h"

#include <string.h>

#include "scim/organization/invitation.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/outcome.h"

#define ID_BYTES 16

static void touched_free(gpointer data)
{
    struct touched *touched = data;
    g_free(touched->id);
    person_facts_free(touched->before);
    person_facts_free(touched->after);
    g_free(touched->hold);
    if (touched->stand_ins != NULL)
        g_ptr_array_unref(touched->stand_ins);
    g_free(touched);
}

gint64 change_as_of(const struct change *change)
{
    return change->judge->time_is_frozen ? 0 : change->now;
}

struct change change_prepare(const struct judge *judge, const struct actor *actor,
                             const char *organization, struct verdict *verdict)
{
    return (struct change){
        .judge = judge,
        .session = judge->session,
        .random = judge->random,
        .now = clock_now(judge->clock),
        .restore_window = judge->restore_window,
        .actor = actor,
        .organization = organization,
        .verdict = verdict,
    };
}

static gboolean begin_person(struct change *change, GError **error)
{
    if (!person_facts_read(change->session, change->organization, change->actor->person,
                           change_as_of(change), &change->self, error))
        return FALSE;
    if (change->self == NULL || change->self->status != PERSON_ACTIVE)
        return verdict_refuse(change->verdict, REFUSAL_PERMISSION,
                              "You are not an active member of \"%s\".", change->organization);
    return TRUE;
}

/* What a connection wrote in the very moment in which its rehearsal ended would stay one for ever. */
static gboolean check_rehearsal(struct change *change, GError **error)
{
    gint64 live = 0;
    if (!store_number(change->session,
                      "SELECT COUNT(*) FROM connection WHERE organization = ?"
                      " AND ? = '" ORIGIN_PROVIDER "' || name AND rehearsal = 0",
                      STORE_BIND(store_text(change->organization),
                                 store_text(actor_origin(change->actor))),
                      0, &live, error))
        return FALSE;
    if (live == 0)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_RETRY,
                "the rehearsal of \"%s\" has just ended: send it again",
                actor_origin(change->actor));
    return FALSE;
}

gboolean change_begin(struct change *change, GError **error)
{
    change->touched = g_ptr_array_new_with_free_func(touched_free);
    change->new_projects = g_ptr_array_new_with_free_func(g_free);
    change->renamed_projects = g_ptr_array_new_with_free_func(g_free);
    if (!organization_read(change->session, change->organization, change_as_of(change),
                           &change->home, error))
        return FALSE;
    if (change->home == NULL)
        return verdict_missing(change->verdict, "There is no organization \"%s\".",
                               change->organization);
    if (change->actor->kind == ACTOR_PERSON)
        return begin_person(change, error);
    if (change->actor->rehearses && !check_rehearsal(change, error))
        return FALSE;
    if (change->actor->kind == ACTOR_READER)
        return verdict_refuse(change->verdict, REFUSAL_PERMISSION,
                              "This token may read and nothing else.");
    return TRUE;
}

void change_clear(struct change *change)
{
    organization_free(change->home);
    person_facts_free(change->self);
    if (change->touched != NULL)
        g_ptr_array_unref(change->touched);
    if (change->new_projects != NULL)
        g_ptr_array_unref(change->new_projects);
    if (change->renamed_projects != NULL)
        g_ptr_array_unref(change->renamed_projects);
    if (change->records != NULL)
        g_ptr_array_unref(change->records);
}

static struct touched *find(const struct change *change, const char *id)
{
    for (guint i = 0; i < change->touched->len; i++) {
        struct touched *touched = change->touched->pdata[i];
        if (strcmp(touched->id, id) == 0)
            return touched;
    }
    return NULL;
}

struct touched *change_touch_new(struct change *change, const char *id)
{
    struct touched *touched = g_new0(struct touched, 1);
    touched->id = g_strdup(id);
    g_ptr_array_add(change->touched, touched);
    return touched;
}

static gboolean touch_as_of(struct change *change, const char *id, gint64 as_of,
                            struct touched **touched, GError **error)
{
    *touched = id == NULL ? NULL : find(change, id);
    if (*touched != NULL)
        return TRUE;
    PersonFacts *facts = NULL;
    if (id != NULL &&
        !person_facts_read(change->session, change->organization, id, as_of, &facts, error))
        return FALSE;
    if (facts == NULL) {
        verdict_missing(change->verdict, "There is no person with that id.");
        return FALSE;
    }
    *touched = change_touch_new(change, id);
    (*touched)->before = facts;
    return TRUE;
}

gboolean change_touch(struct change *change, const char *id, struct touched **touched,
                      GError **error)
{
    return touch_as_of(change, id, change_as_of(change), touched, error);
}

gboolean change_touch_due(struct change *change, const char *id, struct touched **touched,
                          GError **error)
{
    /* At time 0 no invitation is over. */
    if (!touch_as_of(change, id, 0, touched, error))
        return FALSE;
    (*touched)->expire = TRUE;
    return TRUE;
}

static struct standing standing_of(const struct change *change)
{
    struct standing standing = {.kind = change->actor->kind};
    if (change->self == NULL)
        return standing;
    standing.role = change->self->role;
    for (guint i = 0; i < change->self->projects->len; i++)
        if (g_array_index(change->self->projects, struct project_role_facts, i).role ==
            PROJECT_ROLE_ADMIN)
            standing.is_project_admin = TRUE;
    return standing;
}

gboolean change_permit(struct change *change, enum permission permission,
                       const struct permission_target *target)
{
    struct standing standing = standing_of(change);
    if (permission_allows(permission, &standing, target))
        return TRUE;
    if (actor_is_service(change->actor) && !target->is_origin)
        return verdict_refuse(change->verdict, REFUSAL_ORIGIN,
                              "Another origin is responsible here: \"%s\" may not %s.",
                              actor_origin(change->actor), permission_name(permission));
    return verdict_refuse(change->verdict, REFUSAL_PERMISSION, "You may not %s.",
                          permission_name(permission));
}

gboolean change_is_project_admin(const struct change *change, const char *project)
{
    return change->self != NULL &&
           project_roles_find(change->self->projects, project) == PROJECT_ROLE_ADMIN;
}

gboolean change_permit_project(struct change *change, enum permission permission,
                               const char *project)
{
    const struct permission_target target = {.is_project =
                                                 change_is_project_admin(change, project)};
    return change_permit(change, permission, &target);
}

/* An admin of a project reaches invitations that grant a role in it. */
static gboolean is_into_own_project(const struct change *change,
                                    const struct person_facts *facts)
{
    for (guint i = 0; i < facts->projects->len; i++)
        if (change_is_project_admin(
                change, g_array_index(facts->projects, struct project_role_facts, i).project))
            return TRUE;
    return FALSE;
}

gboolean change_permit_invitation(struct change *change, const struct person_facts *facts,
                                  GError **error)
{
    g_autoptr(Invitation) invitation = NULL;
    if (facts->invitation != NULL &&
        !invitation_read(change->session, change->organization, facts->invitation, change->now,
                         &invitation, error))
        return FALSE;
    const struct permission_target target = {
        .is_own =
            invitation != NULL && g_strcmp0(invitation->invited_by, change->actor->label) == 0,
        .is_project = is_into_own_project(change, facts),
        .is_origin = change->actor->origin != NULL &&
                     person_facts_link(facts, change->actor->origin) != NULL,
    };
    return change_permit(change, PERMISSION_INVITATION, &target);
}

gboolean change_spare_protected(struct change *change, const struct person_facts *facts)
{
    return !actor_is_service(change->actor) || !facts->protected ||
           verdict_refuse(change->verdict, REFUSAL_PROTECTED,
                          "\"%s\" is a protected owner: no directory and no provider may "
                          "change them.",
                          facts->user_name);
}

char *change_new_id(const struct change *change)
{
    return random_hex(change->random, ID_BYTES);
}

gboolean change_match(struct change *change, gint64 version, gint64 if_match)
{
    return if_match == 0 || if_match == version ? TRUE : verdict_stale(change->verdict);
}
