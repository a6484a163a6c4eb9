#include "tests/scim/client/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct line {
    enum scripted_end end;
    char *bytes;
};

struct scripted_server_state {
    GMutex lock;
    GQueue script;       /* struct line * */
    GPtrArray *requests; /* char * */
    GArray *open;        /* connections that are kept from closing */
    guint connections;
    GThread *thread;
    char *path;
    int listener;
    int stop;
};

static void free_line(gpointer data)
{
    struct line *line = data;
    if (line == NULL)
        return;
    g_free(line->bytes);
    g_free(line);
}

static int listen_on(const char *path, guint16 *port)
{
    struct sockaddr_un file = {.sun_family = AF_UNIX};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(path != NULL ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(fd, >=, 0);
    if (path != NULL) {
        g_strlcpy(file.sun_path, path, sizeof(file.sun_path));
        g_assert_cmpint(bind(fd, (struct sockaddr *)&file, sizeof(file)), ==, 0);
    } else {
        g_assert_cmpint(bind(fd, (struct sockaddr *)&address, length), ==, 0);
        g_assert_cmpint(getsockname(fd, (struct sockaddr *)&address, &length), ==, 0);
        *port = ntohs(address.sin_port);
    }
    g_assert_cmpint(listen(fd, 16), ==, 0);
    return fd;
}

static struct line *next_line(struct scripted_server_state *state, gboolean slams)
{
    struct line *line = NULL;
    g_mutex_lock(&state->lock);
    const struct line *head = g_queue_peek_head(&state->script);
    if (head != NULL && (head->end == SCRIPTED_SLAM) == slams)
        line = g_queue_pop_head(&state->script);
    g_mutex_unlock(&state->lock);
    return line;
}

static void close_hard(int fd, gboolean reset)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
}

/* How many bytes of `text` are one whole request; 0 while it is not whole. */
static gsize whole_request(const GString *text)
{
    const char *end = strstr(text->str, "\r\n\r\n");
    if (end == NULL)
        return 0;
    gsize head = (gsize)(end - text->str) + 4;
    const char *length = strcasestr(text->str, "content-length:");
    gsize body = length != NULL && length < end
                     ? (gsize)g_ascii_strtoull(length + strlen("content-length:"), NULL, 10)
                     : 0;
    return text->len >= head + body ? head + body : 0;
}

/* Does one line of the script. FALSE: the connection is not ours to read any more. */
static gboolean act(struct scripted_server_state *state, int fd)
{
    struct line *line = next_line(state, FALSE);
    enum scripted_end end = line != NULL ? line->end : SCRIPTED_MUTE;
    for (gsize sent = 0, all = line != NULL ? strlen(line->bytes) : 0; sent < all;) {
        ssize_t count = send(fd, line->bytes + sent, all - sent, MSG_NOSIGNAL);
        if (count <= 0)
            break;
        sent += (gsize)count;
    }
    free_line(line);
    if (end == SCRIPTED_KEEP)
        return TRUE;
    if (end == SCRIPTED_MUTE)
        g_array_append_val(state->open, fd);
    else
        close_hard(fd, end == SCRIPTED_RESET);
    return FALSE;
}

/* Reads what there is; FALSE when the connection is over. */
static gboolean serve(struct scripted_server_state *state, int fd, GString *text)
{
    char buffer[4096];
    ssize_t count = recv(fd, buffer, sizeof(buffer), 0);
    if (count <= 0) {
        close(fd);
        return FALSE;
    }
    g_string_append_len(text, buffer, count);
    gsize length = whole_request(text);
    if (length == 0)
        return TRUE;
    g_mutex_lock(&state->lock);
    g_ptr_array_add(state->requests, g_strndup(text->str, length));
    g_mutex_unlock(&state->lock);
    g_string_erase(text, 0, (gssize)length);
    return act(state, fd);
}

static int take_connection(struct scripted_server_state *state, int former)
{
    int fd = accept4(state->listener, NULL, NULL, SOCK_CLOEXEC);
    if (former >= 0)
        close(former);
    g_mutex_lock(&state->lock);
    state->connections++;
    g_mutex_unlock(&state->lock);
    struct line *slam = next_line(state, TRUE);
    if (slam == NULL)
        return fd;
    free_line(slam);
    close_hard(fd, TRUE);
    return -1;
}

