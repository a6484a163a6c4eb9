#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/directory/pushed_groups_rows.h"
#include "scim/protocol/outcome.h"

#define ORIGIN(name)                                                                           \
    "\"urn:rolecall:params:scim:schemas:extension:1.0:PushedGroup\":{\"origin\":\"" name "\"}"

static json_t *parse(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    if (value == NULL)
        fail_msg("no JSON: %s", text);
    return value;
}

static Needs *needs_of(const char *const *names)
{
    Needs *needs = needs_new();
    for (; *names != NULL; names++)
        g_ptr_array_add(needs->group_names, g_strdup(*names));
    return needs;
}

static gboolean take_group(PushedGroupsRows *rows, const char *text, GError **error)
{
    json_t *group = parse(text);
    gboolean taken = pushed_groups_rows_take_group(rows, group, error);
    json_decref(group);
    return taken;
}

static gboolean take_members(PushedGroupsRows *rows, guint index, const char *text,
                             GError **error)
{
    json_t *group = parse(text);
    gboolean taken = pushed_groups_rows_take_members(rows, index, group, error);
    json_decref(group);
    return taken;
}

static gboolean take_person(PushedGroupsRows *rows, const char *text, GError **error)
{
    json_t *user = parse(text);
    gboolean taken = pushed_groups_rows_take_person(rows, user, error);
    json_decref(user);
    return taken;
}

static Snapshot *snapshot_of(const PushedGroupsRows *rows)
{
    Snapshot *snapshot = snapshot_new("okta");
    assert_true(pushed_groups_rows_write(rows, snapshot, NULL));
    snapshot_seal(snapshot);
    return snapshot;
}

static const struct snapshot_group *find_group(const Snapshot *snapshot, const char *name)
{
    for (guint32 i = 0; i < snapshot->group_count; i++)
        if (g_ascii_strcasecmp(snapshot->groups[i].name, name) == 0)
            return &snapshot->groups[i];
    return NULL;
}

static void only_groups_that_a_rule_may_be_about_are_kept(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        gboolean kept;
    } groups[] = {
        {"{\"id\":\"g1\",\"displayName\":\"search TEAM\"," ORIGIN("scim:okta") "}", TRUE},
        {"{\"id\":\"g2\",\"displayName\":\"Others\"," ORIGIN("scim:okta") "}", FALSE},
        {"{\"id\":\"g3\",\"displayName\":\"Search Team\"," ORIGIN("scim:entra") "}", FALSE},
        {"{\"id\":\"0123456789abcdef0123456789abcdef\",\"displayName\":\"X\"," ORIGIN(
             "scim:okta") "}",
         TRUE},
    };

    g_autoptr(Needs) needs = needs_of((const char *const[]){"Search Team", NULL});
    g_ptr_array_add(needs->group_anchors, g_strdup("0123456789abcdef0123456789abcdef"));
    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
        g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, "scim:okta");
        assert_true(take_group(rows, groups[i].text, NULL));
        assert_int_equal(pushed_groups_rows_count(rows), groups[i].kept ? 1 : 0);
    }
}

static void rules_about_people_or_patterns_want_every_group(void **state)
{
    (void)state;
    for (guint i = 0; i < 2; i++) {
        g_autoptr(Needs) needs = needs_new();
        needs->all_people = i == 0;
        needs->all_groups = i == 1;
        g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
        assert_true(take_group(
            rows, "{\"id\":\"g2\",\"displayName\":\"Others\"," ORIGIN("scim:any") "}", NULL));
        assert_int_equal(pushed_groups_rows_count(rows), 1);
        assert_string_equal(pushed_groups_rows_id(rows, 0), "g2");
    }
}

static void members_are_people_with_the_attributes_that_rules_ask_for(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_of((const char *const[]){"Team", NULL});
    static const char *const attributes[] = {"mail", "department", "givenName", "active", "sn"};
    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++)
        g_ptr_array_add(needs->attributes, g_strdup(attributes[i]));
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"Team\"," ORIGIN("scim:okta") "}", NULL));
    needs->all_people = TRUE;
    assert_false(pushed_groups_rows_want_people(rows)); /* nobody is in it */
    assert_true(take_members(rows, 0,
                             "{\"id\":\"g1\",\"members\":[{\"value\":\"p1\"},{\"value\":\"p1\"}"
                             ",{\"value\":\"gone\"}]}",
                             NULL));
    assert_true(pushed_groups_rows_want_people(rows));
    assert_true(
        take_person(rows,
                    "{\"id\":\"p1\",\"userName\":\"ann\",\"active\":false,\"title\":\"Boss\","
                    "\"emails\":[{\"value\":\"w@b.example\",\"type\":\"work\"},"
                    "{\"value\":\"p@b.example\",\"type\":\"home\",\"primary\":true}],"
                    "\"name\":{\"givenName\":\"Ann\"},"
                    "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":"
                    "{\"department\":\"Search\"}}",
                    NULL));
    assert_true(take_person(rows, "{\"id\":\"p2\",\"userName\":\"bob\"}", NULL));
    g_autoptr(Snapshot) snapshot = snapshot_of(rows);
    assert_int_equal(snapshot->person_count, 1); /* bob is in no group, and gone is gone */
    const struct snapshot_person *ann = snapshot_find_anchor(snapshot, "p1");
    assert_non_null(ann);
    assert_string_equal(ann->login, "ann");
    assert_int_equal(ann->state, SNAPSHOT_ENABLED);
    assert_null(ann->set_aside);
    assert_string_equal(snapshot_value_of(snapshot, ann, "mail"), "p@b.example");
    assert_string_equal(snapshot_value_of(snapshot, ann, "department"), "Search");
    assert_string_equal(snapshot_value_of(snapshot, ann, "givenName"), "Ann");
    assert_string_equal(snapshot_value_of(snapshot, ann, "active"), "false");
    assert_null(snapshot_value_of(snapshot, ann, "title"));
    const struct snapshot_group *team = find_group(snapshot, "Team");
    assert_string_equal(team->anchor, "g1");
    assert_int_equal(team->member_count, 1);
    assert_int_equal(team->unresolved, 1);
}

