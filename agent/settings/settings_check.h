/*
 * What no single key can tell: whether the settings make sense together.
 *
 * Duplicate names, protected among owners, project admins among owners, directories and
 * organizations that rules name, one kind of source a directory, plain text off loopback.
 */
#pragma once

#include "agent/settings/settings.h"

/* Adds what it finds, errors and warnings, to `problems`. The rules are checked here too, as
 * far as names of directories, organizations and projects go. */
void settings_check(const Settings *settings, GPtrArray *problems);
