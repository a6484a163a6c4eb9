#include <string.h>

#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/serve_organizations.h"
#include "agent/command/terminal.h"
#include "agent/command/text_table.h"
#include "agent/command/token_act.h"
#include "agent/command/token_live.h"
#include "agent/command/verbs.h"
#include "agent/settings/settings_value.h"
#include "agent/sync/report.h"
#include "scim/organization/connection.h"
#include "scim/organization/token.h"

#define NOT_GIVEN G_MININT

/* Of a token, in seconds. */
#define SHORTEST_LIFE 60
#define LONGEST_LIFE  (3650LL * 86400)

struct token_options {
    char *organization, *scope, *personality, *max_role, *at_cap, *person, *expires;
    gboolean everywhere, adopt, rehearsal, client;
    gboolean dry;
    gint patch;
    gint64 seconds;                 /* of expires */
    enum organization_role highest; /* of max_role */
};

static gint64 expiry_of(const struct operator_access *access,
                        const struct token_options *options)
{
    return options->expires == NULL ? 0 : clock_now(access->judge.clock) + options->seconds;
}

/* The organization that is meant; *organization NULL: all of them. */
static gboolean find_organization(struct operator_access *access,
                                  const struct token_options *options, char **organization,
                                  GError **error)
{
    if (options->everywhere)
        return TRUE;
    *organization = operator_access_organization(access, options->organization, error);
    return *organization != NULL;
}

static char *make_for_person(struct operator_access *access, const struct command_line *line,
                             const struct token_options *options, const char *organization,
                             GError **error)
{
    g_autoptr(PersonFacts) facts =
        operator_access_find(access, organization, options->person, error);
    if (facts == NULL)
        return NULL;
    const struct act act = {.kind = ACT_TOKEN_FOR_PERSON,
                            .id = facts->id,
                            .name = line->words[1],
                            .expires_at = expiry_of(access, options)};
    const struct actor actor = operator_access_actor(access, organization);
    return token_act_make(access, &actor, &act, NULL, error);
}

/* What was made, to be shown once: `id` is a client's, NULL for a token. */
struct made {
    char *id, *token;
};

static gboolean make_for_connection(struct operator_access *access,
                                    const struct command_line *line,
                                    const struct token_options *options,
                                    const char *organization, struct made *made, GError **error)
{
    const struct connection_draft draft = {
        .name = line->words[1],
        .everywhere = options->everywhere,
        .scope = options->scope == NULL ? "people" : options->scope,
        .personality = options->personality,
        .patch_answer = options->patch == NOT_GIVEN ? 0 : options->patch,
        .max_role = options->highest,
        .adopt = options->adopt,
        .rehearsal = options->rehearsal,
        .at_cap = options->at_cap,
        .expires_at = expiry_of(access, options),
    };
    const struct act act = {.kind = options->client ? ACT_CLIENT_CREATE : ACT_CONNECTION_CREATE,
                            .connection = &draft};
    const struct actor actor = operator_access_actor(access, organization);
    made->token =
        token_act_make(access, &actor, &act, options->client ? &made->id : NULL, error);
    return made->token != NULL;
}

/* A further one, of the kind that it has. */
static gboolean rotate(struct operator_access *access, const struct command_line *line,
                       const struct token_options *options, const char *organization,
                       struct made *made, GError **error)
{
    gboolean is_client = options->client;
    if (!is_client &&
        !token_act_is_client(access, organization, line->words[1], &is_client, error))
        return FALSE;
    const struct act act = {.kind = is_client ? ACT_CLIENT_CREATE : ACT_TOKEN_ROTATE,
                            .name = line->words[1],
                            .expires_at = expiry_of(access, options)};
    const struct actor actor = operator_access_actor(access, organization);
    made->token = token_act_make(access, &actor, &act, is_client ? &made->id : NULL, error);
    return made->token != NULL;
}

static void show(const struct command_line *line, const struct made *made)
{
    if (line->json && made->id != NULL) {
        terminal_json(json_pack("{s:s, s:s, s:s}", "name", line->words[1], "clientId", made->id,
                                "clientSecret", made->token));
    } else if (line->json) {
        terminal_json(json_pack("{s:s, s:s}", "name", line->words[1], "token", made->token));
    } else {
        const char *const lines[] = {made->id, made->token};
        for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
            if (lines[i] == NULL)
                continue;
            terminal_print(lines[i]);
            terminal_print("\n");
        }
    }
}

/* create and rotate: the token alone on standard output, or client id and secret, a line each;
 * once. */
