#include "scim/organization/judge_token.h"

#include <string.h>

#include "scim/organization/audit_state.h"
#include "scim/organization/change_record.h"
#include "scim/organization/connection.h"
#include "scim/organization/token.h"

#define ID_BYTES     9  /* 12 characters of base64url */
#define SECRET_BYTES 32 /* 43 */

/* Live tokens of a connection, and live clients: the old one and the new one while they are
 * exchanged. */
#define LIVE_MAX 2

/* Inserts it; its id and all of it, once, are the verdict's. */
static gboolean insert(struct change *change, struct token_row *row, GError **error)
{
    g_autofree char *id = random_base64url(change->random, ID_BYTES);
    g_autofree char *secret = random_base64url(change->random, SECRET_BYTES);
    /* Behind `token revoke` a hyphen would begin an option. */
    if (*id == '-')
        *id = 'A';
    row->organization = change->organization;
    row->id = id;
    row->secret = secret;
    row->created = change->now;
    gboolean ok = token_insert(change->session, row, error);
    change->verdict->id = g_strdup(id);
    change->verdict->token = g_strdup_printf("rc_%s_%s", id, secret);
    change->verdict->event = VERDICT_EVENT_NONE;
    explicit_bzero(secret, strlen(secret));
    row->id = row->secret = NULL;
    return ok;
}

/* `connection` is its name; NULL for a person's token. */
static gboolean make_token(struct change *change, struct token_row *row, const char *connection,
                           enum audit_action action, GError **error)
{
    gboolean ok = insert(change, row, error);
    g_autofree char *object = g_strconcat("token:", change->verdict->id, NULL);
    change_record(change, action, object, NULL, audit_state_token_row(row, connection));
    return ok;
}

static gboolean is_one_of(const char *text, const char *const *words)
{
    return text != NULL && g_strv_contains(words, text);
}

static gboolean check_connection(struct change *change, const struct connection_draft *draft)
{
    static const char *const everywhere[] = {"sync", "admin", NULL};
    if (draft->name == NULL || !role_scope_name_is_valid(draft->name))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A connection's name has 1 to 40 of a-z, 0-9 and hyphen.");
    if (!is_one_of(draft->scope, connection_scopes))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A scope is read, people, sync or admin.");
    if (change->organization == NULL && !is_one_of(draft->scope, everywhere))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "Only the scopes sync and admin may be for all organizations.");
    if (draft->personality != NULL && !is_one_of(draft->personality, connection_personalities))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A personality is tolerant or strict.");
    if (draft->at_cap != NULL && !is_one_of(draft->at_cap, connection_at_caps))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "At the cap a connection may refuse or wait.");
    if ((draft->rehearsal || g_strcmp0(draft->at_cap, "wait") == 0) &&
        strcmp(draft->scope, "people") != 0)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "Only a provider's connection (scope people) rehearses or waits "
                               "at the cap.");
    if (draft->patch_answer != 0 && draft->patch_answer != 200 && draft->patch_answer != 204)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A PATCH is answered with 200 or 204.");
    return TRUE;
}

static gboolean create_connection(struct change *change, const struct connection_draft *draft,
                                  enum token_kind kind, GError **error)
{
    g_autoptr(Connection) present = NULL;
    if (!check_connection(change, draft) ||
        !connection_find(change->session, change->organization, draft->name, &present, error))
        return FALSE;
    if (present != NULL)
        return verdict_taken(change->verdict, "There is a connection \"%s\" already.",
                             draft->name);
    g_autoptr(Connection) row = g_new0(struct connection, 1);
    row->id = change_new_id(change);
    row->name = g_strdup(draft->name);
    row->organization = g_strdup(change->organization);
    row->scope = g_strdup(draft->scope);
    row->personality = g_strdup(draft->personality != NULL ? draft->personality : "tolerant");
    row->at_cap = g_strdup(draft->at_cap != NULL ? draft->at_cap : "refuse");
    row->patch_answer = draft->patch_answer != 0 ? draft->patch_answer : 200;
    row->max_role = MAX(draft->max_role, ORGANIZATION_ROLE_MEMBER);
    row->adopt = draft->adopt;
    row->rehearsal = draft->rehearsal;
    row->created = change->now;
    struct token_row token = {
        .kind = kind, .connection = row->id, .expires_at = draft->expires_at};
    g_autofree char *object = g_strconcat("connection:", row->name, NULL);
    change_record(change, AUDIT_CREATE, object, NULL, audit_state_connection(row));
    return connection_insert(change->session, row, error) &&
           make_token(change, &token, row->name, AUDIT_CREATE, error);
}

/* A third would be one that nobody remembers. */
static gboolean check_live(struct change *change, const char *connection, enum token_kind kind,
                           GError **error)
{
    g_autoptr(GPtrArray) tokens =
        token_list(change->session, change->organization, change->now, error);
    if (tokens == NULL)
        return FALSE;
    const struct token *live[LIVE_MAX];
    guint count = 0;
    for (guint i = 0; i < tokens->len && count < LIVE_MAX; i++) {
        const struct token *token = tokens->pdata[i];
        if (token->kind == kind && g_strcmp0(token->connection, connection) == 0)
            live[count++] = token;
    }
    if (count < LIVE_MAX)
        return TRUE;
    return verdict_taken(change->verdict,
                         "\"%s\" has two live %s already, \"%s\" and \"%s\": revoke the one "
                         "that is not used any more first.",
                         connection, kind == TOKEN_CLIENT ? "clients" : "tokens", live[0]->id,
                         live[1]->id);
}

