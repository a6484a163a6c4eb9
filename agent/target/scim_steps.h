/*
 * A plan's step as the request that carries it out: pure, no connection needed.
 *
 *     struct scim_steps_call call = {0};
 *     if (scim_steps_make(&write, project_id, &call, &error))
 *         ... call.method, call.path, call.body, call.if_match, call.headers ...
 *     scim_steps_clear(&call);
 *
 *     invite                   POST   /Users
 *     reissue, update-profile  PATCH  /Users/{id}  replace what changes, remove what ends
 *     set-organization-role    PATCH  /Users/{id}  replace roles[type eq "organization"].value
 *     set-project-role         PATCH  /Users/{id}  add roles
 *       by succession          PATCH  /Projects/{id}  add members
 *     remove-project-role      PATCH  /Users/{id}
 *                                remove roles[type eq "project" and value sw "search/"]
 *     suspend, reactivate      PATCH  /Users/{id}  replace active
 *     revoke, remove           DELETE /Users/{id}
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/target.h"

struct scim_steps_call {
    const char *method;   /* static */
    char *path;           /* owned, percent-encoded */
    json_t *body;         /* owned, or NULL */
    const char *if_match; /* the write's base, borrowed; NULL: without */
    char **headers;       /* owned, NULL-terminated: whose link, which run, adoption,
                             why */
};

/* Fills `call`. `project_id` is the id of the stand-in's project and not looked at for other
 * steps. BAD_INPUT for a step that lacks what its kind needs, as a plan edited by hand may. */
gboolean scim_steps_make(const struct target_write *write, const char *project_id,
                         struct scim_steps_call *call, GError **error);

/* Is this step a write to a project instead of a person? */
gboolean scim_steps_is_stand_in(const struct plan_step *step);

void scim_steps_clear(struct scim_steps_call *call);
