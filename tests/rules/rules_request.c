#include "tests/rules/rules_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/refusal.h"

/* Whoever invited nobody is asked about somebody whom the operator invited. */
static char *invited_by(enum rules_actor actor, const char *prefix)
{
    gboolean is_late = strcmp(prefix, "late") == 0;
    if (actor == BY_LAB || actor == BY_NAMELESS || actor == BY_EVERYWHERE)
        actor = BY_CORP;
    if (actor > BY_CONSOLE || (actor >= BY_INVITED && actor <= BY_REX))
        return g_strdup(is_late ? "exa" : "pat");
    return g_strdup_printf("%s-%d", prefix, (int)actor);
}

char *rules_request_target(const struct rules_cell *cell)
{
    const struct rules_row *row = cell->row;
    if (strcmp(row->target, "own") == 0 || strcmp(row->target, "late") == 0)
        return invited_by(cell->actor, row->target);
    const char *self = rules_world_name(row->home, cell->actor);
    if (strcmp(row->target, "self") == 0)
        return g_strdup(self != NULL ? self : "mel");
    return g_strdup(row->target);
}

static json_t *role_of(const char *type, const char *value)
{
    return json_pack("{s:s, s:s}", "type", type, "value", value);
}

static char *grant_of(const struct rules_row *row)
{
    return row->project != NULL && row->project_role != NULL
               ? g_strconcat(row->project, "/", row->project_role, NULL)
               : NULL;
}

static json_t *roles_to_invite(const struct rules_row *row)
{
    g_autofree char *grant = grant_of(row);
    json_t *roles = json_pack("[o]", role_of("organization", row->role));
    if (grant != NULL)
        json_array_append_new(roles, role_of("project", grant));
    return roles;
}

static json_t *body_to_invite(const struct rules_cell *cell)
{
    const struct rules_row *row = cell->row;
    g_autofree char *target = rules_request_target(cell);
    g_autofree char *address = row->act == DO_INVITE
                                   ? g_strdup(RULES_NEWCOMER)
                                   : g_strconcat(target, "@example.com", NULL);
    if (row->act == DO_RESEND)
        return json_pack("{s:[s], s:s}", "schemas", SCIM_URN_INVITATION, "email", address);
    if (cell->path == VIA_INVITATIONS_POST)
        return json_pack("{s:[s], s:s, s:o}", "schemas", SCIM_URN_INVITATION, "email", address,
                         "roles", roles_to_invite(row));
    return json_pack("{s:[s], s:s, s:o}", "schemas", SCIM_URN_USER, "userName", address,
                     "roles", roles_to_invite(row));
}

static json_t *patch_of(json_t *operation)
{
    return json_pack("{s:[s], s:[o]}", "schemas", SCIM_URN_PATCH, "Operations", operation);
}

/* The resource as the actor reads it, or, where they cannot, as an administrator does. */
static json_t *read_resource(struct rules_world *world, const struct rules_cell *cell,
                             const char *path)
{
    struct reply reply =
        rules_world_ask(world, cell->row->home, cell->actor, "GET", path, NULL);
    if (reply.status != 200) {
        reply_clear(&reply);
        reply = rules_world_ask(world, cell->row->home, BY_CONSOLE, "GET", path, NULL);
    }
    json_t *resource = json_deep_copy(reply.json);
    reply_clear(&reply);
    return resource;
}

static gboolean is_in_project(const json_t *role, const char *project)
{
    const char *value = json_string_value(json_object_get(role, "value"));
    return value != NULL && g_str_has_prefix(value, project) && value[strlen(project)] == '/';
}

static gboolean is_of_organization(const json_t *role)
{
    const char *value = json_string_value(json_object_get(role, "value"));
    return value != NULL && strchr(value, '/') == NULL;
}

/* The roles of a person after what the row asks. */
static json_t *roles_after(const struct rules_row *row, const json_t *before)
{
    json_t *after = json_array();
    size_t at;
    json_t *role;
    json_array_foreach(before, at, role)
    {
        gboolean goes = row->act == DO_SET_ROLE ? is_of_organization(role)
                                                : is_in_project(role, row->project);
        if (!goes)
            json_array_append(after, role);
    }
    g_autofree char *grant = grant_of(row);
    if (row->act == DO_SET_ROLE)
        json_array_append_new(after, role_of("organization", row->role));
    else if (grant != NULL)
        json_array_append_new(after, role_of("project", grant));
    return after;
}

