#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/filter_match.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"

static const char person[] =
    "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE "\"],"
    "\"id\":\"2819C223\",\"externalId\":\"Ext\",\"userName\":\"bjensen@Example.com\","
    "\"name\":{\"familyName\":\"O'Malley\",\"givenName\":\"Barbara\"},\"title\":\"\","
    "\"userType\":\"Employee\",\"active\":true,\"nickName\":null,\"photos\":[],"
    "\"phoneNumbers\":[{\"type\":\"work\"}],"
    "\"emails\":[{\"value\":\"bjensen@example.com\",\"type\":\"work\",\"primary\":true},"
    "{\"value\":\"babs@jensen.org\",\"type\":\"home\"}],"
    "\"roles\":[{\"type\":\"organization\",\"value\":\"owner\",\"primary\":true},"
    "{\"type\":\"project\",\"value\":\"search/admin\"}],"
    "\"meta\":{\"resourceType\":\"User\",\"lastModified\":\"2011-05-13T04:42:34Z\"},"
    "\"" SCIM_URN_ENTERPRISE
    "\":{\"department\":\"Search\",\"manager\":{\"value\":\"26118915\"}},"
    "\"" SCIM_URN_MEMBERSHIP "\":{\"status\":\"active\",\"standsIn\":[\"ads\",\"search\"],"
    "\"origins\":[{\"value\":\"directory:corp\",\"roles\":[\"owner\",\"search/admin\"]}]}}";

static const struct {
    const char *filter;
    gboolean matches;
} cases[] = {
    {"userName eq \"BJensen@example.com\"", TRUE},
    {"userName eq \"bjensen\"", FALSE},
    {"userName sw \"bj\"", TRUE},
    {"id eq \"2819c223\"", FALSE},
    {"id eq \"2819C223\"", TRUE},
    {"externalId eq \"ext\"", FALSE},
    {"name.familyName co \"o'm\"", TRUE},
    {"active eq true", TRUE},
    {"active eq \"False\"", FALSE},
    {"userType ne \"Employee\"", FALSE},
    {"meta.lastModified gt \"2011-05-13T04:42:33Z\"", TRUE},
    {"meta.lastModified gt \"2011-05-13T04:42:34Z\"", FALSE},
    {"meta.lastModified ge \"2011-05-13T06:42:34+02:00\"", TRUE},
    {"meta.lastModified lt \"2011-05-13T04:42:34.1Z\"", TRUE},
    /* several values: one is enough */
    {"emails eq \"babs@jensen.org\"", TRUE},
    {"emails co \"example.com\"", TRUE},
    {"emails co \"example.net\"", FALSE},
    {"emails ne \"babs@jensen.org\"", TRUE},
    {"emails.type eq \"other\"", FALSE},
    {"emails.type eq \"home\" and emails.value eq \"bjensen@example.com\"", TRUE},
    {"emails[type eq \"home\" and value eq \"bjensen@example.com\"]", FALSE},
    {"emails[type eq \"work\" and value co \"@example.com\"]", TRUE},
    {"emails[type eq \"work\"].value eq \"babs@jensen.org\"", FALSE},
    {"emails[type eq \"home\"].value eq \"babs@jensen.org\"", TRUE},
    {"emails[not (type eq \"work\")]", TRUE},
    {"emails[type ne \"work\" and type ne \"home\"]", FALSE},
    {"emails[primary eq \"True\"]", TRUE},
    {"emails[not (primary pr)]", TRUE},
    {"roles[type eq \"project\" and value sw \"search/\"]", TRUE},
    {"roles[type eq \"organization\" and value sw \"search/\"]", FALSE},
    {"schemas eq \"" SCIM_URN_ENTERPRISE "\"", TRUE},
    {"schemas eq \"" SCIM_URN_GROUP "\"", FALSE},
    {"schemas[value ew \"enterprise:2.0:User\"]", TRUE},
    {"name[familyName sw \"O\" and givenName sw \"B\"]", TRUE},
    /* extensions */
    {SCIM_URN_ENTERPRISE ":department eq \"search\"", TRUE},
    {SCIM_URN_ENTERPRISE ":manager eq \"26118915\"", TRUE},
    {SCIM_URN_ENTERPRISE ":costCenter pr", FALSE},
    {SCIM_URN_ENTERPRISE " pr", TRUE},
    {SCIM_URN_MEMBERSHIP ":status eq \"active\"", TRUE},
    {SCIM_URN_MEMBERSHIP ":standsIn eq \"ads\"", TRUE},
    {SCIM_URN_MEMBERSHIP ":origins.roles eq \"search/admin\"", TRUE},
    {SCIM_URN_MEMBERSHIP ":origins[value eq \"directory:corp\" and roles eq \"owner\"]", TRUE},
    {SCIM_URN_MEMBERSHIP ":origins[value eq \"scim:okta\"]", FALSE},
    /* presence, and what has no value */
    {"title pr", TRUE},
    {"nickName pr", FALSE},
    {"photos pr", FALSE},
    {"ims pr", FALSE},
    {"emails pr", TRUE},
    {"name pr", TRUE},
    {"name.middleName pr", FALSE},
    {"emails.display pr", FALSE},
    {"phoneNumbers pr", TRUE},
    {"phoneNumbers eq null", FALSE},
    {"phoneNumbers ne null", TRUE},
    {"phoneNumbers.value eq null", TRUE},
    {"ims eq null", TRUE},
    {"nickName eq null", TRUE},
    {"nickName ne null", FALSE},
    {"userName eq null", FALSE},
    {"userName ne null", TRUE},
    {"nickName ne \"x\"", TRUE},
    {"nickName eq \"\"", FALSE},
    {"nickName co \"\"", FALSE},
    {"nickName lt \"x\"", FALSE},
    {"photos ne \"x\"", TRUE},
    {"photos[value ne \"x\"]", FALSE},
    {"rooms pr", FALSE},
    {"rooms eq 5", FALSE},
    {"rooms ne 5", TRUE},
    {"not (rooms eq 5)", TRUE},
    {"rooms[number eq 5]", FALSE},
    /* logic */
    {"userName pr and nickName pr", FALSE},
    {"userName pr or nickName pr", TRUE},
    {"nickName pr and ims pr or userName pr", TRUE},
    {"userName pr or nickName pr and ims pr", TRUE},
    {"(userName pr or nickName pr) and ims pr", FALSE},
    {"not (nickName pr) and not (ims pr)", TRUE},
    {"not (not (userName pr))", TRUE},
};

