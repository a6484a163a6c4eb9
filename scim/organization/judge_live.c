#include "scim/organization/judge_live.h"

#include <string.h>

#include "scim/organization/admission.h"
#include "scim/organization/audit_state.h"
#include "scim/organization/change_record.h"
#include "scim/organization/connection.h"
#include "scim/organization/effective.h"
#include "scim/organization/link.h"
#include "scim/organization/pushed_group_write.h"
#include "scim/protocol/origin.h"

/* Touches everybody whom the connection knows, the oldest link first: as they stand before. */
static gboolean touch_all(struct change *change, const char *origin, GError **error)
{
    g_autoptr(GPtrArray) people =
        link_people(change->session, change->organization, origin, error);
    struct touched *touched;
    for (guint i = 0; people != NULL && i < people->len; i++)
        if (!change_touch(change, people->pdata[i], &touched, error))
            return FALSE;
    return people != NULL;
}

/* What no provider may do to them, it may not do by having rehearsed it. */
static gboolean spare_protected(struct change *change, const struct touched *touched,
                                const char *origin)
{
    const struct person_facts *before = touched->before;
    return !before->protected || person_facts_link(before, origin)->active ||
           verdict_refuse(change->verdict, REFUSAL_PROTECTED,
                          "\"%s\" is a protected owner, and \"%s\" has deactivated them: no "
                          "provider may. Activate them there first.",
                          before->user_name, origin);
}

static gboolean come_alive(struct change *change, struct touched *touched, const char *origin,
                           gboolean may_wait, GError **error)
{
    touched->may_wait = may_wait;
    return spare_protected(change, touched, origin) &&
           (!effective_is_rehearsed(touched->before) ||
            admission_consider(change, touched, origin, error));
}

static gboolean make_real(struct change *change, const struct connection *connection,
                          GError **error)
{
    g_autofree char *origin = g_strconcat(ORIGIN_PROVIDER, connection->name, NULL);
    gboolean may_wait = strcmp(connection->at_cap, "wait") == 0;
    if (!touch_all(change, origin, error) ||
        !link_go_live(change->session, change->organization, origin, error))
        return FALSE;
    for (guint i = 0; i < change->touched->len; i++)
        if (!come_alive(change, change->touched->pdata[i], origin, may_wait, error))
            return FALSE;
    return TRUE;
}

gboolean judge_live(struct change *change, const struct act *act, GError **error)
{
    const struct permission_target none = {0};
    g_autoptr(Connection) connection = NULL;
    if (!change_permit(change, PERMISSION_ADMINISTER, &none) ||
        (act->name != NULL && !connection_find(change->session, change->organization, act->name,
                                               &connection, error)))
        return FALSE;
    if (connection == NULL)
        return verdict_missing(change->verdict, "There is no connection \"%s\".",
                               act->name != NULL ? act->name : "");
    change->verdict->id = g_strdup(connection->id);
    if (!connection->rehearsal)
        return TRUE;
    g_autofree char *object = g_strconcat("connection:", connection->name, NULL);
    json_t *before = audit_state_connection(connection);
    connection->rehearsal = FALSE;
    /* Those that it pushed are a source for rules from now on. */
    change->groups_changed = TRUE;
    change_record(change, AUDIT_EDIT, object, before, audit_state_connection(connection));
    return connection_go_live(change->session, change->organization, connection->id, error) &&
           pushed_group_write_state(change->session, change->organization, change->now,
                                    error) &&
           make_real(change, connection, error);
}
