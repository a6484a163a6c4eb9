#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/client/http_origin.h"
#include "scim/protocol/outcome.h"

static void a_url_is_taken_apart(void **state)
{
    (void)state;

    static const struct {
        const char *url, *base, *socket;
        gboolean is_exposed;
    } cases[] = {
        {"https://scim.example.net/v2", "https://scim.example.net/v2", NULL, FALSE},
        {"https://scim.example.net/v2//", "https://scim.example.net/v2", NULL, FALSE},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080", NULL, FALSE},
        {"http://127.9.8.7/", "http://127.9.8.7", NULL, FALSE},
        {"http://localhost:8080", "http://localhost:8080", NULL, FALSE},
        {"http://[::1]:8080", "http://[::1]:8080", NULL, FALSE},
        {"http://scim.example.net", "http://scim.example.net", NULL, TRUE},
        {"http://127.0.0.1.example.net", "http://127.0.0.1.example.net", NULL, TRUE},
        {"http://10.0.0.5", "http://10.0.0.5", NULL, TRUE},
        {"unix:/run/rolecall/http.sock", "http://localhost", "/run/rolecall/http.sock", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct http_origin origin = {0};
        assert_true(http_origin_parse(cases[i].url, &origin, NULL));
        assert_string_equal(origin.base, cases[i].base);
        assert_int_equal(g_strcmp0(origin.socket, cases[i].socket), 0);
        assert_int_equal(origin.is_exposed, cases[i].is_exposed);
        http_origin_clear(&origin);
        assert_null(origin.base);
    }
}

static void a_url_that_cannot_be_used_is_named_with_the_reason(void **state)
{
    (void)state;

    static const struct {
        const char *url, *why;
    } cases[] = {
        {"", "not a URL"},
        {"scim.example.net", "not a URL"},
        {"ftp://example.net", "has to begin with"},
        {"file:///etc/passwd", "has to begin with"},
        {"https://", "names no host"},
        {"https://dana:secret@example.net", "user or password"},
        {"https://example.net/v2?tenant=1", "'?' or '#'"},
        {"https://example.net/v2#x", "'?' or '#'"},
        {"https://example.net/a b", ""},
        {"https://example.net/\r\nX: y", ""},
        {"unix:http.sock", "begins with '/'"},
        {"unix:", "begins with '/'"},
        {"unix:/a/path/that/no/socket/address/can/hold/because/it/is/longer/than/a/hundred/and/"
         "eight/bytes/in/all/and/then/a/few/more/to/be/sure",
         "too long"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct http_origin origin = {0};
        g_autoptr(GError) error = NULL;
        assert_false(http_origin_parse(cases[i].url, &origin, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(error->message, cases[i].why));
        assert_null(origin.base);
        assert_null(origin.socket);
    }
}

static void a_path_is_visible_ascii_behind_a_slash(void **state)
{
    (void)state;

    static const struct {
        const char *path;
        gboolean valid;
    } cases[] = {
        {"/Users", TRUE},      {"/Users?filter=a%20eq%20%22b%22", TRUE},
        {"/", TRUE},           {"", FALSE},
        {"Users", FALSE},      {"/Users HTTP/1.1", FALSE},
        {"/a\r\nX: y", FALSE}, {"/\xc3\xa4", FALSE},
        {"/a#b", FALSE},       {"/a\tb", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(http_origin_path_is_valid(cases[i].path), cases[i].valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_taken_apart),
        cmocka_unit_test(a_url_that_cannot_be_used_is_named_with_the_reason),
        cmocka_unit_test(a_path_is_visible_ascii_behind_a_slash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
