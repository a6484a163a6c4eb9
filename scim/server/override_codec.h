/*
 * An override as a resource: id "organization.<person>" for the organization role,
 * "<person>.<project>" for a role in a project; no other resource has it (RFC 7643 3.1).
 */
#pragma once

#include <jansson.h>

#include "scim/organization/person_facts.h"

/* The override of a project, or, with NULL, of the organization role. New reference; NULL: the
 * person has none there. */
json_t *override_codec_print(const char *base, const struct person_facts *facts,
                             const char *project);

/* Appends all of a person's to `array`. */
void override_codec_print_all(const char *base, const struct person_facts *facts,
                              json_t *array);

/* The parts of an id: *project is NULL for the organization role. The caller frees both. */
void override_codec_parse_id(const char *id, char **person, char **project);
