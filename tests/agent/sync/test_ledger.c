#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/ledger.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/state_folder.h"

static const struct plan_step step = {.kind = PLAN_REMOVE,
                                      .organization = "acme",
                                      .origin = "directory:corp",
                                      .external_id = "a",
                                      .person = "7",
                                      .user_name = "dana@example.com",
                                      .made_by = -1,
                                      .reason = "gone"};

static void intend(Ledger *ledger, const char *key)
{
    const struct ledger_entry intent = {key, "run-1", "7", "W/\"3\"", &step};
    assert_true(ledger_intend(ledger, &intent, NULL));
}

static void what_did_not_end_is_open_next_time(void **state)
{
    Ledger *ledger = ledger_open(*state, NULL);
    intend(ledger, "k1");
    intend(ledger, "k2");
    intend(ledger, "k3");
    assert_true(ledger_settle(ledger, "k2", "done", NULL));
    assert_int_equal(ledger_open_count(ledger), 0); /* none from before */
    ledger_close(ledger);
    g_autoptr(Ledger) next = ledger_open(*state, NULL);
    assert_int_equal(ledger_open_count(next), 2);
    const struct ledger_entry *entry = ledger_open_entry(next, 0);
    assert_string_equal(entry->key, "k1");
    assert_string_equal(entry->run, "run-1");
    assert_string_equal(entry->person, "7");
    assert_string_equal(entry->base, "W/\"3\"");
    assert_int_equal(entry->step->kind, PLAN_REMOVE);
    assert_string_equal(entry->step->user_name, "dana@example.com");
    assert_string_equal(ledger_open_entry(next, 1)->key, "k3");
}

static void it_is_emptied_only_when_all_is_settled(void **state)
{
    g_autoptr(Ledger) ledger = ledger_open(*state, NULL);
    intend(ledger, "k1");
    assert_true(ledger_tidy(ledger, NULL));
    g_autofree char *kept = state_folder_get(*state, "ledger");
    assert_true(strlen(kept) > 0);
    assert_true(ledger_settle(ledger, "k1", "done", NULL));
    assert_true(ledger_tidy(ledger, NULL));
    g_autofree char *emptied = state_folder_get(*state, "ledger");
    assert_string_equal(emptied, "");
    intend(ledger, "k2");
    g_autofree char *again = state_folder_get(*state, "ledger");
    assert_true(g_str_has_prefix(again, "{\"base\""));
}

/* A death at any byte: every whole line counts, the rest never left. */
static void cut_at_any_byte_it_can_be_read(void **state)
{
    Ledger *ledger = ledger_open(*state, NULL);
    intend(ledger, "k1");
    intend(ledger, "k2");
    assert_true(ledger_settle(ledger, "k1", "done", NULL));
    ledger_close(ledger);
    g_autofree char *text = state_folder_get(*state, "ledger");
    const char *first = strchr(text, '\n') + 1;
    const char *second = strchr(first, '\n') + 1;
    for (size_t length = 0; length <= strlen(text); length++) {
        g_autofree char *part = g_strndup(text, length);
        state_folder_put(*state, "ledger", part);
        g_autoptr(Ledger) cut = ledger_open(*state, NULL);
        guint open = text + length < first ? 0 : text + length < second ? 1 : 2;
        assert_non_null(cut);
        assert_int_equal(ledger_open_count(cut), length == strlen(text) ? 1 : open);
        intend(cut, "k9");
        g_autofree char *after = state_folder_get(*state, "ledger");
        assert_true(g_str_has_suffix(after, "}\n"));
    }
}

static void what_is_no_ledger_is_named(void **state)
{
    static const char *const broken[] = {"hello\n", "{}\n", "{\"intent\":\"k\"}\n",
                                         "{\"intent\":\"k\",\"end\":\"k\"}\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        state_folder_put(*state, "ledger", broken[i]);
        assert_null(ledger_open(*state, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
        assert_non_null(strstr(error->message, "line 1"));
    }
}

static void without_a_folder_there_is_none(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *nowhere = g_build_filename(*state, "nowhere", NULL);
    assert_null(ledger_open(nowhere, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_INTERNAL));
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, state_folder_set_up, state_folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_did_not_end_is_open_next_time), TEST(it_is_emptied_only_when_all_is_settled),
        TEST(cut_at_any_byte_it_can_be_read),     TEST(what_is_no_ledger_is_named),
        TEST(without_a_folder_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
