#include "scim/organization/invitation_words.h"

#include <string.h>

#include "scim/organization/actor.h"
#include "scim/organization/harmless_name.h"
#include "scim/protocol/address.h"
#include "scim/protocol/origin.h"

const char *invitation_words_organization_role(enum organization_role role)
{
    switch (role) {
    case ORGANIZATION_ROLE_OWNER:
        return "owner of the organization";
    case ORGANIZATION_ROLE_BILLING_ADMIN:
        return "billing admin of the organization";
    case ORGANIZATION_ROLE_MEMBER:
        return "member of the organization";
    case ORGANIZATION_ROLE_NONE:
        break;
    }
    return "no role in the organization";
}

char *invitation_words_project_role(enum project_role role, const char *project)
{
    g_autofree char *name = harmless_name_shown(project);
    return g_strdup_printf("%s in %s", project_role_name(role), name);
}

/* The display name; the short name where there is none. */
static const char *pick_name(const char *display_name, const char *name)
{
    return display_name != NULL && display_name[0] != '\0' ? display_name : name;
}

static gboolean read_organization(StoreSession *session, const char *organization,
                                  struct invitation_words *words, GError **error)
{
    struct store_rows *rows =
        store_query(session, "SELECT display_name FROM organization WHERE name = ?",
                    STORE_BIND(store_text(organization)), TRUE);
    const char *display_name = store_next(rows) ? store_text_at(rows, 0) : NULL;
    words->organization = harmless_name_shown(pick_name(display_name, organization));
    return store_end(rows, error);
}

/* A service is not called by its name, which says nothing to who is invited. */
static const char *name_service(const char *label)
{
    static const struct {
        const char *prefix, *words;
    } services[] = {
        {ORIGIN_DIRECTORY, "the company directory"},
        {ACTOR_LABEL_OPERATOR, "an administrator"},
        {ACTOR_LABEL_TOKEN, "a service of the organization"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(services); i++)
        if (g_str_has_prefix(label, services[i].prefix))
            return services[i].words;
    return NULL;
}

/* Shown as it is only if it could be mailed: then it is no link. */
static char *print_address(const char *address)
{
    return address_is_usable(address, strlen(address), NULL) ? g_strdup(address)
                                                             : harmless_name_clean(address);
}

static gboolean read_inviter(StoreSession *session, const char *organization,
                             const char *invited_by, struct invitation_words *words,
                             GError **error)
{
    if (invited_by == NULL)
        return TRUE;
    if (!g_str_has_prefix(invited_by, ACTOR_LABEL_PERSON)) {
        words->service = name_service(invited_by);
        return TRUE;
    }
    struct store_rows *rows =
        store_query(session,
                    "SELECT display_name, COALESCE(address, user_name) FROM person"
                    " WHERE organization = ? AND id = ?",
                    STORE_BIND(store_text(organization),
                               store_text(invited_by + strlen(ACTOR_LABEL_PERSON))),
                    TRUE);
    if (store_next(rows)) {
        const char *name = store_text_at(rows, 0);
        words->inviter = name != NULL ? harmless_name_clean(name) : NULL;
        words->inviter_address = print_address(store_text_at(rows, 1));
    }
    return store_end(rows, error);
}

static gboolean read_organization_role(StoreSession *session, const char *organization,
                                       const char *person, struct invitation_words *words,
                                       GError **error)
{
    struct store_rows *rows =
        store_query(session, "SELECT role FROM person WHERE organization = ? AND id = ?",
                    STORE_BIND(store_text(organization), store_text(person)), TRUE);
    if (store_next(rows)) {
        enum organization_role role = (enum organization_role)store_int_at(rows, 0);
        words->roles = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(words->roles, g_strdup(invitation_words_organization_role(role)));
    }
    return store_end(rows, error);
}

static gboolean read_project_roles(StoreSession *session, const char *organization,
                                   const char *person, struct invitation_words *words,
                                   GError **error)
{
    if (words->roles == NULL)
        return TRUE;
    struct store_rows *rows =
        store_query(session,
                    "SELECT r.role, p.display_name, p.name FROM person_project r JOIN project p"
                    " ON p.organization = r.organization AND p.name = r.project"
                    " WHERE r.organization = ? AND r.person = ? ORDER BY r.project",
                    STORE_BIND(store_text(organization), store_text(person)), TRUE);
    while (store_next(rows)) {
        const char *name = pick_name(store_text_at(rows, 1), store_text_at(rows, 2));
        g_ptr_array_add(words->roles, invitation_words_project_role(
                                          (enum project_role)store_int_at(rows, 0), name));
    }
    return store_end(rows, error);
}

gboolean invitation_words_read(StoreSession *session, const char *organization,
                               const char *person, const char *invited_by,
                               struct invitation_words *words, GError **error)
{
    *words = (struct invitation_words){0};
    if (read_organization(session, organization, words, error) &&
        read_inviter(session, organization, invited_by, words, error) &&
        read_organization_role(session, organization, person, words, error) &&
        read_project_roles(session, organization, person, words, error))
        return TRUE;
    invitation_words_clear(words);
    return FALSE;
}

void invitation_words_clear(struct invitation_words *words)
{
    g_free(words->organization);
    g_free(words->inviter);
    g_free(words->inviter_address);
    g_clear_pointer(&words->roles, g_ptr_array_unref);
    *words = (struct invitation_words){0};
}
