/*
 * A server on loopback that does what a script says: plain sockets in one thread.
 *
 *     struct scripted_server *server = scripted_server_start(NULL);
 *     scripted_server_say(server, SCRIPTED_KEEP, "HTTP/1.1 204 No Content\r\n\r\n");
 *     ... one request to server->url ...
 *     assert_string_equal(scripted_server_request(server, 0), "...");
 *     scripted_server_stop(server);
 *
 * Each request takes the next line of the script. A request without one gets no answer at all.
 */
#pragma once

#include <glib.h>

enum scripted_end {
    SCRIPTED_KEEP,  /* the connection stays open for the next request */
    SCRIPTED_CLOSE, /* it is closed after the bytes */
    SCRIPTED_RESET, /* it is reset after the bytes */
    SCRIPTED_MUTE,  /* it stays open and nothing more ever comes */
    SCRIPTED_SLAM,  /* it is reset as soon as it is there, before a byte is read */
};

struct scripted_server {
    char *url; /* "http://127.0.0.1:<port>", or "unix:<path>" */
    struct scripted_server_state *state;
};

/* Listens on a free port, or on a socket file at `path`. */
struct scripted_server *scripted_server_start(const char *path);

/* Appends to the script; the bytes are copied. */
void scripted_server_say(struct scripted_server *server, enum scripted_end end,
                         const char *bytes);

/* Appends a whole answer that keeps the connection: status, further head lines (each with CRLF, or
 * NULL) and a SCIM body. */
void scripted_server_answer(struct scripted_server *server, int status, const char *head,
                            const char *body);

/* How many requests came, and the text of one: head and body as received. Borrowed until stop. */
guint scripted_server_count(struct scripted_server *server);
const char *scripted_server_request(struct scripted_server *server, guint index);

/* How many connections were accepted. */
guint scripted_server_connections(struct scripted_server *server);

void scripted_server_stop(struct scripted_server *server);
