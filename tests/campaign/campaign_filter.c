/*
 * Filters by chance on a thousand people with odd data: what SQL says of them and what is found by
 * evaluating them in memory are the same people, and a slow evaluator of its own says so too. Some
 * are asked over the wire as well: by index and by cursor, sorted and not.
 *
 *   campaign_filter [FILTERS [SEED]]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scim/organization/person_list.h"
#include "scim/protocol/filter_match.h"
#include "scim/protocol/schema_tables.h"
#include "tests/campaign/filter_people.h"
#include "tests/campaign/filter_tree.h"

#define FILTERS      100000
#define ON_THE_WIRE  40 /* one in as many */
#define LONGEST      4000
#define CURSOR_COUNT 173

struct campaign {
    struct filter_people people;
    StoreSession *session;
    GRand *random;
    guint64 tried, whole, found, asked, skipped;
};

/* One filter, looked at by somebody. */
struct question {
    struct filter_viewer *viewer;
    const struct tree *tree;
    const char *text;
    const Filter *filter;
    gboolean asked_memory;
};

static gboolean matches(void *context, const struct person_facts *facts)
{
    struct question *question = context;
    gsize place = GPOINTER_TO_SIZE(g_hash_table_lookup(question->viewer->by_id, facts->id));
    question->asked_memory = TRUE;
    return place > 0 &&
           filter_match(question->filter, json_array_get(question->viewer->people, place - 1));
}

static void complain(const struct question *question, const char *what, const char *id)
{
    fprintf(stderr, "%s\n  %s: %s, as %s\n", question->text, what, id,
            question->viewer->origin != NULL ? question->viewer->origin : "an administrator");
    _exit(1);
}

/* userName or externalId, exactly: then whoever is protected is found as well. */
static gboolean names_somebody(const struct filter_node *root)
{
    return root->kind == FILTER_COMPARE && root->comparison == FILTER_EQ &&
           root->reference.container == NULL && root->reference.attribute != NULL &&
           (strcmp(root->reference.attribute->name, "userName") == 0 ||
            strcmp(root->reference.attribute->name, "externalId") == 0);
}

/* The places of those for whom both evaluators say yes, one byte a place. */
static GByteArray *expect(const struct question *question)
{
    GByteArray *expected = g_byte_array_new();
    size_t i;
    json_t *person;
    json_array_foreach(question->viewer->people, i, person)
    {
        guint8 holds = (guint8)filter_tree_holds(question->tree, person);
        if (holds != (guint8)filter_match(question->filter, person))
            complain(question, holds ? "memory does not find" : "memory finds",
                     json_string_value(json_object_get(person, "id")));
        g_byte_array_append(expected, &holds, 1);
    }
    return expected;
}

static void ask_store(struct campaign *campaign, struct question *question,
                      const GByteArray *expected)
{
    struct person_page page = {0};
    const struct person_query query = {.organization = "acme",
                                       .filter = question->filter->root,
                                       .matches = matches,
                                       .context = question,
                                       .view = question->viewer->origin,
                                       .hide_protected = question->viewer->is_blind,
                                       .count = G_MAXINT32,
                                       .now = atomic_load(&campaign->people.fixture.now)};
    if (!person_list(campaign->session, &query, &page, NULL))
        complain(question, "the store fails", "-");
    gsize last = 0, count = 0;
    for (guint i = 0; i < page.people->len; i++) {
        const struct person_facts *facts = page.people->pdata[i];
        gsize place = GPOINTER_TO_SIZE(g_hash_table_lookup(question->viewer->by_id, facts->id));
        if (place == 0 && names_somebody(question->filter->root))
            continue;
        if (place == 0 || place <= last || expected->data[place - 1] == 0)
            complain(question, "the store finds", facts->id);
        last = place;
        count++;
    }
    for (guint i = 0; i < expected->len; i++)
        count -= expected->data[i];
    if (count != 0)
        complain(question, "the store does not find", "somebody");
    campaign->found += page.people->len;
    campaign->whole += !question->asked_memory;
    person_page_clear(&page);
}

