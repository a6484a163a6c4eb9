/*
 * The pushed groups that people are in, from the index by person: `groups` of a User (RFC 7643
 * 4.1.2). They are no part of the person: no version of theirs moves with them.
 */
#pragma once

#include <glib.h>

#include "scim/organization/person_facts.h"
#include "scim/organization/pushed_group.h"

/* Sets `groups` of each of `people` (struct person_facts): one query for each thousand of them. */
gboolean person_groups_read(StoreSession *session, const char *organization,
                            const struct pushed_group_view *view, GPtrArray *people,
                            GError **error);

/* The same of one. */
gboolean person_groups_read_one(StoreSession *session, const char *organization,
                                const struct pushed_group_view *view, PersonFacts *facts,
                                GError **error);
