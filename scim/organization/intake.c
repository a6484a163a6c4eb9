#include "scim/organization/intake.h"

#include <string.h>

#include "scim/organization/project.h"
#include "scim/protocol/address.h"

gboolean intake_address(struct change *change, const char *address, const char *except,
                        enum intake_problem *problem, GError **error)
{
    *problem = INTAKE_FINE;
    if (address == NULL || !address_is_usable(address, strlen(address), NULL)) {
        *problem = INTAKE_UNUSABLE;
        return TRUE;
    }
    if (!address_in_domains(address, (const char *const *)change->home->domains)) {
        *problem = INTAKE_DOMAIN;
        return TRUE;
    }
    g_autofree char *holder = NULL;
    if (!person_find_by_address(change->session, change->organization, address, &holder, error))
        return FALSE;
    if (holder != NULL && g_strcmp0(holder, except) != 0)
        *problem = INTAKE_TAKEN;
    return TRUE;
}

const char *intake_hold(enum intake_problem problem)
{
    switch (problem) {
    case INTAKE_FINE:
        return NULL;
    case INTAKE_UNUSABLE:
        return "There is no address that an invitation could be mailed to: give this person "
               "one.";
    case INTAKE_DOMAIN:
        return "The address is outside the organization's domains: change it, or allow the "
               "domain.";
    case INTAKE_TAKEN:
        return "Another person of the organization has this address: change one of the two.";
    }
    return NULL;
}

gboolean intake_judge(struct change *change, enum intake_problem problem, const char *address)
{
    switch (problem) {
    case INTAKE_FINE:
        return TRUE;
    case INTAKE_UNUSABLE:
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "The address of this person is not one that can be mailed to.");
    case INTAKE_DOMAIN:
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "\"%s\" is outside the domains of \"%s\".", address,
                               change->organization);
    case INTAKE_TAKEN:
        return verdict_taken(change->verdict,
                             "Another person of \"%s\" has the address \"%s\".",
                             change->organization, address);
    }
    return FALSE;
}

gboolean intake_user_name(struct change *change, const char *user_name, const char *except,
                          GError **error)
{
    if (user_name == NULL || *user_name == '\0' || strlen(user_name) > INTAKE_USER_NAME_MAX)
        return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                               "A userName has 1 to %d bytes.", INTAKE_USER_NAME_MAX);
    g_autofree char *holder = NULL;
    if (!person_find_by_user_name(change->session, change->organization, user_name, &holder,
                                  error))
        return FALSE;
    if (holder != NULL && g_strcmp0(holder, except) != 0)
        return verdict_taken(change->verdict, "Another person of \"%s\" has this userName.",
                             change->organization);
    return TRUE;
}

gboolean intake_projects(struct change *change, const struct person_draft *draft,
                         GArray **projects, GError **error)
{
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(struct project_grant));
    for (gsize i = 0; draft->has_roles && i < draft->project_count; i++) {
        const struct project_grant *grant = &draft->projects[i];
        gboolean exists = FALSE;
        if (!project_exists(change->session, change->organization, grant->project, &exists,
                            error))
            return FALSE;
        if (exists && grant->role != PROJECT_ROLE_NONE)
            g_array_append_val(known, *grant);
        else if (!exists && change->actor->kind != ACTOR_CONNECTION)
            return verdict_invalid(change->verdict, FAULT_INVALID_VALUE,
                                   "\"%s\" has no project \"%s\".", change->organization,
                                   grant->project);
    }
    *projects = g_steal_pointer(&known);
    return TRUE;
}
