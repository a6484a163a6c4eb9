/*
 * Who asks, and may they: from the Authorization header to an actor in an organization.
 *
 * Nothing is told apart that a stranger could use: every malformed, unknown, expired or revoked
 * token is one and the same 401 (R04, R34), a wrong organization is a 404 like one that does
 * not exist (R17, R19).
 */
#pragma once

#include "scim/server/call.h"
#include "scim/server/route.h"

/* Who it is: fills the bearer of the call, whose session must be open. FALSE with 401, or with 429
 * where its peer has shown too many that are no good, or a good one has come too often: before
 * anything else is done for it. */
gboolean authenticate_bearer(struct call *call);

/* Where and as whom: fills organization, origin and actor of a call that has its bearer. FALSE with a
 * fault: 403 (scope, Rolecall headers), 400 (their values) or 404. `named` is the organization that
 * the path names, or NULL. */
gboolean authenticate_place(struct call *call, const char *named);

/* Both, for one operation of a bulk request: it is counted by no limit. */
gboolean authenticate_inner(struct call *call, const char *named);

/* The same token again inside the writing transaction: what was revoked meanwhile writes
 * nothing (I4). FALSE with 401. */
gboolean authenticate_again(struct call *call);

/* Of an open route: the bearer, if a good token came with the request; else nothing. */
void authenticate_if_offered(struct call *call);

/* The token in a field value "Bearer rc_...", whose scheme is in any case and ends with one blank or
 * more (RFC 9110 11.1 and 11.4): borrowed, or NULL when it is not of that form. */
const char *authenticate_parse(const char *field);
