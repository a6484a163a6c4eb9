/*
 * Whoever holds a dead link asks for a new invitation, where mail is configured.
 *
 * The answer is the same for every address, and so is its time: it is given before anybody looks who
 * that address is of. Only a stored address is ever mailed, within its renewals, by the judge.
 */
#pragma once

#include "scim/server/call.h"

/* GET /invitation/again: the form that asks for the address. */
gboolean handle_ask_page(struct call *call);

/* POST /invitation/again with `address`: 200 and always the same bytes. The writer does the rest
 * afterwards, with nobody waiting for it. */
gboolean handle_ask_again(struct call *call);