static gboolean make(struct operator_access *access, const struct command_line *line,
                     const struct token_options *options, const char *organization,
                     GError **error)
{
    struct made made = {NULL};
    gboolean done = TRUE;
    if (strcmp(line->words[0], "rotate") == 0) {
        done = rotate(access, line, options, organization, &made, error);
    } else if (options->person != NULL) {
        made.token = make_for_person(access, line, options, organization, error);
        done = made.token != NULL;
    } else {
        done = make_for_connection(access, line, options, organization, &made, error);
    }
    if (done)
        show(line, &made);
    token_act_forget(made.token);
    g_free(made.id);
    return done;
}

/* By the token's id, or all of a connection by its name. */
static gboolean end_tokens(struct operator_access *access, const struct command_line *line,
                           const char *organization, GError **error)
{
    guint count = 0;
    if (!token_act_revoke(access, organization, line->words[1], NULL, &count, error))
        return FALSE;
    if (count == 0) {
        const struct act act = {.kind = ACT_TOKEN_REVOKE, .id = line->words[1]};
        const struct actor actor = operator_access_actor(access, organization);
        struct verdict verdict = {0};
        const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
        verdict_clear(&verdict);
        if (!done)
            return FALSE;
        count = 1;
    }
    if (organization == NULL && strcmp(line->words[1], SERVE_ORGANIZATIONS_CONNECTION) == 0)
        terminal_tell(
            TERMINAL_ATTENTION,
            "rolecall: syncs of this config have no token now: serve makes one when it "
            "starts");
    g_autofree char *text =
        g_strdup_printf("%u token%s revoked\n", count, count == 1 ? "" : "s");
    if (line->json)
        terminal_json(json_pack("{s:s, s:i}", "name", line->words[1], "revoked", (int)count));
    else
        terminal_print(text);
    return TRUE;
}

static char *time_or_dash(gint64 seconds)
{
    return seconds == 0 ? g_strdup("-") : clock_print(seconds);
}

static const char *kind_of(const struct token *token)
{
    return token->kind == TOKEN_CLIENT ? "client" : "token";
}

/* What a provider's connection was made with, but for what everyone has: "rehearsal, strict". */
static char *manner_of(const struct connection *connection)
{
    if (connection == NULL || strcmp(connection->scope, "people") != 0)
        return g_strdup("");
    g_autofree char *role =
        g_strdup_printf("may give %s", organization_role_name(connection->max_role));
    const char *words[] = {
        connection->rehearsal ? "rehearsal" : NULL,
        strcmp(connection->personality, "strict") == 0 ? "strict" : NULL,
        connection->adopt ? "adopts" : NULL,
        strcmp(connection->at_cap, "wait") == 0 ? "waits for seats" : NULL,
        connection->patch_answer == 204 ? "patch 204" : NULL,
        connection->max_role != ORGANIZATION_ROLE_MEMBER ? role : NULL,
    };
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i] != NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", words[i]);
    return g_strdup(text->str);
}

static void describe_manner(json_t *row, const struct connection *connection)
{
    if (connection == NULL || strcmp(connection->scope, "people") != 0)
        return;
    json_t *manner =
        json_pack("{s:b, s:s, s:b, s:s, s:i, s:s}", "rehearsal", connection->rehearsal,
                  "personality", connection->personality, "adopts", connection->adopt, "atCap",
                  connection->at_cap, "patchAnswer", connection->patch_answer, "maxRole",
                  organization_role_name(connection->max_role));
    json_object_update_new(row, manner);
}

static json_t *describe(const struct token *token, const char *scope)
{
    g_autofree char *created = clock_print(token->created);
    json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "id", token->id, "kind", kind_of(token),
                            "scope", scope, "created", created);
    if (token->connection != NULL)
        json_object_set_new(row, "connection", json_string(token->connection));
    if (token->person != NULL)
        json_object_set_new(row, "person", json_string(token->person));
    if (token->name != NULL)
        json_object_set_new(row, "name", json_string(token->name));
    if (token->expires_at != 0) {
        g_autofree char *expires = clock_print(token->expires_at);
        json_object_set_new(row, "expiresAt", json_string(expires));
    }
    if (token->last_used_at != 0) {
        g_autofree char *used = clock_print(token->last_used_at);
        json_object_set_new(row, "lastUsedAt", json_string(used));
    }
    return row;
}

/* NULL: a person's token has none. */
static const struct connection *connection_of(const struct token *token,
                                              const GPtrArray *connections)
{
    for (guint i = 0; i < connections->len; i++) {
        const struct connection *connection = g_ptr_array_index(connections, i);
        if (token->connection != NULL && strcmp(connection->name, token->connection) == 0)
            return connection;
    }
    return NULL;
}

