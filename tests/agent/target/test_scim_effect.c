#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "agent/target/scim_effect.h"

#define MEMBERSHIP(rest)                                                                       \
    "\"urn:rolecall:params:scim:schemas:extension:1.0:Membership\":{" rest "}"
#define LINK(origin, anchor, active, roles)                                                    \
    "{\"value\":\"" origin "\",\"externalId\":\"" anchor "\",\"active\":" active               \
    ",\"roles\":[" roles "]}"
#define PERSON(links)       "{\"id\":\"p1\"," MEMBERSHIP("\"origins\":[" links "]") "}"
#define CORP(active, roles) PERSON(LINK("directory:corp", "a1", active, roles))
#define ENTERPRISE          "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\""

#define SHOWN   SCIM_EFFECT_SHOWN
#define ABSENT  SCIM_EFFECT_ABSENT
#define NEITHER SCIM_EFFECT_NEITHER

static struct plan_role_change raised = {"search", PROJECT_ROLE_READ_ONLY, PROJECT_ROLE_ADMIN};
static struct plan_role_change taken = {"search", PROJECT_ROLE_ADMIN, PROJECT_ROLE_NONE};

/* Whoever is not there at all: `user` is NULL. */
static const struct {
    struct plan_step step;
    const char *user;
    enum scim_effect effect;
} cases[] = {
    {{.kind = PLAN_INVITE}, CORP("true", "\"member\""), SHOWN},
    {{.kind = PLAN_INVITE}, PERSON(LINK("directory:labs", "a1", "true", "")), ABSENT},
    {{.kind = PLAN_INVITE}, PERSON(LINK("directory:corp", "a2", "true", "")), ABSENT},
    {{.kind = PLAN_INVITE},
     PERSON(LINK("manual", "", "true", "") "," LINK("directory:corp", "a1", "true", "")),
     SHOWN},
    {{.kind = PLAN_INVITE}, NULL, ABSENT},
    {{.kind = PLAN_INVITE}, "{\"id\":\"p1\"}", ABSENT},
    {{.kind = PLAN_INVITE}, "{" MEMBERSHIP("\"origins\":7") "}", ABSENT},

    {{.kind = PLAN_REMOVE}, NULL, SHOWN},
    {{.kind = PLAN_REMOVE}, CORP("true", "\"member\""), ABSENT},
    {{.kind = PLAN_REMOVE}, PERSON(LINK("manual", "", "true", "\"member\"")), SHOWN},
    {{.kind = PLAN_REVOKE}, NULL, SHOWN},
    {{.kind = PLAN_REVOKE}, CORP("true", ""), ABSENT},

    {{.kind = PLAN_SUSPEND}, CORP("false", ""), SHOWN},
    {{.kind = PLAN_SUSPEND}, CORP("true", ""), ABSENT},
    {{.kind = PLAN_SUSPEND}, CORP("\"false\"", ""), ABSENT},
    {{.kind = PLAN_SUSPEND}, PERSON(LINK("directory:labs", "a1", "false", "")), ABSENT},
    {{.kind = PLAN_SUSPEND}, NULL, ABSENT},
    {{.kind = PLAN_REACTIVATE}, CORP("true", ""), SHOWN},
    {{.kind = PLAN_REACTIVATE}, CORP("false", ""), ABSENT},
    {{.kind = PLAN_REACTIVATE}, NULL, ABSENT},

    {{.kind = PLAN_SET_ORGANIZATION_ROLE, .organization_from = 1, .organization_to = 3},
     CORP("true", "\"owner\""),
     SHOWN},
    {{.kind = PLAN_SET_ORGANIZATION_ROLE, .organization_from = 1, .organization_to = 3},
     CORP("true", "\"search/admin\",\"member\""),
     ABSENT},
    {{.kind = PLAN_SET_ORGANIZATION_ROLE, .organization_from = 1, .organization_to = 3},
     CORP("true", "\"billing-admin\""),
     NEITHER},
    {{.kind = PLAN_SET_ORGANIZATION_ROLE, .organization_from = 1, .organization_to = 3},
     NULL,
     ABSENT},
    /* adopting one who has the role already: only the link counts */
    {{.kind = PLAN_SET_ORGANIZATION_ROLE,
      .flags = PLAN_ADOPT,
      .organization_from = 3,
      .organization_to = 3},
     PERSON(LINK("manual", "", "true", "\"owner\"")),
     ABSENT},

    {{.kind = PLAN_SET_PROJECT_ROLE, .projects = &raised, .project_count = 1},
     CORP("true", "\"member\",\"search/admin\""),
     SHOWN},
    {{.kind = PLAN_SET_PROJECT_ROLE, .projects = &raised, .project_count = 1},
     CORP("true", "\"member\",\"search/read-only\""),
     ABSENT},
    {{.kind = PLAN_SET_PROJECT_ROLE, .projects = &raised, .project_count = 1},
     CORP("true", "\"member\",\"ads/admin\",\"search/read-write\""),
     NEITHER},
    {{.kind = PLAN_SET_PROJECT_ROLE, .projects = &raised, .project_count = 1},
     CORP("true", "7,\"member\",\"search/king\""),
     NEITHER},
    {{.kind = PLAN_REMOVE_PROJECT_ROLE, .projects = &taken, .project_count = 1},
     CORP("true", "\"member\",\"ads/admin\""),
     SHOWN},
    {{.kind = PLAN_REMOVE_PROJECT_ROLE, .projects = &taken, .project_count = 1},
     CORP("true", "\"search/admin\""),
     ABSENT},

    {{.kind = PLAN_SET_PROJECT_ROLE,
      .flags = PLAN_STAND_IN,
      .projects = &raised,
      .project_count = 1},
     "{" MEMBERSHIP("\"standsIn\":[\"ads\",\"search\"]") "}",
     SHOWN},
    {{.kind = PLAN_SET_PROJECT_ROLE,
      .flags = PLAN_STAND_IN,
      .projects = &raised,
      .project_count = 1},
     "{\"roles\":[{\"type\":\"project\",\"value\":\"search/admin\"}]}",
     SHOWN},
    {{.kind = PLAN_SET_PROJECT_ROLE,
      .flags = PLAN_STAND_IN,
      .projects = &raised,
      .project_count = 1},
     "{\"roles\":[{\"type\":\"project\",\"value\":\"search/read-write\"}]," MEMBERSHIP(
         "\"standsIn\":[\"ads\"]") "}",
     ABSENT},
    {{.kind = PLAN_SET_PROJECT_ROLE,
      .flags = PLAN_STAND_IN,
      .projects = &raised,
      .project_count = 1},
     NULL,
     ABSENT},

    {{.kind = PLAN_UPDATE_PROFILE,
      .profile_mask = 1U << PROFILE_MAIL | 1U << PROFILE_GIVEN_NAME | 1U << PROFILE_DEPARTMENT |
                      1U << PROFILE_TITLE,
      .profile =
          {{[PROFILE_MAIL] = "m", [PROFILE_GIVEN_NAME] = "g", [PROFILE_DEPARTMENT] = "d"}}},
     "{\"emails\":[{\"type\":\"home\",\"value\":\"h\"},{\"type\":\"work\",\"value\":\"m\"}],"
     "\"name\":{\"givenName\":\"g\"}," ENTERPRISE ":{\"department\":\"d\"}," MEMBERSHIP(
         "\"origins\":[" LINK("directory:corp", "a1", "true", "") "]") "}",
     SHOWN},
    {{.kind = PLAN_UPDATE_PROFILE,
      .profile_mask = 1U << PROFILE_TITLE,
      .profile = {{[PROFILE_TITLE] = "t"}}},
     "{\"title\":\"T\"," MEMBERSHIP(
         "\"origins\":[" LINK("directory:corp", "a1", "true", "") "]") "}",
     NEITHER},
    {{.kind = PLAN_UPDATE_PROFILE, .profile_mask = 1U << PROFILE_TITLE}, NULL, ABSENT},

    {{.kind = PLAN_REISSUE,
      .organization_from = 1,
      .organization_to = 2,
      .projects = &raised,
      .project_count = 1,
      .profile_mask = 1U << PROFILE_USER_NAME,
      .profile = {{"u"}}},
     "{\"userName\":\"u\"," MEMBERSHIP("\"origins\":[" LINK(
         "directory:corp", "a1", "true", "\"billing-admin\",\"search/admin\"") "]") "}",
     SHOWN},
    {{.kind = PLAN_REISSUE,
      .organization_from = 1,
      .organization_to = 2,
      .profile_mask = 1U << PROFILE_USER_NAME,
      .profile = {{"u"}}},
     "{\"userName\":\"v\"," MEMBERSHIP(
         "\"origins\":[" LINK("directory:corp", "a1", "true", "\"billing-admin\"") "]") "}",
     NEITHER},
    {{.kind = PLAN_REISSUE,
      .organization_from = 1,
      .organization_to = 2,
      .profile_mask = 1U << PROFILE_USER_NAME,
      .profile = {{"u"}}},
     "{\"userName\":\"v\"," MEMBERSHIP(
         "\"origins\":[" LINK("directory:corp", "a1", "true", "\"member\"") "]") "}",
     ABSENT},
    {{.kind = PLAN_REISSUE,
      .organization_from = 1,
      .organization_to = 1,
      .profile_mask = 1U,
      .profile = {{"u"}}},
     "{\"userName\":\"v\"," MEMBERSHIP(
         "\"origins\":[" LINK("directory:corp", "a1", "true", "\"member\"") "]") "}",
     NEITHER},
};

