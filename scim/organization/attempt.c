#include "scim/organization/attempt.h"

#include "scim/organization/audit_begin.h"
#include "scim/organization/change_record.h"
#include "scim/protocol/outcome.h"

/* Fail closed: no record, no change (I8). */
static gboolean may_record(const struct judge *judge, GError **error)
{
    if (judge->audit_key == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_SETTINGS,
                    "nothing is written without the key of the audit trail");
        return FALSE;
    }
    if (judge->anchors == NULL || !audit_anchors_are_stuck(judge->anchors))
        return TRUE;
    g_set_error(
        error, OUTCOME, OUTCOME_RETRY,
        "the ends of the audit trail could not be anchored for %d records: nothing more "
        "is written until the anchors file can be",
        AUDIT_ANCHORS_BEHIND);
    return FALSE;
}

static gboolean whole_or_not(struct change *change, attempt_act act, const void *context,
                             GError **error)
{
    if (!store_savepoint(change->session, error))
        return FALSE;
    g_autoptr(GError) failure = NULL;
    if (act(change, context, &failure) && change_record_write(change, &failure))
        return store_release(change->session, error);
    if (!store_undo(change->session, failure == NULL ? error : NULL))
        return FALSE;
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean attempt(struct change *change, attempt_act act, const void *context, GError **error)
{
    gboolean ok = may_record(change->judge, error) && audit_begin(change, error) &&
                  whole_or_not(change, act, context, error);
    change_clear(change);
    return ok;
}
