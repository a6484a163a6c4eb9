#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_accept.h"
#include "scim/server/route.h"
#include "tests/scim/server/server_fixture.h"

static const char *const form_type[] = {"Content-Type: application/x-www-form-urlencoded",
                                        NULL};

static struct reply post(struct server_fixture *fixture, const char *form)
{
    return server_fixture_ask_with(fixture, NULL, "POST", "/invitation", form, form_type);
}

/* Invites and gives the token of the link. The caller frees. */
static char *invite(struct server_fixture *fixture, const char *email)
{
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
                        "\"email\":\"%s\",\"roles\":[{\"value\":\"search/read-only\"}]}",
                        email);
    struct reply reply =
        server_fixture_ask(fixture, fixture->dana, "POST", "/scim/v2/Invitations", body);
    char *token = g_strdup(strchr(reply_text(&reply, "link"), '#') + 1);
    reply_expect(&reply, 201);
    return token;
}

static void expect_status(struct server_fixture *fixture, const char *user_name,
                          const char *status)
{
    g_autofree char *id = server_fixture_find(fixture, user_name);
    if (status == NULL) {
        assert_null(id);
        return;
    }
    g_autofree char *target = g_strconcat("/scim/v2/Users/", id, NULL);
    struct reply reply = server_fixture_ask(fixture, fixture->admin, "GET", target, NULL);
    assert_string_equal(reply_text(&reply, "Membership.status"), status);
    reply_clear(&reply);
}

/* Also what no token may do: be kept, framed, or told to another site. */
static void expect_guarded(const struct reply *reply)
{
    static const struct {
        const char *name, *value;
    } exact[] = {
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "no-store"},
        {"X-Frame-Options", "DENY"},
        {"X-Content-Type-Options", "nosniff"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(exact); i++) {
        const char *value = exchange_answer_header(reply->exchange, exact[i].name);
        assert_non_null(value);
        assert_string_equal(value, exact[i].value);
    }
    const char *policy = exchange_answer_header(reply->exchange, "Content-Security-Policy");
    static const char *const parts[] = {"default-src 'none'", "form-action 'self'",
                                        "base-uri 'none'", "frame-ancestors 'none'"};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        assert_non_null(strstr(policy, parts[i]));
    }
    assert_null(strstr(policy, "unsafe"));
    assert_null(strstr(policy, "*"));
}

static void the_page_its_script_and_its_style_come_from_our_own_path(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        const char *target, *type;
    } cases[] = {{"/invitation", "text/html; charset=utf-8"},
                 {"/invitation/page.js", "text/javascript; charset=utf-8"},
                 {"/invitation/page.css", "text/css; charset=utf-8"},
                 {"/invitation/again", "text/html; charset=utf-8"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct reply reply = server_fixture_ask(fixture, NULL, "GET", cases[i].target, NULL);
        assert_string_equal(exchange_answer_header(reply.exchange, "Content-Type"),
                            cases[i].type);
        expect_guarded(&reply);
        reply_expect(&reply, 200);
    }
}

static void accepting_makes_a_member_and_works_once(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *look = g_strconcat("token=", token, NULL);
    g_autofree char *form = g_strconcat(look, "&answer=accept", NULL);
    struct reply reply = post(fixture, look);
    expect_guarded(&reply);
    assert_non_null(strstr(reply.exchange->answer, "Acme Inc."));
    assert_non_null(strstr(reply.exchange->answer, FIXTURE_DANA));
    assert_non_null(strstr(reply.exchange->answer, "read-only in search"));
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", "invited");
    reply = post(fixture, form);
    expect_guarded(&reply);
    assert_non_null(strstr(reply.exchange->answer, "Acme Inc."));
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", "active");
    reply = post(fixture, form);
    reply_expect(&reply, 410);
}

static void declining_is_possible_and_remembered(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *form = g_strdup_printf("token=%s&answer=decline", token);
    struct reply reply = post(fixture, form);
    reply_expect(&reply, 200);
    expect_status(fixture, "ann@example.com", NULL);
    reply = post(fixture, form);
    reply_expect(&reply, 410);
}

