/*
 * What became of a write: the answer of the judge.
 *
 *   struct verdict verdict = {0};
 *   if (!judge_write(judge, &actor, &act, &verdict, &error))
 *       ... the store failed, nothing happened ...
 *   verdict_clear(&verdict);
 *
 * `fault` holds what an HTTP answer needs for everything that was not done (404, 409, 412, 400,
 * 403 with the refusal in it).
 */
#pragma once

#include <glib.h>

#include "scim/protocol/fault.h"

enum verdict_kind {
    VERDICT_DONE,
    VERDICT_UNCHANGED, /* it was so already: nothing was written (I9) */
    VERDICT_REFUSED,   /* fault.refusal says which rule */
    VERDICT_NOT_FOUND,
    VERDICT_TAKEN,   /* 409 uniqueness: the userName, address or name belongs to another */
    VERDICT_STALE,   /* If-Match names another version */
    VERDICT_INVALID, /* 400 with a scimType */
};

enum verdict_event {
    VERDICT_EVENT_NONE,
    VERDICT_EVENT_INVITED,  /* a new invitation: `token` opens it */
    VERDICT_EVENT_REISSUED, /* the pending invitation has a new link: `token` */
    VERDICT_EVENT_RESTORED, /* back inside the restore window, without an invitation */
    VERDICT_EVENT_GRANTED,  /* an active person got the project at once (S13) */
    VERDICT_EVENT_HELD, /* a provider's person who cannot be invited; see the person's reason */
    VERDICT_EVENT_REMOVED, /* the person is gone */
    VERDICT_EVENT_ACCEPTED,
    VERDICT_EVENT_DECLINED,
};

struct verdict {
    enum verdict_kind kind;
    enum verdict_event event;
    struct fault fault;
    char *id; /* the person; for a project, group, connection or token act that thing's id */
    gint64 version;   /* of that person, project or group after the write */
    char *invitation; /* the id of the invitation that was made, resent or granted, or NULL */
    guint forgiven;   /* attributes beside a provider's deactivation, or its POST of somebody
                       suspended, which were refused and keep their stored value */
    gboolean resumed; /* a POST of somebody suspended, who is back by it (tolerance 14) */
    guint unknown_members;  /* of a group: ids that are nobody's, left out */
    guint repeated_members; /* of a group: who was to come and was there, to go and was not */
    char *token; /* shown once: of an invitation, or rc_..._...; NULL where none was made */
};

gboolean verdict_is_good(const struct verdict *verdict); /* DONE or UNCHANGED */

/* Wipes the token; safe on a zeroed struct. */
void verdict_clear(struct verdict *verdict);

/* The judge's rooms say no with these. Always FALSE; the first one stands. */
gboolean verdict_invalid(struct verdict *verdict, enum fault_type type, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
gboolean verdict_missing(struct verdict *verdict, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean verdict_taken(struct verdict *verdict, const char *format, ...) G_GNUC_PRINTF(2, 3);
gboolean verdict_stale(struct verdict *verdict);
gboolean verdict_refuse(struct verdict *verdict, enum refusal_rule rule, const char *format,
                        ...) G_GNUC_PRINTF(3, 4);

/* Moves a refusal (with its numbers and projects) into the verdict. */
gboolean verdict_take_refusal(struct verdict *verdict, struct refusal *refusal);
