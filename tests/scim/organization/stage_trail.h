/*
 * Does the audit trail tell what happened? Follows a store act by act: reads the records that came,
 * plays them back, and compares with the tables, with code of its own.
 *
 *   struct stage_trail *trail = stage_trail_new();
 *   stage_trail_before(trail, session);
 *   ... judge_write() ...
 *   g_autofree char *broken = stage_trail_after(trail, session, &verdict);
 */
#pragma once

#include "scim/organization/verdict.h"
#include "scim/store/store.h"

struct stage_trail;

struct stage_trail *stage_trail_new(void);
void stage_trail_free(struct stage_trail *trail);

/* What stands before an act: versions of organizations. */
void stage_trail_before(struct stage_trail *trail, StoreSession *session);

/* NULL, or a sentence: an act DONE without a record or a record without one (those of time aside), a
 * version that went up without a record, a gap, a `before` that is not what the trail knew, people,
 * projects, connections, tokens or limits that are not as the trail left them. `verdict` NULL: no
 * act, only time. The caller frees. */
char *stage_trail_after(struct stage_trail *trail, StoreSession *session,
                        const struct verdict *verdict);

/* The actions of the records since stage_trail_before(), with those of time: "edit person" each, in
 * order, separated by ", "; borrowed until the next call. */
const char *stage_trail_said(const struct stage_trail *trail);
