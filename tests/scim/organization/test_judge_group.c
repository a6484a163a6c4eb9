#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/judge_group.h"
#include "scim/organization/organization.h"
#include "scim/organization/pushed_group.h"
#include "scim/organization/pushed_group_write.h"
#include "tests/scim/organization/stage.h"

static const char *const nobody = "00000000000000000000000000000000";

/* A stage with three people of okta and the group "Search" of theirs with the first two in it. */
struct scene {
    struct stage *stage;
    struct actor okta, ping;
    char *people[3];
    char *group;
};

static enum verdict_kind create(struct scene *scene, const struct actor *actor,
                                const struct group_draft *draft)
{
    return stage_do(scene->stage, actor,
                    &(struct act){.kind = ACT_GROUP_CREATE, .group = draft});
}

static enum verdict_kind edit(struct scene *scene, const struct actor *actor,
                              const struct group_draft *draft)
{
    return stage_do(scene->stage, actor,
                    &(struct act){.kind = ACT_GROUP_EDIT, .id = scene->group, .group = draft});
}

static int open_scene(void **state)
{
    static const char *const addresses[] = {"a@example.com", "b@example.com", "c@example.com"};
    struct scene *scene = g_new0(struct scene, 1);
    scene->stage = stage_open(100);
    scene->okta = stage_provider("scim:okta");
    scene->ping = stage_provider("scim:ping");
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++)
        scene->people[i] = stage_linked(scene->stage, &scene->okta, addresses[i],
                                        ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct member_push members[] = {{scene->people[0], "A"}, {scene->people[1], NULL}};
    const struct group_draft draft = {
        .display_name = "Search", .external_id = "g-1", .add = members, .add_count = 2};
    assert_int_equal(create(scene, &scene->okta, &draft), VERDICT_DONE);
    scene->group = g_strdup(scene->stage->verdict.id);
    scene->stage->judge.groups_changed = FALSE;
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(scene->people); i++)
        g_free(scene->people[i]);
    g_free(scene->group);
    stage_close(scene->stage);
    g_free(scene);
    return 0;
}

/* The group with its members; NULL: it is gone. */
static PushedGroup *read_group(struct scene *scene)
{
    const struct pushed_group_view all = {0};
    PushedGroup *group = NULL;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    assert_true(
        pushed_group_read(scene->stage->session, "acme", &all, scene->group, &group, NULL));
    if (group == NULL)
        return NULL;
    g_ptr_array_add(one, group);
    assert_true(pushed_group_read_members(scene->stage->session, "acme", &all, one, NULL));
    return group;
}

static gint64 number(struct scene *scene, const char *sql)
{
    gint64 found = 0;
    assert_true(store_number(scene->stage->session, sql, STORE_NOTHING, -1, &found, NULL));
    return found;
}

#define PEOPLE_VERSIONS "SELECT SUM(version) FROM person WHERE organization = 'acme'"
#define HOME_VERSION    "SELECT version FROM organization WHERE name = 'acme'"
#define STATE_VERSION   "SELECT version FROM pushed_state WHERE organization = 'acme'"

static void a_change_moves_the_group_and_its_state_and_nothing_else(void **state)
{
    struct scene *scene = *state;
    const struct member_push more = {scene->people[2], "C"};
    const struct group_draft add = {.add = &more, .add_count = 1};
    const gint64 people = number(scene, PEOPLE_VERSIONS), home = number(scene, HOME_VERSION),
                 pushed = number(scene, STATE_VERSION);
    scene->stage->now += 60;
    assert_int_equal(edit(scene, &scene->okta, &add), VERDICT_DONE);
    assert_true(scene->stage->judge.groups_changed);
    assert_int_equal(scene->stage->verdict.version, 2);
    scene->stage->judge.groups_changed = FALSE;
    assert_int_equal(edit(scene, &scene->okta, &add), VERDICT_UNCHANGED);
    assert_false(scene->stage->judge.groups_changed);
    assert_int_equal(scene->stage->verdict.repeated_members, 1);
    g_autoptr(PushedGroup) group = read_group(scene);
    assert_int_equal(group->version, 2);
    assert_int_equal(group->modified, scene->stage->now);
    assert_int_equal(group->members->len, 3);
    struct pushed_group_state after;
    assert_true(pushed_group_read_state(scene->stage->session, "acme", &after, NULL));
    assert_int_equal(after.version, pushed + 1);
    assert_int_equal(after.changed_at, scene->stage->now);
    assert_int_equal(number(scene, PEOPLE_VERSIONS), people);
    assert_int_equal(number(scene, HOME_VERSION), home);
}

