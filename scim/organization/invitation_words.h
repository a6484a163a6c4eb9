/*
 * What an invitation says to who gets it, on the page and in the mail: where to, from whom, to which
 * roles. As it stands when it is read.
 *
 *   struct invitation_words words;
 *   ok = invitation_words_read(session, "acme", person, invited_by, &words, &error);
 *   ...
 *   invitation_words_clear(&words);
 *
 * All names are harmless (harmless_name.h), and still to be escaped.
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"
#include "scim/store/store.h"

struct invitation_words {
    char *organization;    /* its display name, else its name */
    char *inviter;         /* display name of the person who invited; NULL: none known */
    char *inviter_address; /* NULL: no person invited, or one who is gone */
    const char *service; /* "the company directory": who else invited. Static; NULL: nobody that
                              can be named */
    GPtrArray *roles; /* char *: of the organization, then of projects; NULL: no such person */
};

/* `invited_by` is the label of the invitation; NULL: not known. FALSE: the store failed, nothing is
 * to be cleared. */
gboolean invitation_words_read(StoreSession *session, const char *organization,
                               const char *person, const char *invited_by,
                               struct invitation_words *words, GError **error);

/* Safe on a zeroed struct. */
void invitation_words_clear(struct invitation_words *words);

/* "member of the organization". Static. */
const char *invitation_words_organization_role(enum organization_role role);

/* "read-write in Search". The caller frees. */
char *invitation_words_project_role(enum project_role role, const char *project);
