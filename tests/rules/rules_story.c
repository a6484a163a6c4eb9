#include "tests/rules/rules_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "tests/support/invariant_check.h"

#define BULK "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

struct story {
    struct rules_world world;
    gint64 begins;
};

static struct rules_world *world_of(void **state)
{
    return &((struct story *)*state)->world;
}

int story_open(void **state)
{
    struct story *story = g_new0(struct story, 1);
    rules_world_open(&story->world);
    story->begins = atomic_load(&story->world.server.now);
    *state = story;
    return 0;
}

int story_close(void **state)
{
    rules_world_close(world_of(state));
    g_free(*state);
    return 0;
}

int story_reset(void **state)
{
    struct story *story = *state;
    atomic_store(&story->world.server.now, story->begins);
    rules_world_reset(&story->world);
    return 0;
}

static char *id_of(struct rules_world *world, enum rules_home home, const char *name)
{
    if (*name == '!')
        return rules_world_invitation(world, home, name + 1);
    if (*name == '#')
        return rules_world_project(world, home, name + 1);
    return g_strdup(rules_world_id(world, home, name));
}

static gboolean is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_islower(text[i]) && strchr("!#-0123456789", text[i]) == NULL)
            return FALSE;
    return length > 0;
}

/* {name} becomes an id, ' becomes ". */
static char *fill_in(struct rules_world *world, enum rules_home home, const char *text)
{
    GString *filled = g_string_new(NULL);
    for (; *text != '\0'; text++) {
        size_t length = *text == '{' ? strcspn(text + 1, "}") : 0;
        if (!is_name(text + 1, length) || *text != '{') {
            g_string_append_c(filled, (char)(*text == '\'' ? '"' : *text));
            continue;
        }
        g_autofree char *name = g_strndup(text + 1, length);
        g_autofree char *id = id_of(world, home, name);
        g_string_append(filled, id);
        text += length + 1;
    }
    return g_string_free(filled, FALSE);
}

static const char *schema_of(const char *path)
{
    static const char *const schemas[][2] = {{"/Users", SCIM_URN_USER},
                                             {"/Invitations", SCIM_URN_INVITATION},
                                             {"/Projects", SCIM_URN_PROJECT},
                                             {"/Roles", SCIM_URN_ROLE},
                                             {"/Bulk", BULK}};
    for (size_t i = 0; i < G_N_ELEMENTS(schemas); i++)
        if (g_str_has_prefix(path, schemas[i][0]))
            return schemas[i][1];
    return "";
}

/* Operations of a PATCH and of /Bulk are given without what stands around them. */
static json_t *body_of(const char *method, const char *path, const char *text)
{
    gboolean has_operations = strcmp(method, "PATCH") == 0 || strcmp(path, "/Bulk") == 0;
    g_autofree char *whole =
        g_strdup_printf(has_operations ? "{\"schemas\":[\"%s\"],\"Operations\":[%s]}"
                                       : "{\"schemas\":[\"%s\"],%s}",
                        strcmp(method, "PATCH") == 0 ? SCIM_URN_PATCH : schema_of(path), text);
    json_error_t error;
    json_t *body = json_loads(whole, 0, &error);
    if (body == NULL)
        fail_msg("%s: %s", error.text, whole);
    return body;
}

static struct reply send(struct rules_world *world, enum rules_home home,
                         enum rules_actor actor, const char *method, const char *path_and_body)
{
    g_autofree char *filled = fill_in(world, home, path_and_body);
    char *text = strchr(filled, ' ');
    if (text != NULL)
        *text++ = '\0';
    json_t *body = text != NULL ? body_of(method, filled, text) : NULL;
    struct reply reply = rules_world_ask(world, home, actor, method, filled, body);
    json_decref(body);
    return reply;
}

static const json_t *last_operation(const struct reply *reply)
{
    const json_t *operations = json_object_get(reply->json, "Operations");
    return json_array_get(operations, json_array_size(operations) - 1);
}

static unsigned status_in(const json_t *operation)
{
    const char *status = json_string_value(json_object_get(operation, "status"));
    return status != NULL ? (unsigned)g_ascii_strtoull(status, NULL, 10) : 0;
}

static void tell(const struct reply *reply, const char *what)
{
    fail_msg("%s %s: %s: %u %.*s", reply->exchange->method, reply->exchange->path, what,
             reply->status, (int)reply->exchange->answer_length,
             reply->exchange->answer != NULL ? reply->exchange->answer : "");
}

static gboolean is_refused(const struct reply *reply, const char *rule)
{
    const json_t *answer = reply->json;
    unsigned status = reply->status;
    if (json_object_get(answer, "Operations") != NULL) {
        answer = json_object_get(last_operation(reply), "response");
        status = status_in(last_operation(reply));
    }
    if (rule == NULL)
        return status == 400 || status == 404 || status == 405 || status == 410;
    const char *found =
        json_string_value(json_object_get(json_object_get(answer, REFUSAL_URN), "rule"));
    return status == 403 && g_strcmp0(found, rule) == 0;
}