static void a_replace_touches_the_difference_alone(void **state)
{
    struct scene *scene = *state;
    const struct member_push wanted[] = {{scene->people[1], NULL}, {scene->people[2], "C"}};
    const struct group_draft replace = {.replace_members = TRUE, .add = wanted, .add_count = 2};
    const char *const place = "SELECT m.seq FROM pushed_member m JOIN link l ON"
                              " l.person = m.person WHERE l.external_id = 'x-b'";
    const gint64 before = number(scene, place);
    assert_int_equal(edit(scene, &scene->okta, &replace), VERDICT_DONE);
    assert_int_equal(number(scene, place), before);
    g_autoptr(PushedGroup) group = read_group(scene);
    assert_int_equal(group->members->len, 2);
    const struct pushed_member *last = group->members->pdata[1];
    assert_string_equal(last->person, scene->people[2]);
    assert_string_equal(last->display, "C");
    assert_int_equal(edit(scene, &scene->okta, &replace), VERDICT_UNCHANGED);
}

static void who_is_to_go_and_to_come_stays_with_the_new_display(void **state)
{
    struct scene *scene = *state;
    const char *const gone[] = {scene->people[2]};
    const struct member_push named = {scene->people[0], "A. Lovelace"};
    const struct group_draft draft = {
        .remove = gone, .remove_count = 1, .add = &named, .add_count = 1};
    assert_int_equal(edit(scene, &scene->okta, &draft), VERDICT_DONE);
    assert_int_equal(scene->stage->verdict.repeated_members, 1);
    g_autoptr(PushedGroup) group = read_group(scene);
    const struct pushed_member *first = group->members->pdata[0];
    assert_string_equal(first->display, "A. Lovelace");
    assert_int_equal(group->members->len, 2);
}

static void ids_that_are_nobodys_are_left_out_or_refuse_the_whole(void **state)
{
    struct scene *scene = *state;
    const struct member_push wanted[] = {{nobody, NULL}, {scene->people[2], NULL}};
    struct group_draft draft = {
        .display_name = "Suche", .add = wanted, .add_count = 2, .refuses_unknown = TRUE};
    assert_int_equal(edit(scene, &scene->okta, &draft), VERDICT_INVALID);
    assert_int_equal(scene->stage->verdict.fault.type, FAULT_INVALID_VALUE);
    g_autoptr(PushedGroup) before = read_group(scene);
    assert_int_equal(before->members->len, 2);
    assert_string_equal(before->display_name, "Search");
    assert_int_equal(before->version, 1);
    draft.refuses_unknown = FALSE;
    assert_int_equal(edit(scene, &scene->okta, &draft), VERDICT_DONE);
    assert_int_equal(scene->stage->verdict.unknown_members, 1);
    g_autoptr(PushedGroup) after = read_group(scene);
    assert_int_equal(after->members->len, 3);
}

/* R09: nothing of theirs changes, so that no rule about people can fail it. */
static void R09_a_protected_owner_in_a_group_is_as_they_were(void **state)
{
    struct scene *scene = *state;
    const struct member_push vera = {scene->stage->vera, NULL};
    const struct group_draft draft = {.replace_members = TRUE, .add = &vera, .add_count = 1};
    g_autoptr(PersonFacts) before = stage_facts(scene->stage, scene->stage->vera);
    assert_int_equal(edit(scene, &scene->okta, &draft), VERDICT_DONE);
    g_autoptr(PersonFacts) after = stage_facts(scene->stage, scene->stage->vera);
    assert_int_equal(after->version, before->version);
    assert_int_equal(after->role, ORGANIZATION_ROLE_OWNER);
    const struct group_draft gone = {.remove = (const char *const *)&scene->stage->vera,
                                     .remove_count = 1};
    assert_int_equal(edit(scene, &scene->okta, &gone), VERDICT_DONE);
    assert_int_equal(stage_status(scene->stage, scene->stage->vera), PERSON_ACTIVE);
}

/* R10: who is not shown to the provider is not among what it sends back. */
static void a_protected_owner_stays_in_a_group_that_is_sent_back_as_read(void **state)
{
    struct scene *scene = *state;
    const struct member_push vera = {scene->stage->vera, NULL};
    const struct member_push read[] = {{scene->people[0], "A"}, {scene->people[1], NULL}};
    const struct group_draft push = {.add = &vera, .add_count = 1};
    const struct group_draft back = {.replace_members = TRUE, .add = read, .add_count = 2};
    assert_int_equal(edit(scene, &scene->okta, &push), VERDICT_DONE);
    assert_int_equal(edit(scene, &scene->okta, &back), VERDICT_UNCHANGED);
    g_autoptr(PushedGroup) after = read_group(scene);
    assert_int_equal(after->members->len, 3);
}

