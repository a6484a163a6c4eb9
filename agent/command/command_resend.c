#include "agent/command/pending_act.h"
#include "agent/command/verbs.h"

int command_resend(int argc, char **argv)
{
    const struct pending_act resend = {.kind = ACT_INVITATION_RESEND, .word = "resent"};
    struct command_line line = {
        .verb = "resend",
        .description =
            "A new link with the whole lifetime again; the old link is dead. It is mailed, or\n"
            "printed where there is no mail in the config.\n"
            "Exit status: 0 all resent, 4 some, 1 none.",
    };
    return pending_act_run(&line, &resend, argc, argv);
}