static void list_token(const struct token *token, const struct connection *connection,
                       TextTable *table, json_t *rows)
{
    const char *scope = connection != NULL ? connection->scope : "person";
    const char *name = token->connection != NULL ? token->connection : token->name;
    g_autofree char *created = time_or_dash(token->created);
    g_autofree char *expires = time_or_dash(token->expires_at);
    g_autofree char *used = time_or_dash(token->last_used_at);
    g_autofree char *manner = manner_of(connection);
    text_table_add(table, (const char *const[]){token->id, name, kind_of(token), scope, created,
                                                expires, used, manner, NULL});
    json_t *row = describe(token, scope);
    describe_manner(row, connection);
    json_array_append_new(rows, row);
}

static gboolean list(struct operator_access *access, const struct command_line *line,
                     const char *organization, GError **error)
{
    g_autoptr(GPtrArray) tokens =
        token_list(access->session, organization, clock_now(access->judge.clock), error);
    g_autoptr(GPtrArray) connections =
        tokens == NULL ? NULL : connection_list(access->session, organization, error);
    if (connections == NULL)
        return FALSE;
    json_t *rows = json_array();
    g_autoptr(TextTable) table = text_table_new((const char *const[]){
        "token", "name", "kind", "scope", "created", "expires", "last used", "", NULL});
    for (guint i = 0; i < tokens->len; i++) {
        const struct token *token = g_ptr_array_index(tokens, i);
        list_token(token, connection_of(token, connections), table, rows);
    }
    if (line->json) {
        terminal_json(json_pack("{s:o}", "tokens", rows));
        return TRUE;
    }
    json_decref(rows);
    g_autofree char *text = text_table_print(table);
    terminal_print(*text == '\0' ? "none\n" : text);
    return TRUE;
}

struct token_verb {
    const struct command_line *line;
    const struct token_options *options;
};

static gboolean do_on_store(struct operator_access *access, void *context, GError **error)
{
    const struct token_verb *verb = context;
    const struct command_line *line = verb->line;
    const struct token_options *options = verb->options;
    g_autofree char *organization = NULL;
    if (!find_organization(access, options, &organization, error))
        return FALSE;
    if (strcmp(line->words[0], "list") == 0)
        return list(access, line, organization, error);
    const struct token_live wanted = {organization, line->words[1], options->dry, line->json};
    if (strcmp(line->words[0], "live") == 0)
        return token_live(access, &wanted, error);
    if (strcmp(line->words[0], "revoke") == 0)
        return end_tokens(access, line, organization, error);
    return make(access, line, options, organization, error);
}

static int open_and_do(const struct command_line *line, const struct token_options *options)
{
    struct token_verb verb = {line, options};
    return operator_access_run(line, NULL, do_on_store, &verb);
}

static gboolean is_one_of(const char *text, const char *const *words)
{
    return text == NULL || g_strv_contains(words, text);
}

