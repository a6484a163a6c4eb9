/* Incidents of other servers with input that is too deep, too long or read twice. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/filter_parser.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"
#include "tests/scim/server/server_fixture.h"
#include "tests/scim/server/store_digest.h"

#define USERS "/scim/v2/Users"
#define SEARCH                                                                                 \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"filter\":\"%"    \
    "s\"}"
#define PATCH                                                                                  \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{"       \
    "\"op\":\"replace\",\"path\":\"%s\",\"value\":\"x\"}]}"

/* What stack there is with `ulimit -s 64`; the sanitizers need more for themselves. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES ((size_t)1 << 20)
#else
#define STACK_BYTES ((size_t)64 << 10)
#endif

static char *repeat(const char *text, guint count)
{
    GString *all = g_string_sized_new(strlen(text) * count);
    for (guint i = 0; i < count; i++) {
        g_string_append(all, text);
    }
    return g_string_free(all, FALSE);
}

/* Deep and long in every way; the caller frees. */
static GPtrArray *hostile_filters(void)
{
    static const struct {
        const char *before, *text;
        guint count;
        const char *after;
    } shapes[] = {
        {"", "(", 1000000, ""},
        {"", "(", 4000, ""},
        {"", "not(", 1000, ""},
        {"", "(", 33, "userName eq \\\"a\\\"))))))))))))))))))))))))))))))))))"},
        {"userName eq \\\"a\\\"", " and title pr", 8000, ""},
        {"userName eq \\\"a\\\"", " or title pr", 64, ""},
        {"a", ".a", 8000, " pr"},
        {"", "emails[", 1000, ""},
        {"emails[type eq \\\"", "x", 5000, "\\\"]"},
    };

    GPtrArray *filters = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree char *middle = repeat(shapes[i].text, shapes[i].count);
        g_ptr_array_add(filters, g_strconcat(shapes[i].before, middle, shapes[i].after, NULL));
    }
    return filters;
}

static void expect_refused(struct server_fixture *fixture, const char *method,
                           const char *target, const char *body, const char *type)
{
    struct reply reply = server_fixture_ask(fixture, fixture->admin, method, target, body);
    if (reply.status != 400 ||
        (type != NULL && g_strcmp0(reply_text(&reply, "scimType"), type) != 0)) {
        fail_msg("%s %.80s: %u %.*s", method, body, reply.status,
                 (int)reply.exchange->answer_length, reply.exchange->answer);
    }
    reply_clear(&reply);
}

static void R23_R24_a_filter_or_path_beyond_its_bounds_is_refused_and_nothing_else(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    g_autofree char *target = g_strconcat(USERS "/", dana, NULL);
    g_autoptr(GPtrArray) filters = hostile_filters();
    for (guint i = 0; i < filters->len; i++) {
        g_autofree char *search = g_strdup_printf(SEARCH, (const char *)filters->pdata[i]);
        g_autofree char *patch = g_strdup_printf(PATCH, (const char *)filters->pdata[i]);
        expect_refused(fixture, "POST", USERS "/.search", search, "invalidFilter");
        expect_refused(fixture, "PATCH", target, patch, NULL);
    }
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    reply_expect(&reply, 200);
}

/* Parses and frees on a small stack: what recursed by the input would end the process. */
static void *parse_all(void *data)
{
    const GPtrArray *filters = data;
    for (guint i = 0; i < filters->len; i++) {
        struct fault fault = {0};
        g_auto(GStrv) parts = g_strsplit(filters->pdata[i], "\\", -1);
        g_autofree char *text = g_strjoinv("", parts);
        Filter *filter =
            filter_parse(&schema_tables_user, text, strlen(text), NULL, NULL, &fault);
        if (filter != NULL) {
            filter_free(filter);
            return filters->pdata[i];
        }
        fault_clear(&fault);
    }
    return NULL;
}

static void R26_the_error_path_needs_no_more_stack_than_the_good_one(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) filters = hostile_filters();
    pthread_attr_t attributes;
    pthread_t thread;
    void *taken = NULL;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, parse_all, filters), 0);
    pthread_join(thread, &taken);
    pthread_attr_destroy(&attributes);
    if (taken != NULL) {
        fail_msg("taken: %.80s", (const char *)taken);
    }
}

static void R28_deep_json_is_refused_before_it_is_built(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *open, *close;
        guint count;
    } shapes[] = {
        {"[", "]", 16},
        {"[", "]", 100000},
        {"[", "", 500000},
        {"{\"a\":", "}", 50000},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree char *open = repeat(shapes[i].open, shapes[i].count);
        g_autofree char *close = repeat(shapes[i].close, shapes[i].count);
        g_autofree char *body = g_strconcat("{\"name\":", open, "1", close, "}", NULL);
        expect_refused(fixture, "POST", USERS, body, "invalidSyntax");
    }
}

