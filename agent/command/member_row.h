/*
 * A person as `rolecall members` shows them, live or from the audit trail.
 *
 *   json_t *row = member_row_new(state, now);      state: audit_person.h
 *   member_row_add(table, row);
 */
#pragma once

#include <jansson.h>

#include "agent/command/text_table.h"
#include "scim/organization/outbox.h"

/* { id, userName, status, role, projects: { project: role }, origins: [], protected, email?,
 *   displayName?, reason?, override?, overrides?, invitation?: { id, expiresAt, hoursLeft } },
 * hours counted at `now`. The caller's. */
json_t *member_row_new(const json_t *state, gint64 now);

/* What became of the mail: "delivery", as delivery_codec.h prints it. Nothing without a mail. */
void member_row_set_delivery(json_t *row, const struct outbox_delivery *delivery);

/* A table with its headings, and a row in it. */
TextTable *member_row_table(void);
void member_row_add(TextTable *table, const json_t *row);
