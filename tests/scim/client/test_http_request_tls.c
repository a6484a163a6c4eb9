/* What http_request says of a server's certificate: nothing is sent to a server not trusted. */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/client/http_request.h"
#include "scim/protocol/outcome.h"
#include "tests/support/certificate_fixture.h"

/* A server for one connection. */
struct tls_server {
    char *folder;
    int listener;
    guint16 port;
    gnutls_certificate_credentials_t credentials;
    GThread *thread;
    gboolean got_request;
};

static void answer(struct tls_server *server, gnutls_session_t session)
{
    static const char bytes[] = "HTTP/1.1 204 No Content\r\n\r\n";
    char buffer[4096];
    server->got_request = gnutls_record_recv(session, buffer, sizeof(buffer)) > 0;
    gnutls_record_send(session, bytes, strlen(bytes));
    gnutls_bye(session, GNUTLS_SHUT_WR);
}

static gpointer serve(gpointer data)
{
    struct tls_server *server = data;
    gnutls_session_t session;
    int fd = accept(server->listener, NULL, NULL);
    gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
    gnutls_set_default_priority(session);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server->credentials);
    gnutls_transport_set_int(session, fd);
    int code = GNUTLS_E_AGAIN;
    while (code < 0 && gnutls_error_is_fatal(code) == 0) {
        code = gnutls_handshake(session);
    }
    if (code == GNUTLS_E_SUCCESS) {
        answer(server, session);
    }
    gnutls_deinit(session);
    close(fd);
    return NULL;
}

static char *file_in(const struct tls_server *server, const char *name)
{
    return g_build_filename(server->folder, name, NULL);
}

static void start(struct tls_server *server, enum certificate_fault fault)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    *server = (struct tls_server){.folder = g_dir_make_tmp("rolecall-XXXXXX", NULL)};
    certificate_fixture_write(server->folder, fault);
    g_autofree char *certificate = file_in(server, "server.pem");
    g_autofree char *key = file_in(server, "server.key");
    gnutls_certificate_allocate_credentials(&server->credentials);
    assert_int_equal(gnutls_certificate_set_x509_key_file(server->credentials, certificate, key,
                                                          GNUTLS_X509_FMT_PEM),
                     GNUTLS_E_SUCCESS);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    server->port = ntohs(address.sin_port);
    server->thread = g_thread_new("tls server", serve, server);
}

static void stop(struct tls_server *server)
{
    static const char *const files[] = {"ca.pem", "other-ca.pem", "server.pem", "server.key"};
    g_thread_join(server->thread);
    close(server->listener);
    gnutls_certificate_free_credentials(server->credentials);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = file_in(server, files[i]);
        g_unlink(path);
    }
    g_rmdir(server->folder);
    g_free(server->folder);
}

static void only_a_certificate_that_is_trusted_gets_the_token(void **state)
{
    (void)state;

    static const struct {
        enum certificate_fault fault;
        const char *ca_file; /* NULL: the system's authorities */
        gboolean good;
    } cases[] = {
        {CERTIFICATE_GOOD, "ca.pem", TRUE},
        {CERTIFICATE_GOOD, "other-ca.pem", FALSE},
        {CERTIFICATE_GOOD, NULL, FALSE},
        {CERTIFICATE_EXPIRED, "ca.pem", FALSE},
        {CERTIFICATE_NOT_YET_VALID, "ca.pem", FALSE},
        {CERTIFICATE_WRONG_NAME, "ca.pem", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct tls_server server;
        struct http_answer answer = {0};
        g_autoptr(GError) error = NULL;
        start(&server, cases[i].fault);
        g_autofree char *url = g_strdup_printf("https://127.0.0.1:%u", server.port);
        g_autofree char *ca_file =
            cases[i].ca_file != NULL ? file_in(&server, cases[i].ca_file) : NULL;
        const struct http_settings settings = {
            .url = url, .token = "t", .ca_file = ca_file, .timeout_ms = 20000};
        const struct http_call call = {.method = "DELETE", .path = "/Users/7"};
        HttpRequester *door = http_request_open(&settings, NULL);
        assert_non_null(door);
        assert_int_equal(http_request_send(door, &call, &answer, &error), cases[i].good);
        if (!cases[i].good) {
            assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
            assert_non_null(strstr(error->message, "certificate is not trusted"));
        }
        http_answer_clear(&answer);
        http_request_close(door);
        gboolean expected = cases[i].good;
        stop(&server);
        assert_int_equal(server.got_request, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_certificate_that_is_trusted_gets_the_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
