/*
 * What may be asked of the judge, as plain data: one struct, a kind and what that kind needs.
 *
 *   struct act act = {.kind = ACT_PERSON_EDIT, .id = id, .if_match = 7, .draft = draft};
 *
 * Everything is borrowed for the call. Fields that a kind does not name are not looked at.
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"

enum act_kind {
    ACT_PERSON_CREATE, /* draft: invites, or restores, or (provider) holds */
    ACT_PERSON_EDIT,   /* id, if_match, draft: the state after, as this actor sees it */
    ACT_PERSON_REMOVE, /* id, if_match: a service drops its link, others remove the person */
    ACT_LEAVE_ORGANIZATION, /* the acting person */
    ACT_LEAVE_PROJECT,      /* name: the project; the acting person */
    ACT_INVITE,            /* draft: user_name is the e-mail; a present person is granted (S13),
                              a pending one reissued with the roles added (S14) */
    ACT_INVITATION_RESEND, /* id of the invitation */
    ACT_INVITATION_REVOKE, /* id of the invitation */
    ACT_INVITATION_ACCEPT, /* token; the actor is actor_system(NULL): the token says where */
    ACT_INVITATION_DECLINE, /* token */
    ACT_INVITATION_ASK, /* draft->address: whoever reads a dead link asks for a new one; the actor is
                           actor_system(NULL); the verdict is the same for every address */
    ACT_PROJECT_CREATE, /* name, display_name, members (at least one admin; the acting person
                              where none is named) */
    ACT_PROJECT_EDIT,   /* id, if_match, display_name (NULL: as it is), members, replace */
    ACT_MARKER_LIFT,    /* id */
    ACT_OVERRIDE_LIFT, /* id of the person; name: the project, NULL for the organization role */
    ACT_CONNECTION_CREATE, /* connection: and its first token */
    ACT_TOKEN_ROTATE,      /* name of the connection, expires_at: a further live token */
    ACT_TOKEN_REVOKE,      /* id of the token */
    ACT_TOKEN_FOR_PERSON,  /* id of the person, name, expires_at: acts as that person */
    ACT_CLIENT_CREATE,     /* connection: and its first client, in place of a token; or, without
                                a connection, name of one that stands, expires_at: a further one */
    ACT_TOKEN_GRANT,       /* id of the client, token: its secret, expires_at: an access token;
                                nobody's right is asked, the secret is the right */
    ACT_GROUP_CREATE,      /* group: display_name and add at least looked at */
    ACT_GROUP_EDIT,        /* id, if_match, group: what it becomes, in this order: names,
                                remove, add */
    ACT_GROUP_REMOVE,      /* id, if_match */
    ACT_CONNECTION_LIVE,   /* name: the rehearsal is over, what it pushed is real */
    ACT_LINK_MOVE,         /* move; id of the person, NULL: of everybody who has such a link */
    ACT_AUDIT_EXPORT,      /* name: what was read out, "jsonl" "csv": recorded, no more */
    ACT_ORGANIZATION_CREATE, /* organization, owners in it: active from the start */
    ACT_ORGANIZATION_ENSURE, /* the same from the config: makes or updates, never takes away */
};

/* A project role. In a draft NONE means nothing; in members it takes the role away. */
struct project_grant {
    const char *project; /* its name */
    enum project_role role;
};

struct member_grant {
    const char *person; /* its id */
    enum project_role role;
};

/* A person as the actor wants to see it. A provider and a sync see their own link's roles,
 * active and externalId; everybody else the effective ones. */
struct person_draft {
    const char *user_name;
    const char *address;      /* the mailing address; NULL: none that could be mailed */
    const char *profile;      /* the SCIM document without what the judge owns: compact JSON */
    const char *display_name; /* for filters; NULL: none */
    const char *external_id;  /* NULL: none */
    gboolean active;
    gboolean suspends; /* not active, said expressly: also of whom a link suspends already */
    gboolean says_active, says_roles; /* the request itself names them, changed or not */
    gboolean has_roles;          /* FALSE: nothing is said of roles (a new person: member) */
    enum organization_role role; /* NONE: nothing is said of the organization role */
    const struct project_grant *projects;
    gsize project_count;
    /* Roles we do not know, as sent: a JSON array, "[]" for none any more; NULL: as they are. */
    const char *unknown_roles;
};

/* What a person's link becomes: the same roles and the same activity under another origin. */
struct link_move {
    const char *from, *to;   /* origins */
    const char *external_id; /* there; NULL: as it is */
};

struct member_push {
    const char *person;  /* its id */
    const char *display; /* as the provider sent it; NULL: nothing */
};

/* A pushed group as its provider wants it. First who is to go, then who is to be there. */
struct group_draft {
    const char *display_name; /* NULL: as it is */
    const char *external_id;  /* NULL: none, or, without has_external_id, as it is */
    gboolean has_external_id;
    gboolean replace_members; /* whoever is not in `add` goes */
    const char *const *remove;
    gsize remove_count;
    const struct member_push *add;
    gsize add_count;
    gboolean
        refuses_unknown; /* a member whom we do not know is a fault (strict), not left out */
};

/* Who writes over HTTP; see token.h for the meanings. */
struct connection_draft {
    const char *name;                /* a-z, 0-9, hyphen, at most 40 */
    gboolean everywhere;             /* all organizations: scopes sync and admin only */
    const char *scope;               /* "read" "people" "sync" "admin" */
    const char *personality;         /* "tolerant" (NULL) or "strict" */
    int patch_answer;                /* 200 (0) or 204 */
    enum organization_role max_role; /* NONE: member */
    gboolean adopt, rehearsal;
    const char *at_cap; /* "refuse" (NULL) or "wait" */
    gint64 expires_at;  /* of the first token; 0: never */
};

struct project_draft {
    const char *name;
    const char *display_name;  /* NULL: the name, or as it is */
    const char *const *admins; /* addresses among the owners; NULL or empty: the first owner */
};

struct organization_draft {
    const char *name;
    const char *display_name;     /* NULL: the name, or as it is */
    gint64 seats;                 /* 0: 100, or as it is */
    gint64 invitation_lifetime;   /* seconds; 0: 48 h, or as it is */
    const char *const *domains;   /* NULL-terminated; NULL or empty: every domain */
    const char *const *owners;    /* addresses; at least one */
    const char *const *protected; /* addresses among the owners, or NULL */
    const struct project_draft *projects;
    gsize project_count;
};

struct act {
    enum act_kind kind;
    const char *id;
    gint64 if_match; /* the version that must still stand; 0: any */
    const char *name, *display_name;
    const char *token;
    gint64 expires_at;
    const struct person_draft *draft;
    const struct member_grant *members;
    gsize member_count;
    gboolean replace; /* members: whoever is not named loses the role */
    const struct connection_draft *connection;
    const struct organization_draft *organization;
    const struct link_move *move;
    const struct group_draft *group;
};
