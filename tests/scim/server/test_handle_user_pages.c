#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/handle_user.h"
#include "tests/scim/server/server_fixture.h"

/* An import as identity providers do it: a hundred at a time, while others write. */

#define PEOPLE 350
#define PAGE   100

struct import {
    struct server_fixture *fixture;
    GPtrArray *ids;   /* of the people who were there at the beginning, in order */
    GHashTable *seen; /* id -> how often, a GUINT */
    guint requests;
};

static void push(struct import *import, int first, int count)
{
    json_t *operations = json_array();
    for (int i = first; i < first + count; i++) {
        g_autofree char *name = g_strdup_printf("p%03d@example.com", (i * 37) % 1000);
        g_autofree char *bulk_id = g_strdup_printf("b%d", i);
        json_array_append_new(operations,
                              json_pack("{s:s, s:s, s:s, s:{s:[s], s:s}}", "method", "POST",
                                        "path", "/Users", "bulkId", bulk_id, "data", "schemas",
                                        SCIM_URN_USER, "userName", name));
    }
    json_t *body =
        json_pack("{s:[s], s:o}", "schemas", SCIM_URN_BULK_REQUEST, "Operations", operations);
    char *text = json_dumps(body, 0);
    struct reply reply = server_fixture_ask(import->fixture, import->fixture->admin, "POST",
                                            "/scim/v2/Bulk", text);
    for (size_t i = 0; i < (size_t)count; i++) {
        g_autofree char *path = g_strdup_printf("Operations.%zu.location", i);
        const char *location = reply_text(&reply, path);
        assert_non_null(location);
        g_ptr_array_add(import->ids, g_strdup(strrchr(location, '/') + 1));
    }
    reply_expect(&reply, 200);
    free(text);
    json_decref(body);
}

static struct import begin(struct server_fixture *fixture)
{
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    const struct organization_draft larger = {.name = "acme", .seats = 2000, .owners = owners};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &larger});
    struct import import = {.fixture = fixture,
                            .ids = g_ptr_array_new_with_free_func(g_free),
                            .seen =
                                g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    push(&import, 0, PEOPLE);
    return import;
}

static void end(struct import *import)
{
    g_ptr_array_unref(import->ids);
    g_hash_table_unref(import->seen);
}

static guint seen(const struct import *import, const char *id)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(import->seen, id));
}

static void remove_person(const struct import *import, guint at)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users/", import->ids->pdata[at], NULL);
    struct reply reply =
        server_fixture_ask(import->fixture, import->fixture->admin, "DELETE", target, NULL);
    reply_expect(&reply, 204);
}

static void suspend_person(const struct import *import, guint at)
{
    g_autofree char *target = g_strconcat("/scim/v2/Users/", import->ids->pdata[at], NULL);
    struct reply reply = server_fixture_ask(
        import->fixture, import->fixture->admin, "PATCH", target,
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":["
        "{\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}");
    reply_expect(&reply, 200);
}

/* One page more. *cursor NULL: by index. FALSE: it was the last. */
static gboolean read_page(struct import *import, const char *query, char **cursor)
{
    guint done = import->requests * PAGE;
    g_autofree char *where = *cursor != NULL ? g_strdup_printf("cursor=%s", *cursor)
                                             : g_strdup_printf("startIndex=%u", done + 1);
    g_autofree char *target =
        g_strdup_printf("/scim/v2/Users?count=%d&%s%s", PAGE, where, query);
    struct reply reply =
        server_fixture_ask(import->fixture, import->fixture->reader, "GET", target, NULL);
    const json_t *rows = reply_value(&reply, "Resources");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(rows, i), "id"));
        g_hash_table_insert(import->seen, g_strdup(id), GUINT_TO_POINTER(seen(import, id) + 1));
    }
    gboolean is_last =
        *cursor != NULL
            ? reply_text(&reply, "nextCursor") == NULL
            : (gint64)done + PAGE >= json_integer_value(reply_value(&reply, "totalResults"));
    if (*cursor != NULL) {
        g_free(*cursor);
        *cursor = g_strdup(reply_text(&reply, "nextCursor"));
    }
    import->requests++;
    reply_expect(&reply, 200);
    return !is_last;
}

