#include "scim/organization/audit_person.h"

#include "scim/protocol/clock.h"

static void put_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, json_string(text));
}

static void put_time(json_t *object, const char *name, gint64 time)
{
    g_autofree char *text = time == 0 ? NULL : clock_print(time);
    put_text(object, name, text);
}

/* Only what is there to be said: an empty list is left out. */
static void put_filled(json_t *object, const char *name, json_t *value)
{
    if (json_object_size(value) + json_array_size(value) > 0)
        json_object_set(object, name, value);
    json_decref(value);
}

static json_t *project_roles(const GArray *projects)
{
    json_t *object = json_object();
    for (guint i = 0; i < projects->len; i++) {
        const struct project_role_facts *entry =
            &g_array_index(projects, struct project_role_facts, i);
        put_text(object, entry->project, project_role_name(entry->role));
    }
    return object;
}

static void put_flag(json_t *object, const char *name, gboolean value)
{
    if (value)
        json_object_set_new(object, name, json_true());
}

static void put_profile(json_t *object, const char *profile)
{
    json_t *parsed = json_loads(profile, 0, NULL);
    if (parsed != NULL)
        put_filled(object, "profile", parsed);
    else
        put_text(object, "profile", profile);
}

static json_t *link_state(const struct link_facts *link)
{
    json_t *object = json_object();
    put_text(object, "origin", link->origin);
    put_text(object, "externalId", link->external_id);
    json_object_set_new(object, "active", json_boolean(link->active));
    put_text(object, "role", organization_role_name(link->role));
    put_filled(object, "projects", project_roles(link->projects));
    put_flag(object, "attached", link->attached);
    put_flag(object, "rehearsed", link->rehearsed);
    put_text(object, "unknownRoles", link->unknown_roles);
    if (link->profile != NULL)
        put_profile(object, link->profile);
    return object;
}

static json_t *link_states(const GPtrArray *links)
{
    json_t *array = json_array();
    for (guint i = 0; i < links->len; i++)
        json_array_append_new(array, link_state(links->pdata[i]));
    return array;
}

static json_t *texts(const GPtrArray *names)
{
    json_t *array = json_array();
    for (guint i = 0; i < names->len; i++)
        json_array_append_new(array, json_string(names->pdata[i]));
    return array;
}

json_t *audit_person(const struct person_facts *facts)
{
    if (facts == NULL)
        return NULL;
    json_t *object = json_object();
    put_text(object, "id", facts->id);
    put_text(object, "userName", facts->user_name);
    put_text(object, "address", facts->address);
    put_text(object, "displayName", facts->display_name);
    put_text(object, "status", person_status_name(facts->status));
    put_text(object, "reason", facts->reason);
    put_text(object, "role", organization_role_name(facts->role));
    put_filled(object, "projects", project_roles(facts->projects));
    put_flag(object, "protected", facts->protected);
    put_flag(object, "suspendedByOwner", facts->suspended_by_owner);
    put_filled(object, "links", link_states(facts->links));
    if (facts->override != ORGANIZATION_ROLE_NONE)
        put_text(object, "override", organization_role_name(facts->override));
    put_filled(object, "overrides", project_roles(facts->overrides));
    put_filled(object, "standsIn", texts(facts->stands_in));
    put_text(object, "invitation", facts->invitation);
    put_time(object, "expiresAt", facts->expires_at);
    put_time(object, "joinedAt", facts->joined_at);
    put_profile(object, facts->profile);
    return object;
}
