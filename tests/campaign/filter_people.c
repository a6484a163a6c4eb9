#include "tests/campaign/filter_people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scim/protocol/membership.h"

#define PEOPLE 1000
#define BATCH  50
#define SEATS  5000
#define PAGE   500

static const char *const given[] = {
    "Anna",
    "anna",
    "ANNA",
    "\xc3\x84nne",
    "\xc3\xa4nne",
    "Jos\xc3\xa9",
    "Jose\xcc\x81",
    "O'Brien",
    "100%",
    "a_b",
    "a!b",
    "\\",
    "\"",
    "\xe6\x9d\x8e",
    "\xf0\x9f\x98\x80",
    "",
    " x ",
    "ss",
    "\xc3\x9f",
    "I",
    "\xc4\xb1",
    "true",
    "null",
};
static const char *const words[] = {"work", "Work", "home", "other", "a b", "%", "_", "x\ty"};

static gint32 below(GRand *random, gint32 limit)
{
    return g_rand_int_range(random, 0, limit);
}

static gboolean chance(GRand *random, gint32 percent)
{
    return below(random, 100) < percent;
}

static const char *name_of(GRand *random)
{
    return given[below(random, G_N_ELEMENTS(given))];
}

static const char *word_of(GRand *random)
{
    return words[below(random, G_N_ELEMENTS(words))];
}

static void maybe_text(GRand *random, json_t *object, const char *name)
{
    if (chance(random, 30))
        json_object_set_new(object, name, json_string(name_of(random)));
}

static json_t *values_of(GRand *random, int index, gboolean is_mail)
{
    json_t *list = json_array();
    gint32 count = below(random, 4);
    for (gint32 i = 0; i < count; i++) {
        g_autofree char *value =
            is_mail ? g_strdup_printf("%s%d.%d@%s", chance(random, 50) ? "Mail" : "mail", index,
                                      i, chance(random, 30) ? "EXAMPLE.com" : "x.example")
                    : g_strdup_printf("%s%d", name_of(random), below(random, 20));
        json_t *mail = json_pack("{s:s}", "value", value);
        if (chance(random, 60))
            json_object_set_new(mail, "type", json_string(word_of(random)));
        if (i == 0 && chance(random, 50))
            json_object_set_new(mail, "primary", json_boolean(chance(random, 70)));
        if (chance(random, 20))
            json_object_set_new(mail, "display", json_string(name_of(random)));
        json_array_append_new(list, mail);
    }
    return list;
}

static void add_enterprise(GRand *random, json_t *user)
{
    static const char *const names[] = {"employeeNumber", "costCenter", "organization",
                                        "division", "department"};
    json_t *enterprise = json_object();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        maybe_text(random, enterprise, names[i]);
    if (chance(random, 20))
        json_object_set_new(enterprise, "manager", json_pack("{s:s}", "value", "m1"));
    json_object_set_new(user, SCIM_URN_ENTERPRISE, enterprise);
    json_array_append_new(json_object_get(user, "schemas"), json_string(SCIM_URN_ENTERPRISE));
}

static void add_roles(GRand *random, json_t *user, gboolean is_provider)
{
    json_t *roles = json_array();
    if (chance(random, 40))
        json_array_append_new(roles, json_pack("{s:s}", "value", "member"));
    if (chance(random, 20))
        json_array_append_new(
            roles, json_pack("{s:s, s:s}", "type", "project", "value",
                             chance(random, 50) ? "search/read-only" : "search/admin"));
    if (is_provider && chance(random, 20))
        json_array_append_new(roles, json_pack("{s:s, s:b}", "value", name_of(random),
                                               "primary", chance(random, 50)));
    json_object_set_new(user, "roles", roles);
}

