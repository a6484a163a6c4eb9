#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/outbox.h"
#include "scim/organization/settle_invitation.h"
#include "tests/scim/organization/stage.h"

static void with_mail_the_link_waits_in_the_outbox_and_is_shown_to_nobody(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    struct outbox_delivery delivery;
    stage->judge.sends_mail = TRUE;
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
    assert_null(stage->verdict.token);
    assert_int_equal(stage->verdict.event, VERDICT_EVENT_INVITED);
    assert_true(
        outbox_read(stage->session, "acme", stage->verdict.invitation, &delivery, NULL));
    assert_int_equal(delivery.state, OUTBOX_WAITING);
    outbox_delivery_clear(&delivery);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_mail_the_link_waits_in_the_outbox_and_is_shown_to_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
