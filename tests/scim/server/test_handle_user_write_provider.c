/* A provider that reads its own write back finds what it wrote, whatever became of the person: so it
 * has nothing to send again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_user_write.h"
#include "tests/scim/server/server_fixture.h"

#define USER "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]"
#define PATCH(operations)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"         \
    "[" operations "]}"
#define HOUR ((gint64)3600)

/* `active` is true or false; the roles hold one of ours and one that we do not know. */
#define KIM(active)                                                                            \
    "{" USER ",\"userName\":\"kim@example.com\",\"externalId\":\"k-1\",\"displayName\":"       \
    "\"Kim\",\"name\":{\"givenName\":\"Kim\",\"familyName\":\"K\"},\"emails\":[{\"value\":"    \
    "\"kim@example.com\",\"type\":\"work\",\"primary\":true}],\"active\":" active              \
    ",\"roles\":[{\"type\":\"organization\",\"value\":\"member\",\"primary\":true},"           \
    "{\"value\":\"Janitor\"}]}"

struct scene {
    struct server_fixture *fixture;
    char *token; /* of the provider */
    char *target;
};

static void scene_clear(struct scene *scene)
{
    g_free(scene->token);
    g_free(scene->target);
}

static struct reply ask(const struct scene *scene, const char *method, const char *body)
{
    return server_fixture_ask(scene->fixture, scene->token, method, scene->target, body);
}

static char *post(struct server_fixture *fixture, const char *token, const char *body)
{
    struct reply reply = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users", body);
    char *target = g_strconcat("/scim/v2/Users/", reply_text(&reply, "id"), NULL);
    reply_expect(&reply, 201);
    return target;
}

static char *connect(struct server_fixture *fixture, const char *at_cap, gboolean rehearsal)
{
    return server_fixture_token(fixture, "acme",
                                &(struct connection_draft){.name = "entra",
                                                           .scope = "people",
                                                           .rehearsal = rehearsal,
                                                           .adopt = TRUE,
                                                           .at_cap = at_cap});
}

static void prepare_invited(struct scene *scene)
{
    scene->token = connect(scene->fixture, "refuse", FALSE);
    scene->target = post(scene->fixture, scene->token, KIM("true"));
}

static void prepare_held(struct scene *scene)
{
    scene->token = connect(scene->fixture, "refuse", FALSE);
    g_autofree char *taken =
        post(scene->fixture, scene->fixture->admin,
             "{" USER ",\"userName\":\"kim\",\"emails\":[{\"value\":\"kim@example.com\"}]}");
    scene->target = post(scene->fixture, scene->token, KIM("true"));
}

static void prepare_waiting(struct scene *scene)
{
    scene->token = connect(scene->fixture, "wait", FALSE);
    for (int i = 0; i < 8; i++) {
        g_autofree char *body =
            g_strdup_printf("{" USER ",\"userName\":\"u%d@example.com\"}", i);
        g_autofree char *other = post(scene->fixture, scene->fixture->admin, body);
    }
    scene->target = post(scene->fixture, scene->token, KIM("true"));
}

static void prepare_rehearsed(struct scene *scene)
{
    scene->token = connect(scene->fixture, "refuse", TRUE);
    scene->target = post(scene->fixture, scene->token, KIM("true"));
}

static void prepare_suspended(struct scene *scene)
{
    prepare_invited(scene);
    struct reply reply =
        ask(scene, "PATCH", PATCH("{\"op\":\"replace\",\"path\":\"active\",\"value\":false}"));
    reply_expect(&reply, 200);
}

static void prepare_expired(struct scene *scene)
{
    prepare_invited(scene);
    scene->fixture->now += 49 * HOUR;
}

/* Adopted, and an owner has made them more than the provider says. */
static void prepare_active(struct scene *scene)
{
    g_autofree char *id = server_fixture_member(scene->fixture, "kim@example.com");
    scene->token = connect(scene->fixture, "refuse", FALSE);
    scene->target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = ask(scene, "PUT", KIM("true"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(
        scene->fixture, scene->fixture->admin, "PATCH", scene->target,
        PATCH("{\"op\":\"replace\",\"path\":\"roles[type eq \\\"organization\\\"].value\","
              "\"value\":\"billing-admin\"}"));
    reply_expect(&reply, 200);
}

static const struct standing_case {
    const char *status;
    void (*prepare)(struct scene *scene);
    const char *body; /* as the provider has it */
} cases[] = {
    {"invited", prepare_invited, KIM("true")},
    {"held", prepare_held, KIM("true")},
    {"waiting", prepare_waiting, KIM("true")},
    {"rehearsed", prepare_rehearsed, KIM("true")},
    {"suspended", prepare_suspended, KIM("false")},
    {"expired", prepare_expired, KIM("true")},
    {"active", prepare_active, KIM("true")},
};

/* The case at hand, by the name of its status. */
static void on_each(void **state,
                    void (*check)(struct scene *scene, const struct standing_case *standing))
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct server_fixture fixture;
        server_fixture_open(&fixture);
        struct scene scene = {.fixture = &fixture};
        cases[i].prepare(&scene);
        struct reply reply = ask(&scene, "GET", NULL);
        assert_string_equal(reply_text(&reply, "Membership.status"), cases[i].status);
        reply_expect(&reply, 200);
        check(&scene, &cases[i]);
        scene_clear(&scene);
        server_fixture_close(&fixture);
    }
}

