#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_group_write.h"
#include "tests/scim/server/group_world.h"

#define MEMBER(name) GROUP_WORLD_MEMBER(name)
#define ADD(name)    GROUP_WORLD_PATCH("{'op':'add','path':'members','value':[" MEMBER(name) "]}")
#define NOBODY       "00000000000000000000000000000000"
#define BODY(more)   "{" GROUP_WORLD_SCHEMA "," more "}"

static void a_new_group_is_answered_whole(void **state)
{
    struct group_world *world = *state;
    struct reply reply = group_world_ask(world, NULL, "POST", "/Groups",
                                         BODY("'displayName':'Ads','externalId':'g-1','members'"
                                              ":[{'value':'{ada}','display':'Ada',"
                                              "'type':'User','$ref':null}]"));
    g_autofree char *location =
        g_strconcat("http://test.example/scim/v2/Groups/", reply_text(&reply, "id"), NULL);
    assert_string_equal(exchange_answer_header(reply.exchange, "Location"), location);
    assert_string_equal(reply_text(&reply, "meta.location"), location);
    assert_string_equal(reply_text(&reply, "meta.resourceType"), "Group");
    assert_string_equal(exchange_answer_header(reply.exchange, "ETag"), "W/\"1\"");
    assert_string_equal(reply_text(&reply, "externalId"), "g-1");
    assert_string_equal(reply_text(&reply, "members.0.display"), "Ada");
    assert_string_equal(reply_text(&reply, "members.0.type"), "User");
    assert_non_null(strstr(reply_text(&reply, "members.0.$ref"), "/Users/"));
    reply_expect(&reply, 201);
}

static void what_cannot_be_a_group_is_refused(void **state)
{
    struct group_world *world = *state;

    static const struct {
        const char *body;
        unsigned status;
        const char *type;
    } cases[] = {
        {BODY("'displayName':'search'"), 409, "uniqueness"},
        {BODY("'members':[]"), 400, "invalidValue"},
        {BODY("'displayName':''"), 400, "invalidValue"},
        {BODY("'displayName':7"), 400, "invalidValue"},
        {BODY("'displayName':'Ads','members':[{'display':'Ada'}]"), 400, "invalidValue"},
        {"{'displayName':'Ads'}", 400, "invalidSyntax"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = group_world_ask(world, NULL, "POST", "/Groups", cases[i].body);
        if (reply.status != cases[i].status ||
            g_strcmp0(reply_text(&reply, "scimType"), cases[i].type) != 0) {
            fail_msg("%s: %u %s", cases[i].body, reply.status, reply_text(&reply, "scimType"));
        }
        reply_clear(&reply);
    }
    struct reply reply = group_world_ask(world, NULL, "GET", "/Groups?count=0", NULL);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 1);
    reply_expect(&reply, 200);
}

static void a_put_replaces_what_it_speaks_of(void **state)
{
    struct group_world *world = *state;

    static const struct {
        const char *body;
        unsigned status;
        const char *members, *external_id;
        gint64 version; /* after it */
    } cases[] = {
        {BODY("'displayName':'Search','externalId':'g-1','members':[" MEMBER("bea") "," MEMBER(
             "cal") "]"),
         200, "bea cal", "g-1", 2},
        {BODY("'displayName':'Search','externalId':'g-1'"), 200, "bea cal", "g-1", 2},
        {BODY("'displayName':'Search','members':[" MEMBER("cal") "]"), 200, "cal", NULL, 3},
        {BODY("'id':'{search}','displayName':'Search','members':[" MEMBER("cal") "]"), 200,
         "cal", NULL, 3},
        {BODY("'displayName':'Search','members':[]"), 200, "", NULL, 4},
        {BODY("'members':[" MEMBER("cal") "]"), 400, "", NULL, 4},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            group_world_ask(world, NULL, "PUT", "/Groups/{search}", cases[i].body);
        if (reply.status == 200 &&
            g_strcmp0(reply_text(&reply, "externalId"), cases[i].external_id) != 0) {
            fail_msg("case %zu: %s", i, reply_text(&reply, "externalId"));
        }
        reply_expect(&reply, cases[i].status);
        group_world_expect(world, "search", cases[i].members);
        assert_int_equal(group_world_version(world, "search"), cases[i].version);
    }
}

