#include "scim/organization/judge_group.h"

#include <string.h>

#include "scim/organization/change_record.h"
#include "scim/organization/pushed_group.h"
#include "scim/organization/pushed_group_write.h"

/* One group under change: what differs, as the trail will say it. */
struct push {
    struct change *change;
    const struct group_draft *draft;
    const char *id;
    json_t *before, *after; /* owned until they are recorded */
    GHashTable *members;    /* replace_members: id -> display as they were; NULL: not read */
};

static void push_clear(struct push *push)
{
    json_decref(push->before);
    json_decref(push->after);
    if (push->members != NULL)
        g_hash_table_unref(push->members);
}

static struct push push_begin(struct change *change, const struct group_draft *draft,
                              const char *id)
{
    return (struct push){.change = change,
                         .draft = draft,
                         .id = id,
                         .before = json_object(),
                         .after = json_object()};
}

static void note_member(json_t *state, const char *person)
{
    json_t *members = json_object_get(state, "members");
    if (members == NULL) {
        members = json_array();
        json_object_set_new(state, "members", members);
    }
    json_array_append_new(members, json_string(person));
}

static void note_display(json_t *state, const char *person, const char *display)
{
    json_t *displays = json_object_get(state, "displays");
    if (displays == NULL) {
        displays = json_object();
        json_object_set_new(state, "displays", displays);
    }
    json_object_set_new(displays, person, display != NULL ? json_string(display) : json_null());
}

static void note_text(json_t *state, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(state, name, json_string(text));
}

static gboolean differs(const struct push *push)
{
    return json_object_size(push->before) > 0 || json_object_size(push->after) > 0;
}

static struct pushed_member_key key_of(const struct push *push, const char *person)
{
    return (struct pushed_member_key){push->change->organization, push->id, person};
}

static gboolean take_out(struct push *push, const char *person, GError **error)
{
    const struct pushed_member_key key = key_of(push, person);
    gboolean removed;
    if (!pushed_member_remove(push->change->session, &key, &removed, error))
        return FALSE;
    if (removed)
        note_member(push->before, person);
    else
        push->change->verdict->repeated_members++;
    return TRUE;
}

/* Nobody of that id: their provider may know somebody whom we do not (R09: no other rule about
 * people is asked here, because nothing of theirs changes). */
static gboolean leave_out(struct push *push)
{
    struct change *change = push->change;
    change->verdict->unknown_members++;
    return !push->draft->refuses_unknown ||
           verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                           "One of the members is nobody in \"%s\".", change->organization);
}

static gboolean rename_member(struct push *push, const struct member_push *member,
                              const char *display, GError **error)
{
    const struct pushed_member_key key = key_of(push, member->person);
    if (member->display == NULL || g_strcmp0(member->display, display) == 0) {
        push->change->verdict->repeated_members++;
        return TRUE;
    }
    note_display(push->before, member->person, display);
    note_display(push->after, member->person, member->display);
    return pushed_member_rename(push->change->session, &key, member->display, error);
}

static gboolean put_in(struct push *push, const struct member_push *member, GError **error)
{
    const struct pushed_member_key key = key_of(push, member->person);
    g_autofree char *display = NULL;
    gboolean is_known, is_member;
    if (!pushed_member_look(push->change->session, &key, &is_known, &is_member, &display,
                            error))
        return FALSE;
    if (!is_known)
        return leave_out(push);
    if (is_member)
        return rename_member(push, member, display, error);
    note_member(push->after, member->person);
    return pushed_member_add(push->change->session, &key, member->display, error);
}

/* Who stays as they are is not looked at again. */
static gboolean is_as_wanted(const struct push *push, const struct member_push *member)
{
    gpointer display = NULL;
    return push->members != NULL &&
           g_hash_table_lookup_extended(push->members, member->person, NULL, &display) &&
           (member->display == NULL || g_strcmp0(member->display, display) == 0);
}

/* Protected owners stay: whoever sends back the whole group has not been shown them. */
static gboolean take_out_others(struct push *push, GError **error)
{
    struct change *change = push->change;
    push->members = pushed_member_table(change->session, change->organization, push->id, error);
    if (push->members == NULL)
        return FALSE;
    g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < push->draft->add_count; i++)
        g_hash_table_add(wanted, g_strdup(push->draft->add[i].person));
    GHashTableIter at;
    gpointer person;
    g_hash_table_iter_init(&at, push->members);
    while (g_hash_table_iter_next(&at, &person, NULL))
        if (!g_hash_table_contains(wanted, person) && !take_out(push, person, error))
            return FALSE;
    return TRUE;
}

static gboolean write_members(struct push *push, GError **error)
{
    const struct group_draft *draft = push->draft;
    if (draft->replace_members && !take_out_others(push, error))
        return FALSE;
    for (gsize i = 0; i < draft->remove_count; i++)
        if (!take_out(push, draft->remove[i], error))
            return FALSE;
    for (gsize i = 0; i < draft->add_count; i++)
        if (!is_as_wanted(push, &draft->add[i]) && !put_in(push, &draft->add[i], error))
            return FALSE;
    return TRUE;
}

/* Unique in its connection, ASCII-case-blind; `id` is its own, NULL while it has none. */
static gboolean is_free(struct change *change, const char *origin, const char *display_name,
                        const char *id, GError **error)
{
    g_autofree char *holder = NULL;
    if (!pushed_group_find_by_name(change->session, change->organization, origin, display_name,
                                   &holder, error))
        return FALSE;
    return holder == NULL || g_strcmp0(holder, id) == 0 ||
           verdict_taken(change->verdict, "\"%s\" has pushed a group of that name already.",
                         origin);
}

