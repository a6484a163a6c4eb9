#include "scim/organization/role.h"

#include <string.h>

#define SCOPE_NAME_MAX 40

static const char *const organization_roles[] = {
    [ORGANIZATION_ROLE_NONE] = "none",
    [ORGANIZATION_ROLE_MEMBER] = "member",
    [ORGANIZATION_ROLE_BILLING_ADMIN] = "billing-admin",
    [ORGANIZATION_ROLE_OWNER] = "owner",
};

static const char *const project_roles[] = {
    [PROJECT_ROLE_NONE] = "none",
    [PROJECT_ROLE_READ_ONLY] = "read-only",
    [PROJECT_ROLE_READ_WRITE] = "read-write",
    [PROJECT_ROLE_ADMIN] = "admin",
};

const char *organization_role_name(enum organization_role role)
{
    return organization_roles[role];
}

const char *project_role_name(enum project_role role)
{
    return project_roles[role];
}

gboolean organization_role_parse(const char *name, enum organization_role *role)
{
    for (guint i = ORGANIZATION_ROLE_MEMBER; i < G_N_ELEMENTS(organization_roles); i++)
        if (strcmp(name, organization_roles[i]) == 0) {
            *role = (enum organization_role)i;
            return TRUE;
        }
    return FALSE;
}

gboolean project_role_parse(const char *name, enum project_role *role)
{
    for (guint i = PROJECT_ROLE_READ_ONLY; i < G_N_ELEMENTS(project_roles); i++)
        if (strcmp(name, project_roles[i]) == 0) {
            *role = (enum project_role)i;
            return TRUE;
        }
    return FALSE;
}

gboolean role_scope_name_is_valid(const char *name)
{
    size_t length = strlen(name);
    return length >= 1 && length <= SCOPE_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}
