#include "agent/command/serve_organizations.h"

#include "agent/command/own_endpoint.h"
#include "agent/command/token_act.h"
#include "scim/organization/connection.h"

static GArray *projects_of(const struct organization_settings *organization)
{
    GArray *drafts = g_array_new(FALSE, TRUE, sizeof(struct project_draft));
    for (guint i = 0; i < organization->projects->len; i++) {
        const struct project_settings *project = g_ptr_array_index(organization->projects, i);
        const struct project_draft draft = {.name = project->name,
                                            .display_name = project->display_name,
                                            .admins = project->admins};
        g_array_append_val(drafts, draft);
    }
    return drafts;
}

static gboolean ensure(struct operator_access *access,
                       const struct organization_settings *organization, GError **error)
{
    g_autoptr(GArray) projects = projects_of(organization);
    const struct organization_draft draft = {
        .name = organization->name,
        .display_name = organization->display_name,
        .seats = organization->seats,
        .invitation_lifetime = organization->invitation_lifetime,
        .domains = organization->domains,
        .owners = organization->owners,
        .protected = organization->protected,
        .projects = (const struct project_draft *)(gpointer)projects->data,
        .project_count = projects->len,
    };
    const struct act act = {.kind = ACT_ORGANIZATION_ENSURE, .organization = &draft};
    const struct actor actor = actor_system(organization->name);
    struct verdict verdict = {0};
    const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    verdict_clear(&verdict);
    if (!done)
        g_prefix_error(error, "organization \"%s\": ", organization->name);
    return done;
}

gboolean serve_organizations_ensure(struct operator_access *access, GError **error)
{
    const Settings *settings = access->settings;
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct organization_settings *organization =
            g_ptr_array_index(settings->organizations, i);
        if (organization->target.url == NULL && !ensure(access, organization, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_there(struct operator_access *access, const char *organization,
                         const char *address, gboolean *there, GError **error)
{
    g_autofree char *id = NULL;
    const gboolean read =
        person_find_by_address(access->session, organization, address, &id, error) &&
        (id != NULL ||
         person_find_by_user_name(access->session, organization, address, &id, error));
    *there = id != NULL;
    return read;
}

static gboolean find_missing(struct operator_access *access,
                             const struct organization_settings *organization,
                             GPtrArray *sentences, GError **error)
{
    for (const char **owner = organization->owners; *owner != NULL; owner++) {
        gboolean there = FALSE;
        if (!is_there(access, organization->name, *owner, &there, error))
            return FALSE;
        if (!there)
            g_ptr_array_add(
                sentences,
                g_strdup_printf("%s:%u: organization \"%s\": \"%s\" is named as owner but is "
                                "not in the organization any more: invite them or take the "
                                "name out",
                                access->settings->file, settings_line(access->settings, *owner),
                                organization->name, *owner));
    }
    return TRUE;
}

gboolean serve_organizations_missing(struct operator_access *access, GPtrArray *sentences,
                                     GError **error)
{
    const Settings *settings = access->settings;
    for (guint i = 0; i < settings->organizations->len; i++) {
        const struct organization_settings *organization =
            g_ptr_array_index(settings->organizations, i);
        if (organization->target.url == NULL &&
            !find_missing(access, organization, sentences, error))
            return FALSE;
    }
    return TRUE;
}

/* Whoever was killed between making one token and revoking the other left two, and there may be no
 * third: the newest stays. */
static gboolean make_room(struct operator_access *access, GError **error)
{
    guint revoked = 0;
    g_autofree char *newest = NULL;
    return token_act_newest(access, NULL, SERVE_ORGANIZATIONS_CONNECTION, &newest, error) &&
           (newest == NULL || token_act_revoke(access, NULL, SERVE_ORGANIZATIONS_CONNECTION,
                                               newest, &revoked, error));
}

static char *make_token(struct operator_access *access, char **id, GError **error)
{
    g_autoptr(Connection) connection = NULL;
    if (!connection_find(access->session, NULL, SERVE_ORGANIZATIONS_CONNECTION, &connection,
                         error))
        return NULL;
    const struct connection_draft draft = {
        .name = SERVE_ORGANIZATIONS_CONNECTION, .everywhere = TRUE, .scope = "sync"};
    const struct act create = {.kind = ACT_CONNECTION_CREATE, .connection = &draft};
    const struct act rotate = {.kind = ACT_TOKEN_ROTATE,
                               .name = SERVE_ORGANIZATIONS_CONNECTION};
    const struct actor actor = actor_system(NULL);
    return token_act_make(access, &actor, connection == NULL ? &create : &rotate, id, error);
}

gboolean serve_organizations_renew_token(struct operator_access *access, GError **error)
{
    g_autofree char *file = own_endpoint_token_file(access->settings);
    g_autofree char *id = NULL;
    char *token = make_room(access, error) ? make_token(access, &id, error) : NULL;
    if (token == NULL)
        return FALSE;
    guint revoked = 0;
    const gboolean done =
        secret_write(file, token, error) &&
        token_act_revoke(access, NULL, SERVE_ORGANIZATIONS_CONNECTION, id, &revoked, error);
    token_act_forget(token);
    return done;
}
