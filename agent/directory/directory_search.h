/*
 * One search, whole or not at all: paged, bounded in time, every answer looked at.
 *
 *   static const char *const attributes[] = {"entryUUID", "mail", NULL};
 *   struct directory_query query = {
 *       .base = base, .filter = "(uid=ada)", .attributes = attributes};
 *   if (!directory_search(session, &query, handler, context, &error)) ...
 *
 * It fails on every result code but 0 (R46), a continuation reference (L1), a lost connection,
 * an answer that never ends with a SearchResultDone (R55), a page without its cookie control.
 * Whatever the handler was given before a failure is worth nothing.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_entry.h"
#include "agent/directory/directory_session.h"

enum directory_depth {
    DIRECTORY_SUBTREE,
    DIRECTORY_ONE_ENTRY, /* the base alone */
};

struct directory_query {
    const char *base;
    enum directory_depth depth;
    const char *filter;
    const char *const *attributes; /* NULL-terminated; {"1.1", NULL} for none */
    gboolean ranges;               /* the handler reads the rest of ranged values (R50) */
    gboolean *absent; /* if wanted: set where the base does not exist, no error then */
};

/* Takes one entry, valid for the time of the call. FALSE, with an error, ends the search. */
typedef gboolean directory_search_handler(void *context, const struct directory_entry *entry,
                                          GError **error);

/* FALSE: OUTCOME_RETRY (cut, limits, time), _SETTINGS (no such base, bad filter, a reference),
 * _DENIED (not allowed), _INTERRUPTED (the run's deadline), or the handler's error. */
gboolean directory_search(DirectorySession *session, const struct directory_query *query,
                          directory_search_handler *handler, void *context, GError **error);

/* The values of a ranged attribute that have not come yet. */
struct directory_rest {
    const char *dn, *attribute;
    guint64 first; /* the number of the first of them */
};

/* Reads "attribute;range=first-*" of the entry until the server says that it was the last part. The
 * handler gets entries whose only attribute that matters is that one. */
gboolean directory_search_range(DirectorySession *session, const struct directory_rest *rest,
                                directory_search_handler *handler, void *context,
                                GError **error);

/* May a reference to this URL be passed over? Only those by which a domain of Active Directory
 * names its own configuration and DNS partitions. */
gboolean directory_search_explains(enum directory_kind kind, const char *url);
