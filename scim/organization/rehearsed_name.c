#include "scim/organization/rehearsed_name.h"

#include "scim/organization/invitation.h"
#include "scim/organization/settle_person.h"

gboolean rehearsed_name_release(struct change *change, const char *user_name, GError **error)
{
    g_autofree char *id = NULL;
    g_autoptr(PersonFacts) facts = NULL;
    struct touched *touched;
    if (change->actor->rehearses || user_name == NULL)
        return TRUE;
    if (!person_find_by_user_name(change->session, change->organization, user_name, &id, error))
        return FALSE;
    if (id == NULL)
        return TRUE;
    if (!person_facts_read(change->session, change->organization, id, change->now, &facts,
                           error))
        return FALSE;
    if (facts == NULL || facts->status != PERSON_REHEARSED)
        return TRUE;
    if (!change_touch(change, id, &touched, error) ||
        !settle_gone(change, touched, INVITATION_REVOKED, -1, error))
        return FALSE;
    /* What the act is about is who comes. */
    change->verdict->event = VERDICT_EVENT_NONE;
    return TRUE;
}
