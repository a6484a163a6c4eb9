#include "agent/command/assembly_target.h"

#include "agent/command/own_endpoint.h"
#include "agent/target/scim_target.h"
#include "scim/protocol/outcome.h"

/* Who starts a sync by hand wants to hear at once that nothing answers: a schedule comes again. */
static const struct retry_policy patience = {.first_ms = 200,
                                             .cap_ms = 1000,
                                             .budget_ms = 8000,
                                             .attempts = 4};

const struct target_settings *
assembly_target_of(const Settings *settings, const struct organization_settings *organization)
{
    if (organization->target.url != NULL)
        return &organization->target;
    return settings->sync.target.url != NULL ? &settings->sync.target : NULL;
}

static struct target *foreign_target(const struct target_settings *place, GError **error)
{
    g_autoptr(Secret) token = secret_read(&place->token, error);
    if (token == NULL) {
        g_prefix_error(error, "target \"%s\": ", place->url);
        return NULL;
    }
    const struct scim_target_settings settings = {
        .http = {.url = place->url, .token = token->bytes, .ca_file = place->ca_file},
        .policy = &patience,
        .random = random_system(),
    };
    return scim_target_new(&settings, error);
}

static struct target *own_target(const Settings *settings, GError **error)
{
    g_autofree char *url = own_endpoint_url(settings, error);
    if (url == NULL)
        return NULL;
    g_autofree char *file = own_endpoint_token_file(settings);
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(
            error, OUTCOME, OUTCOME_RETRY,
            "there is no sync token \"%s\": start `rolecall serve` with this config first",
            file);
        return NULL;
    }
    const struct secret_place place = {.file = file};
    g_autoptr(Secret) token = secret_read(&place, error);
    if (token == NULL)
        return NULL;
    const struct scim_target_settings target = {
        .http = {.url = url, .token = token->bytes, .insecure = settings->endpoint.insecure},
        .by_organization = TRUE,
        .policy = &patience,
        .random = random_system(),
    };
    return scim_target_new(&target, error);
}

struct target *assembly_target_new(const Settings *settings,
                                   const struct target_settings *place, GError **error)
{
    return place == NULL ? own_target(settings, error) : foreign_target(place, error);
}
