#include "agent/target/scim_place.h"

#include "agent/target/scim_effect.h"
#include "scim/client/pager.h"
#include "scim/protocol/outcome.h"

struct scim_place *scim_place_open(const struct scim_client_settings *settings, GError **error)
{
    ScimClient *client = scim_client_open(settings, error);
    if (client == NULL) {
        return NULL;
    }
    struct scim_place *place = g_new0(struct scim_place, 1);
    place->client = client;
    place->index = scim_state_index_new();
    return place;
}

void scim_place_close(struct scim_place *place)
{
    if (place == NULL) {
        return;
    }
    scim_client_close(place->client);
    scim_state_index_clear(&place->index);
    g_free(place);
}

gboolean scim_place_get_person(struct scim_place *place, const char *person, json_t **user,
                               GError **error)
{
    g_autofree char *id = scim_client_escape(person);
    g_autofree char *path = g_strconcat("/Users/", id, NULL);
    const struct scim_call call = {.method = "GET", .path = path};
    struct scim_reply reply = {0};
    GError *failure = NULL;
    gboolean good = scim_client_send(place->client, &call, &reply, &failure);
    *user = NULL;
    if (good && g_strcmp0(json_string_value(json_object_get(reply.body, "id")), person) == 0) {
        *user = json_incref(reply.body);
    } else if (good) {
        g_set_error(&failure, OUTCOME, OUTCOME_BAD_INPUT,
                    "person \"%s\": the endpoint answered with something else", person);
    } else if (reply.status == 404) {
        g_clear_error(&failure);
    }
    scim_reply_clear(&reply);
    if (failure == NULL) {
        return TRUE;
    }
    g_propagate_error(error, failure);
    return FALSE;
}

/* A text inside a filter: RFC 7644 3.4.2.2 takes it as a JSON string. */
static char *filter_text(const char *text)
{
    json_t *value = json_string(text);
    char *dumped = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    char *quoted = g_strdup(dumped != NULL ? dumped : "\"\"");
    free(dumped);
    json_decref(value);
    return quoted;
}

struct search {
    const struct plan_step *step;
    json_t *found;
};

static gboolean take_match(void *context, json_t *row, GError **error)
{
    struct search *search = context;
    (void)error;
    if (search->found == NULL && scim_effect_has_link(search->step, row)) {
        search->found = json_incref(row);
    }
    return TRUE;
}

/* Whom an invite made: by externalId, and by userName for an endpoint that shows another link's
 * externalId first. *user is NULL where there is nobody with the step's link. */
static gboolean find_invited(struct scim_place *place, const struct plan_step *step,
                             json_t **user, GError **error)
{
    const char *const filters[][2] = {
        {"externalId", step->external_id},
        {"userName", step->profile.field[PROFILE_USER_NAME]},
    };
    struct search search = {.step = step};
    const struct pager_sink sink = {.row = take_match, .context = &search};
    gboolean good = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(filters) && good && search.found == NULL; i++) {
        if (filters[i][1] == NULL) {
            continue;
        }
        g_autofree char *text = filter_text(filters[i][1]);
        g_autofree char *filter = g_strconcat(filters[i][0], " eq ", text, NULL);
        g_autofree char *escaped = scim_client_escape(filter);
        g_autofree char *path = g_strconcat("/Users?filter=", escaped, NULL);
        good = pager_read(place->client, path, &sink, NULL, error);
    }
    if (!good && search.found != NULL) {
        json_decref(search.found);
        search.found = NULL;
    }
    *user = search.found;
    return good;
}

gboolean scim_place_read_back(struct scim_place *place, const struct target_write *write,
                              json_t **user, GError **error)
{
    if (write->step->kind == PLAN_INVITE) {
        return find_invited(place, write->step, user, error);
    }
    return scim_place_get_person(place, write->person, user, error);
}

const char *scim_place_find_project(struct scim_place *place, const char *name, GError **error)
{
    const char *id = g_hash_table_lookup(place->index.project_ids, name);
    if (id == NULL && scim_state_read_projects(place->client, &place->index, error)) {
        id = g_hash_table_lookup(place->index.project_ids, name);
        if (id == NULL) {
            g_set_error(error, OUTCOME, OUTCOME_CONFLICT,
                        "project \"%s\" is not there any more", name);
        }
    }
    return id;
}

const char *scim_place_find_marker(struct scim_place *place, const char *marker, GError **error)
{
    const char *origin = g_hash_table_lookup(place->index.marker_origins, marker);
    if (origin == NULL && scim_state_read_markers(place->client, &place->index, error)) {
        origin = g_hash_table_lookup(place->index.marker_origins, marker);
    }
    return origin;
}
