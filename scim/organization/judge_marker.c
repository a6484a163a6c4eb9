#include "scim/organization/judge_marker.h"

#include "scim/organization/audit_state.h"
#include "scim/organization/change_record.h"
#include "scim/organization/effective.h"
#include "scim/organization/marker.h"

/* NULL: the store failed while they were looked for. */
static gboolean lift_all(struct change *change, GPtrArray *markers, GError **error)
{
    for (guint i = 0; markers != NULL && i < markers->len; i++) {
        const Marker *marker = markers->pdata[i];
        g_autofree char *object = g_strconcat("marker:", marker->id, NULL);
        change_record(change, AUDIT_LIFT, object, audit_state_marker(marker), NULL);
        if (!marker_delete(change->session, change->organization, marker->id, error))
            return FALSE;
    }
    return markers != NULL;
}

static gboolean lift_named(struct change *change, const char *name, GError **error)
{
    if (name == NULL)
        return TRUE;
    g_autoptr(GPtrArray) markers =
        marker_named(change->session, change->organization, name, error);
    return lift_all(change, markers, error);
}

gboolean judge_marker_lift_named(struct change *change, const char *user_name,
                                 const char *address, GError **error)
{
    gboolean is_owner =
        actor_is_administrator(change->actor) || effective_is_active_owner(change->self);
    return !is_owner ||
           (lift_named(change, user_name, error) && lift_named(change, address, error));
}

gboolean judge_marker_lift_anchored(struct change *change, const char *origin,
                                    const char *external_id, GError **error)
{
    if (external_id == NULL)
        return TRUE;
    g_autoptr(GPtrArray) markers =
        marker_anchored(change->session, change->organization, origin, external_id, error);
    return lift_all(change, markers, error);
}
