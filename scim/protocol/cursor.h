/*
 * Cursors (RFC 9865): where the next page of a list begins, sealed so that nobody but this process
 * can make or read one.
 *
 *   cursor_key_fill(&key, random);                               once a process
 *   const struct cursor_seal seal = {&key, bound, count, now};
 *   char *next = cursor_print(&seal, position);                  with a page that is not the last
 *   json_t *position = cursor_parse(&seal, text, &fault);        with the request for the next
 *
 * A cursor carries its position, so nothing is kept for it: any number of reads may be under way,
 * and they end by the clock alone. It is bound to what `bound` says (token, organization, query) and
 * to `count`. The same page has the same cursor for an hour, so that an answer may be compared. The
 * key lives in memory: when the process ends, so do its cursors, and the read begins again.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/protocol/clock.h"
#include "scim/protocol/fault.h"

#define CURSOR_TIMEOUT   3600 /* seconds that one is good for at least */
#define CURSOR_MAX_BYTES 4096 /* of the text */
#define CURSOR_KEY_BYTES 32

struct cursor_key {
    guint8 bytes[CURSOR_KEY_BYTES];
};

void cursor_key_fill(struct cursor_key *key, const struct random_source *random);

struct cursor_seal {
    const struct cursor_key *key;
    const char *bound; /* what is asked, by whom, where; without cursor and count */
    gint64 count;      /* rows a page */
    gint64 now;
};

/* Of a position (a JSON array, at most half of CURSOR_MAX_BYTES as text), in the unreserved
 * characters of RFC 3986 2.3. The caller frees. */
char *cursor_print(const struct cursor_seal *seal, const json_t *position);

/* New reference, or NULL with a fault: expiredCursor (older than CURSOR_TIMEOUT, or twice that),
 * invalidCount (another count than the first page's), and for everything else one and the same
 * invalidCursor. */
json_t *cursor_parse(const struct cursor_seal *seal, const char *text, struct fault *fault);

/* A short text that changes when the cursors of the same pages do: by the hour, and with the key.
 * The caller frees. */
char *cursor_generation(const struct cursor_key *key, gint64 now);
