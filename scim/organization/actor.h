/*
 * Who asks for a write: a person, a service with a token, the operator at the machine.
 *
 * Filled by token_authenticate() for what comes over HTTP, by actor_operator() and
 * actor_system() for the rest. An actor is bound to one organization before it writes (I7).
 */
#pragma once

#include <glib.h>

#include "scim/organization/role.h"

/* How labels begin; those of services are origins (origin.h) or a token's. */
#define ACTOR_LABEL_PERSON   "person:"   /* and the id */
#define ACTOR_LABEL_OPERATOR "operator:" /* and the login at the machine */
#define ACTOR_LABEL_TOKEN    "token:"    /* and the connection's name */

enum actor_kind {
    ACTOR_PERSON,     /* acts with the roles the person has at that moment */
    ACTOR_CONNECTION, /* a provider, scope people: its own links */
    ACTOR_SYNC,       /* scope sync: the links of the directory it names */
    ACTOR_ADMIN,      /* scope admin: an owner's rights */
    ACTOR_READER,     /* scope read: no write at all */
    ACTOR_OPERATOR,   /* a verb of the command line on the store itself: an owner's rights */
    ACTOR_SYSTEM,     /* the config at start: label "config"; and time */
};

struct actor {
    enum actor_kind kind;
    const char *organization; /* borrowed; the one in which it acts; never NULL for a write */
    const char *person;       /* ACTOR_PERSON: the person's id */
    const char *origin;       /* link: "scim:okta", "directory:corp"; NULL acts as "manual" */
    enum organization_role max_role; /* ACTOR_CONNECTION: the highest it may give */
    gboolean may_adopt;              /* may link to a person whom another origin made */
    gboolean attaches; /* ACTOR_SYNC: its links give roles and keep nobody in (pushed groups) */
    gboolean rehearses;    /* ACTOR_CONNECTION: nothing it writes has an effect yet */
    gboolean is_strict;    /* ACTOR_CONNECTION: met by the standard alone (tolerance.h) */
    gboolean waits_at_cap; /* ACTOR_CONNECTION: without a seat, wait for one */
    const char *label;     /* for invitedBy and the audit: "operator:anna" */
    /* For the audit alone; NULL: nothing to say. Borrowed. */
    const char *source;  /* where from: "192.0.2.7", "unix", "local" for a verb */
    const char *run;     /* a sync's run */
    const char *reason;  /* why: a sync's rule and group, an operator's words */
    const char *request; /* the id of the request, which is in the log too */
};

/* Writes for links of its own and nothing else: a provider or a sync. */
gboolean actor_is_service(const struct actor *actor);

/* Has an owner's rights without being a person. */
gboolean actor_is_administrator(const struct actor *actor);

/* The origin whose link this actor writes: "manual" for people, administrators and the system.
 */
const char *actor_origin(const struct actor *actor);

/* Borrow both texts: `label` is for example "operator:anna". */
struct actor actor_operator(const char *organization, const char *label);
struct actor actor_system(const char *organization);

/* What the clock does: label "time". */
struct actor actor_time(const char *organization);
