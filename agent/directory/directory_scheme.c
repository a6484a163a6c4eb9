#include "agent/directory/directory_scheme.h"

#include "agent/directory/directory_dn.h"
#include "scim/protocol/outcome.h"

static const char *either(const char *set, const char *otherwise)
{
    return set != NULL && set[0] != '\0' ? set : otherwise;
}

gboolean directory_scheme_init(struct directory_scheme *scheme, const DirectoryOptions *options,
                               enum directory_kind found, GError **error)
{
    enum directory_kind kind = options->kind != DIRECTORY_KIND_UNKNOWN ? options->kind : found;
    if (kind == DIRECTORY_KIND_UNKNOWN)
        kind = DIRECTORY_KIND_RFC2307BIS;
    const struct directory_kind_defaults *defaults = directory_kind_defaults(kind);
    const char *base = either(options->base, "");
    gboolean has_members =
        options->member_attributes != NULL && options->member_attributes[0] != NULL;
    *scheme = (struct directory_scheme){
        .kind = kind,
        .people_base = either(options->people_base, base),
        .group_base = either(options->group_base, base),
        .person_filter = either(options->person_filter, defaults->person_filter),
        .group_filter = either(options->group_filter, defaults->group_filter),
        .account_disabled = either(options->account_disabled, defaults->account_disabled),
        .anchor = either(options->anchor, defaults->anchor),
        .login = either(options->login, defaults->login),
        .group_name = either(options->group_name, defaults->group_name),
        .member_attributes = has_members ? (const char *const *)options->member_attributes
                                         : defaults->member_attributes,
        .has_account_control = defaults->has_account_control,
    };
    scheme->anchor_form = directory_anchor_form_of(scheme->anchor);
    scheme->people_key = directory_dn_key(scheme->people_base, error);
    scheme->group_key =
        scheme->people_key == NULL ? NULL : directory_dn_key(scheme->group_base, error);
    if (scheme->group_key != NULL)
        return TRUE;
    if (error != NULL && *error != NULL)
        (*error)->code = OUTCOME_SETTINGS;
    directory_scheme_clear(scheme);
    return FALSE;
}

void directory_scheme_clear(struct directory_scheme *scheme)
{
    g_clear_pointer(&scheme->people_key, g_free);
    g_clear_pointer(&scheme->group_key, g_free);
}

gboolean directory_scheme_holds_logins(const char *member_attribute)
{
    return g_ascii_strcasecmp(member_attribute, "memberUid") == 0;
}
