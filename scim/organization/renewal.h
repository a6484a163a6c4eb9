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

/* How many renewals the person has left at `now`. */
gboolean renewal_left(StoreSession *session, const char *organization, const char *person,
                      const struct renewal_policy *policy, gint64 now, gint64 *left,
                      GError **error);
