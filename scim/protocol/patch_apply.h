/*
 * Carries a PATCH out on a resource: whole or not at all (RFC 7644 3.5.2).
 *
 * The resource handed in is never touched; what comes back is a changed copy. Details beyond
 * the RFC: an unknown attribute or schema URN is ignored and counted; readOnly attributes in an
 * operation without path are ignored and counted, named by a path they are a mutability fault;
 * so is taking away a required one. `emails[type eq "work"].value` makes the element, from the
 * eq terms of its filter, when none matches (tolerance 5); `emails[type eq "work"]` with
 * replace is noTarget then. A value set as primary takes primary from the others, and two of the
 * same type and value become one. `schemas` always follows the extensions. For a strict connection
 * replace puts a complex value in place of the whole old one, as the interoperability profile has it
 * (RFC 7644 3.5.2.3 leaves alone what is not named).
 */
#pragma once

#include <jansson.h>

#include "scim/protocol/patch.h"

/* New reference, or NULL with a fault. *changed (if wanted) is FALSE where the result equals
 * `resource`: such a PATCH must not move meta.lastModified (3.5.2.1). */
json_t *patch_apply(const struct resource_type *type, const json_t *resource,
                    const struct patch *patch, struct tolerance_use *use, gboolean *changed,
                    struct fault *fault);
