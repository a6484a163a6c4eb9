/*
 * tests/support/smtp_sink.py as a process of a C test: a real mail server with TLS and logins.
 *
 *   struct mail_sink *sink = mail_sink_start("starttls", CERTIFICATE_GOOD);
 *   mail_sink_set(sink, "{\"RCPT\": \"451 later\"}");
 *   ... sink->url, sink->ca_file ...
 *   mail_sink_stop(sink);
 *
 * It takes the login "console" with the password "right".
 */
#pragma once

#include <glib.h>

#include "tests/support/certificate_fixture.h"

#define MAIL_SINK_USER     "console"
#define MAIL_SINK_PASSWORD "right"

struct mail_sink {
    char *folder;
    char *url;                     /* smtps:// or smtp:// at 127.0.0.1 */
    char *ca_file, *other_ca_file; /* the second has signed nothing */
    GPid process;
};

/* `tls` is "none", "starttls" or "smtps". Fails the test if it does not start. */
struct mail_sink *mail_sink_start(const char *tls, enum certificate_fault fault);

/* The stages that do not do the usual, as smtp_sink.py has them. */
void mail_sink_set(struct mail_sink *sink, const char *mode);

/* The lines of mails.jsonl or commands.jsonl; the caller frees. */
char **mail_sink_lines(const struct mail_sink *sink, const char *name);

/* Removes the folder as well; NULL is fine. */
void mail_sink_stop(struct mail_sink *sink);
