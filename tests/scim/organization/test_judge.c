#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "scim/organization/judge.h"
#include "scim/organization/organization.h"
#include "scim/store/store_open.h"
#include "tests/scim/organization/stage.h"
#include "tests/support/invariant_check.h"

#define CLIENTS 20

static void an_invited_person_is_active_once_they_accept(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    assert_int_equal(stage_status(stage, bob), PERSON_INVITED);
    assert_int_equal(stage_seats_used(stage), 3);
    stage_accept(stage);
    assert_int_equal(stage_status(stage, bob), PERSON_ACTIVE);
    g_autoptr(PersonFacts) facts = stage_facts(stage, bob);
    assert_int_equal(project_roles_find(facts->projects, "search"), PROJECT_ROLE_READ_WRITE);
    stage_close(stage);
}

static void what_is_due_expires_even_when_the_act_is_refused(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    const struct act refused = {.kind = ACT_LEAVE_PROJECT, .name = "search"};
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    stage->now += 48 * STAGE_HOUR;
    stage_do(stage, &dana, &refused);
    stage_assert_refused(stage, REFUSAL_LAST_PROJECT_ADMIN);
    gint64 used = 0;
    assert_true(store_number(stage->session,
                             "SELECT seats_used FROM organization WHERE name = 'acme'",
                             STORE_NOTHING, 0, &used, NULL));
    assert_int_equal(used, 2);
    stage_close(stage);
}

static void what_is_refused_has_changed_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor dana = stage_person(stage->dana);
    const struct act refused = {.kind = ACT_LEAVE_PROJECT, .name = "search"};
    g_autofree char *before = organization_state(stage->session, "acme", stage->now, NULL);
    stage_do(stage, &dana, &refused);
    g_autofree char *after = organization_state(stage->session, "acme", stage->now, NULL);
    assert_string_equal(before, after);
    assert_null(stage->verdict.id);
    assert_null(stage->verdict.token);
    stage_close(stage);
}

static void many_acts_share_one_commit_and_a_refused_one_harms_no_other(void **state)
{
    (void)state;
    struct stage *stage = stage_open(4);
    const struct actor operator= stage_operator();
    int done = 0, refused = 0;
    assert_true(store_begin(stage->session, NULL));
    for (int i = 0; i < 5; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        const struct person_draft draft = {.user_name = address};
        const struct act act = {.kind = ACT_INVITE, .draft = &draft};
        enum verdict_kind kind = stage_do(stage, &operator, & act);
        done += kind == VERDICT_DONE;
        refused += kind == VERDICT_REFUSED;
    }
    assert_true(store_in_transaction(stage->session));
    assert_true(store_commit(stage->session, NULL));
    assert_int_equal(done, 2);
    assert_int_equal(refused, 3);
    stage_close(stage);
}

static void an_unknown_organization_is_404_and_a_reader_writes_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor nowhere = actor_operator("nowhere", "operator:test"),
                       reader = {.kind = ACTOR_READER, .organization = "acme"},
                       lost = actor_operator(NULL, "operator:test");
    const struct person_draft draft = {.user_name = "bob@example.com"};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    assert_int_equal(stage_do(stage, &nowhere, &act), VERDICT_NOT_FOUND);
    assert_int_equal(stage_do(stage, &lost, &act), VERDICT_NOT_FOUND);
    stage_do(stage, &reader, &act);
    stage_assert_refused(stage, REFUSAL_PERMISSION);
    stage_close(stage);
}

struct client {
    Store *store;
    const struct clock *clock;
    int number, won, refused, failed;
};

static gpointer invite_one(gpointer data)
{
    struct client *client = data;
    g_autoptr(StoreSession) session = store_session_open(client->store, STORE_WRITE, NULL);
    struct judge judge = {.session = session,
                          .clock = client->clock,
                          .random = random_system(),
                          .restore_window = JUDGE_RESTORE_WINDOW,
                          .audit_key = &stage_audit_key};
    g_autofree char *address = g_strdup_printf("client%d@example.com", client->number);
    const struct person_draft draft = {.user_name = address};
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    const struct actor operator= actor_operator("acme", "operator:test");
    struct verdict verdict = {0};
    if (!judge_write(&judge, &operator, & act, &verdict, NULL))
        client->failed++;
    else if (verdict.kind == VERDICT_DONE)
        client->won++;
    else if (verdict.fault.refusal.rule == REFUSAL_SEAT_CAP)
        client->refused++;
    verdict_clear(&verdict);
    return NULL;
}

