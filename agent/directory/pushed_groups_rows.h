/*
 * Group and User resources on their way into a snapshot: checked, reduced to what rules ask for.
 *
 *     PushedGroupsRows *rows = pushed_groups_rows_new(needs, "scim:okta");
 *     ... pushed_groups_rows_take_group(rows, group, &error) for each of the list,
 *     ... pushed_groups_rows_take_members(rows, i, group, &error) for each that is wanted,
 *     ... pushed_groups_rows_take_person(rows, user, &error) for each of that list,
 *     ... pushed_groups_rows_write(rows, snapshot, &error)
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "mapping/needs.h"
#include "mapping/snapshot.h"

typedef struct pushed_groups_rows PushedGroupsRows;

/* `needs` is borrowed. `origin`: only groups of this one; NULL: of all. */
PushedGroupsRows *pushed_groups_rows_new(const Needs *needs, const char *origin);
void pushed_groups_rows_free(PushedGroupsRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PushedGroupsRows, pushed_groups_rows_free)

/* Keeps a group that a rule may be about. BAD_INPUT: this is no Group. */
gboolean pushed_groups_rows_take_group(PushedGroupsRows *rows, const json_t *group,
                                       GError **error);

/* The groups that were kept. */
guint pushed_groups_rows_count(const PushedGroupsRows *rows);
const char *pushed_groups_rows_id(const PushedGroupsRows *rows, guint index);

/* Must the people be read? Not where no rule is about anything but groups, or nobody is in any: then
 * their ids are all that is wanted of them. */
gboolean pushed_groups_rows_want_people(const PushedGroupsRows *rows);

/* The same group with its members. BAD_INPUT as above. */
gboolean pushed_groups_rows_take_members(PushedGroupsRows *rows, guint index,
                                         const json_t *group, GError **error);

/* Keeps a person who is a member of a group that was kept. BAD_INPUT: this is no User. */
gboolean pushed_groups_rows_take_person(PushedGroupsRows *rows, json_t *user, GError **error);

/* Writes everything into the snapshot, groups that a rule names and nobody pushes included. RETRY
 * as snapshot_add_person(). */
gboolean pushed_groups_rows_write(const PushedGroupsRows *rows, Snapshot *snapshot,
                                  GError **error);
