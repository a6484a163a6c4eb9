#include "tests/scim/organization/group_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char *push(struct stage *stage, const char *origin, const struct group_draft *draft)
{
    const struct actor provider = stage_provider(origin);
    assert_int_equal(
        stage_do(stage, &provider, &(struct act){.kind = ACT_GROUP_CREATE, .group = draft}),
        VERDICT_DONE);
    return g_strdup(stage->verdict.id);
}

struct group_stage *group_stage_open(void)
{
    static const char *const addresses[] = {"a@example.com", "b@example.com", "c@example.com",
                                            "d@example.com"};
    struct group_stage *groups = g_new0(struct group_stage, 1);
    struct stage *stage = groups->stage = stage_open(100);
    const struct actor okta = stage_provider("scim:okta");
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++)
        groups->people[i] =
            stage_linked(stage, &okta, addresses[i], ORGANIZATION_ROLE_MEMBER, TRUE);
    const struct member_push search[] = {{groups->people[0], "A"}, {groups->people[1], NULL}};
    const struct member_push ads[] = {{groups->people[2], "C"}};
    const struct member_push ping[] = {{groups->people[0], NULL}, {stage->vera, NULL}};
    const struct group_draft drafts[] = {
        [GROUP_STAGE_SEARCH] = {.display_name = "Search", .add = search, .add_count = 2},
        [GROUP_STAGE_ADS] = {.display_name = "Ads",
                             .external_id = "g-ads",
                             .add = ads,
                             .add_count = 1},
        [GROUP_STAGE_PING] = {.display_name = "search", .add = ping, .add_count = 2},
    };
    for (int i = 0; i < GROUP_STAGE_GROUPS; i++)
        groups->groups[i] =
            push(stage, i == GROUP_STAGE_PING ? "scim:ping" : "scim:okta", &drafts[i]);
    return groups;
}

void group_stage_close(struct group_stage *groups)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups->people); i++)
        g_free(groups->people[i]);
    for (int i = 0; i < GROUP_STAGE_GROUPS; i++)
        g_free(groups->groups[i]);
    stage_close(groups->stage);
    g_free(groups);
}
