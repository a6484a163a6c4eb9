/*
 * A project as a Project resource, and the difference of two of them as what the judge is asked.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/act.h"
#include "scim/organization/project.h"
#include "scim/protocol/fault.h"

/* The whole resource, before any projection. `base` is the URL of the service. New reference. */
json_t *project_codec_print(const char *base, const struct project *project);

/* Who has another role in `after` than in `before` (NULL: nobody had any), as struct member_grant
 * that borrow from both; whoever is gone has role NONE. Where `after` names someone twice the
 * later entry counts. NULL with a fault for what is no role. */
GArray *project_codec_members(const json_t *before, const json_t *after, struct fault *fault);
