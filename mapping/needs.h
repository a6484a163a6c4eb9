/*
 * What a directory must be asked for, so that the rules can be answered: nothing more is read.
 *
 * rules_needs() (mapping/rules.h) fills one in for each directory; a source reads by it.
 */
#pragma once

#include <glib.h>

struct needs {
    GPtrArray *group_dns;     /* char *: groups named by DN, normalised already; owned */
    GPtrArray *group_names;   /* char *: groups named by common name; owned */
    GPtrArray *group_anchors; /* char *: groups named by anchor; owned */
    gboolean all_groups;      /* a rule has `group_matches`: every group's name must be seen */
    gboolean all_people; /* a rule has `filter` or `user`: every person in scope must be seen */
    GPtrArray
        *attributes; /* char *: attributes that rules, profile and seat order use; owned */
};

typedef struct needs Needs;

Needs *needs_new(void);
void needs_free(Needs *needs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Needs, needs_free)
