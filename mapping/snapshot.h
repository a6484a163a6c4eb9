/*
 * A directory as read: whole, or not at all.
 *
 * A source fills one with snapshot_add_*(), then calls snapshot_seal(): members are resolved,
 * people and groups are put in the order of their anchors (so that two reads in different order
 * are the same snapshot), and nothing can be added any more. A snapshot exists only if the read
 * was complete: a source that fails frees it and returns an error instead.
 *
 * Packed: all text lies in one chunk that dies with the snapshot; people, values and members
 * are arrays of small records with 32-bit indexes. A million people fit in 300 MB.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

/* What the directory itself proves of an account. */
enum snapshot_state {
    SNAPSHOT_ENABLED,
    SNAPSHOT_DISABLED, /* userAccountControl bit 2, or the config's account_disabled filter */
    SNAPSHOT_EXPIRED,  /* accountExpires has passed */
};

struct snapshot_person {
    const char *dn;        /* as the directory writes it, for people to read */
    const char *dn_key;    /* normalised by agent/directory; equal keys are equal DNs */
    const char *anchor;    /* the immutable id, text form; never NULL, unique in the snapshot */
    const char *login;     /* uid, sAMAccountName; NULL if there is none */
    const char *set_aside; /* why this entry cannot be used (a sentence part), else NULL */
    guint32 first_value;   /* into snapshot.values */
    guint32 value_count : 28;
    enum snapshot_state state : 4;
};

/* Packed: without the gap behind `attribute` a million people take 20 MB less. */
struct snapshot_value {
    guint32 attribute; /* into snapshot.attributes */
    const char *text;  /* valid UTF-8 without control characters */
} __attribute__((packed));

/* Members as the group names them: a person, a group, or nobody we read (counted, dropped). */
struct snapshot_member {
    guint32 is_group : 1;
    guint32 index : 31; /* into snapshot.people or snapshot.groups */
};

struct snapshot_group {
    const char *dn;
    const char *dn_key;
    const char *anchor;
    const char *name;     /* common name, for rules and for people to read */
    guint32 first_member; /* into snapshot.members */
    guint32 member_count;
    guint32 unresolved; /* members that are neither a person nor a group of this snapshot */
};

struct snapshot {
    const char *directory; /* the name in the config, "corp" */
    struct snapshot_person *people;
    guint32 person_count;
    struct snapshot_group *groups;
    guint32 group_count;
    struct snapshot_value *values;
    guint32 value_count;
    struct snapshot_member *members;
    const char **attributes; /* attribute names as asked for, e.g. "mail" */
    guint32 attribute_count;
    gboolean shares_names; /* groups of one name count together: several hands have made them */
    struct snapshot_building *building; /* private; NULL once sealed */
    struct snapshot_store *store;       /* private: the text, and how people are found */
};

typedef struct snapshot Snapshot;

Snapshot *snapshot_new(const char *directory);
void snapshot_free(Snapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)

/* What the source knows of an entry; every text is copied. `name` is for groups, the rest as in
 * the records above. */
struct snapshot_entry {
    const char *dn, *dn_key, *anchor, *login, *name, *set_aside;
    enum snapshot_state state;
};

/* Adds a person; the values that follow belong to them. Two people with one anchor are an error
 * of the read (a page came twice): OUTCOME_RETRY. */
gboolean snapshot_add_person(Snapshot *snapshot, const struct snapshot_entry *entry,
                             GError **error);

/* One value of the person added last. The attribute name is kept in the spelling of its first
 * use and compared ASCII-case-blind. An empty text is no value. */
void snapshot_add_value(Snapshot *snapshot, const char *attribute, const char *text);

/* Adds a group; the members that follow belong to it. Same anchor twice: error as above. */
gboolean snapshot_add_group(Snapshot *snapshot, const struct snapshot_entry *entry,
                            GError **error);

/* One member of the group added last, named by normalised DN or by login (memberUid). */
void snapshot_add_member_dn(Snapshot *snapshot, const char *dn_key);
void snapshot_add_member_login(Snapshot *snapshot, const char *login);

/* Resolves, orders, closes. Duplicate members of a group become one. */
void snapshot_seal(Snapshot *snapshot);

/* The person with this anchor or normalised DN, or NULL. Borrowed; only when sealed. */
const struct snapshot_person *snapshot_find_anchor(const Snapshot *snapshot,
                                                   const char *anchor);
const struct snapshot_person *snapshot_find_dn(const Snapshot *snapshot, const char *dn_key);

/* The group with this normalised DN, or NULL. Borrowed; only when sealed. */
const struct snapshot_group *snapshot_find_group_dn(const Snapshot *snapshot,
                                                    const char *dn_key);

/* The first value of an attribute (name ASCII-case-blind), or NULL. Borrowed. When sealed the
 * values of a person are ordered by attribute and bytes: the directory's order of values means
 * nothing. */
const char *snapshot_value_of(const Snapshot *snapshot, const struct snapshot_person *person,
                              const char *attribute);

/* How many bytes the longest of all values has: below a limit, none need be measured again. */
size_t snapshot_longest_value(const Snapshot *snapshot);

/* SHA-256 over everything that can change a plan, as lower-case hexadecimal; two reads of an
 * unchanged directory give the same digest. The caller frees. */
char *snapshot_digest(const Snapshot *snapshot);
