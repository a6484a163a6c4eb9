#include "scim/server/group_patch.h"

#include <string.h>

#include "scim/organization/pushed_group_write.h"
#include "scim/protocol/attribute_value.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/patch_values.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/group_codec.h"
#include "scim/server/group_member_form.h"

#define MEMBERS "members"

/* What the operations so far make of somebody. */
struct fate {
    gboolean comes; /* else goes */
    char *display;  /* as it was sent; NULL: as it is */
};

struct fold {
    struct call *call;
    const struct pushed_group *group;
    const struct schema_attribute *members;
    struct group_patch *folded;
};

static void fate_free(gpointer data)
{
    struct fate *fate = data;
    g_free(fate->display);
    g_free(fate);
}

static struct fate *fate_of(const struct fold *fold, const char *person)
{
    struct group_patch *folded = fold->folded;
    struct fate *fate = g_hash_table_lookup(folded->fates, person);
    if (fate == NULL) {
        char *key = g_strdup(person);
        fate = g_new0(struct fate, 1);
        g_hash_table_insert(folded->fates, key, fate);
        g_ptr_array_add(folded->order, key);
    }
    return fate;
}

static void let_come(const struct fold *fold, const json_t *member)
{
    const struct member_push push = group_codec_member(member);
    struct fate *fate = fate_of(fold, push.person);
    fate->comes = TRUE;
    if (push.display != NULL) {
        g_free(fate->display);
        fate->display = g_strdup(push.display);
    }
}

static void let_go(const struct fold *fold, const char *person)
{
    struct fate *fate = fate_of(fold, person);
    fate->comes = FALSE;
    g_clear_pointer(&fate->display, g_free);
}

static void let_all_go(const struct fold *fold)
{
    fold->folded->draft.replace_members = TRUE;
    g_ptr_array_set_size(fold->folded->order, 0);
    g_hash_table_remove_all(fold->folded->fates);
}

static const char *text_of(const json_t *member, const char *name)
{
    return json_string_value(json_object_get(member, name));
}

static gboolean come(const struct fold *fold, json_t *value)
{
    struct call *call = fold->call;
    json_auto_t *formed = group_member_form(value, &call->tolerances);
    json_auto_t *values = json_is_array(formed) || json_is_null(formed)
                              ? json_incref(formed)
                              : json_pack("[O]", formed);
    json_auto_t *clean = NULL;
    size_t i;
    json_t *member;
    if (!attribute_value_check(fold->members, values, &call->tolerances, &clean,
                               &call->fault)) {
        return FALSE;
    }
    json_array_foreach(clean, i, member)
    {
        let_come(fold, member);
    }
    return TRUE;
}

/* With a value exactly those go that it names (R20); the standard knows none: then all of them do,
 * as it says. */
static gboolean go(const struct fold *fold, json_t *value)
{
    if (value == NULL || json_is_null(value)) {
        let_all_go(fold);
        return TRUE;
    }
    tolerance_note(&fold->call->tolerances, TOLERANCE_REMOVE_VALUE);
    json_auto_t *named = json_is_array(value) ? json_incref(value) : json_pack("[O]", value);
    for (size_t i = 0; i < json_array_size(named); i++) {
        const json_t *one = json_array_get(named, i);
        const char *person =
            json_is_object(one) ? text_of(one, "value") : json_string_value(one);
        if (person != NULL) {
            let_go(fold, person);
        }
    }
    return TRUE;
}

/* The one id that a filter asks for, or NULL. */
static const char *asked_id(const struct filter_node *node)
{
    return node->kind == FILTER_COMPARE && node->comparison == FILTER_EQ &&
                   node->value.kind == FILTER_TEXT && node->reference.sub != NULL &&
                   strcmp(node->reference.sub->name, "value") == 0
               ? node->value.text
               : NULL;
}

static void destroy_member(gpointer data)
{
    struct pushed_member *member = data;
    g_free(member->person);
    g_free(member->display);
    g_free(member);
}

static void add_candidate(GPtrArray *candidates, const char *person, const char *display)
{
    struct pushed_member *member = g_new0(struct pushed_member, 1);
    member->person = g_strdup(person);
    member->display = g_strdup(display);
    g_ptr_array_add(candidates, member);
}

/* Somebody, if they are a member by now. */
static gboolean add_if_member(const struct fold *fold, const char *person,
                              GPtrArray *candidates, GError **error)
{
    const struct fate *fate = g_hash_table_lookup(fold->folded->fates, person);
    const struct pushed_member_key key = {fold->call->organization, fold->group->id, person};
    g_autofree char *display = NULL;
    gboolean is_known, is_member = FALSE;
    if (!fold->folded->draft.replace_members &&
        !pushed_member_look(fold->call->session, &key, &is_known, &is_member, &display,
                            error)) {
        return FALSE;
    }
    if (fate != NULL ? fate->comes : is_member) {
        add_candidate(candidates, person,
                      fate != NULL && fate->display != NULL ? fate->display : display);
    }
    return TRUE;
}

