#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_person.h"
#include "scim/protocol/outcome.h"

#define MEMBERSHIP "\"urn:rolecall:params:scim:schemas:extension:1.0:Membership\""
#define ENTERPRISE "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\""
#define META       "\"meta\":{\"version\":\"W/\\\"3\\\"\"}"
#define ORIGINS    "\"origins\":[{\"value\":\"directory:corp\",\"externalId\":\"a1\"}]"
#define SMALL(rest, membership)                                                                \
    "{\"id\":\"p1\",\"userName\":\"u\"," META "," rest "" MEMBERSHIP                           \
    ":{\"status\":\"active\"," membership ORIGINS "}}"

static Actual *read_one(const char *text, GError **error)
{
    json_auto_t *user = json_loads(text, 0, NULL);
    assert_non_null(user);
    Actual *actual = actual_new("acme", 100, 7);
    if (scim_person_add(actual, user, error) && actual_seal(actual, error))
        return actual;
    actual_free(actual);
    return NULL;
}

static void a_person_is_read_with_all_there_is(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Actual) actual = read_one(
        "{\"schemas\":[],\"id\":\"p1\",\"externalId\":\"a1\",\"userName\":\"Dana\"," META ","
        "\"displayName\":\"Dana\\u0007 "
        "Doe\",\"name\":{\"givenName\":\"Dana\",\"familyName\":\"Doe\"},"
        "\"title\":\"Lead\",\"active\":true,"
        "\"emails\":[{\"type\":\"home\",\"value\":\"h@example.com\",\"primary\":true},"
        "{\"type\":\"work\",\"value\":\"Dana@example.com\"}],"
        "\"roles\":[{\"type\":\"project\",\"value\":\"search/admin\"},"
        "{\"type\":\"organization\",\"value\":\"owner\",\"primary\":true},"
        "{\"type\":\"licence\",\"value\":\"gold\"}]," ENTERPRISE
        ":{\"department\":\"R&D\",\"employeeNumber\":\"7\"}," MEMBERSHIP
        ":{\"status\":\"invited\",\"statusReason\":\"as\\nit is\",\"protected\":true,"
        "\"joinedAt\":\"2026-11-22T01:47:12Z\","
        "\"invitation\":{\"value\":\"i1\",\"expiresAt\":\"2026-11-24T01:47:12Z\"},"
        "\"origins\":[{\"value\":\"manual\",\"active\":true,\"roles\":[\"member\"]},"
        "{\"value\":\"directory:corp\",\"externalId\":\"a1\",\"active\":false,"
        "\"roles\":[\"owner\",\"search/admin\",\"ads/read-only\"]},"
        "{\"value\":\"directory:okta\",\"externalId\":\"p1\",\"active\":true,"
        "\"attached\":true,\"roles\":[\"member\"]}],"
        "\"override\":[{\"value\":\"member\"},{\"value\":\"ads/none\"}],"
        "\"standsIn\":[\"search\"]}}",
        &error);
    if (actual == NULL)
        fail_msg("%s", error->message);
    const struct actual_person *person = actual_find(actual, "p1");
    assert_non_null(person);
    assert_string_equal(person->version, "W/\"3\"");
    assert_string_equal(person->profile.field[PROFILE_USER_NAME], "Dana");
    assert_string_equal(person->profile.field[PROFILE_MAIL], "Dana@example.com");
    assert_string_equal(person->profile.field[PROFILE_DISPLAY_NAME], "Dana  Doe");
    assert_string_equal(person->profile.field[PROFILE_GIVEN_NAME], "Dana");
    assert_string_equal(person->profile.field[PROFILE_FAMILY_NAME], "Doe");
    assert_string_equal(person->profile.field[PROFILE_TITLE], "Lead");
    assert_string_equal(person->profile.field[PROFILE_EMPLOYEE_NUMBER], "7");
    assert_string_equal(person->profile.field[PROFILE_DEPARTMENT], "R&D");
    assert_null(person->profile.field[PROFILE_DIVISION]);
    assert_int_equal(person->status, ACTUAL_INVITED);
    assert_string_equal(person->status_reason, "as it is");
    assert_true(person->joined);
    assert_true(person->is_protected);
    assert_string_equal(person->invitation, "i1");
    assert_int_equal(person->invitation_expires, 1795484832);
    assert_int_equal(person->role, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(person->project_count, 1);
    assert_string_equal(person->projects[0].project, "search");
    assert_int_equal(person->projects[0].role, PROJECT_ROLE_ADMIN);
    assert_int_equal(person->link_count, 3);
    assert_string_equal(person->links[1].origin, "directory:okta");
    assert_true(person->links[1].attached);
    assert_false(person->links[0].attached);
    assert_string_equal(person->links[0].origin, "directory:corp");
    assert_string_equal(person->links[0].external_id, "a1");
    assert_false(person->links[0].active);
    assert_int_not_equal(person->links[0].age, 0);
    assert_int_equal(person->links[0].role, ORGANIZATION_ROLE_OWNER);
    assert_int_equal(person->links[0].project_count, 2);
    assert_string_equal(person->links[0].projects[0].project, "ads");
    assert_string_equal(person->links[2].origin, "manual");
    assert_string_equal(person->links[2].external_id, "");
    assert_true(person->links[2].active);
    assert_int_equal(person->links[2].age, 0);
    assert_int_equal(person->override_role, ORGANIZATION_ROLE_MEMBER);
    assert_int_equal(person->override_count, 1);
    assert_string_equal(person->overrides[0].project, "ads");
    assert_int_equal(person->overrides[0].role, PROJECT_ROLE_NONE);
    assert_int_equal(person->stands_in_count, 1);
    assert_string_equal(person->stands_in[0], "search");
}

