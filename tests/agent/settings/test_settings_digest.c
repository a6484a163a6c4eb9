#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "agent/settings/settings_digest.h"
#include "agent/settings/settings_read.h"

#define ACME "{ name = \"acme\"; owners = [ \"a@example.com\", \"b@example.com\" ]; }"
#define BETA "{ name = \"beta\"; owners = [ \"a@example.com\" ]; }"
#define CORP "{ name = \"corp\"; ldif = \"/corp\"; }"
#define LABS "{ name = \"labs\"; ldif = \"/labs\"; }"
#define FILE_OF(organizations, directories)                                                    \
    "organizations = ( " organizations " );\ndirectories = ( " directories " );\n"

static char *digest_of(const char *text)
{
    g_autoptr(GPtrArray) problems = settings_problems_new();
    g_autoptr(Settings) settings = settings_read_text("x.conf", text, strlen(text), problems);
    assert_non_null(settings);
    return settings_digest(settings);
}

static void order_space_and_what_decides_no_plan_mean_nothing(void **state)
{
    (void)state;
    static const char *const same[] = {
        FILE_OF(BETA ", " ACME, LABS ", " CORP),
        "# a comment\n\n" FILE_OF(ACME ", " BETA, CORP ", " LABS),
        "endpoint = { listen = \"127.0.0.1:1\"; };\n" FILE_OF(ACME ", " BETA, CORP ", " LABS),
        "sync = { schedule = \"every 1h\"; };\n" FILE_OF(ACME ", " BETA, CORP ", " LABS),
        FILE_OF(
            "{ owners = [ \"b@example.com\", \"a@example.com\" ]; name = \"acme\"; }, " BETA,
            CORP ", " LABS),
        "sync = { max_removals = \"max(10%, 3)\"; };\n" FILE_OF(ACME ", " BETA, CORP ", " LABS),
    };
    g_autofree char *expected = digest_of(FILE_OF(ACME ", " BETA, CORP ", " LABS));
    assert_int_equal(strlen(expected), 64);
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *digest = digest_of(same[i]);
        if (strcmp(digest, expected) != 0)
            fail_msg("%s", same[i]);
    }
}

static void what_decides_a_plan_changes_it(void **state)
{
    (void)state;
    static const char *const other[] = {
        FILE_OF(ACME, CORP ", " LABS),
        FILE_OF(ACME ", " BETA, CORP),
        FILE_OF(ACME ", " BETA, CORP ", { name = \"labs\"; ldif = \"/other\"; }"),
        FILE_OF(ACME ", " BETA, CORP ", { name = \"labs\"; ldif = \"/labs\"; adopt = true; }"),
        FILE_OF(ACME ", " BETA,
                CORP ", { name = \"labs\"; ldif = \"/labs\"; profile = { title = \"x\"; }; }"),
        "sync = { max_removals = \"4\"; };\n" FILE_OF(ACME ", " BETA, CORP ", " LABS),
        "sync = { seat_order = \"uid\"; };\n" FILE_OF(ACME ", " BETA, CORP ", " LABS),
    };
    g_autofree char *first = digest_of(FILE_OF(ACME ", " BETA, CORP ", " LABS));
    for (gsize i = 0; i < G_N_ELEMENTS(other); i++) {
        g_autofree char *digest = digest_of(other[i]);
        if (strcmp(digest, first) == 0)
            fail_msg("%s", other[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_space_and_what_decides_no_plan_mean_nothing),
        cmocka_unit_test(what_decides_a_plan_changes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
