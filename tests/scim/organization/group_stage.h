/*
 * A stage with pushed groups, for tests of their rows: people "a" to "d" of scim:okta, "Search"
 * (a, b) and "Ads" (c) of okta, "Search" (a, and the protected owner) of scim:ping.
 *
 *   struct group_stage *groups = group_stage_open();
 *   ... groups->stage, groups->people[0], groups->groups[GROUP_STAGE_ADS] ...
 *   group_stage_close(groups);
 */
#pragma once

#include "tests/scim/organization/stage.h"

enum group_stage_group {
    GROUP_STAGE_SEARCH,
    GROUP_STAGE_ADS,
    GROUP_STAGE_PING,
    GROUP_STAGE_GROUPS,
};

struct group_stage {
    struct stage *stage;
    char *people[4];
    char *groups[GROUP_STAGE_GROUPS];
};

struct group_stage *group_stage_open(void);
void group_stage_close(struct group_stage *groups);
