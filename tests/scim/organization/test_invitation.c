#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/invitation.h"
#include "tests/scim/organization/stage.h"

static void every_status_has_a_name_that_reads_back(void **state)
{
    (void)state;
    for (int i = INVITATION_PENDING; i <= INVITATION_EXPIRED; i++) {
        enum invitation_status status = INVITATION_PENDING;
        assert_true(invitation_status_parse(invitation_status_name((enum invitation_status)i),
                                            &status));
        assert_int_equal(status, i);
    }
    enum invitation_status status;
    assert_false(invitation_status_parse("sent", &status));
}

static void the_token_opens_it_and_is_nowhere_in_the_store(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autoptr(Invitation) found = NULL, wrong = NULL;
    g_autofree char *organization = NULL;
    assert_true(invitation_look_up(stage->session, stage->verdict.token, stage->now, &found,
                                   &organization, NULL));
    assert_string_equal(organization, "acme");
    assert_string_equal(found->person, bob);
    assert_string_equal(found->invited_by, "operator:test");
    assert_int_equal(found->sent_count, 1);
    g_autofree char *other = g_strdup(stage->verdict.token);
    other[42] = other[42] == 'A' ? 'B' : 'A';
    assert_true(invitation_look_up(stage->session, other, stage->now, &wrong, NULL, NULL));
    assert_null(wrong);
    gint64 count = -1;
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM invitation WHERE instr(token_hash, ?) > 0",
                             STORE_BIND(store_text(stage->verdict.token)), -1, &count, NULL));
    assert_int_equal(count, 0);
    stage_close(stage);
}

static void the_list_is_newest_first_and_by_the_clock(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *last = NULL;
    for (int i = 0; i < 3; i++) {
        g_autofree char *address = g_strdup_printf("p%d@example.com", i);
        g_free(last);
        last = stage_invite(stage, address, ORGANIZATION_ROLE_MEMBER, NULL);
        stage->now += 20 * STAGE_HOUR;
    }
    g_autoptr(GPtrArray) all = invitation_list(stage->session, "acme", NULL, stage->now, NULL);
    assert_int_equal(all->len, 3);
    assert_string_equal(((Invitation *)all->pdata[0])->address, "p2@example.com");
    assert_int_equal(((Invitation *)all->pdata[0])->status, INVITATION_PENDING);
    assert_int_equal(((Invitation *)all->pdata[2])->status, INVITATION_EXPIRED);
    const Invitation *expired = all->pdata[2], *pending = all->pdata[0];
    assert_int_equal(pending->modified, pending->sent_at);
    assert_int_equal(expired->modified, expired->expires_at);
    g_autoptr(GPtrArray) one = invitation_list(stage->session, "acme", last, stage->now, NULL);
    assert_int_equal(one->len, 1);
    assert_string_equal(((Invitation *)one->pdata[0])->person, last);
    stage_close(stage);
}

static void closed_ones_are_forgotten_after_the_window(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    const struct actor operator= stage_operator();
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    g_autofree char *id = g_strdup(stage->verdict.invitation);
    const struct act revoke = {.kind = ACT_INVITATION_REVOKE, .id = id};
    assert_int_equal(stage_do(stage, &operator, & revoke), VERDICT_DONE);
    for (int i = 0; i < 2; i++) {
        gint64 next = 0;
        g_autoptr(Invitation) found = NULL;
        stage->now = STAGE_START + JUDGE_RESTORE_WINDOW - 1 + i;
        assert_true(judge_sweep(&stage->judge, &next, NULL));
        assert_true(invitation_read(stage->session, "acme", id, stage->now, &found, NULL));
        assert_int_equal(found != NULL, i == 0);
        assert_int_equal(next, i == 0 ? STAGE_START + JUDGE_RESTORE_WINDOW : 0);
    }
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_name_that_reads_back),
        cmocka_unit_test(the_token_opens_it_and_is_nowhere_in_the_store),
        cmocka_unit_test(the_list_is_newest_first_and_by_the_clock),
        cmocka_unit_test(closed_ones_are_forgotten_after_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
