/*
 * Who may do what (endpoint, "Who may do what"), as a table. Pure.
 *
 * A standing is what the actor is at that moment; a target says what the act touches. The judge
 * asks for every act, and no other place decides.
 */
#pragma once

#include <glib.h>

#include "scim/organization/actor.h"
#include "scim/organization/role.h"

enum permission {
    PERMISSION_INVITE_PRIVILEGED, /* to the organization as owner or billing-admin */
    PERMISSION_INVITE_MEMBER,
    PERMISSION_INVITATION,        /* resend, revoke */
    PERMISSION_ORGANIZATION_ROLE, /* change it */
    PERMISSION_REMOVE,
    PERMISSION_SUSPEND,      /* and reactivate */
    PERMISSION_PROFILE,      /* name and the like */
    PERMISSION_PROJECT_ROLE, /* invite to a project, change roles, remove there */
    PERMISSION_PROJECT_NAME, /* its display name */
    PERMISSION_ADMINISTER,   /* create a project, tokens, connections */
    PERMISSION_MARKER,       /* lift one */
    PERMISSION_GROUP,        /* push one, change it */
    PERMISSION_GROUP_REMOVE,
    PERMISSION_LEAVE,
    PERMISSION_COUNT,
};

struct standing {
    enum actor_kind kind;
    enum organization_role role; /* ACTOR_PERSON: the effective one */
    gboolean is_project_admin;   /* of the project the act is about; of any, where of none */
};

struct permission_target {
    gboolean is_own;     /* an invitation by this actor */
    gboolean is_self;    /* the acting person */
    gboolean is_project; /* the invitation grants a role in a project the actor is admin of */
    gboolean is_origin;  /* the service has a link of its own there, or makes one */
};

gboolean permission_allows(enum permission permission, const struct standing *standing,
                           const struct permission_target *target);

/* "invite to the organization as owner or billing-admin" ...: completes "may not". */
const char *permission_name(enum permission permission);
