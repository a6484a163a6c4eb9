/*
 * Reads the whole actual state of one organization over SCIM, or nothing.
 *
 *     struct scim_state_index index = scim_state_index_new();
 *     Actual *actual = scim_state_read(client, "acme", &index, &error);
 *
 * Roles, Users, Projects and Markers are read in turn; then Roles again, and the ETag of Users
 * is asked for once more: if anything moved meanwhile, the reading is a CONFLICT.
 */
#pragma once

#include <glib.h>

#include "agent/sync/actual.h"
#include "scim/client/scim_client.h"

/* What a later write needs of the state, by name or id. */
struct scim_state_index {
    GHashTable *project_ids;    /* name (char *) to id (char *), both owned */
    GHashTable *marker_origins; /* id to origin, likewise */
};

struct scim_state_index scim_state_index_new(void);
void scim_state_index_clear(struct scim_state_index *index);

/* One attempt. The state is sealed and yours to free; `index` is filled in anew. Errors as
 * pager_read(), BAD_INPUT for an answer that makes no sense, CONFLICT as above. */
Actual *scim_state_read(ScimClient *client, const char *organization,
                        struct scim_state_index *index, GError **error);

/* Reads the list of projects, or of markers, into `index` alone. */
gboolean scim_state_read_projects(ScimClient *client, struct scim_state_index *index,
                                  GError **error);
gboolean scim_state_read_markers(ScimClient *client, struct scim_state_index *index,
                                 GError **error);
