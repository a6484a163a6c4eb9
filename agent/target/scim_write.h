/*
 * One write to one organization, and what became of it: carry_out and look_back of
 * agent/sync/target.h, which says what the ends and the errors mean.
 */
#pragma once

#include <glib.h>

#include "agent/sync/target.h"
#include "agent/target/scim_place.h"

enum target_end scim_write_carry_out(struct scim_place *place, const struct target_write *write,
                                     struct target_result *result, GError **error);

/* Sends nothing but reads. */
enum target_past scim_write_look_back(struct scim_place *place,
                                      const struct target_write *write,
                                      struct target_result *result, GError **error);
