#include "scim/organization/admission.h"

#include <jansson.h>

#include "scim/organization/attempt.h"
#include "scim/organization/effective.h"
#include "scim/organization/intake.h"
#include "scim/organization/marker.h"
#include "scim/organization/person.h"
#include "scim/organization/settle.h"
#include "scim/organization/waiting.h"
#include "scim/protocol/mailing_address.h"
#include "scim/protocol/origin.h"

static char *address_of(const struct person_facts *facts)
{
    if (facts->address != NULL)
        return g_strdup(facts->address);
    json_t *profile = json_loads(facts->profile, 0, NULL);
    char *address = g_strdup(mailing_address_of(profile, facts->user_name));
    json_decref(profile);
    return address;
}

static gboolean heed_marker(struct change *change, struct touched *touched, const char *origin,
                            const char *address, GError **error)
{
    const struct person_facts *before = touched->before;
    const struct link_facts *link = person_facts_link(before, origin);
    g_autoptr(Marker) marker = NULL;
    const struct marker_row row = {.organization = change->organization,
                                   .origin = origin,
                                   .external_id = link != NULL ? link->external_id : NULL,
                                   .user_name = before->user_name,
                                   .address = address};
    if (!marker_find(change->session, &row, &marker, error))
        return FALSE;
    if (marker != NULL)
        touched->hold = marker_sentence(marker);
    return TRUE;
}

gboolean admission_consider(struct change *change, struct touched *touched, const char *origin,
                            GError **error)
{
    const struct person_facts *before = touched->before;
    touched->release = TRUE;
    if (before->joined_at > 0)
        return TRUE;
    enum intake_problem problem;
    g_autofree char *address = address_of(before);
    if (!heed_marker(change, touched, origin, address, error) ||
        !intake_address(change, address, touched->id, &problem, error))
        return FALSE;
    if (problem != INTAKE_FINE) {
        g_free(touched->hold);
        touched->hold = g_strdup(intake_hold(problem));
    }
    touched->release = touched->hold == NULL;
    const struct person_row row = {.organization = change->organization,
                                   .id = touched->id,
                                   .user_name = before->user_name,
                                   .display_name = before->display_name,
                                   .profile = before->profile,
                                   .address = problem == INTAKE_FINE ? address : NULL};
    return person_write(change->session, &row, error);
}

/* In whose name somebody is invited who waited: the origin's that brought them. */
static struct actor actor_of(const struct person_facts *facts, const char *organization)
{
    const struct link_facts *holder = effective_holder(facts, NULL);
    if (holder == NULL || g_str_equal(holder->origin, ORIGIN_MANUAL))
        return actor_time(organization);
    return (struct actor){
        .kind = origin_is_directory(holder->origin) ? ACTOR_SYNC : ACTOR_CONNECTION,
        .organization = organization,
        .origin = holder->origin,
        .label = holder->origin,
    };
}

static gboolean admit(struct change *change, const void *context, GError **error)
{
    const char *person = context;
    struct touched *touched;
    return change_begin(change, error) && change_touch(change, person, &touched, error) &&
           admission_consider(change, touched, actor_origin(change->actor), error) &&
           settle(change, error);
}

static gboolean admit_one(const struct judge *judge, const char *organization, const char *id,
                          gboolean *done, GError **error)
{
    g_autoptr(PersonFacts) facts = NULL;
    struct verdict verdict = {0};
    if (!person_facts_read(judge->session, organization, id, 0, &facts, error))
        return FALSE;
    const struct actor actor = actor_of(facts, organization);
    struct change change = change_prepare(judge, &actor, organization, &verdict);
    gboolean ok = attempt(&change, admit, id, error);
    *done = *done || verdict.kind == VERDICT_DONE;
    verdict_clear(&verdict);
    return ok;
}

gboolean admission_of_waiting(const struct judge *judge, const char *organization,
                              GError **error)
{
    gboolean done = TRUE;
    /* Who turns out to be held leaves the seat to the next. */
    while (done) {
        g_autoptr(GPtrArray) people = waiting_next(judge->session, organization, error);
        if (people == NULL)
            return FALSE;
        done = FALSE;
        for (guint i = 0; i < people->len; i++)
            if (!admit_one(judge, organization, people->pdata[i], &done, error))
                return FALSE;
    }
    return TRUE;
}
