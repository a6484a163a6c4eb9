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
#include "agent/settings/settings.h"
#include "scim/organization/judge.h"
#include "scim/organization/person_facts.h"

struct operator_access {
    const Settings *settings; /* borrowed */
    Store *store;
    StoreSession *session;
    struct judge judge;
    char *label; /* "operator:anna" */
};

/* OUTCOME_SETTINGS when the store belongs to another user. Safe to close after a failure. */
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

/* Tells the error as command_line_fail() does and gives its exit status: 78 for a store that cannot
 * be used, else 1. */
int operator_access_fail(const struct command_line *line, const GError *error);
