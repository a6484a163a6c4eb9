/*
 * The side that is written to: an endpoint, as the sync sees it.
 *
 * Implemented in agent/target over SCIM, and by test doubles; made by agent/command. One target
 * is used by one thread and may serve several organizations.
 */
#pragma once

#include <glib.h>

#include "agent/sync/actual.h"
#include "agent/sync/plan.h"
#include "scim/protocol/refusal.h"

/* How a write ended. There is no fourth end, and "uncertain" is never guessed away. */
enum target_end {
    TARGET_DONE,      /* the endpoint confirmed it, and its answer shows the effect */
    TARGET_NOT_DONE,  /* it certainly did not happen: see refusal, else the error's code */
    TARGET_UNCERTAIN, /* it may have happened: look_back() before anything else */
};

/* What reading back says of a write that ended uncertain. */
enum target_past {
    TARGET_HAPPENED,
    TARGET_DID_NOT,
    TARGET_CANNOT_TELL, /* the endpoint could not be read, or shows neither state */
};

/* A step with what only the run knows. Everything is borrowed for the call. */
struct target_write {
    const struct plan_step *step;
    const char *person; /* whom to write: step->person, or the id that an earlier invite gave */
    const char *base;   /* If-Match; NULL: without (invite, stand-in) */
    const char *key;    /* idempotency key: the same for the same write */
    const char *run;    /* id of this run, for Rolecall-Run */
};

/* What a write gave. Zeroed by the caller, filled by the target, cleared by
 * target_result_clear(). */
struct target_result {
    char *person;  /* id of the person written to or made; NULL if the write removed them */
    char *version; /* their version afterwards, for the next If-Match; NULL if not known (a
                      stand-in changes a project: the owner's version is then read again) */
    struct refusal refusal; /* NOT_DONE by a rule: its rule is not REFUSAL_NONE */
};

struct target {
    /* Reads the whole state of one organization, sealed and yours to free, or NULL and why not.
     * The Users list's ETag was the same on the first and last page and again at the end; a
     * total that does not match what came is no state (N11). Errors: RETRY (does not answer:
     * exit 69), CONFLICT (changed while it was read, more often than the target cared to
     * retry), DENIED (token refused), BAD_INPUT (an answer that makes no sense), REFUSED (no
     * such organization). */
    Actual *(*read)(struct target *target, const char *organization, GError **error);

    /* Carries one step out, speaking for step->origin, with If-Match: base. Retries by itself
     * only what certainly did not happen (429, connection refused). NOT_DONE sets either
     * result->refusal (the machine form of a 403) or the error: CONFLICT for a base that moved
     * (412, or 404 of somebody who is gone), RETRY for an endpoint that does not answer, DENIED
     * for the token, REFUSED for a uniqueness conflict (409), BAD_INPUT for any other no.
     * UNCERTAIN sets the error. */
    enum target_end (*carry_out)(struct target *target, const struct target_write *write,
                                 struct target_result *result, GError **error);

    /* After UNCERTAIN, in the same run or the next: reads the person (an invite: by origin and
     * externalId) and compares with what the step would have made. HAPPENED fills `result` as
     * DONE does. CANNOT_TELL sets the error. */
    enum target_past (*look_back)(struct target *target, const struct target_write *write,
                                  struct target_result *result, GError **error);

    /* Deletes a marker; one that is gone already counts as deleted. */
    gboolean (*clear_marker)(struct target *target, const char *organization,
                             const char *marker, GError **error);

    /* The present version of a person whose record one of our own earlier writes changed on the
     * way (plan_step.touches). The caller frees. */
    char *(*read_version)(struct target *target, const char *organization, const char *person,
                          GError **error);

    void (*free)(struct target *target);
};

/* Frees what is in it and leaves it zeroed; safe on a zeroed struct. */
void target_result_clear(struct target_result *result);
