/*
 * The places of a resource type, as /Schemas publishes them: every attribute and sub-attribute with
 * its characteristics, how a request names it and where its value is in a resource.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

struct matrix_place {
    const char *type; /* "User" */
    const char *urn;  /* of the schema that has it; NULL: every resource has it */
    gboolean in_extension;
    const json_t *attribute; /* as published */
    const json_t *sub;       /* NULL: the attribute itself */
};

/* All places of one schema: attributes, each followed by its sub-attributes. Of struct
 * matrix_place; `schema` is borrowed. */
void matrix_place_list(GArray *places, const char *type, const json_t *schema,
                       gboolean in_extension);

/* "User:emails.value": what samples and exceptions know it by. The caller frees. */
char *matrix_place_key(const struct matrix_place *place);

/* readOnly, immutable, readWrite: the stronger one of the attribute and its sub-attribute. */
const char *matrix_place_mutability(const struct matrix_place *place);

gboolean matrix_place_is_required(const struct matrix_place *place);

/* The attribute itself, with several values. */
gboolean matrix_place_is_list(const struct matrix_place *place);

/* A sub-attribute of one of several values. */
gboolean matrix_place_is_chosen(const struct matrix_place *place);

/* What has the attribute as a member in `resource`: the resource, or the extension in it, which is
 * made where `makes`. Borrowed, or NULL. */
json_t *matrix_place_home(const struct matrix_place *place, json_t *resource, gboolean makes);

/* The one among several values which `like` (one of the same attribute) stands for, by a
 * sub-attribute other than this; a filter that chooses it is in *filter (the caller frees). */
json_t *matrix_place_choose(const struct matrix_place *place, const json_t *resource,
                            const json_t *like, char **filter);
