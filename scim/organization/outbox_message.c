#include "scim/organization/outbox_message.h"

#include <string.h>

#include "scim/organization/invitation_words.h"

/* Only people are named: a mail of a service invites in the name of nobody. */
gboolean outbox_message_read(StoreSession *session, struct outbox_message *message,
                             const char *person, const char *invited_by, GError **error)
{
    struct invitation_words words;
    if (!invitation_words_read(session, message->organization, person, invited_by, &words,
                               error))
        return FALSE;
    message->organization_name = g_steal_pointer(&words.organization);
    message->inviter = g_steal_pointer(&words.inviter);
    message->inviter_address = g_steal_pointer(&words.inviter_address);
    message->roles = g_steal_pointer(&words.roles);
    invitation_words_clear(&words);
    return TRUE;
}

void outbox_message_clear(struct outbox_message *message)
{
    if (message->token != NULL)
        explicit_bzero(message->token, strlen(message->token));
    g_free(message->organization);
    g_free(message->id);
    g_free(message->invitation);
    g_free(message->address);
    g_free(message->token);
    g_free(message->organization_name);
    g_free(message->inviter);
    g_free(message->inviter_address);
    if (message->roles != NULL)
        g_ptr_array_unref(message->roles);
    *message = (struct outbox_message){0};
}
