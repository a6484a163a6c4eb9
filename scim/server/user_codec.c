#include "scim/server/user_codec.h"

#include <string.h>

#include "scim/organization/judge_profile.h"
#include "scim/organization/person_groups.h"
#include "scim/organization/waiting.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/origin.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/delivery_codec.h"
#include "scim/server/entity_tag.h"
#include "scim/server/group_codec.h"
#include "scim/server/role_codec.h"

#define CREATED 201

struct user_view user_codec_reader(struct call *call)
{
    gboolean is_provider = call->bearer != NULL && call->bearer->kind == ACTOR_CONNECTION;
    return (struct user_view){.base = call->base,
                              .origin = is_provider ? call->bearer->origin : NULL,
                              .sees_origins = call_sees_origins(call)};
}

struct user_view user_codec_writer(struct call *call)
{
    struct user_view view = user_codec_reader(call);
    if (actor_is_service(&call->actor)) {
        view.origin = actor_origin(&call->actor);
        view.blank_without_link = TRUE;
    } else {
        /* A person's write may name an externalId of the manual link alone. */
        view.sees_origins = FALSE;
    }
    return view;
}

static void set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL) {
        json_object_set_new(object, name, json_string(text));
    }
}

static void set_time(json_t *object, const char *name, gint64 seconds)
{
    if (seconds != 0) {
        g_autofree char *text = clock_print(seconds);
        set_text(object, name, text);
    }
}

static json_t *print_meta(const struct user_view *view, const struct person_facts *facts)
{
    json_t *meta = json_object();
    g_autofree char *location = g_strdup_printf("%s/Users/%s", view->base, facts->id);
    g_autofree char *version = entity_tag_of_version(facts->version);
    set_text(meta, "resourceType", "User");
    set_time(meta, "created", facts->created);
    set_time(meta, "lastModified", facts->modified);
    set_text(meta, "location", location);
    set_text(meta, "version", version);
    return meta;
}

static json_t *print_invitation(const struct user_view *view, const struct person_facts *facts)
{
    json_t *invitation = json_object();
    g_autofree char *reference =
        g_strdup_printf("%s/Invitations/%s", view->base, facts->invitation);
    set_text(invitation, "value", facts->invitation);
    set_text(invitation, "$ref", reference);
    set_time(invitation, "expiresAt", facts->expires_at);
    return invitation;
}

static json_t *print_origins(const struct user_view *view, const struct person_facts *facts)
{
    json_t *origins = json_array();
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = g_ptr_array_index(facts->links, i);
        json_t *origin = json_object();
        set_text(origin, "value", link->origin);
        if (view->sees_origins) {
            set_text(origin, "externalId", link->external_id);
            json_object_set_new(origin, "active", json_boolean(link->active));
            if (link->attached) {
                json_object_set_new(origin, "attached", json_true());
            }
            json_object_set_new(origin, "roles",
                                role_codec_print_names(link->role, link->projects));
        }
        json_array_append_new(origins, origin);
    }
    return origins;
}

static json_t *print_overrides(const struct person_facts *facts)
{
    json_t *names = role_codec_print_names(facts->override, facts->overrides);
    json_t *overrides = json_array();
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        json_array_append_new(overrides, json_pack("{s:O}", "value", name));
    }
    json_decref(names);
    return overrides;
}

/* An empty array is no value (RFC 7643 2.5): it is left out. */
static void set_values(json_t *object, const char *name, json_t *values)
{
    if (json_array_size(values) > 0) {
        json_object_set(object, name, values);
    }
    json_decref(values);
}

