/*
 * What the rules make of the snapshots, for one organization: one record a (directory, entry).
 *
 * Only directories that gave a complete snapshot are in here; `directories` names them, so that
 * the planner never takes "not in desired" for "gone" where nothing was read (I6).
 * The records are ordered by (origin, anchor): the order of rules, groups and entries means
 * nothing.
 *
 * Made by mapper_desired() (mapping/mapper.h), or by hand: desired_new(),
 * desired_add_directory(), desired_add_link(), desired_seal(). One that the mapper made borrows
 * texts from rules and snapshots: free it before them.
 */
#pragma once

#include <glib.h>

#include "mapping/profile.h"
#include "mapping/snapshot.h"
#include "scim/organization/role.h"

enum desired_state {
    DESIRED_GRANTED,
    DESIRED_SUSPENDED, /* mapped, but the directory proves the account disabled or expired */
    DESIRED_DENIED,    /* a deny rule matches: beats every grant but protection */
    DESIRED_SET_ASIDE, /* the entry cannot be used: who it stands for keeps what they have */
    DESIRED_UNMAPPED,  /* read, and no rule of this organization gives it anything, so that a
                          reason can say "no longer in any mapped group". The mapper leaves
                          these out of `links` (there may be a million); desired_find() answers
                          with them. */
};

struct desired_project {
    const char *name; /* the project's short name; it may not exist */
    enum project_role role;
    guint32 rule; /* index of the winning rule in struct rules */
};

struct desired_link {
    const char *origin; /* "directory:corp" */
    const char *anchor; /* the link's externalId */
    const char *dn;     /* for people to read */
    enum desired_state state;
    const char *why; /* suspended: "the account is disabled"; denied: the rule in words; set
                           aside: the reason */
    struct profile profile; /* when granted PROFILE_USER_NAME and PROFILE_MAIL are never NULL,
                               unless their directory attaches (mapper.h): then all are */
    /* NONE unless granted or suspended; suspended with NONE: leave it as it is. */
    enum organization_role role;
    guint32 rule;           /* index of the rule that won the organization role */
    gint priority;          /* the highest priority of the rules that gave a role */
    const char *seat_order; /* value of the config's seat_order attribute, "" if none */
    struct desired_project *projects; /* ordered by name */
    guint32 project_count;
};

struct desired {
    const char *organization;
    const char **directories; /* origins with a complete snapshot, NULL-terminated, ordered */
    struct desired_link *links;
    guint32 link_count;
    guint32 people_read;             /* entries seen over all directories */
    GStringChunk *text;              /* owns every text that is not borrowed */
    struct desired_reading *reading; /* private: entries without a link, for desired_find() */
};

typedef struct desired Desired;

/* An empty one, for tests and for organizations without rules. */
Desired *desired_new(const char *organization);
void desired_free(Desired *desired);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Desired, desired_free)

/* Says that `origin` ("directory:corp") gave a complete snapshot. */
void desired_add_directory(Desired *desired, const char *origin);

/* The same, and desired_find() will answer with DESIRED_UNMAPPED for its entries without a
 * record. The snapshot is borrowed and must outlive `desired`. */
void desired_add_snapshot(Desired *desired, const Snapshot *snapshot);

/* Adds one record; texts and projects are copied. */
void desired_add_link(Desired *desired, const struct desired_link *link);

/* Adds one record whose texts are borrowed and whose `projects` (from g_malloc) are taken over.
 */
void desired_take_link(Desired *desired, const struct desired_link *link);

/* Puts records, their projects and directories in order. */
void desired_seal(Desired *desired);

/* The record of (origin, anchor), or NULL: no such entry was read. Borrowed. Sealed only. */
const struct desired_link *desired_find(const Desired *desired, const char *origin,
                                        const char *anchor);

/* Everything in it as text, one line a record: equal states print equal bytes. The caller
 * frees. */
char *desired_print(const Desired *desired);
