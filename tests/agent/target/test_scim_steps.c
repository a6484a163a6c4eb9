#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_steps.h"
#include "scim/protocol/outcome.h"

#define PATCH(operations)                                                                      \
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":"         \
    "[" operations "]}"
#define REPLACE(path, value) "{\"op\":\"replace\",\"path\":\"" path "\",\"value\":" value "}"
#define REMOVE(path)         "{\"op\":\"remove\",\"path\":\"" path "\"}"
#define ADD(path, value)     "{\"op\":\"add\",\"path\":\"" path "\",\"value\":" value "}"
#define ADD_ORGANIZATION_ROLE(role)                                                            \
    ADD("roles", "[{\"type\":\"organization\",\"value\":\"" role "\",\"primary\":true}]")
#define ENTERPRISE        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define ORGANIZATION_ROLE "roles[type eq \\\"organization\\\"].value"

static struct plan_role_change to_admin = {"search", PROJECT_ROLE_READ_ONLY,
                                           PROJECT_ROLE_ADMIN};
static struct plan_role_change to_none = {"search", PROJECT_ROLE_ADMIN, PROJECT_ROLE_NONE};
static struct plan_role_change two_changes[] = {
    {"ads", PROJECT_ROLE_NONE, PROJECT_ROLE_READ_WRITE},
    {"search", PROJECT_ROLE_ADMIN, PROJECT_ROLE_NONE}};
static struct plan_role_change two_grants[] = {
    {"ads", PROJECT_ROLE_NONE, PROJECT_ROLE_READ_WRITE},
    {"search", PROJECT_ROLE_NONE, PROJECT_ROLE_ADMIN}};

