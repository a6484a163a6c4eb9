#include "scim/organization/judge_organization.h"

#include <string.h>

#include "scim/organization/audit_state.h"
#include "scim/organization/change_record.h"
#include "scim/organization/effective.h"
#include "scim/organization/judge_person.h"
#include "scim/organization/judge_project.h"
#include "scim/organization/person.h"
#include "scim/organization/project.h"
#include "scim/protocol/address.h"

static const char *const no_names[] = {NULL};

static const char *const *list(const char *const *names)
{
    return names != NULL ? names : no_names;
}

static char **copy(const char *const *names)
{
    GStrvBuilder *builder = g_strv_builder_new();
    for (names = list(names); *names != NULL; names++)
        g_strv_builder_add(builder, *names);
    char **copied = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return copied;
}

static gboolean names_address(const char *const *names, const char *address)
{
    for (names = list(names); *names != NULL; names++)
        if (g_ascii_strcasecmp(*names, address) == 0)
            return TRUE;
    return FALSE;
}

static gboolean check_projects(struct change *change, const struct organization_draft *draft)
{
    for (gsize i = 0; i < draft->project_count; i++) {
        const struct project_draft *project = &draft->projects[i];
        if (project->name == NULL || !role_scope_name_is_valid(project->name))
            return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                                   "A project's name has 1 to 40 of a-z, 0-9 and hyphen.");
        for (const char *const *admin = list(project->admins); *admin != NULL; admin++)
            if (!names_address(draft->owners, *admin))
                return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                                       "\"%s\", named as admin of \"%s\", is not among the "
                                       "owners named.",
                                       *admin, project->name);
    }
    return TRUE;
}

static gboolean check(struct change *change, const struct organization_draft *draft)
{
    if (draft->name == NULL || !role_scope_name_is_valid(draft->name))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "An organization's name has 1 to 40 of a-z, 0-9 and hyphen.");
    if (*list(draft->owners) == NULL)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "An organization has at least one owner: name one.");
    if (draft->seats < 0 || draft->invitation_lifetime < 0)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "Seats and the lifetime of an invitation are positive.");
    for (const char *const *name = list(draft->protected); *name != NULL; name++)
        if (!names_address(draft->owners, *name))
            return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                                   "\"%s\", named as protected, is not among the owners named.",
                                   *name);
    return check_projects(change, draft);
}

static void record(struct change *change, enum audit_action action, const char *name,
                   json_t *before, json_t *after)
{
    g_autofree char *object = g_strconcat("organization:", name, NULL);
    change_record(change, action, object, before, after);
}

gboolean judge_organization_insert(struct change *change, const struct act *act, GError **error)
{
    const struct organization_draft *draft = act->organization;
    g_autoptr(Organization) present = NULL;
    if (!check(change, draft) ||
        !organization_read(change->session, draft->name, change->now, &present, error))
        return FALSE;
    if (present != NULL)
        return verdict_taken(change->verdict, "There is an organization \"%s\" already.",
                             draft->name);
    g_autoptr(Organization) row = g_new0(struct organization, 1);
    row->name = g_strdup(draft->name);
    row->display_name =
        g_strdup(draft->display_name != NULL ? draft->display_name : draft->name);
    row->seats = draft->seats != 0 ? draft->seats : ORGANIZATION_SEATS;
    row->invitation_lifetime = draft->invitation_lifetime != 0
                                   ? draft->invitation_lifetime
                                   : ORGANIZATION_INVITATION_LIFETIME;
    row->domains = copy(draft->domains);
    record(change, AUDIT_CREATE, row->name, NULL, audit_state_organization(row));
    return organization_insert(change->session, row, error);
}

static gboolean is_founder(struct change *change, const char *folded, gboolean *known,
                           GError **error)
{
    gint64 count = 0;
    gboolean ok = store_number(
        change->session,
        "SELECT COUNT(*) FROM founder WHERE organization = ? AND address_folded = ?",
        STORE_BIND(store_text(change->organization), store_text(folded)), 0, &count, error);
    *known = count > 0;
    return ok;
}

static gboolean find_named(struct change *change, const char *address, char **id,
                           GError **error)
{
    return person_find_by_address(change->session, change->organization, address, id, error) &&
           (*id != NULL || person_find_by_user_name(change->session, change->organization,
                                                    address, id, error));
}

/* An owner whom the config names is made once. Whoever left or was removed since stays away,
 * however long the config goes on naming them: a restart never lets a leaver in again. */
static gboolean ensure_owner(struct change *change, const char *address, GError **error)
{
    g_autofree char *id = NULL;
    g_autofree char *folded = address_fold(address);
    gboolean known;
    struct touched *touched;
    if (!address_is_usable(address, strlen(address), NULL))
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "\"%s\", named as owner, is not an address.", address);
    if (!is_founder(change, folded, &known, error))
        return FALSE;
    if (known)
        return TRUE;
    return find_named(change, address, &id, error) &&
           (id != NULL || judge_person_found(change, address, &touched, error)) &&
           store_run(change->session,
                     "INSERT INTO founder (organization, address_folded) VALUES (?, ?)",
                     STORE_BIND(store_text(change->organization), store_text(folded)), error);
}

