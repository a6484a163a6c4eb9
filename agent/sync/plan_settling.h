/*
 * What pushed groups take away is not taken at once: a group that its provider deletes and makes again
 * a moment later, or fills member by member, must cost nobody a role in between.
 *
 * Until its groups have been quiet long enough (plan_origin.settles_at) such a change is a note.
 */
#pragma once

#include "agent/sync/plan_match.h"

/* May this link lose nothing yet? */
gboolean plan_settling_waits(const struct plan_match *match);

/* Notes what the link keeps for now: "member, search/read-write". `project` may be "". */
void plan_settling_note(struct plan_match *match, const char *project, const char *keeps);

/* Of a link's changes (with their rules) keeps those that take nothing, where it waits; the rest
 * becomes notes. An organization role that would sink comes out as `from` equal to what is wanted.
 * How many are left. */
guint32 plan_settling_filter(struct plan_match *match, enum organization_role *from,
                             struct plan_role_change *changes, guint32 *rules, guint32 count);