static json_t *print_membership(const struct user_view *view, const struct person_facts *facts)
{
    json_t *membership = json_object();
    set_text(membership, "status", person_status_name(facts->status));
    set_text(membership, "statusReason", facts->reason);
    if (facts->suspended_by_owner) {
        json_object_set_new(membership, "suspendedByOwner", json_true());
    }
    json_object_set_new(membership, "protected", json_boolean(facts->protected));
    set_time(membership, "joinedAt", facts->joined_at);
    if (facts->invitation != NULL) {
        json_object_set_new(membership, "invitation", print_invitation(view, facts));
    }
    set_values(membership, "origins", print_origins(view, facts));
    set_values(membership, "override", print_overrides(facts));
    json_t *stands_in = json_array();
    for (guint i = 0; facts->stands_in != NULL && i < facts->stands_in->len; i++) {
        json_array_append_new(stands_in, json_string(g_ptr_array_index(facts->stands_in, i)));
    }
    set_values(membership, "standsIn", stands_in);
    return membership;
}

/* The externalId of the effective view: that of the oldest link that has one. */
static const char *effective_external_id(const struct person_facts *facts)
{
    for (guint i = 0; i < facts->links->len; i++) {
        const struct link_facts *link = g_ptr_array_index(facts->links, i);
        if (link->external_id != NULL) {
            return link->external_id;
        }
    }
    return NULL;
}

static const char *external_id(const struct user_view *view, const struct person_facts *facts)
{
    const struct link_facts *link =
        person_facts_link(facts, view->origin != NULL ? view->origin : ORIGIN_MANUAL);
    if (view->origin == NULL && view->sees_origins) {
        return effective_external_id(facts);
    }
    return link != NULL ? link->external_id : NULL;
}

static json_t *print_groups(const struct user_view *view, const struct person_facts *facts)
{
    json_t *groups = json_array();
    for (guint i = 0; facts->groups != NULL && i < facts->groups->len; i++) {
        const struct person_group *group = facts->groups->pdata[i];
        g_autofree char *reference = g_strdup_printf("%s/Groups/%s", view->base, group->id);
        json_array_append_new(groups, json_pack("{s:s, s:s, s:s, s:s}", "value", group->id,
                                                "$ref", reference, "display",
                                                group->display_name, "type", "direct"));
    }
    return groups;
}

/* active and roles: of the link, of nobody yet, or the effective ones. */
static void set_state(json_t *user, const struct user_view *view,
                      const struct person_facts *facts)
{
    const struct link_facts *link =
        view->origin != NULL ? person_facts_link(facts, view->origin) : NULL;
    gboolean active = facts->status != PERSON_SUSPENDED;
    json_t *roles = NULL;
    if (link != NULL) {
        active = link->active;
        roles = role_codec_print(link->role, link->projects);
        role_codec_add_unknown(roles, link->unknown_roles);
    } else if (view->origin != NULL && view->blank_without_link) {
        active = TRUE;
        roles = json_array();
    } else {
        roles = role_codec_print(facts->role, facts->projects);
    }
    json_object_set_new(user, "active", json_boolean(active));
    set_values(user, "roles", roles);
}

/* Whoever was invited by an address alone has at least that. */
static void complete_profile(json_t *user, const struct person_facts *facts)
{
    if (json_object_get(user, "displayName") == NULL) {
        set_text(user, "displayName", facts->display_name);
    }
    if (json_object_get(user, "emails") == NULL && facts->address != NULL) {
        json_object_set_new(user, "emails",
                            json_pack("[{s:s, s:s, s:b}]", "value", facts->address, "type",
                                      "work", "primary", 1));
    }
}

/* A connection that did not make the person sees what it said of them; else the oldest link's counts. */
static const char *profile_of(const struct user_view *view, const struct person_facts *facts)
{
    const struct link_facts *link =
        view->origin != NULL ? person_facts_link(facts, view->origin) : NULL;
    gboolean is_own = link != NULL && link->profile != NULL &&
                      strcmp(judge_profile_creator(facts), link->origin) != 0;
    return is_own ? link->profile : facts->profile;
}

