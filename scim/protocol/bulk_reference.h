/*
 * References inside a bulk request: "bulkId:x" stands for the id of what operation x makes (RFC
 * 7644 3.7.2).
 *
 * A text of the data that begins so is one reference as a whole; inside a text, one in quotes is
 * ("members[value eq \"bulkId:x\"]"); in a path, one whole segment is. Pure.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/fault.h"

/* Calls `found` with each name (borrowed for the call) that the path or the data refers to. Either
 * may be NULL. */
void bulk_reference_each(const char *path, json_t *data,
                         void (*found)(void *context, const char *name), void *context);

/* `ids` is name -> id of what is made. New reference; NULL with a fault (invalidValue) when a name
 * is not in it. */
json_t *bulk_reference_resolve(json_t *data, GHashTable *ids, struct fault *fault);

/* The same for a path. The caller frees. */
char *bulk_reference_resolve_path(const char *path, GHashTable *ids, struct fault *fault);

/* The data with what refers to a name outside `ids` left out: the element of an array or the
 * attribute in which it stands. *pruned (set, never cleared): something was. New reference. */
json_t *bulk_reference_prune(json_t *data, GHashTable *ids, gboolean *pruned);