/* Everybody but those at these places is there exactly once. */
static void expect_once(const struct import *import, const guint *gone, size_t count)
{
    for (guint i = 0; i < PEOPLE; i++) {
        gboolean is_gone = FALSE;
        for (size_t each = 0; each < count; each++) {
            is_gone = is_gone || gone[each] == i;
        }
        guint times = seen(import, import->ids->pdata[i]);
        if (is_gone ? times > 1 : times != 1) {
            fail_msg("%u is there %u times", i, times);
        }
    }
}

static void
by_cursor_nobody_is_missing_and_nobody_twice_whoever_comes_goes_or_changes(void **state)
{
    static const char *const orders[] = {"",
                                         "&sortBy=userName",
                                         "&sortBy=userName&sortOrder=descending",
                                         "&sortBy=emails.value",
                                         "&sortBy=meta.created",
                                         "&sortBy=meta.created&sortOrder=descending",
                                         "&filter=userName+sw+%22p%22",
                                         "&filter=emails.value+pr"};
    (void)state;
    for (size_t order = 0; order < G_N_ELEMENTS(orders); order++) {
        struct server_fixture fixture;
        server_fixture_open(&fixture);
        struct import import = begin(&fixture);
        static const guint gone[] = {0, 1, 50, 99, 100, 101, 199, 200, 201, 250, 349};
        size_t next = 0;
        char *cursor = g_strdup("");
        while (read_page(&import, orders[order], &cursor)) {
            for (int i = 0; i < 4 && next < G_N_ELEMENTS(gone); i++) {
                remove_person(&import, gone[next++]);
            }
            suspend_person(&import, 10 + import.requests);
            suspend_person(&import, 300 + import.requests);
            push(&import, PEOPLE + (int)import.requests * 10, 10);
        }
        g_free(cursor);
        assert_true(import.requests >= 4);
        expect_once(&import, gone, G_N_ELEMENTS(gone));
        end(&import);
        server_fixture_close(&fixture);
    }
}

static void by_index_nobody_is_missing_and_nobody_twice_whoever_comes_or_changes(void **state)
{
    struct import import = begin(*state);
    char *by_index = NULL;
    while (read_page(&import, "", &by_index)) {
        suspend_person(&import, 10 + import.requests);
        suspend_person(&import, 300 + import.requests);
        push(&import, PEOPLE + (int)import.requests * 10, 10);
    }
    assert_true(import.requests >= 4);
    expect_once(&import, NULL, 0);
    end(&import);
}

/* RFC 7644 3.4.2.4 has no memory: that is why the ETag of the list tells, and why there are
 * cursors. */
static void
by_index_as_many_are_missing_as_were_removed_ahead_but_nobody_is_there_twice(void **state)
{
    struct import import = begin(*state);
    static const guint gone[] = {3, 5, 7};
    char *by_index = NULL;
    assert_true(read_page(&import, "", &by_index));
    for (size_t i = 0; i < G_N_ELEMENTS(gone); i++) {
        remove_person(&import, gone[i]);
    }
    while (read_page(&import, "", &by_index)) {
    }
    guint missing = 0;
    for (guint i = 0; i < PEOPLE; i++) {
        guint times = seen(&import, import.ids->pdata[i]);
        assert_true(times <= 1);
        missing += times == 0;
    }
    assert_int_equal(missing, G_N_ELEMENTS(gone));
    end(&import);
}

/* Writes for as long as it is told to. */
struct writing {
    struct import *import;
    _Atomic gboolean stop;
    guint rounds;
};

static gpointer write_on(gpointer data)
{
    struct writing *writing = data;
    for (int i = 0; !atomic_load(&writing->stop); i = (i + 1) % 400) {
        struct reply reply = server_fixture_ask(
            writing->import->fixture, writing->import->fixture->admin, "POST",
            "/scim/v2/Invitations",
            "{\"schemas\":[\"urn:rolecall:params:scim:schemas:1.0:Invitation\"],"
            "\"email\":\"guest@example.com\"}");
        g_autofree char *target =
            g_strconcat("/scim/v2/Users/", reply_text(&reply, "person.value"), NULL);
        reply_clear(&reply);
        reply = server_fixture_ask(writing->import->fixture, writing->import->fixture->admin,
                                   "DELETE", target, NULL);
        reply_clear(&reply);
        writing->rounds++;
    }
    return NULL;
}

static void an_import_under_a_writer_that_never_rests_finds_everybody_once(void **state)
{
    struct import import = begin(*state);
    struct writing writing = {.import = &import};
    GThread *thread = g_thread_new("writer", write_on, &writing);
    char *cursor = g_strdup("");
    while (read_page(&import, "", &cursor)) {
    }
    g_free(cursor);
    atomic_store(&writing.stop, TRUE);
    g_thread_join(thread);
    expect_once(&import, NULL, 0);
    end(&import);
}

