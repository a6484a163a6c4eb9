#include "scim/organization/judge_profile.h"

#include <string.h>

#include <jansson.h>

#include "scim/organization/effective.h"
#include "scim/organization/intake.h"
#include "scim/organization/marker.h"
#include "scim/organization/person.h"
#include "scim/protocol/address.h"
#include "scim/protocol/mailing_address.h"
#include "scim/protocol/origin.h"

/* Somebody who merely is inactive already is no reason: what was then passed over in silence would
 * be sent for ever. */
gboolean judge_profile_is_lenient(const struct change *change, const struct person_draft *draft)
{
    gboolean suspends = !draft->active && (draft->says_active || draft->suspends);
    return change->actor->kind == ACTOR_CONNECTION && (suspends || change->verdict->resumed);
}

const char *judge_profile_creator(const struct person_facts *facts)
{
    const struct link_facts *oldest = effective_holder(facts, NULL);
    if (oldest == NULL && facts->links->len > 0)
        oldest = facts->links->pdata[0];
    return oldest != NULL ? oldest->origin : ORIGIN_MANUAL;
}

static gboolean is_inside(const struct change *change, const char *text)
{
    return text == NULL || strchr(text, '@') == NULL ||
           address_in_domains(text, (const char *const *)change->home->domains);
}

/* R02: once accepted, an address belongs to the person: only the origin that made them may change
 * it, and only inside the domains. */
static gboolean judge_identity(struct change *change, const struct person_facts *before,
                               const struct person_row *row)
{
    if (before->joined_at == 0)
        return TRUE;
    if (change->self != NULL && change->self->role != ORGANIZATION_ROLE_OWNER)
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "Only an owner may change a userName or an address.");
    if (strcmp(judge_profile_creator(before), actor_origin(change->actor)) != 0)
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "The userName and address of this person are those of \"%s\".",
                               judge_profile_creator(before));
    if (!is_inside(change, row->user_name) || !is_inside(change, row->address))
        return verdict_invalid(change->verdict, FAULT_MUTABILITY,
                               "An accepted address may change only inside the domains of "
                               "\"%s\".",
                               change->organization);
    return TRUE;
}

/* Of somebody who was held there is no address but in what their provider says; an owner may have
 * invited them at another one since. */
static gboolean is_said_already(const struct person_facts *before, const char *address)
{
    json_t *profile = json_loads(before->profile, 0, NULL);
    gboolean is_said = (before->address == NULL || before->joined_at > 0) &&
                       g_strcmp0(mailing_address_of(profile, before->user_name), address) == 0;
    json_decref(profile);
    return is_said;
}

/* What hinders a pending provider's person from being mailed holds them. */
static gboolean heed_address(struct change *change, struct touched *touched,
                             struct person_row *row, GError **error)
{
    enum intake_problem problem;
    const struct person_facts *before = touched->before;
    gboolean is_same = g_strcmp0(row->address, before->address) == 0;
    /* Whom nothing but a rehearsal knows has no address that could be anybody else's, too. */
    if (change->actor->rehearses || effective_is_rehearsed(before)) {
        row->address = before->address;
        return TRUE;
    }
    if (before->address != NULL && is_said_already(before, row->address)) {
        row->address = before->address;
        return TRUE;
    }
    if (is_same && before->status != PERSON_HELD && row->address != NULL)
        return TRUE;
    if (!intake_address(change, row->address, touched->id, &problem, error))
        return FALSE;
    if (problem == INTAKE_FINE)
        return TRUE;
    /* Whoever edits something else of them has not said that address. */
    if ((change->actor->kind != ACTOR_CONNECTION || before->joined_at > 0) &&
        is_said_already(before, row->address)) {
        row->address = NULL;
        return TRUE;
    }
    if (change->actor->kind != ACTOR_CONNECTION || before->joined_at > 0)
        return is_same || intake_judge(change, problem, row->address);
    row->address = NULL;
    touched->hold = g_strdup(intake_hold(problem));
    /* The database lets nobody be invited without an address, not even until it is settled. */
    const struct person_state held = {
        .status = PERSON_HELD, .reason = touched->hold, .role = before->role};
    return person_write_state(change->session, change->organization, touched->id, &held, error);
}

/* A marker stands for the person, not for what they were called: in another name or with another
 * address they are still the one who left, also for the next edit. */
static gboolean carry_marker(struct change *change, const struct touched *touched,
                             const struct marker *marker, GError **error)
{
    const struct person_facts *before = touched->before;
    const struct link_facts *old = person_facts_link(before, marker->origin);
    g_autoptr(PersonFacts) after = NULL;
    if (!person_facts_read(change->session, change->organization, touched->id, change->now,
                           &after, error))
        return FALSE;
    const struct link_facts *link =
        after != NULL ? person_facts_link(after, marker->origin) : NULL;
    if (link == NULL || (strcmp(after->user_name, before->user_name) == 0 &&
                         g_strcmp0(after->address, before->address) == 0 &&
                         g_strcmp0(link->external_id, old->external_id) == 0))
        return TRUE;
    g_autofree char *id = change_new_id(change);
    const struct marker_row row = {.organization = change->organization,
                                   .id = id,
                                   .origin = marker->origin,
                                   .external_id = link->external_id,
                                   .user_name = after->user_name,
                                   .address = after->address,
                                   .kind = marker->kind,
                                   .since = marker->since};
    return marker_insert(change->session, &row, error);
}

