/*
 * The inside of a snapshot: shared by snapshot, snapshot_seal and nobody else.
 */
#pragma once

#include <glib.h>

/* People and groups by the hash of their normalised DN: (hash << 32 | index), ascending. */
struct snapshot_store {
    GStringChunk *text;
    guint64 *people_by_dn;
    guint64 *groups_by_dn;
    gsize longest_value; /* bytes */
};

/* What a name that a member may bear stands for. */
struct snapshot_name {
    guint32 target; /* index, or SNAPSHOT_NOBODY, or SNAPSHOT_SEVERAL */
    gboolean is_group;
};

#define SNAPSHOT_NOBODY  G_MAXUINT32
#define SNAPSHOT_SEVERAL (G_MAXUINT32 - 1)

/* Only while it is filled. Every distinct name is kept once, however many groups mention it;
 * until the seal a member's index is a name's number, and its is_group says "named by login".
 */
struct snapshot_building {
    GArray *people;  /* struct snapshot_person */
    GArray *groups;  /* struct snapshot_group */
    GArray *values;  /* struct snapshot_value */
    GArray *members; /* struct snapshot_member */
    GPtrArray *attributes;
    GHashTable *attribute_numbers; /* folded name -> number + 1; keys owned */
    GHashTable *dn_numbers;        /* dn_key -> number + 1 */
    GHashTable *login_numbers;     /* login that a group mentions -> number + 1 */
    GArray *dns;                   /* struct snapshot_name by number */
    GArray *logins;                /* struct snapshot_name by number */
    GHashTable *person_anchors;    /* a set */
    GHashTable *group_anchors;     /* a set */
    GHashTable *texts;             /* a set: values that may come again */
};

void snapshot_building_free(struct snapshot_building *building);
