/*
 * The part of settings_check.h that concerns the service: where it listens and stores, what it
 * mails, where its audit trail is kept.
 */
#pragma once

#include "agent/settings/settings_complaint.h"

void settings_check_service(const struct settings_complaint *check);