/* I5: usable before sent + lifetime, to the second; the page says how little is left. */
static void the_time_left_is_shown_until_there_is_none(void **state)
{
    struct server_fixture *fixture = *state;

    static const struct {
        gint64 after;
        unsigned status;
        const char *says;
    } cases[] = {{0, 200, "2 days "},
                 {1, 200, "1 day and 23 hours "},
                 {48 * 3600 - 90, 200, "1 minute "},
                 {48 * 3600 - 1, 200, "less than a minute "},
                 {48 * 3600, 410, "not valid"},
                 {48 * 3600 + 1, 410, "not valid"}};

    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *form = g_strconcat("token=", token, NULL);
    gint64 sent = atomic_load(&fixture->now);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        atomic_store(&fixture->now, sent + cases[i].after);
        struct reply reply = post(fixture, form);
        assert_non_null(strstr(reply.exchange->answer, cases[i].says));
        reply_expect(&reply, cases[i].status);
    }
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Status, headers and body as one text; what names the call is left out. */
static char *print_answer(const struct reply *reply)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter each;
    gpointer name, value;
    g_hash_table_iter_init(&each, reply->exchange->answer_headers);
    while (g_hash_table_iter_next(&each, &name, &value)) {
        if (strcmp(name, "Request-Id") != 0) {
            g_ptr_array_add(lines, g_strdup_printf("%s: %s", (char *)name, (char *)value));
        }
    }
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, g_strndup(reply->exchange->answer, reply->exchange->answer_length));
    g_ptr_array_add(lines, NULL);
    g_autofree char *rest = g_strjoinv("\n", (char **)lines->pdata);
    return g_strdup_printf("%u\n%s", reply->status, rest);
}

/* An invitation of that address, ended or replaced in one of the ways there are. */
static char *dead_token(struct server_fixture *fixture, const char *email, const char *method,
                        const char *body)
{
    char *token = invite(fixture, email);
    g_autofree char *query =
        g_strdup_printf("/scim/v2/Invitations?filter=email%%20eq%%20%%22%s%%22", email);
    struct reply list = server_fixture_ask(fixture, fixture->dana, "GET", query, NULL);
    g_autofree char *target =
        g_strconcat("/scim/v2/Invitations/", reply_text(&list, "Resources.0.id"), NULL);
    assert_string_equal(reply_text(&list, "Resources.0.email"), email);
    reply_clear(&list);
    struct reply reply = server_fixture_ask(fixture, fixture->dana, method, target, body);
    assert_true(reply.status < 300);
    reply_clear(&reply);
    return token;
}

static char *answered_token(struct server_fixture *fixture, const char *email,
                            const char *answer)
{
    char *token = invite(fixture, email);
    g_autofree char *form = g_strdup_printf("token=%s&answer=%s", token, answer);
    struct reply reply = post(fixture, form);
    reply_expect(&reply, 200);
    return token;
}

#define PATCH_STATUS(status)                                                                   \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":["        \
    "{\"op\":\"replace\",\"path\":\"status\",\"value\":\"" status "\"}]}"

/* R60: whatever a token died of, the answer is the same, byte by byte, headers included. */
static void every_dead_token_gets_the_same_bytes(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *expired = invite(fixture, "expired@example.com");
    atomic_fetch_add(&fixture->now, 48 * 3600);
    g_autofree char *used = answered_token(fixture, "used@example.com", "accept");
    g_autofree char *declined = answered_token(fixture, "declined@example.com", "decline");
    g_autofree char *replaced =
        dead_token(fixture, "replaced@example.com", "PATCH", PATCH_STATUS("pending"));
    g_autofree char *revoked =
        dead_token(fixture, "revoked@example.com", "PATCH", PATCH_STATUS("revoked"));
    g_autofree char *deleted = dead_token(fixture, "deleted@example.com", "DELETE", NULL);
    g_autofree char *almost = invite(fixture, "almost@example.com");
    almost[0] = almost[0] == 'A' ? 'B' : 'A';
    g_autofree char *endless = g_strnfill(3000, 'A');
    const char *const tokens[] = {
        used,
        declined,
        replaced,
        revoked,
        deleted,
        expired,
        almost,
        endless,
        "",
        "x",
        "%27%20OR%201=1--",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    static const char *const answers[] = {"", "&answer=accept", "&answer=decline"};
    g_autofree char *expected = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(answers); j++) {
            g_autofree char *form = g_strconcat("token=", tokens[i], answers[j], NULL);
            struct reply reply = post(fixture, form);
            g_autofree char *answer = print_answer(&reply);
            expect_guarded(&reply);
            reply_expect(&reply, 410);
            if (expected == NULL) {
                expected = g_strdup(answer);
            }
            assert_string_equal(answer, expected);
        }
    }
    struct reply reply = post(fixture, "answer=accept");
    g_autofree char *answer = print_answer(&reply);
    assert_string_equal(answer, expected);
    reply_clear(&reply);
}