static const struct {
    const char *name;
    struct plan_step step;
    const char *method, *path, *body, *if_match, *headers;
} cases[] = {
    {"invite, as little as there can be",
     {.kind = PLAN_INVITE,
      .origin = "directory:corp",
      .external_id = "a1",
      .user_name = "dana@example.com",
      .organization_to = ORGANIZATION_ROLE_MEMBER,
      .reason = "by rule: group 'B\xc3\xbcro' -> acme: member",
      .profile = {{[PROFILE_USER_NAME] = "dana@example.com"}}},
     "POST",
     "/Users",
     "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"dana@"
     "example.com\","
     "\"externalId\":\"a1\",\"roles\":[{\"type\":\"organization\",\"value\":\"member\","
     "\"primary\":true}"
     "]}",
     NULL,
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7,Rolecall-Reason: by rule: group "
     "'B%C3%BCro' -> acme: member"},
    {"invite, with all that a directory knows",
     {.kind = PLAN_INVITE,
      .origin = "directory:corp",
      .external_id = "a1",
      .user_name = "dana",
      .organization_to = ORGANIZATION_ROLE_OWNER,
      .projects = two_grants,
      .project_count = 2,
      .profile = {{[PROFILE_USER_NAME] = "dana",
                   [PROFILE_MAIL] = "dana@example.com",
                   [PROFILE_DISPLAY_NAME] = "Dana \"D\" \xc3\x84",
                   [PROFILE_GIVEN_NAME] = "Dana",
                   [PROFILE_FAMILY_NAME] = "Doe",
                   [PROFILE_TITLE] = "Lead",
                   [PROFILE_EMPLOYEE_NUMBER] = "7",
                   [PROFILE_DEPARTMENT] = "Search"}}},
     "POST",
     "/Users",
     "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\",\"" ENTERPRISE "\"],"
     "\"userName\":\"dana\",\"externalId\":\"a1\",\"displayName\":\"Dana \\\"D\\\" \xc3\x84\","
     "\"name\":{\"givenName\":\"Dana\",\"familyName\":\"Doe\"},\"title\":\"Lead\","
     "\"emails\":[{\"type\":\"work\",\"value\":\"dana@example.com\",\"primary\":true}],"
     "\"roles\":[{\"type\":\"organization\",\"value\":\"owner\",\"primary\":true},"
     "{\"type\":\"project\",\"value\":\"ads/read-write\"},"
     "{\"type\":\"project\",\"value\":\"search/admin\"}],"
     "\"" ENTERPRISE "\":{\"employeeNumber\":\"7\",\"department\":\"Search\"}}",
     NULL,
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"reissue, address and roles",
     {.kind = PLAN_REISSUE,
      .organization_from = ORGANIZATION_ROLE_MEMBER,
      .organization_to = ORGANIZATION_ROLE_BILLING_ADMIN,
      .projects = two_changes,
      .project_count = 2,
      .profile_mask = 1U << PROFILE_USER_NAME | 1U << PROFILE_MAIL,
      .profile = {{[PROFILE_USER_NAME] = "d@example.com", [PROFILE_MAIL] = "d@example.com"}}},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("userName", "\"d@example.com\"") "," REPLACE(
         "emails[type eq \\\"work\\\"].value",
         "\"d@example.com\"") "," REPLACE(ORGANIZATION_ROLE,
                                          "\"billing-admin\"") "," ADD("roles",
                                                                       "[{\"type\":"
                                                                       "\"project\","
                                                                       "\"value\":"
                                                                       "\"ads/"
                                                                       "read-write\"}"
                                                                       "]") "," REMOVE("roles["
                                                                                       "type "
                                                                                       "eq "
                                                                                       "\\\"pro"
                                                                                       "ject\\"
                                                                                       "\" and "
                                                                                       "value "
                                                                                       "sw "
                                                                                       "\\\"sea"
                                                                                       "rch/"
                                                                                       "\\\""
                                                                                       "]")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"reissue that adopts",
     {.kind = PLAN_REISSUE,
      .flags = PLAN_ADOPT,
      .external_id = "a1",
      .organization_to = ORGANIZATION_ROLE_MEMBER},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("externalId", "\"a1\"") "," ADD_ORGANIZATION_ROLE("member")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7,Rolecall-Adopt: true"},
    {"revoke",
     {.kind = PLAN_REVOKE},
     "DELETE",
     "/Users/p%2F1",
     NULL,
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"set-organization-role",
     {.kind = PLAN_SET_ORGANIZATION_ROLE,
      .organization_from = ORGANIZATION_ROLE_MEMBER,
      .organization_to = ORGANIZATION_ROLE_OWNER},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE(ORGANIZATION_ROLE, "\"owner\"")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"set-organization-role that adopts",
     {.kind = PLAN_SET_ORGANIZATION_ROLE,
      .flags = PLAN_ADOPT,
      .external_id = "a\"1",
      .organization_to = ORGANIZATION_ROLE_OWNER},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("externalId", "\"a\\\"1\"") "," ADD_ORGANIZATION_ROLE("owner")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7,Rolecall-Adopt: true"},
    {"an attached link comes",
     {.kind = PLAN_SET_ORGANIZATION_ROLE,
      .flags = PLAN_ADOPT | PLAN_ATTACHED,
      .external_id = "a1",
      .organization_to = ORGANIZATION_ROLE_MEMBER},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("externalId", "\"a1\"") "," ADD_ORGANIZATION_ROLE("member")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7,Rolecall-Adopt: attached"},
    {"an attached link goes",
     {.kind = PLAN_REMOVE, .flags = PLAN_ATTACHED},
     "DELETE",
     "/Users/p%2F1",
     NULL,
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"set-organization-role that adopts into projects as well",
     {.kind = PLAN_SET_ORGANIZATION_ROLE,
      .flags = PLAN_ADOPT,
      .external_id = "a1",
      .organization_to = ORGANIZATION_ROLE_MEMBER,
      .projects = two_grants,
      .project_count = 2},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("externalId", "\"a1\"") "," ADD_ORGANIZATION_ROLE("member") "," ADD(
         "roles",
         "[{\"type\":\"project\",\"value\":\"ads/read-write\"}]") "," ADD("roles",
                                                                          "[{\"type\":"
                                                                          "\"project\","
                                                                          "\"value\":\"search/"
                                                                          "admin\"}]")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7,Rolecall-Adopt: true"},
    {"set-project-role",
     {.kind = PLAN_SET_PROJECT_ROLE, .projects = &to_admin, .project_count = 1},
     "PATCH",
     "/Users/p%2F1",
     PATCH(ADD("roles", "[{\"type\":\"project\",\"value\":\"search/admin\"}]")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"set-project-role by succession",
     {.kind = PLAN_SET_PROJECT_ROLE,
      .flags = PLAN_STAND_IN,
      .projects = &to_admin,
      .project_count = 1},
     "PATCH",
     "/Projects/j%3F1",
     PATCH(ADD("members", "[{\"value\":\"p/1\",\"role\":\"admin\"}]")),
     NULL,
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"remove-project-role",
     {.kind = PLAN_REMOVE_PROJECT_ROLE, .projects = &to_none, .project_count = 1},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REMOVE("roles[type eq \\\"project\\\" and value sw \\\"search/\\\"]")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"update-profile, every field",
     {.kind = PLAN_UPDATE_PROFILE,
      .profile_mask = (1U << PROFILE_FIELDS) - 1,
      .profile = {{"u", "m", "d", "g", "f", "t", "n", "c", "o", "v", "p"}}},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("userName", "\"u\"") "," REPLACE(
         "emails[type eq \\\"work\\\"].value",
         "\"m"
         "\"") "," REPLACE("displayName",
                           "\"d\"") "," REPLACE("name.givenName",
                                                "\"g\"") "," REPLACE("name.familyName",
                                                                     "\"f\"") "," REPLACE("titl"
                                                                                          "e",
                                                                                          "\"t"
                                                                                          "\"") "," REPLACE(ENTERPRISE
                                                                                                            ":employeeNumber",
                                                                                                            "\"n\"") "," REPLACE(ENTERPRISE
                                                                                                                                 ":costCenter",
                                                                                                                                 "\"c\"") "," REPLACE(ENTERPRISE
                                                                                                                                                      ":"
                                                                                                                                                      "o"
                                                                                                                                                      "r"
                                                                                                                                                      "g"
                                                                                                                                                      "a"
                                                                                                                                                      "n"
                                                                                                                                                      "i"
                                                                                                                                                      "z"
                                                                                                                                                      "a"
                                                                                                                                                      "t"
                                                                                                                                                      "i"
                                                                                                                                                      "o"
                                                                                                                                                      "n",
                                                                                                                                                      "\"o\"") "," REPLACE(ENTERPRISE
                                                                                                                                                                           ":division",
                                                                                                                                                                           "\"v\"") "," REPLACE(ENTERPRISE
                                                                                                                                                                                                ":department",
                                                                                                                                                                                                "\"p\"")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"update-profile that clears",
     {.kind = PLAN_UPDATE_PROFILE,
      .profile_mask = 1U << PROFILE_MAIL | 1U << PROFILE_TITLE | 1U << PROFILE_DEPARTMENT,
      .profile = {{[PROFILE_DISPLAY_NAME] = "not in the mask"}}},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REMOVE("emails[type eq \\\"work\\\"]") "," REMOVE("title") "," REMOVE(
         ENTERPRISE ":department")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"suspend",
     {.kind = PLAN_SUSPEND},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("active", "false")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"reactivate",
     {.kind = PLAN_REACTIVATE},
     "PATCH",
     "/Users/p%2F1",
     PATCH(REPLACE("active", "true")),
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
    {"remove",
     {.kind = PLAN_REMOVE},
     "DELETE",
     "/Users/p%2F1",
     NULL,
     "W/\"3\"",
     "Rolecall-Origin: directory:corp,Rolecall-Run: r7"},
};

static struct target_write write_of(const struct plan_step *step)
{
    gboolean has_base = step->kind != PLAN_INVITE && (step->flags & PLAN_STAND_IN) == 0;
    return (struct target_write){.step = step,
                                 .person = step->kind == PLAN_INVITE ? NULL : "p/1",
                                 .base = has_base ? "W/\"3\"" : NULL,
                                 .run = "r7"};
}

static void every_kind_of_step_becomes_its_request(void **state)
{
    (void)state;
    guint kinds = 0;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct plan_step step = cases[i].step;
        step.origin = "directory:corp";
        kinds |= 1U << step.kind;
        const struct target_write write = write_of(&step);
        struct scim_steps_call call = {0};
        g_autoptr(GError) error = NULL;
        if (!scim_steps_make(&write, "j?1", &call, &error))
            fail_msg("%s: %s", cases[i].name, error->message);
        char *body = call.body != NULL ? json_dumps(call.body, JSON_COMPACT) : NULL;
        g_autofree char *headers = g_strjoinv(",", call.headers);
        if (g_strcmp0(body, cases[i].body) != 0)
            print_error("%s\n", cases[i].name);
        assert_string_equal(call.method, cases[i].method);
        assert_string_equal(call.path, cases[i].path);
        assert_string_equal(body != NULL ? body : "",
                            cases[i].body != NULL ? cases[i].body : "");
        assert_int_equal(g_strcmp0(call.if_match, cases[i].if_match), 0);
        assert_string_equal(headers, cases[i].headers);
        free(body);
        scim_steps_clear(&call);
        assert_null(call.path);
    }
    assert_int_equal(kinds, (1U << PLAN_KINDS) - 1);
}

static struct plan_role_change nowhere = {"../x", PROJECT_ROLE_NONE, PROJECT_ROLE_ADMIN};
static struct plan_role_change quoted = {"a\"]", PROJECT_ROLE_ADMIN, PROJECT_ROLE_NONE};

static const struct {
    struct plan_step step;
    const char *person, *project_id, *why;
} broken[] = {
    {{.kind = PLAN_SUSPEND, .origin = NULL}, "p", NULL, "no origin"},
    {{.kind = PLAN_SUSPEND, .origin = ""}, "p", NULL, "no origin"},
    {{.kind = PLAN_SUSPEND, .origin = "o"}, NULL, NULL, "names nobody"},
    {{.kind = PLAN_REMOVE, .origin = "o"}, "", NULL, "names nobody"},
    {{.kind = PLAN_SET_ORGANIZATION_ROLE, .origin = "o"}, "p", NULL, "no role"},
    {{.kind = PLAN_SET_PROJECT_ROLE, .origin = "o"}, "p", NULL, "exactly one project"},
    {{.kind = PLAN_SET_PROJECT_ROLE, .origin = "o", .projects = two_grants, .project_count = 2},
     "p",
     NULL,
     "exactly one project"},
    {{.kind = PLAN_SET_PROJECT_ROLE, .origin = "o", .projects = &to_none, .project_count = 1},
     "p",
     NULL,
     "no role"},
    {{.kind = PLAN_SET_PROJECT_ROLE, .origin = "o", .projects = &nowhere, .project_count = 1},
     "p",
     NULL,
     "no project"},
    {{.kind = PLAN_REMOVE_PROJECT_ROLE,
      .origin = "o",
      .projects = &to_admin,
      .project_count = 1},
     "p",
     NULL,
     "a role to give"},
    {{.kind = PLAN_REMOVE_PROJECT_ROLE, .origin = "o", .projects = &quoted, .project_count = 1},
     "p",
     NULL,
     "no project"},
    {{.kind = PLAN_SET_PROJECT_ROLE,
      .flags = PLAN_STAND_IN,
      .origin = "o",
      .projects = &to_admin,
      .project_count = 1},
     "p",
     NULL,
     "lacks the project"},
    {{.kind = PLAN_SUSPEND, .flags = PLAN_STAND_IN, .origin = "o"},
     "p",
     "j",
     "lacks the project"},
    {{.kind = PLAN_REISSUE, .origin = "o"}, "p", NULL, "changes nothing"},
    {{.kind = PLAN_UPDATE_PROFILE, .origin = "o"}, "p", NULL, "changes nothing"},
    {{.kind = PLAN_UPDATE_PROFILE, .flags = PLAN_ADOPT, .origin = "o"}, "p", NULL, "no anchor"},
    {{.kind = PLAN_INVITE, .origin = "o", .external_id = "a", .organization_to = 1},
     NULL,
     NULL,
     "lacks userName"},
    {{.kind = PLAN_INVITE, .origin = "o", .organization_to = 1, .profile = {{"u"}}},
     NULL,
     NULL,
     "lacks userName, anchor"},
    {{.kind = PLAN_INVITE, .origin = "o", .external_id = "a", .profile = {{"u"}}},
     NULL,
     NULL,
     "lacks userName, anchor or role"},
    {{.kind = PLAN_INVITE,
      .origin = "o",
      .external_id = "a",
      .organization_to = 1,
      .projects = &to_none,
      .project_count = 1,
      .profile = {{"u"}}},
     NULL,
     NULL,
     "no role"},
};

static void a_step_that_lacks_something_is_refused(void **state)
{
    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
        const struct target_write write = {.step = &broken[i].step, .person = broken[i].person};
        struct scim_steps_call call = {0};
        g_autoptr(GError) error = NULL;
        assert_false(scim_steps_make(&write, broken[i].project_id, &call, &error));
        assert_true(g_error_matches(error, OUTCOME, OUTCOME_BAD_INPUT));
        if (strstr(error->message, broken[i].why) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error->message, broken[i].why);
        assert_null(call.path);
        assert_null(call.body);
        assert_null(call.headers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_step_becomes_its_request),
        cmocka_unit_test(a_step_that_lacks_something_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
