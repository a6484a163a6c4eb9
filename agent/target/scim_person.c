#include "agent/target/scim_person.h"

#include <string.h>

#include "agent/target/scim_field.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

static gboolean refuse(const char *why, GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "%s", why);
    return FALSE;
}

const char *scim_person_version(const json_t *resource, GError **error)
{
    json_t *meta = NULL;
    const char *version = NULL;
    if (!scim_field_object(resource, "meta", &meta, error) ||
        !scim_field_key(meta, "version", &version, error)) {
        return NULL;
    }
    for (const char *p = version; *p != '\0'; p++) {
        if (!g_ascii_isgraph(*p)) {
            refuse("\"version\" cannot stand in a header", error);
            return NULL;
        }
    }
    return version;
}

/* The mailing address as the sync writes it: the work address, else the primary, else the
 * first. */
static gboolean read_mail(const json_t *user, const char **mail, GError **error)
{
    json_t *list = NULL;
    const json_t *entry;
    size_t at;
    int best = 0;
    *mail = NULL;
    if (!scim_field_objects(user, "emails", &list, error)) {
        return FALSE;
    }
    json_array_foreach(list, at, entry)
    {
        const char *value = NULL;
        const char *type = NULL;
        gboolean primary = FALSE;
        if (!scim_field_text(entry, "value", &value, error) ||
            !scim_field_text(entry, "type", &type, error) ||
            !scim_field_boolean(entry, "primary", &primary, error)) {
            return FALSE;
        }
        int rank = g_strcmp0(type, "work") == 0 ? 3 : primary ? 2 : 1;
        if (value != NULL && rank > best) {
            best = rank;
            *mail = value;
        }
    }
    return TRUE;
}

/* Labels are copied into `labels`, whose texts the profile borrows. */
static gboolean read_labels(const json_t *object, enum profile_field first,
                            enum profile_field last, struct profile *profile, GPtrArray *labels,
                            GError **error)
{
    for (guint i = first; i <= last; i++) {
        char *label = NULL;
        if (!scim_field_label(object, profile_field_key((enum profile_field)i), &label,
                              error)) {
            return FALSE;
        }
        if (label != NULL) {
            g_ptr_array_add(labels, label);
        }
        profile->field[i] = label;
    }
    return TRUE;
}

static gboolean read_profile(const json_t *user, struct profile *profile, GPtrArray *labels,
                             GError **error)
{
    json_t *name = NULL;
    json_t *enterprise = NULL;
    return scim_field_key(user, "userName", &profile->field[PROFILE_USER_NAME], error) &&
           read_mail(user, &profile->field[PROFILE_MAIL], error) &&
           scim_field_object(user, "name", &name, error) &&
           scim_field_object(user, SCIM_URN_ENTERPRISE, &enterprise, error) &&
           read_labels(user, PROFILE_DISPLAY_NAME, PROFILE_DISPLAY_NAME, profile, labels,
                       error) &&
           read_labels(name, PROFILE_GIVEN_NAME, PROFILE_FAMILY_NAME, profile, labels, error) &&
           read_labels(user, PROFILE_TITLE, PROFILE_TITLE, profile, labels, error) &&
           read_labels(enterprise, PROFILE_EMPLOYEE_NUMBER, PROFILE_DEPARTMENT, profile, labels,
                       error);
}

static gboolean read_invitation(const json_t *membership, struct actual_person *person,
                                GError **error)
{
    json_t *invitation = NULL;
    const char *expires = NULL;
    if (!scim_field_object(membership, "invitation", &invitation, error)) {
        return FALSE;
    }
    if (invitation == NULL) {
        return TRUE;
    }
    if (!scim_field_key(invitation, "value", &person->invitation, error) ||
        !scim_field_key(invitation, "expiresAt", &expires, error)) {
        return FALSE;
    }
    return clock_parse(expires, &person->invitation_expires) ||
           refuse("\"expiresAt\" is not a dateTime", error);
}

