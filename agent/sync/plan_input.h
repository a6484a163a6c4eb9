/*
 * All that a plan is made of: the two states, the config's say, and who may be asked.
 */
#pragma once

#include <glib.h>

#include "agent/sync/actual.h"
#include "agent/sync/plan.h"
#include "agent/sync/source.h"
#include "mapping/desired.h"

/* A directory of the config, for one organization. */
struct plan_origin {
    const char *origin; /* "directory:corp" */
    gboolean adopt;
    gboolean attaches; /* pushed groups: its anchors are the ids of people at the target, its
                          links are attached */
    gint64 settles_at; /* UTC seconds before which it may take no role away; 0: at once */
    gboolean emptied;  /* a mapped group with 5 or more members in the last accepted snapshot is
                         empty */
    const char *emptied_group; /* its name, for the sentence; NULL unless emptied */
};

/* What became of somebody who is missing or mapped by no rule. FALSE: nothing is known. Called
 * at most once a link. */
typedef gboolean (*plan_presence)(void *context, const char *origin, const char *anchor,
                                  enum source_presence *presence);

struct plan_input {
    const Desired *desired;
    const Actual *actual;
    const struct plan_origin *origins; /* every directory that the config names, read or not */
    guint origin_count;
    const char *(*rule_text)(void *context,
                             guint32 rule); /* a rule in words, for reasons; may be NULL */
    void *rule_context;
    plan_presence presence; /* NULL: every missing link is SOURCE_PRESENT */
    void *presence_context;
    struct plan_limit max_removals;       /* 3 and 10 by default */
    struct plan_limit max_proven_leavers; /* 10 and 30 by default */
    GHashTable *approved; /* set of approval keys (plan_approval_key), or NULL */
    const char *settings_digest, *snapshot_digest; /* may be NULL */
};
