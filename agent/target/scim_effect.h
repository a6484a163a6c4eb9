/*
 * Does a person, as the endpoint shows them, bear what a step was to bring about? Pure.
 *
 * A sync sees the effective roles in `roles`; what a write of its own changed stands with its
 * link in the Membership extension, so that is where this looks (scim/protocol/membership.h).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/plan.h"

enum scim_effect {
    SCIM_EFFECT_SHOWN,   /* it is as the step wanted it */
    SCIM_EFFECT_ABSENT,  /* it is as it was before the step */
    SCIM_EFFECT_NEITHER, /* it is neither, or "before" is not known */
};

/* `user` is a User resource, or NULL for somebody who is not there. Members of a wrong type
 * count as absent: nothing is taken for shown that was not. */
enum scim_effect scim_effect_of(const struct plan_step *step, const json_t *user);

/* Does the person have the link that the step speaks for (origin and externalId)? */
gboolean scim_effect_has_link(const struct plan_step *step, const json_t *user);
