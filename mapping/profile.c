#include "mapping/profile.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"

static const struct {
    const char *key;
    const char *path;
} fields[PROFILE_FIELDS] = {
    [PROFILE_USER_NAME] = {"userName", "userName"},
    [PROFILE_MAIL] = {"mail", "emails[type eq \"work\"].value"},
    [PROFILE_DISPLAY_NAME] = {"displayName", "displayName"},
    [PROFILE_GIVEN_NAME] = {"givenName", "name.givenName"},
    [PROFILE_FAMILY_NAME] = {"familyName", "name.familyName"},
    [PROFILE_TITLE] = {"title", "title"},
    [PROFILE_EMPLOYEE_NUMBER] = {"employeeNumber", ENTERPRISE "employeeNumber"},
    [PROFILE_COST_CENTER] = {"costCenter", ENTERPRISE "costCenter"},
    [PROFILE_ORGANIZATION] = {"organization", ENTERPRISE "organization"},
    [PROFILE_DIVISION] = {"division", ENTERPRISE "division"},
    [PROFILE_DEPARTMENT] = {"department", ENTERPRISE "department"},
};

const char *profile_field_key(enum profile_field field)
{
    return fields[field].key;
}

gboolean profile_field_parse(const char *key, enum profile_field *field)
{
    for (guint i = 0; i < PROFILE_FIELDS; i++) {
        if (g_str_equal(fields[i].key, key)) {
            *field = (enum profile_field)i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *profile_field_path(enum profile_field field)
{
    return fields[field].path;
}
