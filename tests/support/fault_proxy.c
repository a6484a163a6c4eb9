#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct fault_proxy_state {
    guint16 server_port;
    int listener, stop; /* stop: an eventfd that stays readable once set */
    GThread *acceptor;
    GPtrArray *relays; /* GThread *, touched by the acceptor alone */
    GMutex lock;       /* guards what follows */
    GCond ended;
    guint running;
    enum fault_proxy_fault fault;
    gsize after;
    guint connections;
    gsize bytes;
};

struct relay {
    struct fault_proxy_state *state;
    int client, server;
    enum fault_proxy_fault fault;
    gsize after, passed;
};

static struct sockaddr_in loopback(guint16 port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static gboolean send_all(int fd, const char *bytes, gsize count)
{
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return FALSE;
        bytes += sent;
        count -= (gsize)sent;
    }
    return TRUE;
}

/* FALSE: this connection has come to its end. */
static gboolean pass_up(const struct relay *relay)
{
    char bytes[16384];
    ssize_t count = recv(relay->client, bytes, sizeof bytes, 0);
    return count > 0 && send_all(relay->server, bytes, (gsize)count);
}

static gboolean pass_down(struct relay *relay)
{
    char bytes[16384];
    ssize_t count = recv(relay->server, bytes, sizeof bytes, 0);
    if (count <= 0)
        return FALSE;
    gsize wanted = (gsize)count;
    if (relay->fault != FAULT_PROXY_NONE)
        wanted = MIN(wanted, relay->after - relay->passed);
    relay->passed += wanted;
    return send_all(relay->client, bytes, wanted);
}

static gboolean is_spent(const struct relay *relay)
{
    return relay->fault != FAULT_PROXY_NONE && relay->passed >= relay->after;
}

static void end_relay(struct relay *relay)
{
    if (is_spent(relay) && relay->fault == FAULT_PROXY_RESET) {
        struct linger at_once = {.l_onoff = 1, .l_linger = 0};
        setsockopt(relay->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    close(relay->client);
    close(relay->server);
    g_mutex_lock(&relay->state->lock);
    relay->state->bytes = relay->passed;
    relay->state->running--;
    g_cond_broadcast(&relay->state->ended);
    g_mutex_unlock(&relay->state->lock);
    g_free(relay);
}

static gpointer relay_run(gpointer data)
{
    struct relay *relay = data;
    gboolean alive = TRUE;
    while (alive) {
        gboolean spent = is_spent(relay);
        if (spent && relay->fault != FAULT_PROXY_STALL)
            break;
        struct pollfd ready[] = {{.fd = relay->state->stop, .events = POLLIN},
                                 {.fd = relay->client, .events = POLLIN},
                                 {.fd = spent ? -1 : relay->server, .events = POLLIN}};
        poll(ready, G_N_ELEMENTS(ready), -1);
        if (ready[0].revents != 0)
            break;
        if (ready[1].revents != 0)
            alive = pass_up(relay);
        if (alive && ready[2].revents != 0)
            alive = pass_down(relay);
    }
    end_relay(relay);
    return NULL;
}

static void accept_one(struct fault_proxy_state *state)
{
    struct sockaddr_in address = loopback(state->server_port);
    struct relay *relay = g_new0(struct relay, 1);
    relay->state = state;
    relay->client = accept4(state->listener, NULL, NULL, SOCK_CLOEXEC);
    relay->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Small answers must not wait for each other's acknowledgements. */
    setsockopt(relay->client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    setsockopt(relay->server, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    g_mutex_lock(&state->lock);
    state->connections++;
    state->running++;
    relay->fault = state->fault;
    relay->after = state->after;
    g_mutex_unlock(&state->lock);
    if (connect(relay->server, (struct sockaddr *)&address, sizeof address) != 0)
        end_relay(relay);
    else
        g_ptr_array_add(state->relays, g_thread_new("relay", relay_run, relay));
}

static gpointer accept_run(gpointer data)
{
    struct fault_proxy_state *state = data;
    struct pollfd ready[] = {{.fd = state->stop, .events = POLLIN},
                             {.fd = state->listener, .events = POLLIN}};
    while (poll(ready, G_N_ELEMENTS(ready), -1) > 0 && ready[0].revents == 0)
        accept_one(state);
    return NULL;
}

struct fault_proxy *fault_proxy_start(guint16 server_port)
{
    struct fault_proxy *proxy = g_new0(struct fault_proxy, 1);
    struct fault_proxy_state *state = g_new0(struct fault_proxy_state, 1);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    state->server_port = server_port;
    state->relays = g_ptr_array_new();
    g_mutex_init(&state->lock);
    g_cond_init(&state->ended);
    state->stop = eventfd(0, EFD_CLOEXEC);
    state->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(state->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(state->listener, 16) != 0 ||
        getsockname(state->listener, (struct sockaddr *)&address, &size) != 0)
        fail_msg("fault proxy: %s", g_strerror(errno));
    proxy->port = ntohs(address.sin_port);
    proxy->state = state;
    state->acceptor = g_thread_new("fault proxy", accept_run, state);
    return proxy;
}

void fault_proxy_set(struct fault_proxy *proxy, enum fault_proxy_fault fault, gsize after_bytes)
{
    g_mutex_lock(&proxy->state->lock);
    proxy->state->fault = fault;
    proxy->state->after = after_bytes;
    g_mutex_unlock(&proxy->state->lock);
}

guint fault_proxy_connections(struct fault_proxy *proxy)
{
    g_mutex_lock(&proxy->state->lock);
    guint connections = proxy->state->connections;
    g_mutex_unlock(&proxy->state->lock);
    return connections;
}

gsize fault_proxy_bytes(struct fault_proxy *proxy)
{
    g_mutex_lock(&proxy->state->lock);
    while (proxy->state->running > 0)
        g_cond_wait(&proxy->state->ended, &proxy->state->lock);
    gsize bytes = proxy->state->bytes;
    g_mutex_unlock(&proxy->state->lock);
    return bytes;
}

void fault_proxy_stop(struct fault_proxy *proxy)
{
    if (proxy == NULL)
        return;
    struct fault_proxy_state *state = proxy->state;
    eventfd_write(state->stop, 1);
    g_thread_join(state->acceptor);
    for (guint i = 0; i < state->relays->len; i++)
        g_thread_join(g_ptr_array_index(state->relays, i));
    g_ptr_array_free(state->relays, TRUE);
    close(state->listener);
    close(state->stop);
    g_mutex_clear(&state->lock);
    g_cond_clear(&state->ended);
    g_free(state);
    g_free(proxy);
}