static gint64 limit_of(const json_t *config, const char *name)
{
    const json_t *limits = json_object_get(config, SCIM_URN_LIMITS);
    const json_t *limit = json_object_get(limits, name);
    assert_true(json_is_integer(limit));
    return json_integer_value(limit);
}

/* One more than is advertised; the numbers are the document's own. */
static void R29_what_is_advertised_is_what_holds(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        server_fixture_ask(fixture, NULL, "GET", "/scim/v2/ServiceProviderConfig", NULL);
    const json_t *config = reply.json;
    /* What stands around the value has 14 bytes. */
    g_autofree char *value = g_strnfill((gsize)limit_of(config, "filter") - 14, 'x');
    g_autofree char *longest = g_strdup_printf("userName eq \\\"%s\\\"", value);
    g_autofree char *longer = g_strdup_printf("userName eq \\\"%sx\\\"", value);
    g_autofree char *search = g_strdup_printf(SEARCH, longest);
    g_autofree char *beyond = g_strdup_printf(SEARCH, longer);
    struct reply taken =
        server_fixture_ask(fixture, fixture->admin, "POST", USERS "/.search", search);
    reply_expect(&taken, 200);
    expect_refused(fixture, "POST", USERS "/.search", beyond, "invalidFilter");
    g_autofree char *terms = repeat(" or title pr", (guint)limit_of(config, "filterTerms"));
    g_autofree char *many = g_strdup_printf("title pr%s", terms);
    g_autofree char *too_many = g_strdup_printf(SEARCH, many);
    expect_refused(fixture, "POST", USERS "/.search", too_many, "invalidFilter");
    GString *bulk = g_string_new("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:"
                                 "BulkRequest\"],\"Operations\":[");
    gint64 operations = json_integer_value(reply_value(&reply, "bulk.maxOperations"));
    for (gint64 i = 0; i <= operations; i++) {
        g_string_append_printf(bulk, "%s{\"method\":\"DELETE\",\"path\":\"/Users/x\"}",
                               i == 0 ? "" : ",");
    }
    g_string_append(bulk, "]}");
    struct reply refused =
        server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Bulk", bulk->str);
    reply_expect(&refused, 413);
    g_string_free(bulk, TRUE);
    reply_clear(&reply);
}

static void R30_a_name_that_stands_twice_is_refused_however_it_is_spelled(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const twice[] = {
        "\"roles\":[{\"value\":\"member\"}],\"roles\":[{\"value\":\"owner\"}]",
        "\"roles\":[{\"value\":\"member\"}],\"ro\\u006ces\":[{\"value\":\"owner\"}]",
        "\"roles\":[{\"value\":\"member\",\"value\":\"owner\"}]",
        "\"userName\":\"other@example.com\"",
    };
    g_autofree char *before = store_digest(fixture->store);
    for (size_t i = 0; i < G_N_ELEMENTS(twice); i++) {
        g_autofree char *body =
            g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                            "\"userName\":\"ada@example.com\",%s}",
                            twice[i]);
        expect_refused(fixture, "POST", USERS, body, "invalidSyntax");
    }
    g_autofree char *after = store_digest(fixture->store);
    assert_string_equal(before, after);
}

static void R22_a_protected_owner_is_touched_by_no_sync_and_no_provider(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *id = server_fixture_find(fixture, FIXTURE_BREAKGLASS);
    g_autofree char *target = g_strconcat(USERS "/", id, NULL);
    static const char put[] = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                              "\"userName\":\"taken@example.com\",\"active\":false}";
    static const char off[] =
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{"
        "\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}";

    const struct {
        const char *method, *body;
    } writes[] = {{"PUT", put}, {"PATCH", off}, {"DELETE", NULL}};

    const char *const tokens[] = {fixture->provider, fixture->sync};
    static const char *const headers[] = {NULL, "Rolecall-Origin: directory:corp"};
    g_autofree char *before = store_digest(fixture->store);
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(writes); j++) {
            const char *const more[] = {headers[i], NULL};
            struct reply reply = server_fixture_ask_with(fixture, tokens[i], writes[j].method,
                                                         target, writes[j].body, more);
            assert_string_equal(reply_text(&reply, "Refusal.rule"), "protected");
            reply_expect(&reply, 403);
        }
    }
    g_autofree char *after = store_digest(fixture->store);
    assert_string_equal(before, after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(
            R23_R24_a_filter_or_path_beyond_its_bounds_is_refused_and_nothing_else),
        cmocka_unit_test(R26_the_error_path_needs_no_more_stack_than_the_good_one),
        SERVER_FIXTURE_TEST(R28_deep_json_is_refused_before_it_is_built),
        SERVER_FIXTURE_TEST(R29_what_is_advertised_is_what_holds),
        SERVER_FIXTURE_TEST(R30_a_name_that_stands_twice_is_refused_however_it_is_spelled),
        SERVER_FIXTURE_TEST(R22_a_protected_owner_is_touched_by_no_sync_and_no_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
