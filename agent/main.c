#include <stddef.h>

#include "agent/command/command.h"
#include "agent/command/verbs.h"

static const struct command commands[] = {
    {"serve", "run the endpoint, its mailer and the schedule", command_serve},
    {"plan", "show what a sync would change", command_plan},
    {"apply", "carry out a saved plan", command_apply},
    {"sync", "plan and apply, for cron", command_sync},
    {"explain", "why someone has, or has not, each role", command_explain},
    {"check", "config and rules, offline, with the rule tests", command_check},
    {"status", "last runs, seats, waiting, held", command_status},
    {"invite", "invite people by hand", command_invite},
    {"resend", "send an invitation again, with a new link", command_resend},
    {"revoke", "take an invitation back", command_revoke},
    {"role", "change a role, or lift what was changed by hand", command_role},
    {"remove", "remove people", command_remove},
    {"members", "who is in an organization, or was on a day", command_members},
    {"leave", "leave an organization or a project, for a person", command_leave},
    {"organization", "create, list or show organizations", command_organization},
    {"project", "create or list projects", command_project},
    {"token", "create, rotate, revoke or list tokens; end a rehearsal", command_token},
    {"link", "move people from one origin to another, or list links", command_link},
    {"audit", "verify or export the audit trail", command_audit},
    {NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
    return command_dispatch(commands, argc, argv);
}
