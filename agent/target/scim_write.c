#include "agent/target/scim_write.h"

#include "agent/target/scim_effect.h"
#include "agent/target/scim_person.h"
#include "agent/target/scim_steps.h"
#include "scim/protocol/outcome.h"

static void fill_result(struct target_result *result, const json_t *user)
{
    const char *id = json_string_value(json_object_get(user, "id"));
    const char *version = scim_person_version(user, NULL);
    g_free(result->person);
    g_free(result->version);
    result->person = g_strdup(id);
    result->version = g_strdup(version);
}

/* Is the answer's body the person whom the step is about? */
static gboolean is_the_person(const struct target_write *write, const json_t *body)
{
    const char *id = json_string_value(json_object_get(body, "id"));
    if (id == NULL || scim_steps_is_stand_in(write->step)) {
        return FALSE;
    }
    return write->step->kind == PLAN_INVITE || g_strcmp0(id, write->person) == 0;
}

static enum target_end disbelieve(const struct target_write *write, enum target_end end,
                                  GError **error)
{
    g_set_error(
        error, OUTCOME, end == TARGET_UNCERTAIN ? OUTCOME_UNCERTAIN : OUTCOME_BAD_INPUT,
        "step %s for \"%s\": the endpoint answered with success, but does not show the change",
        plan_kind_name(write->step->kind), write->step->user_name);
    return end;
}

/* The endpoint said yes. Its answer shows the effect, or a read after it does; if that read
 * fails the yes stands, without a version. Only an invite must tell whom it made. */
static enum target_end confirm(struct scim_place *place, const struct target_write *write,
                               const struct scim_reply *reply, struct target_result *result,
                               GError **error)
{
    const struct plan_step *step = write->step;
    gboolean removes = step->kind == PLAN_REMOVE || step->kind == PLAN_REVOKE;
    json_t *user = NULL;
    if (is_the_person(write, reply->body)) {
        user = json_incref(reply->body);
    } else if (!scim_place_read_back(place, write, &user,
                                     step->kind == PLAN_INVITE ? error : NULL)) {
        return step->kind == PLAN_INVITE ? TARGET_UNCERTAIN : TARGET_DONE;
    }
    enum scim_effect effect = scim_effect_of(step, user);
    if (effect == SCIM_EFFECT_SHOWN && user != NULL) {
        fill_result(result, user);
    }
    json_decref(user);
    if (effect == SCIM_EFFECT_SHOWN) {
        return TARGET_DONE;
    }
    return disbelieve(write,
                      removes || step->kind == PLAN_INVITE ? TARGET_UNCERTAIN : TARGET_NOT_DONE,
                      error);
}

/* The endpoint said no, or nothing. */
static enum target_end tell_end(struct scim_reply *reply, GError *failure,
                                struct target_result *result, GError **error)
{
    if (g_error_matches(failure, OUTCOME, OUTCOME_UNCERTAIN)) {
        g_propagate_error(error, failure);
        return TARGET_UNCERTAIN;
    }
    if (g_error_matches(failure, OUTCOME, OUTCOME_REFUSED)) {
        refusal_clear(&result->refusal);
        result->refusal = reply->fault.refusal;
        reply->fault.refusal = (struct refusal){0};
        if (result->refusal.detail == NULL) {
            result->refusal.detail = g_strdup(reply->fault.detail);
        }
        g_error_free(failure);
        return TARGET_NOT_DONE;
    }
    if (reply->status == 404) {
        failure->code = OUTCOME_CONFLICT; /* they are gone */
    }
    if (reply->status == 409) {
        failure->code = OUTCOME_REFUSED; /* uniqueness */
    }
    g_propagate_error(error, failure);
    return TARGET_NOT_DONE;
}

static const char *find_project(struct scim_place *place, const struct plan_step *step,
                                GError **error)
{
    return scim_place_find_project(
        place, step->project_count == 1 ? step->projects[0].project : "", error);
}

enum target_end scim_write_carry_out(struct scim_place *place, const struct target_write *write,
                                     struct target_result *result, GError **error)
{
    struct scim_steps_call made = {0};
    struct scim_reply reply = {0};
    const char *project_id = NULL;
    GError *failure = NULL;
    if (scim_steps_is_stand_in(write->step) &&
        (project_id = find_project(place, write->step, error)) == NULL) {
        return TARGET_NOT_DONE;
    }
    if (!scim_steps_make(write, project_id, &made, error)) {
        return TARGET_NOT_DONE;
    }
    const struct scim_call call = {
        .method = made.method,
        .path = made.path,
        .body = made.body,
        .if_match = made.if_match,
        .headers = (const char *const *)made.headers,
    };
    enum target_end end = scim_client_send(place->client, &call, &reply, &failure)
                              ? confirm(place, write, &reply, result, error)
                              : tell_end(&reply, failure, result, error);
    scim_reply_clear(&reply);
    scim_steps_clear(&made);
    return end;
}

static enum target_past judge_past(const struct target_write *write, const json_t *user,
                                   struct target_result *result, GError **error)
{
    const char *version = user != NULL ? scim_person_version(user, NULL) : NULL;
    enum scim_effect effect = scim_effect_of(write->step, user);
    if (effect == SCIM_EFFECT_SHOWN) {
        fill_result(result, user);
        return TARGET_HAPPENED;
    }
    if (effect == SCIM_EFFECT_ABSENT ||
        (version != NULL && g_strcmp0(version, write->base) == 0)) {
        return TARGET_DID_NOT;
    }
    g_set_error(
        error, OUTCOME, OUTCOME_UNCERTAIN,
        "step %s for \"%s\": the endpoint shows neither the state before nor the one after",
        plan_kind_name(write->step->kind), write->step->user_name);
    return TARGET_CANNOT_TELL;
}

enum target_past scim_write_look_back(struct scim_place *place,
                                      const struct target_write *write,
                                      struct target_result *result, GError **error)
{
    json_t *user = NULL;
    if (write->step->kind != PLAN_INVITE && write->person == NULL) {
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "a step that names nobody");
        return TARGET_CANNOT_TELL;
    }
    if (!scim_place_read_back(place, write, &user, error)) {
        return TARGET_CANNOT_TELL;
    }
    enum target_past past = judge_past(write, user, result, error);
    json_decref(user);
    return past;
}
