#include "agent/command/pending_act.h"
#include "agent/command/verbs.h"

int command_revoke(int argc, char **argv)
{
    const struct pending_act revoke = {.kind = ACT_INVITATION_REVOKE, .word = "revoked"};
    struct command_line line = {
        .verb = "revoke",
        .description =
            "The link is dead and the seat is free. A sync does not invite them again\n"
            "until they are invited by hand.\n"
            "Exit status: 0 all revoked, 4 some, 1 none.",
    };
    return pending_act_run(&line, &revoke, argc, argv);
}
