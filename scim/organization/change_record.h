/*
 * What an act says for the audit trail. People are recorded by settle() from what stood before and
 * after; everything else that an act changes it records here itself.
 *
 *   change_record(change, AUDIT_LIFT, "marker:4711", json_pack(...), NULL);
 *
 * The records are written by attempt() after the act, in its transaction: they are given up with it.
 */
#pragma once

#include <jansson.h>

#include "scim/organization/audit.h"
#include "scim/organization/change.h"

/* Something else than a person is not as it was: `object` is its kind and id. Takes both states;
 * NULL: it did not exist, exists no more. The organization goes one version up, and the act is DONE
 * whatever else it does. */
void change_record(struct change *change, enum audit_action action, const char *object,
                   json_t *before, json_t *after);

/* The same of a pushed group: before and after hold what differs. The organization keeps its version
 * (pushed groups have one of their own), so that whoever reads its people is not disturbed. */
void change_record_group(struct change *change, enum audit_action action, const char *id,
                         json_t *before, json_t *after);

/* A person differs: settle()'s alone. The action follows from both states (audit_deed.h). */
void change_record_person(struct change *change, const struct touched *touched);

/* Appends what was recorded to the chain of the organization. OUTCOME_INTERNAL where a verdict DONE
 * has no record, or another one has: no record, no change (I8). */
gboolean change_record_write(struct change *change, GError **error);
