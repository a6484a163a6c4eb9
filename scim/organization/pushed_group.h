/*
 * Groups that identity providers push, read-only: what a Group resource is made of (RFC 7643 4.2).
 *
 *   const struct pushed_group_view view = {.origin = "scim:okta", .hides_protected = TRUE};
 *   g_autoptr(PushedGroup) group = NULL;
 *   ok = pushed_group_read(session, "acme", &view, id, &group, &error);
 *   if (ok && group != NULL) ... pushed_group_read_members(session, "acme", &view, groups, &error)
 *
 * A group belongs to the connection that pushed it and grants nothing by itself: it is a source for
 * rules. Its members are rows; nothing here reads them unless asked to.
 */
#pragma once

#include <glib.h>

#include "scim/store/store.h"

struct pushed_member {
    char *person;  /* its id */
    char *display; /* as it was sent; NULL: nothing was */
};

struct pushed_group {
    char *id, *origin, *display_name;
    char *external_id; /* NULL: none */
    gint64 created, modified, version;
    GPtrArray *members; /* struct pushed_member, in the order they came; NULL: not read */
};

typedef struct pushed_group PushedGroup;

void pushed_group_free(PushedGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PushedGroup, pushed_group_free)

/* Who looks. Zeroed: sees everything. */
struct pushed_group_view {
    const char *origin;       /* sees the groups of this one alone: a provider; NULL: of all */
    gboolean only_live;       /* not those of a connection in rehearsal: a sync */
    gboolean hides_protected; /* protected owners are not among the members (R10): a provider */
};

/* How far the pushed groups of an organization have got, groups that are gone included. */
struct pushed_group_state {
    gint64 version;    /* one up with every change of any group; 0: there never was one */
    gint64 changed_at; /* the last push, in UTC seconds (not: a member's removal from the
                          organization); 0: never */
};

gboolean pushed_group_read_state(StoreSession *session, const char *organization,
                                 struct pushed_group_state *state, GError **error);

/* Without its members. None, or none that this view sees: TRUE and *group NULL. */
gboolean pushed_group_read(StoreSession *session, const char *organization,
                           const struct pushed_group_view *view, const char *id,
                           PushedGroup **group, GError **error);

/* The members of all those groups (struct pushed_group), in one query. */
gboolean pushed_group_read_members(StoreSession *session, const char *organization,
                                   const struct pushed_group_view *view, GPtrArray *groups,
                                   GError **error);

/* A cut through the members of a group. */
struct pushed_group_cut {
    gint64 start; /* how many to skip */
    gint64 count; /* at most */
    gint64 total; /* out: all that there are */
};

gboolean pushed_group_read_page(StoreSession *session, const char *organization,
                                const struct pushed_group_view *view, PushedGroup *group,
                                struct pushed_group_cut *cut, GError **error);

/* The group of that origin so called (ASCII-case-blind): *id is NULL where there is none. The
 * caller frees. */
gboolean pushed_group_find_by_name(StoreSession *session, const char *organization,
                                   const char *origin, const char *display_name, char **id,
                                   GError **error);

/* For lists. Appends what the view sees, as a condition on the table pushed_group, named g, and what
 * it binds (copies, as filter_sql.h keeps them). */
void pushed_group_condition(const char *organization, const struct pushed_group_view *view,
                            GString *condition, GArray *values);

/* Groups of a condition and whatever follows it, without members; NULL: the store failed. */
GPtrArray *pushed_group_select(StoreSession *session, const char *condition,
                               const struct store_value *values, GError **error);
