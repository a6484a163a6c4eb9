/*
 * Tokens: who a bearer of `rc_<id>_<secret>` is.
 *
 * Of the secret only SHA-256 is stored; a presented token is looked up by its id, then compared
 * in constant time, against a dummy where the id is unknown (R34). Making them is the judge's
 * (ACT_CONNECTION_CREATE, ACT_TOKEN_ROTATE, ACT_TOKEN_REVOKE, ACT_TOKEN_FOR_PERSON).
 */
#pragma once

#include <glib.h>

#include "scim/organization/actor.h"
#include "scim/organization/role.h"
#include "scim/protocol/clock.h"
#include "scim/store/store.h"

/* last_used_at is written at most this often, in seconds. */
#define TOKEN_LAST_USED_STEP 300

/* Who presents a token; connection.h says what its options mean. */
struct bearer {
    enum actor_kind kind; /* PERSON, CONNECTION, SYNC, ADMIN or READER */
    char *token;          /* the token's id: names it in logs, limits and ETags */
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
};

typedef struct bearer Bearer;

void bearer_free(Bearer *bearer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bearer, bearer_free)

/* Who it is: a token that is unknown, wrong, expired, revoked or of a person without access
 * gives TRUE and *bearer NULL, all alike. */
gboolean token_authenticate(StoreSession *session, const char *presented, gint64 now,
                            Bearer **bearer, GError **error);

/* Is it time to write down that it was used? Then token_touch() on a writing session. */
gboolean token_is_touch_due(const struct bearer *bearer, gint64 now);
gboolean token_touch(StoreSession *session, const char *token, gint64 now, GError **error);

/* The actor a bearer is inside `organization`. For a sync `origin` is the directory it names in
 * its header (NULL: none) and `may_adopt` what the header says. Borrows from all of them. */
struct actor bearer_actor(const struct bearer *bearer, const char *organization,
                          const char *origin, gboolean may_adopt);

struct token {
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

/* Live at `now` (at 0: all that there are), by name. Organization NULL lists those for all
 * organizations. NULL: failed. */
GPtrArray *token_list(StoreSession *session, const char *organization, gint64 now,
                      GError **error);

/* One by its id, expired or not, in the organization or, with NULL, among those for all. Nothing
 * found: TRUE and *token NULL. */
gboolean token_find(StoreSession *session, const char *organization, const char *id,
                    Token **token, GError **error);

/* For the judge's rooms. Of `secret` only the digest is stored. */
struct token_row {
    const char *organization; /* NULL: all */
    const char *id, *secret;
    const char *connection; /* its id, or NULL */
    const char *person;     /* the person's id, or NULL */
    const char *name;
    gint64 created, expires_at;
};

gboolean token_insert(StoreSession *session, const struct token_row *row, GError **error);

/* Every token of a person: their access has ended (I4). */
gboolean token_delete_of(StoreSession *session, const char *organization, const char *person,
                         GError **error);

/* *found: there was one of that id in the organization, or, with NULL, among those for all. */
gboolean token_delete(StoreSession *session, const char *organization, const char *id,
                      gboolean *found, GError **error);
