/*
 * Who stands in when a service takes a project's only admin away (product, "Succession").
 *
 * Pure, because two floors must give the same answer: the endpoint in the transaction of the
 * write, and the planner before it asks.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

struct succession_candidate {
    const char *id; /* the person's id, borrowed; compared byte by byte */
    gboolean is_active_owner;
    gboolean stays; /* an active owner still after the whole plan or request */
    gboolean is_protected;
};

/* The index of the candidate who stands in: an active owner who stays, unprotected before
 * protected, then the lowest id. -1 when there is none. The order of the array means nothing. */
gssize succession_choose(const struct succession_candidate *candidates, size_t count);
