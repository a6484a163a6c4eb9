/*
 * A real endpoint with its store, a relay that loses writes, and the sync's target before them.
 */
#pragma once

#include "agent/target/scim_target.h"
#include "scim/server/endpoint.h"
#include "tests/agent/target/losing_relay.h"
#include "tests/scim/server/server_fixture.h"

struct contract_world {
    struct server_fixture fixture;
    Endpoint *endpoint;
    struct losing_relay *relay;
    struct target *target;
    enum losing_relay_loss loss;
};

/* Every step's write is lost in this way, once. */
void contract_world_open(struct contract_world *world, enum losing_relay_loss loss);
void contract_world_close(struct contract_world *world);

/* A further target with another token. */
struct target *contract_world_open_target(struct contract_world *world, const char *token);

/* The whole state of "acme"; fails the test if there is none. */
Actual *contract_world_read_acme(struct contract_world *world);

/* A step of directory:corp in "acme"; the caller fills in the rest. */
struct plan_step contract_world_step_of(enum plan_kind kind, const char *anchor);

/* Carries a step out, however the answer or the request is lost on the way: once, for certain.
 * The person's id is given back (the caller frees), NULL once they are gone. */
char *contract_world_do_step(struct contract_world *world, const struct plan_step *step,
                             const char *person);

/* The same with nothing lost. */
void contract_world_do_quietly(struct contract_world *world, const struct plan_step *step,
                               const char *person);

/* Tries what must not be done: TARGET_NOT_DONE is expected. */
void contract_world_expect_no(struct contract_world *world, const struct plan_step *step,
                              const char *person, const char *base,
                              struct target_result *result, GError **error);

/* An invited person, and one who has accepted. The caller frees the id. */
char *contract_world_invite(struct contract_world *world, const char *anchor,
                            const char *address);
char *contract_world_make_member(struct contract_world *world, const char *anchor,
                                 const char *address);

/* Borrowed, or NULL. */
const struct actual_link *contract_world_corp_link(const struct actual_person *person);
const struct actual_person *contract_world_find_by_name(const Actual *actual,
                                                        const char *user_name);