static void a_person_shows_what_a_step_wanted_or_does_not(void **state)
{
    (void)state;
    guint kinds = 0;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct plan_step step = cases[i].step;
        json_auto_t *user = NULL;
        step.origin = "directory:corp";
        step.external_id = (step.flags & PLAN_STAND_IN) != 0 ? "" : "a1";
        kinds |= 1U << step.kind;
        if (cases[i].user != NULL) {
            user = json_loads(cases[i].user, 0, NULL);
            assert_non_null(user);
        }
        enum scim_effect effect = scim_effect_of(&step, user);
        if (effect != cases[i].effect)
            print_error("case %u: %s\n", i, cases[i].user);
        assert_int_equal(effect, cases[i].effect);
    }
    assert_int_equal(kinds, (1U << PLAN_KINDS) - 1);
}

static void a_link_without_an_external_id_is_found_as_well(void **state)
{
    (void)state;
    const struct plan_step step = {.origin = "manual", .external_id = ""};
    json_auto_t *user =
        json_loads("{" MEMBERSHIP("\"origins\":[{\"value\":\"manual\"}]") "}", 0, NULL);
    assert_true(scim_effect_has_link(&step, user));
    assert_false(scim_effect_has_link(&step, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_shows_what_a_step_wanted_or_does_not),
        cmocka_unit_test(a_link_without_an_external_id_is_found_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
