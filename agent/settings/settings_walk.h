/*
 * From libconfig's tree to the structs of settings.h, by the table.
 */
#pragma once

#include <libconfig.h>

#include "agent/settings/settings.h"
#include "agent/settings/settings_table.h"

struct settings_walk {
    Settings *settings; /* gets the values, their lines, and what was allocated for them */
    GPtrArray *problems;
};

/* Fills the record of a section from a group of the file, first with defaults; `group` NULL:
 * with defaults alone. What is wrong is reported and keeps its default. */
void settings_walk_fill(struct settings_walk *walk, enum settings_section section,
                        const config_setting_t *group, void *record);