/* Every file of the store, name and bytes. */
static char *digest_store(const struct server_fixture *fixture)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (!g_str_has_suffix(name, "-shm")) { /* who reads is noted there */
            g_ptr_array_add(names, g_build_filename(fixture->folder, name, NULL));
        }
    }
    g_ptr_array_sort(names, by_text);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *bytes = NULL;
        gsize length = 0;
        assert_true(g_file_get_contents(names->pdata[i], &bytes, &length, NULL));
        g_checksum_update(checksum, names->pdata[i], -1);
        g_checksum_update(checksum, (const guchar *)bytes, (gssize)length);
    }
    assert_true(names->len > 0);
    return g_strdup(g_checksum_get_string(checksum));
}

/* M08: scanners of mail open every link, some ask for its head first. */
static void no_GET_and_no_HEAD_has_an_effect(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const methods[] = {"GET", "HEAD"};
    static const char *const answers[] = {"accept", "decline", "x"};
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *before = digest_store(fixture);
    size_t count = 0, asked = 0;
    const struct route *routes = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        gboolean is_ours = g_str_has_prefix(routes[i].pattern, "/invitation") &&
                           strcmp(routes[i].method, "GET") == 0;
        for (size_t j = 0; is_ours && j < G_N_ELEMENTS(methods) * G_N_ELEMENTS(answers); j++) {
            g_autofree char *target =
                g_strdup_printf("%s?token=%s&answer=%s&address=ann@example.com",
                                routes[i].pattern, token, answers[j / 2]);
            struct reply reply =
                server_fixture_ask(fixture, NULL, methods[j % 2], target, NULL);
            expect_guarded(&reply);
            reply_expect(&reply, 200);
            asked++;
        }
    }
    assert_true(asked >= 4 * 6);
    g_autofree char *after = digest_store(fixture);
    assert_string_equal(after, before);
    expect_status(fixture, "ann@example.com", "invited");
}

/* Looking posts the token, and still changes nothing. */
static void looking_at_an_invitation_has_no_effect(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *form = g_strconcat("token=", token, NULL);
    g_autofree char *before = digest_store(fixture);
    for (int i = 0; i < 3; i++) {
        struct reply reply = post(fixture, form);
        reply_expect(&reply, 200);
    }
    g_autofree char *after = digest_store(fixture);
    assert_string_equal(after, before);
}

static void keep_line(void *context, GLogLevelFlags level, const char *line)
{
    (void)level;
    g_ptr_array_add(context, g_strdup(line));
}

/* At every level, the access log included; whether it opens something or not, wherever it stands. */
static void no_line_of_the_log_holds_a_token(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    fixture->dispatch.service.log = keep_line;
    fixture->dispatch.service.log_context = lines;
    static const char *const forms[] = {"token=%s&answer=perhaps", "token=%s&token=%s",
                                        "token=%s", "token=%s&answer=accept",
                                        "token=%s&answer=accept"};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_auto(GStrv) parts = g_strsplit(forms[i], "%s", -1);
        g_autofree char *form = g_strjoinv(token, parts);
        struct reply reply = post(fixture, form);
        reply_clear(&reply);
    }
    g_autofree char *target = g_strconcat("/invitation?token=", token, NULL);
    struct reply reply = server_fixture_ask(fixture, NULL, "GET", target, NULL);
    reply_clear(&reply);
    assert_true(lines->len >= G_N_ELEMENTS(forms) + 1);
    for (guint i = 0; i < lines->len; i++) {
        if (strstr(lines->pdata[i], token) != NULL) {
            fail_msg("the log has it: %s", (char *)lines->pdata[i]);
        }
    }
}

