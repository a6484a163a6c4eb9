#include "agent/command/pending_act.h"

#include "agent/command/invitation_results.h"
#include "agent/command/operator_access.h"
#include "agent/command/own_endpoint.h"
#include "scim/protocol/outcome.h"

static gboolean do_one(struct operator_access *access, const char *organization,
                       const struct pending_act *pending, const char *address, char **link,
                       GError **error)
{
    g_autoptr(PersonFacts) facts = operator_access_find(access, organization, address, error);
    if (facts == NULL)
        return FALSE;
    if (facts->invitation == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_REFUSED, "there is no open invitation: they are %s",
                    person_status_name(facts->status));
        return FALSE;
    }
    const struct act act = {.kind = pending->kind, .id = facts->invitation};
    const struct actor actor = operator_access_actor(access, organization);
    struct verdict verdict = {0};
    gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    if (done && verdict.token != NULL) {
        *link = own_endpoint_link(access->settings, verdict.token, error);
        done = *link != NULL;
    }
    verdict_clear(&verdict);
    return done;
}

static int do_all(const struct command_line *line, const struct pending_act *pending,
                  const char *wanted)
{
    int status = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Settings) settings = command_line_settings(line, FALSE, &status);
    if (settings == NULL)
        return status;
    struct operator_access access = {NULL};
    g_autofree char *organization = NULL;
    g_autofree char *url = own_endpoint_public_url(settings, &error);
    /* a link that cannot be told must not be made */
    if (url != NULL && operator_access_open(&access, settings, &error))
        organization = operator_access_organization(&access, wanted, &error);
    if (organization == NULL) {
        operator_access_close(&access);
        return operator_access_fail(line, error);
    }
    g_autoptr(InvitationResults) results = invitation_results_new(organization);
    for (char **address = line->words; *address != NULL; address++) {
        g_autoptr(GError) refusal = NULL;
        g_autofree char *link = NULL;
        if (do_one(&access, organization, pending, *address, &link, &refusal))
            invitation_results_add(results, *address, pending->word, link);
        else
            invitation_results_refuse(results, *address, refusal->message);
    }
    operator_access_close(&access);
    return invitation_results_show(results, line->json);
}

int pending_act_run(struct command_line *line, const struct pending_act *pending, int argc,
                    char **argv)
{
    char *organization = NULL;
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &organization,
         "In which one, where there are several", "NAME"},
        G_OPTION_ENTRY_NULL,
    };
    line->words_help = "ADDRESS...";
    line->entries = entries;
    line->prints = TRUE;
    line->least = 1;
    line->most = G_MAXUINT;
    int status = 0;
    if (command_line_parse(line, argc, argv, &status))
        status = do_all(line, pending, organization);
    command_line_clear(line);
    line->entries = NULL;
    g_free(organization);
    return status;
}
