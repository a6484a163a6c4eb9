/*
 * The server fixture with six people of the provider "okta" (ada, bea, cal, dov, eve, fay) and a
 * group "Search" of theirs with ada and bea in it, for tests that push groups.
 *
 *   struct reply reply = group_world_ask(world, NULL, "PATCH", "/Groups/{search}",
 *                                        GROUP_WORLD_PATCH("{'op':'remove','path':'members'}"));
 *   group_world_expect(world, "search", "");
 *
 * In targets and bodies {ada} is the id of a person or group of that name, ' stands for ".
 */
#pragma once

#include "tests/scim/server/server_fixture.h"

#define GROUP_WORLD_SCHEMA "'schemas':['urn:ietf:params:scim:schemas:core:2.0:Group']"
#define GROUP_WORLD_PATCH(operations)                                                          \
    "{'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp'],'Operations':[" operations   \
    "]}"
#define GROUP_WORLD_MEMBER(name) "{'value':'{" name "}'}"

struct group_world {
    struct server_fixture fixture;
    GHashTable *ids; /* name -> id */
};

/* Functions of cmocka: the state is the world. */
int group_world_set_up(void **state);
int group_world_tear_down(void **state);

#define GROUP_WORLD_TEST(test)                                                                 \
    cmocka_unit_test_setup_teardown(test, group_world_set_up, group_world_tear_down)

/* The id behind a name; note() keeps one (copied). */
const char *group_world_id(const struct group_world *world, const char *name);
void group_world_note(struct group_world *world, const char *name, const char *id);

/* {names} and quotes put in. NULL stays NULL. The caller frees. */
char *group_world_text(const struct group_world *world, const char *text);

/* A request under /scim/v2 as that token (NULL: the provider okta). */
struct reply group_world_ask(struct group_world *world, const char *token, const char *method,
                             const char *target, const char *body);

/* The same with one header more. */
struct reply group_world_ask_with(struct group_world *world, const char *token,
                                  const char *method, const char *target, const char *body,
                                  const char *header);

/* Pushes a group of that displayName, noted under `name`. */
void group_world_push(struct group_world *world, const char *token, const char *name,
                      const char *display_name, const char *members);

/* "ada bea": whose group it is in the order in which they came, read by an administrator; of
 * somebody without a name the id. The caller frees. */
char *group_world_members(struct group_world *world, const char *group);

/* Fails the test unless those are the members. */
void group_world_expect(struct group_world *world, const char *group, const char *members);

/* The version of a group, as its ETag. */
gint64 group_world_version(struct group_world *world, const char *group);
