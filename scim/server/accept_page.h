/*
 * The texts of the accept page, as whole HTML documents: no inline script, no inline style, nothing
 * from elsewhere, every value escaped, every name cut and made harmless to read (R44, R58).
 *
 *   g_autofree char *page = accept_page_dead(sends_mail);
 *
 * They read as they stand without style and work without script, by keyboard, on a narrow screen,
 * light and dark. What a page loads and posts to is named relative to its own place, /invitation,
 * so that it works behind any prefix.
 */
#pragma once

#include <glib.h>

/* What a person is asked to accept. */
struct accept_page_offer {
    const char *organization; /* display name */
    const char *inviter;      /* in words; NULL: nobody in particular */
    const char *address;
    const GPtrArray *roles; /* char *, in words: "read-write in Search" */
    gint64 now, expires_at;
    const char *token;
};

/* With the field for the code, which the script fills in from the link. The caller frees; so in
 * all of these. */
char *accept_page_start(gboolean sends_mail);

/* The offer and its two buttons. The caller wipes it: the token is in it. */
char *accept_page_question(const struct accept_page_offer *offer);

char *accept_page_accepted(const char *organization);
char *accept_page_declined(const char *organization);

/* One and the same for every token that opens nothing: with a form to ask for a new invitation
 * where mail is sent, else it says whom to ask. */
char *accept_page_dead(gboolean sends_mail);

/* At /invitation/again: the form to ask, and the one answer to whoever asked, whatever address. */
char *accept_page_ask(gboolean sends_mail);
char *accept_page_asked(gboolean sends_mail);

/* A rule says no; `detail` says which. */
char *accept_page_refused(const char *detail);

/* Another site's page sent the answer. */
char *accept_page_foreign(void);

/* Nothing happened, and trying again helps. */
char *accept_page_busy(void);

/* What the pages load from our own path. Static. */
const char *accept_page_script(void);
const char *accept_page_style(void);
