/*
 * Somebody who was only known comes to be invited: whom a rehearsal made, or who waited for a seat.
 * Their marker and their address are looked at as on the first day; what hinders holds them.
 */
#pragma once

#include "scim/organization/change.h"

/* Of a touched person without an invitation: released where nothing hinders, else held with what
 * would release them. Whoever accepted once needs neither address nor mail. `origin` is whose markers
 * count. Convention of change.h. */
gboolean admission_consider(struct change *change, struct touched *touched, const char *origin,
                            GError **error);

/* Whoever waits gets the seats that are free, in their order: invited, or active again where they
 * accepted once. Each is a change of their own, in the name of the origin that made them. Inside the
 * caller's transaction. */
gboolean admission_of_waiting(const struct judge *judge, const char *organization,
                              GError **error);
