#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/organization/project.h"
#include "tests/scim/organization/stage.h"

static void projects_are_listed_with_their_members_by_name(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *bob =
        stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, "search");
    g_autoptr(GPtrArray) projects = project_list(stage->session, "acme", stage->now, NULL);
    assert_int_equal(projects->len, 2);
    const struct project *ads = projects->pdata[0], *search = projects->pdata[1];
    assert_string_equal(ads->name, "ads");
    assert_int_equal(ads->members->len, 1);
    assert_int_equal(search->members->len, 2);
    const struct project_member *member = search->members->pdata[1];
    assert_string_equal(member->person, bob);
    assert_string_equal(member->display_name, "bob@example.com");
    assert_int_equal(member->role, PROJECT_ROLE_READ_WRITE);
    assert_int_equal(member->status, PERSON_INVITED);
    g_autoptr(GPtrArray) names = project_names(stage->session, "acme", NULL);
    assert_int_equal(names->len, 2);
    assert_null(((const struct project *)names->pdata[0])->members);
    stage_close(stage);
}

static void a_project_is_found_by_id_and_by_name_in_its_organization(void **state)
{
    (void)state;
    struct stage *stage = stage_open(10);
    g_autofree char *id = stage_project(stage, "search");
    g_autoptr(Project) found = NULL, foreign = NULL;
    gboolean exists = TRUE;
    assert_true(project_read(stage->session, "acme", id, stage->now, &found, NULL));
    assert_string_equal(found->name, "search");
    assert_int_equal(found->members->len, 1);
    assert_true(project_read(stage->session, "other", id, stage->now, &foreign, NULL));
    assert_null(foreign);
    assert_true(project_exists(stage->session, "acme", "nowhere", &exists, NULL));
    assert_false(exists);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(projects_are_listed_with_their_members_by_name),
        cmocka_unit_test(a_project_is_found_by_id_and_by_name_in_its_organization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
