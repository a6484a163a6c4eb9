#include "tests/rules/rules_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/store/store_open.h"
#include "tests/rules/rules_people.h"

static void keep_quiet(void *context, GLogLevelFlags level, const char *line)
{
    (void)context;
    if ((level & G_LOG_LEVEL_WARNING) != 0)
        g_printerr("# %s\n", line);
}

static void start(struct rules_world *world)
{
    g_autoptr(GError) error = NULL;
    struct server_fixture *server = &world->server;
    const struct writer_options writing = {
        .store = server->store,
        .judge = server_fixture_judge(server),
    };
    server->dispatch = (struct dispatch){
        .service = {.url = "http://test.example", .clock = &server->clock, .log = keep_quiet},
        .readers = session_pool_new(server->store),
        .writer = writer_start(&writing, &error),
    };
    assert_non_null(server->dispatch.writer);
    world->session = store_session_open(server->store, STORE_READ, &error);
    assert_non_null(world->session);
    rules_world_moved(world);
}

static void stop(struct rules_world *world)
{
    struct server_fixture *server = &world->server;
    store_session_close(g_steal_pointer(&world->session));
    writer_stop(g_steal_pointer(&server->dispatch.writer));
    session_pool_free(g_steal_pointer(&server->dispatch.readers));
    store_close(g_steal_pointer(&server->store));
}

static void open_store(struct rules_world *world)
{
    g_autoptr(GError) error = NULL;
    world->server.store = store_open(world->server.uri, &error);
    if (world->server.store == NULL)
        fail_msg("%s", error->message);
}

static void copy_file(const char *from, const char *to)
{
    g_autofree char *bytes = NULL;
    gsize length = 0;
    assert_true(g_file_get_contents(from, &bytes, &length, NULL));
    assert_true(g_file_set_contents_full(to, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                                         0600, NULL));
}

static char *database(const struct rules_world *world)
{
    return g_build_filename(world->server.folder, "rolecall.db", NULL);
}

static char *one_text(struct rules_world *world, const char *sql,
                      const struct store_value *values)
{
    g_autoptr(GError) error = NULL;
    struct store_rows *rows = store_query(world->session, sql, values, TRUE);
    char *text = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    if (!store_end(rows, &error))
        fail_msg("%s", error->message);
    return text;
}

/* The tables that a reset puts back, separated by commas. */
static char *tables_of(struct rules_world *world)
{
    return one_text(world,
                    "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table'"
                    " AND name NOT IN ('audit', 'audit_head', 'migration')",
                    STORE_NOTHING);
}

static void must(struct rules_world *world, const char *sql, const struct store_value *values)
{
    g_autoptr(GError) error = NULL;
    if (!store_run(world->undo, sql, values, &error))
        fail_msg("%s: %s", sql, error->message);
}

static void prepare_undo(struct rules_world *world)
{
    g_autoptr(GError) error = NULL;
    world->undo = store_session_open(world->server.store, STORE_WRITE, &error);
    assert_non_null(world->undo);
    must(world, "PRAGMA foreign_keys = OFF", STORE_NOTHING);
    must(world, "PRAGMA synchronous = OFF", STORE_NOTHING);
    must(world, "ATTACH ? AS kept", STORE_BIND(store_text(world->copy)));
}

void rules_world_open(struct rules_world *world)
{
    *world = (struct rules_world){0};
    server_fixture_open_store(&world->server);
    world->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    start(world);
    rules_people_fill(world);
    stop(world);
    world->copy = g_build_filename(world->server.folder, "copy.db", NULL);
    g_autofree char *file = database(world);
    copy_file(file, world->copy);
    open_store(world);
    start(world);
    prepare_undo(world);
}

void rules_world_reset(struct rules_world *world)
{
    g_autofree char *names = tables_of(world);
    g_auto(GStrv) tables = g_strsplit(names, ",", -1);
    assert_true(store_begin(world->undo, NULL));
    for (char **table = tables; *table != NULL; table++) {
        g_autofree char *clear = g_strconcat("DELETE FROM main.", *table, NULL);
        g_autofree char *fill =
            g_strdup_printf("INSERT INTO main.%s SELECT * FROM kept.%s", *table, *table);
        must(world, clear, STORE_NOTHING);
        must(world, fill, STORE_NOTHING);
    }
    assert_true(store_commit(world->undo, NULL));
    rules_world_moved(world);
}

void rules_world_close(struct rules_world *world)
{
    store_session_close(world->undo);
    stop(world);
    open_store(world);
    server_fixture_close(&world->server);
    g_hash_table_unref(world->ids);
    g_free(world->copy);
    for (int home = 0; home < RULES_HOMES; home++)
        for (int actor = 0; actor < RULES_ACTORS; actor++)
            g_free(world->tokens[home][actor]);
}

const char *rules_world_home(enum rules_home home)
{
    return home == HOME_GLOBEX ? "globex" : "solo";
}