static void reads_what_it_wrote(struct scene *scene, const struct standing_case *standing)
{
    json_t *wrote = json_loads(standing->body, 0, NULL);
    struct reply reply = ask(scene, "GET", NULL);
    static const char *const names[] = {"userName", "externalId", "active"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!json_equal(json_object_get(wrote, names[i]), reply_value(&reply, names[i]))) {
            fail_msg("%s: %s is another one", standing->status, names[i]);
        }
    }
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    assert_string_equal(reply_text(&reply, "roles.1.value"), "Janitor");
    assert_null(reply_text(&reply, "roles.2.value"));
    reply_expect(&reply, 200);
    json_decref(wrote);
}

static void what_a_provider_wrote_it_reads_in_every_status(void **state)
{
    on_each(state, reads_what_it_wrote);
}

static char *version_of(const struct scene *scene)
{
    struct reply reply = ask(scene, "GET", NULL);
    char *version = g_strdup(reply_text(&reply, "meta.version"));
    reply_expect(&reply, 200);
    return version;
}

static void writes_nothing(struct scene *scene, const struct standing_case *standing,
                           const char *method, const char *body)
{
    g_autofree char *before = version_of(scene);
    struct reply reply = ask(scene, method, body);
    if (reply.status != 200)
        fail_msg("%s: %s is %u", standing->status, method, reply.status);
    if (strcmp(reply_text(&reply, "Membership.status"), standing->status) != 0)
        fail_msg("%s becomes %s", standing->status, reply_text(&reply, "Membership.status"));
    reply_clear(&reply);
    g_autofree char *after = version_of(scene);
    if (strcmp(before, after) != 0)
        fail_msg("%s: the same %s writes: %s, %s", standing->status, method, before, after);
}

static void puts_the_same(struct scene *scene, const struct standing_case *standing)
{
    struct reply reply = ask(scene, "GET", NULL);
    g_autofree char *read =
        g_strndup(reply.exchange->answer, (gsize)reply.exchange->answer_length);
    reply_expect(&reply, 200);
    writes_nothing(scene, standing, "PUT", read);
    writes_nothing(scene, standing, "PUT", standing->body);
}

static void the_same_put_writes_nothing_in_every_status(void **state)
{
    on_each(state, puts_the_same);
}

static void patches_the_same(struct scene *scene, const struct standing_case *standing)
{
    g_autofree char *active =
        g_strdup_printf(PATCH("{\"op\":\"Replace\",\"path\":\"active\",\"value\":\"%s\"}"),
                        strcmp(standing->status, "suspended") == 0 ? "False" : "True");
    writes_nothing(scene, standing, "PATCH", active);
    writes_nothing(scene, standing, "PATCH",
                   PATCH("{\"op\":\"replace\",\"value\":{\"externalId\":\"k-1\","
                         "\"userName\":\"kim@example.com\"}}"));
    writes_nothing(
        scene, standing, "PATCH",
        PATCH("{\"op\":\"replace\",\"path\":\"roles\",\"value\":[{\"type\":\"organization\","
              "\"value\":\"member\",\"primary\":true},{\"value\":\"Janitor\"}]}"));
}

static void the_same_patch_writes_nothing_in_every_status(void **state)
{
    on_each(state, patches_the_same);
}

static void deactivates(struct scene *scene, const struct standing_case *standing)
{
    struct reply reply =
        ask(scene, "PATCH",
            PATCH("{\"op\":\"replace\",\"path\":\"roles\",\"value\":[{\"value\":\"owner\"}]},"
                  "{\"op\":\"replace\",\"path\":\"urn:ietf:params:scim:schemas:core:2.0:User:"
                  "active\",\"value\":false}"));
    if (reply.status != 200 || !json_is_false(reply_value(&reply, "active")))
        fail_msg("%s: %u", standing->status, reply.status);
    assert_string_equal(reply_text(&reply, "roles.0.value"), "member");
    reply_clear(&reply);
    reply = ask(scene, "GET", NULL);
    assert_true(json_is_false(reply_value(&reply, "active")));
    reply_expect(&reply, 200);
}

