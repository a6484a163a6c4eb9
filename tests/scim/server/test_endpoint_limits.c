/* What is counted and believed where requests really come from a socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/tolerance_counts.h"
#include "tests/scim/server/live_endpoint.h"

/* With that many requests a second; `proxies` as the options have them. */
static void start(struct live_endpoint *live, gint64 rate, const char *const *proxies)
{
    struct endpoint_options options;
    live_endpoint_options(live, &options);
    assert_int_equal(options.requests.rate, 100);
    options.requests.rate = rate;
    options.trusted_proxies = proxies;
    live_endpoint_start(live, &options);
}

static int set_up(void **state)
{
    struct live_endpoint *live = g_new0(struct live_endpoint, 1);
    live_endpoint_open(live);
    *state = live;
    return 0;
}

static int tear_down(void **state)
{
    live_endpoint_close(*state);
    g_free(*state);
    return 0;
}

static void tolerances_reach_the_store_while_it_runs_and_at_its_end(void **state)
{
    static const char uses[] = "SELECT SUM(uses) FROM tolerance_use";
    struct live_endpoint *live = *state;
    start(live, 100, NULL);
    for (int i = 0; i < 3; i++) {
        raw_client_free(live_endpoint_ask(live, live->fixture.provider, "GET",
                                          "/scim/v2/Users?count=0&", NULL));
    }
    live_endpoint_wait(live, uses, 3);
    raw_client_free(live_endpoint_ask(live, live->fixture.provider, "GET",
                                      "/scim/v2/Users?count=0&", NULL));
    live_endpoint_stop(live);
    assert_int_equal(live_endpoint_number(live, uses), 4);
}

static void the_rate_of_the_options_is_told_and_holds(void **state)
{
    struct live_endpoint *live = *state;
    start(live, 30, NULL);
    struct raw_answer *config =
        raw_client_ask(live->port, "GET", "/scim/v2/ServiceProviderConfig", NULL, NULL);
    assert_non_null(strstr(config->body->str, "\"rate\":30"));
    assert_non_null(strstr(config->body->str, "\"oauth2\""));
    raw_client_free(config);
    guint passed = 0, refused = 0;
    gint64 started = g_get_monotonic_time();
    for (int i = 0; i < 200; i++) {
        struct raw_answer *answer = live_endpoint_ask(live, live->fixture.provider, "GET",
                                                      "/scim/v2/Users?count=0", NULL);
        passed += answer->status == 200 ? 1U : 0U;
        refused += answer->status == 429 ? 1U : 0U;
        g_autofree char *after = raw_client_header(answer, "Retry-After");
        assert_int_equal(g_strcmp0(after, "1") == 0, answer->status == 429);
        raw_client_free(answer);
    }
    gint64 elapsed = g_get_monotonic_time() - started;
    assert_int_equal(passed + refused, 200);
    assert_in_range(passed, 30, 30 + 30 * (guint64)elapsed / G_USEC_PER_SEC + 1);
}

/* What the audit says of where a person came from. */
static void expect_source(struct live_endpoint *live, const char *name, const char *forwarded,
                          const char *source)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                        "\"userName\":\"%s@example.com\"}",
                        name);
    struct raw_answer *answer = live_endpoint_ask_with(live, live->fixture.admin, "POST",
                                                       "/scim/v2/Users", forwarded, body);
    assert_int_equal(answer->status, 201);
    raw_client_free(answer);
    g_autofree char *sql =
        g_strdup_printf("SELECT COUNT(*) FROM audit WHERE record LIKE '%%%s@example.com%%'"
                        " AND record LIKE '%%\"source\":\"%s\"%%'",
                        name, source);
    assert_int_equal(live_endpoint_number(live, sql), 1);
}

static void x_forwarded_for_is_believed_from_the_named_proxy_alone(void **state)
{
    static const char *const proxies[] = {"127.0.0.1", NULL};
    static const char *const others[] = {"10.0.0.5", NULL};
    struct live_endpoint *live = *state;
    start(live, 100, others);
    expect_source(live, "ada", "X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.1");
    start(live, 100, proxies);
    expect_source(live, "bob", "X-Forwarded-For: 10.9.9.9, 192.0.2.7\r\n", "192.0.2.7");
    expect_source(live, "eve", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.8\r\n",
                  "127.0.0.1");
    expect_source(live, "kim", "", "127.0.0.1");
}

int main(void)
{
#define ON_A_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_A_STORE(tolerances_reach_the_store_while_it_runs_and_at_its_end),
        ON_A_STORE(the_rate_of_the_options_is_told_and_holds),
        ON_A_STORE(x_forwarded_for_is_believed_from_the_named_proxy_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
