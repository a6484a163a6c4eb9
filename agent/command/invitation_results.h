/*
 * What became of each address that was given to invite, resend or revoke.
 *
 *   g_autoptr(InvitationResults) results = invitation_results_new("acme");
 *   invitation_results_add(results, "a@example.com", "invited", link);
 *   invitation_results_refuse(results, "b@example.com", "all 100 seats are taken");
 *   return invitation_results_show(results, json);
 */
#pragma once

#include <glib.h>

typedef struct invitation_results InvitationResults;

InvitationResults *invitation_results_new(const char *organization);
void invitation_results_free(InvitationResults *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InvitationResults, invitation_results_free)

/* It was done: a word for what ("invited"), and the link that was made, or NULL. Copied. */
void invitation_results_add(InvitationResults *results, const char *address, const char *status,
                            const char *link);

/* It was not, and why. */
void invitation_results_refuse(InvitationResults *results, const char *address,
                               const char *why);

/* Prints { organization, invitations: [ { email, status, link?, detail? } ] }, or lines. Gives the
 * exit status: 0 all done, 1 none, 4 some. */
int invitation_results_show(const InvitationResults *results, gboolean json);
