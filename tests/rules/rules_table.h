/*
 * The table of the rules: who may do what to whom, and what is answered. Written from the design
 * (endpoint, "Who may do what"; product, S1-S16 and I1-I5), not from the code.
 *
 * A row is an act on a target, with one letter for each actor in the order of enum rules_actor:
 *
 *   D done, and exactly that changed      = answered well, and nothing changed
 *   d done, and nothing effective follows: the link is inactive
 *   P refused: permission   O origin   X protected   M max-role   L last-owner
 *   A refused: last-project-admin         S origin or protected   R permission or origin
 *   U 401   N 404   T 409   t 409 or origin   F 401, 403 or 404: another organization
 *   . there is no such cell: no such actor here, or nothing that such an actor would be
 *
 * Each row is asked for by every path on which its act can be expressed (rules_path_of()); what a
 * path answers differently stands in rules_table_letter(), with its reason.
 */
#pragma once

#include "tests/rules/rules_world.h"

enum rules_act {
    DO_INVITE,       /* somebody new: role, project */
    DO_INVITE_AGAIN, /* an active person, into a project (S13) */
    DO_RESEND,
    DO_REVOKE,
    DO_SET_ROLE,
    DO_SUSPEND,
    DO_REACTIVATE,
    DO_REMOVE,
    DO_LEAVE,
    DO_SET_PROJECT,
    DO_DROP_PROJECT, /* of oneself: leaving it */
    DO_RENAME,
    DO_CREATE_PROJECT,
    DO_LIFT,
    DO_READ,
    RULES_ACTS,
};

enum rules_path {
    VIA_USERS_POST,
    VIA_USERS_PATCH,       /* with a path and a filter in it */
    VIA_USERS_PATCH_BARE,  /* without a path: the value is an object */
    VIA_USERS_PATCH_WHOLE, /* all roles replaced */
    VIA_USERS_PUT,
    VIA_USERS_DELETE,
    VIA_INVITATIONS_POST,
    VIA_INVITATIONS_PATCH,
    VIA_INVITATIONS_DELETE,
    VIA_PROJECTS_POST,
    VIA_PROJECTS_PATCH,      /* members added or taken by a filter */
    VIA_PROJECTS_PATCH_BARE, /* without a path */
    VIA_PROJECTS_PUT,
    VIA_ME_PATCH,
    VIA_ME_DELETE,
    VIA_OVERRIDES_DELETE,
    VIA_GET,
    VIA_JUDGE, /* the operator's verbs */
    RULES_PATHS,
};

struct rules_row {
    const char *rule; /* "S2" */
    enum rules_home home;
    enum rules_act act;
    const char
        *target; /* a name; "self"; "own", whom the actor invited; "new"; a path to read */
    const char *role;
    const char *project, *project_role;
    const char *letters; /* blanks between groups mean nothing */
    const char *also;    /* whom else it changes: "stand-in"; NULL: nobody */
};

const struct rules_row *rules_table(size_t *count);

/* Can that act be expressed on that path? */
gboolean rules_path_of(enum rules_act act, enum rules_path path);

/* What must be answered there: one of the letters above. */
char rules_table_letter(const struct rules_row *row, enum rules_actor actor,
                        enum rules_path path);

const char *rules_act_name(enum rules_act act);    /* "invite" */
const char *rules_path_name(enum rules_path path); /* "POST /Users" */
