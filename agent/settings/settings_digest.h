/*
 * What the settings are, as one number: with the same rules, directories and endpoint, two
 * configs of the same digest make the same plans.
 */
#pragma once

#include "agent/settings/settings.h"

/* SHA-256 over organizations, directories and sync as parsed, lists sorted (lines, white space
 * and order mean nothing), as lower-case hexadecimal. Rules have a digest of their own
 * (rules_digest). The caller frees. */
char *settings_digest(const Settings *settings);