static void what_is_not_there_has_its_meaning(void **state)
{
    (void)state;
    g_autoptr(Actual) actual = read_one(SMALL("", ""), NULL);
    assert_non_null(actual);
    const struct actual_person *person = actual_find(actual, "p1");
    assert_null(person->profile.field[PROFILE_MAIL]);
    assert_string_equal(person->status_reason, "");
    assert_false(person->joined);
    assert_false(person->is_protected);
    assert_false(person->suspended_by_owner);
    assert_null(person->invitation);
    assert_int_equal(person->role, ORGANIZATION_ROLE_NONE);
    assert_true(person->links[0].active);
    assert_int_equal(person->links[0].role, ORGANIZATION_ROLE_NONE);
}

static void the_mailing_address_is_work_then_primary_then_first(void **state)
{
    (void)state;

    static const struct {
        const char *user, *mail;
    } cases[] = {
        {SMALL("\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"}],", ""), "a"},
        {SMALL("\"emails\":[{\"value\":\"a\"},{\"value\":\"b\",\"primary\":true}],", ""), "b"},
        {SMALL("\"emails\":[{\"value\":\"b\",\"primary\":true},{\"value\":\"w\",\"type\":"
               "\"work\"}],",
               ""),
         "w"},
        {SMALL("\"emails\":[{\"type\":\"work\"},{\"value\":\"a\"}],", ""), "a"},
        {SMALL("\"emails\":[],", ""), NULL},
        {SMALL("\"emails\":null,", ""), NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Actual) actual = read_one(cases[i].user, NULL);
        assert_non_null(actual);
        assert_int_equal(
            g_strcmp0(actual_find(actual, "p1")->profile.field[PROFILE_MAIL], cases[i].mail),
            0);
    }
}

static void an_owners_suspension_is_told_from_those_of_links(void **state)
{
    (void)state;

    static const struct {
        const char *status, *active, *said;
        gboolean by_owner;
    } cases[] = {{"suspended", "true", "", TRUE},
                 {"suspended", "false", "", FALSE},
                 {"suspended", "false", "\"suspendedByOwner\":true,", TRUE},
                 {"suspended", "false", "\"suspendedByOwner\":false,", FALSE},
                 {"active", "true", "", FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP
            ":{\"status\":\"%s\",%s\"origins\":[{\"value\":\"manual\",\"active\":%s}]}}",
            cases[i].status, cases[i].said, cases[i].active);
        g_autoptr(Actual) actual = read_one(text, NULL);
        assert_non_null(actual);
        assert_int_equal(actual_find(actual, "p1")->suspended_by_owner, cases[i].by_owner);
    }
}

