/*
 * An invitation as an Invitation resource.
 */
#pragma once

#include <jansson.h>

#include "scim/organization/invitation.h"
#include "scim/organization/person_facts.h"

/* The whole resource, before any projection. `facts` is the person, NULL when gone: an invitation
 * that is over has no roles any more. `link` is what opens it, NULL where it is not shown. New
 * reference. */
json_t *invitation_codec_print(const char *base, const struct invitation *invitation,
                               const struct person_facts *facts, const char *link);
