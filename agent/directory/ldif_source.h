/*
 * An LDIF file (RFC 2849) as a struct source: a directory's export, read whole.
 *
 *   struct source *source = ldif_source_new(options, clock_system(), NULL, &error);
 *
 * libldap's reader follows `include:` and `attribute:< url`, so the file is read into memory
 * and both, and change records, are refused before that reader sees a byte. Complete means: a
 * final newline, the same size, time and inode before and after, not empty, at least half the
 * entries of the last accepted read (options->last_accepted; source->entries() says what to
 * remember as that). look_up() answers from the last read.
 */
#pragma once

#include "agent/directory/directory_options.h"
#include "agent/sync/source.h"
#include "scim/protocol/clock.h"

/* Files beyond this are refused: an export of a million people is about 800 MB. */
#define LDIF_SOURCE_MAX_BYTES (4LL * 1024 * 1024 * 1024)

/* As ldap_source_new(), for options->ldif. The kind is as set, else active-directory where
 * entries carry objectGUID, else rfc2307bis. NULL: OUTCOME_SETTINGS. */
struct source *ldif_source_new(const DirectoryOptions *options, const struct clock *clock,
                               const struct source_observer *observer, GError **error);
