/*
 * The verbs that act on the store itself: opened by its owner, written through the judge, as
 * `operator:<login>` with an owner's rights.
 *
 *   struct operator_access access = {0};
 *   if (!operator_access_open(&access, settings, &error)) ...
 *   if (!operator_access_judge(&access, &actor, &act, &verdict, &error)) ... error->message ...
 *   operator_access_close(&access);
 */
#pragma once

#include "agent/command/command_line.h"
#include "agent/command/judging.h"
#include "agent/settings/settings.h"
#include "scim/organization/judge.h"
#include "scim/organization/person_facts.h"

/* Where the operator's acts come from, for the audit. */
#define OPERATOR_ACCESS_SOURCE "local"

struct operator_access {
    const Settings *settings; /* borrowed */
    Store *store;
    StoreSession *session;
    struct judging judging; /* behind `judge` */
    struct judge judge;
    char *label;        /* "operator:anna" */
    const char *reason; /* why, in the operator's words, for the audit; NULL: not said */
    int status;         /* of the verb whose work is done: 0 unless the work says otherwise */
};

/* OUTCOME_SETTINGS when the store belongs to another user or its audit key is gone. The struct stays
 * where it is until it is closed; safe to close after a failure. */
gboolean operator_access_open(struct operator_access *access, const Settings *settings,
                              GError **error);
void operator_access_close(struct operator_access *access);

/* The organization that is meant: the one named, or the only one there is. OUTCOME_REFUSED when
 * there is none of that name, or none was named and there are several. The caller frees. */
char *operator_access_organization(struct operator_access *access, const char *wanted,
                                   GError **error);

/* The operator in that organization; borrows both. */
struct actor operator_access_actor(const struct operator_access *access,
                                   const char *organization);

/* As judge_write(), but a verdict that is not good is an error too, in the judge's words
 * (OUTCOME_REFUSED); the verdict is to be cleared either way. */
gboolean operator_access_judge(struct operator_access *access, const struct actor *actor,
                               const struct act *act, struct verdict *verdict, GError **error);

/* The person with this address or userName (ASCII-case-blind). OUTCOME_REFUSED: nobody. The caller
 * frees. */
PersonFacts *operator_access_find(struct operator_access *access, const char *organization,
                                  const char *name, GError **error);

/* What a verb does on the open store. */
typedef gboolean (*operator_work)(struct operator_access *access, void *context,
                                  GError **error);

/* A verb from its config to its exit status: reads the config, opens the store, does the work,
 * closes, and tells what failed. `reason` as in the struct. */
int operator_access_run(const struct command_line *line, const char *reason, operator_work work,
                        void *context);

/* Tells the error as command_line_fail() does and gives its exit status: 78 for a store that cannot
 * be used, else 1. */
int operator_access_fail(const struct command_line *line, const GError *error);
