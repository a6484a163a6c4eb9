/*
 * Random mails whose names, roles and dates are as nasty as anybody could make them, with what a
 * reader must find in them.
 */
#pragma once

#include <glib.h>

#include "scim/mail/mail_message.h"

struct mail_case {
    struct mail_message message; /* what follows, borrowed */
    struct mail_sender from;
    char *to, *id, *token, *organization, *inviter, *inviter_address;
    GPtrArray *roles;
    char *subject, *plain, *html; /* expected */
};

struct mail_case mail_case_make(GRand *random);
void mail_case_clear(struct mail_case *made);

/* Names to break things with: line ends, delimiters, encoded words, HTML, text of all directions.
 * The caller frees. */
char *mail_case_name(GRand *random);
