#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/entity_tag.h"
#include "tests/scim/server/group_world.h"

static void a_tag_is_weak_and_compared_so(void **state)
{
    (void)state;
    g_autofree char *tag = entity_tag_of_version(7);
    assert_string_equal(tag, "W/\"7\"");

    static const struct {
        const char *field;
        gboolean matches;
    } cases[] = {
        {"W/\"7\"", TRUE},          {"\"7\"", TRUE},    {"*", TRUE},    {" * ", TRUE},
        {"W/\"6\", W/\"7\"", TRUE}, {"\"77\"", FALSE},  {"7", FALSE},   {"", FALSE},
        {"W/\"6\"", FALSE},         {"w/\"7\"", FALSE}, {"\"7", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (entity_tag_matches(cases[i].field, tag) != cases[i].matches) {
            fail_msg("'%s' matches: %d", cases[i].field, !cases[i].matches);
        }
    }
}

static struct call *new_call(struct call_service *service, struct clock *clock,
                             const char *header, const char *value)
{
    *service = (struct call_service){.url = "http://h", .clock = clock};
    Exchange *exchange = exchange_new("GET", "/x");
    if (value != NULL) {
        exchange_add_header(exchange, header, value);
    }
    return call_new(service, exchange);
}

static void end_call(struct call *call)
{
    exchange_free(call->exchange);
    call_free(call);
}

static void a_precondition_holds_or_is_412(void **state)
{
    (void)state;

    static const struct {
        const char *field;
        gboolean holds;
    } cases[] = {
        {NULL, TRUE}, {"W/\"3\"", TRUE}, {"*", TRUE}, {"W/\"2\"", FALSE}, {"x", FALSE}};
    struct clock clock = *clock_system();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct call_service service;
        struct call *call = new_call(&service, &clock, "If-Match", cases[i].field);
        assert_int_equal(entity_tag_check(call, 3), cases[i].holds);
        assert_int_equal(call->fault.status, cases[i].holds ? 0 : 412);
        end_call(call);
    }
}

/* RFC 9110 13.1.2: whoever wants to write only what is not there yet writes nothing else. */
static void what_if_none_match_excludes_is_not_written(void **state)
{
    (void)state;

    static const struct {
        const char *field;
        gboolean holds;
    } cases[] = {
        {NULL, TRUE}, {"*", FALSE}, {"W/\"3\"", FALSE}, {"W/\"2\"", TRUE}, {"x", TRUE}};
    struct clock clock = *clock_system();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct call_service service;
        struct call *call = new_call(&service, &clock, "If-None-Match", cases[i].field);
        assert_int_equal(entity_tag_check(call, 3), cases[i].holds);
        assert_int_equal(call->fault.status, cases[i].holds ? 0 : 412);
        end_call(call);
    }
}

static void what_the_client_has_is_304_with_its_tag(void **state)
{
    (void)state;
    struct clock clock = *clock_system();
    struct call_service service;
    struct call *call = new_call(&service, &clock, "If-None-Match", "W/\"3\"");
    assert_true(entity_tag_is_known(call, 3));
    assert_int_equal(call->exchange->status, 304);
    assert_string_equal(exchange_answer_header(call->exchange, "ETag"), "W/\"3\"");
    end_call(call);
    call = new_call(&service, &clock, "If-None-Match", "W/\"2\"");
    assert_false(entity_tag_is_known(call, 3));
    assert_int_equal(call->exchange->status, 0);
    assert_string_equal(exchange_answer_header(call->exchange, "ETag"), "W/\"3\"");
    end_call(call);
}

/* The tag of a list as a caller with that token id gets it. */
static char *list_tag(struct server_fixture *fixture, const char *target, const char *token)
{
    g_autoptr(GError) error = NULL;
    struct call_service service = {.url = "http://h", .clock = &fixture->clock};
    g_autoptr(Exchange) exchange = exchange_new("GET", target);
    struct call *call = call_new(&service, exchange);
    call->session = store_session_open(fixture->store, STORE_READ, &error);
    call->organization = g_strdup("acme");
    call->bearer = g_new0(struct bearer, 1);
    call->bearer->token = g_strdup(token);
    gboolean known = TRUE;
    assert_true(entity_tag_of_list(call, &known));
    assert_false(known);
    char *tag = g_strdup(exchange_answer_header(exchange, "ETag"));
    store_session_close(call->session);
    call_free(call);
    return tag;
}

static void the_tag_of_a_list_knows_the_question_but_not_the_page(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *target, *token;
        gboolean same;
    } cases[] = {
        {"/Users", "t", TRUE},
        {"/Users?count=5&startIndex=6", "t", TRUE},
        {"/Users?STARTINDEX=6", "t", TRUE},
        {"/Users?filter=x", "t", FALSE},
        {"/Users?attributes=id", "t", FALSE},
        {"/Roles", "t", FALSE},
        {"/Users", "u", FALSE},
    };

    g_autofree char *tag = list_tag(fixture, "/Users", "t");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *other = list_tag(fixture, cases[i].target, cases[i].token);
        if ((strcmp(tag, other) == 0) != cases[i].same) {
            fail_msg("%s for %s: %s and %s", cases[i].target, cases[i].token, tag, other);
        }
    }
    g_autofree char *one = list_tag(fixture, "/Users?a=b&c=d", "t");
    g_autofree char *other_order = list_tag(fixture, "/Users?c=d&a=b", "t");
    assert_string_equal(one, other_order);
}

/* A sync that leaves `groups` out is not disturbed by a provider that pushes members. */
static void pushed_groups_move_the_lists_that_show_them(void **state)
{
    struct group_world *world = *state;

    static const struct {
        const char *target;
        gboolean moves;
    } cases[] = {
        {"/Groups", TRUE},
        {"/Groups?excludedAttributes=members", TRUE},
        {"/Users", TRUE},
        {"/Users?attributes=userName,Groups", TRUE},
        {"/Users?attributes=urn:ietf:params:scim:schemas:core:2.0:User:groups.value", TRUE},
        {"/Users?excludedAttributes=groups.display", TRUE},
        {"/Users?excludedAttributes=groups&filter=groups.value%20pr", TRUE},
        {"/Users?excludedAttributes=groups&sortBy=groups", TRUE},
        {"/Users?attributes=userName", FALSE},
        {"/Users?excludedAttributes=emails,%20Groups", FALSE},
        {"/Projects", FALSE},
        {"/Roles", FALSE},
        {"/", TRUE},
    };

    char *before[G_N_ELEMENTS(cases)];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        before[i] = list_tag(&world->fixture, cases[i].target, "t");
    }
    struct reply reply = group_world_ask(world, NULL, "PATCH", "/Groups/{search}",
                                         GROUP_WORLD_PATCH("{'op':'remove','path':'members'}"));
    reply_expect(&reply, 204);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *after = list_tag(&world->fixture, cases[i].target, "t");
        if ((strcmp(before[i], after) != 0) != cases[i].moves) {
            fail_msg("%s: %s, then %s", cases[i].target, before[i], after);
        }
        g_free(before[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_is_weak_and_compared_so),
        cmocka_unit_test(a_precondition_holds_or_is_412),
        cmocka_unit_test(what_if_none_match_excludes_is_not_written),
        cmocka_unit_test(what_the_client_has_is_304_with_its_tag),
        SERVER_FIXTURE_TEST(the_tag_of_a_list_knows_the_question_but_not_the_page),
        GROUP_WORLD_TEST(pushed_groups_move_the_lists_that_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
