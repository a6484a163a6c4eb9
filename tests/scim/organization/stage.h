/*
 * A small organization to try the judge on: "acme" in a store in memory, with a clock and a random
 * source that the test owns.
 *
 *   struct stage *stage = stage_open(100);
 *   stage_invite(stage, "bob@example.com", ORGANIZATION_ROLE_MEMBER, NULL);
 *
 * Dana (dana@example.com) is owner and admin of the projects "search" and "ads"; Vera
 * (vera@example.com) is a protected owner. Everything that fails on the way fails the test.
 */
#pragma once

#include <glib.h>

#include "scim/organization/change.h"
#include "scim/organization/judge.h"
#include "scim/organization/person_facts.h"

struct stage_trail;

struct stage {
    Store *store;
    StoreSession *session; /* the judge's */
    gint64 now;
    guint64 seed;
    struct clock clock;
    struct random_source random;
    struct judge judge;
    char *dana, *vera;      /* ids */
    struct verdict verdict; /* of the last act */
    struct stage_trail *trail;
};

extern const struct audit_key stage_audit_key;

#define STAGE_START ((gint64)1800000000)
#define STAGE_HOUR  ((gint64)3600)

/* `seats` is the cap. */
struct stage *stage_open(gint64 seats);

/* The same on a store file. */
struct stage *stage_open_at(const char *uri, gint64 seats);

/* Checks the invariants once more, then closes. */
void stage_close(struct stage *stage);

/* Does an act and keeps its verdict; what the verdict is is the caller's to check. The invariants
 * and the audit trail are checked after it (stage_trail.h). */
enum verdict_kind stage_do(struct stage *stage, const struct actor *actor,
                           const struct act *act);

/* Fails the test unless the last verdict is that refusal. */
void stage_assert_refused(const struct stage *stage, enum refusal_rule rule);

/* A change of acme in the making, for tests of what the judge is made of: begun in a transaction of
 * its own; given up together with the stage. */
void stage_begin(struct stage *stage, struct change *change, const struct actor *actor);
void stage_give_up(struct stage *stage, struct change *change);

/* Actors of acme. */
struct actor stage_person(const char *id);
struct actor stage_operator(void);
struct actor stage_sync(const char *origin);
struct actor stage_provider(const char *origin);

/* The same with its connection: a provider's, at the cap "refuse" or "wait". Borrows the origin,
 * "scim:" and the name. */
struct actor stage_connect(struct stage *stage, const char *origin, gboolean rehearsal,
                           const char *at_cap);

/* A pending person by the operator: the id (the caller frees). `project` may be NULL, else they
 * are its read-write. The token is in stage->verdict. */
char *stage_invite(struct stage *stage, const char *address, enum organization_role role,
                   const char *project);

/* The same, accepted. */
char *stage_member(struct stage *stage, const char *address, enum organization_role role);

/* A person of a sync or provider with externalId "x-" and the local part; accepted if wanted. */
char *stage_linked(struct stage *stage, const struct actor *service, const char *address,
                   enum organization_role role, gboolean accept);

/* The same as a member, not accepted. */
char *stage_push(struct stage *stage, const struct actor *service, const char *address);

/* The actor removes the person and wants that done. */
void stage_remove(struct stage *stage, const struct actor *actor, const char *id);

/* Accepts the invitation whose token the last verdict holds. */
void stage_accept(struct stage *stage);

PersonFacts *stage_facts(struct stage *stage, const char *id);
enum person_status stage_status(struct stage *stage, const char *id);

/* Sets a project role by the operator and wants that done; NONE takes it. */
void stage_set_project_role(struct stage *stage, const char *person, const char *project,
                            enum project_role role);

/* The id of a project; the caller frees. */
char *stage_project(struct stage *stage, const char *name);

gint64 stage_seats_used(struct stage *stage);

/* How many rows there are of a table, with a condition or without: "owed WHERE deed = 'role'". */
gint64 stage_count(struct stage *stage, const char *rows);

/* A draft of the person as `actor` sees them now; valid while `facts` live. `grants` holds at least
 * as many entries as there are projects. */
struct person_draft stage_draft(const PersonFacts *facts, const struct actor *actor,
                                struct project_grant *grants);

/* What an edit changes of the person as the actor sees them; of what is 0 nothing is said. */
struct stage_edit {
    const char *user_name, *address, *external_id, *profile;
    int active; /* 0: as it is, 1: on, -1: off */
    gboolean suspends;
    enum organization_role role;
    const char *project;
    enum project_role project_role; /* with project; NONE takes it */
};

/* Reads the person as the actor sees them and edits that. */
enum verdict_kind stage_edit(struct stage *stage, const struct actor *actor, const char *id,
                             const struct stage_edit *edit);