/* As mail readers break it, and as people copy it. */
static void the_code_may_be_pasted_with_blanks_or_as_the_whole_link(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *start = g_strndup(token, 20);
    static const char *const pasted[] = {"token=%%20%s%s+%%0d%%0a", "token=%s%%0d%%0a+%s",
                                         "token=%s%%09%s",
                                         "token=https://x.example/invitation%%23%s%s"};
    for (size_t i = 0; i < G_N_ELEMENTS(pasted); i++) {
        g_auto(GStrv) parts = g_strsplit(pasted[i], "%s", 3);
        g_autofree char *doubled =
            g_strconcat(parts[0], start, parts[1], token + strlen(start), parts[2], NULL);
        g_auto(GStrv) signs = g_strsplit(doubled, "%%", -1);
        g_autofree char *form = g_strjoinv("%", signs);
        struct reply reply = post(fixture, form);
        assert_non_null(strstr(reply.exchange->answer, token));
        reply_expect(&reply, 200);
    }
}

/* An answer that the page of another site sends is not the person's own. */
static void a_form_of_another_site_answers_nothing(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const foreign[] = {"Content-Type: application/x-www-form-urlencoded",
                                          "Sec-Fetch-Site: cross-site", NULL};
    g_autofree char *token = invite(fixture, "ann@example.com");
    g_autofree char *look = g_strconcat("token=", token, NULL);
    g_autofree char *form = g_strconcat(look, "&answer=accept", NULL);
    struct reply reply =
        server_fixture_ask_with(fixture, NULL, "POST", "/invitation", form, foreign);
    expect_guarded(&reply);
    reply_expect(&reply, 403);
    expect_status(fixture, "ann@example.com", "invited");
    reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation", look, foreign);
    reply_expect(&reply, 200);
}

/* What goes wrong on our side is a page as well, and says so: try again. */
static void without_the_store_a_person_reads_a_page(void **state)
{
    struct server_fixture *fixture = *state;
    Exchange *exchange = exchange_new("POST", "/invitation");
    exchange_add_body(exchange, "token=x", strlen("token=x"), 100);
    struct call *call = call_new(&fixture->dispatch.service, exchange);
    assert_true(handle_accept_look(call));
    assert_int_equal(exchange->status, 503);
    assert_string_equal(exchange_answer_header(exchange, "Content-Type"),
                        "text/html; charset=utf-8");
    assert_string_equal(exchange_answer_header(exchange, "Retry-After"), "1");
    assert_non_null(strstr(exchange->answer, "Please try again"));
    call_free(call);
    exchange_free(exchange);
}

static void a_form_that_says_something_else_is_a_400(void **state)
{
    struct server_fixture *fixture = *state;
    static const char *const forms[] = {"token=a&answer=perhaps", "token=a&token=b",
                                        "token=%zz"};
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        struct reply reply = post(fixture, forms[i]);
        reply_expect(&reply, 400);
    }
    static const char *const json_type[] = {"Content-Type: application/json", NULL};
    struct reply reply = server_fixture_ask_with(fixture, NULL, "POST", "/invitation",
                                                 "{\"token\":\"a\"}", json_type);
    reply_expect(&reply, 415);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(the_page_its_script_and_its_style_come_from_our_own_path),
        SERVER_FIXTURE_TEST(accepting_makes_a_member_and_works_once),
        SERVER_FIXTURE_TEST(declining_is_possible_and_remembered),
        SERVER_FIXTURE_TEST(the_time_left_is_shown_until_there_is_none),
        SERVER_FIXTURE_TEST(every_dead_token_gets_the_same_bytes),
        SERVER_FIXTURE_TEST(no_GET_and_no_HEAD_has_an_effect),
        SERVER_FIXTURE_TEST(looking_at_an_invitation_has_no_effect),
        SERVER_FIXTURE_TEST(no_line_of_the_log_holds_a_token),
        SERVER_FIXTURE_TEST(the_code_may_be_pasted_with_blanks_or_as_the_whole_link),
        SERVER_FIXTURE_TEST(a_form_of_another_site_answers_nothing),
        SERVER_FIXTURE_TEST(without_the_store_a_person_reads_a_page),
        SERVER_FIXTURE_TEST(a_form_that_says_something_else_is_a_400),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
