/*
 * A relay in front of a server that breaks what passes through it, by the byte.
 *
 *   struct fault_proxy *proxy = fault_proxy_start(slapd->ldap_port);
 *   fault_proxy_set(proxy, FAULT_PROXY_CUT, 1234);
 *   ... connect to 127.0.0.1:proxy->port ...
 *   fault_proxy_stop(proxy);
 *
 * Each connection is relayed by threads of its own and counts its bytes for itself.
 */
#pragma once

#include <glib.h>

enum fault_proxy_fault {
    FAULT_PROXY_NONE,
    FAULT_PROXY_CUT,   /* the connection closes after that many bytes from the server */
    FAULT_PROXY_RESET, /* the same with a TCP reset */
    FAULT_PROXY_STALL, /* nothing more comes after that many bytes, and nothing closes */
};

struct fault_proxy {
    guint16 port;
    struct fault_proxy_state *state; /* private */
};

struct fault_proxy *fault_proxy_start(guint16 server_port);

/* For connections made from now on. STALL at 0 is a server that never says a word. */
void fault_proxy_set(struct fault_proxy *proxy, enum fault_proxy_fault fault,
                     gsize after_bytes);

/* Connections accepted, and bytes that the server sent on the last one to have ended or
 * stalled. */
guint fault_proxy_connections(struct fault_proxy *proxy);
gsize fault_proxy_bytes(struct fault_proxy *proxy);

/* Closes everything and joins the threads; NULL is fine. */
void fault_proxy_stop(struct fault_proxy *proxy);
