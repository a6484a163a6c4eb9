/*
 * One act on the pending invitations of several addresses: what resend and revoke share.
 */
#pragma once

#include "agent/command/command_line.h"
#include "scim/organization/act.h"

struct pending_act {
    enum act_kind kind;
    const char *word; /* what was done: "resent" */
};

/* Parses, opens the store, does the act for each address and shows the results. `line` has the
 * verb and its description; the rest is set here. */
int pending_act_run(struct command_line *line, const struct pending_act *pending, int argc,
                    char **argv);
