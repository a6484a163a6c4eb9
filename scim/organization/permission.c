#include "scim/organization/permission.h"

/* What a cell of the table grants. */
enum reach {
    NEVER,
    ALWAYS,
    OWN,         /* what this actor invited */
    OWN_PROJECT, /* that, and what is in a project of which the actor is an admin */
    PROJECT,     /* in a project of which the actor is an admin */
    SELF,        /* oneself */
    ORIGIN,      /* where the service has, or makes, a link of its own */
};

/* The columns: the roles of a person, then the services. A project admin has the column besides
 * the one of the organization role. */
enum column {
    OWNER,
    BILLING_ADMIN,
    MEMBER,
    PROJECT_ADMIN,
    PROVIDER, /* scope people */
    SYNC,
    ADMINISTRATOR, /* scope admin, the operator, the config */
    READER,
    COLUMN_COUNT,
};

/* clang-format off */
static const enum reach table[PERMISSION_COUNT][COLUMN_COUNT] = {
    /*                                owner   billing member  p.admin      provider sync    admin   reader */
    [PERMISSION_INVITE_PRIVILEGED] = {ALWAYS, NEVER,  NEVER,  NEVER,       ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_INVITE_MEMBER] =     {ALWAYS, ALWAYS, ALWAYS, ALWAYS,      ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_INVITATION] =        {ALWAYS, OWN,    OWN,    OWN_PROJECT, ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_ORGANIZATION_ROLE] = {ALWAYS, NEVER,  NEVER,  NEVER,       ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_REMOVE] =            {ALWAYS, NEVER,  NEVER,  NEVER,       ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_SUSPEND] =           {ALWAYS, NEVER,  NEVER,  NEVER,       ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_PROFILE] =           {ALWAYS, SELF,   SELF,   SELF,        ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_PROJECT_ROLE] =      {ALWAYS, NEVER,  NEVER,  PROJECT,     ORIGIN,  ORIGIN, ALWAYS, NEVER},
    [PERMISSION_PROJECT_NAME] =      {ALWAYS, NEVER,  NEVER,  PROJECT,     NEVER,   NEVER,  ALWAYS, NEVER},
    [PERMISSION_ADMINISTER] =        {ALWAYS, NEVER,  NEVER,  NEVER,       NEVER,   NEVER,  ALWAYS, NEVER},
    [PERMISSION_MARKER] =            {ALWAYS, NEVER,  NEVER,  NEVER,       NEVER,   ORIGIN, ALWAYS, NEVER},
    [PERMISSION_GROUP] =             {NEVER,  NEVER,  NEVER,  NEVER,       ORIGIN,  NEVER,  NEVER,  NEVER},
    [PERMISSION_GROUP_REMOVE] =      {NEVER,  NEVER,  NEVER,  NEVER,       ORIGIN,  NEVER,  ALWAYS, NEVER},
    [PERMISSION_LEAVE] =             {SELF,   SELF,   SELF,   SELF,        NEVER,   NEVER,  NEVER,  NEVER},
};

/* clang-format on */

static const char *const names[PERMISSION_COUNT] = {
    [PERMISSION_INVITE_PRIVILEGED] = "invite an owner or a billing-admin",
    [PERMISSION_INVITE_MEMBER] = "invite people",
    [PERMISSION_INVITATION] = "resend or revoke this invitation",
    [PERMISSION_ORGANIZATION_ROLE] = "change the organization role of others",
    [PERMISSION_REMOVE] = "remove people",
    [PERMISSION_SUSPEND] = "suspend or reactivate people",
    [PERMISSION_PROFILE] = "change the profile of others",
    [PERMISSION_PROJECT_ROLE] = "change who is in this project",
    [PERMISSION_PROJECT_NAME] = "rename this project",
    [PERMISSION_ADMINISTER] = "create projects, connections or tokens",
    [PERMISSION_MARKER] = "lift this marker",
    [PERMISSION_GROUP] = "push groups",
    [PERMISSION_GROUP_REMOVE] = "remove this group",
    [PERMISSION_LEAVE] = "leave for somebody else",
};

static gboolean reaches(enum reach reach, const struct permission_target *target)
{
    switch (reach) {
    case NEVER:
        return FALSE;
    case ALWAYS:
        return TRUE;
    case OWN:
        return target->is_own;
    case OWN_PROJECT:
        return target->is_own || target->is_project;
    case PROJECT:
        return target->is_project;
    case SELF:
        return target->is_self;
    case ORIGIN:
        return target->is_origin;
    }
    return FALSE;
}

static enum column role_column(enum organization_role role)
{
    switch (role) {
    case ORGANIZATION_ROLE_OWNER:
        return OWNER;
    case ORGANIZATION_ROLE_BILLING_ADMIN:
        return BILLING_ADMIN;
    case ORGANIZATION_ROLE_MEMBER:
        return MEMBER;
    case ORGANIZATION_ROLE_NONE:
        break;
    }
    return READER;
}

static enum column kind_column(const struct standing *standing)
{
    switch (standing->kind) {
    case ACTOR_PERSON:
        return role_column(standing->role);
    case ACTOR_CONNECTION:
        return PROVIDER;
    case ACTOR_SYNC:
        return SYNC;
    case ACTOR_ADMIN:
    case ACTOR_OPERATOR:
    case ACTOR_SYSTEM:
        return ADMINISTRATOR;
    case ACTOR_READER:
        break;
    }
    return READER;
}

gboolean permission_allows(enum permission permission, const struct standing *standing,
                           const struct permission_target *target)
{
    if (reaches(table[permission][kind_column(standing)], target))
        return TRUE;
    return standing->kind == ACTOR_PERSON && standing->is_project_admin &&
           reaches(table[permission][PROJECT_ADMIN], target);
}

const char *permission_name(enum permission permission)
{
    return names[permission];
}
