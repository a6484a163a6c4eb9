#include "agent/command/command_line.h"
#include "agent/command/operator_access.h"
#include "agent/command/terminal.h"
#include "agent/command/verbs.h"

struct leave_options {
    char *organization, *person, *project, *reason;
};

struct leaving {
    const struct command_line *line;
    struct leave_options options;
};

/* The person leaves by themselves: no owner's rights, and their only ownership stays theirs. */
static gboolean leave(struct operator_access *access, const struct leave_options *options,
                      GError **error)
{
    g_autofree char *organization =
        operator_access_organization(access, options->organization, error);
    if (organization == NULL)
        return FALSE;
    g_autoptr(PersonFacts) facts =
        operator_access_find(access, organization, options->person, error);
    if (facts == NULL)
        return FALSE;
    const struct actor actor = {.kind = ACTOR_PERSON,
                                .organization = organization,
                                .person = facts->id,
                                .label = access->label,
                                .source = OPERATOR_ACCESS_SOURCE,
                                .reason = access->reason};
    const struct act act = {.kind = options->project == NULL ? ACT_LEAVE_ORGANIZATION
                                                             : ACT_LEAVE_PROJECT,
                            .name = options->project};
    struct verdict verdict = {0};
    const gboolean done = operator_access_judge(access, &actor, &act, &verdict, error);
    verdict_clear(&verdict);
    return done;
}

static gboolean leave_and_tell(struct operator_access *access, void *context, GError **error)
{
    const struct leaving *leaving = context;
    const struct leave_options *options = &leaving->options;
    if (!leave(access, options, error))
        return FALSE;
    if (leaving->line->json) {
        terminal_json(json_pack("{s:s, s:s}", "person", options->person, "status", "left"));
        return TRUE;
    }
    g_autofree char *text =
        g_strdup_printf("%s left %s\n", options->person,
                        options->project == NULL ? "the organization" : options->project);
    terminal_print(text);
    return TRUE;
}

int command_leave(int argc, char **argv)
{
    struct leaving leaving = {NULL};
    struct leave_options *options = &leaving.options;
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options->organization,
         "Which one, where there are several", "NAME"},
        {"person", 0, 0, G_OPTION_ARG_STRING, &options->person, "Who leaves", "ADDRESS"},
        {"project", 0, 0, G_OPTION_ARG_STRING, &options->project, "Only this project", "NAME"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options->reason, "Why, for the audit trail",
         "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "leave",
        .description =
            "As if the person had left by themselves: the only owner and a project's only\n"
            "admin cannot.",
        .entries = entries,
        .prints = TRUE,
    };
    int status = 0;
    leaving.line = &line;
    if (command_line_parse(&line, argc, argv, &status))
        status = options->person == NULL
                     ? command_line_usage(&line, "it needs --person")
                     : operator_access_run(&line, options->reason, leave_and_tell, &leaving);
    command_line_clear(&line);
    g_free(options->organization);
    g_free(options->person);
    g_free(options->project);
    g_free(options->reason);
    return status;
}
