#include "tests/agent/target/losing_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

struct losing_relay_state {
    GThread *thread;
    int listener;
    int stop;
    guint16 port;
    gint loss;
    gint writes;
};

static struct sockaddr_in loopback(guint16 port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void send_all(int fd, const GString *bytes)
{
    for (gsize sent = 0; sent < bytes->len;) {
        ssize_t count = send(fd, bytes->str + sent, bytes->len - sent, MSG_NOSIGNAL);
        if (count <= 0) {
            return;
        }
        sent += (gsize)count;
    }
}

/* FALSE at the end. */
static gboolean receive_some(int fd, GString *bytes)
{
    char buffer[8192];
    ssize_t count = recv(fd, buffer, sizeof(buffer), 0);
    if (count <= 0) {
        return FALSE;
    }
    g_string_append_len(bytes, buffer, count);
    return TRUE;
}

static gboolean is_whole(const GString *request)
{
    const char *end = strstr(request->str, "\r\n\r\n");
    const char *length = strcasestr(request->str, "\r\ncontent-length:");
    if (end == NULL) {
        return FALSE;
    }
    gsize body = length != NULL && length < end
                     ? (gsize)g_ascii_strtoull(strchr(length, ':') + 1, NULL, 10)
                     : 0;
    return request->len >= (gsize)(end - request->str) + 4 + body;
}

/* The endpoint closes after its answer, so that its end needs no counting. */
static void ask_endpoint(const struct losing_relay_state *state, GString *request,
                         GString *answer)
{
    const struct sockaddr_in address = loopback(state->port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, sizeof(address)), ==, 0);
    g_string_insert(request, strstr(request->str, "\r\n") - request->str,
                    "\r\nConnection: close");
    send_all(fd, request);
    while (receive_some(fd, answer)) {
    }
    close(fd);
}

static void serve(struct losing_relay_state *state, int client)
{
    g_autoptr(GString) request = g_string_new(NULL);
    g_autoptr(GString) answer = g_string_new(NULL);
    while (!is_whole(request)) {
        if (!receive_some(client, request)) {
            return;
        }
    }
    enum losing_relay_loss loss = LOSING_RELAY_NOTHING;
    gboolean writes = !g_str_has_prefix(request->str, "GET ");
    if (writes) {
        loss = (enum losing_relay_loss)g_atomic_int_get(&state->loss);
        g_atomic_int_set(&state->loss, LOSING_RELAY_NOTHING);
    }
    if (loss == LOSING_RELAY_REQUEST) {
        return;
    }
    ask_endpoint(state, request, answer);
    if (writes) {
        g_atomic_int_inc(&state->writes);
    }
    if (loss == LOSING_RELAY_NOTHING) {
        send_all(client, answer);
    }
}

static gpointer run(gpointer data)
{
    struct losing_relay_state *state = data;
    for (;;) {
        struct pollfd events[] = {{.fd = state->stop, .events = POLLIN},
                                  {.fd = state->listener, .events = POLLIN}};
        poll(events, G_N_ELEMENTS(events), -1);
        if (events[0].revents != 0) {
            return NULL;
        }
        int client = accept4(state->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client >= 0) {
            serve(state, client);
            close(client);
        }
    }
}

struct losing_relay *losing_relay_start(guint16 port)
{
    struct losing_relay *relay = g_new0(struct losing_relay, 1);
    struct losing_relay_state *state = g_new0(struct losing_relay_state, 1);
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof(address);
    state->port = port;
    state->stop = eventfd(0, EFD_CLOEXEC);
    state->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(state->listener, (struct sockaddr *)&address, length), ==, 0);
    g_assert_cmpint(listen(state->listener, 16), ==, 0);
    g_assert_cmpint(getsockname(state->listener, (struct sockaddr *)&address, &length), ==, 0);
    relay->url = g_strdup_printf("http://127.0.0.1:%u", ntohs(address.sin_port));
    relay->state = state;
    state->thread = g_thread_new("losing relay", run, state);
    return relay;
}

void losing_relay_lose(struct losing_relay *relay, enum losing_relay_loss loss)
{
    g_atomic_int_set(&relay->state->loss, (gint)loss);
}

guint losing_relay_writes(struct losing_relay *relay)
{
    return (guint)g_atomic_int_get(&relay->state->writes);
}

void losing_relay_stop(struct losing_relay *relay)
{
    const guint64 one = 1;
    g_assert_cmpint(write(relay->state->stop, &one, sizeof(one)), ==, sizeof(one));
    g_thread_join(relay->state->thread);
    close(relay->state->listener);
    close(relay->state->stop);
    g_free(relay->state);
    g_free(relay->url);
    g_free(relay);
}
