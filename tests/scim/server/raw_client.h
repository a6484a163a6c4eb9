/*
 * A client of bytes: what a test wants on the wire goes there exactly, and what came back is kept.
 *
 *   int socket = raw_client_connect(port);
 *   raw_client_send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
 *   struct raw_answer *answer = raw_client_read(socket);
 */
#pragma once

#include <glib.h>

struct raw_answer {
    unsigned status; /* 0: the server closed without an answer */
    char *head;      /* status line and headers */
    GString *body;
};

/* To 127.0.0.1; fails the test when nobody listens. Reads give up after 20 seconds. */
int raw_client_connect(guint16 port);

/* FALSE when the server no longer listens to it. */
gboolean raw_client_send(int socket, const char *bytes);
gboolean raw_client_send_counted(int socket, const char *bytes, gsize count);

/* One answer (Content-Length bytes of body, or to the end). */
struct raw_answer *raw_client_read(int socket);

/* A header of it, or NULL. The caller frees. */
char *raw_client_header(const struct raw_answer *answer, const char *name);
void raw_client_free(struct raw_answer *answer);

/* Connects, sends the request with those header lines ("A: b\r\n") and body, reads the answer,
 * closes. */
struct raw_answer *raw_client_ask(guint16 port, const char *method, const char *target,
                                  const char *headers, const char *body);

/* Reads until the server ends the connection: TRUE; FALSE after `milliseconds`. */
gboolean raw_client_wait_end(int socket, unsigned milliseconds);
