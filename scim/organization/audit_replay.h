/*
 * The trail of one organization played back: what there should be in the tables, and is it so?
 *
 *   AuditReplay *replay = audit_replay_new("acme", &report);
 *   ... audit_replay_take() for every record in order ...
 *   ok = audit_replay_compare(replay, session, &error);
 *   audit_replay_free(replay);
 */
#pragma once

#include <jansson.h>

#include "scim/organization/audit_report.h"
#include "scim/store/store.h"

typedef struct audit_replay AuditReplay;

/* `report` is borrowed: everything that does not fit goes there. */
AuditReplay *audit_replay_new(const char *organization, struct audit_report *report);
void audit_replay_free(AuditReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditReplay, audit_replay_free)

/* One record. What it says stood before must be what the records before it left. */
void audit_replay_take(AuditReplay *replay, gint64 seq, const json_t *record);

/* The tables as they are stored now. FALSE: the store failed. */
gboolean audit_replay_compare(AuditReplay *replay, StoreSession *session, GError **error);
