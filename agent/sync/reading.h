/*
 * All directories of a run, read once: their snapshots, the rules answered on them, what they prove
 * of somebody who is missing, and which mapped groups were emptied since last time.
 *
 *   reading_new(), reading_take() for each directory, reading_finish(); then the rest.
 */
#pragma once

#include <glib.h>

#include "agent/sync/accepted.h"
#include "agent/sync/plan_input.h"
#include "agent/sync/source.h"
#include "mapping/mapper.h"
#include "mapping/profile_map.h"
#include "mapping/rules.h"

typedef struct reading Reading;

/* `extra` (NULL-terminated) and `seat_order` may be NULL. Everything is borrowed. */
Reading *reading_new(const Rules *rules, const char *seat_order, const char *const *extra);
void reading_free(Reading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reading, reading_free)

/* Reads one directory. FALSE: it gave no whole snapshot, or lacks a group that a rule names; its
 * people are then left alone. The source is borrowed. */
gboolean reading_take(Reading *reading, struct source *source, const ProfileMap *profile,
                      gboolean adopt, GError **error);

/* A directory that is not read in this run: its people are left alone, too. */
void reading_leave(Reading *reading, struct source *source, const ProfileMap *profile,
                   gboolean adopt);

/* How many seconds what a source says has to stand before it may take a role away (source.changed).
 * 0 without this call. */
void reading_settle(Reading *reading, gint64 seconds);

/* Answers the rules, and compares with what was accepted last (`accepted` may be NULL). SETTINGS
 * when the rules cannot be answered. */
gboolean reading_finish(Reading *reading, const Accepted *accepted, GError **error);

const Mapper *reading_mapper(const Reading *reading);

/* Entries read, over all directories. */
guint reading_entries(const Reading *reading);

/* Every directory, read or not, for plan_input. Borrowed. */
const struct plan_origin *reading_origins(const Reading *reading, guint *count);

/* For plan_input: `context` is the reading. */
gboolean reading_presence(void *context, const char *origin, const char *anchor,
                          enum source_presence *presence);
const char *reading_rule_text(void *context, guint32 rule);

/* One SHA-256 over all snapshots, as lower-case hexadecimal. The caller frees. */
char *reading_digest(const Reading *reading);

/* Writes into `accepted` what was read, but of no directory for which `is_doubted` says so (by
 * origin). */
void reading_accept(const Reading *reading, Accepted *accepted,
                    gboolean (*is_doubted)(void *context, const char *origin), void *context);