static gboolean ensure_owners(struct change *change, const struct organization_draft *draft,
                              GError **error)
{
    for (const char *const *owner = list(draft->owners); *owner != NULL; owner++)
        if (!ensure_owner(change, *owner, error))
            return FALSE;
    return TRUE;
}

static gboolean protect(struct change *change, const char *id, gboolean is_protected,
                        GError **error)
{
    struct touched *touched;
    return change_touch(change, id, &touched, error) &&
           person_write_protected(change->session, change->organization, id, is_protected,
                                  error);
}

/* Everybody who is protected and not named any more, or named and not protected yet. */
static gboolean ensure_protected(struct change *change, const struct organization_draft *draft,
                                 GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    struct store_rows *rows = store_query(
        change->session,
        "SELECT id, COALESCE(address, user_name), protected FROM person"
        " WHERE organization = ? AND (protected = 1 OR role = 3 OR status <> 'held')",
        STORE_BIND(store_text(change->organization)), TRUE);
    while (store_next(rows)) {
        gboolean is_named = names_address(draft->protected, store_text_at(rows, 1));
        if (is_named == (store_int_at(rows, 2) != 0))
            continue;
        g_ptr_array_add(ids, g_strdup(store_text_at(rows, 0)));
        g_ptr_array_add(wanted, GINT_TO_POINTER(is_named));
    }
    if (!store_end(rows, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        if (!protect(change, ids->pdata[i], GPOINTER_TO_INT(wanted->pdata[i]), error))
            return FALSE;
    return TRUE;
}

/* Ids of the admins a new project begins with; the first owner named where the draft has none. */
static gboolean find_admins(struct change *change, const struct organization_draft *draft,
                            const struct project_draft *project, GPtrArray *ids, GError **error)
{
    const char *const first[] = {draft->owners[0], NULL};
    const char *const *admins = list(project->admins);
    for (admins = *admins == NULL ? first : admins; *admins != NULL; admins++) {
        g_autofree char *id = NULL;
        if (!find_named(change, *admins, &id, error))
            return FALSE;
        if (id != NULL)
            g_ptr_array_add(ids, g_steal_pointer(&id));
    }
    return TRUE;
}

static gboolean create_project(struct change *change, const struct organization_draft *draft,
                               const struct project_draft *project, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(struct member_grant));
    if (!find_admins(change, draft, project, ids, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++) {
        const struct member_grant member = {.person = ids->pdata[i],
                                            .role = PROJECT_ROLE_ADMIN};
        g_array_append_val(members, member);
    }
    const struct act act = {
        .name = project->name,
        .display_name = project->display_name,
        .members = (const struct member_grant *)(void *)members->data,
        .member_count = members->len,
    };
    return judge_project_found(change, &act, error);
}

static gboolean ensure_project(struct change *change, const struct organization_draft *draft,
                               const struct project_draft *wanted, GError **error)
{
    g_autoptr(Project) project = NULL;
    if (!project_read_by_name(change->session, change->organization, wanted->name, change->now,
                              &project, error))
        return FALSE;
    if (project == NULL)
        return create_project(change, draft, wanted, error);
    if (wanted->display_name == NULL ||
        strcmp(wanted->display_name, project->display_name) == 0)
        return TRUE;
    const struct act act = {.id = project->id, .display_name = wanted->display_name};
    return judge_project_edit(change, &act, error);
}

gboolean judge_organization_found(struct change *change, const struct act *act, GError **error)
{
    const struct organization_draft *draft = act->organization;
    const struct permission_target none = {0};
    if (!change_permit(change, PERMISSION_ADMINISTER, &none) ||
        !ensure_owners(change, draft, error) || !ensure_protected(change, draft, error))
        return FALSE;
    for (gsize i = 0; i < draft->project_count; i++)
        if (!ensure_project(change, draft, &draft->projects[i], error))
            return FALSE;
    g_free(change->verdict->id);
    change->verdict->id = g_strdup(change->organization);
    return TRUE;
}

static gboolean domains_differ(const Organization *home, const char *const *domains)
{
    return !g_strv_equal((const gchar *const *)home->domains, list(domains));
}

static gboolean update_home(struct change *change, const struct organization_draft *draft,
                            GError **error)
{
    Organization *home = change->home;
    const char *display_name =
        draft->display_name != NULL ? draft->display_name : home->display_name;
    gint64 seats = draft->seats != 0 ? draft->seats : home->seats;
    gint64 lifetime = draft->invitation_lifetime != 0 ? draft->invitation_lifetime
                                                      : home->invitation_lifetime;
    if (strcmp(display_name, home->display_name) == 0 && seats == home->seats &&
        lifetime == home->invitation_lifetime && !domains_differ(home, draft->domains))
        return TRUE;
    json_t *before = audit_state_organization(home);
    char *old_name = home->display_name;
    home->display_name = g_strdup(display_name);
    g_free(old_name);
    home->seats = seats;
    home->invitation_lifetime = lifetime;
    g_strfreev(home->domains);
    home->domains = copy(draft->domains);
    record(change, AUDIT_EDIT, home->name, before, audit_state_organization(home));
    return organization_write(change->session, home, error);
}

gboolean judge_organization_update(struct change *change, const struct act *act, GError **error)
{
    return check(change, act->organization) && update_home(change, act->organization, error) &&
           judge_organization_found(change, act, error);
}
