#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/token.h"
#include "tests/scim/organization/stage.h"

static char *make(struct stage *stage, gint64 expires_at)
{
    const struct actor operator= stage_operator();
    const struct connection_draft okta = {
        .name = "okta", .scope = "people", .expires_at = expires_at};
    const struct act act = {.kind = ACT_CONNECTION_CREATE, .connection = &okta};
    assert_int_equal(stage_do(stage, &operator, & act), VERDICT_DONE);
    return g_strdup(stage->verdict.token);
}

static gboolean is_known(struct stage *stage, const char *token)
{
    g_autoptr(Bearer) bearer = NULL;
    assert_true(token_authenticate(stage->session, token, stage->now, &bearer, NULL));
    return bearer != NULL;
}

static void only_the_whole_token_is_known(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *token = make(stage, 0);
    assert_true(is_known(stage, token));
    assert_false(is_known(stage, NULL));
    assert_false(is_known(stage, ""));
    assert_false(is_known(stage, "rc_"));
    for (size_t i = 0; i < strlen(token); i++) {
        g_autofree char *wrong = g_strdup(token);
        wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
        if (is_known(stage, wrong))
            fail_msg("byte %zu does not matter", i);
        wrong[i] = '\0';
        assert_false(is_known(stage, wrong));
    }
    g_autofree char *longer = g_strconcat(token, "x", NULL);
    assert_false(is_known(stage, longer));
    stage_close(stage);
}

static void a_token_ends_at_its_second(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *token = make(stage, STAGE_START + 100);
    stage->now += 99;
    assert_true(is_known(stage, token));
    stage->now++;
    assert_false(is_known(stage, token));
    g_autoptr(GPtrArray) live = token_list(stage->session, "acme", stage->now, NULL);
    assert_int_equal(live->len, 0);
    stage_close(stage);
}

static void last_use_is_written_lazily(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *token = make(stage, 0);
    g_autoptr(Bearer) first = NULL, second = NULL;
    assert_true(token_authenticate(stage->session, token, stage->now, &first, NULL));
    assert_true(token_is_touch_due(first, stage->now));
    assert_true(token_touch(stage->session, first->token, stage->now, NULL));
    assert_true(token_authenticate(stage->session, token, stage->now, &second, NULL));
    assert_false(token_is_touch_due(second, stage->now + TOKEN_LAST_USED_STEP - 1));
    assert_true(token_is_touch_due(second, stage->now + TOKEN_LAST_USED_STEP));
    stage_close(stage);
}

static void the_secret_is_nowhere_in_the_store(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *token = make(stage, 0);
    gint64 count = -1;
    assert_true(store_number(stage->session,
                             "SELECT COUNT(*) FROM token WHERE instr(secret_hash, ?) > 0"
                             " OR length(secret_hash) <> 32",
                             STORE_BIND(store_text(token + 16)), -1, &count, NULL));
    assert_int_equal(count, 0);
    stage_close(stage);
}

static void a_sync_acts_for_the_directory_it_names(void **state)
{
    (void)state;
    char label[] = "token:sync";
    const struct bearer bearer = {.kind = ACTOR_SYNC, .label = label};
    struct actor named = bearer_actor(&bearer, "acme", "directory:corp", TRUE);
    struct actor nameless = bearer_actor(&bearer, "acme", NULL, FALSE);
    assert_string_equal(named.origin, "directory:corp");
    assert_string_equal(named.label, "directory:corp");
    assert_true(named.may_adopt);
    assert_null(nameless.origin);
    char origin[] = "scim:okta";
    const struct bearer provider = {.kind = ACTOR_CONNECTION, .origin = origin, .label = label};
    struct actor pretending = bearer_actor(&provider, "acme", "directory:corp", TRUE);
    assert_string_equal(pretending.origin, "scim:okta");
    assert_false(pretending.may_adopt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_whole_token_is_known),
        cmocka_unit_test(a_token_ends_at_its_second),
        cmocka_unit_test(last_use_is_written_lazily),
        cmocka_unit_test(the_secret_is_nowhere_in_the_store),
        cmocka_unit_test(a_sync_acts_for_the_directory_it_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
