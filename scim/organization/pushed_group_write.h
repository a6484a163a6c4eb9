/*
 * The rows of pushed groups, for the judge's rooms: each change touches the rows that it names, and
 * costs the same in a group of ten and of a hundred thousand.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

/* Texts borrowed. */
struct pushed_group_row {
    const char *organization, *id, *origin;
    const char *display_name;
    const char *external_id; /* NULL: none */
    gint64 created;
};

/* OUTCOME_CONFLICT where the origin has a group so called already. */
gboolean pushed_group_write_new(StoreSession *session, const struct pushed_group_row *row,
                                GError **error);

/* Display name and externalId of `row`. */
gboolean pushed_group_write_names(StoreSession *session, const struct pushed_group_row *row,
                                  GError **error);

/* With its members. */
gboolean pushed_group_write_gone(StoreSession *session, const char *organization,
                                 const char *id, GError **error);

/* One version up, changed now. */
gboolean pushed_group_write_bump(StoreSession *session, const char *organization,
                                 const char *id, gint64 now, GError **error);

/* Some group of the organization changed now: pushed_group_state. For whoever makes groups visible
 * or takes them away as well (a connection that goes live). */
gboolean pushed_group_write_state(StoreSession *session, const char *organization, gint64 now,
                                  GError **error);

/* Before a person's row goes: the groups they are in are one version up, and so is the state. Nobody
 * pushed anything: its changed_at stays, or people who go would put off what is to settle. */
gboolean pushed_group_write_without(StoreSession *session, const char *organization,
                                    const char *person, gint64 now, GError **error);

struct pushed_member_key {
    const char *organization, *group, *person;
};

/* *is_known: there is such a person; *is_member: they are in the group, *display (the caller's) as
 * it was sent. */
gboolean pushed_member_look(StoreSession *session, const struct pushed_member_key *key,
                            gboolean *is_known, gboolean *is_member, char **display,
                            GError **error);

/* Adds a person who is not a member. */
gboolean pushed_member_add(StoreSession *session, const struct pushed_member_key *key,
                           const char *display, GError **error);
gboolean pushed_member_rename(StoreSession *session, const struct pushed_member_key *key,
                              const char *display, GError **error);

/* *removed: they were a member. */
gboolean pushed_member_remove(StoreSession *session, const struct pushed_member_key *key,
                              gboolean *removed, GError **error);

/* Everybody in the group whom its provider sees there, protected owners not (R10): id -> display
 * (owned; NULL: none). NULL: the store failed. */
GHashTable *pushed_member_table(StoreSession *session, const char *organization,
                                const char *group, GError **error);
