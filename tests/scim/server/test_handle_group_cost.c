#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/handle_group.h"
#include "scim/store/store_sqlite.h"
#include "tests/scim/server/server_fixture.h"

/* What a push asks of the database, counted at its door: the same in a group of ten and of a hundred
 * thousand. A driver is a table of functions, so that what it is asked can be listened to. */
static struct {
    GMutex lock;
    GPtrArray *texts; /* prepared since it was last cleared */
    guint steps;
} heard;

static void *hear_prepare(void *connection, const char *sql, GError **error)
{
    g_mutex_lock(&heard.lock);
    g_ptr_array_add(heard.texts, g_strdup(sql));
    g_mutex_unlock(&heard.lock);
    return store_sqlite.prepare(connection, sql, error);
}

static enum store_step hear_step(void *statement, GError **error)
{
    g_mutex_lock(&heard.lock);
    heard.steps++;
    g_mutex_unlock(&heard.lock);
    return store_sqlite.step(statement, error);
}

/* Ten, ten thousand and a hundred thousand members. */
static const int sizes[] = {10, 10000, 100000};

struct scene {
    struct server_fixture fixture;
    struct store_driver driver;
    Store *store;
};

static void fill(Store *store)
{
    g_autoptr(StoreSession) session = store_session_open(store, STORE_WRITE, NULL);
    g_autoptr(GError) error = NULL;
    assert_true(store_begin(session, NULL));
    gboolean ok = store_run(
        session,
        "INSERT INTO person (organization, id, user_name, user_name_folded, profile, status,"
        " role, created, modified) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1"
        " FROM n WHERE i < 100001) SELECT 'acme', 'p' || i, 'p' || i, 'p' || i, '{}',"
        " 'suspended', 0, 1, 1 FROM n",
        STORE_NOTHING, &error);
    for (size_t i = 0; ok && i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *id = g_strdup_printf("g%d", sizes[i]);
        ok = store_run(session,
                       "INSERT INTO pushed_group (organization, id, origin, display_name,"
                       " display_name_folded, created, modified) VALUES ('acme', ?1,"
                       " 'scim:okta', ?1, ?1, 1, 1)",
                       STORE_BIND(store_text(id)), &error) &&
             store_run(session,
                       "INSERT INTO pushed_member (organization, pushed_group, person)"
                       " SELECT 'acme', ?1, p.id FROM person p WHERE p.user_name LIKE 'p%'"
                       " ORDER BY p.seq LIMIT ?2",
                       STORE_BIND(store_text(id), store_int(sizes[i])), &error);
    }
    if (!ok || !store_commit(session, &error))
        fail_msg("%s", error->message);
}

static void be_quiet(void *context, GLogLevelFlags level, const char *line)
{
    (void)context;
    (void)level;
    (void)line;
}

static int open_scene(void **state)
{
    struct scene *scene = g_new0(struct scene, 1);
    struct server_fixture *fixture = &scene->fixture;
    heard.texts = g_ptr_array_new_with_free_func(g_free);
    server_fixture_open_store(fixture);
    fill(fixture->store);
    scene->driver = store_sqlite;
    scene->driver.prepare = hear_prepare;
    scene->driver.step = hear_step;
    scene->store = store_new(&scene->driver, fixture->uri + strlen("sqlite:"), NULL);
    const struct writer_options writing = {.store = scene->store,
                                           .judge = server_fixture_judge(fixture)};
    fixture->dispatch = (struct dispatch){
        .service = {.url = "http://test.example", .clock = &fixture->clock, .log = be_quiet},
        .readers = session_pool_new(scene->store),
        .writer = writer_start(&writing, NULL)};
    assert_non_null(fixture->dispatch.writer);
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    server_fixture_close(&scene->fixture);
    store_close(scene->store);
    g_ptr_array_unref(heard.texts);
    g_free(scene);
    return 0;
}

/* The steps that one request takes. */
static guint count(struct scene *scene, const char *method, const char *target,
                   const char *body, unsigned status)
{
    g_mutex_lock(&heard.lock);
    heard.steps = 0;
    g_mutex_unlock(&heard.lock);
    struct reply reply =
        server_fixture_ask(&scene->fixture, scene->fixture.provider, method, target, body);
    reply_expect(&reply, status);
    g_mutex_lock(&heard.lock);
    guint steps = heard.steps;
    g_mutex_unlock(&heard.lock);
    return steps;
}

static guint patch(struct scene *scene, int size, const char *operation)
{
    g_autofree char *target = g_strdup_printf("/scim/v2/Groups/g%d", size);
    g_autofree char *body =
        g_strdup_printf("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],"
                        "\"Operations\":[%s]}",
                        operation);
    return count(scene, "PATCH", target, body, 204);
}

