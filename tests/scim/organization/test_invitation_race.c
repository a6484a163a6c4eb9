/* M07: accepting races with declining, revoking, resending, a role change, expiry and a lowered cap:
 * every order of them, against a model of five lines an act. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/organization.h"
#include "tests/scim/organization/stage.h"
#include "tests/support/invariant_check.h"

#define DEPTH 6

enum step {
    ACCEPT_FIRST,
    ACCEPT_LAST,
    DECLINE_FIRST,
    REVOKE,
    RESEND,
    ROLE,
    EXPIRE,
    CAP,
    STEPS
};

static const char *const step_names[STEPS] = {"accept with the first link",
                                              "accept with the last link",
                                              "decline with the first link",
                                              "revoke",
                                              "resend",
                                              "change the role",
                                              "expire",
                                              "lower the cap"};

/* What the model knows. */
struct model {
    enum person_status status;
    gboolean is_gone;
    gboolean first_lives, last_lives;
    gboolean is_capped;
    char *last; /* the last link's token */
};

struct race {
    struct stage *stage;
    char *bob, *invitation, *first, *search;
    struct actor dana;
    guint orders;
    enum step path[STEPS];
    int length;
};

static void tell(const struct race *race, const char *what)
{
    GString *text = g_string_new(NULL);
    for (int i = 0; i < race->length; i++)
        g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ", step_names[race->path[i]]);
    fail_msg("%s after: %s (verdict %d: %s)", what, text->str, race->stage->verdict.kind,
             race->stage->verdict.fault.detail);
}

static void end(struct model *model)
{
    model->first_lives = model->last_lives = FALSE;
}

static enum verdict_kind answer(struct model *model, gboolean lives, gboolean accepts)
{
    if (!lives)
        return VERDICT_NOT_FOUND;
    end(model);
    model->is_gone = !accepts;
    model->status = PERSON_ACTIVE;
    return VERDICT_DONE;
}

static enum verdict_kind renew(struct model *model)
{
    if (model->status == PERSON_EXPIRED && model->is_capped)
        return VERDICT_REFUSED;
    model->status = PERSON_INVITED;
    model->first_lives = FALSE;
    model->last_lives = TRUE;
    return VERDICT_DONE;
}

static enum verdict_kind foresee(struct model *model, enum step step)
{
    gboolean is_open = !model->is_gone && model->status != PERSON_ACTIVE;
    switch (step) {
    case ACCEPT_FIRST:
        return answer(model, model->first_lives, TRUE);
    case ACCEPT_LAST:
        return answer(model, model->last_lives, TRUE);
    case DECLINE_FIRST:
        return answer(model, model->first_lives, FALSE);
    case REVOKE:
        end(model);
        model->is_gone = model->is_gone || is_open;
        return is_open ? VERDICT_DONE : VERDICT_INVALID;
    case RESEND:
        return is_open ? renew(model) : VERDICT_INVALID;
    case ROLE:
        if (model->is_gone)
            return VERDICT_INVALID;
        return model->status == PERSON_INVITED ? renew(model) : VERDICT_DONE;
    case EXPIRE:
        end(model);
        model->status = is_open ? PERSON_EXPIRED : model->status;
        return VERDICT_DONE;
    case CAP:
    case STEPS:
        break;
    }
    model->is_capped = TRUE;
    return VERDICT_DONE;
}

/* Not stage_do(): what it follows of the trail cannot be taken back. */
static enum verdict_kind judge(struct race *race, const struct actor *actor,
                               const struct act *act)
{
    struct stage *stage = race->stage;
    verdict_clear(&stage->verdict);
    assert_true(judge_write(&stage->judge, actor, act, &stage->verdict, NULL));
    g_autofree char *broken = invariant_check(stage->session, stage->now);
    if (broken != NULL)
        tell(race, broken);
    return stage->verdict.kind;
}

