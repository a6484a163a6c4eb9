/*
 * The six fixed roles (S1, S11). The order of the values is the order of rank.
 */
#pragma once

#include <glib.h>

enum organization_role {
    ORGANIZATION_ROLE_NONE, /* no role: not a member */
    ORGANIZATION_ROLE_MEMBER,
    ORGANIZATION_ROLE_BILLING_ADMIN,
    ORGANIZATION_ROLE_OWNER,
};

enum project_role {
    PROJECT_ROLE_NONE,
    PROJECT_ROLE_READ_ONLY,
    PROJECT_ROLE_READ_WRITE,
    PROJECT_ROLE_ADMIN,
};

/* "owner", "billing-admin", "member"; "none" for no role. Never NULL. */
const char *organization_role_name(enum organization_role role);

/* "admin", "read-write", "read-only"; "none" for no role. Never NULL. */
const char *project_role_name(enum project_role role);

/* Exact, case-sensitive names; "none" is not a role that input may name: FALSE. */
gboolean organization_role_parse(const char *name, enum organization_role *role);
gboolean project_role_parse(const char *name, enum project_role *role);

/* A short name of an organization or a project: a-z, 0-9 and hyphen, 1 to 40 bytes. */
gboolean role_scope_name_is_valid(const char *name);
