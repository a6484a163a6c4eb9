#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"

#include "company.h"

static const struct rule_text_role LEVELS[] = {{"rw", "read-write"}};

#define PLACE(number) .file = "rolecall.conf", .line = (number)

/* A mapper over one directory "corp", whatever the rules are about. */
struct fixture {
    Rules *rules;
    Snapshot *snapshot;
    ProfileMap *map;
    Mapper *mapper;
    GError *error;
};

static struct fixture map_company(const char *const *lines, const struct rule_text *texts,
                                  gsize count)
{
    struct fixture fixture = {.rules = company_rules(texts, count),
                              .snapshot = company_read("corp", lines),
                              .map = profile_map_new()};
    const struct mapper_directory directory = {"corp", fixture.snapshot, fixture.map, FALSE};
    fixture.mapper = mapper_new(fixture.rules, &directory, 1, &fixture.error);
    return fixture;
}

static void fixture_clear(struct fixture *fixture)
{
    g_clear_pointer(&fixture->mapper, mapper_free);
    g_clear_pointer(&fixture->snapshot, snapshot_free);
    g_clear_pointer(&fixture->rules, rules_free);
    g_clear_pointer(&fixture->map, profile_map_free);
    g_clear_error(&fixture->error);
}

/* The lines of the rules that match a person: "12 14". */
static char *rules_of(const struct fixture *fixture, const char *anchor)
{
    g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(guint32));
    const struct snapshot_person *person = snapshot_find_anchor(fixture->snapshot, anchor);
    GString *lines = g_string_new(NULL);
    mapper_grants_of(fixture->mapper, 0, (guint32)(person - fixture->snapshot->people), grants);
    for (guint i = 0; i < grants->len; i++)
        g_string_append_printf(
            lines, "%s%u", i > 0 ? " " : "",
            rules_get(fixture->rules,
                      mapper_grant_at(fixture->mapper, g_array_index(grants, guint32, i))->rule)
                ->line);
    return g_string_free(lines, FALSE);
}

static void every_kind_of_rule_finds_its_people(void **state)
{
    (void)state;
    static const struct rule_text TEXTS[] = {
        {PLACE(1), .directory = "corp", .group = "staff", .organization = "acme",
         .role = "member"},
        {PLACE(2), .directory = "corp", .group = "cn=Inner", .dn_key = "cn=inner,dc=example",
         .organization = "acme", .role = "owner"},
        {PLACE(3), .directory = "corp", .filter = "(title=Boss)", .organization = "acme",
         .role = "owner"},
        {PLACE(4), .directory = "corp", .user = "C@example.com", .organization = "acme",
         .role = "owner"},
        {PLACE(5), .directory = "corp", .user = "D", .organization = "acme", .role = "owner"},
        {PLACE(6), .directory = "corp", .user = "a-e", .organization = "acme", .role = "owner"},
        {PLACE(7), .directory = "corp", .user = "uid=F", .dn_key = "uid=f,dc=example",
         .organization = "acme", .role = "owner"},
        {PLACE(8), .directory = "corp", .group_matches = "^(?<p>[a-z]+)-rw$",
         .organization = "acme", .project = "${p}", .role = "read-write"},
        {PLACE(9), .directory = "labs", .filter = "(uid=*)", .organization = "acme",
         .role = "owner"},
        {PLACE(10), .directory = "corp", .user = "uid=nobody", .dn_key = "uid=nobody",
         .organization = "acme", .role = "owner"},
    };
    static const char *const LINES[] = {"person a",
                                        "person b title=Boss",
                                        "person c mail=c@example.com",
                                        "person d",
                                        "person e",
                                        "person f",
                                        "person g uid=x",
                                        "person h login=h@corp mail=c@elsewhere",
                                        "group staff a @inner",
                                        "group inner b @staff",
                                        "group search-rw @inner f",
                                        NULL};

    static const struct {
        const char *anchor, *lines;
    } ROWS[] = {
        {"a-a", "2 1 8"}, {"a-b", "2 1 8 3"}, {"a-c", "4"}, {"a-d", "5"},
        {"a-e", "6"},     {"a-f", "8 7"},     {"a-g", ""},  {"a-h", ""},
    };
    struct fixture fixture = map_company(LINES, TEXTS, G_N_ELEMENTS(TEXTS));
    assert_non_null(fixture.mapper);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autofree char *lines = rules_of(&fixture, ROWS[i].anchor);
        if (!g_str_equal(lines, ROWS[i].lines))
            fail_msg("%s: '%s'", ROWS[i].anchor, lines);
    }
    fixture_clear(&fixture);
}