static const struct {
    const char *name; /* of the person; NULL: a service */
    const char *words;
} actors[RULES_ACTORS] = {
    [BY_DANA] = {"dana", "an owner"},
    [BY_OSCAR] = {"oscar", "a second owner"},
    [BY_BREAKGLASS] = {"breakglass", "a protected owner"},
    [BY_BILL] = {"bill", "a billing-admin"},
    [BY_MIA] = {"mia", "a member"},
    [BY_PIA] = {"pia", "the admin of search"},
    [BY_ADAM] = {"adam", "an admin of ads"},
    [BY_INVITED] = {NULL, "somebody invited"},
    [BY_SUE] = {"sue", "somebody suspended"},
    [BY_REX] = {"rex", "somebody removed"},
    [BY_OKTA] = {NULL, "the provider okta"},
    [BY_PING] = {NULL, "the provider ping"},
    [BY_CORP] = {NULL, "the sync of directory:corp"},
    [BY_LAB] = {NULL, "the sync of directory:lab"},
    [BY_NAMELESS] = {NULL, "a sync that names no directory"},
    [BY_EVERYWHERE] = {NULL, "a sync of all organizations"},
    [BY_CONSOLE] = {NULL, "an admin token"},
    [BY_REPORT] = {NULL, "a reading token"},
    [BY_TERMINAL] = {NULL, "the operator"},
    [BY_OLGA] = {NULL, "an owner elsewhere"},
    [BY_FOREIGN] = {NULL, "an admin token of elsewhere"},
    [BY_NOBODY] = {NULL, "nobody"},
};

const char *rules_world_actor(enum rules_actor actor)
{
    return actors[actor].words;
}

const char *rules_world_name(enum rules_home home, enum rules_actor actor)
{
    return home == HOME_SOLO && actor == BY_DANA ? "cole" : actors[actor].name;
}

const char *rules_world_id(struct rules_world *world, enum rules_home home, const char *name)
{
    g_autofree char *key = g_strconcat(rules_world_home(home), "/", name, NULL);
    const char *id = g_hash_table_lookup(world->ids, key);
    if (id == NULL)
        fail_msg("there is no %s", key);
    return id;
}

char *rules_world_invitation(struct rules_world *world, enum rules_home home, const char *name)
{
    const char *id = rules_world_id(world, home, name);
    return one_text(world,
                    "SELECT id FROM invitation WHERE organization = ? AND person = ?"
                    " ORDER BY sent_at DESC LIMIT 1",
                    STORE_BIND(store_text(rules_world_home(home)), store_text(id)));
}

char *rules_world_project(struct rules_world *world, enum rules_home home, const char *name)
{
    return one_text(world, "SELECT id FROM project WHERE organization = ? AND name = ?",
                    STORE_BIND(store_text(rules_world_home(home)), store_text(name)));
}

static const char *origin_header(enum rules_actor actor)
{
    if (actor == BY_CORP || actor == BY_EVERYWHERE)
        return "Rolecall-Origin: directory:corp";
    return actor == BY_LAB ? "Rolecall-Origin: directory:lab" : NULL;
}

struct reply rules_world_ask(struct rules_world *world, enum rules_home home,
                             enum rules_actor actor, const char *method, const char *path,
                             const json_t *body)
{
    const char *const headers[] = {origin_header(actor), NULL};
    gboolean names = actor == BY_EVERYWHERE || actor == BY_OLGA || actor == BY_FOREIGN;
    g_autofree char *prefix =
        names ? g_strconcat("/organizations/", rules_world_home(home), NULL) : g_strdup("");
    g_autofree char *target = g_strconcat(prefix, "/scim/v2", path, NULL);
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    struct reply reply = server_fixture_ask_with(&world->server, world->tokens[home][actor],
                                                 method, target, text, headers);
    free(text);
    return reply;
}

gboolean rules_world_moved(struct rules_world *world)
{
    gint64 before = world->version;
    assert_true(store_number(world->session, "PRAGMA data_version", STORE_NOTHING, 0,
                             &world->version, NULL));
    return world->version != before;
}

/* An expression that prints every column of a table. */
static char *row_of(struct rules_world *world, const char *table)
{
    return one_text(world,
                    "SELECT group_concat('quote(' || name || ')', ' || '' '' || ')"
                    " FROM pragma_table_info(?) WHERE name <> 'last_used_at'",
                    STORE_BIND(store_text(table)));
}

char *rules_world_dump(struct rules_world *world)
{
    GString *dump = g_string_new(NULL);
    g_autofree char *names = tables_of(world);
    g_auto(GStrv) tables = g_strsplit(names, ",", -1);
    for (char **table = tables; *table != NULL; table++) {
        g_autofree char *row = row_of(world, *table);
        g_autofree char *sql =
            g_strdup_printf("SELECT group_concat(%s, char(10)) FROM %s", row, *table);
        g_autofree char *rows = one_text(world, sql, STORE_NOTHING);
        g_string_append_printf(dump, "%s\n%s\n", *table, rows != NULL ? rows : "");
    }
    return g_string_free(dump, FALSE);
}

char *rules_world_brief(struct rules_world *world)
{
    return one_text(
        world,
        "SELECT group_concat(line, char(10)) FROM (SELECT p.organization || '/' || p.user_name"
        " || ' ' || p.status || ' ' || p.role || ' sent ' || (SELECT COALESCE(SUM(sent_count),"
        " 0) FROM invitation i WHERE i.organization = p.organization AND i.person = p.id)"
        " || COALESCE((SELECT group_concat(' ' || e.project || '/' || e.role, '') FROM"
        "  (SELECT project, role FROM person_project WHERE organization = p.organization"
        "   AND person = p.id ORDER BY project) e), '') AS line FROM person p"
        " UNION ALL SELECT organization || '#' || name || ' ' || display_name FROM project"
        " ORDER BY line)",
        STORE_NOTHING);
}

gint64 rules_world_records(struct rules_world *world)
{
    gint64 count = 0;
    assert_true(store_number(world->session, "SELECT COUNT(*) FROM audit", STORE_NOTHING, 0,
                             &count, NULL));
    return count;
}
