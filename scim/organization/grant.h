/*
 * Where a role that somebody gives is written: the actor's own link, the manual link of a person
 * whom nobody else made, or an override.
 *
 * None of these asks for permission. Convention of change.h.
 */
#pragma once

#include "scim/organization/act.h"
#include "scim/organization/change.h"

/* By people and administrators. Setting what the links say anyway lifts the override; so does
 * writing the manual link of a person who had further links when it was set. */
gboolean grant_role(struct change *change, struct touched *touched, enum organization_role role,
                    GError **error);

/* NONE takes it away. A stand-in there ends. */
gboolean grant_project_role(struct change *change, struct touched *touched, const char *project,
                            enum project_role role, GError **error);

/* By a service, and for a new person: the link of `origin` becomes what the draft says. `projects`
 * (struct project_grant) replace those of the link when `has_projects`. */
struct grant_link {
    const char *origin;
    const char *external_id;
    gboolean active;
    enum organization_role role;
    gboolean has_projects;
    const GArray *projects;
    gboolean attached;         /* link.h */
    gboolean rehearsed;        /* link.h */
    const char *unknown_roles; /* link.h; NULL: none */
    const char *profile;       /* link.h; NULL: nothing */
};

/* What the link keeps of roles we do not know: those of the draft where it speaks of them, else those
 * of the link as it was (NULL: there was none). Borrowed; NULL: none. */
const char *grant_unknown_roles(const struct person_draft *draft, const struct link_facts *old);

gboolean grant_write_link(struct change *change, struct touched *touched,
                          const struct grant_link *link, GError **error);