static void captures_that_mean_nothing_are_noted_and_ignored(void **state)
{
    (void)state;
    static const struct rule_text TEXTS[] = {
        {PLACE(1), .directory = "corp", .group_matches = "^p-(?<p>.+)-(?<l>[a-z]+)$",
         .organization = "acme", .project = "${p}", .role = "${l}", .roles = LEVELS,
         .role_count = 1},
    };
    static const char *const LINES[] = {
        "person a",         "group p-search-rw a", "group p-Search-rw a",
        "group p-ads-xx a", "group x a",           NULL};
    struct fixture fixture = map_company(LINES, TEXTS, 1);
    assert_non_null(fixture.mapper);
    const GPtrArray *notes = mapper_notes(fixture.mapper);
    assert_int_equal(notes->len, 2);
    assert_non_null(
        strstr(notes->pdata[0], "'p-Search-rw' is ignored: no project can be named"));
    assert_non_null(strstr(notes->pdata[1], "'p-ads-xx' is ignored: 'xx' means no role"));
    g_autofree char *lines = rules_of(&fixture, "a-a");
    assert_string_equal(lines, "1");
    fixture_clear(&fixture);
}

static void a_group_that_is_missing_or_double_stops_it(void **state)
{
    (void)state;
    static const struct rule_text TEXTS[] = {{PLACE(1), .directory = "corp", .group = "staff",
                                              .organization = "acme", .role = "member"}};

    static const struct {
        const char *lines[3];
        const char *says;
    } ROWS[] = {{{"person a", NULL}, "no group 'staff'"},
                {{"group staff", "group b name=staff", NULL}, "two groups named 'staff'"}};

    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        struct fixture fixture = map_company(ROWS[i].lines, TEXTS, 1);
        assert_null(fixture.mapper);
        assert_true(g_error_matches(fixture.error, OUTCOME, OUTCOME_SETTINGS));
        assert_non_null(strstr(fixture.error->message, ROWS[i].says));
        fixture_clear(&fixture);
    }
}

static void a_pattern_that_cannot_be_decided_stops_it(void **state)
{
    (void)state;
    static const struct rule_text TEXTS[] = {{PLACE(7), .directory = "corp",
                                              .group_matches = "^(a+)+$",
                                              .organization = "acme", .role = "member"}};
    static const char *const LINES[] = {
        "group aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", NULL};
    struct fixture fixture = map_company(LINES, TEXTS, 1);
    assert_null(fixture.mapper);
    assert_true(g_str_has_prefix(fixture.error->message, "rolecall.conf:7: "));
    fixture_clear(&fixture);
}

static void a_directory_without_a_snapshot_is_passed_over(void **state)
{
    (void)state;
    static const struct rule_text TEXTS[] = {{PLACE(1), .directory = "corp", .group = "staff",
                                              .organization = "acme", .role = "member"}};
    g_autoptr(Rules) rules = company_rules(TEXTS, 1);
    g_autoptr(ProfileMap) map = profile_map_new();
    const struct mapper_directory directories[] = {{"labs", NULL, map, FALSE},
                                                   {"corp", NULL, map, FALSE}};
    g_autoptr(GError) error = NULL;
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 2, &error);
    assert_non_null(mapper);
    guint32 count = 0;
    assert_string_equal(mapper_directories(mapper, &count)[0].name, "corp");
    assert_int_equal(count, 2);
    const struct mapper_organization acme = {.name = "acme"};
    g_autoptr(Desired) desired = mapper_desired(mapper, &acme);
    assert_int_equal(desired->link_count, 0);
    assert_null(desired->directories[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_rule_finds_its_people),
        cmocka_unit_test(captures_that_mean_nothing_are_noted_and_ignored),
        cmocka_unit_test(a_group_that_is_missing_or_double_stops_it),
        cmocka_unit_test(a_pattern_that_cannot_be_decided_stops_it),
        cmocka_unit_test(a_directory_without_a_snapshot_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
