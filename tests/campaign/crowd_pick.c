#include "tests/campaign/crowd_pick.h"

#define NAMES 10

static const char *const names[NAMES] = {
    "p0@example.com", "p1@example.com", "p2@example.com", "p3@example.com", "p4@example.com",
    "p5@example.com", "p6@example.com", "p7@example.com", "p8@example.com", "p9@example.com"};

/* How the tables are asked for one of their rows: how many, and the one at a place. */
static const struct {
    const char *count, *pick;
} tables[CROWD_ROW_KINDS] = {
    [CROWD_ROW_PROJECT] = {"SELECT COUNT(*) FROM project WHERE organization = 'acme'",
                           "SELECT id FROM project WHERE organization = 'acme' ORDER BY name"
                           " LIMIT 1 OFFSET ?"},
    [CROWD_ROW_MARKER] = {"SELECT COUNT(*) FROM marker WHERE organization = 'acme'",
                          "SELECT id FROM marker WHERE organization = 'acme' ORDER BY id"
                          " LIMIT 1 OFFSET ?"},
    [CROWD_ROW_TOKEN] = {"SELECT COUNT(*) FROM token WHERE organization = 'acme'",
                         "SELECT id FROM token WHERE organization = 'acme' ORDER BY id"
                         " LIMIT 1 OFFSET ?"},
    [CROWD_ROW_GROUP] = {"SELECT COUNT(*) FROM pushed_group WHERE organization = 'acme'",
                         "SELECT id FROM pushed_group WHERE organization = 'acme' ORDER BY id"
                         " LIMIT 1 OFFSET ?"},
    [CROWD_ROW_WAITING_LINK] = {"SELECT COUNT(*) FROM outbox WHERE organization = 'acme'"
                                " AND state = 'waiting'",
                                "SELECT token FROM outbox WHERE organization = 'acme'"
                                " AND state = 'waiting' ORDER BY id LIMIT 1 OFFSET ?"},
};

char *crowd_pick_row(struct crowd *crowd, enum crowd_row kind)
{
    gint64 count = 0;
    if (!store_number(crowd->session, tables[kind].count, STORE_NOTHING, 0, &count, NULL) ||
        count == 0)
        return NULL;
    struct store_rows *rows =
        store_query(crowd->session, tables[kind].pick,
                    STORE_BIND(store_int(crowd_draw(crowd, (guint)count))), TRUE);
    char *id = store_next(rows) ? g_strdup(store_text_at(rows, 0)) : NULL;
    return store_end(rows, NULL) ? id : NULL;
}

const struct person_facts *crowd_pick_person(struct crowd *crowd)
{
    return crowd->people->pdata[crowd_draw(crowd, crowd->people->len)];
}

const char *crowd_pick_name(struct crowd *crowd)
{
    return names[crowd_draw(crowd, NAMES)];
}