static void a_deactivation_never_fails_for_what_stands_beside_it_in_any_status(void **state)
{
    on_each(state, deactivates);
}

static void a_deactivation_inside_a_put_and_a_bulk_comes_first_too(void **state)
{
    struct scene scene = {.fixture = *state};
    prepare_invited(&scene);
    struct reply reply = ask(
        &scene, "PUT", "{" USER ",\"userName\":7,\"externalId\":\"k-1\",\"active\":\"False\"}");
    assert_true(json_is_false(reply_value(&reply, "active")));
    assert_string_equal(reply_text(&reply, "userName"), "kim@example.com");
    reply_expect(&reply, 200);
    reply = ask(&scene, "PUT", KIM("true"));
    reply_expect(&reply, 200);
    g_autofree char *bulk = g_strdup_printf(
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":["
        "{\"method\":\"PATCH\",\"path\":\"%s\",\"data\":%s}]}",
        scene.target + strlen("/scim/v2"),
        PATCH("{\"op\":\"replace\",\"path\":\"userName\",\"value\":7},"
              "{\"op\":\"replace\",\"path\":\"active\",\"value\":false}"));
    reply = server_fixture_ask(scene.fixture, scene.token, "POST", "/scim/v2/Bulk", bulk);
    assert_string_equal(reply_text(&reply, "Operations.0.status"), "200");
    reply_expect(&reply, 200);
    reply = ask(&scene, "GET", NULL);
    assert_string_equal(reply_text(&reply, "Membership.status"), "suspended");
    reply_expect(&reply, 200);
    scene_clear(&scene);
}

static void a_post_of_somebody_suspended_restores_and_in_strict_is_409(void **state)
{
    struct scene scene = {.fixture = *state};
    prepare_suspended(&scene);
    struct reply reply =
        server_fixture_ask(scene.fixture, scene.token, "POST", "/scim/v2/Users", KIM("true"));
    g_autofree char *target = g_strconcat("/scim/v2/Users/", reply_text(&reply, "id"), NULL);
    assert_string_equal(target, scene.target);
    assert_string_equal(reply_text(&reply, "Membership.status"), "invited");
    reply_expect(&reply, 201);
    /* An active one again is a duplicate. */
    reply =
        server_fixture_ask(scene.fixture, scene.token, "POST", "/scim/v2/Users", KIM("true"));
    assert_string_equal(reply_text(&reply, "scimType"), "uniqueness");
    reply_expect(&reply, 409);
    g_autofree char *strict =
        server_fixture_token(scene.fixture, "acme",
                             &(struct connection_draft){
                                 .name = "strict", .scope = "people", .personality = "strict"});
    static const char *const lee[] = {
        "{" USER ",\"userName\":\"lee@example.com\",\"externalId\":\"l-1\"}",
        PATCH("{\"op\":\"replace\",\"path\":\"active\",\"value\":false}")};
    g_autofree char *other = post(scene.fixture, strict, lee[0]);
    reply = server_fixture_ask(scene.fixture, strict, "PATCH", other, lee[1]);
    reply_expect(&reply, 200);
    reply = server_fixture_ask(scene.fixture, strict, "POST", "/scim/v2/Users", lee[0]);
    assert_string_equal(reply_text(&reply, "scimType"), "uniqueness");
    reply_expect(&reply, 409);
    scene_clear(&scene);
}

static void a_restoring_post_writes_what_else_it_says(void **state)
{
    struct scene scene = {.fixture = *state};
    prepare_suspended(&scene);
    struct reply reply = server_fixture_ask(
        scene.fixture, scene.token, "POST", "/scim/v2/Users",
        "{" USER ",\"userName\":\"kim@example.com\",\"externalId\":\"k-1\",\"title\":\"Dr\","
        "\"emails\":[{\"value\":\"kim.k@example.com\",\"type\":\"work\"}]}");
    assert_string_equal(reply_text(&reply, "title"), "Dr");
    assert_string_equal(reply_text(&reply, "emails.0.value"), "kim.k@example.com");
    assert_string_equal(reply_text(&reply, "roles.1.value"), "Janitor");
    reply_expect(&reply, 201);
    scene_clear(&scene);
}

static void a_corrected_write_releases_who_was_held(void **state)
{
    struct scene scene = {.fixture = *state};
    prepare_held(&scene);
    struct reply reply = ask(&scene, "GET", NULL);
    assert_non_null(strstr(reply_text(&reply, "Membership.statusReason"), "Another person"));
    reply_expect(&reply, 200);
    reply = ask(&scene, "PATCH",
                PATCH("{\"op\":\"replace\",\"path\":\"emails[type eq \\\"work\\\"].value\","
                      "\"value\":\"kim.k@example.com\"}"));
    assert_string_equal(reply_text(&reply, "Membership.status"), "invited");
    reply_expect(&reply, 200);
    scene_clear(&scene);
}

