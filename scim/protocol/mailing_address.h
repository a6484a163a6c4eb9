/*
 * Where an invitation of somebody would go. Pure.
 */
#pragma once

#include <jansson.h>

/* The primary mail, else the work one, else the first, else the userName: the first of these that
 * can be mailed, borrowed, or NULL. `document` is a User resource, or the profile of a person; its
 * userName stands in it, or, where `user_name` is not NULL, there. */
const char *mailing_address_of(const json_t *document, const char *user_name);
