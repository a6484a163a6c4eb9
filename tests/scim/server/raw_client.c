#include "tests/scim/server/raw_client.h"

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_SECONDS 20

int raw_client_connect(guint16 port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(connection >= 0);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(connection, (const struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

gboolean raw_client_send_counted(int connection, const char *bytes, gsize count)
{
    while (count > 0) {
        ssize_t sent = send(connection, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) {
            return FALSE;
        }
        bytes += sent;
        count -= (gsize)sent;
    }
    return TRUE;
}

gboolean raw_client_send(int connection, const char *bytes)
{
    return raw_client_send_counted(connection, bytes, strlen(bytes));
}

/* One more piece; FALSE at the end. */
static gboolean read_more(int connection, GString *text)
{
    char piece[8192];
    ssize_t count = recv(connection, piece, sizeof piece, 0);
    if (count > 0) {
        g_string_append_len(text, piece, count);
    }
    return count > 0;
}

char *raw_client_header(const struct raw_answer *answer, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(answer->head, "\r\n", -1);
    size_t length = strlen(name);
    for (char **line = lines; *line != NULL; line++) {
        if (g_ascii_strncasecmp(*line, name, length) == 0 && (*line)[length] == ':') {
            return g_strstrip(g_strdup(*line + length + 1));
        }
    }
    return NULL;
}

struct raw_answer *raw_client_read(int connection)
{
    struct raw_answer *answer = g_new0(struct raw_answer, 1);
    answer->body = g_string_new(NULL);
    GString *text = g_string_new(NULL);
    while (strstr(text->str, "\r\n\r\n") == NULL && read_more(connection, text)) {
    }
    const char *end = strstr(text->str, "\r\n\r\n");
    answer->head = end != NULL ? g_strndup(text->str, (gsize)(end - text->str)) : g_strdup("");
    if (end != NULL) {
        answer->status =
            (unsigned)g_ascii_strtoull(answer->head + strlen("HTTP/1.1 "), NULL, 10);
        g_string_append(answer->body, end + strlen("\r\n\r\n"));
    }
    g_string_free(text, TRUE);
    g_autofree char *length = raw_client_header(answer, "Content-Length");
    gsize wanted = length != NULL ? (gsize)g_ascii_strtoull(length, NULL, 10) : 0;
    while (answer->body->len < wanted && read_more(connection, answer->body)) {
    }
    return answer;
}

void raw_client_free(struct raw_answer *answer)
{
    g_free(answer->head);
    g_string_free(answer->body, TRUE);
    g_free(answer);
}

struct raw_answer *raw_client_ask(guint16 port, const char *method, const char *target,
                                  const char *headers, const char *body)
{
    int connection = raw_client_connect(port);
    g_autofree char *head = g_strdup_printf("%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: "
                                            "close\r\nContent-Length: %zu\r\n%s\r\n",
                                            method, target, body != NULL ? strlen(body) : 0,
                                            headers != NULL ? headers : "");
    raw_client_send(connection, head);
    if (body != NULL) {
        raw_client_send(connection, body);
    }
    struct raw_answer *answer = raw_client_read(connection);
    close(connection);
    return answer;
}

gboolean raw_client_wait_end(int connection, unsigned milliseconds)
{
    gint64 until = g_get_monotonic_time() + (gint64)milliseconds * 1000;
    for (;;) {
        gint64 left = (until - g_get_monotonic_time()) / 1000;
        struct pollfd ready = {.fd = connection, .events = POLLIN};
        if (left <= 0 || poll(&ready, 1, (int)left) <= 0) {
            return FALSE;
        }
        char piece[1024];
        if (recv(connection, piece, sizeof piece, 0) <= 0) {
            return TRUE;
        }
    }
}