static void a_name_is_one_groups_in_its_connection_in_any_case(void **state)
{
    struct scene *scene = *state;
    const struct group_draft same = {.display_name = "sEARCH"};
    const struct group_draft other = {.display_name = "Ads"};
    const struct group_draft none = {.display_name = ""};
    assert_int_equal(create(scene, &scene->okta, &same), VERDICT_TAKEN);
    assert_int_equal(scene->stage->verdict.fault.status, 409);
    assert_int_equal(create(scene, &scene->ping, &same), VERDICT_DONE);
    assert_int_equal(create(scene, &scene->okta, &other), VERDICT_DONE);
    assert_int_equal(edit(scene, &scene->okta, &other), VERDICT_TAKEN);
    assert_int_equal(edit(scene, &scene->okta, &none), VERDICT_INVALID);
    assert_int_equal(edit(scene, &scene->okta, &same), VERDICT_DONE);
    g_autoptr(PushedGroup) group = read_group(scene);
    assert_string_equal(group->display_name, "sEARCH");
    assert_string_equal(group->external_id, "g-1");
}

static void only_its_provider_changes_a_group(void **state)
{
    struct scene *scene = *state;
    struct actor reader = stage_provider(NULL);
    reader.kind = ACTOR_READER;
    struct actor admin = stage_operator();
    admin.kind = ACTOR_ADMIN;
    const struct actor sync = stage_sync("directory:corp"),
                       owner = stage_person(scene->stage->dana);

    const struct {
        const struct actor *actor;
        enum verdict_kind edits, removes;
    } cases[] = {
        {&scene->ping, VERDICT_NOT_FOUND, VERDICT_NOT_FOUND},
        {&sync, VERDICT_REFUSED, VERDICT_REFUSED},
        {&owner, VERDICT_REFUSED, VERDICT_REFUSED},
        {&reader, VERDICT_REFUSED, VERDICT_REFUSED},
        {&admin, VERDICT_REFUSED, VERDICT_DONE},
    };
    const struct group_draft empty = {.replace_members = TRUE};
    const struct act remove = {.kind = ACT_GROUP_REMOVE, .id = scene->group};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(edit(scene, cases[i].actor, &empty), cases[i].edits);
        assert_int_equal(stage_do(scene->stage, cases[i].actor, &remove), cases[i].removes);
    }
    assert_null(read_group(scene));
}

static void a_version_that_does_not_stand_any_more_is_stale(void **state)
{
    struct scene *scene = *state;
    const struct group_draft empty = {.replace_members = TRUE};
    const struct act act = {
        .kind = ACT_GROUP_EDIT, .id = scene->group, .if_match = 7, .group = &empty};
    assert_int_equal(stage_do(scene->stage, &scene->okta, &act), VERDICT_STALE);
    g_autoptr(PushedGroup) group = read_group(scene);
    assert_int_equal(group->members->len, 2);
}

static void whoever_is_removed_leaves_their_groups_which_are_a_version_up(void **state)
{
    struct scene *scene = *state;
    const gint64 pushed = number(scene, STATE_VERSION);
    const struct act remove = {.kind = ACT_PERSON_REMOVE, .id = scene->people[0]};
    assert_int_equal(stage_do(scene->stage, &scene->okta, &remove), VERDICT_DONE);
    g_autoptr(PushedGroup) group = read_group(scene);
    assert_int_equal(group->members->len, 1);
    assert_int_equal(group->version, 2);
    assert_int_equal(number(scene, STATE_VERSION), pushed + 1);
    const struct act other = {.kind = ACT_PERSON_REMOVE, .id = scene->people[2]};
    assert_int_equal(stage_do(scene->stage, &scene->okta, &other), VERDICT_DONE);
    assert_int_equal(number(scene, STATE_VERSION), pushed + 1);
}

static void whoever_is_suspended_stays_in_their_groups(void **state)
{
    struct scene *scene = *state;
    g_autoptr(PersonFacts) facts = stage_facts(scene->stage, scene->people[0]);
    struct project_grant grants[4];
    struct person_draft draft = stage_draft(facts, &scene->okta, grants);
    draft.active = FALSE;
    const struct act suspend = {
        .kind = ACT_PERSON_EDIT, .id = scene->people[0], .draft = &draft};
    assert_int_equal(stage_do(scene->stage, &scene->okta, &suspend), VERDICT_DONE);
    assert_int_equal(stage_status(scene->stage, scene->people[0]), PERSON_SUSPENDED);
    g_autoptr(PushedGroup) group = read_group(scene);
    assert_int_equal(group->members->len, 2);
    assert_int_equal(group->version, 1);
}

