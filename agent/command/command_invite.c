#include <string.h>

#include "agent/command/command_line.h"
#include "agent/command/people_act.h"
#include "agent/command/verbs.h"
#include "scim/protocol/address.h"
#include "scim/protocol/outcome.h"

struct invite_options {
    char *organization, *role, *project, *project_role, *reason;
};

struct invite_roles {
    enum organization_role role;
    struct project_grant grant;
    gsize grants;
};

/* The words of the options as roles; FALSE after telling what is wrong. */
static gboolean read_roles(const struct command_line *line,
                           const struct invite_options *options, struct invite_roles *roles,
                           int *status)
{
    if (options->role != NULL && !organization_role_parse(options->role, &roles->role))
        *status = command_line_usage(line, "--role is owner, billing-admin or member");
    else if ((options->project == NULL) != (options->project_role == NULL))
        *status = command_line_usage(line, "--project and --project-role go together");
    else if (options->project != NULL &&
             !project_role_parse(options->project_role, &roles->grant.role))
        *status = command_line_usage(line, "--project-role is admin, read-write or read-only");
    else {
        roles->grant.project = options->project;
        roles->grants = options->project != NULL ? 1 : 0;
        return TRUE;
    }
    return FALSE;
}

static const char *word_of(const struct verdict *verdict)
{
    switch (verdict->event) {
    case VERDICT_EVENT_INVITED:
        return "invited";
    case VERDICT_EVENT_REISSUED:
        return "reissued";
    case VERDICT_EVENT_RESTORED:
        return "restored";
    case VERDICT_EVENT_GRANTED:
        return "granted";
    case VERDICT_EVENT_HELD:
        return "held";
    case VERDICT_EVENT_NONE:
    case VERDICT_EVENT_REMOVED:
    case VERDICT_EVENT_ACCEPTED:
    case VERDICT_EVENT_DECLINED:
        break;
    }
    return verdict->kind == VERDICT_UNCHANGED ? "unchanged" : "done";
}

static gboolean invite_one(struct operator_access *access, const char *organization,
                           const char *address, void *context, struct invitation_result *result,
                           GError **error)
{
    const struct invite_roles *roles = context;
    const struct person_draft draft = {
        .user_name = address,
        .address = address,
        .profile = "{}",
        .active = TRUE,
        .has_roles = TRUE,
        .role = roles->role,
        .projects = roles->grants > 0 ? &roles->grant : NULL,
        .project_count = roles->grants,
    };
    const struct act act = {.kind = ACT_INVITE, .draft = &draft};
    struct verdict verdict = {0};
    const char *why = NULL;
    if (!address_is_usable(address, strlen(address), &why)) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "the address %s", why);
        return FALSE;
    }
    const gboolean done = people_act_judge(access, organization, &act, &verdict, result, error);
    result->status = word_of(&verdict);
    verdict_clear(&verdict);
    return done;
}

static int invite_all(const struct command_line *line, const struct invite_options *options,
                      struct invite_roles *roles)
{
    const struct people_act act = {
        .line = line,
        .list = "invitations",
        .organization = options->organization,
        .reason = options->reason,
        .makes_links = TRUE,
        .one = invite_one,
        .context = roles,
    };
    return people_act_run(&act);
}

int command_invite(int argc, char **argv)
{
    struct invite_options options = {NULL};
    const GOptionEntry entries[] = {
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
         "To which one, where there are several", "NAME"},
        {"role", 0, 0, G_OPTION_ARG_STRING, &options.role,
         "owner, billing-admin or member (the default)", "ROLE"},
        {"project", 0, 0, G_OPTION_ARG_STRING, &options.project, "And to this project", "NAME"},
        {"project-role", 0, 0, G_OPTION_ARG_STRING, &options.project_role,
         "admin, read-write or read-only", "ROLE"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for the audit trail",
         "TEXT"},
        G_OPTION_ENTRY_NULL,
    };
    struct command_line line = {
        .verb = "invite",
        .words_help = "ADDRESS...",
        .description = "With mail in the config each invitation is mailed by serve. Without, "
                       "the link of each\n"
                       "is printed: pass it on, it opens the invitation once.\n"
                       "Exit status: 0 all invited, 4 some, 1 none.",
        .entries = entries,
        .prints = TRUE,
        .least = 1,
        .most = G_MAXUINT,
    };
    int status = 0;
    struct invite_roles roles = {ORGANIZATION_ROLE_NONE};
    if (command_line_parse(&line, argc, argv, &status) &&
        read_roles(&line, &options, &roles, &status))
        status = invite_all(&line, &options, &roles);
    command_line_clear(&line);
    g_free(options.organization);
    g_free(options.role);
    g_free(options.project);
    g_free(options.project_role);
    g_free(options.reason);
    return status;
}
