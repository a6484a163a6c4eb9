#include "scim/server/authenticate.h"

#include <string.h>

#include "scim/organization/organization.h"
#include "scim/protocol/hidden_character.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/origin.h"
#include "scim/server/rate_limit.h"

#define SCHEME           "Bearer"
#define TOKEN_PREFIX     "rc_"
#define TOKEN_BYTES      59 /* rc_, 12 of the id, _, 43 of the secret */
#define RUN_BYTES        128
#define TOKEN_CHARACTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-"

const char *authenticate_parse(const char *field)
{
    const size_t scheme = strlen(SCHEME);
    if (field == NULL || g_ascii_strncasecmp(field, SCHEME, scheme) != 0) {
        return NULL;
    }
    const size_t blanks = strspn(field + scheme, " ");
    const char *token = field + scheme + blanks;
    gboolean good = blanks > 0 && g_str_has_prefix(token, TOKEN_PREFIX) &&
                    strlen(token) == TOKEN_BYTES &&
                    strspn(token, TOKEN_CHARACTERS) == TOKEN_BYTES;
    return good ? token : NULL;
}

/* One answer for all that is not a good token. */
static gboolean unknown(struct call *call)
{
    return fault_set_status(&call->fault, 401,
                            "a valid token is needed: Authorization: Bearer rc_...");
}

/* FALSE with a fault only when the store failed. */
static gboolean read_bearer(struct call *call)
{
    const char *field = exchange_header(call->exchange, "Authorization");
    const char *token = exchange_header_is_repeated(call->exchange, "Authorization")
                            ? NULL
                            : authenticate_parse(field);
    GError *error = NULL;
    if (token != NULL &&
        !token_authenticate(call->session, token, call->now, &call->bearer, &error)) {
        return call_store_failed(call, error);
    }
    call->tolerances.is_strict = call->bearer != NULL && call->bearer->is_strict;
    return TRUE;
}

static gboolean refuse(struct call *call, const char *detail)
{
    struct refusal refusal = {0};
    refusal_set(&refusal, REFUSAL_PERMISSION, "%s", detail);
    return fault_take_refusal(&call->fault, &refusal);
}

static gboolean find_organization(struct call *call, const char *named)
{
    const char *own = call->bearer->organization;
    if (own != NULL) {
        call->organization = g_strdup(own);
        return named == NULL || strcmp(named, own) == 0 || call_missing(call);
    }
    if (named == NULL) {
        return refuse(call, "this token is good for several organizations: name one in the "
                            "path, /organizations/<name>/scim/v2");
    }
    g_autoptr(Organization) organization = NULL;
    GError *error = NULL;
    if (!organization_read(call->session, named, call->now, &organization, &error)) {
        return call_store_failed(call, error);
    }
    if (organization == NULL) {
        return call_missing(call);
    }
    call->organization = g_strdup(named);
    return TRUE;
}

/* A word: it stands in one field of every record. */
static gboolean read_run(struct call *call, const char *run)
{
    if (run == NULL) {
        return TRUE;
    }
    gboolean good = *run != '\0' && strlen(run) <= RUN_BYTES;
    for (const char *at = run; good && *at != '\0'; at++) {
        good = g_ascii_isgraph(*at);
    }
    g_free(call->run);
    call->run = good ? g_strdup(run) : NULL;
    return good || fault_set(&call->fault, FAULT_INVALID_VALUE,
                             "%s must be a word of at most %d characters", ROLECALL_HEADER_RUN,
                             RUN_BYTES);
}

/* It is shown to people and written down for good: nothing in it may act on a terminal. */
static gboolean read_reason(struct call *call, const char *field)
{
    if (field == NULL) {
        return TRUE;
    }
    const size_t length = strlen(field);
    g_autofree char *reason =
        length <= ROLECALL_REASON_BYTES ? exchange_decode(field, length, FALSE) : NULL;
    if (reason == NULL || hidden_character_is_in(reason)) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE,
                         "%s must be percent-encoded UTF-8 without control characters, at most "
                         "%d bytes as sent",
                         ROLECALL_HEADER_REASON, ROLECALL_REASON_BYTES);
    }
    g_free(call->reason);
    call->reason = g_steal_pointer(&reason);
    return TRUE;
}

