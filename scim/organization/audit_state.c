#include "scim/organization/audit_state.h"

#include "scim/protocol/clock.h"

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, json_string(text));
}

static void put_number(json_t *object, const char *name, gint64 number)
{
    json_object_set_new(object, name, json_integer(number));
}

static void put_time(json_t *object, const char *name, gint64 time)
{
    g_autofree char *text = time == 0 ? NULL : clock_print(time);
    put_text(object, name, text);
}

json_t *audit_state_organization(const struct organization *organization)
{
    json_t *object = json_object(), *domains = json_array();
    for (char **domain = organization->domains; domain != NULL && *domain != NULL; domain++)
        json_array_append_new(domains, json_string(*domain));
    put_text(object, "displayName", organization->display_name);
    put_number(object, "seats", organization->seats);
    put_number(object, "invitationLifetime", organization->invitation_lifetime);
    json_object_set_new(object, "domains", domains);
    return object;
}

json_t *audit_state_project(const char *name, const char *display_name)
{
    json_t *object = json_object();
    put_text(object, "name", name);
    put_text(object, "displayName", display_name);
    return object;
}

json_t *audit_state_connection(const struct connection *connection)
{
    json_t *object = json_object();
    put_text(object, "id", connection->id);
    put_text(object, "scope", connection->scope);
    put_text(object, "personality", connection->personality);
    put_text(object, "atCap", connection->at_cap);
    put_number(object, "patchAnswer", connection->patch_answer);
    put_text(object, "maxRole", organization_role_name(connection->max_role));
    json_object_set_new(object, "adopt", json_boolean(connection->adopt));
    json_object_set_new(object, "rehearsal", json_boolean(connection->rehearsal));
    return object;
}

json_t *audit_state_token_row(const struct token_row *row, const char *connection)
{
    json_t *object = json_object();
    put_text(object, "kind", row->kind == TOKEN_CLIENT ? "client" : NULL);
    put_text(object, "connection", connection);
    put_text(object, "person", row->person);
    put_text(object, "name", row->name);
    put_time(object, "created", row->created);
    put_time(object, "expiresAt", row->expires_at);
    return object;
}

json_t *audit_state_token(const struct token *token)
{
    const struct token_row row = {
        .kind = token->kind,
        .person = token->person,
        .name = token->name,
        .created = token->created,
        .expires_at = token->expires_at,
    };
    return audit_state_token_row(&row, token->connection);
}

json_t *audit_state_marker(const struct marker *marker)
{
    json_t *object = json_object();
    put_text(object, "origin", marker->origin);
    put_text(object, "externalId", marker->external_id);
    put_text(object, "userName", marker->user_name);
    put_text(object, "kind", marker_kind_name(marker->kind));
    put_time(object, "since", marker->since);
    return object;
}
