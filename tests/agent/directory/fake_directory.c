#include "tests/agent/directory/fake_directory.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <lber.h>
#include <ldap.h>

struct fake_state {
    const struct fake_answer *answers;
    guint count, next;
    int listener, stop;
    GThread *thread;
};

static const char root[] = "dn: \nsupportedControl: 1.2.840.113556.1.4.319\n"
                           "supportedExtension: 1.3.6.1.4.1.4203.1.11.3\n"
                           "namingContexts: dc=x\n";

static void send_ber(int fd, BerElement *ber)
{
    struct berval bytes;
    if (ber_flatten2(ber, &bytes, 0) == 0)
        send(fd, bytes.bv_val, bytes.bv_len, MSG_NOSIGNAL);
    ber_free(ber, 1);
}

/* "\xx" is one byte; everything else stands for itself. */
static struct berval unescape(const char *text)
{
    GString *bytes = g_string_new(NULL);
    for (; *text != '\0'; text++) {
        if (text[0] == '\\' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])) {
            g_string_append_c(bytes, (char)(g_ascii_xdigit_value(text[1]) * 16 +
                                            g_ascii_xdigit_value(text[2])));
            text += 2;
        } else {
            g_string_append_c(bytes, *text);
        }
    }
    struct berval value = {.bv_len = bytes->len};
    value.bv_val = g_string_free(bytes, FALSE);
    return value;
}

/* Lines of one attribute stand together; each run of them becomes one attribute. */
static void put_attributes(BerElement *ber, char **lines)
{
    for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0';) {
        g_auto(GStrv) parts = g_strsplit(lines[i], ": ", 2);
        g_autofree char *prefix = g_strconcat(parts[0], ": ", NULL);
        ber_printf(ber, "{s[", parts[0]);
        for (; lines[i] != NULL && g_str_has_prefix(lines[i], prefix); i++) {
            struct berval value = unescape(lines[i] + strlen(prefix));
            ber_printf(ber, "O", &value);
            g_free(value.bv_val);
        }
        ber_printf(ber, "]}");
    }
}

static void send_entry(int fd, int id, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval dn = unescape(lines[0] + strlen("dn: "));
    ber_printf(ber, "{it{O{", id, LDAP_RES_SEARCH_ENTRY, &dn);
    put_attributes(ber, lines + 1);
    ber_printf(ber, "}}}");
    send_ber(fd, ber);
    g_free(dn.bv_val);
}

static void send_result(int fd, int id, ber_tag_t tag, int code, const char *cookie)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{ess}", id, tag, code, "", "");
    if (cookie != NULL) {
        BerElement *inner = ber_alloc_t(LBER_USE_DER);
        struct berval value;
        ber_printf(inner, "{is}", 0, cookie);
        ber_flatten2(inner, &value, 0);
        ber_printf(ber, "t{{sO}}", LDAP_TAG_CONTROLS, LDAP_CONTROL_PAGEDRESULTS, &value);
        ber_free(inner, 1);
    }
    ber_printf(ber, "}");
    send_ber(fd, ber);
}

static void send_extended(int fd, int id, const char *oid, const char *value)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{ess", id, LDAP_RES_EXTENDED, oid != NULL ? LDAP_UNAVAILABLE : 0, "",
               "");
    if (oid != NULL)
        ber_printf(ber, "ts", LDAP_TAG_EXOP_RES_OID, oid);
    if (value != NULL)
        ber_printf(ber, "ts", LDAP_TAG_EXOP_RES_VALUE, value);
    ber_printf(ber, "}}");
    send_ber(fd, ber);
}

static void send_entries(int fd, int id, const char *entries)
{
    g_auto(GStrv) texts = g_strsplit(entries, "\n\n", -1);
    for (char **text = texts; *text != NULL; text++)
        if ((*text)[0] != '\0')
            send_entry(fd, id, *text);
}

static void send_reference(int fd, int id, const char *url)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{s}}", id, LDAP_RES_SEARCH_REFERENCE, url);
    send_ber(fd, ber);
}

/* FALSE: hang up. */
static gboolean give_answer(int fd, int id, const struct fake_answer *answer, gboolean paged)
{
    if (answer->other_id)
        id += 7;
    if (answer->entries != NULL)
        send_entries(fd, id, answer->entries);
    if (answer->reference != NULL)
        send_reference(fd, id, answer->reference);
    if (answer->notice)
        send_extended(fd, 0, LDAP_NOTICE_OF_DISCONNECTION, NULL);
    else if (!answer->close && !answer->silent)
        send_result(fd, id, LDAP_RES_SEARCH_RESULT, answer->code,
                    !paged || answer->no_control ? NULL
                    : answer->cookie != NULL     ? answer->cookie
                                                 : "");
    return !answer->close;
}

