#include "tests/scim/mail/scripted_mail_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define STAGES (SMTP_STAGE_QUIT + 1)

static const int usual[STAGES] = {220, 250, 220, 235, 250, 250, 354, 250, 221};

struct scripted_mail_state {
    int listener;
    GThread *thread;
    GMutex lock; /* all below */
    GCond changed;
    gboolean is_stopping;
    int codes[STAGES];
    char *extension;
    GPtrArray *threads;
    GArray *sockets;
    GString *commands;
    char *last;
    guint mails, connections;
};

struct session {
    struct scripted_mail_state *state;
    int socket;
    guint number; /* in state->sockets */
    GString *buffer;
};

static gboolean send_text(int socket, const char *text)
{
    return send(socket, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Until the test is over: the client must end it. */
static void dribble(struct session *session)
{
    struct scripted_mail_state *state = session->state;
    g_mutex_lock(&state->lock);
    while (!state->is_stopping) {
        g_mutex_unlock(&state->lock);
        gboolean sent = send_text(session->socket, "2");
        g_mutex_lock(&state->lock);
        if (!sent)
            break;
        g_cond_wait_until(&state->changed, &state->lock,
                          g_get_monotonic_time() + 50 * G_TIME_SPAN_MILLISECOND);
    }
    g_mutex_unlock(&state->lock);
}

static void wait_for_the_end(struct session *session)
{
    struct scripted_mail_state *state = session->state;
    g_mutex_lock(&state->lock);
    while (!state->is_stopping)
        g_cond_wait(&state->changed, &state->lock);
    g_mutex_unlock(&state->lock);
}

/* FALSE: the session is over. */
static gboolean reply(struct session *session, enum smtp_stage stage)
{
    struct scripted_mail_state *state = session->state;
    g_mutex_lock(&state->lock);
    while (state->codes[stage] == SCRIPTED_MAIL_WAIT && !state->is_stopping)
        g_cond_wait(&state->changed, &state->lock);
    int code = state->codes[stage];
    g_autofree char *extension = g_strdup(state->extension);
    g_mutex_unlock(&state->lock);
    g_autofree char *text = NULL;
    int wanted = usual[stage];
    switch (code) {
    case SCRIPTED_MAIL_MUTE:
        wait_for_the_end(session);
        return FALSE;
    case SCRIPTED_MAIL_WAIT: /* the test is over */
    case SCRIPTED_MAIL_DROP:
        return FALSE;
    case SCRIPTED_MAIL_DRIBBLE:
        dribble(session);
        return FALSE;
    case SCRIPTED_MAIL_NONSENSE:
        return send_text(session->socket, "hello there\r\n");
    case SCRIPTED_MAIL_HALF:
        text = g_strdup_printf("%d-and\r\n", wanted);
        (void)send_text(session->socket, text);
        return FALSE;
    case SCRIPTED_MAIL_MANY_LINES:
        text = g_strdup_printf("%d-one\r\n%d-two\r\n%d three\r\n", wanted, wanted, wanted);
        return send_text(session->socket, text);
    default: /* a code */
        break;
    }
    if (code == 0)
        code = wanted;
    if (stage == SMTP_STAGE_HELLO && extension[0] != '\0')
        text = g_strdup_printf("%d-here\r\n%d %s\r\n", code, code, extension);
    else
        text = g_strdup_printf("%d 9.9.9 <bob@example.com> \"scripted\"\r\n", code);
    return send_text(session->socket, text);
}

/* The next line without its CRLF, or NULL. */
static char *read_line(struct session *session)
{
    char *end;
    while ((end = strstr(session->buffer->str, "\r\n")) == NULL) {
        char bytes[4096];
        ssize_t count = recv(session->socket, bytes, sizeof bytes, 0);
        if (count <= 0)
            return NULL;
        g_string_append_len(session->buffer, bytes, count);
    }
    char *line = g_strndup(session->buffer->str, (gsize)(end - session->buffer->str));
    g_string_erase(session->buffer, 0, (gssize)strlen(line) + 2);
    return line;
}

/* To the lone dot; every line's own CRLF stays. */
static gboolean read_mail(struct session *session)
{
    g_autoptr(GString) mail = g_string_new(NULL);
    for (;;) {
        g_autofree char *line = read_line(session);
        if (line == NULL)
            return FALSE;
        if (strcmp(line, ".") == 0)
            break;
        g_string_append_printf(mail, "%s\r\n", line[0] == '.' ? line + 1 : line);
    }
    struct scripted_mail_state *state = session->state;
    g_mutex_lock(&state->lock);
    state->mails++;
    g_free(state->last);
    state->last = g_strdup(mail->str);
    g_mutex_unlock(&state->lock);
    return reply(session, SMTP_STAGE_MAIL);
}

/* The client's part of a login is a line of its own. */
static gboolean serve_login(struct session *session)
{
    g_autofree char *secret = NULL;
    if (!send_text(session->socket, "334 \r\n") || (secret = read_line(session)) == NULL)
        return FALSE;
    g_mutex_lock(&session->state->lock);
    g_string_append_printf(session->state->commands, "%s\n", secret);
    g_mutex_unlock(&session->state->lock);
    return reply(session, SMTP_STAGE_LOGIN);
}

static gboolean serve_command(struct session *session, const char *line)
{
    struct scripted_mail_state *state = session->state;
    enum smtp_stage stage = smtp_reply_stage(line, strlen(line), SMTP_STAGE_GREETING);
    g_mutex_lock(&state->lock);
    g_string_append_printf(state->commands, "%s\n", line);
    gboolean takes_data = state->codes[SMTP_STAGE_DATA] == 0 ||
                          state->codes[SMTP_STAGE_DATA] == 354 ||
                          state->codes[SMTP_STAGE_DATA] == SCRIPTED_MAIL_MANY_LINES;
    g_mutex_unlock(&state->lock);
    if (stage == SMTP_STAGE_GREETING)
        return send_text(session->socket, "500 what?\r\n");
    if (stage == SMTP_STAGE_LOGIN)
        return serve_login(session);
    if (!reply(session, stage))
        return FALSE;
    if (stage == SMTP_STAGE_DATA && takes_data)
        return read_mail(session);
    return stage != SMTP_STAGE_QUIT;
}

static gpointer serve(gpointer data)
{
    struct session *session = data;
    gboolean goes_on = reply(session, SMTP_STAGE_GREETING);
    while (goes_on) {
        g_autofree char *line = read_line(session);
        goes_on = line != NULL && serve_command(session, line);
    }
    g_mutex_lock(&session->state->lock);
    g_array_index(session->state->sockets, int, session->number) = -1;
    close(session->socket);
    g_mutex_unlock(&session->state->lock);
    g_string_free(session->buffer, TRUE);
    g_free(session);
    return NULL;
}

static gpointer listen_on(gpointer data)
{
    struct scripted_mail_state *state = data;
    int one = 1, socket;
    while ((socket = accept(state->listener, NULL, NULL)) >= 0) {
        struct session *session = g_new0(struct session, 1);
        (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        *session =
            (struct session){.state = state, .socket = socket, .buffer = g_string_new(NULL)};
        g_mutex_lock(&state->lock);
        session->number = state->connections++;
        g_array_append_val(state->sockets, socket);
        g_ptr_array_add(state->threads, g_thread_new("mail", serve, session));
        g_mutex_unlock(&state->lock);
    }
    return NULL;
}

struct scripted_mail_server *scripted_mail_server_start(void)
{
    struct scripted_mail_server *server = g_new0(struct scripted_mail_server, 1);
    struct scripted_mail_state *state = g_new0(struct scripted_mail_state, 1);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    state->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(state->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(state->listener, 128), 0);
    assert_int_equal(getsockname(state->listener, (struct sockaddr *)&address, &length), 0);
    g_mutex_init(&state->lock);
    g_cond_init(&state->changed);
    state->extension = g_strdup("");
    state->threads = g_ptr_array_new();
    state->sockets = g_array_new(FALSE, FALSE, sizeof(int));
    state->commands = g_string_new(NULL);
    server->port = ntohs(address.sin_port);
    server->state = state;
    state->thread = g_thread_new("mails", listen_on, state);
    return server;
}

void scripted_mail_server_set(struct scripted_mail_server *server, enum smtp_stage stage,
                              int code)
{
    g_mutex_lock(&server->state->lock);
    server->state->codes[stage] = code;
    g_cond_broadcast(&server->state->changed);
    g_mutex_unlock(&server->state->lock);
}

void scripted_mail_server_offer(struct scripted_mail_server *server, const char *extension)
{
    g_mutex_lock(&server->state->lock);
    g_free(server->state->extension);
    server->state->extension = g_strdup(extension);
    g_mutex_unlock(&server->state->lock);
}

guint scripted_mail_server_mails(struct scripted_mail_server *server)
{
    g_mutex_lock(&server->state->lock);
    guint mails = server->state->mails;
    g_mutex_unlock(&server->state->lock);
    return mails;
}

guint scripted_mail_server_connections(struct scripted_mail_server *server)
{
    g_mutex_lock(&server->state->lock);
    guint connections = server->state->connections;
    g_mutex_unlock(&server->state->lock);
    return connections;
}

char *scripted_mail_server_last(struct scripted_mail_server *server)
{
    g_mutex_lock(&server->state->lock);
    char *last = g_strdup(server->state->last);
    g_mutex_unlock(&server->state->lock);
    return last;
}

char *scripted_mail_server_commands(struct scripted_mail_server *server)
{
    g_mutex_lock(&server->state->lock);
    char *commands = g_strdup(server->state->commands->str);
    g_string_truncate(server->state->commands, 0);
    g_mutex_unlock(&server->state->lock);
    return commands;
}

void scripted_mail_server_stop(struct scripted_mail_server *server)
{
    if (server == NULL)
        return;
    struct scripted_mail_state *state = server->state;
    g_mutex_lock(&state->lock);
    state->is_stopping = TRUE;
    g_cond_broadcast(&state->changed);
    g_mutex_unlock(&state->lock);
    (void)shutdown(state->listener, SHUT_RDWR);
    g_thread_join(state->thread);
    g_mutex_lock(&state->lock);
    for (guint i = 0; i < state->sockets->len; i++)
        (void)shutdown(g_array_index(state->sockets, int, i), SHUT_RDWR);
    g_mutex_unlock(&state->lock);
    for (guint i = 0; i < state->threads->len; i++)
        g_thread_join(state->threads->pdata[i]);
    close(state->listener);
    g_mutex_clear(&state->lock);
    g_cond_clear(&state->changed);
    g_free(state->extension);
    g_ptr_array_unref(state->threads);
    g_array_unref(state->sockets);
    g_string_free(state->commands, TRUE);
    g_free(state->last);
    g_free(state);
    g_free(server);
}