static json_t *whole_person(struct rules_world *world, const struct rules_cell *cell,
                            const char *path)
{
    const struct rules_row *row = cell->row;
    json_t *person = read_resource(world, cell, path);
    if (row->act == DO_SUSPEND || row->act == DO_REACTIVATE)
        json_object_set_new(person, "active", json_boolean(row->act == DO_REACTIVATE));
    else
        json_object_set_new(person, "roles",
                            roles_after(row, json_object_get(person, "roles")));
    if (cell->path == VIA_USERS_PUT)
        return person;
    json_t *body = patch_of(json_pack("{s:s, s:s, s:O}", "op", "replace", "path", "roles",
                                      "value", json_object_get(person, "roles")));
    json_decref(person);
    return body;
}

static json_t *operation_on_person(const struct rules_cell *cell)
{
    const struct rules_row *row = cell->row;
    gboolean is_bare = cell->path == VIA_USERS_PATCH_BARE;
    g_autofree char *grant = grant_of(row);
    if (row->act == DO_SUSPEND || row->act == DO_REACTIVATE) {
        int active = row->act == DO_REACTIVATE;
        return is_bare ? json_pack("{s:s, s:{s:b}}", "op", "replace", "value", "active", active)
                       : json_pack("{s:s, s:s, s:b}", "op", "replace", "path", "active",
                                   "value", active);
    }
    if (row->act == DO_SET_ROLE)
        return is_bare ? json_pack("{s:s, s:{s:s}}", "op", "Replace", "value",
                                   "roles[primary eq \"True\"].value", row->role)
                       : json_pack("{s:s, s:s, s:s}", "op", "replace", "path",
                                   "roles[type eq \"organization\"].value", "value", row->role);
    if (row->act == DO_SET_PROJECT)
        return is_bare ? json_pack("{s:s, s:{s:[o]}}", "op", "add", "value", "roles",
                                   role_of("project", grant))
                       : json_pack("{s:s, s:s, s:[o]}", "op", "add", "path", "roles", "value",
                                   role_of("project", grant));
    g_autofree char *path =
        g_strdup_printf("roles[type eq \"project\" and value sw \"%s/\"]", row->project);
    return json_pack("{s:s, s:s}", "op", "remove", "path", path);
}

static json_t *member_of(const char *id, const struct rules_row *row)
{
    return json_pack("{s:s, s:s}", "value", id, "role", row->project_role);
}

static json_t *whole_project(struct rules_world *world, const struct rules_cell *cell,
                             const char *path, const char *id)
{
    const struct rules_row *row = cell->row;
    json_t *project = read_resource(world, cell, path);
    if (row->act == DO_RENAME) {
        json_object_set_new(project, "displayName", json_string("Renamed"));
        return project;
    }
    json_t *members = json_object_get(project, "members");
    for (size_t i = json_array_size(members); i-- > 0;) {
        const json_t *value = json_object_get(json_array_get(members, i), "value");
        if (g_strcmp0(json_string_value(value), id) == 0)
            json_array_remove(members, i);
    }
    if (row->act == DO_SET_PROJECT)
        json_array_append_new(members, member_of(id, row));
    return project;
}

static json_t *operation_on_project(const struct rules_cell *cell, const char *id)
{
    const struct rules_row *row = cell->row;
    gboolean is_bare = cell->path == VIA_PROJECTS_PATCH_BARE;
    if (row->act == DO_RENAME)
        return is_bare ? json_pack("{s:s, s:{s:s}}", "op", "replace", "value", "displayName",
                                   "Renamed")
                       : json_pack("{s:s, s:s, s:s}", "op", "replace", "path", "displayName",
                                   "value", "Renamed");
    if (row->act == DO_SET_PROJECT)
        return is_bare ? json_pack("{s:s, s:{s:[o]}}", "op", "add", "value", "members",
                                   member_of(id, row))
                       : json_pack("{s:s, s:s, s:[o]}", "op", "add", "path", "members", "value",
                                   member_of(id, row));
    g_autofree char *path = g_strdup_printf("members[value eq \"%s\"]", id);
    return json_pack("{s:s, s:s}", "op", "remove", "path", path);
}

