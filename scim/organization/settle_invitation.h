/*
 * What becomes of the invitation of a touched person: sent, sent anew, closed; and of its mail, in
 * the same transaction. See settle_person.h, which decides.
 */
#pragma once

#include "scim/organization/change.h"

enum invitation_step {
    INVITATION_KEEP,   /* as it is */
    INVITATION_SEND,   /* a new one */
    INVITATION_RESEND, /* a new link for the one there is: the old one is dead */
    INVITATION_REVOKE,
    INVITATION_ACCEPT,
    INVITATION_EXPIRE,
};

/* Does that, for the person as `facts` has them. A new link goes into the outbox where mail is sent;
 * else into the verdict, for who may see it. *is_unseen: a link was made that reaches nobody. */
gboolean settle_invitation(struct change *change, const struct touched *touched,
                           const struct person_facts *facts, enum invitation_step step,
                           gboolean *is_unseen, GError **error);

/* Why somebody whose invitation is over waits, a sentence for owners; NULL: there is nothing to
 * say. */
gboolean settle_invitation_reason(struct change *change, const struct person_facts *facts,
                                  char **reason, GError **error);