/* An option that the act would pass over in silence is a misunderstanding: it is told. */
static const char *needless_option(const char *act, const struct token_options *options)
{
    const gboolean creates = strcmp(act, "create") == 0;
    const gboolean for_connection = creates && options->person == NULL;

    const struct {
        const char *name;
        gboolean is_given, is_allowed;
    } all[] = {
        {"--scope", options->scope != NULL, for_connection},
        {"--person", options->person != NULL, creates},
        {"--max-role", options->max_role != NULL, for_connection},
        {"--adopt", options->adopt, for_connection},
        {"--personality", options->personality != NULL, for_connection},
        {"--patch", options->patch != NOT_GIVEN, for_connection},
        {"--at-cap", options->at_cap != NULL, for_connection},
        {"--rehearsal", options->rehearsal, for_connection},
        {"--client", options->client, for_connection || strcmp(act, "rotate") == 0},
        {"--expires", options->expires != NULL, creates || strcmp(act, "rotate") == 0},
        {"--everywhere", options->everywhere,
         options->person == NULL && strcmp(act, "live") != 0},
        {"--dry-run", options->dry, strcmp(act, "live") == 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
        if (all[i].is_given && !all[i].is_allowed)
            return all[i].name;
    return NULL;
}

static int check_words(const struct command_line *line, const struct token_options *options)
{
    static const char *const acts[] = {"create", "rotate", "revoke", "list", "live", NULL};
    const char *act = line->words[0];
    const gboolean lists = strcmp(act, "list") == 0;
    if (!g_strv_contains(acts, act))
        return command_line_usage(line, "\"%s\" is not create, rotate, revoke, list or live",
                                  act);
    if (!lists && line->words[1] == NULL)
        return command_line_usage(line, "%s needs a name", act);
    if (lists && line->words[1] != NULL)
        return command_line_usage(line, "\"%s\" is one word too many", line->words[1]);
    if (options->everywhere && options->organization != NULL)
        return command_line_usage(line, "--everywhere and --organization exclude each other");
    const char *needless = needless_option(act, options);
    if (needless != NULL)
        return command_line_usage(line, "%s does not go with %s%s", needless, act,
                                  options->person != NULL ? " --person" : "");
    return REPORT_EXIT_DONE;
}

static int check_and_do(const struct command_line *line, struct token_options *options)
{
    const char *why = NULL;
    const int status = check_words(line, options);
    if (status != REPORT_EXIT_DONE)
        return status;
    if (!is_one_of(options->scope, connection_scopes))
        return command_line_usage(line, "--scope is read, people, sync or admin");
    if (!is_one_of(options->personality, connection_personalities))
        return command_line_usage(line, "--personality is tolerant or strict");
    if (!is_one_of(options->at_cap, connection_at_caps))
        return command_line_usage(line, "--at-cap is refuse or wait");
    if (options->patch != NOT_GIVEN && options->patch != 200 && options->patch != 204)
        return command_line_usage(line, "--patch is 200 or 204");
    if (options->max_role != NULL &&
        !organization_role_parse(options->max_role, &options->highest))
        return command_line_usage(line, "--max-role is owner, billing-admin or member");
    if (options->expires != NULL &&
        !settings_value_duration(options->expires, &options->seconds, &why))
        return command_line_usage(line, "--expires %s %s", options->expires, why);
    if (options->expires != NULL &&
        (options->seconds < SHORTEST_LIFE || options->seconds > LONGEST_LIFE))
        return command_line_usage(line, "--expires must lie between 1m and 3650d");
    return open_and_do(line, options);
}

int command_token(int argc, char **argv)
{
    struct token_options options = {.patch = NOT_GIVEN};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "For which one, where there are several", "NAME"},
        {"everywhere", 0, 0, G_OPTION_ARG_NONE, &options.everywhere,
         "For all organizations (scopes sync and admin)", NULL},
        {"scope", 0, 0, G_OPTION_ARG_STRING, &options.scope,
         "create: read, people (the default), sync or admin", "SCOPE"},
        {"person", 0, 0, G_OPTION_ARG_STRING, &options.person,
         "create: a token that acts as this person", "ADDRESS"},
        {"max-role", 0, 0, G_OPTION_ARG_STRING, &options.max_role,
         "create: the highest role it may give (default member)", "ROLE"},
        {"adopt", 0, 0, G_OPTION_ARG_NONE, &options.adopt,
         "create: it may link to people whom another origin made", NULL},
        {"personality", 0, 0, G_OPTION_ARG_STRING, &options.personality,
         "create: tolerant (the default) or strict", "KIND"},
        {"patch", 0, 0, G_OPTION_ARG_INT, &options.patch,
         "create: answer PATCH with 200 (the default) or 204", "STATUS"},
        {"at-cap", 0, 0, G_OPTION_ARG_STRING, &options.at_cap,
         "create: refuse (the default) or wait", "WHAT"},
        {"rehearsal", 0, 0, G_OPTION_ARG_NONE, &options.rehearsal,
         "create: nothing it does is real until \"live\"", NULL},
        {"client", 0, 0, G_OPTION_ARG_NONE, &options.client,
         "create, rotate: a client id and secret that fetch tokens of an hour", NULL},
        {"expires", 0, 0, G_OPTION_ARG_STRING, &options.expires,
         "create, rotate: after this it is dead (default: never)", "DURATION"},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry,
         "live: only show what would become of everybody", NULL},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "token",
        .words_help = "create NAME | rotate NAME | revoke NAME|TOKEN-ID | list | live NAME",
        .description =
            "create and rotate print the token, once: only its digest is kept. With --client\n"
            "they print a client id and a client secret, a line each, for POST /oauth2/token.\n"
            "rotate makes a second live one of the connection, of the kind that it has; "
            "revoke\n"
            "the old one when the new one is used. A person's token is not rotated: create\n"
            "another, revoke the old one by its id. live ends a rehearsal: what the "
            "connection\n"
            "pushed becomes real, all of it or nothing. list says how each connection is met.\n"
            "How a provider is connected, step by step: man rolecall-scim.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = 2,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status))
        status = check_and_do(&line, &options);
    command_line_clear(&line);
    char *texts[] = {options.organization, options.scope,  options.personality,
                     options.max_role,     options.at_cap, options.person,
                     options.expires};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    return status;
}
