#include "scim/organization/token.h"

#include <string.h>

#include "scim/protocol/origin.h"

#define ID_BYTES     12
#define SECRET_BYTES 43
#define DIGEST_BYTES 32

void bearer_free(Bearer *bearer)
{
    if (bearer == NULL)
        return;
    g_free(bearer->token);
    g_free(bearer->client);
    g_free(bearer->organization);
    g_free(bearer->person);
    g_free(bearer->connection);
    g_free(bearer->origin);
    g_free(bearer->label);
    g_free(bearer);
}

static void digest_of(const char *secret, guint8 digest[DIGEST_BYTES])
{
    gsize length = DIGEST_BYTES;
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(checksum, (const guchar *)secret, -1);
    g_checksum_get_digest(checksum, digest, &length);
}

/* Every byte is looked at, whichever differs (R34). */
static gboolean digests_equal(const guint8 *a, const guint8 *b)
{
    guint8 difference = 0;
    for (gsize i = 0; i < DIGEST_BYTES; i++)
        difference = (guint8)(difference | (a[i] ^ b[i]));
    return difference == 0;
}

/* "rc_<12>_<43>": base64url may hold "_" itself, so the places count, not the character. */
static gboolean split(const char *presented, char id[ID_BYTES + 1], const char **secret)
{
    if (presented == NULL || strlen(presented) != 3 + ID_BYTES + 1 + SECRET_BYTES ||
        memcmp(presented, "rc_", 3) != 0 || presented[3 + ID_BYTES] != '_')
        return FALSE;
    memcpy(id, presented + 3, ID_BYTES);
    id[ID_BYTES] = '\0';
    *secret = presented + 3 + ID_BYTES + 1;
    return TRUE;
}

static const char *const kinds[] =
    {[TOKEN_BEARER] = "bearer", [TOKEN_CLIENT] = "client", [TOKEN_ACCESS] = "access"};

static enum actor_kind kind_of(const char *scope)
{
    if (strcmp(scope, "people") == 0)
        return ACTOR_CONNECTION;
    if (strcmp(scope, "sync") == 0)
        return ACTOR_SYNC;
    return strcmp(scope, "admin") == 0 ? ACTOR_ADMIN : ACTOR_READER;
}

static char *text_or_null(struct store_rows *rows, int column)
{
    const char *text = store_text_at(rows, column);
    return text == NULL || *text == '\0' ? NULL : g_strdup(text);
}

static void read_connection(struct store_rows *rows, Bearer *bearer)
{
    bearer->connection = g_strdup(store_text_at(rows, 5));
    bearer->kind = kind_of(store_text_at(rows, 6));
    bearer->is_strict = strcmp(store_text_at(rows, 7), "strict") == 0;
    bearer->patch_answer = (int)store_int_at(rows, 8);
    bearer->max_role = (enum organization_role)store_int_at(rows, 9);
    bearer->may_adopt = store_int_at(rows, 10) != 0;
    bearer->rehearsal = store_int_at(rows, 11) != 0;
    bearer->waits_at_cap = strcmp(store_text_at(rows, 12), "wait") == 0;
    bearer->label = g_strconcat(ACTOR_LABEL_TOKEN, bearer->connection, NULL);
    if (bearer->kind == ACTOR_CONNECTION)
        bearer->origin = g_strconcat(ORIGIN_PROVIDER, bearer->connection, NULL);
}

static Bearer *read_bearer(struct store_rows *rows)
{
    Bearer *bearer = g_new0(struct bearer, 1);
    bearer->token = g_strdup(store_text_at(rows, 0));
    bearer->organization = text_or_null(rows, 1);
    bearer->last_used_at = store_int_at(rows, 3);
    bearer->person = text_or_null(rows, 4);
    bearer->client = text_or_null(rows, 13);
    bearer->expires_at = store_int_at(rows, 14);
    bearer->patch_answer = 200;
    if (bearer->person == NULL) {
        read_connection(rows, bearer);
    } else {
        bearer->kind = ACTOR_PERSON;
        bearer->label = g_strconcat(ACTOR_LABEL_PERSON, bearer->person, NULL);
    }
    return bearer;
}

#define CREDENTIAL_QUERY(client)                                                               \
    "SELECT t.id, t.organization, t.secret_hash, t.last_used_at, t.person, c.name, c.scope,"   \
    " c.personality, c.patch_answer, c.max_role, c.adopt, c.rehearsal, c.at_cap, " client      \
    ", t.expires_at"                                                                           \
    " FROM token t"                                                                            \
    " LEFT JOIN connection c ON c.organization = t.organization AND c.id = t.connection"       \
    " WHERE t.id = ? AND (t.expires_at = 0 OR t.expires_at > ?)"

