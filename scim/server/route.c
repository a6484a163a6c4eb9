#include "scim/server/route.h"

#include <string.h>

#include "scim/server/handle_accept.h"
#include "scim/server/handle_ask.h"
#include "scim/server/handle_bulk.h"
#include "scim/server/handle_discovery.h"
#include "scim/server/handle_group.h"
#include "scim/server/handle_group_write.h"
#include "scim/server/handle_health.h"
#include "scim/server/handle_invitation.h"
#include "scim/server/handle_marker.h"
#include "scim/server/handle_me.h"
#include "scim/server/handle_override.h"
#include "scim/server/handle_project.h"
#include "scim/server/handle_role.h"
#include "scim/server/handle_search.h"
#include "scim/server/handle_token_grant.h"
#include "scim/server/handle_user.h"
#include "scim/server/handle_user_write.h"

#define VERSION_PREFIX      "/scim/v2"
#define ORGANIZATION_PREFIX "/organizations/"

#define EVERY             (WRITERS | ROUTE_READER)
#define WRITERS           (ROUTE_PERSON | ROUTE_CONNECTION | ROUTE_SYNC | ROUTE_ADMIN)
#define PEOPLE_AND_ADMIN  (ROUTE_PERSON | ROUTE_ADMIN)
#define ALL_BUT_PROVIDERS (ROUTE_PERSON | ROUTE_ADMIN | ROUTE_SYNC)

#define S ROUTE_SCIM
#define R ROUTE_READS, ROUTE_NO_BODY
#define W ROUTE_WRITES, ROUTE_NO_BODY
#define J ROUTE_WRITES, ROUTE_JSON
#define Q ROUTE_READS, ROUTE_JSON

