#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_step_file.h"
#include "scim/protocol/outcome.h"

static struct plan_step full_step(void)
{
    static struct plan_role_change projects[] = {
        {"ads", PROJECT_ROLE_ADMIN, PROJECT_ROLE_NONE},
        {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_READ_WRITE}};
    static const guint32 needs[] = {1, 2};
    static const char *touches[] = {"8", "9"};
    struct plan_step step = {
        .kind = PLAN_REISSUE,
        .flags = PLAN_DESTRUCTIVE | PLAN_TAKES_SEAT | PLAN_FREES_SEAT | PLAN_PROVEN_LEAVER |
                 PLAN_ADOPT | PLAN_STAND_IN | PLAN_ATTACHED,
        .organization = "acme",
        .origin = "directory:corp",
        .external_id = "a",
        .person = "7",
        .user_name = "dana@example.com",
        .base = "W/\"3\"",
        .made_by = -1,
        .needs = needs,
        .need_count = 2,
        .organization_from = ORGANIZATION_ROLE_MEMBER,
        .organization_to = ORGANIZATION_ROLE_OWNER,
        .projects = projects,
        .project_count = 2,
        .profile_mask = (1u << PROFILE_TITLE) | (1u << PROFILE_MAIL),
        .touches = touches,
        .touch_count = 2,
        .reason = "because of \"that\"",
    };
    step.profile.field[PROFILE_MAIL] = "new@example.com";
    return step;
}

static void every_member_of_a_step_comes_back(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Plan) plan = plan_new("acme");
    struct plan_step step = full_step();
    struct plan_step back;
    json_t *printed = plan_step_file_print(&step);
    assert_true(plan_step_file_parse(plan, printed, &back, &error));
    json_t *again = plan_step_file_print(&back);
    assert_true(json_equal(printed, again));
    assert_int_equal(back.flags, step.flags);
    assert_int_equal(back.need_count, 2);
    assert_int_equal(back.made_by, -1);
    assert_string_equal(back.touches[1], "9");
    assert_int_equal(back.profile_mask, step.profile_mask);
    assert_null(back.profile.field[PROFILE_TITLE]);
    assert_string_equal(back.profile.field[PROFILE_MAIL], "new@example.com");
    assert_int_equal(back.projects[0].from, PROJECT_ROLE_ADMIN);
    json_decref(again);
    json_decref(printed);
}

struct wrong_case {
    const char *key, *value, *says;
};

static const struct wrong_case wrong_cases[] = {
    {"step", "\"delete\"", "'delete' is no kind of step"},
    {"step", "1", "'step' is not a text"},
    {"from", "\"king\"", "'from' is no organization role"},
    {"to", "null", "'to' is no organization role"},
    {"projects", "[{\"project\":\"a\",\"from\":\"x\",\"to\":\"admin\"}]",
     "'from' is no project role"},
    {"projects", "[1]", "'project' is missing"},
    {"profile", "{\"shoeSize\":\"43\"}", "'shoeSize' is no field"},
    {"profile", "{\"title\":43}", "'title' is neither"},
    {"needs", "[-1]", "'needs' is no place"},
    {"touches", "[1]", "'touches' has an entry"},
    {"flags", "[1]", "'flags' has an entry"},
    {"madeBy", "\"0\"", "'madeBy' is no place"},
    {"origin", "[]", "'origin' is not a text"},
};

static void every_wrong_member_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong_cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Plan) plan = plan_new("acme");
        struct plan_step step = full_step();
        struct plan_step back;
        json_t *printed = plan_step_file_print(&step);
        json_object_set_new(printed, wrong_cases[i].key,
                            json_loads(wrong_cases[i].value, JSON_DECODE_ANY, NULL));
        assert_false(plan_step_file_parse(plan, printed, &back, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
        if (strstr(error->message, wrong_cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error->message);
        json_decref(printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_of_a_step_comes_back),
        cmocka_unit_test(every_wrong_member_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
