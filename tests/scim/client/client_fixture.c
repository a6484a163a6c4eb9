#include "tests/scim/client/client_fixture.h"

#include <string.h>

static gboolean note_wait(void *context, gint64 milliseconds)
{
    struct client_fixture *fixture = context;
    g_array_append_val(fixture->waits, milliseconds);
    return fixture->waits->len != fixture->stop_at;
}

static void fill_with_zeros(void *context, guint8 *bytes, size_t count)
{
    (void)context;
    memset(bytes, 0, count);
}

struct client_fixture *client_fixture_open(void)
{
    static const struct retry_policy policy = {
        .first_ms = 1000, .cap_ms = 60000, .budget_ms = 600000, .attempts = 4};
    struct client_fixture *fixture = g_new0(struct client_fixture, 1);
    fixture->server = scripted_server_start(NULL);
    fixture->waits = g_array_new(FALSE, FALSE, sizeof(gint64));
    fixture->waiter = (struct retry_waiter){.wait = note_wait, .context = fixture};
    fixture->random = (struct random_source){.fill = fill_with_zeros};
    const struct scim_client_settings settings = {
        .http = {.url = fixture->server->url, .token = "t", .timeout_ms = 20000},
        .base_path = "/scim/v2",
        .policy = &policy,
        .waiter = &fixture->waiter,
        .random = &fixture->random,
    };
    fixture->client = scim_client_open(&settings, NULL);
    g_assert_nonnull(fixture->client);
    return fixture;
}

void client_fixture_close(struct client_fixture *fixture)
{
    scim_client_close(fixture->client);
    scripted_server_stop(fixture->server);
    g_array_unref(fixture->waits);
    g_free(fixture);
}

gint64 client_fixture_wait(const struct client_fixture *fixture, guint index)
{
    return index < fixture->waits->len ? g_array_index(fixture->waits, gint64, index) : -1;
}
