/* S5: every way to a seat, with none, one and none left again; and who gives one back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scim/organization/stage.h"

#define DAY ((gint64)24 * STAGE_HOUR)

static const struct renewal_policy often = {.renewals = 9, .per = 30 * DAY};

/* Each is prepared while seats are free, then tried with the organization full, and again with one
 * seat given back. */
struct way {
    const char *name;
    void (*prepare)(struct stage *stage, char **id, char **invitation);
    enum verdict_kind (*take)(struct stage *stage, const char *id, const char *invitation);
};

static enum verdict_kind on(struct stage *stage, const struct actor *actor, enum act_kind kind,
                            const char *id)
{
    const struct act act = {.kind = kind, .id = id};
    return stage_do(stage, actor, &act);
}

static void prepare_nothing(struct stage *stage, char **id, char **invitation)
{
    (void)stage;
    (void)id;
    (void)invitation;
}

static void prepare_expired(struct stage *stage, char **id, char **invitation)
{
    *id = stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    *invitation = g_strdup(stage->verdict.invitation);
    stage->now += 48 * STAGE_HOUR;
}

static enum verdict_kind set_active(struct stage *stage, const struct actor *actor,
                                    const char *id, gboolean active)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, actor, grants);
    draft.active = active;
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    return stage_do(stage, actor, &act);
}

static void prepare_suspended(struct stage *stage, char **id, char **invitation)
{
    (void)invitation;
    const struct actor dana = stage_person(stage->dana);
    *id = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(set_active(stage, &dana, *id, FALSE), VERDICT_DONE);
}

static void prepare_suspended_while_pending(struct stage *stage, char **id, char **invitation)
{
    (void)invitation;
    const struct actor dana = stage_person(stage->dana);
    *id = stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_int_equal(set_active(stage, &dana, *id, FALSE), VERDICT_DONE);
}

static void prepare_departed(struct stage *stage, char **id, char **invitation)
{
    (void)invitation;
    const struct actor corp = stage_sync("directory:corp");
    *id = stage_linked(stage, &corp, "bob@example.com", ORGANIZATION_ROLE_MEMBER, TRUE);
    assert_int_equal(on(stage, &corp, ACT_PERSON_REMOVE, *id), VERDICT_DONE);
}

static void prepare_held(struct stage *stage, char **id, char **invitation)
{
    (void)invitation;
    const struct actor okta = stage_provider("scim:okta");
    const struct person_draft draft = {
        .user_name = "bob", .address = "bob@elsewhere.com", .active = TRUE};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    assert_int_equal(stage_do(stage, &okta, &act), VERDICT_DONE);
    *id = g_strdup(stage->verdict.id);
}

static enum verdict_kind invite(struct stage *stage, const char *id, const char *invitation)
{
    (void)id;
    (void)invitation;
    const struct actor dana = stage_person(stage->dana);
    const struct person_draft draft = {.user_name = "bob@example.com"};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    return stage_do(stage, &dana, &act);
}

static enum verdict_kind post_by_sync(struct stage *stage, const char *id,
                                      const char *invitation)
{
    (void)id;
    (void)invitation;
    const struct actor corp = stage_sync("directory:corp");
    const struct person_draft draft = {.user_name = "bob@example.com",
                                       .address = "bob@example.com",
                                       .external_id = "x-bob",
                                       .active = TRUE};
    const struct act act = {.kind = ACT_PERSON_CREATE, .draft = &draft};
    return stage_do(stage, &corp, &act);
}

static enum verdict_kind resend(struct stage *stage, const char *id, const char *invitation)
{
    (void)id;
    const struct actor dana = stage_person(stage->dana);
    return on(stage, &dana, ACT_INVITATION_RESEND, invitation);
}

static enum verdict_kind reactivate(struct stage *stage, const char *id, const char *invitation)
{
    (void)invitation;
    const struct actor dana = stage_person(stage->dana);
    return set_active(stage, &dana, id, TRUE);
}

static enum verdict_kind release(struct stage *stage, const char *id, const char *invitation)
{
    (void)invitation;
    const struct actor okta = stage_provider("scim:okta");
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &okta, grants);
    draft.address = "bob@example.com";
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .draft = &draft};
    return stage_do(stage, &okta, &act);
}