static const struct route table[] = {
    {S, "GET", "/", EVERY, R, handle_search, NULL},
    {S, "POST", "/.search", EVERY, Q, handle_search, NULL},
    {S, "GET", "/Users", EVERY, R, handle_user_list, NULL},
    /* As some clients spell the two lists, Microsoft's own tests among them. */
    {S, "GET", "/Users/", EVERY, R, handle_user_list, NULL},
    {S, "GET", "/users", EVERY, R, handle_user_list, NULL},
    {S, "POST", "/Users", WRITERS, J, handle_user_write_create, NULL},
    {S, "POST", "/Users/.search", EVERY, Q, handle_user_list, NULL},
    {S, "GET", "/Users/{}", EVERY, R, handle_user_read, NULL},
    {S, "PUT", "/Users/{}", WRITERS, J, handle_user_write_replace, NULL},
    {S, "PATCH", "/Users/{}", WRITERS, J, handle_user_write_patch, NULL},
    {S, "DELETE", "/Users/{}", WRITERS, W, handle_user_write_remove, NULL},
    {S, "GET", "/Groups", EVERY, R, handle_group_list, NULL},
    {S, "GET", "/Groups/", EVERY, R, handle_group_list, NULL},
    {S, "GET", "/groups", EVERY, R, handle_group_list, NULL},
    {S, "POST", "/Groups", ROUTE_CONNECTION, J, handle_group_write_create, NULL},
    {S, "POST", "/Groups/.search", EVERY, ROUTE_READS, ROUTE_JSON, handle_group_list, NULL},
    {S, "GET", "/Groups/{}", EVERY, R, handle_group_read, NULL},
    {S, "PUT", "/Groups/{}", ROUTE_CONNECTION, J, handle_group_write_replace, NULL},
    {S, "PATCH", "/Groups/{}", ROUTE_CONNECTION, J, handle_group_write_patch, NULL},
    {S, "DELETE", "/Groups/{}", ROUTE_CONNECTION | ROUTE_ADMIN, W, handle_group_write_remove,
     NULL},
    {S, "GET", "/Me", EVERY, R, handle_me_read, NULL},
    {S, "PATCH", "/Me", WRITERS, J, handle_me_patch, NULL},
    {S, "DELETE", "/Me", WRITERS, W, handle_me_leave, NULL},
    {S, "GET", "/Projects", EVERY, R, handle_project_list, NULL},
    {S, "POST", "/Projects/.search", EVERY, Q, handle_project_list, NULL},
    {S, "POST", "/Projects", PEOPLE_AND_ADMIN, J, handle_project_create, NULL},
    {S, "GET", "/Projects/{}", EVERY, R, handle_project_read, NULL},
    {S, "PUT", "/Projects/{}", ALL_BUT_PROVIDERS, J, handle_project_replace, NULL},
    {S, "PATCH", "/Projects/{}", ALL_BUT_PROVIDERS, J, handle_project_patch, NULL},
    {S, "GET", "/Invitations", EVERY, R, handle_invitation_list, NULL},
    {S, "POST", "/Invitations/.search", EVERY, Q, handle_invitation_list, NULL},
    {S, "POST", "/Invitations", WRITERS, J, handle_invitation_create, NULL},
    {S, "GET", "/Invitations/{}", EVERY, R, handle_invitation_read, NULL},
    {S, "PATCH", "/Invitations/{}", WRITERS, J, handle_invitation_patch, NULL},
    {S, "DELETE", "/Invitations/{}", WRITERS, W, handle_invitation_revoke, NULL},
    {S, "GET", "/Roles", EVERY, R, handle_role_list, NULL},
    {S, "POST", "/Roles/.search", EVERY, Q, handle_role_list, NULL},
    {S, "GET", "/Roles/{}", EVERY, R, handle_role_read, NULL},
    {S, "GET", "/Markers", ALL_BUT_PROVIDERS, R, handle_marker_list, NULL},
    {S, "POST", "/Markers/.search", ALL_BUT_PROVIDERS, Q, handle_marker_list, NULL},
    {S, "GET", "/Markers/{}", ALL_BUT_PROVIDERS, R, handle_marker_read, NULL},
    {S, "DELETE", "/Markers/{}", ALL_BUT_PROVIDERS, W, handle_marker_lift, NULL},
    {S, "GET", "/Overrides", ALL_BUT_PROVIDERS, R, handle_override_list, NULL},
    {S, "POST", "/Overrides/.search", ALL_BUT_PROVIDERS, Q, handle_override_list, NULL},
    {S, "GET", "/Overrides/{}", ALL_BUT_PROVIDERS, R, handle_override_read, NULL},
    {S, "DELETE", "/Overrides/{}", PEOPLE_AND_ADMIN, W, handle_override_lift, NULL},
    {S, "POST", "/Bulk", WRITERS, ROUTE_WRITES, ROUTE_BULK, handle_bulk, NULL},
    {S, "GET", "/ServiceProviderConfig", ROUTE_OPEN, R, handle_discovery_config, NULL},
    {S, "GET", "/ResourceTypes", ROUTE_OPEN, R, handle_discovery_types, NULL},
    {S, "GET", "/ResourceTypes/{}", ROUTE_OPEN, R, handle_discovery_type, NULL},
    {S, "GET", "/Schemas", ROUTE_OPEN, R, handle_discovery_schemas, NULL},
    {S, "GET", "/Schemas/{}", ROUTE_OPEN, R, handle_discovery_schema, NULL},
    {ROUTE_ROOT, "GET", "/invitation", ROUTE_OPEN, R, handle_accept_page, NULL},
    {ROUTE_ROOT, "GET", "/invitation/page.js", ROUTE_OPEN, R, handle_accept_script, NULL},
    {ROUTE_ROOT, "GET", "/invitation/page.css", ROUTE_OPEN, R, handle_accept_style, NULL},
    {ROUTE_ROOT, "POST", "/invitation", ROUTE_OPEN, ROUTE_WRITES, ROUTE_FORM,
     handle_accept_answer, handle_accept_look},
    {ROUTE_ROOT, "GET", "/invitation/again", ROUTE_OPEN, R, handle_ask_page, NULL},
    {ROUTE_ROOT, "POST", "/invitation/again", ROUTE_OPEN, ROUTE_READS, ROUTE_FORM,
     handle_ask_again, NULL},
    {ROUTE_ROOT, "POST", "/oauth2/token", ROUTE_OPEN, ROUTE_WRITES, ROUTE_FORM_OWN,
     handle_token_grant, handle_token_grant_look},
    {ROUTE_ROOT, "POST", "/organizations/{}/oauth2/token", ROUTE_OPEN, ROUTE_WRITES,
     ROUTE_FORM_OWN, handle_token_grant, handle_token_grant_look},
    {ROUTE_ROOT, "GET", "/healthz", ROUTE_OPEN, R, handle_health_alive, NULL},
    {ROUTE_ROOT, "GET", "/readyz", ROUTE_OPEN, R, handle_health_ready, NULL},
};

