/*
 * The kinds of directory server, and what each calls things: one table of defaults.
 *
 * A kind is set in the config or found out from the rootDSE; each default can be overridden.
 */
#pragma once

#include <glib.h>

enum directory_kind {
    DIRECTORY_KIND_UNKNOWN, /* to be found out; its defaults are those of rfc2307bis */
    DIRECTORY_KIND_ACTIVE_DIRECTORY,
    DIRECTORY_KIND_RFC2307BIS,
    DIRECTORY_KIND_RFC2307,
    DIRECTORY_KIND_389DS,
};

/* How the bytes of an anchor attribute become text. */
enum directory_anchor_form {
    DIRECTORY_ANCHOR_TEXT, /* as it is: nsUniqueId, employeeNumber */
    DIRECTORY_ANCHOR_UUID, /* text, lower case: entryUUID (RFC 4530) */
    DIRECTORY_ANCHOR_GUID, /* 16 bytes, the first three fields little-endian: objectGUID */
};

struct directory_kind_defaults {
    const char *name; /* in the config: "active-directory" */
    const char *person_filter, *group_filter;
    const char *anchor, *login, *group_name;
    const char *account_disabled;         /* filter, or NULL */
    const char *const *member_attributes; /* NULL-terminated */
    gboolean has_account_control; /* userAccountControl, accountExpires and primaryGroupID mean
                                     something */
};

/* The defaults of a kind. Static. */
const struct directory_kind_defaults *directory_kind_defaults(enum directory_kind kind);

/* The kind of this name ("rfc2307"), or FALSE. */
gboolean directory_kind_parse(const char *name, enum directory_kind *kind);

/* What a rootDSE says of its server: NULL-terminated supportedCapabilities and vendorName or
 * vendorVersion texts. A server that says nothing known is rfc2307bis. */
enum directory_kind directory_kind_detect(const char *const *capabilities,
                                          const char *const *vendors);

/* How this anchor attribute is written; unknown attributes are plain text. */
enum directory_anchor_form directory_anchor_form_of(const char *attribute);