/* Everybody who is a member by now. */
static gboolean add_all_members(const struct fold *fold, GPtrArray *candidates, GError **error)
{
    const struct group_patch *folded = fold->folded;
    const struct pushed_group_view view = group_codec_view(fold->call);
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    struct pushed_group whole = *fold->group;
    whole.members = NULL;
    g_ptr_array_add(one, &whole);
    if (!pushed_group_read_members(fold->call->session, fold->call->organization, &view, one,
                                   error)) {
        g_ptr_array_unref(whole.members);
        return FALSE;
    }
    for (guint i = 0; !folded->draft.replace_members && i < whole.members->len; i++) {
        const struct pushed_member *member = whole.members->pdata[i];
        if (!g_hash_table_contains(folded->fates, member->person)) {
            add_candidate(candidates, member->person, member->display);
        }
    }
    g_ptr_array_unref(whole.members);
    for (guint i = 0; i < folded->order->len; i++) {
        if (!add_if_member(fold, folded->order->pdata[i], candidates, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A group as a resource of which the operation may choose: { members: [...] }. NULL with a fault. */
static json_t *candidates_of(const struct fold *fold, const struct filter_node *filter)
{
    struct pushed_group sample = *fold->group;
    GError *error = NULL;
    const char *person = asked_id(filter);
    sample.members = g_ptr_array_new_with_free_func(destroy_member);
    gboolean ok = person != NULL ? add_if_member(fold, person, sample.members, &error)
                                 : add_all_members(fold, sample.members, &error);
    json_t *home = NULL;
    if (ok) {
        json_auto_t *printed = group_codec_print(fold->call->base, &sample, NULL);
        home = json_pack("{s:O*}", MEMBERS, json_object_get(printed, MEMBERS));
    } else {
        call_store_failed(fold->call, error);
    }
    g_ptr_array_unref(sample.members);
    return home;
}

/* What became of the candidates becomes of the members. */
static void take_over(const struct fold *fold, const json_t *before, const json_t *after)
{
    g_autoptr(GHashTable) old = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < json_array_size(before); i++) {
        json_t *member = json_array_get(before, i);
        g_hash_table_insert(old, g_strdup(text_of(member, "value")), member);
    }
    for (size_t i = 0; i < json_array_size(after); i++) {
        const json_t *member = json_array_get(after, i);
        const char *person = text_of(member, "value");
        const json_t *was = g_hash_table_lookup(old, person);
        if (was == NULL || !json_equal(was, member)) {
            let_come(fold, member);
        }
        g_hash_table_remove(old, person);
    }
    GHashTableIter at;
    gpointer person;
    g_hash_table_iter_init(&at, old);
    while (g_hash_table_iter_next(&at, &person, NULL)) {
        let_go(fold, person);
    }
}

/* A path with a filter: on those who are asked for it is carried out as on any other resource. */
static gboolean select_members(const struct fold *fold, const struct patch_operation *operation)
{
    struct call *call = fold->call;
    const struct filter_node *filter = operation->path->filter->root;
    if (operation->verb == PATCH_REMOVE && operation->path->reference.sub == NULL &&
        asked_id(filter) != NULL) {
        let_go(fold, asked_id(filter));
        return TRUE;
    }
    json_auto_t *home = candidates_of(fold, filter);
    if (home == NULL) {
        return FALSE;
    }
    json_auto_t *before = json_deep_copy(json_object_get(home, MEMBERS));
    const struct patch_values values = {fold->members, home, &call->tolerances, &call->fault};
    gboolean good = patch_values_select(&values, operation);
    if (good) {
        take_over(fold, before, json_object_get(home, MEMBERS));
    }
    return good;
}

static gboolean fold_members(const struct fold *fold, const struct patch_operation *operation)
{
    if (operation->path->filter != NULL) {
        return select_members(fold, operation);
    }
    if (operation->path->reference.sub != NULL) {
        return fault_set(&fold->call->fault, FAULT_INVALID_PATH,
                         "'members' has several values: choose them with a filter in brackets");
    }
    switch (operation->verb) {
    case PATCH_ADD:
        return come(fold, operation->value);
    case PATCH_REMOVE:
        return go(fold, operation->value);
    case PATCH_REPLACE:
        let_all_go(fold);
        return come(fold, operation->value);
    }
    return FALSE;
}

static gboolean is_about_members(const struct fold *fold, const struct attribute_path *path)
{
    return path != NULL && path->reference.known && path->reference.attribute == fold->members;
}

/* One member of a value without path: it may be a path itself. */
static gboolean fold_key(const struct fold *fold, enum patch_verb verb, const char *name,
                         json_t *value, json_t *rest)
{
    struct fault ignored = {0};
    g_autoptr(AttributePath) path =
        attribute_path_parse(&schema_tables_group, name, strlen(name), NULL, NULL, &ignored);
    fault_clear(&ignored);
    if (is_about_members(fold, path)) {
        const struct patch_operation operation = {verb, path, value};
        return fold_members(fold, &operation);
    }
    json_object_set(rest, name, value);
    return TRUE;
}

/* Takes what is about members out of an operation; *rest (the caller's) is what is left of it. */
static gboolean fold_operation(const struct fold *fold, const struct patch_operation *operation,
                               struct patch_operation *left, json_t *rest)
{
    const char *name;
    json_t *value;
    *left = (struct patch_operation){.verb = PATCH_ADD, .value = rest};
    if (is_about_members(fold, operation->path)) {
        return fold_members(fold, operation);
    }
    if (operation->path != NULL || !json_is_object(operation->value)) {
        *left = *operation;
        return TRUE;
    }
    if (!resource_check_id(operation->value, fold->group->id, &fold->call->fault)) {
        return FALSE;
    }
    left->verb = operation->verb;
    json_object_foreach(operation->value, name, value)
    {
        if (!fold_key(fold, operation->verb, name, value, rest)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean fold_all(const struct fold *fold, const struct patch *patch,
                         struct patch_operation *left, json_t *rests)
{
    for (size_t i = 0; i < patch->count; i++) {
        json_t *rest = json_object();
        json_array_append_new(rests, rest);
        if (!fold_operation(fold, &patch->operations[i], &left[i], rest)) {
            return fault_prefix(&fold->call->fault, "operation %zu: ", i + 1);
        }
    }
    return TRUE;
}

/* Everything but the members is the business of patch_apply.h. */
static gboolean apply_rest(const struct fold *fold, const struct patch *rest)
{
    struct call *call = fold->call;
    json_auto_t *before = group_codec_print(call->base, fold->group, NULL);
    fold->folded->named =
        patch_apply(&schema_tables_group, before, rest, &call->tolerances, NULL, &call->fault);
    return fold->folded->named != NULL;
}

static void write_draft(struct group_patch *folded)
{
    struct group_draft *draft = &folded->draft;
    for (guint i = 0; i < folded->order->len; i++) {
        const char *person = folded->order->pdata[i];
        const struct fate *fate = g_hash_table_lookup(folded->fates, person);
        const struct member_push push = {.person = person, .display = fate->display};
        if (fate->comes) {
            g_array_append_val(folded->added, push);
        } else if (!draft->replace_members) {
            g_array_append_val(folded->removed, person);
        }
    }
    draft->display_name = text_of(folded->named, "displayName");
    draft->external_id = text_of(folded->named, "externalId");
    draft->has_external_id = TRUE;
    draft->remove = (const char *const *)(void *)folded->removed->data;
    draft->remove_count = folded->removed->len;
    draft->add = (const struct member_push *)(void *)folded->added->data;
    draft->add_count = folded->added->len;
}

gboolean group_patch_read(struct call *call, const struct pushed_group *group,
                          struct group_patch *folded)
{
    *folded = (struct group_patch){
        .fates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, fate_free),
        .order = g_ptr_array_new(),
        .removed = g_array_new(FALSE, FALSE, sizeof(const char *)),
        .added = g_array_new(FALSE, FALSE, sizeof(struct member_push))};
    const struct fold fold = {
        call, group, schema_find_core(&schema_tables_group, MEMBERS, strlen(MEMBERS)), folded};
    g_autoptr(Patch) patch = patch_parse(&schema_tables_group, call->body, call_limits(call),
                                         &call->tolerances, &call->fault);
    if (patch == NULL) {
        return FALSE;
    }
    g_autofree struct patch_operation *left = g_new0(struct patch_operation, patch->count + 1);
    json_auto_t *rests = json_array();
    const struct patch rest = {patch->message, left, patch->count};
    if (!fold_all(&fold, patch, left, rests) || !apply_rest(&fold, &rest)) {
        return FALSE;
    }
    write_draft(folded);
    return TRUE;
}

void group_patch_clear(struct group_patch *folded)
{
    json_decref(folded->named);
    g_hash_table_unref(folded->fates);
    g_ptr_array_unref(folded->order);
    g_array_unref(folded->removed);
    g_array_unref(folded->added);
}