static void R63_of_20_at_99_of_100_exactly_one_wins(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("rolecall-judge-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "store.db", NULL);
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    struct stage *stage = stage_open_at(uri, 100);
    struct client clients[CLIENTS];
    GThread *threads[CLIENTS];
    for (int i = 0; i < 97; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        g_autofree char *id = stage_invite(stage, address, ORGANIZATION_ROLE_MEMBER, NULL);
    }
    assert_int_equal(stage_seats_used(stage), 99);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] =
            (struct client){.store = stage->store, .clock = &stage->clock, .number = i};
        threads[i] = g_thread_new("client", invite_one, &clients[i]);
    }
    int won = 0, refused = 0;
    for (int i = 0; i < CLIENTS; i++) {
        g_thread_join(threads[i]);
        won += clients[i].won;
        refused += clients[i].refused;
        assert_int_equal(clients[i].failed, 0);
    }
    assert_int_equal(won, 1);
    assert_int_equal(refused, CLIENTS - 1);
    assert_int_equal(stage_seats_used(stage), 100);
    stage_close(stage);
    g_autofree char *broken = invariant_check_at(uri, 0);
    assert_null(broken);
}

static gpointer demote_other(gpointer data)
{
    struct client *client = data;
    g_autoptr(StoreSession) session = store_session_open(client->store, STORE_WRITE, NULL);
    struct judge judge = {.session = session,
                          .clock = client->clock,
                          .random = random_system(),
                          .restore_window = JUDGE_RESTORE_WINDOW,
                          .audit_key = &stage_audit_key};
    static const char *const names[] = {"dana@example.com", "vera@example.com"};
    char *self = NULL, *other = NULL;
    person_find_by_user_name(session, "acme", names[client->number % 2], &self, NULL);
    person_find_by_user_name(session, "acme", names[1 - client->number % 2], &other, NULL);
    const struct person_draft draft = {.user_name = names[1 - client->number % 2],
                                       .address = names[1 - client->number % 2],
                                       .active = TRUE,
                                       .has_roles = TRUE,
                                       .role = ORGANIZATION_ROLE_MEMBER};
    const struct act act = {.kind = ACT_PERSON_EDIT, .id = other, .draft = &draft};
    const struct actor actor = {
        .kind = ACTOR_PERSON, .organization = "acme", .person = self, .label = self};
    struct verdict verdict = {0};
    if (!judge_write(&judge, &actor, &act, &verdict, NULL))
        client->failed++;
    else
        client->won += verdict.kind == VERDICT_DONE;
    verdict_clear(&verdict);
    g_free(self);
    g_free(other);
    return NULL;
}

static void R21_of_two_owners_who_demote_each_other_one_stays(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("rolecall-judge-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "store.db", NULL);
    g_autofree char *uri = g_strconcat("sqlite:", file, NULL);
    struct stage *stage = stage_open_at(uri, 100);
    g_autofree char *bob = stage_member(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER);
    stage_set_project_role(stage, bob, "search", PROJECT_ROLE_ADMIN);
    stage_set_project_role(stage, bob, "ads", PROJECT_ROLE_ADMIN);
    struct client clients[4];
    GThread *threads[4];
    int won = 0;
    for (int i = 0; i < 4; i++) {
        clients[i] =
            (struct client){.store = stage->store, .clock = &stage->clock, .number = i};
        threads[i] = g_thread_new("owner", demote_other, &clients[i]);
    }
    for (int i = 0; i < 4; i++) {
        g_thread_join(threads[i]);
        won += clients[i].won;
        assert_int_equal(clients[i].failed, 0);
    }
    assert_int_equal(won, 1);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invited_person_is_active_once_they_accept),
        cmocka_unit_test(what_is_due_expires_even_when_the_act_is_refused),
        cmocka_unit_test(what_is_refused_has_changed_nothing),
        cmocka_unit_test(many_acts_share_one_commit_and_a_refused_one_harms_no_other),
        cmocka_unit_test(an_unknown_organization_is_404_and_a_reader_writes_nothing),
        cmocka_unit_test(R63_of_20_at_99_of_100_exactly_one_wins),
        cmocka_unit_test(R21_of_two_owners_who_demote_each_other_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
