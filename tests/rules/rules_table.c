#include "tests/rules/rules_table.h"

#include <string.h>

/* clang-format off */
#define G HOME_GLOBEX
#define S HOME_SOLO
#define NO_ROLE NULL
#define NO_PROJECT NULL, NULL

/* The groups: dana oscar breakglass bill mia pia adam, invited sue rex, okta ping corp lab nameless
 * everywhere, console report terminal, olga foreign nobody. */
static const struct rules_row table[] = {
    /* S2: an owner grants any role; others invite members. Services by their scope. */
    {"S2", G, DO_INVITE, "new", "member", NO_PROJECT,               "DDDDDDD UUU DDDDOD DPD FFU", NULL},
    {"S2", G, DO_INVITE, "new", "billing-admin", NO_PROJECT,        "DDDPPPP UUU MMDDOD DPD FFU", NULL},
    {"S2", G, DO_INVITE, "new", "owner", NO_PROJECT,                "DDDPPPP UUU MMDDOD DPD FFU", NULL},
    {"S2", S, DO_INVITE, "new", "owner", NO_PROJECT,                "D..PPPP UUU MMDDOD DPD FFU", NULL},
    {"S2", S, DO_INVITE, "new", "member", NO_PROJECT,               "D..DDDD UUU DDDDOD DPD FFU", NULL},
    /* S12, S14: into a project, by owners and that project's admins. */
    {"S12", G, DO_INVITE, "new", "member", "search", "admin",       "DDDPPDP UUU DDDDOD DPD FFU", NULL},
    {"S12", G, DO_INVITE, "new", "member", "search", "read-write",  "DDDPPDP UUU DDDDOD DPD FFU", NULL},
    {"S12", G, DO_INVITE, "new", "member", "ads", "read-only",      "DDDPPPD UUU DDDDOD DPD FFU", NULL},
    {"S12", G, DO_INVITE, "new", "owner", "search", "read-only",    "DDDPPPP UUU MMDDOD DPD FFU", NULL},
    /* S13: an active member gets the project at once; a service has its own people. */
    {"S12", G, DO_INVITE_AGAIN, "mel", "member", "search", "read-write", "DDDPPDP UUU tttttt DPD FFU", NULL},
    {"S12", G, DO_INVITE_AGAIN, "cora", "member", "ads", "admin",   "DDDPPPD UUU tttttt DPD FFU", NULL},
    {"S12", G, DO_INVITE_AGAIN, "oscar", "member", "search", "admin", "DDDPPDP UUU tttttt DPD FFU", NULL},
    {"S12", G, DO_INVITE_AGAIN, "pat", "member", "search", "read-only", "DDDPPDP UUU tttttt DPD FFU", NULL},
    {"S12", G, DO_INVITE_AGAIN, "pam", "member", "search", "admin",  "DDDPPDP UUU tttttt DPD FFU", NULL},
    {"S12", G, DO_INVITE_AGAIN, "pam", "member", "ads", "read-only", "DDDPPPD UUU tttttt DPD FFU", NULL},
    /* S6: before it is accepted, an invitation is resent or revoked: any, one's own, into one's project. */
    {"S6", G, DO_RESEND, "pat", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_RESEND, "pam", NO_ROLE, NO_PROJECT,                "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_RESEND, "own", NO_ROLE, NO_PROJECT,                "DDDDDDD UUU DDDOOD DPD FFU", NULL},
    {"S6", G, DO_RESEND, "late", NO_ROLE, NO_PROJECT,               "DDDDDDD UUU DDDOOD DPD FFU", NULL},
    {"S6", G, DO_RESEND, "exa", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_RESEND, "ida", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_RESEND, "cory", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OODOOD DPD FFU", NULL},
    {"S6", G, DO_RESEND, "omar", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU DOOOOO DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "pat", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "pam", NO_ROLE, NO_PROJECT,                "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "own", NO_ROLE, NO_PROJECT,                "DDDDDDD UUU DDDOOD DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "late", NO_ROLE, NO_PROJECT,               "DDDDDDD UUU DDDOOD DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "exa", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "ida", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "cory", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OODOOD DPD FFU", NULL},
    {"S6", G, DO_REVOKE, "omar", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU DOOOOO DPD FFU", NULL},
    {"S6", S, DO_REVOKE, "ida", NO_ROLE, NO_PROJECT,                "D..PPPP UUU OOOOOO DPD FFU", NULL},
    /* S7: an owner changes organization roles. */
    {"S7", G, DO_SET_ROLE, "mel", "billing-admin", NO_PROJECT,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "mel", "owner", NO_PROJECT,              "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "beth", "member", NO_PROJECT,            "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "beth", "owner", NO_PROJECT,             "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "oscar", "member", NO_PROJECT,           "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "breakglass", "billing-admin", NO_PROJECT,"DDDPPPP UUU XXXXSX DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "pia", "billing-admin", NO_PROJECT,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "pat", "billing-admin", NO_PROJECT,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "exa", "billing-admin", NO_PROJECT,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "sam", "billing-admin", NO_PROJECT,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "cora", "billing-admin", NO_PROJECT,     "DDDPPPP UUU OODOOD DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "olaf", "billing-admin", NO_PROJECT,     "DDDPPPP UUU MOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "self", "billing-admin", NO_PROJECT,     "DDD=PPP UUU ...... ... FFU", NULL},
    {"S7", G, DO_SET_ROLE, "self", "owner", NO_PROJECT,             "===PPPP UUU ...... ... FFU", NULL},
    {"S7", G, DO_SET_ROLE, "amy", "billing-admin", NO_PROJECT,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SET_ROLE, "cade", "billing-admin", NO_PROJECT,     "DDDPPPP UUU OOdOOd DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "mel", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "oscar", NO_ROLE, NO_PROJECT,             "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "breakglass", NO_ROLE, NO_PROJECT,        "DDDPPPP UUU XXXXSX DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "cora", NO_ROLE, NO_PROJECT,              "DDDPPPP UUU OODOOD DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "olaf", NO_ROLE, NO_PROJECT,              "DDDPPPP UUU DOOOOO DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "amy", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "pat", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "self", NO_ROLE, NO_PROJECT,              "DDDPPPP UUU ...... ... FFU", NULL},
    {"S7", G, DO_SUSPEND, "beth", NO_ROLE, NO_PROJECT,              "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_SUSPEND, "exa", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_REACTIVATE, "sam", NO_ROLE, NO_PROJECT,            "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S7", G, DO_REACTIVATE, "cade", NO_ROLE, NO_PROJECT,           "OOOPPPP UUU OODOOD OPO FFU", NULL},
    /* S8: an owner removes. */
    {"S8", G, DO_REMOVE, "mel", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "beth", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "oscar", NO_ROLE, NO_PROJECT,              "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "breakglass", NO_ROLE, NO_PROJECT,         "DDDPPPP UUU XXXXSX DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "sam", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "amy", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "rita", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "cora", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OODOOD DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "olaf", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU DOOOOO DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "cade", NO_ROLE, NO_PROJECT,               "DDDPPPP UUU OODOOD DPD FFU", NULL},
    {"S8", G, DO_REMOVE, "rex", NO_ROLE, NO_PROJECT,                "NNNNNNN UUU NNNNNN NPN FFU", NULL},
    /* S9: everybody leaves for themselves, and nobody for another. */
    {"S9", G, DO_LEAVE, "self", NO_ROLE, NO_PROJECT,                "DDDDDAD UUU NNNNNN NPP FFU", NULL},
    {"S9", S, DO_LEAVE, "self", NO_ROLE, NO_PROJECT,                "L..DDAD UUU NNNNNN NPP FFU", NULL},
    /* S10: the only owner stays owner, though others are invited or suspended. */
    {"S10", S, DO_SET_ROLE, "cole", "member", NO_PROJECT,           "L..PPPP UUU OOLOOL LPL FFU", NULL},
    {"S10", S, DO_SET_ROLE, "cole", "billing-admin", NO_PROJECT,    "L..PPPP UUU OOLOOL LPL FFU", NULL},
    {"S10", S, DO_SUSPEND, "cole", NO_ROLE, NO_PROJECT,             "L..PPPP UUU OOLOOL LPL FFU", NULL},
    {"S10", S, DO_REMOVE, "cole", NO_ROLE, NO_PROJECT,              "L..PPPP UUU OOLOOL LPL FFU", NULL},
    /* S12: roles in a project. */
    {"S12", G, DO_SET_PROJECT, "mel", NO_ROLE, "search", "read-only", "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "mel", NO_ROLE, "search", "admin",   "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "rita", NO_ROLE, "search", "read-only", "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "rita", NO_ROLE, "search", "admin",  "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "beth", NO_ROLE, "ads", "read-write", "DDDPPPD UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "amy", NO_ROLE, "ads", "read-write", "DDDPPPD UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "oscar", NO_ROLE, "search", "read-write", "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "breakglass", NO_ROLE, "search", "read-write", "DDDPPDP UUU SSDSSD DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "cora", NO_ROLE, "search", "read-write", "DDDPPDP UUU OODOOD DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "olaf", NO_ROLE, "search", "read-write", "DDDPPDP UUU DOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "pat", NO_ROLE, "search", "read-only", "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "pam", NO_ROLE, "search", "admin",   "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "exa", NO_ROLE, "search", "read-only", "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "sam", NO_ROLE, "search", "read-only", "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "cade", NO_ROLE, "search", "read-only", "DDDPPDP UUU OOdOOd DPD FFU", NULL},
    {"S12", S, DO_SET_PROJECT, "cole", NO_ROLE, "search", "read-write", "D..PPDP UUU OODOOD DPD FFU", NULL},
    {"S12", G, DO_SET_PROJECT, "self", NO_ROLE, "search", "admin",  "DDDPP=P UUU ...... ... FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "rita", NO_ROLE, "search", NULL,    "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "pam", NO_ROLE, "search", NULL,     "DDDPPDP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "amy", NO_ROLE, "ads", NULL,        "DDDPPPD UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "opal", NO_ROLE, "search", NULL,    "DDDPPDP UUU ...... DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "mia", NO_ROLE, "lobby", NULL,      "DDDPDPP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "bill", NO_ROLE, "lobby", NULL,     "DDDDPPP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "oscar", NO_ROLE, "lobby", NULL,    "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "breakglass", NO_ROLE, "lobby", NULL, "DDDPPPP UUU SSXSSX DPD FFU", NULL},
    {"S12", G, DO_DROP_PROJECT, "sue", NO_ROLE, "lobby", NULL,      "DDDPPPP UUU OOOOOO DPD FFU", NULL},
    {"S12", S, DO_DROP_PROJECT, "cole", NO_ROLE, "lobby", NULL,     "D..PPPP UUU OO.OO. DPD FFU", NULL},
    {"S12", G, DO_RENAME, "search", NO_ROLE, "search", NULL,        "DDDPPDP UUU RRRRRR DPD FFU", NULL},
    {"S12", G, DO_RENAME, "ads", NO_ROLE, "ads", NULL,              "DDDPPPD UUU RRRRRR DPD FFU", NULL},
    {"S12", G, DO_CREATE_PROJECT, "new", NO_ROLE, "fresh", NULL,    "DDDPPPP UUU RRRRRR DPD FFU", NULL},
    {"S12", G, DO_LIFT, "opal", NO_ROLE, NO_PROJECT,                "DDDPPPP UUU RRRRRR DPD FFU", NULL},
    {"S12", G, DO_LIFT, "opal", NO_ROLE, "search", NULL,            "DDDPPDP UUU RRRRRR DPD FFU", NULL},
    /* S15: the only admin of a project stays admin; where a service takes them away, an owner stands in. */
    {"S15", G, DO_SET_PROJECT, "pia", NO_ROLE, "search", "read-write", "AAAPPAP UUU OOOOOO APA FFU", NULL},
    {"S15", G, DO_DROP_PROJECT, "pia", NO_ROLE, "search", NULL,     "AAAPPAP UUU OOOOOO APA FFU", NULL},
    {"S15", G, DO_SUSPEND, "pia", NO_ROLE, NO_PROJECT,              "AAAPPPP UUU OOOOOO APA FFU", NULL},
    {"S15", G, DO_REMOVE, "pia", NO_ROLE, NO_PROJECT,               "AAAPPAP UUU OOOOOO APA FFU", NULL},
    {"S15", G, DO_SET_PROJECT, "carl", NO_ROLE, "corpus", "read-write", "AAAPPPP UUU OODOOD APA FFU", "corpus"},
    {"S15", G, DO_DROP_PROJECT, "carl", NO_ROLE, "corpus", NULL,    "AAAPPPP UUU OODOOD APA FFU", "corpus"},
    {"S15", G, DO_SUSPEND, "carl", NO_ROLE, NO_PROJECT,             "AAAPPPP UUU OODOOD APA FFU", "corpus"},
    {"S15", G, DO_REMOVE, "carl", NO_ROLE, NO_PROJECT,              "AAAPPPP UUU OODOOD APA FFU", "corpus"},
    {"S15", S, DO_REMOVE, "carl", NO_ROLE, NO_PROJECT,              "A..PPPP UUU OODOOD APA FFU", "corpus"},
    /* S16: everybody leaves a project for themselves. */
    {"S16", G, DO_DROP_PROJECT, "self", NO_ROLE, "lobby", NULL,     "DDDDDDD UUU NNNNNN NPP FFU", NULL},
    {"S16", G, DO_DROP_PROJECT, "self", NO_ROLE, "search", NULL,    ".....A. ... ...... ... ...", NULL},
    {"S16", G, DO_DROP_PROJECT, "self", NO_ROLE, "ads", NULL,       "......D ... ...... ... ...", NULL},
    {"S16", S, DO_DROP_PROJECT, "self", NO_ROLE, "lobby", NULL,     "D..DDDD UUU NNNNNN NPP FFU", NULL},
    /* Reading. */
    {"S1", G, DO_READ, "/Users", NO_ROLE, NO_PROJECT,               "======= UUU ====== ==. FFU", NULL},
    {"S1", G, DO_READ, "/Groups", NO_ROLE, NO_PROJECT,              "======= UUU ====== ==. FFU", NULL},
    {"S1", G, DO_READ, "/Projects", NO_ROLE, NO_PROJECT,            "======= UUU ====== ==. FFU", NULL},
    {"S1", G, DO_READ, "/Invitations", NO_ROLE, NO_PROJECT,         "======= UUU ====== ==. FFU", NULL},
    {"S1", G, DO_READ, "/Roles", NO_ROLE, NO_PROJECT,               "======= UUU ====== ==. FFU", NULL},
    {"S1", G, DO_READ, "/Me", NO_ROLE, NO_PROJECT,                  "======= UUU NNNNNN NN. FFU", NULL},
};

#undef G
#undef S
#undef NO_ROLE
#undef NO_PROJECT

#define BIT(path) (1U << (path))
#define EDITS                                                                                  \
    (BIT(VIA_USERS_PATCH) | BIT(VIA_USERS_PATCH_BARE) | BIT(VIA_USERS_PUT) | BIT(VIA_ME_PATCH) | \
     BIT(VIA_JUDGE))
#define MEMBERS (BIT(VIA_PROJECTS_PATCH) | BIT(VIA_PROJECTS_PATCH_BARE) | BIT(VIA_PROJECTS_PUT))

static const struct {
    const char *name;
    unsigned paths;
} acts[RULES_ACTS] = {
    [DO_INVITE] = {"invite", BIT(VIA_USERS_POST) | BIT(VIA_INVITATIONS_POST) | BIT(VIA_JUDGE)},
    [DO_INVITE_AGAIN] = {"invite to a project", BIT(VIA_INVITATIONS_POST) | BIT(VIA_JUDGE)},
    [DO_RESEND] = {"resend", BIT(VIA_INVITATIONS_PATCH) | BIT(VIA_INVITATIONS_POST) | BIT(VIA_JUDGE)},
    [DO_REVOKE] = {"revoke", BIT(VIA_INVITATIONS_PATCH) | BIT(VIA_INVITATIONS_DELETE) |
                             BIT(VIA_USERS_DELETE) | BIT(VIA_JUDGE)},
    [DO_SET_ROLE] = {"set the role", EDITS | BIT(VIA_USERS_PATCH_WHOLE)},
    [DO_SUSPEND] = {"suspend", EDITS},
    [DO_REACTIVATE] = {"reactivate", EDITS},
    [DO_REMOVE] = {"remove", BIT(VIA_USERS_DELETE) | BIT(VIA_JUDGE)},
    [DO_LEAVE] = {"leave", BIT(VIA_ME_DELETE) | BIT(VIA_USERS_DELETE) | BIT(VIA_JUDGE)},
    [DO_SET_PROJECT] = {"set the project role", EDITS | BIT(VIA_USERS_PATCH_WHOLE) | MEMBERS},
    [DO_DROP_PROJECT] = {"take the project role of",
                         (EDITS & ~BIT(VIA_USERS_PATCH_BARE)) | BIT(VIA_USERS_PATCH_WHOLE) |
                             (MEMBERS & ~BIT(VIA_PROJECTS_PATCH_BARE))},
    [DO_RENAME] = {"rename", MEMBERS | BIT(VIA_JUDGE)},
    [DO_CREATE_PROJECT] = {"create a project", BIT(VIA_PROJECTS_POST) | BIT(VIA_JUDGE)},
    [DO_LIFT] = {"lift the override of", BIT(VIA_OVERRIDES_DELETE) | BIT(VIA_JUDGE)},
    [DO_READ] = {"read", BIT(VIA_GET)},
};

/* clang-format on */

const struct rules_row *rules_table(size_t *count)
{
    *count = G_N_ELEMENTS(table);
    return table;
}

const char *rules_act_name(enum rules_act act)
{
    return acts[act].name;
}

const char *rules_path_name(enum rules_path path)
{
    static const char *const names[RULES_PATHS] = {
        [VIA_USERS_POST] = "POST /Users",
        [VIA_USERS_PATCH] = "PATCH /Users",
        [VIA_USERS_PATCH_BARE] = "PATCH /Users without a path",
        [VIA_USERS_PATCH_WHOLE] = "PATCH /Users, all roles",
        [VIA_USERS_PUT] = "PUT /Users",
        [VIA_USERS_DELETE] = "DELETE /Users",
        [VIA_INVITATIONS_POST] = "POST /Invitations",
        [VIA_INVITATIONS_PATCH] = "PATCH /Invitations",
        [VIA_INVITATIONS_DELETE] = "DELETE /Invitations",
        [VIA_PROJECTS_POST] = "POST /Projects",
        [VIA_PROJECTS_PATCH] = "PATCH /Projects",
        [VIA_PROJECTS_PATCH_BARE] = "PATCH /Projects without a path",
        [VIA_PROJECTS_PUT] = "PUT /Projects",
        [VIA_ME_PATCH] = "PATCH /Me",
        [VIA_ME_DELETE] = "DELETE /Me",
        [VIA_OVERRIDES_DELETE] = "DELETE /Overrides",
        [VIA_GET] = "GET",
        [VIA_JUDGE] = "the operator's verbs",
    };
    return names[path];
}

gboolean rules_path_of(enum rules_act act, enum rules_path path)
{
    return (acts[act].paths & BIT(path)) != 0;
}

static gboolean is_person(enum rules_actor actor)
{
    return actor <= BY_ADAM;
}

static gboolean is_provider(enum rules_actor actor)
{
    return actor == BY_OKTA || actor == BY_PING;
}

static gboolean is_sync(enum rules_actor actor)
{
    return actor >= BY_CORP && actor <= BY_EVERYWHERE;
}

/* No cell: the operator has verbs and no token; /Me is about oneself, and only people are
 * somebody. */
static gboolean is_no_cell(const struct rules_row *row, enum rules_actor actor,
                           enum rules_path path)
{
    gboolean is_self = strcmp(row->target, "self") == 0;
    gboolean is_me = path == VIA_ME_PATCH || path == VIA_ME_DELETE;
    if ((actor == BY_TERMINAL) != (path == VIA_JUDGE))
        return TRUE;
    if (path == VIA_JUDGE)
        return FALSE;
    return is_me ? !is_self : is_self && !is_person(actor);
}

char rules_table_letter(const struct rules_row *row, enum rules_actor actor,
                        enum rules_path path)
{
    size_t at = 0;
    const char *letter = row->letters;
    for (; *letter != '\0' && (*letter == ' ' || at < (size_t)actor); letter++)
        at += *letter != ' ';
    if (*letter == '\0' || is_no_cell(row, actor, path))
        return '.';
    gboolean is_service = is_provider(actor) || is_sync(actor);
    /* Inviting the same address again resends; a service has its people by their externalId. */
    if (row->act == DO_RESEND && path == VIA_INVITATIONS_POST && is_service)
        return 't';
    /* A sync reads what is effective: to send that back would make its own link say "owner". */
    if (row->act == DO_SET_PROJECT && is_sync(actor) &&
        strcmp(row->target, "breakglass") == 0 &&
        (path == VIA_USERS_PUT || path == VIA_USERS_PATCH_WHOLE))
        return 'S';
    gboolean edits_members = row->act == DO_SET_PROJECT || row->act == DO_DROP_PROJECT;
    if (!edits_members || (acts[DO_RENAME].paths & BIT(path)) == 0 || *letter == '.')
        return *letter;
    /* Providers write Users and Groups alone; a sync gives roles to its own people through Users,
     * and through Projects lets an owner stand in. */
    if (is_provider(actor))
        return 'P';
    if (is_sync(actor))
        return 'S';
    return *letter;
}
