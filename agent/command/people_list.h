/*
 * Everybody of an organization, page by page: what members, status and project look at.
 */
#pragma once

#include "agent/command/operator_access.h"

/* Calls `visit` for each person in the order in which they came. FALSE: the store failed. */
gboolean people_list_visit(struct operator_access *access, const char *organization,
                           void (*visit)(void *context, const struct person_facts *facts),
                           void *context, GError **error);