/* Keycloak #46658: the id in the body decided what was written. */
static void R08_another_id_in_the_body_changes_nothing(void **state)
{
    struct group_world *world = *state;
    group_world_push(world, NULL, "ads", "Ads", "[" MEMBER("cal") "]");
    static const char *const requests[][2] = {
        {"PUT", BODY("'id':'{ads}','displayName':'Mine','members':[]")},
        {"PUT", BODY("'ID':'{ads}','displayName':'Mine','members':[]")},
        {"PATCH", GROUP_WORLD_PATCH("{'op':'replace','value':{'id':'{ads}','members':[]}}")},
        {"PATCH", GROUP_WORLD_PATCH("{'op':'replace','path':'id','value':'{ads}'},"
                                    "{'op':'remove','path':'members'}")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        struct reply reply =
            group_world_ask(world, NULL, requests[i][0], "/Groups/{search}", requests[i][1]);
        reply_expect(&reply, 400);
        group_world_expect(world, "search", "ada bea");
        group_world_expect(world, "ads", "cal");
    }
    assert_int_equal(group_world_version(world, "search"), 1);
    assert_int_equal(group_world_version(world, "ads"), 1);
}

static void a_precondition_that_fails_changes_nothing(void **state)
{
    struct group_world *world = *state;

    static const struct {
        const char *method, *body;
    } writes[] = {{"PATCH", ADD("cal")},
                  {"PUT", BODY("'displayName':'Suche','members':[]")},
                  {"DELETE", NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(writes); i++) {
        struct reply reply =
            group_world_ask_with(world, NULL, writes[i].method, "/Groups/{search}",
                                 writes[i].body, "If-Match: W/\"7\"");
        reply_expect(&reply, 412);
    }
    group_world_expect(world, "search", "ada bea");
    struct reply reply = group_world_ask_with(world, NULL, "PATCH", "/Groups/{search}",
                                              ADD("cal"), "If-Match: W/\"1\"");
    assert_string_equal(exchange_answer_header(reply.exchange, "ETag"), "W/\"2\"");
    reply_expect(&reply, 204);
    reply = group_world_ask_with(world, NULL, "DELETE", "/Groups/{search}", NULL,
                                 "If-Match: W/\"2\"");
    reply_expect(&reply, 204);
}

static void a_patch_answers_with_the_group_where_attributes_are_chosen(void **state)
{
    struct group_world *world = *state;
    struct reply reply = group_world_ask(world, NULL, "PATCH",
                                         "/Groups/{search}?attributes=members", ADD("cal"));
    assert_int_equal(json_array_size(reply_value(&reply, "members")), 3);
    assert_null(reply_value(&reply, "displayName"));
    reply_expect(&reply, 200);
    reply = group_world_ask(world, NULL, "PATCH", "/Groups/{search}?excludedAttributes=members",
                            ADD("dov"));
    reply_expect(&reply, 204);
}

static void only_their_own_provider_writes_and_an_administrator_removes(void **state)
{
    struct group_world *world = *state;
    g_autofree char *ping = server_fixture_token(
        &world->fixture, "acme", &(struct connection_draft){.name = "ping", .scope = "people"});
    const struct server_fixture *fixture = &world->fixture;

    const struct {
        const char *token;
        unsigned post, patch, put, remove;
    } cases[] = {
        {ping, 409, 404, 404, 404},
        {fixture->sync, 403, 403, 403, 403},
        {fixture->reader, 403, 403, 403, 403},
        {fixture->dana, 403, 403, 403, 403},
        {fixture->other, 403, 403, 403, 404},
        {fixture->admin, 403, 403, 403, 204},
    };

    group_world_push(world, ping, "ping", "Ping", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct {
            const char *method, *target, *body;
            unsigned status;
        } asks[] = {
            {"POST", "/Groups", BODY("'displayName':'Ping'"), cases[i].post},
            {"PATCH", "/Groups/{search}", ADD("cal"), cases[i].patch},
            {"PUT", "/Groups/{search}", BODY("'displayName':'Suche'"), cases[i].put},
            {"DELETE", "/Groups/{search}", NULL, cases[i].remove},
        };

        for (size_t j = 0; j < G_N_ELEMENTS(asks); j++) {
            struct reply reply = group_world_ask(world, cases[i].token, asks[j].method,
                                                 asks[j].target, asks[j].body);
            if (reply.status != asks[j].status) {
                fail_msg("case %zu: %s %u", i, asks[j].method, reply.status);
            }
            reply_clear(&reply);
        }
        if (cases[i].remove != 204) {
            group_world_expect(world, "search", "ada bea");
        }
    }
    struct reply reply = group_world_ask(world, NULL, "DELETE", "/Groups/{search}", NULL);
    reply_expect(&reply, 404);
}

/* Nothing that a rule about people refuses elsewhere is refused here. */
static void R09_a_push_cannot_fail_for_whoever_is_in_it(void **state)
{
    struct group_world *world = *state;
    g_autofree char *dana = server_fixture_find(&world->fixture, FIXTURE_DANA);
    g_autofree char *vault = server_fixture_find(&world->fixture, FIXTURE_BREAKGLASS);
    group_world_note(world, "dana", dana);
    group_world_note(world, "vault", vault);
    struct reply reply =
        group_world_ask(world, NULL, "PATCH", "/Users/{ada}",
                        GROUP_WORLD_PATCH("{'op':'replace','path':'active','value':false}"));
    reply_expect(&reply, 200);
    static const char *const writes[][2] = {
        {"PATCH", GROUP_WORLD_PATCH("{'op':'add','path':'members','value':[" MEMBER(
                      "dana") "," MEMBER("vault") "]}")},
        {"PATCH",
         GROUP_WORLD_PATCH("{'op':'remove','path':'members[value eq \\'{vault}\\']'}")},
        {"PUT", BODY("'displayName':'Search','members':[" MEMBER("vault") "," MEMBER(
                    "dana") "," MEMBER("ada") "]")},
        {"PATCH", GROUP_WORLD_PATCH("{'op':'remove','path':'members'}")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(writes); i++) {
        reply = group_world_ask(world, NULL, writes[i][0], "/Groups/{search}", writes[i][1]);
        reply_expect(&reply, writes[i][0][1] == 'U' ? 200 : 204);
    }
    reply = group_world_ask(world, world->fixture.admin, "GET", "/Users/{vault}", NULL);
    assert_string_equal(reply_text(&reply, "meta.version"), "W/\"1\"");
    assert_string_equal(reply_text(&reply, "Membership.status"), "active");
    reply_expect(&reply, 200);
}

#define BULK_GROUP                                                                             \
    BODY("'displayName':'New','members':[{'value':'bulkId:p'},{'value':'{ada}'}]")
#define BULK_USER                                                                              \
    "{'schemas':['urn:ietf:params:scim:schemas:core:2.0:User'],'userName':'gil@example.com'}"
#define BULK_LEAVE GROUP_WORLD_PATCH("{'op':'remove','path':'members[value eq \\'{ada}\\']'}")

static void bulk_makes_people_and_groups_that_refer_to_them(void **state)
{
    struct group_world *world = *state;
    static const char *const operations[] = {
        "{'method':'POST','path':'/Groups','bulkId':'g','data':" BULK_GROUP "}",
        "{'method':'POST','path':'/Users','bulkId':'p','data':" BULK_USER "}",
        "{'method':'PATCH','path':'/Groups/bulkId:g','data':" BULK_LEAVE "}",
        "{'method':'PATCH','path':'/Groups/{search}','version':'W/\\'7\\'','data':" ADD(
            "cal") "}",
    };
    g_autoptr(GString) joined = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(operations); i++) {
        g_string_append_printf(joined, "%s%s", i > 0 ? "," : "", operations[i]);
    }
    g_autofree char *body = g_strdup_printf(
        "{'schemas':['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],'Operations':[%s]}",
        joined->str);
    struct reply reply = group_world_ask(world, NULL, "POST", "/Bulk", body);
    static const char *const statuses[] = {"201", "201", "204", "412"};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autofree char *path = g_strdup_printf("Operations.%zu.status", i);
        assert_string_equal(reply_text(&reply, path), statuses[i]);
    }
    const char *made = strrchr(reply_text(&reply, "Operations.0.location"), '/');
    group_world_note(world, "new", made + 1);
    const char *person = strrchr(reply_text(&reply, "Operations.1.location"), '/');
    g_autofree char *gil = g_strdup(person + 1);
    reply_expect(&reply, 200);
    group_world_expect(world, "new", gil);
    group_world_expect(world, "search", "ada bea");
}

/* What the strict personality refuses leaves nothing behind. */
static void a_strict_connection_says_exactly_what_it_means(void **state)
{
    struct group_world *world = *state;
    g_autofree char *strict =
        server_fixture_token(&world->fixture, "acme",
                             &(struct connection_draft){
                                 .name = "strict", .scope = "people", .personality = "strict"});
    group_world_push(world, strict, "exact", "Exact", "[" MEMBER("ada") "]");

    static const struct {
        const char *operations;
        unsigned status;
        const char *type, *members;
    } cases[] = {
        {"{'op':'add','path':'members','value':[" MEMBER("bea") "]}", 204, NULL, "ada bea"},
        {"{'op':'add','path':'members','value':[" MEMBER("bea") "]}", 204, NULL, "ada bea"},
        {"{'op':'remove','path':'members[value eq \\'{cal}\\']'}", 204, NULL, "ada bea"},
        {"{'op':'remove','path':'members[value eq \\'{bea}\\']'}", 204, NULL, "ada"},
        {"{'op':'Add','path':'members','value':[" MEMBER("bea") "]}", 400, "invalidSyntax",
         "ada"},
        {"{'op':'remove','path':'members','value':[" MEMBER("ada") "]}", 400, NULL, "ada"},
        {"{'op':'add','value':{'members':[" MEMBER("bea") "]}}", 400, "invalidSyntax", "ada"},
        {"{'op':'add','path':'members','value':[{'value':'" NOBODY "'}]}", 400, "invalidValue",
         "ada"},
        {"{'op':'add','path':'colour','value':'red'}", 400, NULL, "ada"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *body = g_strdup_printf(
            "{'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp'],'Operations':[%s]}",
            cases[i].operations);
        struct reply reply = group_world_ask(world, strict, "PATCH", "/Groups/{exact}", body);
        if (reply.status != cases[i].status ||
            (cases[i].type != NULL &&
             g_strcmp0(reply_text(&reply, "scimType"), cases[i].type) != 0)) {
            fail_msg("%s: %u %s", cases[i].operations, reply.status,
                     reply_text(&reply, "scimType"));
        }
        reply_clear(&reply);
        group_world_expect(world, "exact", cases[i].members);
    }
}

static void a_group_that_was_deleted_comes_back_with_the_same_members(void **state)
{
    struct group_world *world = *state;
    for (int i = 0; i < 3; i++) {
        struct reply reply = group_world_ask(world, NULL, "DELETE", "/Groups/{search}", NULL);
        reply_expect(&reply, 204);
        reply = group_world_ask(world, NULL, "DELETE", "/Groups/{search}", NULL);
        reply_expect(&reply, 404);
        reply = group_world_ask(world, NULL, "GET", "/Users/{ada}", NULL);
        assert_null(reply_value(&reply, "groups"));
        reply_expect(&reply, 200);
        group_world_push(world, NULL, "search", "Search",
                         "[" MEMBER("bea") "," MEMBER("ada") "]");
        group_world_expect(world, "search", "bea ada");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GROUP_WORLD_TEST(a_new_group_is_answered_whole),
        GROUP_WORLD_TEST(what_cannot_be_a_group_is_refused),
        GROUP_WORLD_TEST(a_put_replaces_what_it_speaks_of),
        GROUP_WORLD_TEST(R08_another_id_in_the_body_changes_nothing),
        GROUP_WORLD_TEST(a_precondition_that_fails_changes_nothing),
        GROUP_WORLD_TEST(a_patch_answers_with_the_group_where_attributes_are_chosen),
        GROUP_WORLD_TEST(only_their_own_provider_writes_and_an_administrator_removes),
        GROUP_WORLD_TEST(R09_a_push_cannot_fail_for_whoever_is_in_it),
        GROUP_WORLD_TEST(bulk_makes_people_and_groups_that_refer_to_them),
        GROUP_WORLD_TEST(a_strict_connection_says_exactly_what_it_means),
        GROUP_WORLD_TEST(a_group_that_was_deleted_comes_back_with_the_same_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
