/*
 * May this userName, this address come into the organization: usable, in its domains, free?
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

enum intake_problem {
    INTAKE_FINE,
    INTAKE_UNUSABLE, /* no address that could be mailed */
    INTAKE_DOMAIN,   /* outside the organization's domains */
    INTAKE_TAKEN,    /* another person has it */
};

#define INTAKE_USER_NAME_MAX 254

/* `except`: the id of the person who may have it already, or NULL. FALSE only when the store
 * failed. */
gboolean intake_address(struct change *change, const char *address, const char *except,
                        enum intake_problem *problem, GError **error);

/* Why a provider's person is held, a sentence; NULL for INTAKE_FINE. */
const char *intake_hold(enum intake_problem problem);

/* The same problem as a verdict for everybody else: 409 or 400. TRUE for INTAKE_FINE. */
gboolean intake_judge(struct change *change, enum intake_problem problem, const char *address);

/* Present, short enough, free. Convention of change.h. */
gboolean intake_user_name(struct change *change, const char *user_name, const char *except,
                          GError **error);

/* Every project named must exist; a provider's unknown ones are passed over: *projects gets those
 * that count (struct project_grant, borrowed texts). Convention of change.h. */
gboolean intake_projects(struct change *change, const struct person_draft *draft,
                         GArray **projects, GError **error);