static json_t *user_of(GRand *random, int index, gboolean is_provider)
{
    static const char *const texts[] = {"nickName",          "title",  "userType",
                                        "preferredLanguage", "locale", "timezone"};
    gboolean is_held = is_provider && chance(random, 10);
    g_autofree char *user_name =
        g_strdup_printf("%s%d%s", chance(random, 30) ? "User" : "user", index,
                        is_held              ? ""
                        : chance(random, 20) ? "@Example.com"
                                             : "@example.com");
    json_t *user = json_pack("{s:[s], s:s}", "schemas", SCIM_URN_USER, "userName", user_name);
    json_t *name = json_object();
    maybe_text(random, name, "givenName");
    maybe_text(random, name, "familyName");
    maybe_text(random, name, "formatted");
    json_object_set_new(user, "name", name);
    maybe_text(random, user, "displayName");
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        maybe_text(random, user, texts[i]);
    if (chance(random, 60)) {
        g_autofree char *external =
            g_strdup_printf("%s-%d", name_of(random), is_provider ? below(random, 900) : index);
        json_object_set_new(user, "externalId", json_string(external));
    }
    if (!is_held && chance(random, 50))
        json_object_set_new(user, "emails", values_of(random, index, TRUE));
    if (chance(random, 30))
        json_object_set_new(user, "phoneNumbers", values_of(random, index, FALSE));
    if (chance(random, 20))
        json_object_set_new(user, "entitlements", values_of(random, index, FALSE));
    if (chance(random, 30))
        json_object_set_new(user, "active", json_boolean(chance(random, 60)));
    if (chance(random, 40))
        add_enterprise(random, user);
    if (chance(random, 40))
        add_roles(random, user, is_provider);
    return user;
}

static struct reply post(struct server_fixture *fixture, const char *token, const char *target,
                         json_t *body)
{
    static const char *const headers[] = {"Rolecall-Origin: directory:corp", NULL};
    char *text = json_dumps(body, 0);
    struct reply reply = server_fixture_ask_with(fixture, token, "POST", target, text,
                                                 token == fixture->sync ? headers : NULL);
    free(text);
    json_decref(body);
    return reply;
}

/* Ids of those who were made. */
static void push_batch(struct filter_people *people, const char *token, json_t *operations,
                       GPtrArray *ids)
{
    struct reply reply = post(
        &people->fixture, token, "/scim/v2/Bulk",
        json_pack("{s:[s], s:o}", "schemas", SCIM_URN_BULK_REQUEST, "Operations", operations));
    const json_t *done = reply_value(&reply, "Operations");
    for (size_t i = 0; i < json_array_size(done); i++) {
        const char *location =
            json_string_value(json_object_get(json_array_get(done, i), "location"));
        if (location != NULL)
            g_ptr_array_add(ids, g_strdup(strrchr(location, '/') + 1));
    }
    reply_clear(&reply);
}

static void push(struct filter_people *people, GRand *random, GPtrArray *ids)
{
    struct server_fixture *fixture = &people->fixture;
    const char *const tokens[] = {fixture->provider, people->entra, fixture->sync,
                                  fixture->admin};
    for (int index = 0; index < PEOPLE; index += BATCH) {
        const char *token = tokens[(size_t)(index / BATCH) % G_N_ELEMENTS(tokens)];
        gboolean is_provider = token == fixture->provider || token == people->entra;
        json_t *operations = json_array();
        for (int i = index; i < index + BATCH; i++) {
            g_autofree char *bulk_id = g_strdup_printf("b%d", i);
            json_array_append_new(operations,
                                  json_pack("{s:s, s:s, s:s, s:o}", "method", "POST", "path",
                                            "/Users", "bulkId", bulk_id, "data",
                                            user_of(random, i, is_provider)));
        }
        push_batch(people, token, operations, ids);
        /* The first half is too late to accept. */
        if (index == PEOPLE / 2)
            atomic_fetch_add(&fixture->now, (gint64)49 * 3600);
        atomic_fetch_add(&fixture->now, 7);
    }
}

static void push_groups(struct filter_people *people, GRand *random, const GPtrArray *ids)
{
    struct server_fixture *fixture = &people->fixture;
    for (int i = 0; i < 12; i++) {
        json_t *members = json_array();
        for (int each = 0; each < 40; each++)
            json_array_append_new(
                members,
                json_pack("{s:s}", "value", ids->pdata[below(random, (gint32)ids->len)]));
        g_autofree char *name = g_strdup_printf("%s group %d", name_of(random), i);
        struct reply reply =
            post(fixture, i % 2 == 0 ? fixture->provider : people->entra, "/scim/v2/Groups",
                 json_pack("{s:[s], s:s, s:o}", "schemas", SCIM_URN_GROUP, "displayName", name,
                           "members", members));
        reply_clear(&reply);
    }
}

