/*
 * Is the trail whole? Reads it with code of its own, in one snapshot of the store.
 *
 *   struct audit_report report;
 *   ok = audit_verify(session, NULL, &key, anchors_file, &report, &error);
 *   ... report.findings->len == 0: whole ...
 *   audit_report_clear(&report);
 *
 * Looks for: a record changed, missing, moved or swapped (the chain does not hold), the chain
 * shorter than an anchor, another record at an anchored place (a restored backup that went on), an
 * anchored organization without a chain, a broken or missing anchor, an anchors file that was cut or
 * begun anew; and people, projects, connections, tokens and limits that are not as the trail left
 * them (somebody wrote the tables by hand).
 *
 * What nobody can see from here: the tail of the chain and of the anchors file cut at the same place,
 * and the last anchors missing as after a crash. The first is why the anchors file belongs out of the
 * reach of whoever writes the database.
 */
#pragma once

#include <glib.h>

#include "scim/organization/audit_key.h"
#include "scim/organization/audit_report.h"
#include "scim/store/store.h"

/* `organization` NULL: all, and all that the anchors name. `anchors` NULL: the chain alone. A
 * session that writes keeps others from writing meanwhile: a reading one does not. FALSE: it could
 * not be looked at. */
gboolean audit_verify(StoreSession *session, const char *organization,
                      const struct audit_key *key, const char *anchors,
                      struct audit_report *report, GError **error);
