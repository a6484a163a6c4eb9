/*
 * Renewal: an invitation that expired is sent again by the endpoint itself, whatever its origin,
 * `renewals` times in `per` seconds a person, inside the send window, where mail is configured and a
 * seat is free. So nobody gets more than 1 + renewals mails in that time without a person asking.
 */
#pragma once

#include <glib.h>

#include "scim/organization/send_window.h"
#include "scim/store/store.h"

struct renewal_policy {
    gint64 renewals;
    gint64 per;                       /* seconds */
    const struct send_window *window; /* NULL: at any time */
};

/* Whose renewals, by which policy, when. */
struct renewal_case {
    const char *organization, *person;
    const struct renewal_policy *policy; /* NULL: none */
    gint64 now;
};

/* How many are left; none without a policy, and never two at the same second. */
gboolean renewal_left(StoreSession *session, const struct renewal_case *of, gint64 *left,
                      GError **error);

/* When one more is left: now where one is; 0: never. */
gboolean renewal_next(StoreSession *session, const struct renewal_case *of, gint64 *next,
                      GError **error);

/* Counts one, and forgets those that do not count any more. */
gboolean renewal_record(StoreSession *session, const struct renewal_case *of, GError **error);

/* Who waits for a renewal, whatever is left to them: ids (char *), the oldest expiry first, without
 * those whose mail server refused that very address for good, and those outside `domains` (as of
 * struct organization). NULL: the store failed. */
GPtrArray *renewal_candidates(StoreSession *session, const char *organization,
                              char *const *domains, GError **error);