static const struct {
    const char *user, *why;
} hopeless[] = {
    {"{}", "a person: \"id\" is missing"},
    {"{\"id\":7}", "a person: \"id\" is not a text"},
    {"{\"id\":\"a\\u0000b\"}", NULL}, /* the parser refuses it already */
    {"{\"id\":\"p1\"}", "person \"p1\": \"version\" is missing"},
    {"{\"id\":\"p1\",\"meta\":[]}", "\"meta\" is not an object"},
    {"{\"id\":\"p1\",\"meta\":{\"version\":3}}", "\"version\" is not a text"},
    {"{\"id\":\"p1\",\"meta\":{\"version\":\"a b\"}}", "cannot stand in a header"},
    {"{\"id\":\"p1\",\"meta\":{\"version\":\"a\\r\\nX: y\"}}", "has control characters"},
    {"{\"id\":\"p1\"," META "}", "\"userName\" is missing"},
    {"{\"id\":\"p1\",\"userName\":\"\"," META "}", "\"userName\" is missing"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "}", "Membership extension is missing"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP ":{}}", "\"status\" is missing"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP ":{\"status\":\"active\"}}",
     "\"origins\" is missing"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP ":{\"status\":\"gone\"," ORIGINS
     "}}",
     "\"status\" is none that we know"},
    {SMALL("\"emails\":{},", ""), "\"emails\" is not a list"},
    {SMALL("\"emails\":[\"a\"],", ""), "\"emails\" is not a list"},
    {SMALL("\"emails\":[{\"value\":7}],", ""), "\"value\" is not a text"},
    {SMALL("\"emails\":[{\"value\":\"a\\nb\"}],", ""), "\"value\" has control characters"},
    {SMALL("\"name\":\"Dana\",", ""), "\"name\" is not an object"},
    {SMALL("\"title\":7,", ""), "\"title\" is not a text"},
    {SMALL("\"roles\":7,", ""), "\"roles\" is not a list"},
    {SMALL("\"roles\":[{\"type\":\"organization\"}],", ""), "\"value\" is missing"},
    {SMALL("\"roles\":[{\"type\":\"organization\",\"value\":\"king\"}],", ""),
     "organization role that we do not know"},
    {SMALL("\"roles\":[{\"type\":\"organization\",\"value\":\"owner\"},"
           "{\"type\":\"organization\",\"value\":\"member\"}],",
           ""),
     "two organization roles"},
    {SMALL("\"roles\":[{\"type\":\"project\",\"value\":\"owner\"}],", ""), "without a project"},
    {SMALL("\"roles\":[{\"type\":\"project\",\"value\":\"ads/admin\"},"
           "{\"type\":\"project\",\"value\":\"ads/read-only\"}],",
           ""),
     "second role in one scope"},
    {SMALL("\"roles\":[{\"type\":\"project\",\"value\":\"../admin\"}],", ""),
     "names no project"},
    {SMALL("", "\"protected\":\"yes\","), "\"protected\" is neither"},
    {SMALL("", "\"joinedAt\":7,"), "\"joinedAt\" is not a text"},
    {SMALL("", "\"statusReason\":7,"), "\"statusReason\" is not a text"},
    {SMALL("", "\"invitation\":\"i1\","), "\"invitation\" is not an object"},
    {SMALL("", "\"invitation\":{\"value\":\"i1\"},"), "\"expiresAt\" is missing"},
    {SMALL("", "\"invitation\":{\"value\":\"i1\",\"expiresAt\":\"soon\"},"), "not a dateTime"},
    {SMALL("", "\"override\":[\"member\"],"), "\"override\" is not a list of objects"},
    {SMALL("", "\"override\":[{\"value\":\"none\"}],"), "is no organization role"},
    {SMALL("", "\"override\":[{\"value\":\"member\"},{\"value\":\"owner\"}],"), "second role"},
    {SMALL("", "\"standsIn\":[7],"), "\"standsIn\" is not a list of texts"},
    {SMALL("", "\"standsIn\":[\"A B\"],"), "\"standsIn\" names no project"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP
     ":{\"status\":\"active\",\"origins\":[{}]}}",
     "\"value\" is missing"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP
     ":{\"status\":\"active\",\"origins\":[{\"value\":\"o\",\"roles\":[\"search/"
     "none\"]}]}}",
     "is no project role"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP
     ":{\"status\":\"active\",\"origins\":[{\"value\":\"o\",\"roles\":[\"owner\","
     "\"member\"]}]}}",
     "second role"},
    {"{\"id\":\"p1\",\"userName\":\"u\"," META "," MEMBERSHIP
     ":{\"status\":\"active\",\"origins\":[{\"value\":\"o\",\"active\":\"false\"}]}}",
     "\"active\" is neither"},
};

static void a_person_who_makes_no_sense_is_refused_by_name(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(hopeless); i++) {
        g_autoptr(GError) error = NULL;
        if (hopeless[i].why == NULL) {
            json_auto_t *user = json_loads(hopeless[i].user, 0, NULL);
            assert_null(user);
            continue;
        }
        if (read_one(hopeless[i].user, &error) != NULL)
            fail_msg("%s was taken", hopeless[i].user);
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
        if (strstr(error->message, hopeless[i].why) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error->message, hopeless[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_read_with_all_there_is),
        cmocka_unit_test(what_is_not_there_has_its_meaning),
        cmocka_unit_test(the_mailing_address_is_work_then_primary_then_first),
        cmocka_unit_test(an_owners_suspension_is_told_from_those_of_links),
        cmocka_unit_test(a_person_who_makes_no_sense_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
