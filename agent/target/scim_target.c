#include "agent/target/scim_target.h"

#include <string.h>

#include "agent/target/scim_person.h"
#include "agent/target/scim_place.h"
#include "agent/target/scim_write.h"
#include "scim/client/scim_client.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/outcome.h"

struct scim_target {
    struct target target;                 /* first: what callers hold */
    struct scim_target_settings settings; /* its texts are the three below */
    char *url, *token, *ca_file;
    GHashTable *places; /* organization to struct scim_place, both owned */
};

/* How often a state that changes under our hands is read again. */
static const struct retry_policy reading_again = {
    .first_ms = 200,
    .cap_ms = 5000,
    .budget_ms = 60000,
    .attempts = 5,
};

static struct scim_place *open_place(const struct scim_target *self, const char *base_path,
                                     GError **error)
{
    const struct scim_client_settings settings = {
        .http = self->settings.http,
        .base_path = base_path,
        .policy = self->settings.policy,
        .waiter = self->settings.waiter,
        .random = self->settings.random,
    };
    return scim_place_open(&settings, error);
}

static void close_place(gpointer place)
{
    scim_place_close(place);
}

static struct scim_place *find_place(struct scim_target *self, const char *organization,
                                     GError **error)
{
    struct scim_place *place = g_hash_table_lookup(self->places, organization);
    if (place != NULL) {
        return place;
    }
    g_autofree char *name = scim_client_escape(organization);
    g_autofree char *base_path = self->settings.by_organization
                                     ? g_strconcat("/organizations/", name, "/scim/v2", NULL)
                                     : NULL;
    place = open_place(self, base_path, error);
    if (place != NULL) {
        g_hash_table_insert(self->places, g_strdup(organization), place);
    }
    return place;
}

static Actual *target_read(struct target *target, const char *organization, GError **error)
{
    struct scim_target *self = (struct scim_target *)target;
    struct scim_place *place = find_place(self, organization, error);
    struct retry retry = retry_begin(&reading_again, self->settings.random);
    while (place != NULL) {
        GError *failure = NULL;
        gint64 wait_ms = 0;
        Actual *actual = scim_state_read(place->client, organization, &place->index, &failure);
        if (actual != NULL) {
            return actual;
        }
        if (!g_error_matches(failure, OUTCOME, OUTCOME_CONFLICT) ||
            !retry_next(&retry, NULL, &wait_ms) ||
            !self->settings.waiter->wait(self->settings.waiter->context, wait_ms)) {
            if (scim_client_last_status(place->client) == 404) {
                failure->code = OUTCOME_REFUSED; /* no such organization */
            }
            g_propagate_prefixed_error(error, failure, "organization \"%s\": ", organization);
            return NULL;
        }
        g_error_free(failure);
    }
    return NULL;
}

static enum target_end target_carry_out(struct target *target, const struct target_write *write,
                                        struct target_result *result, GError **error)
{
    struct scim_target *self = (struct scim_target *)target;
    struct scim_place *place = find_place(self, write->step->organization, error);
    return place != NULL ? scim_write_carry_out(place, write, result, error) : TARGET_NOT_DONE;
}

static enum target_past target_look_back(struct target *target,
                                         const struct target_write *write,
                                         struct target_result *result, GError **error)
{
    struct scim_target *self = (struct scim_target *)target;
    struct scim_place *place = find_place(self, write->step->organization, error);
    return place != NULL ? scim_write_look_back(place, write, result, error)
                         : TARGET_CANNOT_TELL;
}

static gboolean target_clear_marker(struct target *target, const char *organization,
                                    const char *marker, GError **error)
{
    struct scim_place *place = find_place((struct scim_target *)target, organization, error);
    GError *failure = NULL;
    if (place == NULL) {
        return FALSE;
    }
    const char *origin = scim_place_find_marker(place, marker, &failure);
    if (origin == NULL) {
        gboolean gone = failure == NULL;
        if (!gone) {
            g_propagate_error(error, failure);
        }
        return gone;
    }
    g_autofree char *id = scim_client_escape(marker);
    g_autofree char *path = g_strconcat("/Markers/", id, NULL);
    g_autofree char *header = g_strconcat(ROLECALL_HEADER_ORIGIN ": ", origin, NULL);
    const char *const headers[] = {header, NULL};
    const struct scim_call call = {.method = "DELETE", .path = path, .headers = headers};
    struct scim_reply reply = {0};
    gboolean good = scim_client_send(place->client, &call, &reply, &failure);
    if (!good && reply.status == 404) {
        g_clear_error(&failure);
        good = TRUE;
    }
    scim_reply_clear(&reply);
    if (!good) {
        g_propagate_prefixed_error(error, failure, "marker \"%s\": ", marker);
    }
    return good;
}

static char *target_read_version(struct target *target, const char *organization,
                                 const char *person, GError **error)
{
    struct scim_place *place = find_place((struct scim_target *)target, organization, error);
    json_t *user = NULL;
    if (place == NULL || !scim_place_get_person(place, person, &user, error)) {
        return NULL;
    }
    if (user == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_CONFLICT, "person \"%s\" is not there any more",
                    person);
        return NULL;
    }
    char *version = g_strdup(scim_person_version(user, error));
    json_decref(user);
    return version;
}

static void target_free(struct target *target)
{
    struct scim_target *self = (struct scim_target *)target;
    g_hash_table_unref(self->places);
    if (self->token != NULL) {
        explicit_bzero(self->token, strlen(self->token));
    }
    g_free(self->token);
    g_free(self->url);
    g_free(self->ca_file);
    g_free(self);
}

struct target *scim_target_new(const struct scim_target_settings *settings, GError **error)
{
    struct scim_target *self = g_new0(struct scim_target, 1);
    self->target = (struct target){
        .read = target_read,
        .carry_out = target_carry_out,
        .look_back = target_look_back,
        .clear_marker = target_clear_marker,
        .read_version = target_read_version,
        .free = target_free,
    };
    self->settings = *settings;
    self->settings.http.url = self->url = g_strdup(settings->http.url);
    self->settings.http.token = self->token = g_strdup(settings->http.token);
    self->settings.http.ca_file = self->ca_file = g_strdup(settings->http.ca_file);
    if (settings->waiter == NULL) {
        self->settings.waiter = retry_waiter_system();
    }
    self->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_place);
    struct scim_place *trial = open_place(self, NULL, error);
    if (trial == NULL) {
        target_free(&self->target);
        return NULL;
    }
    scim_place_close(trial);
    return &self->target;
}
