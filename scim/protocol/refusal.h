/*
 * A write that a rule forbids: not an error, an answer.
 *
 * The organization floor fills one in; the server turns it into SCIM's 403 with the machine
 * form of design ("urn:rolecall:params:scim:api:messages:1.0:Refusal"), the client reads it
 * back, the planner makes a hold of it.
 */
#pragma once

#include <glib.h>

#define REFUSAL_URN "urn:rolecall:params:scim:api:messages:1.0:Refusal"

enum refusal_rule {
    REFUSAL_NONE, /* allowed */
    REFUSAL_SEAT_CAP,
    REFUSAL_LAST_OWNER,
    REFUSAL_LAST_PROJECT_ADMIN,
    REFUSAL_PERMISSION,
    REFUSAL_PROTECTED,
    REFUSAL_ORIGIN,
    REFUSAL_MAX_ROLE,
};

struct refusal {
    enum refusal_rule rule;
    gint64 limit;        /* seat-cap: the cap */
    gint64 used;         /* seat-cap: seats held before this write */
    GPtrArray *projects; /* last-project-admin: project names (char *, owned); NULL otherwise */
    char *detail;        /* one sentence for a person, owned */
};

/* The name on the wire, "seat-cap" ...; "none" for REFUSAL_NONE. */
const char *refusal_name(enum refusal_rule rule);
gboolean refusal_parse(const char *name, enum refusal_rule *rule);

/* Sets rule and sentence; a second refusal of the same write is ignored, the first one stands.
 */
void refusal_set(struct refusal *refusal, enum refusal_rule rule, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* Forgets what it holds; safe on a zeroed struct. */
void refusal_clear(struct refusal *refusal);
