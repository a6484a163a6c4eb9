#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_health.h"
#include "tests/scim/server/server_fixture.h"

static void the_process_says_that_it_lives_and_that_its_store_answers(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply = server_fixture_ask(fixture, NULL, "GET", "/healthz", NULL);
    assert_memory_equal(reply.exchange->answer, "alive\n", 6);
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, NULL, "GET", "/readyz", NULL);
    assert_memory_equal(reply.exchange->answer, "ready\n", 6);
    reply_expect(&reply, 200);
    reply = server_fixture_ask(fixture, NULL, "POST", "/healthz", "x");
    reply_expect(&reply, 405);
}

static void a_store_that_does_not_answer_is_not_ready(void **state)
{
    struct server_fixture *fixture = *state;
    Exchange *exchange = exchange_new("GET", "/readyz");
    struct call *call = call_new(&fixture->dispatch.service, exchange);
    assert_true(handle_health_ready(call));
    assert_int_equal(exchange->status, 503);
    assert_string_equal(exchange_answer_header(exchange, "Retry-After"), CALL_RETRY_SECONDS);
    call_free(call);
    exchange_free(exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(the_process_says_that_it_lives_and_that_its_store_answers),
        SERVER_FIXTURE_TEST(a_store_that_does_not_answer_is_not_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
