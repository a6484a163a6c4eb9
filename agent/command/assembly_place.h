/*
 * Where an organization lives and how to speak to it: our own endpoint with the token that `serve`
 * keeps, or the one that the config names.
 *
 *   struct assembly_place place = {NULL};
 *   if (assembly_place_find(settings, assembly_place_of(settings, organization), &place, &error))
 *       ... place.http, place.by_organization ...
 *   assembly_place_clear(&place);
 */
#pragma once

#include "agent/settings/settings.h"
#include "scim/client/http_request.h"
#include "scim/client/retry.h"

struct assembly_place {
    struct http_settings http; /* borrows from the rest and from the settings */
    gboolean by_organization;  /* <url>/organizations/<name>/scim/v2: our own endpoint */
    char *url;
    Secret *token;
};

/* How long whoever starts a run waits for an endpoint that does not answer. */
extern const struct retry_policy assembly_place_patience;

/* The organization's own target, else sync.target, else NULL for our own endpoint. Borrowed. */
const struct target_settings *
assembly_place_of(const Settings *settings, const struct organization_settings *organization);

/* Fills `place`; `target` NULL is our own endpoint. Errors: SETTINGS (token), RETRY (our own endpoint
 * was never started). */
gboolean assembly_place_find(const Settings *settings, const struct target_settings *target,
                             struct assembly_place *place, GError **error);

void assembly_place_clear(struct assembly_place *place);