/* A person's token lives while the person is active (I4), an access token while its client does. */
#define BEARER_QUERY                                                                           \
    CREDENTIAL_QUERY("t.client")                                                               \
    " AND t.kind <> 'client'"                                                                  \
    " AND (t.person IS NULL OR EXISTS (SELECT 1 FROM person p"                                 \
    "  WHERE p.organization = t.organization AND p.id = t.person AND p.status = 'active'))"    \
    " AND (t.kind <> 'access' OR EXISTS (SELECT 1 FROM token o"                                \
    "  WHERE o.organization = t.organization AND o.id = t.client AND o.kind = 'client'"        \
    "  AND (o.expires_at = 0 OR o.expires_at > ?)))"

#define CLIENT_QUERY CREDENTIAL_QUERY("t.id") " AND t.kind = 'client'"

/* The one row of the query, if `secret` is its secret. */
static gboolean compare(struct store_rows *rows, const char *secret, Bearer **bearer,
                        GError **error)
{
    static const guint8 dummy[DIGEST_BYTES] = {0};
    guint8 digest[DIGEST_BYTES];
    digest_of(secret, digest);
    gsize length = 0;
    gboolean is_known = store_next(rows);
    const guint8 *stored = is_known ? store_blob_at(rows, 2, &length) : NULL;
    gboolean is_right =
        digests_equal(stored != NULL && length == DIGEST_BYTES ? stored : dummy, digest);
    if (is_known && is_right)
        *bearer = read_bearer(rows);
    return store_end(rows, error);
}

gboolean token_authenticate(StoreSession *session, const char *presented, gint64 now,
                            Bearer **bearer, GError **error)
{
    char id[ID_BYTES + 1];
    const char *secret;
    *bearer = NULL;
    return !split(presented, id, &secret) ||
           compare(store_query(session, BEARER_QUERY,
                               STORE_BIND(store_text(id), store_int(now), store_int(now)),
                               TRUE),
                   secret, bearer, error);
}

gboolean token_authenticate_client(StoreSession *session, const char *id, const char *secret,
                                   gint64 now, Bearer **bearer, GError **error)
{
    char named[ID_BYTES + 1];
    const char *rest;
    *bearer = NULL;
    return !split(secret, named, &rest) || g_strcmp0(id, named) != 0 ||
           compare(store_query(session, CLIENT_QUERY,
                               STORE_BIND(store_text(id), store_int(now)), TRUE),
                   rest, bearer, error);
}

const char *bearer_credential(const struct bearer *bearer)
{
    return bearer->client != NULL ? bearer->client : bearer->token;
}

const char *bearer_scope(const struct bearer *bearer)
{
    switch (bearer->kind) {
    case ACTOR_CONNECTION:
        return "people";
    case ACTOR_SYNC:
        return "sync";
    case ACTOR_ADMIN:
        return "admin";
    case ACTOR_READER:
        return "read";
    case ACTOR_PERSON:
    case ACTOR_OPERATOR:
    case ACTOR_SYSTEM:
        break;
    }
    return "person";
}

gboolean token_is_touch_due(const struct bearer *bearer, gint64 now)
{
    return now - bearer->last_used_at >= TOKEN_LAST_USED_STEP;
}

gboolean token_touch(StoreSession *session, const char *token, gint64 now, GError **error)
{
    return store_run(session, "UPDATE token SET last_used_at = ? WHERE id = ?",
                     STORE_BIND(store_int(now), store_text(token)), error);
}

struct actor bearer_actor(const struct bearer *bearer, const char *organization,
                          const char *origin, gboolean may_adopt)
{
    gboolean is_sync = bearer->kind == ACTOR_SYNC;
    return (struct actor){
        .kind = bearer->kind,
        .organization = organization,
        .person = bearer->person,
        .origin = is_sync ? origin : bearer->origin,
        .max_role = bearer->max_role,
        .rehearses = bearer->rehearsal,
        .waits_at_cap = bearer->waits_at_cap,
        .is_strict = bearer->is_strict,
        .may_adopt = is_sync ? may_adopt : bearer->may_adopt,
        .label = is_sync && origin != NULL ? origin : bearer->label,
    };
}

