/*
 * The attribute `roles`: from the roles of a person to JSON, and from JSON to what is asked
 * for.
 *
 *   { "type": "organization", "value": "owner", "primary": true, "display": "Owner" }
 *   { "type": "project", "value": "search/read-write", "display": "search: read-write" }
 *
 * Providers send names of their own, too, also as JSON in a string. What we do not know grants
 * nothing; their connection, and nobody else, is shown it as it was sent, for else it would send it
 * again and again.
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
    json_t *unknown;             /* entries that we do not know, as sent: an array */
};

enum role_reading {
    ROLE_READING_ONCE, /* two organization roles, or two in one project, are a fault */
    ROLE_READING_LAST, /* the later entry counts: what a PATCH added stands behind (S7) */
};

/* A new array; empty when there is no role. `projects` holds struct project_role_facts. */
json_t *role_codec_print(enum organization_role role, const GArray *projects);

/* Adds what the link keeps of roles we do not know (link.h; NULL: nothing) to what role_codec_print()
 * made. One of them that is primary stays the only one. */
void role_codec_add_unknown(json_t *roles, const char *unknown);

/* "owner", "search/admin" in the order of role_codec_print(), as strings. */
json_t *role_codec_print_names(enum organization_role role, const GArray *projects);

/* "search/admin", from its parts. The caller frees. */
char *role_codec_name(const char *project, enum project_role role);

struct role_source {
    const json_t *roles;  /* NULL: nothing */
    const json_t *before; /* as they were shown: what stands there too was counted before */
    enum role_reading reading;
    gboolean lenient; /* an entry that we do not know grants nothing, instead of a fault */
};

/* Reads `roles`. FALSE with an invalidValue fault; `grants` is to be cleared either way. */
gboolean role_codec_read(const struct role_source *source, struct role_grants *grants,
                         struct tolerance_use *use, struct fault *fault);

/* Safe on a zeroed struct. */
void role_grants_clear(struct role_grants *grants);