static void a_group_that_was_removed_is_pushed_again_whole(void **state)
{
    struct scene *scene = *state;
    const struct act remove = {.kind = ACT_GROUP_REMOVE, .id = scene->group};
    const struct member_push members[] = {{scene->people[0], "A"}, {scene->people[1], NULL}};
    const struct group_draft draft = {.display_name = "Search", .add = members, .add_count = 2};
    assert_int_equal(stage_do(scene->stage, &scene->okta, &remove), VERDICT_DONE);
    assert_true(scene->stage->judge.groups_changed);
    assert_int_equal(number(scene, "SELECT COUNT(*) FROM pushed_member"), 0);
    assert_int_equal(create(scene, &scene->okta, &draft), VERDICT_DONE);
    assert_string_not_equal(scene->stage->verdict.id, scene->group);
    assert_int_equal(number(scene, "SELECT COUNT(*) FROM pushed_member"), 2);
}

/* The last record, as the trail has it. The caller frees. */
static json_t *last_record(struct scene *scene)
{
    struct store_rows *rows = store_query(
        scene->stage->session,
        "SELECT record FROM audit WHERE organization = 'acme' ORDER BY rowid DESC LIMIT 1",
        STORE_NOTHING, TRUE);
    assert_true(store_next(rows));
    json_t *record = json_loads(store_text_at(rows, 0), 0, NULL);
    assert_true(store_end(rows, NULL));
    return record;
}

static void expect_record(struct scene *scene, const char *action, json_t *before,
                          json_t *after)
{
    json_auto_t *record = last_record(scene);
    g_autofree char *object = g_strconcat("group:", scene->group, NULL);
    assert_string_equal(json_string_value(json_object_get(record, "action")), action);
    assert_string_equal(json_string_value(json_object_get(record, "object")), object);
    assert_string_equal(json_string_value(json_object_get(record, "actor")), "scim:okta");
    json_t *const wanted[] = {before, after}, *const are[] = {json_object_get(record, "before"),
                                                              json_object_get(record, "after")};
    for (int i = 0; i < 2; i++) {
        if (wanted[i] == NULL ? are[i] != NULL : !json_equal(wanted[i], are[i]))
            fail_msg("%s: %s", i == 0 ? "before" : "after", json_dumps(record, 0));
        json_decref(wanted[i]);
    }
}

static void a_record_says_what_differs(void **state)
{
    struct scene *scene = *state;
    expect_record(scene, "create", NULL,
                  json_pack("{s:s, s:s, s:s, s:[s, s]}", "displayName", "Search", "externalId",
                            "g-1", "origin", "scim:okta", "members", scene->people[0],
                            scene->people[1]));
    const char *const gone[] = {scene->people[0], scene->people[2]};
    const struct member_push more[] = {{scene->people[2], NULL}, {scene->people[1], "B"}};
    const struct group_draft draft = {.display_name = "Suche",
                                      .has_external_id = TRUE,
                                      .remove = gone,
                                      .remove_count = 2,
                                      .add = more,
                                      .add_count = 2};
    assert_int_equal(edit(scene, &scene->okta, &draft), VERDICT_DONE);
    expect_record(scene, "edit",
                  json_pack("{s:s, s:s, s:[s], s:{s:n}}", "displayName", "Search", "externalId",
                            "g-1", "members", scene->people[0], "displays", scene->people[1]),
                  json_pack("{s:s, s:[s], s:{s:s}}", "displayName", "Suche", "members",
                            scene->people[2], "displays", scene->people[1], "B"));
    assert_int_equal(stage_do(scene->stage, &scene->okta,
                              &(struct act){.kind = ACT_GROUP_REMOVE, .id = scene->group}),
                     VERDICT_DONE);
    expect_record(scene, "remove",
                  json_pack("{s:s, s:s, s:[s, s]}", "displayName", "Suche", "origin",
                            "scim:okta", "members", scene->people[1], scene->people[2]),
                  NULL);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_change_moves_the_group_and_its_state_and_nothing_else),
        SCENE_TEST(a_replace_touches_the_difference_alone),
        SCENE_TEST(who_is_to_go_and_to_come_stays_with_the_new_display),
        SCENE_TEST(ids_that_are_nobodys_are_left_out_or_refuse_the_whole),
        SCENE_TEST(R09_a_protected_owner_in_a_group_is_as_they_were),
        SCENE_TEST(a_protected_owner_stays_in_a_group_that_is_sent_back_as_read),
        SCENE_TEST(a_name_is_one_groups_in_its_connection_in_any_case),
        SCENE_TEST(only_its_provider_changes_a_group),
        SCENE_TEST(a_version_that_does_not_stand_any_more_is_stale),
        SCENE_TEST(whoever_is_removed_leaves_their_groups_which_are_a_version_up),
        SCENE_TEST(whoever_is_suspended_stays_in_their_groups),
        SCENE_TEST(a_group_that_was_removed_is_pushed_again_whole),
        SCENE_TEST(a_record_says_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
