#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/dispatch.h"
#include "tests/scim/server/server_fixture.h"

static void what_every_request_must_be_is_checked_before_its_handler(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *method, *target, *body, *header;
        unsigned status;
        const char *type; /* scimType, NULL: none */
    } cases[] = {
        {"GET", "/scim/v2/Nothing", NULL, NULL, 404, NULL},
        {"DELETE", "/scim/v2/Users", NULL, NULL, 405, NULL},
        {"GET", "/scim/v2/Users?a=%zz", NULL, NULL, 400, "invalidValue"},
        {"GET", "/scim/v2/Users?count=1&count=2", NULL, NULL, 400, "invalidValue"},
        {"GET", "/scim/v2/Users", NULL, "Accept: text/html", 406, NULL},
        {"GET", "/scim/v2/Users", NULL, "Accept: application/json;q=0.9", 200, NULL},
        {"GET", "/scim/v2/Users", NULL, "Accept: text/html, */*;q=0.1", 200, NULL},
        {"POST", "/scim/v2/Users", "{}", "Content-Type: text/plain", 415, NULL},
        {"POST", "/scim/v2/Users", "{}", "Content-Type: application/jsonp", 415, NULL},
        {"POST", "/scim/v2/Users", "{}", "Content-Encoding: gzip", 415, NULL},
        {"POST", "/scim/v2/Users", "{}", "Content-Encoding: identity", 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{}", "Content-Type: application/json; charset=utf-8", 400,
         "invalidSyntax"},
        {"POST", "/scim/v2/Users", "", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "[]", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{\"a\":1,\"a\":2}", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{\"a\":NaN}", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{\"a\":1e999999}", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{\"a\":\"\\ud800\"}", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{\"a\":\"\xff\"}", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "\xef\xbb\xbf{}", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{} x", NULL, 400, "invalidSyntax"},
        {"POST", "/scim/v2/Users", "{\"a\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}", NULL, 400,
         "invalidSyntax"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const headers[] = {cases[i].header, NULL};
        struct reply reply = server_fixture_ask_with(fixture, fixture->admin, cases[i].method,
                                                     cases[i].target, cases[i].body, headers);
        if (reply.status != cases[i].status ||
            (reply.status != 200 &&
             g_strcmp0(reply_text(&reply, "scimType"), cases[i].type) != 0)) {
            fail_msg("case %zu: %u %.*s", i, reply.status, (int)reply.exchange->answer_length,
                     reply.exchange->answer);
        }
        assert_string_equal(exchange_answer_header(reply.exchange, "Content-Type"),
                            "application/scim+json");
        reply_clear(&reply);
    }
}

static void a_method_that_is_not_there_names_those_that_are(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply reply =
        server_fixture_ask(fixture, fixture->admin, "POST", "/scim/v2/Roles", "{}");
    assert_string_equal(exchange_answer_header(reply.exchange, "Allow"), "GET, HEAD");
    reply_expect(&reply, 405);
}

static void a_body_that_was_cut_is_413_for_everybody(void **state)
{
    struct server_fixture *fixture = *state;
    Exchange *exchange = exchange_new("POST", "/scim/v2/Users");
    assert_false(exchange_add_body(exchange, "12345", 5, 4));
    struct reply reply = server_fixture_send(fixture, exchange);
    reply_expect(&reply, 413);
}

static void no_answer_may_be_kept_by_a_cache(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const targets[] = {"/scim/v2/Users", "/scim/v2/Schemas", "/scim/v2/x",
                                          "/healthz", "/invitation"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, "GET", targets[i], NULL);
        assert_string_equal(exchange_answer_header(reply.exchange, "Cache-Control"),
                            "no-store");
        assert_string_equal(exchange_answer_header(reply.exchange, "X-Content-Type-Options"),
                            "nosniff");
        reply_clear(&reply);
    }
    struct reply reply =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users", NULL);
    assert_string_equal(exchange_answer_header(reply.exchange, "Vary"), "Authorization");
    reply_clear(&reply);
}

struct heard {
    GMutex lock;
    GString *lines;
};

static void hear(void *context, GLogLevelFlags level, const char *line)
{
    struct heard *heard = context;
    g_mutex_lock(&heard->lock);
    g_string_append_printf(heard->lines, "%d %s\n", (int)level, line);
    g_mutex_unlock(&heard->lock);
}

static void the_log_holds_neither_secrets_nor_queries(void **state)
{
    struct server_fixture *fixture = *state;
    struct heard heard = {.lines = g_string_new(NULL)};
    g_mutex_init(&heard.lock);
    fixture->dispatch.service.log = hear;
    fixture->dispatch.service.log_context = &heard;
    struct reply reply = server_fixture_ask(
        fixture, fixture->admin, "GET",
        "/scim/v2/Users?filter=userName%20eq%20%22secret.person%40example.com%22", NULL);
    reply_expect(&reply, 200);
    g_autofree char *id = g_strndup(fixture->admin + 3, 12);
    assert_non_null(strstr(heard.lines->str, "GET /scim/v2/Users 200"));
    assert_non_null(strstr(heard.lines->str, id));
    assert_null(strstr(heard.lines->str, "secret.person"));
    assert_null(strstr(heard.lines->str, fixture->admin + 16));
    g_string_free(heard.lines, TRUE);
    g_mutex_clear(&heard.lock);
}

static void every_answer_names_its_request_as_the_log_does(void **state)
{
    struct server_fixture *fixture = *state;
    struct heard heard = {.lines = g_string_new(NULL)};
    g_mutex_init(&heard.lock);
    fixture->dispatch.service.log = hear;
    fixture->dispatch.service.log_context = &heard;

    static const struct {
        const char *method, *target;
        unsigned status;
    } cases[] = {{"GET", "/scim/v2/Users", 200},
                 {"GET", "/healthz", 200},
                 {"DELETE", "/scim/v2/Users/none", 404},
                 {"GET", "/nothing", 404}};

    g_autofree char *last = g_strdup("");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply =
            server_fixture_ask(fixture, fixture->admin, cases[i].method, cases[i].target, NULL);
        const char *id = exchange_answer_header(reply.exchange, "Request-Id");
        assert_int_equal(strlen(id), CALL_REQUEST_DIGITS);
        assert_int_equal(strspn(id, "0123456789abcdef"), CALL_REQUEST_DIGITS);
        assert_string_not_equal(id, last);
        g_autofree char *told = g_strconcat("request=", id, "\n", NULL);
        g_mutex_lock(&heard.lock);
        assert_non_null(strstr(heard.lines->str, told));
        g_mutex_unlock(&heard.lock);
        g_free(last);
        last = g_strdup(id);
        reply_expect(&reply, cases[i].status);
    }
    g_string_free(heard.lines, TRUE);
    g_mutex_clear(&heard.lock);
}

/* The newest record of acme's trail. */
static json_t *last_record(struct server_fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    StoreSession *session = store_session_open(fixture->store, STORE_READ, &error);
    struct store_rows *rows = store_query(
        session, "SELECT record FROM audit WHERE organization = ? ORDER BY seq DESC LIMIT 1",
        STORE_BIND(store_text("acme")), FALSE);
    assert_true(store_next(rows));
    json_t *record = json_loads(store_text_at(rows, 0), 0, NULL);
    assert_true(store_end(rows, &error));
    store_session_close(session);
    return record;
}

static gint64 last_use(struct server_fixture *fixture, const char *token)
{
    g_autoptr(GError) error = NULL;
    gint64 used = -1;
    StoreSession *session = store_session_open(fixture->store, STORE_READ, &error);
    g_autoptr(GPtrArray) all = token_list(session, "acme", atomic_load(&fixture->now), &error);
    for (guint i = 0; i < all->len; i++) {
        const struct token *each = g_ptr_array_index(all, i);
        if (strncmp(each->id, token + strlen("rc_"), strlen(each->id)) == 0) {
            used = each->last_used_at;
        }
    }
    store_session_close(session);
    return used;
}

/* A write waits behind the note: once it is answered, the note stands. */
static void the_last_use_of_a_token_is_written_down_now_and_then(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        gint64 later; /* seconds */
        gint64 shown;
    } cases[] = {
        {0, 0}, {TOKEN_LAST_USED_STEP - 1, 0}, {TOKEN_LAST_USED_STEP, TOKEN_LAST_USED_STEP}};

    assert_int_equal(last_use(fixture, fixture->reader), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        atomic_store(&fixture->now, FIXTURE_NOW + cases[i].later);
        struct reply reply =
            server_fixture_ask(fixture, fixture->reader, "GET", "/scim/v2/Users", NULL);
        reply_expect(&reply, 200);
        reply = server_fixture_ask(fixture, fixture->admin, "DELETE", "/scim/v2/Users/x", NULL);
        reply_expect(&reply, 404);
        assert_int_equal(last_use(fixture, fixture->reader), FIXTURE_NOW + cases[i].shown);
    }
}

#define ANN                                                                                    \
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":"              \
    "\"ann@example.com\",\"externalId\":\"x\"}"
#define BULK_OF(operations)                                                                    \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":"     \
    "[" operations "]}"

static void the_audit_says_who_asked_from_where_for_which_run_and_why(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *target, *body;
        unsigned status;
    } cases[] = {
        {"/scim/v2/Users", ANN, 201},
        {"/scim/v2/Bulk", BULK_OF("{\"method\":\"DELETE\",\"path\":\"/Users/%s\"}"), 200}};

    g_autofree char *field = g_strconcat("Bearer ", fixture->sync, NULL);
    g_autofree char *ann = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) parts = g_strsplit(cases[i].body, "%s", 2);
        g_autofree char *body = g_strjoinv(ann != NULL ? ann : "", parts);
        Exchange *exchange = exchange_new("POST", cases[i].target);
        exchange->peer = g_strdup("192.0.2.7");
        exchange_add_header(exchange, "Authorization", field);
        exchange_add_header(exchange, "Content-Type", "application/json");
        exchange_add_header(exchange, "Rolecall-Origin", "directory:corp");
        exchange_add_header(exchange, "Rolecall-Run", "run-7");
        exchange_add_header(exchange, "Rolecall-Reason", "rule%202");
        exchange_add_body(exchange, body, strlen(body), 10000);
        struct reply reply = server_fixture_send(fixture, exchange);
        json_t *record = last_record(fixture);
        const char *const wanted[][2] = {
            {"source", "192.0.2.7"},
            {"run", "run-7"},
            {"reason", "rule 2"},
            {"request", exchange_answer_header(exchange, "Request-Id")}};
        for (size_t j = 0; j < G_N_ELEMENTS(wanted); j++) {
            assert_string_equal(json_string_value(json_object_get(record, wanted[j][0])),
                                wanted[j][1]);
        }
        json_decref(record);
        reply_expect(&reply, cases[i].status);
        g_free(ann);
        ann = server_fixture_find(fixture, "ann@example.com");
    }
    assert_null(ann);
}