static void a_person_matches_as_the_standard_says(void **state)
{
    (void)state;
    json_auto_t *resource = json_loads(person, 0, NULL);
    assert_non_null(resource);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(Filter) filter = filter_parse(&schema_tables_user, cases[i].filter,
                                                strlen(cases[i].filter), NULL, NULL, &fault);
        if (filter == NULL)
            fail_msg("%s: %s", cases[i].filter, fault.detail);
        if (filter_match(filter, resource) != cases[i].matches)
            fail_msg("%s should %s", cases[i].filter, cases[i].matches ? "match" : "not match");
    }
}

static void numbers_are_compared_as_numbers(void **state)
{
    (void)state;

    static const struct {
        const char *filter;
        gboolean matches;
    } numbers[] = {
        {"totalAssignmentsUsed ge 100", TRUE},
        {"totalAssignmentsUsed gt 100", FALSE},
        {"totalAssignmentsUsed gt 20", TRUE},
        {"totalAssignmentsPermitted pr", FALSE},
    };

    json_auto_t *role = json_pack("{s:s, s:i}", "value", "member", "totalAssignmentsUsed", 100);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct fault fault = {.status = 0};
        g_autoptr(Filter) filter = filter_parse(&schema_tables_role, numbers[i].filter,
                                                strlen(numbers[i].filter), NULL, NULL, &fault);
        assert_non_null(filter);
        assert_int_equal(filter_match(filter, role), numbers[i].matches);
    }
}

static void one_value_is_matched_by_what_stands_in_the_brackets(void **state)
{
    (void)state;
    static const char inside[] = "type eq \"WORK\" and not (primary eq true)]";
    struct attribute_reference emails;
    struct fault fault = {.status = 0};
    assert_true(attribute_reference_parse(&schema_tables_user, "emails", 6, &emails));
    g_autoptr(Filter) filter =
        filter_parse_values(&emails, inside, strlen(inside), NULL, NULL, &fault);
    assert_non_null(filter);
    json_auto_t *plain = json_pack("{s:s}", "type", "work");
    json_auto_t *primary = json_pack("{s:s, s:b}", "type", "work", "primary", 1);
    json_auto_t *home = json_pack("{s:s}", "type", "home");
    assert_true(filter_match_value(filter->root, plain));
    assert_false(filter_match_value(filter->root, primary));
    assert_false(filter_match_value(filter->root, home));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_matches_as_the_standard_says),
        cmocka_unit_test(numbers_are_compared_as_numbers),
        cmocka_unit_test(one_value_is_matched_by_what_stands_in_the_brackets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
