#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/command/invitation_results.h"

static void the_exit_status_says_all_some_or_none(void **state)
{
    (void)state;

    static const struct {
        guint done, refused;
        int status;
    } cases[] = {{2, 0, 0}, {1, 1, 4}, {0, 2, 1}, {0, 0, 0}};

    struct invitation_result invited = {.status = "invited",
                                        .link = g_strdup("https://c.example/#x"),
                                        .is_mailed = TRUE,
                                        .roles = g_strdup("member")};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(InvitationResults) results = invitation_results_new("acme", "invitations");
        for (guint j = 0; j < cases[i].done; j++)
            invitation_results_add(results, "a@example.com", &invited);
        for (guint j = 0; j < cases[i].refused; j++)
            invitation_results_refuse(results, "b@example.com", "all 100 seats are taken");
        assert_int_equal(invitation_results_show(results, i % 2 == 0), cases[i].status);
    }
    invitation_result_clear(&invited);
    assert_null(invited.link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exit_status_says_all_some_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