/* The headers by which a sync says for whom it writes; nobody else may (I7). */
static gboolean read_sync_headers(struct call *call)
{
    const char *origin = exchange_header(call->exchange, ROLECALL_HEADER_ORIGIN);
    const char *adopt = exchange_header(call->exchange, ROLECALL_HEADER_ADOPT);
    const char *run = exchange_header(call->exchange, ROLECALL_HEADER_RUN);
    const char *reason = exchange_header(call->exchange, ROLECALL_HEADER_REASON);
    if (origin == NULL && adopt == NULL && run == NULL && reason == NULL) {
        return TRUE;
    }
    if (call->bearer->kind != ACTOR_SYNC) {
        return refuse(call, "the Rolecall headers are for tokens of scope sync alone");
    }
    if (origin != NULL && (!origin_is_directory(origin) ||
                           !role_scope_name_is_valid(origin_directory_name(origin)))) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE,
                         "%s names no directory: it is directory:<name>",
                         ROLECALL_HEADER_ORIGIN);
    }
    call->origin = g_strdup(origin);
    call->attaches = g_strcmp0(adopt, ROLECALL_ADOPT_ATTACHED) == 0;
    call->may_adopt = call->attaches || g_strcmp0(adopt, ROLECALL_ADOPT_TRUE) == 0;
    return read_run(call, run) && read_reason(call, reason);
}

static gboolean check_access(struct call *call)
{
    unsigned own = 1U << call->bearer->kind;
    if ((call->route->access & own) != 0) {
        return TRUE;
    }
    return refuse(call, "the scope of this token does not reach so far");
}

static void make_actor(struct call *call)
{
    call->actor = bearer_actor(call->bearer, call->organization, call->origin, call->may_adopt);
    call->actor.attaches = call->attaches;
    call_sign(call, &call->actor);
}

/* Whoever shows no good token is counted by where they come from: a token that is good passes from
 * there all the same. */
static gboolean count_stranger(struct call *call)
{
    const char *peer = call->exchange->peer != NULL ? call->exchange->peer : "";
    if (rate_limit_take(call->service->strangers, peer, &call->retry_seconds)) {
        return unknown(call);
    }
    return fault_set_status(&call->fault, 429, "too many requests without a valid token");
}

/* RFC 6585 4. */
static gboolean count_request(struct call *call)
{
    return call->bearer->kind == ACTOR_SYNC ||
           rate_limit_take(call->service->tokens, bearer_credential(call->bearer),
                           &call->retry_seconds) ||
           fault_set_status(&call->fault, 429,
                            "too many requests with this token: at most %" G_GINT64_FORMAT
                            " a second",
                            call_limits(call)->rate);
}

gboolean authenticate_bearer(struct call *call)
{
    if (!read_bearer(call)) {
        return FALSE;
    }
    return call->bearer == NULL ? count_stranger(call) : count_request(call);
}

gboolean authenticate_inner(struct call *call, const char *named)
{
    if (!read_bearer(call)) {
        return FALSE;
    }
    return call->bearer == NULL ? unknown(call) : authenticate_place(call, named);
}

gboolean authenticate_place(struct call *call, const char *named)
{
    if (!find_organization(call, named) || !check_access(call) || !read_sync_headers(call)) {
        return FALSE;
    }
    make_actor(call);
    return TRUE;
}

gboolean authenticate_again(struct call *call)
{
    g_autoptr(Bearer) before = g_steal_pointer(&call->bearer);
    if (!read_bearer(call)) {
        return FALSE;
    }
    if (call->bearer == NULL || before == NULL ||
        strcmp(call->bearer->token, before->token) != 0) {
        return unknown(call);
    }
    make_actor(call);
    return TRUE;
}

void authenticate_if_offered(struct call *call)
{
    if (!read_bearer(call)) {
        fault_clear(&call->fault);
    }
}