void story_refused(void **state, enum rules_home home, enum rules_actor actor,
                   const char *method, const char *path_and_body, const char *rule)
{
    struct rules_world *world = world_of(state);
    gboolean is_bulk = g_str_has_prefix(path_and_body, "/Bulk");
    gint64 records = rules_world_records(world);
    g_autofree char *before = rules_world_dump(world);
    struct reply reply = send(world, home, actor, method, path_and_body);
    g_autofree char *after = rules_world_dump(world);
    if (!is_refused(&reply, rule))
        tell(&reply, "was not refused as it must be");
    const json_t *operations = json_object_get(reply.json, "Operations");
    gboolean is_same = strcmp(before, after) == 0 && rules_world_records(world) == records;
    if ((!is_bulk || json_array_size(operations) == 1) && !is_same)
        tell(&reply, "was refused and changed something");
    reply_clear(&reply);
}

struct reply story_ask(void **state, enum rules_home home, enum rules_actor actor,
                       const char *method, const char *path_and_body, unsigned status)
{
    struct rules_world *world = world_of(state);
    gint64 records = rules_world_records(world);
    gboolean is_bulk = g_str_has_prefix(path_and_body, "/Bulk");
    struct reply reply = send(world, home, actor, method, path_and_body);
    g_autofree char *broken = invariant_check(world->session, atomic_load(&world->server.now));
    if (broken != NULL)
        tell(&reply, broken);
    if (!is_bulk && reply.status != status)
        tell(&reply, "is not answered as it must be");
    size_t at;
    json_t *operation;
    json_array_foreach(json_object_get(reply.json, "Operations"), at, operation)
    {
        if (is_bulk && status_in(operation) != status)
            tell(&reply, "is not answered as it must be");
    }
    if (strcmp(method, "GET") != 0 && rules_world_records(world) <= records)
        tell(&reply, "left no record");
    return reply;
}

void story_done(void **state, enum rules_home home, enum rules_actor actor, const char *method,
                const char *path_and_body, unsigned status)
{
    struct reply reply = story_ask(state, home, actor, method, path_and_body, status);
    reply_clear(&reply);
}

void story_expect(void **state, enum rules_home home, const char *name, const char *stands)
{
    g_autofree char *brief = rules_world_brief(world_of(state));
    g_autofree char *begin =
        g_strdup_printf("%s/%s@example.com ", rules_world_home(home), name);
    g_autofree char *found = g_strdup("gone");
    g_auto(GStrv) lines = g_strsplit(brief, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, begin)) {
            g_free(found);
            found = g_strdup(*line + strlen(begin));
        }
    }
    assert_string_equal(found, stands);
}

unsigned story_answer(void **state, const char *token, const char *answer)
{
    static const char *const form[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    g_autofree char *body = g_strdup_printf("token=%s&answer=%s", token, answer);
    struct reply reply = server_fixture_ask_with(&world_of(state)->server, NULL, "POST",
                                                 "/invitation", body, form);
    unsigned status = reply.status;
    reply_clear(&reply);
    return status;
}

char *story_token(void **state, enum rules_home home, const char *name)
{
    g_autofree char *path = g_strdup_printf(
        "/Invitations/{!%s} {'op':'replace','path':'status','value':'pending'}", name);
    struct reply reply = story_ask(state, home, BY_CONSOLE, "PATCH", path, 200);
    char *token = g_strdup(strchr(reply_text(&reply, "link"), '#') + 1);
    reply_clear(&reply);
    return token;
}

void story_wait(void **state, gint64 seconds)
{
    atomic_fetch_add(&world_of(state)->server.now, seconds);
}

struct rules_world *story_world(void **state)
{
    return world_of(state);
}

gint64 story_seats(void **state, enum rules_home home)
{
    gint64 held = 0;
    assert_true(store_number(world_of(state)->session,
                             "SELECT COUNT(*) FROM person WHERE organization = ? AND status IN "
                             "('active', 'invited')",
                             STORE_BIND(store_text(rules_world_home(home))), 0, &held, NULL));
    return held;
}

void story_leave_free(void **state, enum rules_home home, gint64 seats)
{
    static const char *const owners[RULES_HOMES][2] = {{"dana@example.com"},
                                                       {"cole@example.com"}};
    const struct organization_draft draft = {.name = rules_world_home(home),
                                             .seats = story_seats(state, home) + seats,
                                             .owners = owners[home]};
    server_fixture_act(&world_of(state)->server, draft.name,
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft});
}