/* Reads one list whole, page by page; how often each is there. */
static void read_list(struct campaign *campaign, const struct question *question,
                      const char *query, gboolean by_cursor, guint *seen)
{
    g_autofree char *cursor = g_strdup("");
    for (gint64 at = 1; cursor != NULL;) {
        g_autofree char *where = by_cursor ? g_strdup_printf("cursor=%s", cursor)
                                           : g_strdup_printf("startIndex=%d", (int)at);
        g_autofree char *target =
            g_strdup_printf("/scim/v2/Users?count=%d&%s%s", CURSOR_COUNT, where, query);
        struct reply reply = server_fixture_ask(&campaign->people.fixture,
                                                question->viewer->token, "GET", target, NULL);
        if (reply.status != 200)
            complain(question, "refused", target);
        const json_t *rows = reply_value(&reply, "Resources");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            gsize place = GPOINTER_TO_SIZE(g_hash_table_lookup(
                question->viewer->by_id,
                json_string_value(json_object_get(json_array_get(rows, i), "id"))));
            if (place > 0)
                seen[place - 1]++;
        }
        at += (gint64)json_array_size(rows);
        gboolean is_last = by_cursor ? reply_text(&reply, "nextCursor") == NULL
                                     : json_array_size(rows) < CURSOR_COUNT;
        g_free(cursor);
        cursor = is_last     ? NULL
                 : by_cursor ? g_strdup(reply_text(&reply, "nextCursor"))
                             : g_strdup("");
        reply_clear(&reply);
    }
}

static void ask_wire(struct campaign *campaign, const struct question *question,
                     const GByteArray *expected)
{
    static const char *const orders[] = {"",
                                         "&sortBy=userName",
                                         "&sortBy=displayName&sortOrder=descending",
                                         "&sortBy=meta.lastModified",
                                         "&sortBy=emails",
                                         "&sortBy=externalId&sortOrder=descending",
                                         "&sortBy=id"};
    const char *order =
        orders[g_rand_int_range(campaign->random, 0, (gint32)G_N_ELEMENTS(orders))];
    g_autofree char *escaped = g_uri_escape_string(question->text, NULL, FALSE);
    g_autofree char *query = g_strconcat("&attributes=id&filter=", escaped, order, NULL);
    for (int by_cursor = 0; by_cursor < 2; by_cursor++) {
        g_autofree guint *seen = g_new0(guint, expected->len);
        read_list(campaign, question, query, by_cursor == 1, seen);
        for (guint i = 0; i < expected->len; i++)
            if (seen[i] != expected->data[i])
                complain(question, order,
                         json_string_value(json_object_get(
                             json_array_get(question->viewer->people, i), "id")));
    }
    campaign->asked++;
}

static void try_one(struct campaign *campaign)
{
    struct filter_viewer *viewer =
        &campaign->people.viewers[g_rand_int_range(campaign->random, 0, FILTER_VIEWERS)];
    struct tree *tree = filter_tree_new(campaign->random, viewer->people);
    g_autofree char *text = filter_tree_print(campaign->random, tree);
    struct fault fault = {0};
    g_autoptr(Filter) filter =
        filter_parse(&schema_tables_user, text, strlen(text), NULL, NULL, &fault);
    struct question question = {viewer, tree, text, filter, FALSE};
    if (filter == NULL && strlen(text) < LONGEST)
        complain(&question, "not read", fault.detail);
    if (filter == NULL) {
        campaign->skipped++;
    } else {
        g_autoptr(GByteArray) expected = expect(&question);
        ask_store(campaign, &question, expected);
        if (campaign->tried % ON_THE_WIRE == 0)
            ask_wire(campaign, &question, expected);
    }
    campaign->tried++;
    fault_clear(&fault);
    filter_tree_free(tree);
}

int main(int argc, char **argv)
{
    guint64 filters = argc > 1 ? g_ascii_strtoull(argv[1], NULL, 10) : FILTERS;
    guint32 seed = argc > 2 ? (guint32)g_ascii_strtoull(argv[2], NULL, 10) : 1;
    struct campaign campaign = {.random = g_rand_new_with_seed(seed)};
    filter_people_open(&campaign.people, seed);
    campaign.session = store_session_open(campaign.people.fixture.store, STORE_READ, NULL);
    if (campaign.session == NULL || !store_begin(campaign.session, NULL))
        return 1;
    while (campaign.tried < filters)
        try_one(&campaign);
    printf("%" G_GUINT64_FORMAT " filters on %zu people, %" G_GUINT64_FORMAT
           " said whole by SQL, %" G_GUINT64_FORMAT " over the wire, %" G_GUINT64_FORMAT
           " too long; %" G_GUINT64_FORMAT " found\n",
           campaign.tried, json_array_size(campaign.people.viewers[0].people), campaign.whole,
           campaign.asked, campaign.skipped, campaign.found);
    store_session_close(campaign.session);
    filter_people_close(&campaign.people);
    g_rand_free(campaign.random);
    return 0;
}
