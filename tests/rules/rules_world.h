/*
 * Two organizations full of people, for the matrix of the rules: "globex" with several owners,
 * "solo" with one only owner, and a token for everyone who may ask. Behind them the "other"
 * organization of the server fixture.
 *
 *   struct rules_world world;
 *   rules_world_open(&world);
 *   ... ask; when something was changed: rules_world_reset(&world); ...
 *   rules_world_close(&world);
 *
 * Everybody is called <name>@example.com; the names are in rules_world.c. A reset puts a copy of
 * the database back, so that every cell of the matrix begins at the same state.
 */
#pragma once

#include "tests/scim/server/server_fixture.h"

/* Who asks. The columns of the matrix, in its order. */
enum rules_actor {
    BY_DANA,       /* an owner; in "solo" the only one, whose link is directory:corp */
    BY_OSCAR,      /* a second owner; not in "solo" */
    BY_BREAKGLASS, /* a protected owner; not in "solo" */
    BY_BILL,       /* a billing-admin */
    BY_MIA,        /* a member */
    BY_PIA,        /* a member who is the only admin of "search" */
    BY_ADAM,       /* a member who is one of two admins of "ads" */
    BY_INVITED,    /* somebody invited, with the token of their invitation */
    BY_SUE,        /* suspended, with the token from before */
    BY_REX,        /* removed, with the token from before */
    BY_OKTA,       /* a provider that has people of its own */
    BY_PING,       /* a provider that has nobody */
    BY_CORP,       /* a sync that speaks for directory:corp */
    BY_LAB,        /* a sync that speaks for directory:lab, which has nobody */
    BY_NAMELESS,   /* a sync that does not say for whom it speaks */
    BY_EVERYWHERE, /* a sync of all organizations that speaks for directory:corp */
    BY_CONSOLE,    /* scope admin */
    BY_REPORT,     /* scope read */
    BY_TERMINAL,   /* the operator, through the judge as the verbs ask it */
    BY_OLGA,       /* an owner of another organization */
    BY_FOREIGN,    /* an admin token of another organization */
    BY_NOBODY,     /* no token */
    RULES_ACTORS,
};

enum rules_home {
    HOME_GLOBEX,
    HOME_SOLO,
    RULES_HOMES,
};

struct rules_world {
    struct server_fixture server;
    char *copy; /* the database to go back to */
    char *tokens[RULES_HOMES][RULES_ACTORS];
    GHashTable *ids;       /* "globex/mel" -> id of the person; of removed ones too */
    StoreSession *session; /* reads */
    StoreSession *undo;    /* puts the tables back */
    gint64 version;        /* of the data when it was last looked at; see rules_world_moved() */
};

void rules_world_open(struct rules_world *world);
void rules_world_close(struct rules_world *world);

/* As it was when it was opened, but for the audit trail, which only ever grows. */
void rules_world_reset(struct rules_world *world);

const char *rules_world_home(enum rules_home home);    /* "globex" */
const char *rules_world_actor(enum rules_actor actor); /* "the only owner" ... for messages */

/* The name of a person who is that actor, or NULL for services. */
const char *rules_world_name(enum rules_home home, enum rules_actor actor);

/* The id of a person; fails the test where there is nobody of that name. Borrowed. */
const char *rules_world_id(struct rules_world *world, enum rules_home home, const char *name);

/* The last invitation of a person, the id of a project. The caller frees. */
char *rules_world_invitation(struct rules_world *world, enum rules_home home, const char *name);
char *rules_world_project(struct rules_world *world, enum rules_home home, const char *name);

/* One HTTP request as that actor: token, path of the organization, headers. `path` is without the
 * prefix: "/Users". */
struct reply rules_world_ask(struct rules_world *world, enum rules_home home,
                             enum rules_actor actor, const char *method, const char *path,
                             const json_t *body);

/* Has anybody written since this was asked last? */
gboolean rules_world_moved(struct rules_world *world);

/* Every byte of every table but the trail's, and but when tokens were last used. The caller frees. */
char *rules_world_dump(struct rules_world *world);

/* One line a person and a project, sorted: "globex/mel@example.com active member search/admin". The
 * caller frees. */
char *rules_world_brief(struct rules_world *world);

/* How many records the audit trails hold. */
gint64 rules_world_records(struct rules_world *world);