static char *path_of(struct rules_world *world, const struct rules_cell *cell,
                     const char *target)
{
    const struct rules_row *row = cell->row;
    switch (cell->path) {
    case VIA_USERS_POST:
        return g_strdup("/Users");
    case VIA_INVITATIONS_POST:
        return g_strdup("/Invitations");
    case VIA_PROJECTS_POST:
        return g_strdup("/Projects");
    case VIA_ME_PATCH:
    case VIA_ME_DELETE:
        return g_strdup("/Me");
    case VIA_GET:
        return g_strdup(target);
    case VIA_USERS_PATCH:
    case VIA_USERS_PATCH_BARE:
    case VIA_USERS_PATCH_WHOLE:
    case VIA_USERS_PUT:
    case VIA_USERS_DELETE:
        return g_strconcat("/Users/", rules_world_id(world, row->home, target), NULL);
    case VIA_INVITATIONS_PATCH:
    case VIA_INVITATIONS_DELETE: {
        g_autofree char *invitation = rules_world_invitation(world, row->home, target);
        return g_strconcat("/Invitations/", invitation, NULL);
    }
    case VIA_PROJECTS_PATCH:
    case VIA_PROJECTS_PATCH_BARE:
    case VIA_PROJECTS_PUT: {
        g_autofree char *project = rules_world_project(world, row->home, row->project);
        return g_strconcat("/Projects/", project, NULL);
    }
    case VIA_OVERRIDES_DELETE:
        return g_strconcat("/Overrides/", row->project == NULL ? "organization." : "",
                           rules_world_id(world, row->home, target),
                           row->project != NULL ? "." : NULL, row->project, NULL);
    case VIA_JUDGE:
    case RULES_PATHS:
        break;
    }
    return NULL;
}

static const char *method_of(enum rules_path path)
{
    static const char *const methods[RULES_PATHS] = {
        [VIA_USERS_POST] = "POST",
        [VIA_USERS_PATCH] = "PATCH",
        [VIA_USERS_PATCH_BARE] = "PATCH",
        [VIA_USERS_PATCH_WHOLE] = "PATCH",
        [VIA_USERS_PUT] = "PUT",
        [VIA_USERS_DELETE] = "DELETE",
        [VIA_INVITATIONS_POST] = "POST",
        [VIA_INVITATIONS_PATCH] = "PATCH",
        [VIA_INVITATIONS_DELETE] = "DELETE",
        [VIA_PROJECTS_POST] = "POST",
        [VIA_PROJECTS_PATCH] = "PATCH",
        [VIA_PROJECTS_PATCH_BARE] = "PATCH",
        [VIA_PROJECTS_PUT] = "PUT",
        [VIA_ME_PATCH] = "PATCH",
        [VIA_ME_DELETE] = "DELETE",
        [VIA_OVERRIDES_DELETE] = "DELETE",
        [VIA_GET] = "GET",
    };
    return methods[path];
}

static json_t *body_of(struct rules_world *world, const struct rules_cell *cell,
                       const char *target, const char *path)
{
    const struct rules_row *row = cell->row;
    switch (cell->path) {
    case VIA_USERS_POST:
    case VIA_INVITATIONS_POST:
        return body_to_invite(cell);
    case VIA_PROJECTS_POST:
        return json_pack("{s:[s], s:s, s:[{s:s, s:s}]}", "schemas", SCIM_URN_PROJECT, "name",
                         row->project, "members", "value",
                         rules_world_id(world, row->home, "mia"), "role", "admin");
    case VIA_INVITATIONS_PATCH:
        return patch_of(json_pack("{s:s, s:s, s:s}", "op", "replace", "path", "status", "value",
                                  row->act == DO_RESEND ? "pending" : "revoked"));
    case VIA_USERS_PATCH:
    case VIA_USERS_PATCH_BARE:
    case VIA_ME_PATCH:
        return patch_of(operation_on_person(cell));
    case VIA_USERS_PATCH_WHOLE:
    case VIA_USERS_PUT:
        return whole_person(world, cell, path);
    case VIA_PROJECTS_PATCH:
    case VIA_PROJECTS_PATCH_BARE:
        return patch_of(operation_on_project(
            cell, row->act == DO_RENAME ? "" : rules_world_id(world, row->home, target)));
    case VIA_PROJECTS_PUT:
        return whole_project(world, cell, path,
                             row->act == DO_RENAME ? ""
                                                   : rules_world_id(world, row->home, target));
    case VIA_USERS_DELETE:
    case VIA_INVITATIONS_DELETE:
    case VIA_ME_DELETE:
    case VIA_OVERRIDES_DELETE:
    case VIA_GET:
    case VIA_JUDGE:
    case RULES_PATHS:
        break;
    }
    return NULL;
}

