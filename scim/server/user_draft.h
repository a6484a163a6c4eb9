/*
 * From a User resource to what the judge is asked for: the person as it is to be.
 */
#pragma once

#include <jansson.h>

#include "scim/organization/act.h"
#include "scim/server/role_codec.h"

/* Owns what `draft` points to. */
struct user_draft {
    struct person_draft draft;
    struct role_grants grants;
    json_t *resource;
    char *profile;
    char *unknown_roles;
};

struct user_draft_source {
    json_t *after;        /* a canonical resource: what is to be */
    const json_t *before; /* as the caller saw it, NULL for a new one */
    enum role_reading reading;
    gboolean lenient; /* roles that we do not know grant nothing, instead of a fault */
};

/* Absent roles, or roles as they were, say nothing of roles; an absent `active` or externalId
 * stays as it was. FALSE with a fault; the draft is to be cleared either way. */
gboolean user_draft_read(const struct user_draft_source *source, struct user_draft *draft,
                         struct tolerance_use *use, struct fault *fault);

/* Safe on a zeroed struct. */
void user_draft_clear(struct user_draft *draft);
