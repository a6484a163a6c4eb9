#include "tests/agent/target/scripted_endpoint.h"

#include <string.h>

#define BASE_PATH "/organizations/acme/scim/v2"

static gboolean do_not_wait(void *context, gint64 milliseconds)
{
    (void)context, (void)milliseconds;
    return TRUE;
}

static void fill_with_zeros(void *context, guint8 *bytes, size_t count)
{
    (void)context;
    memset(bytes, 0, count);
}

const struct retry_waiter scripted_endpoint_waiter = {.wait = do_not_wait, .context = NULL};
const struct random_source scripted_endpoint_random = {.fill = fill_with_zeros,
                                                       .context = NULL};

char *scripted_endpoint_person(const char *id, guint version, const char *roles)
{
    return g_strdup_printf(
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"id\":\"%s\","
        "\"userName\":\"%s@example.com\",\"meta\":{\"version\":\"W/\\\"%u\\\"\"},"
        "\"roles\":[{\"type\":\"organization\",\"value\":\"member\"}],\"" MEMBERSHIP_URN
        "\":{\"status\":\"active\",\"joinedAt\":\"2026-11-22T01:47:12Z\","
        "\"origins\":[{\"value\":\"directory:corp\",\"externalId\":\"a-%s\",\"active\":true,"
        "\"roles\":[%s]}]}}",
        id, id, version, id, roles);
}

void scripted_endpoint_list(struct scripted_server *server, const char *etag, guint total,
                            const char *rows)
{
    g_autofree char *head = etag != NULL ? g_strdup_printf("ETag: %s\r\n", etag) : NULL;
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],"
                        "\"totalResults\":%u,\"Resources\":[%s]}",
                        total, rows);
    scripted_server_answer(server, 200, head, body);
}

static void say_roles(struct scripted_server *server)
{
    scripted_endpoint_list(server, "W/\"r\"", 2,
                           "{\"id\":\"owner\",\"value\":\"owner\",\"type\":\"organization\","
                           "\"totalAssignmentsUsed\":1},"
                           "{\"id\":\"member\",\"value\":\"member\",\"type\":\"organization\","
                           "\"totalAssignmentsPermitted\":100,\"totalAssignmentsUsed\":7}");
}

void scripted_endpoint_not_modified(struct scripted_server *server)
{
    scripted_server_say(server, SCRIPTED_KEEP, "HTTP/1.1 304 Not Modified\r\n\r\n");
}

void scripted_endpoint_state(struct scripted_server *server, guint total, const char *users)
{
    say_roles(server);
    scripted_endpoint_list(server, "W/\"u\"", total, users);
    scripted_endpoint_list(
        server, "W/\"p\"", 1,
        "{\"id\":\"j1\",\"name\":\"search\",\"meta\":{\"version\":\"W/\\\"5\\\"\"},"
        "\"members\":[{\"value\":\"p1\",\"role\":\"admin\"},"
        "{\"value\":\"p2\",\"role\":\"read-only\"},"
        "{\"value\":\"nobody\",\"role\":\"admin\"}]}");
    scripted_endpoint_list(
        server, "W/\"m\"", 1,
        "{\"id\":\"m1\",\"origin\":\"directory:corp\",\"externalId\":\"a-9\","
        "\"userName\":\"gone@example.com\",\"kind\":\"left\"}");
    say_roles(server);
    scripted_endpoint_not_modified(server);
}

ScimClient *scripted_endpoint_client(struct scripted_server *server)
{
    const struct scim_client_settings settings = {
        .http = {.url = server->url, .token = "t", .timeout_ms = 20000},
        .base_path = BASE_PATH,
        .waiter = &scripted_endpoint_waiter,
        .random = &scripted_endpoint_random,
    };
    ScimClient *client = scim_client_open(&settings, NULL);
    g_assert_nonnull(client);
    return client;
}

char *scripted_endpoint_request(struct scripted_server *server, guint index)
{
    const char *request = scripted_server_request(server, index);
    const char *space = strchr(request, ' ');
    const char *path = space + 1 + strlen(BASE_PATH);
    g_autofree char *method = g_strndup(request, (gsize)(space - request));
    g_autofree char *rest = g_strndup(path, (gsize)(strchr(path, ' ') - path));
    g_assert_true(g_str_has_prefix(space + 1, BASE_PATH));
    return g_strconcat(method, " ", rest, NULL);
}
