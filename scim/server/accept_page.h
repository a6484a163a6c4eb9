/*
 * The texts of the accept page, as whole HTML documents: no inline script, no inline style,
 * nothing from elsewhere, every value escaped.
 */
#pragma once

#include <glib.h>

/* What a person is asked to accept. */
struct accept_page_offer {
    const char *organization; /* display name */
    const char *inviter;      /* NULL: not known */
    const char *address;
    GPtrArray *roles; /* char *: "Member", "search: read-write" */
    gint64 expires_at;
    const char *token;
};

/* With the field for the code, which the script fills in from the link. The caller frees; so in
 * all of these. */
char *accept_page_start(void);

/* The offer and its two buttons. */
char *accept_page_question(const struct accept_page_offer *offer);

char *accept_page_accepted(const char *organization);
char *accept_page_declined(const char *organization);

/* One and the same for every token that opens nothing. */
char *accept_page_dead(void);

/* A rule says no; `detail` says which. */
char *accept_page_refused(const char *detail);

/* What the pages load from our own path. Static. */
const char *accept_page_script(void);
const char *accept_page_style(void);
