#include "agent/command/assembly_place.h"

#include "agent/command/own_endpoint.h"
#include "scim/protocol/outcome.h"

/* Who starts a sync by hand wants to hear at once that nothing answers: a schedule comes again. */
const struct retry_policy assembly_place_patience = {.first_ms = 200,
                                                     .cap_ms = 1000,
                                                     .budget_ms = 8000,
                                                     .attempts = 4};

const struct target_settings *
assembly_place_of(const Settings *settings, const struct organization_settings *organization)
{
    if (organization->target.url != NULL)
        return &organization->target;
    return settings->sync.target.url != NULL ? &settings->sync.target : NULL;
}

static gboolean find_foreign(const struct target_settings *target, struct assembly_place *place,
                             GError **error)
{
    place->token = secret_read(&target->token, error);
    if (place->token == NULL) {
        g_prefix_error(error, "target \"%s\": ", target->url);
        return FALSE;
    }
    place->url = g_strdup(target->url);
    place->http.ca_file = target->ca_file;
    return TRUE;
}

static gboolean find_own(const Settings *settings, struct assembly_place *place, GError **error)
{
    g_autofree char *file = own_endpoint_token_file(settings);
    const struct secret_place secret = {.file = file};
    place->url = own_endpoint_url(settings, error);
    if (place->url == NULL)
        return FALSE;
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        g_set_error(
            error, OUTCOME, OUTCOME_RETRY,
            "there is no sync token \"%s\": start `rolecall serve` with this config first",
            file);
        return FALSE;
    }
    place->token = secret_read(&secret, error);
    place->http.insecure = settings->endpoint.insecure;
    place->by_organization = TRUE;
    return place->token != NULL;
}

gboolean assembly_place_find(const Settings *settings, const struct target_settings *target,
                             struct assembly_place *place, GError **error)
{
    *place = (struct assembly_place){.by_organization = FALSE};
    gboolean found =
        target != NULL ? find_foreign(target, place, error) : find_own(settings, place, error);
    if (!found) {
        assembly_place_clear(place);
        return FALSE;
    }
    place->http.url = place->url;
    place->http.token = place->token->bytes;
    return TRUE;
}

void assembly_place_clear(struct assembly_place *place)
{
    secret_free(place->token);
    g_free(place->url);
    *place = (struct assembly_place){.by_organization = FALSE};
}