/* Who may see less from one page to the next sees less: a cursor gives nobody any right. */
static void a_cursor_ends_with_the_token_and_with_the_hour(void **state)
{
    struct server_fixture *fixture = *state;
    struct import import = begin(fixture);
    char *cursor = g_strdup("");
    assert_true(read_page(&import, "", &cursor));
    g_autofree char *target =
        g_strdup_printf("/scim/v2/Users?count=%d&cursor=%s", PAGE, cursor);
    g_autofree char *elsewhere =
        g_strdup_printf("/organizations/acme/scim/v2/Users?count=%d&cursor=%s", PAGE, cursor);

    const struct {
        const char *token, *target;
        gint64 later;
        const char *type;
    } cases[] = {
        {fixture->reader, target, 0, NULL},
        {fixture->admin, target, 0, "invalidCursor"},
        {fixture->provider, target, 0, "invalidCursor"},
        {fixture->other, target, 0, "invalidCursor"},
        {fixture->reader, elsewhere, 0, "invalidCursor"},
        {fixture->reader, target, CURSOR_TIMEOUT, NULL},
        {fixture->reader, target, CURSOR_TIMEOUT, "expiredCursor"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        atomic_fetch_add(&fixture->now, cases[i].later);
        struct reply reply =
            server_fixture_ask(fixture, cases[i].token, "GET", cases[i].target, NULL);
        if (g_strcmp0(reply_text(&reply, "scimType"), cases[i].type) != 0) {
            fail_msg("case %zu: %u %s", i, reply.status, reply_text(&reply, "scimType"));
        }
        assert_int_equal(reply.status, cases[i].type == NULL ? 200 : 400);
        reply_clear(&reply);
    }
    g_free(cursor);
    end(&import);
}

static char *tag_of(struct server_fixture *fixture, const char *target, const char *known,
                    unsigned status)
{
    g_autofree char *line = g_strconcat("If-None-Match: ", known, NULL);
    const char *const headers[] = {line, NULL};
    struct reply reply = server_fixture_ask_with(fixture, fixture->reader, "GET", target, NULL,
                                                 known != NULL ? headers : NULL);
    char *tag = g_strdup(exchange_answer_header(reply.exchange, "ETag"));
    reply_expect(&reply, status);
    return tag;
}

/* What is said to be unchanged must be: a page by cursor shows the next cursor. */
static void a_page_by_cursor_is_unchanged_for_as_long_as_its_cursors_are(void **state)
{
    struct server_fixture *fixture = *state;
    const char *list = "/scim/v2/Users?count=1&cursor=";
    atomic_store(&fixture->now, FIXTURE_NOW - FIXTURE_NOW % CURSOR_TIMEOUT);
    g_autofree char *known = tag_of(fixture, list, NULL, 200);
    struct reply page = server_fixture_ask(fixture, fixture->reader, "GET", list, NULL);
    g_autofree char *second = g_strconcat(list, reply_text(&page, "nextCursor"), NULL);
    reply_clear(&page);
    g_autofree char *next = tag_of(fixture, second, NULL, 200);
    assert_string_equal(known, next);
    atomic_fetch_add(&fixture->now, CURSOR_TIMEOUT - 1);
    g_free(tag_of(fixture, list, known, 304));
    atomic_fetch_add(&fixture->now, 1);
    g_autofree char *later = tag_of(fixture, list, known, 200);
    assert_string_not_equal(known, later);
    /* Another process has another key. */
    cursor_key_fill(&fixture->dispatch.service.cursors, random_system());
    g_free(tag_of(fixture, list, later, 200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            by_cursor_nobody_is_missing_and_nobody_twice_whoever_comes_goes_or_changes),
        SERVER_FIXTURE_TEST(
            by_index_nobody_is_missing_and_nobody_twice_whoever_comes_or_changes),
        SERVER_FIXTURE_TEST(
            by_index_as_many_are_missing_as_were_removed_ahead_but_nobody_is_there_twice),
        SERVER_FIXTURE_TEST(an_import_under_a_writer_that_never_rests_finds_everybody_once),
        SERVER_FIXTURE_TEST(a_cursor_ends_with_the_token_and_with_the_hour),
        SERVER_FIXTURE_TEST(a_page_by_cursor_is_unchanged_for_as_long_as_its_cursors_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
