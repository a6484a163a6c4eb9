/*
 * A PATCH of a group, folded to what it comes to: the names after it, and who goes and who comes
 * (RFC 7644 3.5.2). The group's members are not read: whatever the operations say of somebody is
 * kept, the last word counts, and only those are touched.
 *
 *   struct group_patch folded;
 *   ok = group_patch_read(call, group, &folded);     FALSE with a fault
 *   ... folded.draft goes to the judge ...
 *   group_patch_clear(&folded);
 *
 * In every dialect (identity-providers): remove with a list of values, members[value eq "x"],
 * path-less { members: [...] }, a rename with the id in its value, replace of all. A filter that
 * asks for anything else than one value (members[display eq "x"]) reads the members.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/act.h"
#include "scim/organization/pushed_group.h"
#include "scim/server/call.h"

struct group_patch {
    struct group_draft draft; /* borrows from what follows */
    json_t *named;            /* the group without its members, after the operations */
    GHashTable *fates;        /* id (owned) -> what becomes of them */
    GPtrArray *order;         /* those ids, in the order in which they were first named */
    GArray *removed;          /* ids: const char * */
    GArray *added;            /* struct member_push */
};

/* Reads the body of the call. To be cleared either way. */
gboolean group_patch_read(struct call *call, const struct pushed_group *group,
                          struct group_patch *folded);
void group_patch_clear(struct group_patch *folded);
