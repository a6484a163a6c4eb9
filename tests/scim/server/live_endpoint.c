#include "tests/scim/server/live_endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PATIENCE ((gint64)20 * G_USEC_PER_SEC)

void live_endpoint_open(struct live_endpoint *live)
{
    *live = (struct live_endpoint){0};
    server_fixture_open_store(&live->fixture);
}

void live_endpoint_close(struct live_endpoint *live)
{
    live_endpoint_stop(live);
    server_fixture_close(&live->fixture);
}

static void show_warnings(void *context, GLogLevelFlags level, const char *line)
{
    (void)context;
    if ((level & G_LOG_LEVEL_WARNING) != 0) {
        g_printerr("# %s\n", line);
    }
}

void live_endpoint_options(struct live_endpoint *live, struct endpoint_options *options)
{
    endpoint_options_default(options);
    options->listen = "127.0.0.1:0";
    options->store = live->fixture.uri;
    options->judge = server_fixture_judge(&live->fixture);
    options->threads = 2;
    options->sweep_milliseconds = 20;
    options->observer.log = show_warnings;
}

void live_endpoint_start(struct live_endpoint *live, const struct endpoint_options *options)
{
    g_autoptr(GError) error = NULL;
    live_endpoint_stop(live);
    live->endpoint = endpoint_start(options, &error);
    if (live->endpoint == NULL) {
        fail_msg("%s", error->message);
    }
    live->port = endpoint_port(live->endpoint);
}

void live_endpoint_stop(struct live_endpoint *live)
{
    endpoint_stop(g_steal_pointer(&live->endpoint));
}

struct raw_answer *live_endpoint_ask(struct live_endpoint *live, const char *token,
                                     const char *method, const char *target, const char *body)
{
    return live_endpoint_ask_with(live, token, method, target, "", body);
}

struct raw_answer *live_endpoint_ask_with(struct live_endpoint *live, const char *token,
                                          const char *method, const char *target,
                                          const char *headers, const char *body)
{
    g_autofree char *all =
        g_strdup_printf("Authorization: Bearer %s\r\nContent-Type: application/scim+json\r\n%s",
                        token, headers);
    return raw_client_ask(live->port, method, target, all, body);
}

gint64 live_endpoint_number(struct live_endpoint *live, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreSession) session =
        store_session_open(live->fixture.store, STORE_READ, &error);
    gint64 number = -1;
    if (session == NULL || !store_number(session, sql, STORE_NOTHING, 0, &number, &error)) {
        fail_msg("%s", error->message);
    }
    return number;
}

void live_endpoint_wait(struct live_endpoint *live, const char *sql, gint64 wanted)
{
    gint64 until = g_get_monotonic_time() + PATIENCE;
    while (live_endpoint_number(live, sql) != wanted && g_get_monotonic_time() < until) {
        g_usleep(5000); /* poll interval */
    }
    assert_int_equal(live_endpoint_number(live, sql), wanted);
}
