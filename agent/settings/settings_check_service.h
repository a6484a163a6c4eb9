/*
 * The part of settings_check.h that concerns the service: where it listens and stores, what it
 * mails, where its audit trail is kept.
 */
#pragma once

#include "agent/settings/settings_complaint.h"

void settings_check_service(const struct settings_complaint *check);

/* Does the URL name a host that is reachable from this machine only? */
gboolean settings_check_url_is_loopback(const char *url);
