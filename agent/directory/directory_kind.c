#include "agent/directory/directory_kind.h"

#include <string.h>

#define CAPABILITY_ACTIVE_DIRECTORY "1.2.840.113556.1.4.800"
#define CAPABILITY_ADAM             "1.2.840.113556.1.4.1851"

static const char *const dn_members[] = {"member", "uniqueMember", NULL};
static const char *const posix_members[] = {"memberUid", NULL};
static const char *const ad_members[] = {"member", NULL};

static const struct directory_kind_defaults rfc2307bis = {
    .name = "rfc2307bis",
    .person_filter = "(objectClass=person)",
    .group_filter = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
                    "(objectClass=groupOfMembers))",
    .anchor = "entryUUID",
    .login = "uid",
    .group_name = "cn",
    .member_attributes = dn_members,
};

static const struct directory_kind_defaults rfc2307 = {
    .name = "rfc2307",
    .person_filter = "(|(objectClass=person)(objectClass=posixAccount))",
    .group_filter = "(objectClass=posixGroup)",
    .anchor = "entryUUID",
    .login = "uid",
    .group_name = "cn",
    .member_attributes = posix_members,
};

static const struct directory_kind_defaults active_directory = {
    .name = "active-directory",
    .person_filter = "(&(objectCategory=person)(objectClass=user))",
    .group_filter = "(objectClass=group)",
    .anchor = "objectGUID",
    .login = "sAMAccountName",
    .group_name = "cn",
    .member_attributes = ad_members,
    .has_account_control = TRUE,
};

static const struct directory_kind_defaults ds389 = {
    .name = "389ds",
    .person_filter = "(objectClass=person)",
    .group_filter = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))",
    .anchor = "nsUniqueId",
    .login = "uid",
    .group_name = "cn",
    .account_disabled = "(nsAccountLock=true)",
    .member_attributes = dn_members,
};

const struct directory_kind_defaults *directory_kind_defaults(enum directory_kind kind)
{
    switch (kind) {
    case DIRECTORY_KIND_ACTIVE_DIRECTORY:
        return &active_directory;
    case DIRECTORY_KIND_RFC2307:
        return &rfc2307;
    case DIRECTORY_KIND_389DS:
        return &ds389;
    case DIRECTORY_KIND_UNKNOWN:
    case DIRECTORY_KIND_RFC2307BIS:
        break;
    }
    return &rfc2307bis;
}

gboolean directory_kind_parse(const char *name, enum directory_kind *kind)
{
    for (enum directory_kind each = DIRECTORY_KIND_ACTIVE_DIRECTORY;
         each <= DIRECTORY_KIND_389DS; each++)
        if (strcmp(name, directory_kind_defaults(each)->name) == 0) {
            *kind = each;
            return TRUE;
        }
    return FALSE;
}

enum directory_kind directory_kind_detect(const char *const *capabilities,
                                          const char *const *vendors)
{
    for (; capabilities != NULL && *capabilities != NULL; capabilities++)
        if (strcmp(*capabilities, CAPABILITY_ACTIVE_DIRECTORY) == 0 ||
            strcmp(*capabilities, CAPABILITY_ADAM) == 0)
            return DIRECTORY_KIND_ACTIVE_DIRECTORY;
    for (; vendors != NULL && *vendors != NULL; vendors++)
        if (strstr(*vendors, "389") != NULL)
            return DIRECTORY_KIND_389DS;
    return DIRECTORY_KIND_RFC2307BIS;
}

enum directory_anchor_form directory_anchor_form_of(const char *attribute)
{
    if (g_ascii_strcasecmp(attribute, "objectGUID") == 0)
        return DIRECTORY_ANCHOR_GUID;
    if (g_ascii_strcasecmp(attribute, "entryUUID") == 0)
        return DIRECTORY_ANCHOR_UUID;
    return DIRECTORY_ANCHOR_TEXT;
}
