/*
 * What the judge works with: store, clock, chance, the audit key, mail. Filled by whoever calls the
 * judge (judge.h); its rooms read it through change->judge.
 */
#pragma once

#include <glib.h>

#include "scim/organization/audit_anchors.h"
#include "scim/organization/audit_key.h"
#include "scim/organization/renewal.h"
#include "scim/protocol/clock.h"
#include "scim/store/store.h"

#define JUDGE_RESTORE_WINDOW ((gint64)30 * 24 * 3600)

struct judge {
    StoreSession *session; /* a writing one; belongs to one thread */
    const struct clock *clock;
    const struct random_source *random;
    gint64 restore_window; /* seconds */
    /* The key of the audit chains: without it nothing is written (I8: no record, no change). */
    const struct audit_key *audit_key;
    /* Where the heads of the chains are anchored after a commit; NULL: nowhere. Where the caller
     * commits, the caller flushes (audit_anchors.h). */
    struct audit_anchors *anchors;
    /* Mail is configured: every new link goes into the outbox, none is in a verdict, and what
     * expires is renewed. */
    gboolean sends_mail;
    const struct renewal_policy *renewal; /* NULL: no renewals */
    /* The wall clock cannot be believed at the moment: nothing is expired, renewed or forgotten;
     * what is over by that clock is still not accepted. */
    gboolean time_is_frozen;
    /* Out: an act changed a pushed group. Whoever commits tells whom it concerns, and clears it. */
    gboolean groups_changed;
};
