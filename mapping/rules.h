/*
 * The config's rules: which group, filter or person of a directory means which role.
 *
 * rules_new(), then rules_add() for each entry of the config in any order, then rules_seal().
 * After that the rules stand in a canonical order in which nothing of the config's order is
 * left: rule number 7 is the same rule however the file was permuted. The highest role wins;
 * `deny` beats all but protection, within its own directory.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "mapping/needs.h"
#include "mapping/profile_map.h"
#include "mapping/rule.h"
#include "mapping/snapshot.h"

typedef struct rules Rules;

/* `directories` and `organizations`: the names in the config, NULL-terminated. With more than
 * one directory every rule must name its own, so that nobody who can make a group elsewhere
 * makes owners. */
Rules *rules_new(const char *const *directories, const char *const *organizations);
void rules_free(Rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)

/* Validates and compiles one rule. Error OUTCOME_SETTINGS: "rolecall.conf:12: ...", with the
 * fix. */
gboolean rules_add(Rules *rules, const struct rule_text *text, GError **error);

/* Puts the rules in canonical order. Nothing can be added afterwards. */
void rules_seal(Rules *rules);

guint32 rules_count(const Rules *rules);
const struct rule *rules_get(const Rules *rules, guint32 index);

/* A rule in words: "group 'staff' of directory 'corp' -> acme: member"; rules_words_at() adds
 * " (rolecall.conf:12)". The first form has no place in the file, so that plans may hold it.
 * The caller frees. */
char *rules_words(const Rules *rules, guint32 index);
char *rules_words_at(const Rules *rules, guint32 index);

/* What a source must read of `directory` to answer the rules. `seat_order` and `extra`
 * (NULL-terminated) are further attributes; both may be NULL. The caller frees. */
Needs *rules_needs(const Rules *rules, const char *directory, const ProfileMap *profile,
                   const char *seat_order, const char *const *extra);

/* Is every group that a rule of this directory names by DN, name or anchor in the snapshot,
 * exactly once? Error OUTCOME_SETTINGS, naming the rule, and both groups where two have the
 * name. */
gboolean rules_check_groups(const Rules *rules, const char *directory, const Snapshot *snapshot,
                            GError **error);

/* SHA-256 of the rules in canonical order, duplicates once, without files and lines. The caller
 * frees. */
char *rules_digest(const Rules *rules);
