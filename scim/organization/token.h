/*
 * Tokens: who a bearer of `rc_<id>_<secret>` is, and of which client a secret is.
 *
 * Of the secret only SHA-256 is stored; a presented token is looked up by its id, then compared
 * in constant time, against a dummy where the id is unknown (R34). Making them is the judge's
 * (ACT_CONNECTION_CREATE, ACT_TOKEN_ROTATE, ACT_TOKEN_REVOKE, ACT_TOKEN_FOR_PERSON,
 * ACT_CLIENT_CREATE, ACT_TOKEN_GRANT).
 *
 * A client (RFC 6749 2) is a token too: its id is the client id, the whole `rc_<id>_<secret>` its
 * secret, which opens nothing but the door to access tokens. Those belong to it and to its
 * connection, die with either, and are in no list: they end by themselves.
 */
#pragma once

#include <glib.h>

#include "scim/organization/actor.h"
#include "scim/organization/role.h"
#include "scim/protocol/clock.h"
#include "scim/store/store.h"

/* last_used_at is written at most this often, in seconds. */
#define TOKEN_LAST_USED_STEP 300

/* Seconds that an access token lives: what it is given, and what it may be given at most. */
#define TOKEN_ACCESS_LIFE    ((gint64)3600)
#define TOKEN_ACCESS_LONGEST ((gint64)6 * 3600)

/* Access tokens of one client that live at once: the next one ends the oldest. */
#define TOKEN_ACCESS_MAX 20

enum token_kind {
    TOKEN_BEARER, /* opens the endpoint */
    TOKEN_CLIENT, /* a client's secret: fetches access tokens and opens nothing */
    TOKEN_ACCESS, /* fetched by a client: opens the endpoint for hours */
};

/* Who presents a token; connection.h says what its options mean. */
struct bearer {
    enum actor_kind kind; /* PERSON, CONNECTION, SYNC, ADMIN or READER */
    char *token;          /* the token's id: names it in logs and ETags */
    char *client;         /* of an access token: the id of its client; NULL otherwise */
    char *organization;   /* NULL: all of them; the path must say which */
    char *person;         /* id, for ACTOR_PERSON */
    char *connection;     /* the connection's name, otherwise */
    char *origin;         /* "scim:<connection>" for ACTOR_CONNECTION; NULL otherwise */
    char *label;          /* "person:<id>" or "token:<connection>" */
    gboolean is_strict;
    int patch_answer; /* 200 or 204 */
    enum organization_role max_role;
    gboolean may_adopt, rehearsal, waits_at_cap;
    gint64 last_used_at; /* 0: never */
    gint64 expires_at;   /* 0: never */
};

typedef struct bearer Bearer;

void bearer_free(Bearer *bearer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bearer, bearer_free)

/* Who it is: a token that is unknown, wrong, expired, revoked or of a person without access
 * gives TRUE and *bearer NULL, all alike. */
gboolean token_authenticate(StoreSession *session, const char *presented, gint64 now,
                            Bearer **bearer, GError **error);

/* Whose client that is: the bearer that an access token of it would be, its `client` set and its
 * `token` the same. A client that is unknown, wrong, expired or revoked, and a bearer token that is
 * presented as one, give TRUE and *bearer NULL, all alike. */
gboolean token_authenticate_client(StoreSession *session, const char *id, const char *secret,
                                   gint64 now, Bearer **bearer, GError **error);

/* What limits are counted by: the token's id, or its client's. Borrowed. */
const char *bearer_credential(const struct bearer *bearer);

/* The scope of its connection, "people" ...; "person" for a person's token. */
const char *bearer_scope(const struct bearer *bearer);

/* Is it time to write down that it was used? Then token_touch() on a writing session. */
gboolean token_is_touch_due(const struct bearer *bearer, gint64 now);
gboolean token_touch(StoreSession *session, const char *token, gint64 now, GError **error);

/* The actor a bearer is inside `organization`. For a sync `origin` is the directory it names in
 * its header (NULL: none) and `may_adopt` what the header says. Borrows from all of them. */
struct actor bearer_actor(const struct bearer *bearer, const char *organization,
                          const char *origin, gboolean may_adopt);

struct token {
    enum token_kind kind; /* BEARER or CLIENT */
    char *id;
    char *organization;                       /* NULL: all */
    char *connection;                         /* its name; NULL: a person's token */
    char *person;                             /* id; NULL: a connection's */
    char *name;                               /* of a person's token */
    gint64 created, expires_at, last_used_at; /* 0: never */
};

typedef struct token Token;

void token_free(struct token *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Token, token_free)

/* Bearer tokens and clients live at `now` (at 0: all that there are), by name. Organization NULL lists
 * those for all organizations. NULL: failed. */
GPtrArray *token_list(StoreSession *session, const char *organization, gint64 now,
                      GError **error);

/* One of them by its id, expired or not, in the organization or, with NULL, among those for all.
 * Nothing found: TRUE and *token NULL. */
gboolean token_find(StoreSession *session, const char *organization, const char *id,
                    Token **token, GError **error);

/* For the judge's rooms. Of `secret` only the digest is stored. */
struct token_row {
    enum token_kind kind;
    const char *organization; /* NULL: all */
    const char *id, *secret;
    const char *connection; /* its id, or NULL */
    const char *person;     /* the person's id, or NULL */
    const char *client;     /* of an access token: the id of its client */
    const char *name;
    gint64 created, expires_at;
};

gboolean token_insert(StoreSession *session, const struct token_row *row, GError **error);

/* Every token of a person: their access has ended (I4). */
gboolean token_delete_of(StoreSession *session, const char *organization, const char *person,
                         GError **error);

/* Of the client's access tokens only the `keep` newest live ones stay. */
gboolean token_trim_access(StoreSession *session, const char *organization, const char *client,
                           guint keep, gint64 now, GError **error);

/* With its access tokens, where it is a client. *found: there was one of that id in the organization,
 * or, with NULL, among those for all. */
gboolean token_delete(StoreSession *session, const char *organization, const char *id,
                      gboolean *found, GError **error);
