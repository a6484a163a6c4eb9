#include "agent/command/people_act.h"
#include "agent/command/verbs.h"

static gboolean remove_one(struct operator_access *access, const char *organization,
                           const char *address, void *context, struct invitation_result *result,
                           GError **error)
{
    (void)context;
    g_autoptr(PersonFacts) facts = operator_access_find(access, organization, address, error);
    if (facts == NULL)
        return FALSE;
    const struct act act = {.kind = ACT_PERSON_REMOVE, .id = facts->id};
    struct verdict verdict = {0};
    const gboolean done = people_act_judge(access, organization, &act, &verdict, result, error);
    verdict_clear(&verdict);
    result->status = "removed";
    return done;
}

int command_remove(int argc, char **argv)
{
    char *organization = NULL;
    char *reason = NULL;
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &organization,
         "From which one, where there are several", "NAME"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why, for the audit trail", "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "remove",
        .words_help = "ADDRESS...",
        .description =
            "They lose the organization and everything in it at once, their tokens too. No\n"
            "sync invites them again until they are invited by hand. The only owner and a\n"
            "project's only admin cannot be removed.\n"
            "Exit status: 0 all removed, 4 some, 1 none.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = G_MAXUINT,
    };
    int status = 0;
    if (command_line_parse(&line, argc, argv, &status)) {
        const struct people_act act = {
            .line = &line,
            .list = "people",
            .organization = organization,
            .reason = reason,
            .one = remove_one,
        };
        status = people_act_run(&act);
    }
    command_line_clear(&line);
    g_free(organization);
    g_free(reason);
    return status;
}
