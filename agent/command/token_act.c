#include "agent/command/token_act.h"

#include <string.h>

#include "scim/organization/token.h"
#include "scim/protocol/outcome.h"

char *token_act_make(struct operator_access *access, const struct actor *actor,
                     const struct act *act, char **id, GError **error)
{
    struct verdict verdict = {0};
    char *token = NULL;
    if (operator_access_judge(access, actor, act, &verdict, error)) {
        token = g_strdup(verdict.token);
        if (id != NULL)
            *id = g_strdup(verdict.id);
        if (token == NULL)
            g_set_error(error, OUTCOME, OUTCOME_INTERNAL, "no token was made");
    }
    verdict_clear(&verdict);
    return token;
}

void token_act_forget(char *token)
{
    if (token != NULL)
        explicit_bzero(token, strlen(token));
    g_free(token);
}

gboolean token_act_is_client(struct operator_access *access, const char *organization,
                             const char *connection, gboolean *is_client, GError **error)
{
    guint of_kind[] = {[TOKEN_BEARER] = 0, [TOKEN_CLIENT] = 0, [TOKEN_ACCESS] = 0};
    g_autoptr(GPtrArray) tokens =
        token_list(access->session, organization, clock_now(access->judge.clock), error);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++) {
        const struct token *token = g_ptr_array_index(tokens, i);
        of_kind[token->kind] += g_strcmp0(token->connection, connection) == 0 ? 1U : 0U;
    }
    *is_client = of_kind[TOKEN_CLIENT] > 0 && of_kind[TOKEN_BEARER] == 0;
    return tokens != NULL;
}

gboolean token_act_newest(struct operator_access *access, const char *organization,
                          const char *connection, char **id, GError **error)
{
    g_autoptr(GPtrArray) tokens =
        token_list(access->session, organization, clock_now(access->judge.clock), error);
    const struct token *newest = NULL;
    for (guint i = 0; tokens != NULL && i < tokens->len; i++) {
        const struct token *token = g_ptr_array_index(tokens, i);
        if (token->kind == TOKEN_BEARER && g_strcmp0(token->connection, connection) == 0 &&
            (newest == NULL || token->created >= newest->created))
            newest = token;
    }
    *id = newest == NULL ? NULL : g_strdup(newest->id);
    return tokens != NULL;
}

gboolean token_act_revoke(struct operator_access *access, const char *organization,
                          const char *connection, const char *keep, guint *count,
                          GError **error)
{
    g_autoptr(GPtrArray) tokens =
        token_list(access->session, organization, clock_now(access->judge.clock), error);
    if (tokens == NULL)
        return FALSE;
    for (guint i = 0; i < tokens->len; i++) {
        const struct token *token = g_ptr_array_index(tokens, i);
        if (g_strcmp0(token->connection, connection) != 0 || g_strcmp0(token->id, keep) == 0)
            continue;
        const struct act act = {.kind = ACT_TOKEN_REVOKE, .id = token->id};
        const struct actor actor = operator_access_actor(access, organization);
        struct verdict verdict = {0};
        const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
        verdict_clear(&verdict);
        if (!done)
            return FALSE;
        (*count)++;
    }
    return TRUE;
}
