/*
 * A pushed group as a Group resource (RFC 7643 4.2) with the PushedGroup extension, for whoever
 * looks.
 *
 * Members of a big group are read by pages: GET /Groups/{id}?attributes=members with
 * membersStartIndex (from 1) and membersCount gives those members alone, in the order in which they
 * came, and under PushedGroup how many there are in all and which these are: totalMembers,
 * membersStartIndex, membersPerPage. A page is a cut through the group as it is now: compare ETags.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/act.h"
#include "scim/organization/pushed_group.h"
#include "scim/protocol/list_response.h"
#include "scim/server/call.h"

/* Which groups the caller sees, and whom in them. Borrows from the call. */
struct pushed_group_view group_codec_view(const struct call *call);

/* The page of the members that a group's answer holds. */
struct group_codec_page {
    struct list_page page;
    gint64 total;
};

/* The whole resource, before any projection; `members` only where they were read. `page` NULL: all
 * of them. New reference. */
json_t *group_codec_print(const char *base, const struct pushed_group *group,
                          const struct group_codec_page *page);

/* A member of a canonical resource (resource_check.h), as the judge takes it; borrows from it. */
struct member_push group_codec_member(const json_t *member);

/* Does anything of the members come through that projection? Else nobody need read them. */
gboolean group_codec_shows_members(const Projection *projection);

/* Puts the members, where they are shown, into those of `page` (an array of whole resources) that
 * are groups and have none yet: one query for all of them. FALSE with a fault. */
gboolean group_codec_fill(struct call *call, const Projection *projection, json_t *page);

/* Answers with the group as the caller reads it: ETag, and with `status` 201 Location. The members
 * are read here, where they are shown; with `asks_for_page` those of the page that the query names.
 * FALSE with a fault. */
gboolean group_codec_answer(struct call *call, unsigned status, PushedGroup *group,
                            const Projection *projection, gboolean asks_for_page);

/* The group of that id that the caller sees; NULL with a fault (404). */
PushedGroup *group_codec_find(struct call *call, const char *id);
