#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "agent/sync/reading.h"
#include "scim/protocol/outcome.h"
#include "tests/agent/sync/source_double.h"
#include "tests/mapping/company.h"

static const struct rule_text rule_texts[] = {
    {.directory = "corp", .group = "staff", .organization = "acme", .role = "member"},
    {.directory = "corp",
     .group_matches = "^proj-(?<p>[a-z]+)$",
     .organization = "acme",
     .project = "${p}",
     .role = "read-only"},
    {.directory = "corp", .group = "barred", .deny = TRUE},
};

static const char *const full[] = {"person ann mail=ann@example.com",
                                   "person bob mail=bob@example.com disabled",
                                   "person cat mail=cat@example.com",
                                   "person dan mail=dan@example.com",
                                   "person eve mail=eve@example.com",
                                   "group staff ann bob cat @inner",
                                   "group inner dan eve ann",
                                   "group proj-x ann",
                                   "group barred eve",
                                   NULL};

static const char *const emptied[] = {"person ann mail=ann@example.com",
                                      "group staff @inner",
                                      "group inner",
                                      "group proj-x ann",
                                      "group barred",
                                      NULL};

struct world {
    Rules *rules;
    ProfileMap *profile;
    struct source_double *corp;
};

static int set_up(void **state)
{
    struct world *world = g_new0(struct world, 1);
    world->rules = company_rules(rule_texts, G_N_ELEMENTS(rule_texts));
    world->profile = profile_map_new();
    world->corp = source_double_new("corp", full);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    source_double_free(world->corp);
    profile_map_free(world->profile);
    rules_free(world->rules);
    g_free(world);
    return 0;
}

static Reading *read_all(const struct world *world, const Accepted *accepted)
{
    Reading *reading = reading_new(world->rules, NULL, NULL);
    assert_true(reading_take(reading, &world->corp->source, world->profile, TRUE, NULL));
    assert_true(reading_finish(reading, accepted, NULL));
    return reading;
}

static void a_reading_knows_what_was_read(void **state)
{
    const struct world *world = *state;
    g_autoptr(Reading) reading = read_all(world, NULL);
    g_autoptr(Reading) again = read_all(world, NULL);
    guint count = 0;
    const struct plan_origin *origins = reading_origins(reading, &count);
    assert_int_equal(count, 1);
    assert_string_equal(origins[0].origin, "directory:corp");
    assert_true(origins[0].adopt);
    assert_false(origins[0].emptied);
    assert_int_equal(reading_entries(reading), 5);
    assert_non_null(reading_mapper(reading));
    assert_non_null(strstr(reading_rule_text(reading, 0), "corp"));
    assert_null(reading_rule_text(reading, 99));
    g_autofree char *digest = reading_digest(reading);
    g_autofree char *same = reading_digest(again);
    assert_string_equal(digest, same);
}

static void a_failed_directory_stays_known_and_gives_nobody(void **state)
{
    struct world *world = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reading) reading = reading_new(world->rules, NULL, NULL);
    enum source_presence presence = SOURCE_PRESENT;
    guint count = 0;
    world->corp->fails = TRUE;
    assert_false(reading_take(reading, &world->corp->source, world->profile, FALSE, &error));
    assert_true(g_error_matches(error, OUTCOME, OUTCOME_RETRY));
    assert_true(reading_finish(reading, NULL, NULL));
    assert_string_equal(reading_origins(reading, &count)[0].origin, "directory:corp");
    assert_int_equal(reading_entries(reading), 0);
    assert_false(reading_presence(reading, "directory:corp", "a-ann", &presence));
    assert_int_equal(world->corp->looks, 0);
}

static void a_missing_group_of_a_rule_is_no_snapshot(void **state)
{
    static const char *const bare[] = {"person ann mail=ann@example.com", "group barred", NULL};
    struct world *world = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Reading) reading = reading_new(world->rules, NULL, NULL);
    world->corp->lines = bare;
    assert_false(reading_take(reading, &world->corp->source, world->profile, FALSE, &error));
    assert_non_null(strstr(error->message, "staff"));
}

