/*
 * `rolecall token live`: a connection leaves its rehearsal, or, dry, what would become of everybody
 * whom it pushed.
 */
#pragma once

#include "agent/command/operator_access.h"

struct token_live {
    const char *organization, *connection;
    gboolean dry;  /* nothing is kept */
    gboolean json; /* print the people as JSON */
};

/* Does it and tells it. OUTCOME_REFUSED in the judge's words, dry or not. */
gboolean token_live(struct operator_access *access, const struct token_live *wanted,
                    GError **error);