/* Bodies of every wrong type: a clear error, and nothing changes. */
static void wrong_types_and_hostile_names_change_nothing(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *method, *target;
    } writes[] = {{"POST", "/scim/v2/Users"},       {"POST", "/scim/v2/Projects"},
                  {"POST", "/scim/v2/Invitations"}, {"PUT", "/scim/v2/Users/%s"},
                  {"PATCH", "/scim/v2/Users/%s"},   {"POST", "/scim/v2/Users/.search"}};

    static const char *const bodies[] = {
        "{}",
        "{\"schemas\":7}",
        "{\"schemas\":[]}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":7}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":{}}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"\"}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"x\","
        "\"emails\":\"x\"}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"x\","
        "\"roles\":[{\"value\":7}]}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"x\","
        "\"active\":\"perhaps\"}",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":"
        "\"x'; DROP TABLE person; --\",\"emails\":[{\"value\":\"a@b\\r\\nBcc: c@d\"}]}",
        "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Project\"],\"name\":\"../etc\"}",
        "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Project\"],\"name\":\"A B\"}",
        "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],\"email\":\"a\"}",
        "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],\"email\":"
        "\"a@x.example\\nBcc: b@x.example\"}",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":7}",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"
        "[{\"op\":\"jump\",\"path\":\"title\",\"value\":\"x\"}]}",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"
        "[{\"op\":\"replace\",\"path\":\"emails[\",\"value\":\"x\"}]}",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"count\":"
        "\"x\"}",
    };
    g_autofree char *dana = server_fixture_find(fixture, FIXTURE_DANA);
    struct reply before =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(writes); i++) {
        g_auto(GStrv) parts = g_strsplit(writes[i].target, "%s", -1);
        g_autofree char *target = g_strjoinv(dana, parts);
        for (size_t j = 0; j < G_N_ELEMENTS(bodies); j++) {
            struct reply reply = server_fixture_ask(fixture, fixture->admin, writes[i].method,
                                                    target, bodies[j]);
            if (reply.status < 400 || reply.status > 499) {
                fail_msg("%s %s %s: %u", writes[i].method, target, bodies[j], reply.status);
            }
            assert_non_null(reply_text(&reply, "detail"));
            reply_clear(&reply);
        }
    }
    struct reply after =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users", NULL);
    assert_string_equal(exchange_answer_header(before.exchange, "ETag"),
                        exchange_answer_header(after.exchange, "ETag"));
    reply_clear(&before);
    reply_expect(&after, 200);
}