static gpointer run(gpointer data)
{
    struct scripted_server_state *state = data;
    g_autoptr(GString) text = g_string_new(NULL);
    int connection = -1;
    for (;;) {
        struct pollfd events[] = {{.fd = state->stop, .events = POLLIN},
                                  {.fd = state->listener, .events = POLLIN},
                                  {.fd = connection, .events = POLLIN}};
        poll(events, G_N_ELEMENTS(events), -1);
        if (events[0].revents != 0)
            break;
        if (events[2].revents != 0 && !serve(state, connection, text))
            connection = -1;
        else if (events[2].revents == 0 && events[1].revents != 0) {
            g_string_truncate(text, 0);
            connection = take_connection(state, connection);
        }
    }
    if (connection >= 0)
        close(connection);
    return NULL;
}

struct scripted_server *scripted_server_start(const char *path)
{
    struct scripted_server *server = g_new0(struct scripted_server, 1);
    struct scripted_server_state *state = g_new0(struct scripted_server_state, 1);
    guint16 port = 0;
    g_mutex_init(&state->lock);
    g_queue_init(&state->script);
    state->requests = g_ptr_array_new_with_free_func(g_free);
    state->open = g_array_new(FALSE, FALSE, sizeof(int));
    state->path = g_strdup(path);
    state->listener = listen_on(path, &port);
    state->stop = eventfd(0, EFD_CLOEXEC);
    server->state = state;
    server->url = path != NULL ? g_strconcat("unix:", path, NULL)
                               : g_strdup_printf("http://127.0.0.1:%u", port);
    state->thread = g_thread_new("scripted server", run, state);
    return server;
}

void scripted_server_say(struct scripted_server *server, enum scripted_end end,
                         const char *bytes)
{
    struct line *line = g_new0(struct line, 1);
    line->end = end;
    line->bytes = g_strdup(bytes);
    g_mutex_lock(&server->state->lock);
    g_queue_push_tail(&server->state->script, line);
    g_mutex_unlock(&server->state->lock);
}

void scripted_server_answer(struct scripted_server *server, int status, const char *head,
                            const char *body)
{
    g_autofree char *bytes =
        g_strdup_printf("HTTP/1.1 %d Answer\r\nContent-Type: "
                        "application/scim+json\r\n%sContent-Length: %zu\r\n\r\n%s",
                        status, head != NULL ? head : "", strlen(body), body);
    scripted_server_say(server, SCRIPTED_KEEP, bytes);
}

guint scripted_server_count(struct scripted_server *server)
{
    g_mutex_lock(&server->state->lock);
    guint count = server->state->requests->len;
    g_mutex_unlock(&server->state->lock);
    return count;
}

const char *scripted_server_request(struct scripted_server *server, guint index)
{
    g_mutex_lock(&server->state->lock);
    g_assert_cmpuint(index, <, server->state->requests->len);
    const char *text = g_ptr_array_index(server->state->requests, index);
    g_mutex_unlock(&server->state->lock);
    return text;
}

guint scripted_server_connections(struct scripted_server *server)
{
    g_mutex_lock(&server->state->lock);
    guint count = server->state->connections;
    g_mutex_unlock(&server->state->lock);
    return count;
}

void scripted_server_stop(struct scripted_server *server)
{
    struct scripted_server_state *state = server->state;
    const guint64 one = 1;
    g_assert_cmpint(write(state->stop, &one, sizeof(one)), ==, sizeof(one));
    g_thread_join(state->thread);
    for (guint i = 0; i < state->open->len; i++)
        close(g_array_index(state->open, int, i));
    close(state->listener);
    close(state->stop);
    if (state->path != NULL)
        unlink(state->path);
    g_queue_clear_full(&state->script, free_line);
    g_ptr_array_unref(state->requests);
    g_array_unref(state->open);
    g_mutex_clear(&state->lock);
    g_free(state->path);
    g_free(state);
    g_free(server->url);
    g_free(server);
}
