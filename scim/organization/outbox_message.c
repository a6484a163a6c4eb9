#include "scim/organization/outbox_message.h"

#include <string.h>

#include "scim/organization/actor.h"
#include "scim/organization/role.h"

static gboolean read_organization(StoreSession *session, struct outbox_message *message,
                                  GError **error)
{
    struct store_rows *rows =
        store_query(session, "SELECT display_name FROM organization WHERE name = ?",
                    STORE_BIND(store_text(message->organization)), TRUE);
    const char *name = store_next(rows) ? store_text_at(rows, 0) : NULL;
    message->organization_name =
        g_strdup(name != NULL && name[0] != '\0' ? name : message->organization);
    return store_end(rows, error);
}

/* Only people are named: what an operator or a token is called says nothing to who gets the mail. */
static gboolean read_inviter(StoreSession *session, struct outbox_message *message,
                             const char *invited_by, GError **error)
{
    if (invited_by == NULL || !g_str_has_prefix(invited_by, ACTOR_LABEL_PERSON))
        return TRUE;
    struct store_rows *rows =
        store_query(session,
                    "SELECT display_name, COALESCE(address, user_name) FROM person"
                    " WHERE organization = ? AND id = ?",
                    STORE_BIND(store_text(message->organization),
                               store_text(invited_by + strlen(ACTOR_LABEL_PERSON))),
                    TRUE);
    if (store_next(rows)) {
        message->inviter = g_strdup(store_text_at(rows, 0));
        message->inviter_address = g_strdup(store_text_at(rows, 1));
    }
    return store_end(rows, error);
}

static gboolean read_roles(StoreSession *session, struct outbox_message *message,
                           const char *person, GError **error)
{
    gint64 role = 0;
    message->roles = g_ptr_array_new_with_free_func(g_free);
    if (!store_number(session, "SELECT role FROM person WHERE organization = ? AND id = ?",
                      STORE_BIND(store_text(message->organization), store_text(person)), 0,
                      &role, error))
        return FALSE;
    if (role != ORGANIZATION_ROLE_NONE)
        g_ptr_array_add(message->roles,
                        g_strdup(organization_role_name((enum organization_role)role)));
    struct store_rows *rows =
        store_query(session,
                    "SELECT r.role, p.display_name, p.name FROM person_project r JOIN project p"
                    " ON p.organization = r.organization AND p.name = r.project"
                    " WHERE r.organization = ? AND r.person = ? ORDER BY r.project",
                    STORE_BIND(store_text(message->organization), store_text(person)), TRUE);
    while (store_next(rows)) {
        const char *name = store_text_at(rows, 1);
        g_ptr_array_add(
            message->roles,
            g_strdup_printf("%s in %s",
                            project_role_name((enum project_role)store_int_at(rows, 0)),
                            name != NULL && name[0] != '\0' ? name : store_text_at(rows, 2)));
    }
    return store_end(rows, error);
}

gboolean outbox_message_read(StoreSession *session, struct outbox_message *message,
                             const char *person, const char *invited_by, GError **error)
{
    return read_organization(session, message, error) &&
           read_inviter(session, message, invited_by, error) &&
           read_roles(session, message, person, error);
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
