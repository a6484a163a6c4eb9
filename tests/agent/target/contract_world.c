#include "tests/agent/target/contract_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"
#include "tests/agent/target/scripted_endpoint.h"

struct target *contract_world_open_target(struct contract_world *world, const char *token)
{
    static const struct retry_policy policy = {
        .first_ms = 1, .cap_ms = 1, .budget_ms = 1000, .attempts = 3};
    const struct scim_target_settings settings = {
        .http = {.url = world->relay->url, .token = token, .timeout_ms = 20000},
        .by_organization = TRUE,
        .policy = &policy,
        .waiter = &scripted_endpoint_waiter,
        .random = &scripted_endpoint_random,
    };
    struct target *target = scim_target_new(&settings, NULL);
    assert_non_null(target);
    return target;
}

void contract_world_open(struct contract_world *world, enum losing_relay_loss loss)
{
    struct endpoint_options options;
    g_autoptr(GError) error = NULL;
    *world = (struct contract_world){.loss = loss};
    server_fixture_open_store(&world->fixture);
    endpoint_options_default(&options);
    options.listen = "127.0.0.1:0";
    options.store = world->fixture.uri;
    options.judge = server_fixture_judge(&world->fixture);
    world->endpoint = endpoint_start(&options, &error);
    if (world->endpoint == NULL) {
        fail_msg("%s", error->message);
    }
    world->relay = losing_relay_start(endpoint_port(world->endpoint));
    world->target = contract_world_open_target(world, world->fixture.everywhere);
}

void contract_world_close(struct contract_world *world)
{
    world->target->free(world->target);
    losing_relay_stop(world->relay);
    endpoint_stop(world->endpoint);
    server_fixture_close(&world->fixture);
}

Actual *contract_world_read_acme(struct contract_world *world)
{
    g_autoptr(GError) error = NULL;
    Actual *actual = world->target->read(world->target, "acme", &error);
    if (actual == NULL) {
        fail_msg("%s", error->message);
    }
    return actual;
}

struct plan_step contract_world_step_of(enum plan_kind kind, const char *anchor)
{
    return (struct plan_step){.kind = kind,
                              .organization = "acme",
                              .origin = "directory:corp",
                              .external_id = anchor,
                              .user_name = anchor};
}

static struct target_write write_of(struct contract_world *world, const struct plan_step *step,
                                    const char *person, char **base)
{
    gboolean needs_base = step->kind != PLAN_INVITE && (step->flags & PLAN_STAND_IN) == 0;
    *base =
        needs_base ? world->target->read_version(world->target, "acme", person, NULL) : NULL;
    return (struct target_write){
        .step = step, .person = person, .base = *base, .key = "k", .run = "r1"};
}

/* Carries a step out, however the answer or the request is lost on the way: once, for certain.
 * The person's id is given back (the caller frees), NULL once they are gone. */
char *contract_world_do_step(struct contract_world *world, const struct plan_step *step,
                             const char *person)
{
    struct target *target = world->target;
    struct target_result result = {0};
    g_autofree char *base = NULL;
    g_autoptr(GError) error = NULL;
    const struct target_write write = write_of(world, step, person, &base);
    guint before = losing_relay_writes(world->relay);

    losing_relay_lose(world->relay, world->loss);
    enum target_end end = target->carry_out(target, &write, &result, &error);
    if (world->loss != LOSING_RELAY_NOTHING) {
        assert_int_equal(end, TARGET_UNCERTAIN);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_UNCERTAIN));
        g_clear_error(&error);
        enum target_past past = target->look_back(target, &write, &result, &error);
        assert_null(error);
        assert_int_equal(past,
                         world->loss == LOSING_RELAY_ANSWER ? TARGET_HAPPENED : TARGET_DID_NOT);
        end = past == TARGET_HAPPENED ? TARGET_DONE
                                      : target->carry_out(target, &write, &result, &error);
    }
    if (end != TARGET_DONE) {
        fail_msg("%s: %s", plan_kind_name(step->kind),
                 error != NULL ? error->message : result.refusal.detail);
    }
    assert_int_equal(losing_relay_writes(world->relay), before + 1);
    if (result.person != NULL) {
        g_autofree char *version = target->read_version(target, "acme", result.person, NULL);
        assert_string_equal(result.version, version);
    }
    char *made = g_strdup(result.person);
    target_result_clear(&result);
    return made;
}