void rules_request_make(struct rules_world *world, const struct rules_cell *cell,
                        struct rules_request *request)
{
    g_autofree char *target = rules_request_target(cell);
    *request = (struct rules_request){.method = method_of(cell->path)};
    request->path = path_of(world, cell, target);
    request->body = body_of(world, cell, target, request->path);
}

void rules_request_clear(struct rules_request *request)
{
    g_free(request->path);
    json_decref(request->body);
    *request = (struct rules_request){0};
}

static char letter_of(unsigned status, const char *rule)
{
    static const struct {
        const char *rule;
        char letter;
    } rules[] = {{"permission", 'P'}, {"origin", 'O'},     {"protected", 'X'},
                 {"max-role", 'M'},   {"last-owner", 'L'}, {"last-project-admin", 'A'}};

    static const struct {
        unsigned status;
        char letter;
    } statuses[] = {{401, 'U'}, {404, 'N'}, {409, 'T'}};

    for (size_t i = 0; status == 403 && i < G_N_ELEMENTS(rules); i++)
        if (g_strcmp0(rule, rules[i].rule) == 0)
            return rules[i].letter;
    if (status >= 200 && status <= 299)
        return 'D';
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++)
        if (status == statuses[i].status)
            return statuses[i].letter;
    return '?';
}

static const char *rule_in(const json_t *error)
{
    return json_string_value(json_object_get(json_object_get(error, REFUSAL_URN), "rule"));
}

/* The one operation of a bulk request is answered inside of its 200. */
static char bulk_letter(const struct reply *reply)
{
    const json_t *answer = json_array_get(json_object_get(reply->json, "Operations"), 0);
    const char *status = json_string_value(json_object_get(answer, "status"));
    if (reply->status != 200)
        return letter_of(reply->status, rule_in(reply->json));
    if (status == NULL)
        return '?';
    return letter_of((unsigned)g_ascii_strtoull(status, NULL, 10),
                     rule_in(json_object_get(answer, "response")));
}

static json_t *in_bulk(const struct rules_request *request)
{
    json_t *operation =
        json_pack("{s:s, s:s}", "method", request->method, "path", request->path);
    if (strcmp(request->method, "POST") == 0)
        json_object_set_new(operation, "bulkId", json_string("one"));
    if (request->body != NULL)
        json_object_set(operation, "data", request->body);
    return json_pack("{s:[s], s:[o]}", "schemas",
                     "urn:ietf:params:scim:api:messages:2.0:BulkRequest", "Operations",
                     operation);
}

char rules_request_send(struct rules_world *world, const struct rules_cell *cell,
                        const struct rules_request *request, char **detail)
{
    json_t *bulk = cell->is_bulk ? in_bulk(request) : NULL;
    struct reply reply = rules_world_ask(
        world, cell->row->home, cell->actor, bulk != NULL ? "POST" : request->method,
        bulk != NULL ? "/Bulk" : request->path, bulk != NULL ? bulk : request->body);
    char letter = letter_of(reply.status, rule_in(reply.json));
    if (bulk != NULL)
        letter = bulk_letter(&reply);
    *detail =
        g_strdup_printf("%u %.*s", reply.status, (int)MIN(reply.exchange->answer_length, 400),
                        reply.exchange->answer != NULL ? reply.exchange->answer : "");
    reply_clear(&reply);
    json_decref(bulk);
    return letter;
}
