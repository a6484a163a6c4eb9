#include "agent/command/pending_act.h"

#include "agent/command/people_act.h"
#include "scim/protocol/outcome.h"

static gboolean do_one(struct operator_access *access, const char *organization,
                       const char *address, void *context, struct invitation_result *result,
                       GError **error)
{
    const struct pending_act *pending = context;
    g_autoptr(PersonFacts) facts = operator_access_find(access, organization, address, error);
    if (facts == NULL)
        return FALSE;
    if (facts->invitation == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_REFUSED, "there is no open invitation: they are %s",
                    person_status_name(facts->status));
        return FALSE;
    }
    const struct act act = {.kind = pending->kind, .id = facts->invitation};
    struct verdict verdict = {0};
    const gboolean done = people_act_judge(access, organization, &act, &verdict, result, error);
    verdict_clear(&verdict);
    result->status = pending->word;
    return done;
}

int pending_act_run(struct command_line *line, const struct pending_act *pending, int argc,
                    char **argv)
{
    char *organization = NULL;
    char *reason = NULL;
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &organization,
         "In which one, where there are several", "NAME"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why, for the audit trail", "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct pending_act copy = *pending;
    line->words_help = "ADDRESS...";
    line->entries = entries;
    line->prints = TRUE;
    line->least = 1;
    line->most = G_MAXUINT;
    int status = 0;
    if (command_line_parse(line, argc, argv, &status)) {
        const struct people_act act = {
            .line = line,
            .list = "invitations",
            .organization = organization,
            .reason = reason,
            .makes_links = pending->kind == ACT_INVITATION_RESEND,
            .one = do_one,
            .context = &copy,
        };
        status = people_act_run(&act);
    }
    command_line_clear(line);
    line->entries = NULL;
    g_free(organization);
    g_free(reason);
    return status;
}