static gboolean check_name(struct change *change, const char *display_name)
{
    return (display_name != NULL && *display_name != '\0') ||
           verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                           "A group needs a displayName.");
}

/* Everything that differs has one record, one version and one place in the state. */
static gboolean finish(struct push *push, enum audit_action action, GError **error)
{
    struct change *change = push->change;
    change_record_group(change, action, push->id,
                        action == AUDIT_CREATE ? NULL : json_incref(push->before),
                        action == AUDIT_REMOVE ? NULL : json_incref(push->after));
    return pushed_group_write_state(change->session, change->organization, change->now, error);
}

static gboolean create(struct push *push, GError **error)
{
    struct change *change = push->change;
    const struct pushed_group_row row = {.organization = change->organization,
                                         .id = push->id,
                                         .origin = change->actor->origin,
                                         .display_name = push->draft->display_name,
                                         .external_id = push->draft->external_id,
                                         .created = change->now};
    note_text(push->after, "displayName", row.display_name);
    note_text(push->after, "externalId", row.external_id);
    note_text(push->after, "origin", row.origin);
    change->verdict->id = g_strdup(push->id);
    change->verdict->version = 1;
    return pushed_group_write_new(change->session, &row, error) && write_members(push, error) &&
           finish(push, AUDIT_CREATE, error);
}

gboolean judge_group_create(struct change *change, const struct act *act, GError **error)
{
    const struct permission_target own = {.is_origin = change->actor->origin != NULL};
    if (!change_permit(change, PERMISSION_GROUP, &own) ||
        !check_name(change, act->group->display_name) ||
        !is_free(change, change->actor->origin, act->group->display_name, NULL, error))
        return FALSE;
    g_autofree char *id = change_new_id(change);
    struct push push = push_begin(change, act->group, id);
    gboolean ok = create(&push, error);
    push_clear(&push);
    return ok;
}

/* A provider reaches the groups of its own connection; to it there are no others. */
static gboolean find(struct change *change, const struct act *act, enum permission permission,
                     PushedGroup **group, GError **error)
{
    const gboolean is_provider = change->actor->kind == ACTOR_CONNECTION;
    const struct pushed_group_view view = {.origin =
                                               is_provider ? change->actor->origin : NULL};
    if (!pushed_group_read(change->session, change->organization, &view, act->id, group, error))
        return FALSE;
    if (*group == NULL)
        return verdict_missing(change->verdict, "There is no group with that id.");
    const struct permission_target target = {
        .is_origin = g_strcmp0((*group)->origin, change->actor->origin) == 0};
    change->verdict->id = g_strdup((*group)->id);
    change->verdict->version = (*group)->version;
    return change_permit(change, permission, &target) &&
           change_match(change, (*group)->version, act->if_match);
}

static void note_names(struct push *push, const struct pushed_group *group,
                       const struct pushed_group_row *row)
{
    if (strcmp(row->display_name, group->display_name) != 0) {
        note_text(push->before, "displayName", group->display_name);
        note_text(push->after, "displayName", row->display_name);
    }
    if (g_strcmp0(row->external_id, group->external_id) != 0) {
        note_text(push->before, "externalId", group->external_id);
        note_text(push->after, "externalId", row->external_id);
    }
}

static gboolean write_names(struct push *push, const struct pushed_group *group, GError **error)
{
    struct change *change = push->change;
    const struct group_draft *draft = push->draft;
    const struct pushed_group_row row = {
        .organization = change->organization,
        .id = push->id,
        .display_name = draft->display_name != NULL ? draft->display_name : group->display_name,
        .external_id = draft->has_external_id ? draft->external_id : group->external_id};
    if (!check_name(change, row.display_name))
        return FALSE;
    note_names(push, group, &row);
    return !differs(push) ||
           (is_free(change, group->origin, row.display_name, group->id, error) &&
            pushed_group_write_names(change->session, &row, error));
}

static gboolean edit(struct push *push, const struct pushed_group *group, GError **error)
{
    struct change *change = push->change;
    if (!write_names(push, group, error) || !write_members(push, error))
        return FALSE;
    if (!differs(push))
        return TRUE;
    change->verdict->version++;
    return pushed_group_write_bump(change->session, change->organization, push->id, change->now,
                                   error) &&
           finish(push, AUDIT_EDIT, error);
}

gboolean judge_group_edit(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(PushedGroup) group = NULL;
    if (!find(change, act, PERMISSION_GROUP, &group, error))
        return FALSE;
    struct push push = push_begin(change, act->group, group->id);
    gboolean ok = edit(&push, group, error);
    push_clear(&push);
    return ok;
}

static gboolean take_away(struct push *push, PushedGroup *group, GError **error)
{
    struct change *change = push->change;
    const struct pushed_group_view all = {0};
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, group);
    if (!pushed_group_read_members(change->session, change->organization, &all, one, error))
        return FALSE;
    note_text(push->before, "displayName", group->display_name);
    note_text(push->before, "externalId", group->external_id);
    note_text(push->before, "origin", group->origin);
    for (guint i = 0; i < group->members->len; i++)
        note_member(push->before, ((struct pushed_member *)group->members->pdata[i])->person);
    return pushed_group_write_gone(change->session, change->organization, push->id, error) &&
           finish(push, AUDIT_REMOVE, error);
}

gboolean judge_group_remove(struct change *change, const struct act *act, GError **error)
{
    g_autoptr(PushedGroup) group = NULL;
    if (!find(change, act, PERMISSION_GROUP_REMOVE, &group, error))
        return FALSE;
    struct push push = push_begin(change, NULL, group->id);
    gboolean ok = take_away(&push, group, error);
    push_clear(&push);
    return ok;
}
