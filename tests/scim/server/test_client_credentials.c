#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/client_credentials.h"

struct sample {
    const char *header; /* Authorization, what is in Base64 written plainly after "Basic " */
    gboolean is_raw;    /* header is as sent */
    const char *body;
    enum client_credentials_form form;
    const char *id, *secret;
};

static const struct sample samples[] = {
    {NULL, FALSE, "", CLIENT_CREDENTIALS_NONE, NULL, NULL},
    {NULL, FALSE, "grant_type=client_credentials", CLIENT_CREDENTIALS_NONE, NULL, NULL},
    {NULL, FALSE, "client_id=a&client_secret=b", CLIENT_CREDENTIALS_BODY, "a", "b"},
    {NULL, FALSE, "client_id=a", CLIENT_CREDENTIALS_BODY, "a", ""},
    {NULL, FALSE, "client_secret=b", CLIENT_CREDENTIALS_BODY, "", "b"},
    {"a:b", FALSE, "", CLIENT_CREDENTIALS_BASIC, "a", "b"},
    {"a:b:c", FALSE, "", CLIENT_CREDENTIALS_BASIC, "a", "b:c"},
    {"a%3Ab:c%2Bd+e", FALSE, "", CLIENT_CREDENTIALS_BASIC, "a:b", "c+d e"},
    {":", FALSE, "", CLIENT_CREDENTIALS_BASIC, "", ""},
    {"a:b", FALSE, "client_id=a", CLIENT_CREDENTIALS_BASIC, "a", "b"},
    {"a:b", FALSE, "client_id=x", CLIENT_CREDENTIALS_BROKEN, NULL, NULL},
    {"a:b", FALSE, "client_id=a&client_secret=b", CLIENT_CREDENTIALS_BROKEN, NULL, NULL},
    {"ab", FALSE, "", CLIENT_CREDENTIALS_STRANGE, NULL, NULL},
    {"a:%zz", FALSE, "", CLIENT_CREDENTIALS_STRANGE, NULL, NULL},
    {"Basic", TRUE, "", CLIENT_CREDENTIALS_STRANGE, NULL, NULL},
    {"Basic ", TRUE, "", CLIENT_CREDENTIALS_STRANGE, NULL, NULL},
    {"Basic !!!!", TRUE, "", CLIENT_CREDENTIALS_STRANGE, NULL, NULL},
    {"basic YTpi", TRUE, "", CLIENT_CREDENTIALS_BASIC, "a", "b"},
    {"Bearer YTpi", TRUE, "", CLIENT_CREDENTIALS_STRANGE, NULL, NULL},
};

static char *header_of(const struct sample *sample)
{
    if (sample->is_raw) {
        return g_strdup(sample->header);
    }
    g_autofree char *encoded =
        g_base64_encode((const guchar *)sample->header, strlen(sample->header));
    return g_strconcat("Basic ", encoded, NULL);
}

static void a_client_is_named_in_one_way_or_in_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const struct sample *sample = &samples[i];
        g_autoptr(Exchange) exchange = exchange_new("POST", "/oauth2/token");
        exchange_add_body(exchange, sample->body, strlen(sample->body), 1000);
        if (sample->header != NULL) {
            g_autofree char *field = header_of(sample);
            exchange_add_header(exchange, "Authorization", field);
        }
        g_autoptr(GHashTable) fields = exchange_read_form(exchange);
        struct client_credentials credentials;
        enum client_credentials_form form =
            client_credentials_read(exchange, fields, &credentials);
        if (form != sample->form || g_strcmp0(credentials.id, sample->id) != 0 ||
            g_strcmp0(credentials.secret, sample->secret) != 0) {
            fail_msg("sample %zu: %d '%s' '%s'", i, (int)form, credentials.id,
                     credentials.secret);
        }
        client_credentials_clear(&credentials);
        assert_null(credentials.secret);
    }
}

static void two_headers_are_no_client(void **state)
{
    (void)state;
    g_autoptr(Exchange) exchange = exchange_new("POST", "/oauth2/token");
    exchange_add_header(exchange, "Authorization", "Basic YTpi");
    exchange_add_header(exchange, "authorization", "Basic YTpi");
    g_autoptr(GHashTable) fields = exchange_read_form(exchange);
    struct client_credentials credentials;
    assert_int_equal(client_credentials_read(exchange, fields, &credentials),
                     CLIENT_CREDENTIALS_BROKEN);
    client_credentials_clear(&credentials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_named_in_one_way_or_in_none),
        cmocka_unit_test(two_headers_are_no_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
