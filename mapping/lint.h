/*
 * What is odd about the rules, seen on the snapshots: for `rolecall check`.
 */
#pragma once

#include <glib.h>

#include "mapping/mapper.h"

enum lint_kind {
    LINT_MATCHES_NOBODY, /* the directory was read, and the rule matches nobody in it */
    LINT_NEVER_WINS, /* everybody it matches gets as much or more in that scope by other rules,
                        or is denied */
    LINT_CONTRADICTION, /* the same subject is granted and denied, or given two roles in one
                           scope */
    LINT_MANY_OWNERS, /* the rule makes more than 10 % of the people read owners (and more than
                         3) */
};

struct lint_finding {
    enum lint_kind kind;
    guint32 rule; /* the rule it is about */
    char *text;   /* one sentence that names the rule with file:line; owned */
};

/* All findings (struct lint_finding *, owned by the array), ordered by rule, then kind. Rules
 * of directories without a snapshot are judged by contradictions alone. The caller frees. */
GPtrArray *lint_rules(const Mapper *mapper);
