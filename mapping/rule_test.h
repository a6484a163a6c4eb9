/*
 * The config's `tests`: who must end up with what. Run by `rolecall check`.
 *
 *   tests = (
 *       { user = "alice@example.com"; expect = [ "acme: owner", "acme/search: admin" ]; }
 *   );
 *
 * `expect` is the whole of it over all organizations: what is missing and what is too much are
 * both differences. An empty list says that the person gets nothing.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "mapping/desired.h"
#include "mapping/mapper.h"

struct rule_test_text {
    const char *file;
    guint line;
    const char *user; /* mail, userName, login, anchor, or DN as the directory writes it */
    const char *const
        *expect; /* NULL-terminated: "organization: role", "organization/project: role" */
};

/* Is the test well formed? Error OUTCOME_SETTINGS: "rolecall.conf:70: ...". */
gboolean rule_test_check(const struct rule_test_text *test, GError **error);

/* Runs one well-formed test against the desired states of all organizations; every difference
 * in words, with file:line, is appended to `differences` (char *, owned by the array). TRUE:
 * none. */
gboolean rule_test_run(const struct rule_test_text *test, const Mapper *mapper,
                       const Desired *const *desired, size_t desired_count,
                       GPtrArray *differences);
