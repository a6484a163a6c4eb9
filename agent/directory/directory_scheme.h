/*
 * How one directory is read: the options with every gap filled from its kind.
 *
 * Made once the kind is known; both sources, their groups and their people read by it.
 */
#pragma once

#include <glib.h>

#include "agent/directory/directory_kind.h"
#include "agent/directory/directory_options.h"

struct directory_scheme {
    enum directory_kind kind;             /* never UNKNOWN */
    const char *people_base, *group_base; /* "" : everything */
    char *people_key, *group_key;         /* their keys (directory_dn.h), owned */
    const char *person_filter, *group_filter;
    const char *account_disabled; /* or NULL */
    const char *anchor, *login, *group_name;
    enum directory_anchor_form anchor_form;
    const char *const *member_attributes;
    gboolean has_account_control;
};

/* `found` is what the rootDSE shows; the kind of the options, if set, wins. All but the keys is
 * borrowed from the options, which must outlive it. FALSE: OUTCOME_SETTINGS, a base is no DN. */
gboolean directory_scheme_init(struct directory_scheme *scheme, const DirectoryOptions *options,
                               enum directory_kind found, GError **error);
void directory_scheme_clear(struct directory_scheme *scheme);

/* Does this member attribute hold logins (memberUid) and not DNs? */
gboolean directory_scheme_holds_logins(const char *member_attribute);