/* A provider links to people of others, and calls them by names of its own. */
static void adopt(struct filter_people *people, GRand *random, const GPtrArray *ids)
{
    int adopted = 0;
    for (int i = 0; i < 80; i++) {
        g_autofree char *target = g_strdup_printf(
            "/scim/v2/Users/%s", (char *)ids->pdata[below(random, (gint32)ids->len)]);
        g_autofree char *body =
            g_strdup_printf("{\"schemas\":[\"" SCIM_URN_PATCH
                            "\"],\"Operations\":[{\"op\":\"replace\",\"value\":"
                            "{\"externalId\":\"adopted-%d\",\"displayName\":\"%s %d\"}}]}",
                            i, i % 2 == 0 ? "Known as" : "zed", i);
        struct reply reply =
            server_fixture_ask(&people->fixture, people->entra, "PATCH", target, body);
        adopted += reply.status == 200;
        reply_clear(&reply);
    }
    if (adopted < 20) {
        fprintf(stderr, "only %d people were adopted\n", adopted);
        _exit(1);
    }
}

/* Overrides, suspensions by an owner, members who accepted. */
static void unsettle(struct filter_people *people, GRand *random, const GPtrArray *ids)
{
    struct server_fixture *fixture = &people->fixture;
    static const char *const operations[] = {
        "{\"op\":\"replace\",\"path\":\"active\",\"value\":false}",
        "{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"billing-admin\"}]}",
        "{\"op\":\"add\",\"path\":\"roles\",\"value\":[{\"value\":\"ads/read-write\"}]}",
    };
    for (int i = 0; i < 60; i++) {
        g_autofree char *target = g_strdup_printf(
            "/scim/v2/Users/%s", (char *)ids->pdata[below(random, (gint32)ids->len)]);
        g_autofree char *body =
            g_strdup_printf("{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[%s]}",
                            operations[(size_t)i % G_N_ELEMENTS(operations)]);
        struct reply reply = server_fixture_ask(fixture, fixture->admin, "PATCH", target, body);
        reply_clear(&reply);
    }
    for (int i = 0; i < 20; i++) {
        g_autofree char *mail = g_strdup_printf("Accepted%d@example.com", i);
        g_free(server_fixture_member(fixture, mail));
    }
}

static void read_as(struct filter_people *people, struct filter_viewer *viewer)
{
    viewer->people = json_array();
    viewer->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    viewer->hidden = g_ptr_array_new();
    gint64 total = 1;
    while ((gint64)json_array_size(viewer->people) < total) {
        g_autofree char *target = g_strdup_printf("/scim/v2/Users?count=%d&startIndex=%zu",
                                                  PAGE, json_array_size(viewer->people) + 1);
        struct reply reply =
            server_fixture_ask(&people->fixture, viewer->token, "GET", target, NULL);
        total = (gint64)json_integer_value(reply_value(&reply, "totalResults"));
        json_array_extend(viewer->people, json_object_get(reply.json, "Resources"));
        reply_expect(&reply, 200);
    }
    for (size_t i = 0; i < json_array_size(viewer->people); i++)
        g_hash_table_insert(viewer->by_id,
                            g_strdup(json_string_value(
                                json_object_get(json_array_get(viewer->people, i), "id"))),
                            GSIZE_TO_POINTER(i + 1));
}

void filter_people_open(struct filter_people *people, guint32 seed)
{
    *people = (struct filter_people){0};
    struct server_fixture *fixture = &people->fixture;
    server_fixture_open(fixture);
    static const char *const owners[] = {FIXTURE_DANA, FIXTURE_BREAKGLASS, NULL};
    const struct organization_draft larger = {.name = "acme", .seats = SEATS, .owners = owners};
    server_fixture_act(fixture, "acme",
                       &(struct act){.kind = ACT_ORGANIZATION_ENSURE, .organization = &larger});
    people->entra = server_fixture_token(
        fixture, "acme",
        &(struct connection_draft){.name = "entra", .scope = "people", .adopt = TRUE});
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    push(people, random, ids);
    push_groups(people, random, ids);
    adopt(people, random, ids);
    unsettle(people, random, ids);
    people->viewers[0] = (struct filter_viewer){.token = fixture->admin};
    people->viewers[1] = (struct filter_viewer){
        .token = people->entra, .origin = "scim:entra", .is_blind = TRUE};
    for (size_t i = 0; i < FILTER_VIEWERS; i++)
        read_as(people, &people->viewers[i]);
}

void filter_people_close(struct filter_people *people)
{
    for (size_t i = 0; i < FILTER_VIEWERS; i++) {
        json_decref(people->viewers[i].people);
        g_hash_table_unref(people->viewers[i].by_id);
        g_ptr_array_unref(people->viewers[i].hidden);
    }
    g_free(people->entra);
    server_fixture_close(&people->fixture);
}
