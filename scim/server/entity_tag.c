#include "scim/server/entity_tag.h"

#include <string.h>

#include "scim/organization/organization.h"
#include "scim/organization/pushed_group.h"
#include "scim/server/list_digest.h"

#define NOT_MODIFIED        304
#define PRECONDITION_FAILED 412

/* Enough of a SHA-256 that two states never share a tag. */
#define LIST_TAG_DIGITS 32

char *entity_tag_of_version(gint64 version)
{
    return g_strdup_printf("W/\"%" G_GINT64_FORMAT "\"", version);
}

/* The tag without what makes it weak. */
static const char *opaque(const char *tag)
{
    return g_str_has_prefix(tag, "W/") ? tag + strlen("W/") : tag;
}

gboolean entity_tag_matches(const char *field, const char *tag)
{
    g_auto(GStrv) named = g_strsplit(field, ",", -1);
    for (char **each = named; *each != NULL; each++) {
        g_strstrip(*each);
        if (strcmp(*each, "*") == 0 || strcmp(opaque(*each), opaque(tag)) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean entity_tag_check(struct call *call, gint64 version)
{
    const char *field = exchange_header(call->exchange, "If-Match");
    g_autofree char *tag = entity_tag_of_version(version);
    if (field != NULL && !entity_tag_matches(field, tag)) {
        return fault_set_status(&call->fault, PRECONDITION_FAILED,
                                "it has changed since: it is now version %s", tag);
    }
    field = exchange_header(call->exchange, "If-None-Match");
    if (field != NULL && entity_tag_matches(field, tag)) {
        return fault_set_status(&call->fault, PRECONDITION_FAILED,
                                "it is there, in version %s, which If-None-Match excludes",
                                tag);
    }
    return TRUE;
}

static gboolean is_known(struct call *call, const char *tag)
{
    const char *field = exchange_header(call->exchange, "If-None-Match");
    exchange_set_header(call->exchange, "ETag", tag);
    return field != NULL && entity_tag_matches(field, tag) &&
           call_answer_empty(call, NOT_MODIFIED);
}

gboolean entity_tag_is_known(struct call *call, gint64 version)
{
    g_autofree char *tag = entity_tag_of_version(version);
    return is_known(call, tag);
}

/* A page read by cursor shows the next one's: when that is made anew, the page is another. */
static void add_generation(GChecksum *sum, const struct call *call)
{
    if (exchange_query(call->exchange, "cursor") != NULL) {
        g_autofree char *generation = cursor_generation(&call->service->cursors, call->now);
        list_digest_add(sum, generation);
    }
}

static gboolean mentions_groups(const char *text)
{
    g_autofree char *folded = g_ascii_strdown(text != NULL ? text : "", -1);
    return strstr(folded, "groups") != NULL;
}

static gboolean leaves_groups_out(const char *excluded)
{
    g_auto(GStrv) names = g_strsplit(excluded != NULL ? excluded : "", ",", -1);
    for (char **name = names; *name != NULL; name++) {
        if (g_ascii_strcasecmp(g_strstrip(*name), "groups") == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* People are listed with their groups unless the query leaves those out, as a sync does that is not
 * to be disturbed by every push. */
static gboolean shows_groups(const struct call *call)
{
    const Exchange *exchange = call->exchange;
    const char *chosen = exchange_query(exchange, "attributes");
    const char *excluded = exchange_query(exchange, "excludedAttributes");
    if (!g_str_has_suffix(exchange->path, "/Users")) {
        return g_str_has_suffix(exchange->path, "/Groups") ||
               g_str_has_suffix(exchange->path, "/");
    }
    return (chosen != NULL ? mentions_groups(chosen) : !leaves_groups_out(excluded)) ||
           mentions_groups(exchange_query(exchange, "filter")) ||
           mentions_groups(exchange_query(exchange, "sortBy"));
}

/* Pushed groups have a state of their own. FALSE with a fault. */
static gboolean add_groups(GChecksum *sum, struct call *call)
{
    struct pushed_group_state state;
    GError *error = NULL;
    if (!shows_groups(call)) {
        return TRUE;
    }
    if (!pushed_group_read_state(call->session, call->organization, &state, &error)) {
        return call_store_failed(call, error);
    }
    g_autofree char *version = g_strdup_printf("groups %" G_GINT64_FORMAT, state.version);
    list_digest_add(sum, version);
    return TRUE;
}

gboolean entity_tag_of_list(struct call *call, gboolean *known)
{
    GError *error = NULL;
    *known = FALSE;
    if (strcmp(call->exchange->method, "POST") == 0) {
        return TRUE;
    }
    g_autofree char *state =
        organization_state(call->session, call->organization, call->now, &error);
    if (state == NULL) {
        return error != NULL ? call_store_failed(call, error) : call_missing(call);
    }
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *parts[] = {state, call->bearer->token, call->exchange->path};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        list_digest_add(sum, parts[i]);
    }
    list_digest_add_query(sum, call->exchange);
    add_generation(sum, call);
    if (!add_groups(sum, call)) {
        return FALSE;
    }
    g_autofree char *tag =
        g_strdup_printf("W/\"%.*s\"", LIST_TAG_DIGITS, g_checksum_get_string(sum));
    *known = is_known(call, tag);
    return TRUE;
}