void contract_world_do_quietly(struct contract_world *world, const struct plan_step *step,
                               const char *person)
{
    enum losing_relay_loss loss = world->loss;
    world->loss = LOSING_RELAY_NOTHING;
    g_free(contract_world_do_step(world, step, person));
    world->loss = loss;
}

char *contract_world_invite(struct contract_world *world, const char *anchor,
                            const char *address)
{
    struct plan_step step = contract_world_step_of(PLAN_INVITE, anchor);
    step.organization_to = ORGANIZATION_ROLE_MEMBER;
    step.profile = (struct profile){{[PROFILE_USER_NAME] = address,
                                     [PROFILE_MAIL] = address,
                                     [PROFILE_DISPLAY_NAME] = "Ann \"A\" \xc3\x84",
                                     [PROFILE_DEPARTMENT] = "Search"}};
    return contract_world_do_step(world, &step, NULL);
}

/* One act of the judge; the token that it gave, if any. */
static char *act(struct contract_world *world, const struct actor *actor, const struct act *act)
{
    g_autoptr(GError) error = NULL;
    StoreSession *session = store_session_open(world->fixture.store, STORE_WRITE, &error);
    struct verdict verdict = {0};
    struct judge judge = server_fixture_judge(&world->fixture);
    judge.session = session;
    if (!judge_write(&judge, actor, act, &verdict, &error) || !verdict_is_good(&verdict)) {
        fail_msg("%s", error != NULL ? error->message : verdict.fault.detail);
    }
    char *token = g_strdup(verdict.token);
    verdict_clear(&verdict);
    store_session_close(session);
    return token;
}

/* Invited by the sync, accepted by themselves. */
char *contract_world_make_member(struct contract_world *world, const char *anchor,
                                 const char *address)
{
    enum losing_relay_loss loss = world->loss;
    world->loss = LOSING_RELAY_NOTHING;
    char *id = contract_world_invite(world, anchor, address);
    world->loss = loss;
    g_autoptr(Actual) actual = contract_world_read_acme(world);
    const struct actor by_hand = actor_operator("acme", "operator:test");
    const struct actor by_link = actor_system(NULL);
    const struct act resend = {.kind = ACT_INVITATION_RESEND,
                               .id = actual_find(actual, id)->invitation};
    g_autofree char *token = act(world, &by_hand, &resend);
    const struct act accept = {.kind = ACT_INVITATION_ACCEPT, .token = token};
    g_free(act(world, &by_link, &accept));
    return id;
}

const struct actual_link *contract_world_corp_link(const struct actual_person *person)
{
    for (guint32 i = 0; i < person->link_count; i++) {
        if (strcmp(person->links[i].origin, "directory:corp") == 0) {
            return &person->links[i];
        }
    }
    return NULL;
}

const struct actual_person *contract_world_find_by_name(const Actual *actual,
                                                        const char *user_name)
{
    for (guint32 i = 0; i < actual->person_count; i++) {
        if (strcmp(actual->people[i].profile.field[PROFILE_USER_NAME], user_name) == 0) {
            return &actual->people[i];
        }
    }
    return NULL;
}

/* Carries out what must not be done. */
void contract_world_expect_no(struct contract_world *world, const struct plan_step *step,
                              const char *person, const char *base,
                              struct target_result *result, GError **error)
{
    const struct target_write write = {
        .step = step, .person = person, .base = base, .key = "k", .run = "r1"};
    assert_int_equal(world->target->carry_out(world->target, &write, result, error),
                     TARGET_NOT_DONE);
}
