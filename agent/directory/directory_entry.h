/*
 * One entry as a server or a file gave it, and how its bytes become text.
 *
 * The entry borrows its bytes from the message or the file: it is valid inside the handler that
 * gets it. Values carry their length (L7): nothing here stops at a NUL.
 */
#pragma once

#include <stddef.h>

#include <glib.h>

#include "agent/directory/directory_kind.h"
#include "mapping/snapshot.h"

#define DIRECTORY_VALUE_MAX_BYTES ((size_t)1024 * 1024)

struct directory_value {
    const char *bytes;
    size_t length;
};

struct directory_attribute {
    struct directory_value name;    /* "member" */
    struct directory_value options; /* "range=0-1499", "lang-de;x-y", or empty */
    guint first_value, value_count; /* into the entry's values */
};

struct directory_entry {
    struct directory_value dn;
    GArray *attributes; /* struct directory_attribute */
    GArray *values;     /* struct directory_value */
};

void directory_entry_init(struct directory_entry *entry);
void directory_entry_clear(struct directory_entry *entry);

/* Empties the entry for the next one, and says which it is. */
void directory_entry_begin(struct directory_entry *entry, const char *dn, size_t length);

/* An attribute description (RFC 4512 2.5), then its values. The same description given again
 * (as LDIF lines are) goes on with the same attribute. */
void directory_entry_add_attribute(struct directory_entry *entry, const char *description,
                                   size_t length);
void directory_entry_add_value(struct directory_entry *entry, const char *bytes, size_t length);

/* The attribute of this name (ASCII-case-blind) without options, or NULL. Borrowed. */
const struct directory_attribute *directory_entry_find(const struct directory_entry *entry,
                                                       const char *name);

/* The i-th value of an attribute, or the first of a name (NULL if there is none). Borrowed. */
const struct directory_value *directory_entry_value(const struct directory_entry *entry,
                                                    const struct directory_attribute *attribute,
                                                    guint index);
const struct directory_value *directory_entry_first(const struct directory_entry *entry,
                                                    const char *name);

/* Is this range option ("range=0-1499", "range=1500-*") well-formed? *first is where it starts,
 * *next where the rest does, 0 when this is the last part. */
gboolean directory_entry_range(const struct directory_value *options, guint64 *first,
                               guint64 *next);

/* Refuses what would be read wrongly: on one of `attributes` (NULL-terminated; NULL: on all) an
 * option other than a language tag (RFC 3866) or, where `ranges` says so, a range; a value or DN
 * beyond the maximum. FALSE: OUTCOME_RETRY, with the entry and the attribute. */
gboolean directory_entry_check(const struct directory_entry *entry,
                               const char *const *attributes, gboolean ranges, GError **error);

/* Why these bytes are no usable text ("has a control character"), or NULL when they are. */
const char *directory_value_problem(const struct directory_value *value);

/* The bytes as text for people to read: what is no UTF-8, a control character or an invisible one as
 * \xx. The caller frees. */
char *directory_value_show(const struct directory_value *value);

/* The text of a usable value, or NULL. The caller frees. */
char *directory_value_text(const struct directory_value *value);

/* A value of an anchor attribute as text, or NULL if it is none (empty, not 16 bytes, not
 * usable as text). The caller frees. */
char *directory_anchor_text(enum directory_anchor_form form,
                            const struct directory_value *value);

/* The filter that finds the entry with this anchor: "(objectGUID=\3a\f0...)"; NULL if `anchor`
 * is not of that form. The caller frees. */
char *directory_anchor_filter(const char *attribute, const char *anchor);

/* What Active Directory's userAccountControl (bit 2: ACCOUNTDISABLE) and accountExpires (100 ns
 * since 1601; 0 and the maximum: never) prove. A locked account stays enabled. `now`: UTC
 * seconds. */
enum snapshot_state directory_entry_account_state(const struct directory_entry *entry,
                                                  gint64 now);
