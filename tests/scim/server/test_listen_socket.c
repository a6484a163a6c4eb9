#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/protocol/outcome.h"
#include "scim/server/listen_socket.h"

static void a_place_is_understood_or_refused(void **state)
{
    (void)state;

    static const struct {
        const char *place;
        gboolean good, is_local;
    } cases[] = {
        {"127.0.0.1:8080", TRUE, TRUE},
        {"127.9.9.9:1", TRUE, TRUE},
        {"[::1]:0", TRUE, TRUE},
        {"0.0.0.0:8080", TRUE, FALSE},
        {"[::]:80", TRUE, FALSE},
        {"192.0.2.1:80", TRUE, FALSE},
        {"unix:/run/x.sock", TRUE, TRUE},
        {"", FALSE, FALSE},
        {"8080", FALSE, FALSE},
        {":8080", FALSE, FALSE},
        {"127.0.0.1", FALSE, FALSE},
        {"127.0.0.1:", FALSE, FALSE},
        {"127.0.0.1:65536", FALSE, FALSE},
        {"127.0.0.1:-1", FALSE, FALSE},
        {"127.0.0.1:80x", FALSE, FALSE},
        {"::1:80", FALSE, FALSE},
        {"unix:relative", FALSE, FALSE},
        {"unix:", FALSE, FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean is_local = FALSE;
        g_autoptr(GError) error = NULL;
        gboolean good = listen_socket_check(cases[i].place, &is_local, &error);
        if (good != cases[i].good || (good && is_local != cases[i].is_local)) {
            fail_msg("'%s': good %d, local %d", cases[i].place, good, is_local);
        }
        if (!good) {
            assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        }
    }
}

static void a_free_port_is_found_and_told(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    int listening = listen_socket_open("127.0.0.1:0", &error);
    assert_true(listening >= 0);
    guint16 port = listen_socket_port(listening);
    assert_true(port > 0);
    g_autofree char *place = g_strdup_printf("127.0.0.1:%u", (unsigned)port);
    g_autofree char *url = listen_socket_url("127.0.0.1:0", port);
    g_autofree char *expected = g_strconcat("http://", place, NULL);
    assert_string_equal(url, expected);
    assert_int_equal(listen_socket_open(place, &error), -1);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    listen_socket_close(place, listening);
}

static void a_dead_socket_file_is_replaced_and_a_live_one_is_not(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("listen-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "http.sock", NULL);
    g_autofree char *place = g_strconcat("unix:", path, NULL);
    g_autoptr(GError) error = NULL;
    int first = listen_socket_open(place, &error);
    assert_true(first >= 0);
    assert_int_equal(listen_socket_port(first), 0);
    assert_int_equal(listen_socket_open(place, &error), -1);
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    g_clear_error(&error);
    close(first); /* as a killed process would: its file stays */
    int second = listen_socket_open(place, &error);
    assert_true(second >= 0);
    listen_socket_close(place, second);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_rmdir(folder);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("listen-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "precious", NULL);
    assert_true(g_file_set_contents(path, "text", -1, NULL));
    g_autofree char *place = g_strconcat("unix:", path, NULL);
    g_autoptr(GError) error = NULL;
    assert_int_equal(listen_socket_open(place, &error), -1);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, "text");
    g_unlink(path);
    g_rmdir(folder);
}

static void a_peer_is_an_address_without_its_port(void **state)
{
    (void)state;

    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un file;
    } address = {.v4 = {.sin_family = AF_INET, .sin_port = htons(80)}};

    address.v4.sin_addr.s_addr = htonl(0xc0000207);
    g_autofree char *four = listen_socket_peer(&address.any);
    assert_string_equal(four, "192.0.2.7");
    address.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    g_autofree char *six = listen_socket_peer(&address.any);
    assert_string_equal(six, "::1");
    address.file = (struct sockaddr_un){.sun_family = AF_UNIX};
    g_autofree char *file = listen_socket_peer(&address.any);
    assert_string_equal(file, "unix");
    address.any.sa_family = AF_UNSPEC;
    assert_null(listen_socket_peer(&address.any));
    assert_null(listen_socket_peer(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_is_understood_or_refused),
        cmocka_unit_test(a_free_port_is_found_and_told),
        cmocka_unit_test(a_dead_socket_file_is_replaced_and_a_live_one_is_not),
        cmocka_unit_test(a_file_that_is_no_socket_is_left_alone),
        cmocka_unit_test(a_peer_is_an_address_without_its_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
