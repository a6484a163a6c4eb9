/*
 * The attribute `roles`: from the roles of a person to JSON, and from JSON to what is asked
 * for.
 *
 *   { "type": "organization", "value": "owner", "primary": true, "display": "Owner" }
 *   { "type": "project", "value": "search/read-write", "display": "search: read-write" }
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/act.h"
#include "scim/organization/person_facts.h"
#include "scim/protocol/fault.h"
#include "scim/protocol/tolerance.h"

/* What a `roles` asks for. */
struct role_grants {
    gboolean given;              /* there was at least one entry that we know */
    enum organization_role role; /* NONE: none is named */
    GArray *projects;            /* struct project_grant, one a project */
    GPtrArray *names;            /* the project names they point to */
};

enum role_reading {
    ROLE_READING_ONCE, /* two organization roles, or two in one project, are a fault */
    ROLE_READING_LAST, /* the later entry counts: what a PATCH added stands behind (S7) */
};

/* A new array; empty when there is no role. `projects` holds struct project_role_facts. */
json_t *role_codec_print(enum organization_role role, const GArray *projects);

/* "owner", "search/admin" in the order of role_codec_print(), as strings. */
json_t *role_codec_print_names(enum organization_role role, const GArray *projects);

/* "search/admin", from its parts. The caller frees. */
char *role_codec_name(const char *project, enum project_role role);

/* Reads `roles` (NULL: nothing). With `lenient` an entry that we do not know grants nothing and
 * is counted; else it is an invalidValue fault. FALSE with a fault; `grants` is to be cleared
 * either way. */
gboolean role_codec_read(const json_t *roles, enum role_reading reading, gboolean lenient,
                         struct role_grants *grants, struct tolerance_use *use,
                         struct fault *fault);

/* Safe on a zeroed struct. */
void role_grants_clear(struct role_grants *grants);
