#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_line.h"
#include "scim/organization/audit_person.h"
#include "tests/scim/organization/stage.h"

/* But for the profile, which is the SCIM document's. */
static void assert_person(struct stage *stage, const char *id, const char *format)
{
    g_autoptr(PersonFacts) facts = stage_facts(stage, id);
    json_t *state = audit_person(facts);
    assert_int_equal(json_object_del(state, "profile"), 0);
    g_autofree char *line = audit_line_print(state);
    g_auto(GStrv) parts = g_strsplit(format, "<id>", -1);
    g_autofree char *named = g_strjoinv(id, parts);
    parts = (g_strfreev(parts), g_strsplit(named, "<invitation>", -1));
    g_autofree char *wanted =
        g_strjoinv(facts->invitation != NULL ? facts->invitation : "", parts);
    assert_string_equal(line, wanted);
    json_decref(state);
}

static void nobody_has_no_state(void **state)
{
    (void)state;
    assert_null(audit_person(NULL));
}

static void the_whole_state_is_there_and_nothing_that_says_nothing(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    assert_person(stage, stage->vera,
                  "{\"address\":\"vera@example.com\",\"id\":\"<id>\",\"joinedAt\":\"2027-01-"
                  "15T08:00:00Z\","
                  "\"links\":[{\"active\":true,\"origin\":\"manual\",\"role\":\"owner\"}],"
                  "\"protected\":true,\"role\":\"owner\",\"status\":\"active\","
                  "\"userName\":\"vera@example.com\"}");
    assert_person(
        stage, stage->dana,
        "{\"address\":\"dana@example.com\",\"id\":\"<id>\",\"joinedAt\":\"2027-01-15T08:00:"
        "00Z\","
        "\"links\":[{\"active\":true,\"origin\":\"manual\",\"projects\":{\"ads\":\"admin\","
        "\"search\":\"admin\"},\"role\":\"owner\"}],"
        "\"projects\":{\"ads\":\"admin\",\"search\":\"admin\"},\"role\":\"owner\","
        "\"status\":\"active\",\"userName\":\"dana@example.com\"}");
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    assert_person(
        stage, bob,
        "{\"address\":\"bob@example.com\",\"expiresAt\":\"2027-01-17T08:00:00Z\","
        "\"id\":\"<id>\",\"invitation\":\"<invitation>\",\"links\":[{\"active\":true,"
        "\"origin\":\"manual\",\"projects\":{\"search\":\"read-write\"},\"role\":\"member\"}],"
        "\"projects\":{\"search\":\"read-write\"},\"role\":\"member\",\"status\":\"invited\","
        "\"userName\":\"bob@example.com\"}");
    stage_close(stage);
}

static void overrides_links_and_the_profile_are_told(void **state)
{
    (void)state;
    char ads[] = "ads";
    char origin[] = "directory:corp";
    char external_id[] = "x-1";
    char id[] = "p";
    char user_name[] = "a";
    char profile[] = "{\"title\":\"x\"}";
    char display_name[] = "A";
    char reason[] = "Suspended by an owner.";
    char search[] = "search";
    struct project_role_facts none = {.project = ads, .role = PROJECT_ROLE_NONE};
    struct link_facts corp = {.origin = origin,
                              .external_id = external_id,
                              .role = ORGANIZATION_ROLE_MEMBER,
                              .projects = g_array_new(FALSE, FALSE, sizeof none)};
    struct person_facts facts = {.id = id,
                                 .user_name = user_name,
                                 .profile = profile,
                                 .display_name = display_name,
                                 .status = PERSON_SUSPENDED,
                                 .reason = reason,
                                 .suspended_by_owner = TRUE,
                                 .projects = g_array_new(FALSE, FALSE, sizeof none),
                                 .links = g_ptr_array_new(),
                                 .override = ORGANIZATION_ROLE_OWNER,
                                 .overrides = g_array_new(FALSE, FALSE, sizeof none),
                                 .stands_in = g_ptr_array_new()};
    g_array_append_val(facts.overrides, none);
    g_ptr_array_add(facts.links, &corp);
    g_ptr_array_add(facts.stands_in, search);
    json_t *person = audit_person(&facts);
    g_autofree char *line = audit_line_print(person);
    assert_string_equal(
        line, "{\"displayName\":\"A\",\"id\":\"p\",\"links\":[{\"active\":false,"
              "\"externalId\":\"x-1\",\"origin\":\"directory:corp\",\"role\":\"member\"}],"
              "\"override\":\"owner\",\"overrides\":{\"ads\":\"none\"},"
              "\"profile\":{\"title\":\"x\"},\"reason\":\"Suspended by an owner.\","
              "\"role\":\"none\",\"standsIn\":[\"search\"],\"status\":\"suspended\","
              "\"suspendedByOwner\":true,\"userName\":\"a\"}");
    json_decref(person);
    g_array_unref(corp.projects);
    g_array_unref(facts.projects);
    g_array_unref(facts.overrides);
    g_ptr_array_unref(facts.links);
    g_ptr_array_unref(facts.stands_in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_has_no_state),
        cmocka_unit_test(the_whole_state_is_there_and_nothing_that_says_nothing),
        cmocka_unit_test(overrides_links_and_the_profile_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
