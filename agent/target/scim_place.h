/*
 * One organization at a SCIM endpoint: the connection to it, and the look-ups that writes need.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "agent/sync/target.h"
#include "agent/target/scim_state.h"
#include "scim/client/scim_client.h"

struct scim_place {
    ScimClient *client;
    struct scim_state_index index; /* of the last reading */
};

/* Nothing is sent yet. Errors as scim_client_open(). */
struct scim_place *scim_place_open(const struct scim_client_settings *settings, GError **error);
void scim_place_close(struct scim_place *place);

/* The person as they are now: *user is a new reference, or NULL (and TRUE returned) where there
 * is nobody. */
gboolean scim_place_get_person(struct scim_place *place, const char *person, json_t **user,
                               GError **error);

/* Whom a write is about, read afresh; an invite's person is looked for by the step's origin
 * with externalId. *user as above. */
gboolean scim_place_read_back(struct scim_place *place, const struct target_write *write,
                              json_t **user, GError **error);

/* The id of the project with this name, borrowed until the next reading. CONFLICT: it is
 * gone. */
const char *scim_place_find_project(struct scim_place *place, const char *name, GError **error);

/* The origin of a marker, borrowed until the next reading; NULL without an error where there is
 * no such marker. */
const char *scim_place_find_marker(struct scim_place *place, const char *marker,
                                   GError **error);