static enum verdict_kind act(struct race *race, const struct model *model, enum step step)
{
    static const char *const owners[] = {"dana@example.com", "vera@example.com", NULL};
    static const char *const protected[] = {"vera@example.com", NULL};
    const struct organization_draft lowered = {
        .name = "acme", .owners = owners, .protected = protected, .seats = 1};
    const struct member_grant member = {race->bob, PROJECT_ROLE_READ_ONLY};
    const struct actor system = actor_system(NULL), config = actor_system("acme");
    const struct act acts[STEPS] = {
        [ACCEPT_FIRST] = {.kind = ACT_INVITATION_ACCEPT, .token = race->first},
        [ACCEPT_LAST] = {.kind = ACT_INVITATION_ACCEPT, .token = model->last},
        [DECLINE_FIRST] = {.kind = ACT_INVITATION_DECLINE, .token = race->first},
        [REVOKE] = {.kind = ACT_INVITATION_REVOKE, .id = race->invitation},
        [RESEND] = {.kind = ACT_INVITATION_RESEND, .id = race->invitation},
        [ROLE] = {.kind = ACT_PROJECT_EDIT,
                  .id = race->search,
                  .members = &member,
                  .member_count = 1},
        [CAP] = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &lowered},
    };
    if (step == EXPIRE) {
        gint64 next;
        race->stage->now += 48 * STAGE_HOUR;
        assert_true(judge_sweep(&race->stage->judge, &next, NULL));
        return VERDICT_DONE;
    }
    gboolean is_answer = step <= DECLINE_FIRST;
    return judge(race, is_answer ? &system : step == CAP ? &config : &race->dana, &acts[step]);
}

static void compare(struct race *race, const struct model *model)
{
    g_autoptr(PersonFacts) facts = stage_facts(race->stage, race->bob);
    gint64 held = model->is_gone || model->status == PERSON_EXPIRED ? 0 : 1;
    if ((facts == NULL) != model->is_gone)
        tell(race, "they are there, or gone");
    if (facts != NULL && facts->status != model->status)
        tell(race, person_status_name(facts->status));
    if (stage_seats_used(race->stage) != 2 + held)
        tell(race, "seats miscounted");
}

static void take(struct race *race, const struct model *before, enum step step);

static void go_on(struct race *race, const struct model *model)
{
    if (race->length == DEPTH) {
        race->orders++;
        return;
    }
    for (int step = 0; step < STEPS; step++) {
        gboolean is_done = FALSE;
        for (int i = 0; i < race->length; i++)
            is_done = is_done || race->path[i] == (enum step)step;
        if (!is_done)
            take(race, model, (enum step)step);
    }
}

/* One branch: done in a savepoint and taken back. */
static void take(struct race *race, const struct model *before, enum step step)
{
    struct model model = *before;
    gint64 now = race->stage->now;
    assert_true(store_savepoint(race->stage->session, NULL));
    race->path[race->length++] = step;
    if (act(race, before, step) != foresee(&model, step))
        tell(race, "another verdict");
    g_autofree char *token = g_strdup(race->stage->verdict.token);
    if (token != NULL)
        model.last = token;
    compare(race, &model);
    go_on(race, &model);
    race->length--;
    race->stage->now = now;
    assert_true(store_undo(race->stage->session, NULL));
}

static void M07_every_order_has_one_winner_and_the_seats_stay_right(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    struct race race = {.stage = stage, .dana = stage_person(stage->dana)};
    race.bob = stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    race.invitation = g_strdup(stage->verdict.invitation);
    race.first = g_strdup(stage->verdict.token);
    race.search = stage_project(stage, "search");
    const struct model model = {
        .status = PERSON_INVITED, .first_lives = TRUE, .last_lives = TRUE, .last = race.first};
    assert_true(store_begin(stage->session, NULL));
    go_on(&race, &model);
    store_rollback(stage->session);
    assert_int_equal(race.orders, 8 * 7 * 6 * 5 * 4 * 3);
    g_free(race.bob);
    g_free(race.invitation);
    g_free(race.first);
    g_free(race.search);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(M07_every_order_has_one_winner_and_the_seats_stay_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
