/*
 * What must change so that a link says what a rule grants: roles, profile, reactivation; or one
 * reissue while the person is still invited.
 */
#pragma once

#include "agent/sync/plan_match.h"

/* The candidates and notes of a link that is wanted (DESIRED_GRANTED). Of a protected person only
 * roles in projects where the link had none. */
void plan_grant_differ(struct plan_match *match);

/* The candidate for the profile of a link that an adoption makes: for the case that the older links
 * go in the same plan. */
void plan_grant_adopted_profile(struct plan_match *match);