static void owners_read_the_place_of_who_waits_and_providers_that_they_do(void **state)
{
    struct scene scene = {.fixture = *state};
    prepare_waiting(&scene);
    struct reply reply = ask(&scene, "GET", NULL);
    assert_null(strstr(reply_text(&reply, "Membership.statusReason"), "number"));
    reply_expect(&reply, 200);
    reply = server_fixture_ask(scene.fixture, scene.fixture->admin, "GET", scene.target, NULL);
    assert_non_null(
        strstr(reply_text(&reply, "Membership.statusReason"), "number 1 in the line"));
    reply_expect(&reply, 200);
    scene_clear(&scene);
}

#define SAY_ACTIVE(value) PATCH("{\"op\":\"replace\",\"path\":\"active\",\"value\":" value "}")
#define SAY_ROLE(value)                                                                        \
    PATCH("{\"op\":\"replace\",\"path\":\"roles[type eq \\\"organization\\\"].value\","        \
          "\"value\":\"" value "\"}")

static void set_role(struct server_fixture *fixture, const char *user_name, const char *patch)
{
    g_autofree char *id = server_fixture_find(fixture, user_name);
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "PATCH", target, patch);
    reply_expect(&reply, 200);
}

static void assert_reason(struct scene *scene, const char *status, const char *words)
{
    struct reply reply =
        server_fixture_ask(scene->fixture, scene->fixture->admin, "GET", scene->target, NULL);
    const char *reason = reply_text(&reply, "Membership.statusReason");
    assert_string_equal(reply_text(&reply, "Membership.status"), status);
    if (words == NULL ? reason != NULL : reason == NULL || strstr(reason, words) == NULL)
        fail_msg("%s: %s", status, reason);
    reply_expect(&reply, 200);
}

static void let_go(struct scene *scene)
{
    struct reply reply = ask(scene, "PATCH", SAY_ACTIVE("false"));
    assert_string_equal(reply_text(&reply, "Refusal.rule"), "last-owner");
    reply_expect(&reply, 403);
    assert_reason(scene, "active", "asked on");
}

static void the_only_owners_deactivation_is_owed_until_it_is_unsaid_or_possible(void **state)
{
    struct scene scene = {.fixture = *state};
    g_autofree char *dana = server_fixture_find(scene.fixture, FIXTURE_DANA);
    scene.token = connect(scene.fixture, "refuse", FALSE);
    scene.target = g_strconcat("/scim/v2/Users/", dana, NULL);
    set_role(scene.fixture, FIXTURE_BREAKGLASS, SAY_ROLE("member"));
    struct reply reply = ask(
        &scene, "PATCH", PATCH("{\"op\":\"add\",\"path\":\"externalId\",\"value\":\"d-1\"}"));
    reply_expect(&reply, 200);
    let_go(&scene);
    /* Another word is no word to the contrary. */
    reply = ask(&scene, "PATCH",
                PATCH("{\"op\":\"add\",\"path\":\"externalId\",\"value\":\"d-2\"}"));
    reply_expect(&reply, 200);
    assert_reason(&scene, "active", "asked on");
    reply = ask(&scene, "PATCH", SAY_ACTIVE("true"));
    reply_expect(&reply, 200);
    assert_reason(&scene, "active", NULL);
    let_go(&scene);
    set_role(scene.fixture, FIXTURE_BREAKGLASS, SAY_ROLE("owner"));
    assert_reason(&scene, "suspended", "scim:entra");
    scene_clear(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_provider_wrote_it_reads_in_every_status),
        cmocka_unit_test(the_same_put_writes_nothing_in_every_status),
        cmocka_unit_test(the_same_patch_writes_nothing_in_every_status),
        cmocka_unit_test(a_deactivation_never_fails_for_what_stands_beside_it_in_any_status),
        SERVER_FIXTURE_TEST(a_deactivation_inside_a_put_and_a_bulk_comes_first_too),
        SERVER_FIXTURE_TEST(a_post_of_somebody_suspended_restores_and_in_strict_is_409),
        SERVER_FIXTURE_TEST(a_restoring_post_writes_what_else_it_says),
        SERVER_FIXTURE_TEST(a_corrected_write_releases_who_was_held),
        SERVER_FIXTURE_TEST(
            the_only_owners_deactivation_is_owed_until_it_is_unsaid_or_possible),
        SERVER_FIXTURE_TEST(owners_read_the_place_of_who_waits_and_providers_that_they_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
