#include "scim/organization/change_record.h"

#include <string.h>

#include "scim/organization/act.h"
#include "scim/organization/audit_deed.h"
#include "scim/organization/audit_person.h"
#include "scim/protocol/outcome.h"

struct note {
    enum audit_action action;
    char *object;
    json_t *before, *after;
};

static void note_free(gpointer data)
{
    struct note *note = data;
    g_free(note->object);
    json_decref(note->before);
    json_decref(note->after);
    g_free(note);
}

static void add(struct change *change, enum audit_action action, const char *object,
                json_t *before, json_t *after)
{
    struct note *note = g_new0(struct note, 1);
    *note = (struct note){action, g_strdup(object), before, after};
    if (change->records == NULL)
        change->records = g_ptr_array_new_with_free_func(note_free);
    g_ptr_array_add(change->records, note);
}

void change_record(struct change *change, enum audit_action action, const char *object,
                   json_t *before, json_t *after)
{
    change->home_changed = TRUE;
    add(change, action, object, before, after);
}

void change_record_group(struct change *change, enum audit_action action, const char *id,
                         json_t *before, json_t *after)
{
    g_autofree char *object = g_strconcat("group:", id, NULL);
    change->groups_changed = TRUE;
    add(change, action, object, before, after);
}

void change_record_person(struct change *change, const struct touched *touched)
{
    g_autofree char *object = g_strconcat("person:", touched->id, NULL);
    add(change, audit_deed(change, touched), object, audit_person(touched->before),
        audit_person(touched->after));
}

/* Who, as the trail names them. */
struct author {
    char *actor, *name; /* name: NULL where none but a person has one */
};

static gboolean is_answer(const struct act *act)
{
    return act != NULL &&
           (act->kind == ACT_INVITATION_ACCEPT || act->kind == ACT_INVITATION_DECLINE);
}

static struct author person_author(const char *id, const struct person_facts *facts)
{
    return (struct author){.actor = g_strconcat(ACTOR_LABEL_PERSON, id, NULL),
                           .name = facts == NULL ? NULL : g_strdup(facts->user_name)};
}

static struct author author_of(const struct change *change)
{
    const struct actor *actor = change->actor;
    /* Whoever holds the link that was mailed to them is them (R59). */
    if (is_answer(change->act) && change->touched != NULL && change->touched->len > 0) {
        const struct touched *first = change->touched->pdata[0];
        return person_author(first->id, first->before);
    }
    if (change->act != NULL && change->act->kind == ACT_INVITATION_ASK)
        return (struct author){.actor = g_strdup("anybody")};
    if (actor->kind == ACTOR_PERSON)
        return person_author(actor->person, change->self);
    const char *label =
        actor_is_service(actor) && actor->origin != NULL ? actor->origin : actor->label;
    return (struct author){.actor = g_strdup(label != NULL ? label : actor_origin(actor))};
}

static gboolean append(struct change *change, const struct author *author,
                       const struct note *note, GError **error)
{
    const struct actor *actor = change->actor;
    struct audit_anchors *anchors = change->judge->anchors;
    const struct audit_record record = {
        .organization = change->organization != NULL ? change->organization : AUDIT_EVERYWHERE,
        .time = change->now,
        .actor = author->actor,
        .actor_name = author->name,
        .source = actor->source,
        .run = actor->run,
        .request = actor->request,
        .reason = actor->reason,
        .action = note->action,
        .object = note->object,
        .before = note->before,
        .after = note->after,
        .anchors = anchors == NULL ? 0 : audit_anchors_count(anchors),
    };
    if (!audit_append(change->session, change->judge->audit_key, &record, NULL, error))
        return FALSE;
    if (anchors != NULL)
        audit_anchors_note(anchors, record.organization);
    return TRUE;
}

/* I8, whatever the rooms of the judge may have forgotten. */
static gboolean check(const struct change *change, GError **error)
{
    const gboolean is_done = change->verdict->kind == VERDICT_DONE;
    const gboolean is_recorded = change->records != NULL && change->records->len > 0;
    if (is_done == is_recorded)
        return TRUE;
    g_set_error(error, OUTCOME, OUTCOME_INTERNAL,
                is_done ? "a change of \"%s\" without a record for the audit trail"
                        : "a record for the audit trail of \"%s\" without a change",
                change->organization);
    return FALSE;
}

gboolean change_record_write(struct change *change, GError **error)
{
    if (!check(change, error))
        return FALSE;
    if (change->records == NULL)
        return TRUE;
    struct author author = author_of(change);
    gboolean ok = TRUE;
    for (guint i = 0; ok && i < change->records->len; i++)
        ok = append(change, &author, change->records->pdata[i], error);
    g_free(author.actor);
    g_free(author.name);
    return ok;
}