/* A batch that will be lost: its first job waits until the request has gathered behind it. */
struct lost_batch {
    struct write_job gate, loser;
    GMutex lock;
    GCond changed;
    gboolean is_inside, is_open;
    unsigned done;
};

static struct lost_batch *batch_of_gate(struct write_job *job)
{
    return (struct lost_batch *)(void *)((char *)job - offsetof(struct lost_batch, gate));
}

static void stand_at_gate(struct write_job *job, struct judge *judge)
{
    (void)judge;
    struct lost_batch *batch = batch_of_gate(job);
    g_mutex_lock(&batch->lock);
    batch->is_inside = TRUE;
    g_cond_broadcast(&batch->changed);
    while (!batch->is_open) {
        g_cond_wait(&batch->changed, &batch->lock);
    }
    g_mutex_unlock(&batch->lock);
}

static void leave_gate(struct write_job *job, const GError *error)
{
    assert_null(error);
    (void)job;
}

static void lose_transaction(struct write_job *job, struct judge *judge)
{
    (void)job;
    store_rollback(judge->session);
}

static void note_parked(void *context)
{
    (void)context;
}

static void note_ready(void *context)
{
    struct lost_batch *batch = context;
    g_mutex_lock(&batch->lock);
    batch->done++;
    g_cond_broadcast(&batch->changed);
    g_mutex_unlock(&batch->lock);
}

