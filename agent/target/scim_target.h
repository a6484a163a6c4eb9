/*
 * A SCIM endpoint as the target of a sync: implements agent/sync/target.h.
 *
 *     struct scim_target_settings settings = {
 *         .http = {.url = "http://127.0.0.1:8080", .token = token},
 *         .by_organization = TRUE, .random = random_system()};
 *     struct target *target = scim_target_new(&settings, &error);
 *     ... target->read(target, "acme", &error) ... target->free(target);
 *
 * It never repeats a write whose end it does not know; whoever called asks look_back() first. A
 * write that was answered with success is believed only if the answer, or a read after it,
 * shows the effect (N11).
 */
#pragma once

#include <glib.h>

#include "agent/sync/target.h"
#include "scim/client/http_request.h"
#include "scim/client/retry.h"
#include "scim/protocol/clock.h"

struct scim_target_settings {
    struct http_settings http; /* texts are copied, the token wiped by free() */
    /* TRUE: <url>/organizations/<name>/scim/v2, as our endpoint serves it; FALSE: url is the
     * SCIM base of the one organization. */
    gboolean by_organization;
    const struct retry_policy *policy;  /* NULL: retry_usual */
    const struct retry_waiter *waiter;  /* NULL: retry_waiter_system(); borrowed */
    const struct random_source *random; /* borrowed */
};

/* Nothing is sent yet. SETTINGS: the url, the token or the CA file cannot be used. Beside the
 * errors of target.h its functions pass SETTINGS on: certificate not trusted, redirect, an
 * answer that is no SCIM. */
struct target *scim_target_new(const struct scim_target_settings *settings, GError **error);
