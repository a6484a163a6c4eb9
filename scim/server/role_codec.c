#include "scim/server/role_codec.h"

#include <string.h>

#define TYPE_ORGANIZATION "organization"
#define TYPE_PROJECT      "project"

/* One entry, before it is known to be good. */
struct entry {
    gboolean is_project;
    enum organization_role organization_role;
    enum project_role project_role;
    char *project; /* owned */
};

char *role_codec_name(const char *project, enum project_role role)
{
    return g_strconcat(project, "/", project_role_name(role), NULL);
}

static json_t *print_organization(enum organization_role role)
{
    const char *display = role == ORGANIZATION_ROLE_OWNER           ? "Owner"
                          : role == ORGANIZATION_ROLE_BILLING_ADMIN ? "Billing admin"
                                                                    : "Member";
    return json_pack("{s:s, s:s, s:b, s:s}", "type", TYPE_ORGANIZATION, "value",
                     organization_role_name(role), "primary", 1, "display", display);
}

static json_t *print_project(const struct project_role_facts *facts)
{
    g_autofree char *value = role_codec_name(facts->project, facts->role);
    g_autofree char *display =
        g_strdup_printf("%s: %s", facts->project, project_role_name(facts->role));
    return json_pack("{s:s, s:s, s:s}", "type", TYPE_PROJECT, "value", value, "display",
                     display);
}

json_t *role_codec_print(enum organization_role role, const GArray *projects)
{
    json_t *roles = json_array();
    if (role != ORGANIZATION_ROLE_NONE) {
        json_array_append_new(roles, print_organization(role));
    }
    for (guint i = 0; projects != NULL && i < projects->len; i++) {
        const struct project_role_facts *facts =
            &g_array_index(projects, struct project_role_facts, i);
        if (facts->role != PROJECT_ROLE_NONE) {
            json_array_append_new(roles, print_project(facts));
        }
    }
    return roles;
}

static gboolean is_primary(const json_t *role)
{
    return json_is_true(json_object_get(role, "primary"));
}

void role_codec_add_unknown(json_t *roles, const char *unknown)
{
    json_t *kept = unknown != NULL ? json_loads(unknown, 0, NULL) : NULL;
    size_t i;
    json_t *each;
    json_array_foreach(kept, i, each)
    {
        /* `roles[primary eq "True"].value` is to find the one that was sent so. */
        for (size_t at = 0; is_primary(each) && at < json_array_size(roles); at++) {
            json_object_del(json_array_get(roles, at), "primary");
        }
        json_array_append(roles, each);
    }
    json_decref(kept);
}

json_t *role_codec_print_names(enum organization_role role, const GArray *projects)
{
    json_t *names = json_array();
    if (role != ORGANIZATION_ROLE_NONE) {
        json_array_append_new(names, json_string(organization_role_name(role)));
    }
    for (guint i = 0; projects != NULL && i < projects->len; i++) {
        const struct project_role_facts *facts =
            &g_array_index(projects, struct project_role_facts, i);
        g_autofree char *name = role_codec_name(facts->project, facts->role);
        json_array_append_new(names, json_string(name));
    }
    return names;
}

static gboolean read_project(const char *value, struct entry *entry)
{
    const char *slash = strchr(value, '/');
    if (slash == NULL || !project_role_parse(slash + 1, &entry->project_role)) {
        return FALSE;
    }
    entry->is_project = TRUE;
    entry->project = g_strndup(value, (gsize)(slash - value));
    return role_scope_name_is_valid(entry->project);
}

/* `type` decides where it is one of ours; some providers send one of their own, or none. */
static gboolean read_value(const char *type, const char *value, struct entry *entry)
{
    if (type != NULL && g_ascii_strcasecmp(type, TYPE_ORGANIZATION) == 0) {
        return organization_role_parse(value, &entry->organization_role);
    }
    if (type != NULL && g_ascii_strcasecmp(type, TYPE_PROJECT) == 0) {
        return read_project(value, entry);
    }
    return organization_role_parse(value, &entry->organization_role) ||
           read_project(value, entry);
}

/* {"id":...,"value":"owner","displayName":...} as text: one provider's way to send a role. */
static char *unwrap_text(const char *value, struct tolerance_use *use)
{
    if (*value != '{') {
        return g_strdup(value);
    }
    json_t *inner = json_loads(value, JSON_REJECT_DUPLICATES, NULL);
    const char *text = json_string_value(json_object_get(inner, "value"));
    char *unwrapped = g_strdup(text != NULL ? text : value);
    if (text != NULL) {
        tolerance_note(use, TOLERANCE_ROLE_TEXT);
    }
    json_decref(inner);
    return unwrapped;
}