/* The use of the token is written down with the first request, the state of the groups begins with
 * the first push, and the trail with the first record. */
static void warm_up(struct scene *scene)
{
    patch(scene, sizes[0],
          "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"p100000\"}]}");
    patch(scene, sizes[0],
          "{\"op\":\"remove\",\"path\":\"members[value eq \\\"p100000\\\"]\"}");
}

/* Nobody looks through a table: each statement finds its rows by a key. */
static void expect_no_scan(struct scene *scene)
{
    g_autoptr(StoreSession) session =
        store_session_open(scene->fixture.store, STORE_READ, NULL);
    for (guint i = 0; i < heard.texts->len; i++) {
        g_autofree char *sql =
            g_strconcat("EXPLAIN QUERY PLAN ", (char *)heard.texts->pdata[i], NULL);
        struct store_rows *rows = store_query(session, sql, STORE_NOTHING, FALSE);
        while (store_next(rows)) {
            const char *detail = store_text_at(rows, 3);
            if (g_str_has_prefix(detail, "SCAN m") || g_str_has_prefix(detail, "SCAN p") ||
                g_str_has_prefix(detail, "SCAN g"))
                fail_msg("%s: %s", detail, (char *)heard.texts->pdata[i]);
        }
        assert_true(store_end(rows, NULL));
    }
}

static void a_push_costs_the_same_whatever_the_size_of_the_group(void **state)
{
    struct scene *scene = *state;

    static const struct {
        const char *name, *operation;
    } pushes[] = {
        {"add", "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"p100001\"}]}"},
        {"add again",
         "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"p100001\"}]}"},
        {"remove by value",
         "{\"op\":\"Remove\",\"path\":\"members\",\"value\":[{\"value\":\"p100001\"}]}"},
        {"remove by filter", "{\"op\":\"remove\",\"path\":\"members[value eq \\\"p3\\\"]\"}"},
        {"remove and add",
         "{\"op\":\"remove\",\"path\":\"members[value eq \\\"p4\\\"]\"},"
         "{\"op\":\"add\",\"path\":\"members\",\"value\":[{\"value\":\"p3\"}]}"},
    };

    warm_up(scene);
    for (size_t i = 0; i < G_N_ELEMENTS(pushes); i++) {
        guint steps[G_N_ELEMENTS(sizes)];
        for (size_t j = 0; j < G_N_ELEMENTS(sizes); j++) {
            steps[j] = patch(scene, sizes[j], pushes[i].operation);
        }
        print_message("%s: %u steps of SQL\n", pushes[i].name, steps[0]);
        for (size_t j = 1; j < G_N_ELEMENTS(sizes); j++)
            if (steps[j] != steps[0])
                fail_msg("%s: %u steps in a group of %d, %u in one of %d", pushes[i].name,
                         steps[0], sizes[0], steps[j], sizes[j]);
    }
    expect_no_scan(scene);
}

static void what_leaves_the_members_out_does_not_read_them(void **state)
{
    struct scene *scene = *state;
    static const char *const queries[] = {
        "/scim/v2/Groups/g%d?excludedAttributes=members",
        "/scim/v2/Groups/g%d?attributes=displayName",
        "/scim/v2/Groups?excludedAttributes=members&filter=displayName%20eq%20%22g%d%22",
        "/scim/v2/Groups?excludedAttributes=members&filter=id%20eq%20%22g%d%22%20and"
        "%20members%20eq%20%22p7%22",
    };
    warm_up(scene);
    for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
        guint steps[G_N_ELEMENTS(sizes)];
        for (size_t j = 0; j < G_N_ELEMENTS(sizes); j++) {
            g_autofree char *number = g_strdup_printf("%d", sizes[j]);
            g_auto(GStrv) parts = g_strsplit(queries[i], "%d", 2);
            g_autofree char *target = g_strjoinv(number, parts);
            steps[j] = count(scene, "GET", target, NULL, 200);
            assert_int_equal(steps[j], steps[0]);
        }
        print_message("%s: %u steps of SQL\n", queries[i], steps[0]);
    }
    /* A hundred of a hundred thousand. */
    guint page = count(scene, "GET",
                       "/scim/v2/Groups/g100000?attributes=members&membersStartIndex=500"
                       "&membersCount=100",
                       NULL, 200);
    print_message("a page of 100 members: %u steps of SQL\n", page);
    assert_true(page < 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_push_costs_the_same_whatever_the_size_of_the_group,
                                        open_scene, close_scene),
        cmocka_unit_test_setup_teardown(what_leaves_the_members_out_does_not_read_them,
                                        open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