static gboolean answer_search(struct fake_directory *fake, int fd, int id, BerElement *ber)
{
    static const struct fake_answer nothing = {.code = 0};
    struct fake_state *state = fake->state;
    struct berval base;
    struct berval filter = {0, NULL};
    char **attributes = NULL;
    int scope = 0;
    int unused = 0;
    ber_len_t length = 0;
    ber_scanf(ber, "{meeiib", &base, &scope, &unused, &unused, &unused, &unused);
    ber_skip_element(ber, &filter);
    ber_scanf(ber, "{v}}", &attributes);
    gboolean paged = ber_peek_tag(ber, &length) == LDAP_TAG_CONTROLS;
    g_autofree char *names = attributes == NULL ? g_strdup("") : g_strjoinv(",", attributes);
    ber_memvfree((void **)attributes);
    if (base.bv_len == 0 && scope == LDAP_SCOPE_BASE) {
        g_autofree char *text = g_strconcat(root, fake->root, NULL);
        send_entry(fd, id, text);
        send_result(fd, id, LDAP_RES_SEARCH_RESULT, 0, NULL);
        return TRUE;
    }
    g_ptr_array_add(fake->asked,
                    g_strdup_printf("%.*s %d %.*s %s", (int)base.bv_len, base.bv_val, scope,
                                    (int)filter.bv_len, filter.bv_val, names));
    const struct fake_answer *answer =
        state->next < state->count ? &state->answers[state->next++] : &nothing;
    return give_answer(fd, id, answer, paged);
}

static gboolean answer_one(struct fake_directory *fake, int fd, BerElement *ber)
{
    ber_int_t id = 0;
    ber_len_t length = 0;
    ber_get_int(ber, &id);
    switch (ber_peek_tag(ber, &length)) {
    case LDAP_REQ_BIND:
        send_result(fd, id, LDAP_RES_BIND, fake->bind_code, NULL);
        return TRUE;
    case LDAP_REQ_SEARCH:
        return answer_search(fake, fd, id, ber);
    case LDAP_REQ_EXTENDED:
        send_extended(fd, id, NULL, fake->caller);
        return TRUE;
    case LDAP_REQ_ABANDON:
        return TRUE;
    default:
        return FALSE;
    }
}

static void serve(struct fake_directory *fake, int fd)
{
    Sockbuf *socket = ber_sockbuf_alloc();
    struct pollfd ready[] = {{.fd = fake->state->stop, .events = POLLIN},
                             {.fd = fd, .events = POLLIN}};
    gboolean alive = TRUE;
    /* Small answers must not wait for each other's acknowledgements. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    ber_sockbuf_add_io(socket, &ber_sockbuf_io_tcp, LBER_SBIOD_LEVEL_PROVIDER, &fd);
    while (alive && poll(ready, G_N_ELEMENTS(ready), -1) > 0 && ready[0].revents == 0) {
        BerElement *ber = ber_alloc_t(LBER_USE_DER);
        ber_len_t length = 0;
        alive =
            ber_get_next(socket, &length, ber) == LDAP_TAG_MESSAGE && answer_one(fake, fd, ber);
        ber_free(ber, 1);
    }
    ber_sockbuf_free(socket);
}

static gpointer run(gpointer data)
{
    struct fake_directory *fake = data;
    struct pollfd ready[] = {{.fd = fake->state->stop, .events = POLLIN},
                             {.fd = fake->state->listener, .events = POLLIN}};
    while (poll(ready, G_N_ELEMENTS(ready), -1) > 0 && ready[0].revents == 0)
        serve(fake, accept4(fake->state->listener, NULL, NULL, SOCK_CLOEXEC));
    return NULL;
}

struct fake_directory *fake_directory_start(const struct fake_answer *answers, guint count)
{
    struct fake_directory *fake = g_new0(struct fake_directory, 1);
    struct fake_state *state = g_new0(struct fake_state, 1);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    state->answers = answers;
    state->count = count;
    state->stop = eventfd(0, EFD_CLOEXEC);
    state->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(state->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(state->listener, 8) != 0 ||
        getsockname(state->listener, (struct sockaddr *)&address, &size) != 0)
        fail_msg("the fake directory cannot listen");
    fake->port = ntohs(address.sin_port);
    fake->uri = g_strdup_printf("ldap://127.0.0.1:%u", fake->port);
    fake->caller = "dn:cn=reader,dc=x";
    fake->asked = g_ptr_array_new_with_free_func(g_free);
    fake->state = state;
    state->thread = g_thread_new("fake directory", run, fake);
    return fake;
}

void fake_directory_stop(struct fake_directory *fake)
{
    eventfd_write(fake->state->stop, 1);
    g_thread_join(fake->state->thread);
    close(fake->state->listener);
    close(fake->state->stop);
    g_ptr_array_unref(fake->asked);
    g_free(fake->state);
    g_free(fake->uri);
    g_free(fake);
}