/* A further one of that kind. */
static gboolean rotate(struct change *change, const struct act *act, enum token_kind kind,
                       GError **error)
{
    g_autoptr(Connection) connection = NULL;
    if (act->name != NULL &&
        !connection_find(change->session, change->organization, act->name, &connection, error))
        return FALSE;
    if (connection == NULL)
        return verdict_missing(change->verdict, "There is no connection \"%s\".",
                               act->name != NULL ? act->name : "");
    struct token_row token = {
        .kind = kind, .connection = connection->id, .expires_at = act->expires_at};
    return check_live(change, connection->name, kind, error) &&
           make_token(change, &token, connection->name, AUDIT_ROTATE, error);
}

/* Not longer than an access token may live, and not longer than its client does. */
static gint64 end_of_access(const struct change *change, gint64 wanted, gint64 client)
{
    gint64 end = MIN(wanted, change->now + TOKEN_ACCESS_LONGEST);
    return client == 0 ? end : MIN(end, client);
}

/* The secret is looked at again here: what was revoked meanwhile is granted nothing (I4). */
static gboolean grant(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(Bearer) bearer = NULL;
    g_autoptr(Token) client = NULL;
    g_autoptr(Connection) connection = NULL;
    if (!token_authenticate_client(change->session, act->id, act->token, change->now, &bearer,
                                   error) ||
        (bearer != NULL &&
         !token_find(change->session, change->organization, act->id, &client, error)))
        return FALSE;
    if (client == NULL)
        return verdict_missing(change->verdict, "There is no such client.");
    if (!connection_find(change->session, change->organization, client->connection, &connection,
                         error) ||
        !token_trim_access(change->session, change->organization, client->id,
                           TOKEN_ACCESS_MAX - 1, change->now, error) ||
        !token_touch(change->session, client->id, change->now, error))
        return FALSE;
    struct token_row row = {.kind = TOKEN_ACCESS,
                            .connection = connection->id,
                            .client = client->id,
                            .expires_at =
                                end_of_access(change, act->expires_at, client->expires_at)};
    gboolean ok = insert(change, &row, error);
    /* It ends by itself: what the trail holds is that it was fetched, by whom and when. */
    g_autofree char *object = g_strconcat("access:", change->verdict->id, NULL);
    change_record(change, AUDIT_GRANT, object, NULL, NULL);
    return ok;
}

static gboolean revoke_token(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(Token) token = NULL;
    gboolean found = FALSE;
    if (act->id != NULL &&
        !token_find(change->session, change->organization, act->id, &token, error))
        return FALSE;
    if (token == NULL)
        return verdict_missing(change->verdict, "There is no token \"%s\".",
                               act->id != NULL ? act->id : "");
    g_autofree char *object = g_strconcat("token:", token->id, NULL);
    change_record(change, AUDIT_REVOKE, object, audit_state_token(token), NULL);
    change->verdict->id = g_strdup(act->id);
    return token_delete(change->session, change->organization, act->id, &found, error);
}

static gboolean make_personal(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(PersonFacts) facts = NULL;
    if (act->id != NULL && !person_facts_read(change->session, change->organization, act->id,
                                              change->now, &facts, error))
        return FALSE;
    if (facts == NULL)
        return verdict_missing(change->verdict, "There is no person with that id.");
    struct token_row token = {
        .person = facts->id, .name = act->name, .expires_at = act->expires_at};
    return make_token(change, &token, NULL, AUDIT_CREATE, error);
}

static gboolean permit(struct change *change)
{
    const struct permission_target none = {0};
    if (change->organization != NULL)
        return change_permit(change, PERMISSION_ADMINISTER, &none);
    if (change->actor->kind == ACTOR_OPERATOR || change->actor->kind == ACTOR_SYSTEM)
        return TRUE;
    return verdict_refuse(change->verdict, REFUSAL_PERMISSION,
                          "Tokens for all organizations are made on the machine itself.");
}

gboolean judge_token(struct change *change, const struct act *act, GError **error)
{
    if (act->kind == ACT_TOKEN_GRANT)
        return grant(change, act, error);
    if (!permit(change))
        return FALSE;
    const enum token_kind kind = act->kind == ACT_CLIENT_CREATE ? TOKEN_CLIENT : TOKEN_BEARER;
    if (act->kind == ACT_CONNECTION_CREATE ||
        (act->kind == ACT_CLIENT_CREATE && act->connection != NULL))
        return create_connection(change, act->connection, kind, error);
    if (act->kind == ACT_TOKEN_ROTATE || act->kind == ACT_CLIENT_CREATE)
        return rotate(change, act, kind, error);
    if (act->kind == ACT_TOKEN_REVOKE)
        return revoke_token(change, act, error);
    return make_personal(change, act, error);
}
