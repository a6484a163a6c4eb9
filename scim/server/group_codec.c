#include "scim/server/group_codec.h"

#include "scim/protocol/membership.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/entity_tag.h"

#define CREATED 201

struct pushed_group_view group_codec_view(const struct call *call)
{
    const struct bearer *bearer = call->bearer;
    gboolean is_provider = bearer->kind == ACTOR_CONNECTION;
    return (struct pushed_group_view){.origin = is_provider ? bearer->origin : NULL,
                                      .only_live = bearer->kind == ACTOR_SYNC,
                                      .hides_protected = is_provider};
}

static json_t *print_meta(const char *base, const struct pushed_group *group)
{
    g_autofree char *created = clock_print(group->created);
    g_autofree char *modified = clock_print(group->modified);
    g_autofree char *location = g_strdup_printf("%s/Groups/%s", base, group->id);
    g_autofree char *version = entity_tag_of_version(group->version);
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "resourceType", "Group", "created", created,
                     "lastModified", modified, "location", location, "version", version);
}

static json_t *print_member(const char *base, const struct pushed_member *member)
{
    g_autofree char *reference = g_strdup_printf("%s/Users/%s", base, member->person);
    return json_pack("{s:s, s:s, s:s, s:s*}", "value", member->person, "$ref", reference,
                     "type", "User", "display", member->display);
}

/* An empty array is no value (RFC 7643 2.5): it is left out. */
static void set_members(json_t *resource, const char *base, const struct pushed_group *group)
{
    if (group->members == NULL || group->members->len == 0) {
        return;
    }
    json_t *members = json_array();
    for (guint i = 0; i < group->members->len; i++) {
        json_array_append_new(members, print_member(base, group->members->pdata[i]));
    }
    json_object_set_new(resource, "members", members);
}

static json_t *print_source(const struct pushed_group *group,
                            const struct group_codec_page *page)
{
    json_t *source = json_pack("{s:s}", "origin", group->origin);
    if (page != NULL) {
        json_object_set_new(source, "totalMembers", json_integer(page->total));
        json_object_set_new(source, "membersStartIndex", json_integer(page->page.start_index));
        json_object_set_new(source, "membersPerPage", json_integer(group->members->len));
    }
    return source;
}

json_t *group_codec_print(const char *base, const struct pushed_group *group,
                          const struct group_codec_page *page)
{
    json_t *resource =
        json_pack("{s:[s, s], s:s, s:s*, s:o, s:s}", "schemas", SCIM_URN_GROUP,
                  SCIM_URN_PUSHED_GROUP, "id", group->id, "externalId", group->external_id,
                  "meta", print_meta(base, group), "displayName", group->display_name);
    set_members(resource, base, group);
    json_object_set_new(resource, SCIM_URN_PUSHED_GROUP, print_source(group, page));
    return resource;
}

struct member_push group_codec_member(const json_t *member)
{
    return (struct member_push){.person = json_string_value(json_object_get(member, "value")),
                                .display =
                                    json_string_value(json_object_get(member, "display"))};
}

gboolean group_codec_shows_members(const Projection *projection)
{
    json_auto_t *sample = json_pack("{s:[{s:s, s:s, s:s, s:s}]}", "members", "value", "v",
                                    "$ref", "r", "type", "User", "display", "d");
    json_auto_t *shown = projection_apply(projection, sample);
    return json_array_size(json_object_get(shown, "members")) > 0;
}

static const char *group_id(const json_t *resource)
{
    const char *type =
        json_string_value(json_object_get(json_object_get(resource, "meta"), "resourceType"));
    return g_strcmp0(type, "Group") == 0 && json_object_get(resource, "members") == NULL
               ? json_string_value(json_object_get(resource, "id"))
               : NULL;
}

static void destroy_group(gpointer data)
{
    pushed_group_free(data);
}

/* Those without members, in the order of their resources. */
static GPtrArray *groups_of(const json_t *page)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(destroy_group);
    for (size_t i = 0; i < json_array_size(page); i++) {
        const char *id = group_id(json_array_get(page, i));
        if (id != NULL) {
            PushedGroup *group = g_new0(struct pushed_group, 1);
            group->id = g_strdup(id);
            g_ptr_array_add(groups, group);
        }
    }
    return groups;
}

gboolean group_codec_fill(struct call *call, const Projection *projection, json_t *page)
{
    const struct pushed_group_view view = group_codec_view(call);
    g_autoptr(GPtrArray) groups = groups_of(page);
    GError *error = NULL;
    if (groups->len == 0 || !group_codec_shows_members(projection)) {
        return TRUE;
    }
    if (!pushed_group_read_members(call->session, call->organization, &view, groups, &error)) {
        return call_store_failed(call, error);
    }
    for (size_t i = 0, at = 0; i < json_array_size(page); i++) {
        json_t *resource = json_array_get(page, i);
        if (group_id(resource) != NULL) {
            set_members(resource, call->base, groups->pdata[at++]);
        }
    }
    return TRUE;
}

/* *asked: the query names a page of the members. FALSE with a fault. */
static gboolean read_page(struct call *call, struct list_page *page, gboolean *asked)
{
    const char *start = exchange_query(call->exchange, "membersStartIndex");
    const char *count = exchange_query(call->exchange, "membersCount");
    *asked = start != NULL || count != NULL;
    return !*asked ||
           list_response_page(start, count, call_limits(call)->page, page, &call->fault);
}

static gboolean read_members(struct call *call, PushedGroup *group,
                             struct group_codec_page *page)
{
    const struct pushed_group_view view = group_codec_view(call);
    GError *error = NULL;
    gboolean ok;
    if (page != NULL) {
        struct pushed_group_cut cut = {.start = page->page.start_index - 1,
                                       .count = page->page.count};
        ok = pushed_group_read_page(call->session, call->organization, &view, group, &cut,
                                    &error);
        page->total = cut.total;
    } else {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, group);
        ok = pushed_group_read_members(call->session, call->organization, &view, one, &error);
    }
    return ok || call_store_failed(call, error);
}

gboolean group_codec_answer(struct call *call, unsigned status, PushedGroup *group,
                            const Projection *projection, gboolean asks_for_page)
{
    struct group_codec_page cut = {0};
    gboolean pages = FALSE;
    if (asks_for_page && !read_page(call, &cut.page, &pages)) {
        return FALSE;
    }
    if ((pages || group_codec_shows_members(projection)) &&
        !read_members(call, group, pages ? &cut : NULL)) {
        return FALSE;
    }
    json_auto_t *resource = group_codec_print(call->base, group, pages ? &cut : NULL);
    g_autofree char *tag = entity_tag_of_version(group->version);
    exchange_set_header(call->exchange, "ETag", tag);
    if (status == CREATED) {
        g_autofree char *location = g_strdup_printf("%s/Groups/%s", call->base, group->id);
        exchange_set_header(call->exchange, "Location", location);
    }
    json_t *shown = projection_apply(projection, resource);
    /* Whoever asks for a page is told which it is, whatever else is shown. */
    if (pages) {
        json_object_set(shown, SCIM_URN_PUSHED_GROUP,
                        json_object_get(resource, SCIM_URN_PUSHED_GROUP));
    }
    return call_answer(call, status, shown);
}

PushedGroup *group_codec_find(struct call *call, const char *id)
{
    const struct pushed_group_view view = group_codec_view(call);
    PushedGroup *group = NULL;
    GError *error = NULL;
    if (!pushed_group_read(call->session, call->organization, &view, id, &group, &error)) {
        call_store_failed(call, error);
    } else if (group == NULL) {
        call_missing(call);
    }
    return group;
}