#undef S
#undef R
#undef W
#undef J
#undef Q

const struct route *route_table(size_t *count)
{
    *count = G_N_ELEMENTS(table);
    return table;
}

/* Splits "/organizations/acme/scim/v2/Users": what is left is the path inside the service, NULL
 * when the path is not under it. */
static const char *strip_prefix(const char *path, struct route_match *match)
{
    const char *rest = path;
    if (g_str_has_prefix(path, ORGANIZATION_PREFIX)) {
        const char *name = path + strlen(ORGANIZATION_PREFIX);
        const char *end = strchr(name, '/');
        g_autofree char *found = end != NULL ? g_strndup(name, (gsize)(end - name)) : NULL;
        if (found == NULL || !role_scope_name_is_valid(found)) {
            return NULL;
        }
        match->organization = g_steal_pointer(&found);
        rest = end;
    }
    if (!g_str_has_prefix(rest, VERSION_PREFIX "/")) {
        return NULL;
    }
    rest += strlen(VERSION_PREFIX);
    match->prefix = g_strndup(path, (gsize)(rest - path));
    return rest;
}

static void forget_captured(struct route_match *match)
{
    for (size_t i = 0; i < CALL_CAPTURES; i++) {
        g_clear_pointer(&match->captured[i], g_free);
    }
}

/* Literal bytes as they are; {} takes one segment, decoded. */
static gboolean path_fits(const char *pattern, const char *path, struct route_match *match)
{
    size_t captures = 0;
    while (*pattern != '\0') {
        if (g_str_has_prefix(pattern, "{}")) {
            size_t length = strcspn(path, "/");
            char *value = exchange_decode(path, length, FALSE);
            if (value == NULL || *value == '\0' || captures == CALL_CAPTURES) {
                g_free(value);
                return FALSE;
            }
            match->captured[captures++] = value;
            pattern += strlen("{}");
            path += length;
        } else if (*pattern++ != *path++) {
            return FALSE;
        }
    }
    return *path == '\0';
}

static gboolean method_fits(const struct route *route, const char *method)
{
    return strcmp(route->method, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

/* Whoever may GET may HEAD. */
static void add_allowed(struct route_match *match, const char *allowed)
{
    const char *method = strcmp(allowed, "GET") == 0 ? "GET, HEAD" : allowed;
    char *longer =
        match->allow == NULL ? g_strdup(method) : g_strconcat(match->allow, ", ", method, NULL);
    g_free(match->allow);
    match->allow = longer;
}

void route_find(const char *method, const char *path, struct route_match *match)
{
    *match = (struct route_match){0};
    const char *inside = strip_prefix(path, match);
    for (size_t i = 0; i < G_N_ELEMENTS(table) && match->route == NULL; i++) {
        const struct route *route = &table[i];
        const char *wanted = route->area == ROUTE_SCIM ? inside : path;
        if (wanted == NULL || !path_fits(route->pattern, wanted, match)) {
            forget_captured(match);
        } else if (method_fits(route, method)) {
            match->route = route;
        } else {
            add_allowed(match, route->method);
            forget_captured(match);
        }
    }
}

void route_match_clear(struct route_match *match)
{
    forget_captured(match);
    g_clear_pointer(&match->organization, g_free);
    g_clear_pointer(&match->prefix, g_free);
    g_clear_pointer(&match->allow, g_free);
}
