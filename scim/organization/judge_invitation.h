/*
 * What becomes of an invitation: resent, revoked, accepted, declined. See judge.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* What every dead token is told, whatever is the matter with it. */
#define JUDGE_INVITATION_DEAD "This invitation is not valid any more: ask for a new one."

/* ACT_INVITATION_RESEND, ACT_INVITATION_REVOKE. Convention of change.h, as all of them. */
gboolean judge_invitation_resend(struct change *change, const struct act *act, GError **error);
gboolean judge_invitation_revoke(struct change *change, const struct act *act, GError **error);

/* ACT_INVITATION_ACCEPT, ACT_INVITATION_DECLINE: the token alone says who it is (R59). */
gboolean judge_invitation_accept(struct change *change, const struct act *act, GError **error);
gboolean judge_invitation_decline(struct change *change, const struct act *act, GError **error);

/* ACT_INVITATION_ASK, in one organization: a person with that address whose invitation waits or is
 * over gets it anew, counted as a renewal; else nothing happens and nothing is said. */
gboolean judge_invitation_ask(struct change *change, const struct act *act, GError **error);