static void expect_loss(struct write_job *job, const GError *error)
{
    assert_non_null(error);
    note_ready((char *)job - offsetof(struct lost_batch, loser));
}

static void a_commit_that_fails_takes_its_answers_back(void **state)
{
    struct server_fixture *fixture = *state;
    struct reply before =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users", NULL);
    struct lost_batch batch = {.gate = {.run = stand_at_gate, .done = leave_gate},
                               .loser = {.run = lose_transaction, .done = expect_loss}};
    g_mutex_init(&batch.lock);
    g_cond_init(&batch.changed);
    writer_submit(fixture->dispatch.writer, &batch.gate);
    g_mutex_lock(&batch.lock);
    while (!batch.is_inside) {
        g_cond_wait(&batch.changed, &batch.lock);
    }
    g_mutex_unlock(&batch.lock);
    g_autoptr(Exchange) exchange = exchange_new("POST", "/scim/v2/Users");
    g_autofree char *field = g_strconcat("Bearer ", fixture->admin, NULL);
    static const char body[] = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
                               "\"userName\":\"lost@example.com\"}";
    exchange_add_header(exchange, "Authorization", field);
    exchange_add_header(exchange, "Content-Type", "application/scim+json");
    exchange_add_body(exchange, body, strlen(body), sizeof body);
    exchange->hooks = (struct exchange_hooks){note_parked, note_ready, &batch};
    dispatch_exchange(&fixture->dispatch, exchange);
    writer_submit(fixture->dispatch.writer, &batch.loser);
    g_mutex_lock(&batch.lock);
    batch.is_open = TRUE;
    g_cond_broadcast(&batch.changed);
    while (batch.done < 2) {
        g_cond_wait(&batch.changed, &batch.lock);
    }
    g_mutex_unlock(&batch.lock);
    assert_int_equal(exchange->status, 503);
    assert_string_equal(exchange_answer_header(exchange, "Retry-After"), CALL_RETRY_SECONDS);
    assert_null(exchange_answer_header(exchange, "Location"));
    assert_null(exchange_answer_header(exchange, "ETag"));
    struct reply after =
        server_fixture_ask(fixture, fixture->admin, "GET", "/scim/v2/Users", NULL);
    assert_string_equal(exchange_answer_header(before.exchange, "ETag"),
                        exchange_answer_header(after.exchange, "ETag"));
    reply_clear(&before);
    reply_expect(&after, 200);
    g_mutex_clear(&batch.lock);
    g_cond_clear(&batch.changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(what_every_request_must_be_is_checked_before_its_handler),
        SERVER_FIXTURE_TEST(a_method_that_is_not_there_names_those_that_are),
        SERVER_FIXTURE_TEST(a_body_that_was_cut_is_413_for_everybody),
        SERVER_FIXTURE_TEST(no_answer_may_be_kept_by_a_cache),
        SERVER_FIXTURE_TEST(the_log_holds_neither_secrets_nor_queries),
        SERVER_FIXTURE_TEST(every_answer_names_its_request_as_the_log_does),
        SERVER_FIXTURE_TEST(the_audit_says_who_asked_from_where_for_which_run_and_why),
        SERVER_FIXTURE_TEST(the_last_use_of_a_token_is_written_down_now_and_then),
        SERVER_FIXTURE_TEST(wrong_types_and_hostile_names_change_nothing),
        SERVER_FIXTURE_TEST(a_commit_that_fails_takes_its_answers_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