void token_free(struct token *token)
{
    if (token == NULL)
        return;
    g_free(token->id);
    g_free(token->organization);
    g_free(token->connection);
    g_free(token->person);
    g_free(token->name);
    g_free(token);
}

static void destroy(gpointer data)
{
    token_free(data);
}

#define TOKEN_COLUMNS                                                                          \
    "SELECT t.id, t.organization, c.name, t.person, t.name, t.created, t.expires_at,"          \
    " t.last_used_at, t.kind FROM token t"                                                     \
    " LEFT JOIN connection c ON c.organization = t.organization AND c.id = t.connection"       \
    " WHERE t.organization = ? AND t.kind <> 'access'"

static Token *read_token(struct store_rows *rows)
{
    Token *token = g_new0(struct token, 1);
    token->id = g_strdup(store_text_at(rows, 0));
    token->organization = text_or_null(rows, 1);
    token->connection = text_or_null(rows, 2);
    token->person = text_or_null(rows, 3);
    token->name = text_or_null(rows, 4);
    token->created = store_int_at(rows, 5);
    token->expires_at = store_int_at(rows, 6);
    token->last_used_at = store_int_at(rows, 7);
    token->kind =
        strcmp(store_text_at(rows, 8), kinds[TOKEN_CLIENT]) == 0 ? TOKEN_CLIENT : TOKEN_BEARER;
    return token;
}

/* Those for all organizations stand under an empty name. */
static struct store_value owner(const char *organization)
{
    return store_text(organization != NULL ? organization : "");
}

GPtrArray *token_list(StoreSession *session, const char *organization, gint64 now,
                      GError **error)
{
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(destroy);
    struct store_rows *rows =
        store_query(session,
                    TOKEN_COLUMNS " AND (t.expires_at = 0 OR t.expires_at > ?)"
                                  " ORDER BY c.name, t.name, t.created, t.id",
                    STORE_BIND(owner(organization), store_int(now)), TRUE);
    while (store_next(rows))
        g_ptr_array_add(tokens, read_token(rows));
    return store_end(rows, error) ? g_steal_pointer(&tokens) : NULL;
}

gboolean token_find(StoreSession *session, const char *organization, const char *id,
                    Token **token, GError **error)
{
    struct store_rows *rows =
        store_query(session, TOKEN_COLUMNS " AND t.id = ?",
                    STORE_BIND(owner(organization), store_text(id)), TRUE);
    *token = store_next(rows) ? read_token(rows) : NULL;
    return store_end(rows, error);
}

gboolean token_insert(StoreSession *session, const struct token_row *row, GError **error)
{
    guint8 digest[DIGEST_BYTES];
    digest_of(row->secret, digest);
    return store_run(
        session,
        "INSERT INTO token (organization, id, kind, client, connection, person, name,"
        " secret_hash, created, expires_at, last_used_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        STORE_BIND(owner(row->organization), store_text(row->id), store_text(kinds[row->kind]),
                   store_text(row->client), store_text(row->connection),
                   store_text(row->person), store_text(row->name),
                   store_blob(digest, sizeof digest), store_int(row->created),
                   store_int(row->expires_at)),
        error);
}

gboolean token_trim_access(StoreSession *session, const char *organization, const char *client,
                           guint keep, gint64 now, GError **error)
{
    return store_run(session,
                     "DELETE FROM token WHERE organization = ? AND client = ?"
                     " AND id NOT IN (SELECT n.id FROM token n WHERE n.organization = ?"
                     "  AND n.client = ? AND n.expires_at > ?"
                     "  ORDER BY n.created DESC, n.id LIMIT ?)",
                     STORE_BIND(owner(organization), store_text(client), owner(organization),
                                store_text(client), store_int(now), store_int(keep)),
                     error);
}

gboolean token_delete(StoreSession *session, const char *organization, const char *id,
                      gboolean *found, GError **error)
{
    if (!token_trim_access(session, organization, id, 0, 0, error) ||
        !store_run(session, "DELETE FROM token WHERE organization = ? AND id = ?",
                   STORE_BIND(owner(organization), store_text(id)), error))
        return FALSE;
    *found = store_changes(session) > 0;
    return TRUE;
}

gboolean token_delete_of(StoreSession *session, const char *organization, const char *person,
                         GError **error)
{
    return store_run(session, "DELETE FROM token WHERE organization = ? AND person = ?",
                     STORE_BIND(store_text(organization), store_text(person)), error);
}