json_t *user_codec_print(const struct user_view *view, const struct person_facts *facts)
{
    const char *text = profile_of(view, facts);
    json_t *user = json_object();
    json_object_set_new(user, "schemas", json_array());
    set_text(user, "id", facts->id);
    set_text(user, "externalId", external_id(view, facts));
    json_object_set_new(user, "meta", print_meta(view, facts));
    set_text(user, "userName", facts->user_name);
    json_t *profile = text != NULL ? json_loads(text, 0, NULL) : NULL;
    json_object_update_missing(user, profile);
    json_decref(profile);
    complete_profile(user, facts);
    set_state(user, view, facts);
    set_values(user, "groups", print_groups(view, facts));
    json_object_set_new(user, SCIM_URN_MEMBERSHIP, print_membership(view, facts));
    resource_check_schemas(&schema_tables_user, user);
    return user;
}

gboolean user_codec_shows_groups(const Projection *projection)
{
    json_auto_t *sample = json_pack("{s:[{s:s, s:s, s:s, s:s}]}", "groups", "value", "v",
                                    "$ref", "r", "display", "d", "type", "direct");
    json_auto_t *shown = projection_apply(projection, sample);
    return json_array_size(json_object_get(shown, "groups")) > 0;
}

gboolean user_codec_add_groups(struct call *call, struct person_facts *facts)
{
    const struct pushed_group_view view = group_codec_view(call);
    GError *error = NULL;
    return person_groups_read_one(call->session, call->organization, &view, facts, &error) ||
           call_store_failed(call, error);
}

void user_codec_forget_read(struct call *call, const struct person_facts *facts,
                            const json_t *before, json_t *after)
{
    static const char *const names[] = {"roles", "active", "externalId"};
    const struct user_view view = user_codec_reader(call);
    json_t *shown = user_codec_print(&view, facts);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        json_t *own = json_object_get(before, names[i]);
        const json_t *sent = json_object_get(after, names[i]);
        if (sent == NULL || !json_equal(sent, json_object_get(shown, names[i]))) {
            continue;
        }
        if (own != NULL) {
            json_object_set(after, names[i], own);
        } else {
            json_object_del(after, names[i]);
        }
    }
    json_decref(shown);
}

gboolean user_codec_answer(struct call *call, unsigned status, struct person_facts *facts,
                           const Projection *projection)
{
    if (user_codec_shows_groups(projection) && !user_codec_add_groups(call, facts)) {
        return FALSE;
    }
    struct user_view view = user_codec_reader(call);
    json_t *user = user_codec_print(&view, facts);
    g_autofree char *tag = entity_tag_of_version(facts->version);
    exchange_set_header(call->exchange, "ETag", tag);
    if (status == CREATED) {
        g_autofree char *location = g_strdup_printf("%s/Users/%s", call->base, facts->id);
        exchange_set_header(call->exchange, "Location", location);
    }
    json_t *shown = projection_apply(projection, user);
    json_decref(user);
    return call_answer(call, status, shown);
}

/* Owners read which place in the line is theirs. */
static gboolean add_place(struct call *call, struct person_facts *facts)
{
    gint64 place = 0;
    GError *error = NULL;
    if (!waiting_place(call->session, call->organization, facts, &place, &error)) {
        return call_store_failed(call, error);
    }
    g_free(facts->reason);
    facts->reason = waiting_reason(place);
    return TRUE;
}

gboolean user_codec_add_reason(struct call *call, struct person_facts *facts)
{
    struct outbox_delivery delivery = {0};
    GError *error = NULL;
    if (facts->status == PERSON_WAITING) {
        return !call_sees_origins(call) || add_place(call, facts);
    }
    if (!call->service->sends_mail || facts->status != PERSON_INVITED ||
        facts->invitation == NULL || facts->reason != NULL || !call_sees_origins(call)) {
        return TRUE;
    }
    if (!outbox_read(call->session, call->organization, facts->invitation, &delivery, &error)) {
        return call_store_failed(call, error);
    }
    facts->reason = delivery_codec_reason(facts, &delivery);
    outbox_delivery_clear(&delivery);
    return TRUE;
}

PersonFacts *user_codec_find(struct call *call, const char *id)
{
    PersonFacts *facts = NULL;
    GError *error = NULL;
    if (!person_facts_read(call->session, call->organization, id, call->now, &facts, &error)) {
        call_store_failed(call, error);
    } else if (facts == NULL) {
        call_missing(call);
    }
    return facts;
}
