/* How big a bulk request may be, and what the bounds are told as (RFC 7644 3.7.4, R29). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "tests/scim/server/server_fixture.h"

#define HEAD "{\"schemas\":[\"" SCIM_URN_BULK_REQUEST "\"],\"Operations\":["

/* `count` times the operation, in which "%d" is its number. */
static char *many(int count, const char *before, const char *after)
{
    g_autoptr(GString) body = g_string_new(HEAD);
    for (int i = 0; i < count; i++) {
        g_string_append_printf(body, "%s%s%d%s", i > 0 ? "," : "", before, i, after);
    }
    g_string_append(body, "]}");
    return g_string_free(g_steal_pointer(&body), FALSE);
}

static char *title_of(struct server_fixture *fixture, const char *id)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    char *title = g_strdup(reply_text(&reply, "title"));
    reply_expect(&reply, 200);
    return title;
}

static char *many_titles(const char *id, int count)
{
    g_autofree char *before = g_strdup_printf(
        "{\"method\":\"PATCH\",\"path\":\"/Users/%s\",\"data\":{\"schemas\":"
        "[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"title\","
        "\"value\":\"",
        id);
    return many(count, before, "\"}]}}");
}

static void a_thousand_operations_are_one_request_and_one_commit(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "mia@example.com");
    g_autofree char *body = many_titles(id, 1000);
    guint64 before = 0;
    guint64 after = 0;
    guint64 jobs = 0;
    writer_count(fixture->dispatch.writer, &before, &jobs);
    struct reply reply =
        server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Bulk", body);
    writer_count(fixture->dispatch.writer, &after, &jobs);
    assert_int_equal(after - before, 1);
    assert_int_equal(json_array_size(reply_value(&reply, "Operations")), 1000);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *path = g_strdup_printf("Operations.%d.status", i);
        assert_string_equal(reply_text(&reply, path), "200");
    }
    reply_expect(&reply, 200);
    g_autofree char *title = title_of(fixture, id);
    assert_string_equal(title, "999");
}

static void too_many_operations_are_refused_before_the_first(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_member(fixture, "mia@example.com");
    static const int counts[] = {1001, 10000};
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autofree char *body = many_titles(id, counts[i]);
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Bulk", body);
        assert_non_null(strstr(reply_text(&reply, "detail"), "maxOperations (1000)"));
        reply_expect(&reply, 413);
        g_autofree char *title = title_of(fixture, id);
        assert_null(title);
    }
}

static void the_limits_of_the_config_are_those_that_hold_and_those_told(void **state)
{
    struct server_fixture *fixture = *state;
    struct request_limits limits = *request_limits_standard();
    limits.bulk_operations = 2;
    limits.bulk_body = 2000;
    limits.body = 500;
    fixture->dispatch.service.limits = &limits;
    struct reply reply =
        server_fixture_ask(fixture, NULL, "GET", "/scim/v2/ServiceProviderConfig", NULL);
    assert_true(json_is_true(reply_value(&reply, "bulk.supported")));
    assert_int_equal(json_integer_value(reply_value(&reply, "bulk.maxOperations")), 2);
    assert_int_equal(json_integer_value(reply_value(&reply, "bulk.maxPayloadSize")), 2000);
    reply_expect(&reply, 200);
    static const char after[] = "\"}";
    static const char before[] = "{\"method\":\"DELETE\",\"path\":\"/Users/";
    g_autofree char *two = many(2, before, after);
    g_autofree char *three = many(3, before, after);
    g_autofree char *blanks = g_strnfill(2000, ' ');
    g_autofree char *long_one = g_strconcat(two, blanks, NULL);
    blanks[1000] = '\0';
    g_autofree char *middle = g_strconcat(two, blanks, NULL);

    const struct {
        const char *token, *body;
        unsigned status;
        const char *detail;
    } cases[] = {
        {fixture->admin, two, 200, NULL},
        {fixture->admin, three, 413, "maxOperations (2)"},
        {fixture->admin, long_one, 413, "maxPayloadSize (2000)"},
        {fixture->admin, middle, 200, NULL},
        /* who may not has no more room than anybody */
        {fixture->reader, middle, 413, "maxPayloadSize (2000)"},
        {NULL, middle, 413, "maxPayloadSize (2000)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        reply =
            server_fixture_ask(fixture, cases[i].token, "POST", "/scim/v2/Bulk", cases[i].body);
        if (cases[i].detail != NULL) {
            assert_non_null(strstr(reply_text(&reply, "detail"), cases[i].detail));
        }
        reply_expect(&reply, cases[i].status);
    }
    reply = server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users", middle);
    assert_non_null(strstr(reply_text(&reply, "detail"), "500 bytes"));
    reply_expect(&reply, 413);
}

/* An operation may be as deep as it might be alone, and no deeper. */
static void the_data_of_an_operation_may_be_as_deep_as_a_body(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        size_t depth; /* of the arrays in the data; the data itself is one more */
        unsigned alone, in_bulk;
    } cases[] = {{15, 201, 200}, {16, 400, 400}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *open = g_strnfill(cases[i].depth, '[');
        g_autofree char *close = g_strnfill(cases[i].depth, ']');
        g_autofree char *alone = g_strdup_printf("{\"schemas\":[\"" SCIM_URN_USER
                                                 "\"],\"userName\":\"alone%zu@example.com\","
                                                 "\"x\":%s%s}",
                                                 i, open, close);
        g_autofree char *bulk = g_strdup_printf(
            HEAD "{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"a\",\"data\":"
                 "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"bulk%zu@example.com\","
                 "\"x\":%s%s}}]}",
            i, open, close);
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Users", alone);
        reply_expect(&reply, cases[i].alone);
        reply = server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Bulk", bulk);
        if (cases[i].in_bulk == 200) {
            assert_string_equal(reply_text(&reply, "Operations.0.status"), "201");
        }
        reply_expect(&reply, cases[i].in_bulk);
    }
}

static void a_thousand_long_references_are_resolved_backwards(void **state)
{
    struct server_fixture *fixture = *state;
    g_autoptr(GString) body = g_string_new(HEAD);
    /* Each project but the last names the one behind it, which must come first. */
    for (int i = 0; i < 1000; i++) {
        g_string_append_printf(
            body,
            "%s{\"method\":\"POST\",\"path\":\"/Projects\",\"bulkId\":\"%d\",\"data\":"
            "{\"schemas\":[\"" SCIM_URN_PROJECT "\"],\"name\":\"p%d\",\"displayName\":"
            "\"bulkId:%d\"}}",
            i > 0 ? "," : "", i, i, i + 1);
    }
    g_string_append(body, "]}");
    struct reply reply =
        server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Bulk", body->str);
    assert_int_equal(json_array_size(reply_value(&reply, "Operations")), 1000);
    /* Nothing has the last name: it fails, and with it whatever needs what it would make. */
    for (int i = 0; i < 1000; i++) {
        g_autofree char *path = g_strdup_printf("Operations.%d.response.scimType", i);
        assert_string_equal(reply_text(&reply, path), "invalidValue");
    }
    reply_expect(&reply, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_thousand_operations_are_one_request_and_one_commit),
        SERVER_FIXTURE_TEST(too_many_operations_are_refused_before_the_first),
        SERVER_FIXTURE_TEST(the_limits_of_the_config_are_those_that_hold_and_those_told),
        SERVER_FIXTURE_TEST(the_data_of_an_operation_may_be_as_deep_as_a_body),
        SERVER_FIXTURE_TEST(a_thousand_long_references_are_resolved_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
