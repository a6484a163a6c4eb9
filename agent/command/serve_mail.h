/*
 * The mailer of serve: on a session of its own, woken by the endpoint's commits and every other
 * second for what verbs put into the outbox.
 *
 *   ServeMail *mail = serve_mail_new(log, context);
 *   ... options.committed = serve_mail_wake; options.committed_context = mail; endpoint_start() ...
 *   if (!serve_mail_start(mail, settings, endpoint_url(endpoint), &error)) ...
 *   ... endpoint_stop() ...
 *   serve_mail_free(mail);
 */
#pragma once

#include "agent/settings/settings.h"

typedef struct serve_mail ServeMail;

/* Sends nothing yet. `log` is called on other threads. */
ServeMail *serve_mail_new(void (*log)(void *context, GLogLevelFlags level, const char *line),
                          void *context);

/* Starts to send as the settings say; where mail is not configured, nothing is sent. Called again,
 * it goes over to other settings: when they cannot be used, the mailer before goes on. Settings and
 * url live as long as it sends by them. Errors: SETTINGS (mail), those of the store. */
gboolean serve_mail_start(ServeMail *mail, const Settings *settings, const char *url,
                          GError **error);

/* For endpoint_options.committed. */
void serve_mail_wake(void *mail);

/* Ends after the hand-over under way. NULL is fine. */
void serve_mail_free(ServeMail *mail);

/* Could mail be sent with these settings, as far as can be told without a connection? The sender is
 * one, the password can be read. OUTCOME_SETTINGS. TRUE where mail is not configured. */
gboolean serve_mail_check(const Settings *settings, GError **error);
