/*
 * Members of a JSON answer, taken only if they are what they should be.
 *
 * An endpoint is not trusted: a member of the wrong type, a text with control characters or of
 * absurd length is OUTCOME_BAD_INPUT and names the member, never its bytes. An absent member
 * and null are the same (RFC 7643 2.5).
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/actual.h"

#define SCIM_FIELD_MAX_TEXT 4096
#define SCIM_FIELD_MAX_NAME 64

/* *text is borrowed from `object`; NULL where absent. */
gboolean scim_field_text(const json_t *object, const char *name, const char **text,
                         GError **error);

/* The same, but absent or "" is an error. */
gboolean scim_field_key(const json_t *object, const char *name, const char **text,
                        GError **error);

/* A text only for people to read: control characters in it become blanks. The caller frees;
 * NULL where absent. */
gboolean scim_field_label(const json_t *object, const char *name, char **text, GError **error);

/* *value is left alone where absent. */
gboolean scim_field_boolean(const json_t *object, const char *name, gboolean *value,
                            GError **error);

/* A whole number from 0 to G_MAXINT32; *value is left alone where absent. */
gboolean scim_field_count(const json_t *object, const char *name, guint *value, GError **error);

/* Borrowed; NULL where absent. The elements of a list are objects (or texts, for _texts). */
gboolean scim_field_object(const json_t *object, const char *name, json_t **value,
                           GError **error);
gboolean scim_field_objects(const json_t *object, const char *name, json_t **list,
                            GError **error);
gboolean scim_field_texts(const json_t *object, const char *name, json_t **list,
                          GError **error);

/* A role of one of our `roles` texts: "owner", or "search/admin" with the project. */
struct scim_field_role {
    char project[SCIM_FIELD_MAX_NAME]; /* "" for an organization role */
    enum organization_role organization;
    enum project_role in_project;
};

/* Reads "owner" or "search/admin"; with `allow_none` also "search/none" (an override's
 * word). */
gboolean scim_field_role(const char *text, gboolean allow_none, struct scim_field_role *role,
                         GError **error);
