/*
 * Small directories for tests, one line an entry.
 *
 *   "person alice mail=alice@example.com title=The_Boss"   login alice, uid=alice,dc=example, anchor a-alice
 *   "group staff alice @inner #bob"                        cn=staff,dc=example, anchor g-staff
 *
 * A "_" in a value is a blank. Flags of a person: disabled, expired, aside (set aside by the
 * source). login=, anchor= and, for groups, name= replace what follows from the name. Members are
 * people, "@" groups, "#" logins.
 */
#pragma once

#include <glib.h>

#include "mapping/mapper.h"
#include "mapping/rules.h"
#include "mapping/snapshot.h"

/* A sealed snapshot of NULL-terminated lines. */
Snapshot *company_read(const char *directory, const char *const *lines);

/* The same lines in a random order, and everything behind the second word of each too. Strings are
 * the caller's (g_strfreev). */
char **company_shuffle(const char *const *lines, GRand *chance);

/* Compiled rules for the directories corp and labs, the organizations acme and apex; any error
 * fails the test. */
Rules *company_rules(const struct rule_text *texts, gsize count);