static gboolean grant_organization(enum organization_role role, enum role_reading reading,
                                   struct role_grants *grants, struct fault *fault)
{
    if (reading == ROLE_READING_ONCE && grants->role != ORGANIZATION_ROLE_NONE &&
        grants->role != role) {
        return fault_set(fault, FAULT_INVALID_VALUE,
                         "a person has one organization role, 'roles' names two");
    }
    grants->role = role;
    return TRUE;
}

static gboolean grant_project(struct entry *entry, enum role_reading reading,
                              struct role_grants *grants, struct fault *fault)
{
    for (guint i = 0; i < grants->projects->len; i++) {
        struct project_grant *old = &g_array_index(grants->projects, struct project_grant, i);
        if (strcmp(old->project, entry->project) != 0) {
            continue;
        }
        if (reading == ROLE_READING_ONCE && old->role != entry->project_role) {
            return fault_set(fault, FAULT_INVALID_VALUE,
                             "a person has one role in a project, 'roles' names two in '%s'",
                             entry->project);
        }
        old->role = entry->project_role;
        return TRUE;
    }
    const struct project_grant added = {entry->project, entry->project_role};
    g_array_append_val(grants->projects, added);
    g_ptr_array_add(grants->names, g_steal_pointer(&entry->project));
    return TRUE;
}

static gboolean read_entry(const json_t *json, struct entry *entry, struct tolerance_use *use)
{
    const char *type = json_string_value(json_object_get(json, "type"));
    const char *value = json_string_value(json_object_get(json, "value"));
    if (value == NULL) {
        return FALSE;
    }
    g_autofree char *text = unwrap_text(value, use);
    return read_value(type, text, entry);
}

static gboolean holds(const json_t *array, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (json_equal(json_array_get(array, i), value)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A PATCH of `value` alone leaves the display that we gave the role before: nobody sent it. */
static gboolean has_our_display(const json_t *before, const json_t *role)
{
    const json_t *display = json_object_get(role, "display");
    const json_t *type = json_object_get(role, "type");
    for (size_t i = 0; display != NULL && i < json_array_size(before); i++) {
        const json_t *old = json_array_get(before, i);
        if (json_equal(json_object_get(old, "display"), display) &&
            json_equal(json_object_get(old, "type"), type) && !holds(before, role)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void keep_unknown(const struct role_source *source, const json_t *role,
                         struct role_grants *grants, struct tolerance_use *use)
{
    json_t *kept = json_deep_copy(role);
    if (has_our_display(source->before, role)) {
        json_object_del(kept, "display");
    }
    if (!holds(source->before, role)) {
        tolerance_note(use, TOLERANCE_UNKNOWN);
    }
    if (!holds(grants->unknown, kept)) {
        json_array_append(grants->unknown, kept);
    }
    json_decref(kept);
}

/* What an entry asks for. FALSE with a fault. */
static gboolean grant(const struct role_source *source, const json_t *role,
                      struct role_grants *grants, struct tolerance_use *use,
                      struct fault *fault)
{
    struct entry entry = {0};
    struct tolerance_use *counting = holds(source->before, role) ? NULL : use;
    gboolean good = read_entry(role, &entry, counting);
    if (good) {
        grants->given = TRUE;
        good = entry.is_project ? grant_project(&entry, source->reading, grants, fault)
                                : grant_organization(entry.organization_role, source->reading,
                                                     grants, fault);
    } else if (source->lenient) {
        keep_unknown(source, role, grants, use);
        good = TRUE;
    } else {
        fault_set(fault, FAULT_INVALID_VALUE,
                  "an entry of 'roles' is no role: owner, billing-admin or member with type "
                  "organization; <project>/admin, read-write or read-only with type project");
    }
    g_free(entry.project);
    return good;
}

gboolean role_codec_read(const struct role_source *source, struct role_grants *grants,
                         struct tolerance_use *use, struct fault *fault)
{
    *grants = (struct role_grants){.projects =
                                       g_array_new(FALSE, FALSE, sizeof(struct project_grant)),
                                   .names = g_ptr_array_new_with_free_func(g_free),
                                   .unknown = json_array()};
    size_t i;
    json_t *each;
    json_array_foreach(source->roles, i, each)
    {
        if (!grant(source, each, grants, use, fault)) {
            return FALSE;
        }
    }
    return TRUE;
}

void role_grants_clear(struct role_grants *grants)
{
    g_clear_pointer(&grants->projects, g_array_unref);
    g_clear_pointer(&grants->names, g_ptr_array_unref);
    json_decref(grants->unknown);
    grants->unknown = NULL;
}