/* Somebody who never accepted is invited, or stays held, as their marker says: another address or
 * a new activation does not get around it. */
gboolean judge_profile_heed_marker(struct change *change, struct touched *touched,
                                   GError **error)
{
    const struct person_facts *before = touched->before;
    const struct link_facts *link = person_facts_link(before, actor_origin(change->actor));
    g_autoptr(Marker) marker = NULL;
    gboolean may_invite = before->status == PERSON_HELD || before->status == PERSON_SUSPENDED;
    if (change->actor->kind != ACTOR_CONNECTION || change->actor->rehearses ||
        before->joined_at > 0 || !may_invite || link == NULL)
        return TRUE;
    const struct marker_row row = {.organization = change->organization,
                                   .origin = link->origin,
                                   .external_id = link->external_id,
                                   .user_name = before->user_name,
                                   .address = before->address};
    if (!marker_find(change->session, &row, &marker, error))
        return FALSE;
    touched->release = marker == NULL && touched->hold == NULL;
    if (marker != NULL && touched->hold == NULL)
        touched->hold = g_strdup(before->status == PERSON_HELD
                                     ? before->reason
                                     : "This person left or was removed before: an owner's "
                                       "invitation lifts that.");
    return marker == NULL || carry_marker(change, touched, marker, error);
}

static gboolean judge_names(struct change *change, struct touched *touched,
                            struct person_row *row, GError **error)
{
    const struct person_facts *before = touched->before;
    gboolean renamed = strcmp(row->user_name, before->user_name) != 0;
    gboolean readdressed =
        g_strcmp0(row->address, before->address) != 0 && !is_said_already(before, row->address);
    /* Somebody held has no stored address: their profile's says nothing new by being there. */
    if ((renamed || readdressed) && !judge_identity(change, before, row))
        return FALSE;
    return (!renamed || intake_user_name(change, row->user_name, touched->id, error)) &&
           heed_address(change, touched, row, error);
}

/* The profile as it is to be, with the mails that stand. The caller frees. */
static char *keep_mails(const char *profile, const char *stored)
{
    json_t *after = json_loads(profile, 0, NULL);
    json_t *before = json_loads(stored, 0, NULL);
    json_t *mails = json_object_get(before, "emails");
    if (mails != NULL)
        json_object_set(after, "emails", mails);
    else
        json_object_del(after, "emails");
    char *text = json_dumps(after, JSON_COMPACT);
    char *owned = g_strdup(text != NULL ? text : stored);
    free(text);
    json_decref(before);
    json_decref(after);
    return owned;
}

/* Forgives what a provider's deactivation was refused for, and keeps the stored values: the mails,
 * too, or the next word of the provider would be refused for them. `profile` owns what it becomes. */
static void keep_names(struct change *change, struct touched *touched, struct person_row *row,
                       char **profile)
{
    const struct person_facts *before = touched->before;
    fault_clear(&change->verdict->fault);
    change->verdict->kind = VERDICT_DONE;
    change->verdict->forgiven += strcmp(row->user_name, before->user_name) != 0;
    change->verdict->forgiven += g_strcmp0(row->address, before->address) != 0;
    *profile = keep_mails(row->profile, before->profile);
    row->profile = *profile;
    row->user_name = before->user_name;
    row->address = before->address;
}

/* An owner has given somebody held an address that can be mailed: they are invited, if no marker says
 * that they left. */
static gboolean heed_correction(struct change *change, struct touched *touched,
                                const struct person_row *row, GError **error)
{
    const struct person_facts *before = touched->before;
    const char *creator = judge_profile_creator(before);
    const struct link_facts *link = person_facts_link(before, creator);
    g_autoptr(Marker) marker = NULL;
    if (actor_is_service(change->actor) || before->status != PERSON_HELD ||
        before->address != NULL || row->address == NULL)
        return TRUE;
    const struct marker_row named = {.organization = change->organization,
                                     .origin = creator,
                                     .external_id = link != NULL ? link->external_id : NULL,
                                     .user_name = row->user_name,
                                     .address = row->address};
    if (!marker_find(change->session, &named, &marker, error))
        return FALSE;
    touched->release = marker == NULL;
    if (marker != NULL)
        touched->hold = marker_sentence(marker);
    return TRUE;
}

gboolean judge_profile_write(struct change *change, struct touched *touched,
                             const struct person_draft *draft, GError **error)
{
    const struct person_facts *before = touched->before;
    struct person_row row = {
        .organization = change->organization,
        .id = touched->id,
        .user_name = draft->user_name != NULL ? draft->user_name : before->user_name,
        .display_name = draft->display_name,
        .profile = draft->profile != NULL ? draft->profile : before->profile,
        .address = draft->address,
    };
    g_autofree char *profile = NULL;
    GError *failure = NULL;
    if (!judge_names(change, touched, &row, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, failure);
            return FALSE;
        }
        if (!judge_profile_is_lenient(change, draft))
            return FALSE;
        keep_names(change, touched, &row, &profile);
    }
    return person_write(change->session, &row, error) &&
           heed_correction(change, touched, &row, error);
}

gboolean judge_profile_differs(const struct person_facts *before,
                               const struct person_draft *draft)
{
    return (draft->user_name != NULL && strcmp(draft->user_name, before->user_name) != 0) ||
           (draft->profile != NULL && strcmp(draft->profile, before->profile) != 0) ||
           g_strcmp0(draft->display_name, before->display_name) != 0 ||
           g_strcmp0(draft->address, before->address) != 0;
}