static void who_is_in_the_snapshot_needs_no_look(void **state)
{
    struct world *world = *state;
    g_autoptr(Reading) reading = read_all(world, NULL);
    enum source_presence presence = SOURCE_UNKNOWN;
    assert_true(reading_presence(reading, "directory:corp", "a-ann", &presence));
    assert_int_equal(presence, SOURCE_PRESENT);
    assert_true(reading_presence(reading, "directory:corp", "a-bob", &presence));
    assert_int_equal(presence, SOURCE_DISABLED);
    assert_int_equal(world->corp->looks, 0);
    assert_true(reading_presence(reading, "directory:corp", "a-zoe", &presence));
    assert_int_equal(presence, SOURCE_DELETED);
    assert_int_equal(world->corp->looks, 1);
    assert_false(reading_presence(reading, "directory:labs", "a-ann", &presence));
    world->corp->fails = TRUE;
    assert_false(reading_presence(reading, "directory:corp", "a-zoe", &presence));
}

static gboolean doubt(void *context, const char *origin)
{
    (void)origin;
    return *(const gboolean *)context;
}

static Accepted *accept_now(const struct world *world, gboolean doubted)
{
    g_autoptr(Reading) reading = read_all(world, NULL);
    g_autofree char *folder = g_dir_make_tmp("none-XXXXXX", NULL);
    Accepted *accepted = accepted_open(folder, NULL);
    assert_non_null(accepted);
    g_rmdir(folder);
    reading_accept(reading, accepted, doubt, &doubted);
    return accepted;
}

static gboolean is_emptied(const struct world *world, const Accepted *accepted,
                           const char **group)
{
    static char name[64];
    g_autoptr(Reading) reading = read_all(world, accepted);
    guint count = 0;
    const struct plan_origin *origin = reading_origins(reading, &count);
    g_strlcpy(name, origin->emptied_group != NULL ? origin->emptied_group : "", sizeof name);
    *group = name;
    return origin->emptied;
}

static void a_group_of_five_found_empty_is_seen(void **state)
{
    struct world *world = *state;
    const char *group = NULL;
    g_autoptr(Accepted) accepted = accept_now(world, FALSE);
    assert_int_equal(accepted_entries(accepted, "corp"), 5);
    assert_false(is_emptied(world, accepted, &group));
    world->corp->lines = emptied;
    assert_true(is_emptied(world, accepted, &group));
    assert_string_equal(group, "staff");
}

static guint nine_entries(const struct source *source)
{
    (void)source;
    return 9;
}

static void a_source_that_counts_its_entries_is_measured_by_them(void **state)
{
    const struct world *world = *state;
    world->corp->source.entries = nine_entries;
    g_autoptr(Accepted) accepted = accept_now(world, FALSE);
    assert_int_equal(accepted_entries(accepted, "corp"), 9);
}

static void what_was_doubted_is_not_accepted(void **state)
{
    const struct world *world = *state;
    g_autoptr(Accepted) accepted = accept_now(world, TRUE);
    assert_int_equal(accepted_entries(accepted, "corp"), 0);
}

static void a_group_of_four_may_be_emptied(void **state)
{
    static const char *const four[] = {"person ann mail=ann@example.com",
                                       "person bob mail=bob@example.com",
                                       "person cat mail=cat@example.com",
                                       "person dan mail=dan@example.com",
                                       "group staff ann bob cat dan",
                                       "group barred",
                                       NULL};
    struct world *world = *state;
    const char *group = NULL;
    world->corp->lines = four;
    g_autoptr(Accepted) accepted = accept_now(world, FALSE);
    world->corp->lines = emptied;
    assert_false(is_emptied(world, accepted, &group));
}

static void a_group_that_no_rule_maps_any_more_is_not_emptied(void **state)
{
    struct world *world = *state;
    const char *group = NULL;
    g_autoptr(Accepted) accepted = accept_now(world, FALSE);
    rules_free(world->rules);
    world->rules = company_rules(rule_texts + 1, 2);
    assert_false(is_emptied(world, accepted, &group));
}

static gint64 settles_at(const struct world *world, gint64 settle)
{
    g_autoptr(Reading) reading = reading_new(world->rules, NULL, NULL);
    guint count = 0;
    reading_settle(reading, settle);
    assert_true(reading_take(reading, &world->corp->source, world->profile, FALSE, NULL));
    assert_true(reading_finish(reading, NULL, NULL));
    return reading_origins(reading, &count)->settles_at;
}

