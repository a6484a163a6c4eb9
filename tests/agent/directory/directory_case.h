/*
 * What tests of directory sources share: needs from one line, a snapshot as text.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_options.h"
#include "mapping/needs.h"
#include "mapping/snapshot.h"
#include "scim/protocol/clock.h"

/* Needs from words: "group:staff" (name), "dn:cn=staff,..." (normalised here), "anchor:...", "groups"
 * (all), "people" (all), anything else is an attribute. Words are separated by ';'. */
Needs *directory_case_needs(const char *words);

/* One line a person and a group, in the order of their DNs, without anchors:
 *
 *   uid=ada,ou=people,... login=ada disabled mail=ada@example.test
 *   staff = uid=ada,ou=people,... (cn=sub,ou=groups,...) +1
 *
 * "aside: reason" stands for an entry set aside, parentheses for a group, +n for unresolved ones.
 * The common suffix ",dc=example,dc=test" is left out. The caller frees. */
char *directory_case_show(const Snapshot *snapshot);

/* 2026-11-22T00:00:00Z, for ever. */
const struct clock *directory_case_clock(void);
