/*
 * What became of each address that was given to a verb: invite, resend, revoke, role, remove.
 *
 *   g_autoptr(InvitationResults) results = invitation_results_new("acme", "invitations");
 *   invitation_results_add(results, "a@example.com", &(struct invitation_result){"invited"});
 *   invitation_results_refuse(results, "b@example.com", "all 100 seats are taken");
 *   return invitation_results_show(results, json);
 */
#pragma once

#include <glib.h>

struct invitation_result {
    const char *status; /* a word for what was done: "invited" */
    char *link;         /* that was made, or NULL; owned by whoever made it */
    gboolean is_mailed; /* the link is in a mail instead */
    char *roles;        /* what they have from now on, or NULL; owned likewise */
};

/* Frees link and roles. */
void invitation_result_clear(struct invitation_result *result);

typedef struct invitation_results InvitationResults;

/* `list` is what the addresses are called in JSON. Static. */
InvitationResults *invitation_results_new(const char *organization, const char *list);
void invitation_results_free(InvitationResults *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InvitationResults, invitation_results_free)

/* It was done. Copied. */
void invitation_results_add(InvitationResults *results, const char *address,
                            const struct invitation_result *result);

/* It was not, and why. */
void invitation_results_refuse(InvitationResults *results, const char *address,
                               const char *why);

/* Prints { organization, <list>: [ { email, status, link?, mailed?, roles?, detail? } ] }, or lines.
 * Gives the exit status: 0 all done, 1 none, 4 some. */
int invitation_results_show(const InvitationResults *results, gboolean json);
