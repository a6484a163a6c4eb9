/*
 * Who is at the other end of a proxy: X-Forwarded-For, believed only from proxies that are named.
 *
 *   char *peer = forwarded_for_peer("127.0.0.1", exchange_header(exchange, "X-Forwarded-For"),
 *                                   trusted);
 */
#pragma once

#include <glib.h>

/* The peer, or, where the peer is in `trusted` (NULL-terminated; NULL: none is; "unix" is one on a
 * socket file), the last address of `field` that is not; the first where all are. A field that is
 * absent or holds something else than addresses leaves the peer as it is. The caller frees; NULL only
 * for a NULL peer. */
char *forwarded_for_peer(const char *peer, const char *field, const char *const *trusted);
