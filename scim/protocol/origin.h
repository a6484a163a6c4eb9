/*
 * Whose word a link, a marker or an invitation is. One text, in the store, on the wire and in
 * plans:
 *
 *   "manual"          people: an owner, an admin token, the operator
 *   "directory:corp"  a sync, for the directory of that name in the config
 *   "scim:okta"       an identity provider, by the name of its connection
 */
#pragma once

#include <glib.h>

#define ORIGIN_MANUAL    "manual"
#define ORIGIN_DIRECTORY "directory:" /* and its name */
#define ORIGIN_PROVIDER  "scim:"      /* and the connection's name */

/* The origin of what a directory says. The caller frees. */
char *origin_of_directory(const char *name);

/* Is it a directory's? */
gboolean origin_is_directory(const char *origin);

/* The name of the directory inside the text (borrowed); NULL: it is no directory's. */
const char *origin_directory_name(const char *origin);