static void without_emails_the_mail_is_the_userName(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_of((const char *const[]){"Team", NULL});
    g_ptr_array_add(needs->attributes, g_strdup("mail"));
    needs->all_people = TRUE;
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"Team\"," ORIGIN("scim:okta") "}", NULL));
    assert_true(
        take_members(rows, 0, "{\"id\":\"g1\",\"members\":[{\"value\":\"p1\"}]}", NULL));
    assert_true(take_person(rows, "{\"id\":\"p1\",\"userName\":\"ann@b.example\"}", NULL));
    g_autoptr(Snapshot) snapshot = snapshot_of(rows);
    assert_string_equal(snapshot_value_of(snapshot, &snapshot->people[0], "mail"),
                        "ann@b.example");
}

static void where_rules_are_about_groups_alone_people_are_their_ids(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_of((const char *const[]){"Team", NULL});
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"Team\"," ORIGIN("scim:okta") "}", NULL));
    assert_true(take_members(
        rows, 0, "{\"id\":\"g1\",\"members\":[{\"value\":\"p2\"},{\"value\":\"p1\"}]}", NULL));
    assert_false(pushed_groups_rows_want_people(rows));
    g_autoptr(Snapshot) snapshot = snapshot_of(rows);
    assert_int_equal(snapshot->person_count, 2);
    assert_string_equal(snapshot->people[0].anchor, "p1");
    assert_null(snapshot->people[0].login);
    assert_int_equal(snapshot->groups[0].member_count, 2);
}

/* A provider that deletes a group, or has not pushed it yet, is no mistake in the config. */
static void a_group_that_nobody_pushes_is_one_without_members(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_of((const char *const[]){"Team", "Later", NULL});
    g_ptr_array_add(needs->group_anchors, g_strdup("0123456789abcdef0123456789abcdef"));
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"team\"," ORIGIN("scim:okta") "}", NULL));
    g_autoptr(Snapshot) snapshot = snapshot_of(rows);
    assert_int_equal(snapshot->group_count, 3);
    assert_string_equal(find_group(snapshot, "Later")->anchor, "absent:Later");
    assert_int_equal(find_group(snapshot, "Later")->member_count, 0);
    assert_string_equal(find_group(snapshot, "0123456789abcdef0123456789abcdef")->anchor,
                        "0123456789abcdef0123456789abcdef");
}

static void groups_of_one_name_of_two_connections_count_together(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_of((const char *const[]){"Team", NULL});
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"team\"," ORIGIN("scim:okta") "}", NULL));
    assert_true(take_group(
        rows, "{\"id\":\"g2\",\"displayName\":\"Team\"," ORIGIN("scim:entra") "}", NULL));
    g_autoptr(Snapshot) snapshot = snapshot_of(rows);
    assert_int_equal(snapshot->group_count, 2);
    assert_true(snapshot->shares_names);
}

static void a_name_that_cannot_be_shown_is_none(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_new();
    needs->all_groups = TRUE;
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"a\\u202eb\"," ORIGIN("scim:okta") "}", NULL));
    g_autoptr(Snapshot) snapshot = snapshot_of(rows);
    assert_string_equal(snapshot->groups[0].name, "g1");
}

static void what_is_no_group_and_no_person_stops_the_reading(void **state)
{
    (void)state;
    g_autoptr(Needs) needs = needs_new();
    needs->all_groups = TRUE;
    static const char *const bad_groups[] = {
        "{\"displayName\":\"Team\"," ORIGIN("scim:okta") "}",
        "{\"id\":\"g1\"," ORIGIN("scim:okta") "}",
        "{\"id\":\"g1\",\"displayName\":\"Team\"}",
    };
    static const char *const bad_members[] = {
        "{\"id\":\"g2\",\"members\":[]}",
        "{\"id\":\"g1\",\"members\":{}}",
        "{\"id\":\"g1\",\"members\":[{\"display\":\"Ann\"}]}",
    };
    static const char *const bad_people[] = {"{\"id\":\"p1\"}", "{\"userName\":\"ann\"}"};
    g_autoptr(PushedGroupsRows) rows = pushed_groups_rows_new(needs, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(bad_groups); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(take_group(rows, bad_groups[i], &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
    }
    assert_true(take_group(
        rows, "{\"id\":\"g1\",\"displayName\":\"Team\"," ORIGIN("scim:okta") "}", NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(bad_members); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(take_members(rows, 0, bad_members[i], &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(bad_people); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(take_person(rows, bad_people[i], &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_groups_that_a_rule_may_be_about_are_kept),
        cmocka_unit_test(rules_about_people_or_patterns_want_every_group),
        cmocka_unit_test(members_are_people_with_the_attributes_that_rules_ask_for),
        cmocka_unit_test(without_emails_the_mail_is_the_userName),
        cmocka_unit_test(where_rules_are_about_groups_alone_people_are_their_ids),
        cmocka_unit_test(a_group_that_nobody_pushes_is_one_without_members),
        cmocka_unit_test(groups_of_one_name_of_two_connections_count_together),
        cmocka_unit_test(a_name_that_cannot_be_shown_is_none),
        cmocka_unit_test(what_is_no_group_and_no_person_stops_the_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
