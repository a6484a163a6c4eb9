/*
 * A directory behind LDAP as a struct source (agent/sync/source.h).
 *
 *   struct source *source = ldap_source_new(options, clock_system(), NULL, &error);
 *   Snapshot *snapshot = source->read(source, needs, &error);
 *   ...
 *   source->free(source);
 *
 * It connects at the first read() or look_up() and stays connected until it is freed; a session
 * that failed is opened anew by the next call.
 */
#pragma once

#include "agent/directory/directory_options.h"
#include "agent/sync/source.h"
#include "scim/protocol/clock.h"

/* Checks the options (directory_options_check()) and copies them. `clock` says whether accounts
 * have expired; it and `observer` (may be NULL) are borrowed for the life of the source. NULL:
 * OUTCOME_SETTINGS. */
struct source *ldap_source_new(const DirectoryOptions *options, const struct clock *clock,
                               const struct source_observer *observer, GError **error);
