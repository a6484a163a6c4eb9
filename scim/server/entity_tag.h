/*
 * Entity tags (RFC 7644 3.14, RFC 9110 8.8.3): weak, of a resource by its version, of a list by
 * the state of its organization.
 */
#pragma once

#include "scim/server/call.h"

/* W/"7". The caller frees. */
char *entity_tag_of_version(gint64 version);

/* Does a field value of If-Match or If-None-Match name `tag`, or "*"? Compared weakly. */
gboolean entity_tag_matches(const char *field, const char *tag);

/* Before a write, If-Match and If-None-Match against a resource of that version: FALSE with 412 when
 * the one names others, or the other names it (RFC 9110 13.1). */
gboolean entity_tag_check(struct call *call, gint64 version);

/* Sets ETag for a resource of that version. TRUE when If-None-Match names it: answered 304. */
gboolean entity_tag_is_known(struct call *call, gint64 version);

/* Sets the ETag of a list: the same for each page of one query, for this token, until anything
 * in the organization changes or time changes it; of one that is read by cursor also when its
 * cursors are made anew (cursor.h). A change of pushed groups moves the lists that show them: Groups,
 * Users unless the query leaves `groups` out, and all types at once. A search by POST has none.
 * *known: it was answered 304, as above. FALSE: the store failed. */
gboolean entity_tag_of_list(struct call *call, gboolean *known);
