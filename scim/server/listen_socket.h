/*
 * A listening socket from the words of the config: "127.0.0.1:8080", "[::1]:0", "localhost:80",
 * "unix:/run/rolecall/http.sock".
 */
#pragma once

#include <sys/socket.h>

#include <glib.h>

/* Does it reach this machine alone (loopback or a socket file)? FALSE with OUTCOME_SETTINGS
 * when `place` is no address. */
gboolean listen_socket_check(const char *place, gboolean *is_local, GError **error);

/* Binds and listens, not blocking, closed on exec. The descriptor is the caller's; -1 with
 * OUTCOME_SETTINGS (no address) or OUTCOME_RETRY (taken, not ours). The file of a socket that
 * nobody listens on any more is replaced. */
int listen_socket_open(const char *place, GError **error);

/* The port of such a socket, 0 for a socket file. */
guint16 listen_socket_port(int descriptor);

/* The URL under which it is reached from here, "http://127.0.0.1:8080"; of a socket file
 * "http://localhost". The caller frees. */
char *listen_socket_url(const char *place, guint16 port);

/* Who is at the other end: an address without its port, "unix" on a socket file; NULL: not known.
 * The caller frees. */
char *listen_socket_peer(const struct sockaddr *address);

/* Closes it and removes its file, if it has one. */
void listen_socket_close(const char *place, int descriptor);