static gboolean read_status(const json_t *membership, struct actual_person *person,
                            GPtrArray *labels, GError **error)
{
    const char *status = NULL;
    const char *joined = NULL;
    char *reason = NULL;
    if (!scim_field_key(membership, "status", &status, error) ||
        !scim_field_text(membership, "joinedAt", &joined, error) ||
        !scim_field_boolean(membership, "protected", &person->is_protected, error) ||
        !read_invitation(membership, person, error) ||
        !scim_field_label(membership, "statusReason", &reason, error)) {
        return FALSE;
    }
    if (reason != NULL) {
        g_ptr_array_add(labels, reason);
    }
    person->status_reason = reason != NULL ? reason : "";
    person->joined = joined != NULL;
    return actual_status_parse(status, &person->status) ||
           refuse("\"status\" is none that we know", error);
}

/* One role of a list in which no scope may come twice. */
static gboolean take_role(const char *text, gboolean allow_none, GHashTable *scopes,
                          struct scim_field_role *role, GError **error)
{
    if (!scim_field_role(text, allow_none, role, error)) {
        return FALSE;
    }
    if (!g_hash_table_add(scopes, g_strdup(role->project))) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "\"%s\" is a second role in one scope",
                    text);
        return FALSE;
    }
    return TRUE;
}

