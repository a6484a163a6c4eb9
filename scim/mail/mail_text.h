/*
 * What an invitation says, before it is encoded: one wording as plain text and as HTML. Pure.
 */
#pragma once

#include <glib.h>

/* All names are clean (harmless_name.h). Borrowed. */
struct mail_text {
    const char *organization;
    const char *inviter;    /* "Dana Reed (dana@example.com)"; NULL: nobody in particular */
    const GPtrArray *roles; /* char * */
    const char *page;       /* "https://console.example.com/invitation" */
    const char *token;
    const char *expiry;   /* "Tuesday, 24 November 2026, 05:03 UTC" */
    const char *lifetime; /* "2 days" */
};

/* Lines end with LF. The caller wipes and frees: the token is in it. */
GString *mail_text_plain(const struct mail_text *text);
GString *mail_text_html(const struct mail_text *text);
