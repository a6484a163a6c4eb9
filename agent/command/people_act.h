/*
 * One act for each of several addresses: what invite, resend, revoke, role and remove share.
 *
 *   const struct people_act act = {.line = &line, .list = "people", .one = remove_one, ...};
 *   return people_act_run(&act);
 */
#pragma once

#include "agent/command/command_line.h"
#include "agent/command/invitation_results.h"
#include "agent/command/operator_access.h"

struct people_act {
    const struct command_line *line; /* its words are the addresses */
    const char *list;                /* what they are called in JSON; static */
    const char *organization;        /* as given; NULL: the only one */
    const char *reason;              /* for the audit, or NULL */
    gboolean makes_links; /* it may make a link: where none could be told, it is not begun */
    /* Does it for one of them. FALSE: it was refused, the next one's turn. */
    gboolean (*one)(struct operator_access *access, const char *organization,
                    const char *address, void *context, struct invitation_result *result,
                    GError **error);
    void *context;
};

/* Reads the config, opens the store, does all of it in the order given and shows the results. Who
 * is named twice is done once. */
int people_act_run(const struct people_act *act);

/* Judges the act as the operator. `result` gets the link that was made, or that it is mailed. */
gboolean people_act_judge(struct operator_access *access, const char *organization,
                          const struct act *act, struct verdict *verdict,
                          struct invitation_result *result, GError **error);