static GHashTable *new_scopes(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static gboolean read_effective_role(const json_t *user, enum organization_role *role,
                                    GError **error)
{
    json_t *list = NULL;
    const json_t *entry;
    size_t at;
    if (!scim_field_objects(user, "roles", &list, error)) {
        return FALSE;
    }
    json_array_foreach(list, at, entry)
    {
        const char *type = NULL;
        const char *value = NULL;
        if (!scim_field_text(entry, "type", &type, error)) {
            return FALSE;
        }
        if (g_strcmp0(type, "organization") != 0) {
            continue;
        }
        if (*role != ORGANIZATION_ROLE_NONE) {
            return refuse("\"roles\" has two organization roles", error);
        }
        if (!scim_field_key(entry, "value", &value, error)) {
            return FALSE;
        }
        if (!organization_role_parse(value, role)) {
            return refuse("\"roles\" has an organization role that we do not know", error);
        }
    }
    return TRUE;
}

static gboolean add_project_roles(Actual *actual, const json_t *user, GError **error)
{
    g_autoptr(GHashTable) scopes = new_scopes();
    const json_t *entry;
    size_t at;
    json_array_foreach(json_object_get(user, "roles"), at, entry)
    {
        const char *type = json_string_value(json_object_get(entry, "type"));
        const char *value = NULL;
        struct scim_field_role role;
        if (g_strcmp0(type, "project") != 0) {
            continue;
        }
        if (!scim_field_key(entry, "value", &value, error) ||
            !take_role(value, FALSE, scopes, &role, error)) {
            return FALSE;
        }
        if (role.project[0] == '\0') {
            return refuse("\"roles\" has a project role without a project", error);
        }
        actual_add_role(actual, role.project, role.in_project);
    }
    return TRUE;
}

static gboolean add_link(Actual *actual, const json_t *link, GError **error)
{
    g_autoptr(GHashTable) scopes = new_scopes();
    g_autoptr(GArray) roles = g_array_new(FALSE, TRUE, sizeof(struct scim_field_role));
    enum organization_role organization = ORGANIZATION_ROLE_NONE;
    const char *origin = NULL;
    const char *external_id = NULL;
    gboolean active = TRUE;
    gboolean attached = FALSE;
    json_t *list = NULL;
    const json_t *text;
    size_t at;
    if (!scim_field_key(link, "value", &origin, error) ||
        !scim_field_text(link, "externalId", &external_id, error) ||
        !scim_field_boolean(link, "active", &active, error) ||
        !scim_field_boolean(link, "attached", &attached, error) ||
        !scim_field_texts(link, "roles", &list, error)) {
        return FALSE;
    }
    json_array_foreach(list, at, text)
    {
        struct scim_field_role role;
        if (!take_role(json_string_value(text), FALSE, scopes, &role, error)) {
            return FALSE;
        }
        if (role.project[0] == '\0') {
            organization = role.organization;
        } else {
            g_array_append_val(roles, role);
        }
    }
    actual_add_link(actual, origin, external_id != NULL ? external_id : "", active,
                    organization);
    if (attached) {
        actual_attach_link(actual);
    }
    for (guint i = 0; i < roles->len; i++) {
        const struct scim_field_role *role = &g_array_index(roles, struct scim_field_role, i);
        actual_add_link_role(actual, role->project, role->in_project);
    }
    return TRUE;
}

static gboolean add_links(Actual *actual, const json_t *membership, GError **error)
{
    json_t *list = NULL;
    const json_t *link;
    size_t at;
    if (!scim_field_objects(membership, "origins", &list, error)) {
        return FALSE;
    }
    if (json_array_size(list) == 0) {
        return refuse("\"origins\" is missing: may this token see them?", error);
    }
    json_array_foreach(list, at, link) if (!add_link(actual, link, error))
    {
        return FALSE;
    }
    return TRUE;
}

static gboolean add_overrides(Actual *actual, const json_t *membership, GError **error)
{
    g_autoptr(GHashTable) scopes = new_scopes();
    json_t *list = NULL;
    const json_t *entry;
    size_t at;
    if (!scim_field_objects(membership, "override", &list, error)) {
        return FALSE;
    }
    json_array_foreach(list, at, entry)
    {
        struct scim_field_role role;
        const char *value = NULL;
        if (!scim_field_key(entry, "value", &value, error) ||
            !take_role(value, TRUE, scopes, &role, error)) {
            return FALSE;
        }
        if (role.project[0] == '\0') {
            actual_set_override(actual, role.organization);
        } else {
            actual_add_override(actual, role.project, role.in_project);
        }
    }
    return TRUE;
}

static gboolean add_stand_ins(Actual *actual, const json_t *membership, GError **error)
{
    json_t *list = NULL;
    const json_t *text;
    size_t at;
    if (!scim_field_texts(membership, "standsIn", &list, error)) {
        return FALSE;
    }
    json_array_foreach(list, at, text)
    {
        if (!role_scope_name_is_valid(json_string_value(text))) {
            return refuse("\"standsIn\" names no project", error);
        }
        actual_add_stand_in(actual, json_string_value(text));
    }
    return TRUE;
}

/* As the endpoint says; and suspended although every link is active can only be an owner's doing. */
static gboolean is_suspended_by_owner(const json_t *membership, enum actual_status status)
{
    const json_t *link;
    size_t at;
    if (json_is_true(json_object_get(membership, "suspendedByOwner"))) {
        return TRUE;
    }
    json_array_foreach(json_object_get(membership, "origins"), at,
                       link) if (json_is_false(json_object_get(link, "active")))
    {
        return FALSE;
    }
    return status == ACTUAL_SUSPENDED;
}

static gboolean add_person(Actual *actual, const json_t *user, const char *id, GError **error)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    struct actual_person person = {.id = id};
    json_t *membership = NULL;

    person.version = scim_person_version(user, error);
    if (person.version == NULL || !read_profile(user, &person.profile, labels, error) ||
        !scim_field_object(user, SCIM_URN_MEMBERSHIP, &membership, error)) {
        return FALSE;
    }
    if (membership == NULL) {
        return refuse("the Membership extension is missing: is this a rolecall endpoint?",
                      error);
    }
    if (!read_status(membership, &person, labels, error) ||
        !read_effective_role(user, &person.role, error)) {
        return FALSE;
    }
    person.suspended_by_owner = is_suspended_by_owner(membership, person.status);
    actual_add_person(actual, &person);
    return add_project_roles(actual, user, error) && add_links(actual, membership, error) &&
           add_overrides(actual, membership, error) && add_stand_ins(actual, membership, error);
}

gboolean scim_person_add(Actual *actual, const json_t *user, GError **error)
{
    const char *id = NULL;
    if (!scim_field_key(user, "id", &id, error)) {
        g_prefix_error(error, "a person: ");
        return FALSE;
    }
    if (!add_person(actual, user, id, error)) {
        g_prefix_error(error, "person \"%s\": ", id);
        return FALSE;
    }
    return TRUE;
}
