/*
 * Reads a whole list, page by page (RFC 7644 3.4.2.4), or fails: there is no half list.
 *
 *     struct pager_sink sink = {.row = take_user, .context = &people};
 *     g_autofree char *etag = NULL;
 *     if (!pager_read(client, "/Users", &sink, &etag, &error)) ...
 *
 * Complete means: every page told the same totalResults and the same ETag, exactly that many
 * rows came, and no id came twice. A list that changes while it is read is a CONFLICT: read it
 * again.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/client/scim_client.h"

#define PAGER_COUNT    1000     /* rows asked for at a time; the other side may give fewer */
#define PAGER_MAX_ROWS 10000000 /* a list that claims more is not believed */

struct pager_sink {
    /* One row: a JSON object with a non-empty `id`, borrowed (json_incref() keeps it). FALSE
     * with an error ends the reading. */
    gboolean (*row)(void *context, json_t *resource, GError **error);
    void *context;
};

/* Reads every row of the list at `path` (it may have a query: a filter) into `sink`, in the
 * order of the other side. *etag (if wanted; the caller frees) is the list's ETag, NULL where
 * no page had one. Errors beside those of scim_client_send(): CONFLICT when pages disagree or
 * rows repeat; BAD_INPUT when an answer is no ListResponse, rows have no id, or fewer or more
 * rows came than totalResults claims (N11). */
gboolean pager_read(ScimClient *client, const char *path, const struct pager_sink *sink,
                    char **etag, GError **error);

/* Is the list still what it was under `etag`? Asked for the first page, as pager_read() asked,
 * with If-None-Match. FALSE only with an error, then nothing is known. */
gboolean pager_is_unchanged(ScimClient *client, const char *path, const char *etag,
                            gboolean *unchanged, GError **error);
