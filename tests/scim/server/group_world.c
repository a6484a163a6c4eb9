#include "tests/scim/server/group_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[] = {"ada", "bea", "cal", "dov", "eve", "fay"};

const char *group_world_id(const struct group_world *world, const char *name)
{
    const char *id = g_hash_table_lookup(world->ids, name);
    if (id == NULL) {
        fail_msg("nobody is called '%s'", name);
    }
    return id;
}

void group_world_note(struct group_world *world, const char *name, const char *id)
{
    assert_non_null(id);
    g_hash_table_replace(world->ids, g_strdup(name), g_strdup(id));
}

/* The name in braces at the beginning of `text`, where it is one of ours; NULL otherwise. */
static const char *id_at(const struct group_world *world, const char *text, size_t *length)
{
    const char *end = strchr(text, '}');
    if (end == NULL) {
        return NULL;
    }
    g_autofree char *name = g_strndup(text + 1, (gsize)(end - text - 1));
    *length = (size_t)(end - text) + 1;
    return g_hash_table_lookup(world->ids, name);
}

char *group_world_text(const struct group_world *world, const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    GString *out = g_string_new(NULL);
    while (*text != '\0') {
        size_t length = 1;
        const char *id = *text == '{' ? id_at(world, text, &length) : NULL;
        if (id != NULL) {
            g_string_append(out, id);
            text += length;
        } else {
            g_string_append_c(out, *text == '\'' ? '"' : *text);
            text++;
        }
    }
    return g_string_free(out, FALSE);
}

struct reply group_world_ask_with(struct group_world *world, const char *token,
                                  const char *method, const char *target, const char *body,
                                  const char *header)
{
    g_autofree char *path = group_world_text(world, target);
    g_autofree char *whole = g_strconcat("/scim/v2", path, NULL);
    g_autofree char *text = group_world_text(world, body);
    g_autofree char *more = group_world_text(world, header);
    const char *const headers[] = {more, NULL};
    return server_fixture_ask_with(&world->fixture,
                                   token != NULL ? token : world->fixture.provider, method,
                                   whole, text, headers);
}

struct reply group_world_ask(struct group_world *world, const char *token, const char *method,
                             const char *target, const char *body)
{
    return group_world_ask_with(world, token, method, target, body, NULL);
}

void group_world_push(struct group_world *world, const char *token, const char *name,
                      const char *display_name, const char *members)
{
    g_autofree char *body =
        g_strdup_printf("{" GROUP_WORLD_SCHEMA ",'displayName':'%s'%s%s}", display_name,
                        members != NULL ? ",'members':" : "", members != NULL ? members : "");
    struct reply reply = group_world_ask(world, token, "POST", "/Groups", body);
    if (reply.status == 201) {
        group_world_note(world, name, reply_text(&reply, "id"));
    }
    reply_expect(&reply, 201);
}

static void make_person(struct group_world *world, const char *name)
{
    g_autofree char *body =
        g_strdup_printf("{'schemas':['urn:ietf:params:scim:schemas:core:2.0:User'],"
                        "'userName':'%s@example.com','externalId':'x-%s'}",
                        name, name);
    struct reply reply = group_world_ask(world, NULL, "POST", "/Users", body);
    if (reply.status == 201) {
        group_world_note(world, name, reply_text(&reply, "id"));
    }
    reply_expect(&reply, 201);
}

int group_world_set_up(void **state)
{
    struct group_world *world = g_new0(struct group_world, 1);
    server_fixture_open(&world->fixture);
    world->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        make_person(world, names[i]);
    }
    group_world_push(world, NULL, "search", "Search",
                     "[" GROUP_WORLD_MEMBER("ada") "," GROUP_WORLD_MEMBER("bea") "]");
    *state = world;
    return 0;
}

int group_world_tear_down(void **state)
{
    struct group_world *world = *state;
    g_hash_table_unref(world->ids);
    server_fixture_close(&world->fixture);
    g_free(world);
    return 0;
}

static const char *name_of(const struct group_world *world, const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_strcmp0(group_world_id(world, names[i]), id) == 0) {
            return names[i];
        }
    }
    return id;
}

char *group_world_members(struct group_world *world, const char *group)
{
    g_autofree char *target = g_strdup_printf("/Groups/{%s}?attributes=members", group);
    struct reply reply = group_world_ask(world, world->fixture.admin, "GET", target, NULL);
    const json_t *members = reply_value(&reply, "members");
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(members); i++) {
        const char *id =
            json_string_value(json_object_get(json_array_get(members, i), "value"));
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", name_of(world, id));
    }
    reply_expect(&reply, 200);
    return g_string_free(text, FALSE);
}

void group_world_expect(struct group_world *world, const char *group, const char *members)
{
    g_autofree char *are = group_world_members(world, group);
    assert_string_equal(are, members);
}

gint64 group_world_version(struct group_world *world, const char *group)
{
    g_autofree char *target = g_strdup_printf("/Groups/{%s}?excludedAttributes=members", group);
    struct reply reply = group_world_ask(world, world->fixture.admin, "GET", target, NULL);
    const char *tag = exchange_answer_header(reply.exchange, "ETag");
    assert_non_null(tag);
    gint64 version = g_ascii_strtoll(tag + strlen("W/\""), NULL, 10);
    reply_expect(&reply, 200);
    return version;
}
