/*
 * What tells one list from another, as a sum: its ETag and its cursors are made of it.
 *
 *   g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
 *   list_digest_add(sum, token);
 *   list_digest_add_query(sum, exchange);
 */
#pragma once

#include <glib.h>

#include "scim/server/exchange.h"

/* A text, so that no two run into each other. */
void list_digest_add(GChecksum *sum, const char *text);

/* The query, in whatever order, without what chooses the page: all pages of a list are one. */
void list_digest_add_query(GChecksum *sum, const Exchange *exchange);

/* Does a parameter of that name, in any case, choose the page: startIndex, count, cursor? */
gboolean list_digest_is_of_page(const char *name);