/* Both times are the keeper's: what our clock says is asked by nobody. */
static void what_changed_a_moment_ago_has_to_settle(void **state)
{
    static const struct {
        gint64 changed_at, read_at, settle, expected;
    } cases[] = {
        {1000, 1000, 120, 1121}, {1000, 1119, 120, 1121}, {1000, 1120, 120, 1121},
        {1000, 1121, 120, 0},    {1000, 900, 120, 1121},  {1000, 1000, 0, 0},
        {0, 1000, 120, 0},
    };
    struct world *world = *state;
    assert_int_equal(settles_at(world, 120), 0); /* a source that knows nothing of it */
    world->corp->source.changed = source_double_changed;
    world->corp->source.attaches = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        world->corp->changed_at = cases[i].changed_at;
        world->corp->read_at = cases[i].read_at;
        assert_int_equal(settles_at(world, cases[i].settle), cases[i].expected);
    }
}

static void a_directory_that_is_left_is_known_and_not_read(void **state)
{
    struct world *world = *state;
    g_autoptr(Reading) reading = reading_new(world->rules, NULL, NULL);
    enum source_presence presence = SOURCE_PRESENT;
    guint count = 0;
    reading_leave(reading, &world->corp->source, world->profile, TRUE);
    assert_true(reading_finish(reading, NULL, NULL));
    assert_string_equal(reading_origins(reading, &count)[0].origin, "directory:corp");
    assert_int_equal(reading_entries(reading), 0);
    assert_false(reading_presence(reading, "directory:corp", "a-ann", &presence));
    assert_int_equal(world->corp->reads, 0);
}

/* The id of a pushed group changes with its deletion; to the rules it is the same by its name. */
static void a_pushed_group_made_again_is_not_emptied(void **state)
{
    struct world *world = *state;
    const char *group = NULL;
    world->corp->source.attaches = TRUE;
    g_autoptr(Accepted) accepted = accept_now(world, FALSE);
    accepted_set_group(accepted, "corp", "the-id-it-had", "Staff", 5);
    assert_false(is_emptied(world, accepted, &group));
    accepted_set_group(accepted, "corp", "another-id", "gone for good", 5);
    assert_true(is_emptied(world, accepted, &group));
    assert_string_equal(group, "gone for good");
}

/* What is asked of a directory must not be answered by another one, or by one that was not read. */
static void the_order_of_the_directories_means_nothing(void **state)
{
    static const char *const one[] = {"person zoe mail=zoe@example.com", "group crew zoe",
                                      NULL};
    struct world *world = *state;
    struct source_double *apex = source_double_new("apex", one);
    g_autoptr(Accepted) accepted = accept_now(world, FALSE);
    guint count = 0;
    for (guint left = 0; left < 2; left++) {
        g_autoptr(Reading) reading = reading_new(world->rules, NULL, NULL);
        assert_true(reading_take(reading, &world->corp->source, world->profile, FALSE, NULL));
        if (left == 1)
            reading_leave(reading, &apex->source, world->profile, FALSE);
        else
            assert_true(reading_take(reading, &apex->source, world->profile, FALSE, NULL));
        assert_true(reading_finish(reading, accepted, NULL));
        const struct plan_origin *origins = reading_origins(reading, &count);
        assert_int_equal(count, 2);
        assert_string_equal(origins[0].origin, "directory:apex");
        assert_string_equal(origins[1].origin, "directory:corp");
        assert_false(origins[1].emptied);
    }
    source_double_free(apex);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reading_knows_what_was_read),
        TEST(a_failed_directory_stays_known_and_gives_nobody),
        TEST(a_missing_group_of_a_rule_is_no_snapshot),
        TEST(who_is_in_the_snapshot_needs_no_look),
        TEST(a_group_of_five_found_empty_is_seen),
        TEST(a_source_that_counts_its_entries_is_measured_by_them),
        TEST(what_was_doubted_is_not_accepted),
        TEST(a_group_of_four_may_be_emptied),
        TEST(a_group_that_no_rule_maps_any_more_is_not_emptied),
        TEST(what_changed_a_moment_ago_has_to_settle),
        TEST(a_directory_that_is_left_is_known_and_not_read),
        TEST(a_pushed_group_made_again_is_not_emptied),
        TEST(the_order_of_the_directories_means_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