static const struct way ways[] = {
    {"an invitation", prepare_nothing, invite},
    {"a POST by a sync", prepare_nothing, post_by_sync},
    {"the resending of what had expired", prepare_expired, resend},
    {"an invitation of somebody expired", prepare_expired, invite},
    {"the reactivation of a member", prepare_suspended, reactivate},
    {"the reactivation of somebody who never accepted", prepare_suspended_while_pending,
     reactivate},
    {"a restoration", prepare_departed, post_by_sync},
    {"a held person who can be mailed now", prepare_held, release},
};

static void S5_every_way_to_a_seat_stops_at_the_cap(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        struct stage *stage = stage_open(4);
        g_autofree char *id = NULL, *invitation = NULL;
        ways[i].prepare(stage, &id, &invitation);
        g_autofree char *one = stage_member(stage, "one@example.com", ORGANIZATION_ROLE_MEMBER);
        g_autofree char *two =
            stage_invite(stage, "two@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
        assert_int_equal(stage_seats_used(stage), 4);
        if (ways[i].take(stage, id, invitation) != VERDICT_REFUSED)
            fail_msg("%s: not refused", ways[i].name);
        stage_assert_refused(stage, REFUSAL_SEAT_CAP);
        assert_int_equal(stage->verdict.fault.refusal.limit, 4);
        assert_int_equal(stage->verdict.fault.refusal.used, 4);
        const struct actor dana = stage_person(stage->dana);
        assert_int_equal(on(stage, &dana, ACT_PERSON_REMOVE, i % 2 == 0 ? one : two),
                         VERDICT_DONE);
        if (ways[i].take(stage, id, invitation) != VERDICT_DONE)
            fail_msg("%s: %s", ways[i].name, stage->verdict.fault.detail);
        assert_int_equal(stage_seats_used(stage), 4);
        stage_close(stage);
    }
}

static void S5_time_and_whoever_asks_for_a_new_link_stop_at_the_cap_too(void **state)
{
    (void)state;
    struct stage *stage = stage_open(3);
    gint64 next;
    stage->judge.sends_mail = TRUE;
    stage->judge.renewal = &often;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    g_autofree char *eve =
        stage_invite(stage, "eve@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    const struct actor system = actor_system(NULL);
    const struct person_draft draft = {.address = "bob@example.com"};
    const struct act ask = {.kind = ACT_INVITATION_ASK, .draft = &draft};
    assert_int_equal(stage_do(stage, &system, &ask), VERDICT_DONE);
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_status(stage, bob), PERSON_EXPIRED);
    assert_int_equal(stage_seats_used(stage), 3);
    stage_close(stage);
}

/* The cap at 100 and 99: the default of the seeds. */
static void S5_the_hundredth_seat_is_given_and_the_next_is_not(void **state)
{
    (void)state;
    struct stage *stage = stage_open(100);
    const struct actor dana = stage_person(stage->dana);
    for (int i = 0; i < 99; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        const struct person_draft draft = {.user_name = address};
        const struct act act = {.kind = ACT_INVITE, .draft = &draft};
        enum verdict_kind wanted = i < 98 ? VERDICT_DONE : VERDICT_REFUSED;
        assert_int_equal(stage_do(stage, &dana, &act), wanted);
        assert_int_equal(stage_seats_used(stage), i < 98 ? 3 + i : 100);
    }
    assert_non_null(strstr(stage->verdict.fault.detail, "100 seats"));
    /* Nobody below needs a seat of their own: they have it. */
    gint64 next;
    stage->now += 48 * STAGE_HOUR;
    assert_true(judge_sweep(&stage->judge, &next, NULL));
    assert_int_equal(stage_seats_used(stage), 2);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(S5_every_way_to_a_seat_stops_at_the_cap),
        cmocka_unit_test(S5_time_and_whoever_asks_for_a_new_link_stop_at_the_cap_too),
        cmocka_unit_test(S5_the_hundredth_seat_is_given_and_the_next_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
