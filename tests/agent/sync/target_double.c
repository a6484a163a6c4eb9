#include "tests/agent/sync/target_double.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/outcome.h"

static struct target_double *double_of(struct target *target)
{
    return (struct target_double *)(void *)target;
}

static Actual *copy_view(const Actual *view)
{
    Actual *actual = actual_new(view->organization, view->cap, view->seats_used);
    for (guint32 i = 0; i < view->person_count; i++) {
        const struct actual_person *person = &view->people[i];
        actual_add_person(actual, person);
        for (guint age = 0; age <= MODEL_ORIGINS; age++)
            for (guint32 k = 0; k < person->link_count; k++) {
                const struct actual_link *link = &person->links[k];
                if (link->age != age)
                    continue;
                actual_add_link(actual, link->origin, link->external_id, link->active,
                                link->role);
                for (guint32 r = 0; r < link->project_count; r++)
                    actual_add_link_role(actual, link->projects[r].project,
                                         link->projects[r].role);
            }
        actual_set_override(actual, person->override_role);
        for (guint32 k = 0; k < person->override_count; k++)
            actual_add_override(actual, person->overrides[k].project,
                                person->overrides[k].role);
        for (guint32 k = 0; k < person->stands_in_count; k++)
            actual_add_stand_in(actual, person->stands_in[k]);
    }
    for (guint32 i = 0; i < view->project_count; i++)
        actual_add_project(actual, view->projects[i].id, view->projects[i].version,
                           view->projects[i].name);
    for (guint32 i = 0; i < view->marker_count; i++)
        actual_add_marker(actual, &view->markers[i]);
    return actual;
}

static Actual *read_model(struct target *target, const char *organization, GError **error)
{
    struct target_double *self = double_of(target);
    struct model_view view = {0};
    (void)organization;
    if (self->is_blind) {
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "does not answer");
        return NULL;
    }
    Actual *actual = copy_view(endpoint_model_show(&self->model, &view));
    assert_true(actual_seal(actual, NULL));
    return actual;
}

static gint slot_of(const struct target_double *self, const char *person)
{
    for (guint i = 0; i < self->model.person_count && person != NULL; i++)
        if (self->model.people[i].here && strcmp(endpoint_model_id(i), person) == 0)
            return (gint)i;
    return -1;
}

static char *version_of(const struct target_double *self, guint slot)
{
    return g_strdup_printf("W/\"%u\"", self->model.people[slot].version);
}

/* A step whose texts live as long as the double: the model keeps pointers into it. */
static struct plan_step keep_step(struct target_double *self, const struct plan_step *step)
{
    struct plan_step kept = *step;
    kept.external_id = g_string_chunk_insert(self->text, step->external_id);
    for (guint i = 0; i < PROFILE_FIELDS; i++)
        if (step->profile.field[i] != NULL)
            kept.profile.field[i] = g_string_chunk_insert(self->text, step->profile.field[i]);
    return kept;
}

static enum target_end write_model(struct target_double *self, const struct target_write *write,
                                   struct target_result *result, GError **error)
{
    gint slot = slot_of(self, write->person);
    guint written = 0;
    guint seats = endpoint_model_seats(&self->model);
    g_autofree char *version = slot >= 0 ? version_of(self, (guint)slot) : NULL;
    if (write->person != NULL &&
        (slot < 0 || (write->base != NULL && strcmp(version, write->base) != 0))) {
        g_set_error(error, OUTCOME, OUTCOME_CONFLICT, "412: the version is '%s'",
                    version != NULL ? version : "none");
        return TARGET_NOT_DONE;
    }
    struct plan_step step = keep_step(self, write->step);
    struct model before = self->model;
    const char *wrong = endpoint_model_step(&self->model, &step, slot, &written);
    if (wrong == NULL)
        wrong = endpoint_model_check(&self->model, seats);
    if (wrong != NULL) {
        self->model = before;
        if (self->fault_at ==
            0) /* after a fault the endpoint may have to refuse what follows */
            self->wrong = wrong;
        g_set_error(error, OUTCOME, OUTCOME_REFUSED, "409: %s", wrong);
        return TARGET_NOT_DONE;
    }
    if (self->model.people[written].here) {
        result->person = g_strdup(endpoint_model_id(written));
        if ((step.flags & PLAN_STAND_IN) == 0)
            result->version = version_of(self, written);
    }
    return TARGET_DONE;
}

static enum target_end refuse(struct target_result *result, enum refusal_rule rule)
{
    refusal_set(&result->refusal, rule, "no, by %s", refusal_name(rule));
    return TARGET_NOT_DONE;
}

static enum target_end lose(GError **error)
{
    g_set_error(error, OUTCOME, OUTCOME_UNCERTAIN, "the answer never came");
    return TARGET_UNCERTAIN;
}

static enum target_end carry_out(struct target *target, const struct target_write *write,
                                 struct target_result *result, GError **error)
{
    struct target_double *self = double_of(target);
    gboolean fails = ++self->writes == self->fault_at;
    switch (fails ? self->fault : TARGET_DOUBLE_NONE) {
    case TARGET_DOUBLE_NONE:
        return write_model(self, write, result, error);
    case TARGET_DOUBLE_BLIND:
        self->is_blind = TRUE;
        write_model(self, write, result, NULL);
        return lose(error);
    case TARGET_DOUBLE_LOST_ANSWER:
        write_model(self, write, result, NULL);
        return lose(error);
    case TARGET_DOUBLE_LOST_REQUEST:
        return lose(error);
    case TARGET_DOUBLE_CONFLICT:
        g_set_error(error, OUTCOME, OUTCOME_CONFLICT, "412");
        return TARGET_NOT_DONE;
    case TARGET_DOUBLE_REFUSAL:
        return refuse(result, REFUSAL_PERMISSION);
    case TARGET_DOUBLE_SEAT_CAP:
        return refuse(result, REFUSAL_SEAT_CAP);
    case TARGET_DOUBLE_AWAY:
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "does not answer");
        return TARGET_NOT_DONE;
    case TARGET_DOUBLE_BROKEN:
        g_set_error(error, OUTCOME, OUTCOME_BAD_INPUT, "400");
        return TARGET_NOT_DONE;
    }
    return TARGET_NOT_DONE;
}

/* The slot of whoever has this link, or -1. */
static gint find_link(const struct target_double *self, const struct plan_step *step)
{
    for (guint i = 0; i < self->model.person_count; i++)
        for (guint k = 0; k < MODEL_ORIGINS && self->model.people[i].here; k++) {
            const struct model_link *link = &self->model.people[i].links[k];
            if (link->alive && strcmp(endpoint_model_origins[k], step->origin) == 0 &&
                strcmp(link->external_id, step->external_id) == 0)
                return (gint)i;
        }
    return -1;
}

/* Would the step still change something? That is what reading back comes to. */
static enum target_past look_back(struct target *target, const struct target_write *write,
                                  struct target_result *result, GError **error)
{
    struct target_double *self = double_of(target);
    self->looks++;
    if (self->is_blind) {
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "does not answer");
        return TARGET_CANNOT_TELL;
    }
    gint slot =
        write->person != NULL ? slot_of(self, write->person) : find_link(self, write->step);
    g_autofree char *version = slot >= 0 ? version_of(self, (guint)slot) : NULL;
    gboolean same = write->base != NULL && g_strcmp0(version, write->base) == 0;
    gboolean happened = write->step->kind == PLAN_INVITE ? slot >= 0 : !same;
    if ((write->step->flags & PLAN_STAND_IN) != 0)
        happened = self->model.people[slot].stands_in[0];
    if (!happened)
        return TARGET_DID_NOT;
    result->person = slot >= 0 ? g_strdup(endpoint_model_id((guint)slot)) : NULL;
    if ((write->step->flags & PLAN_STAND_IN) == 0)
        result->version = g_steal_pointer(&version);
    return TARGET_HAPPENED;
}

static gboolean clear_marker(struct target *target, const char *organization,
                             const char *marker, GError **error)
{
    struct target_double *self = double_of(target);
    (void)organization;
    if (++self->writes == self->fault_at && self->fault == TARGET_DOUBLE_AWAY) {
        g_set_error(error, OUTCOME, OUTCOME_RETRY, "does not answer");
        return FALSE;
    }
    for (guint i = 0; i < MODEL_MARKERS; i++)
        if (strcmp(endpoint_model_id(i), marker) == 0)
            self->model.markers[i].here = FALSE;
    return TRUE;
}

static char *read_version(struct target *target, const char *organization, const char *person,
                          GError **error)
{
    struct target_double *self = double_of(target);
    gint slot = slot_of(self, person);
    (void)organization;
    if (slot >= 0)
        return version_of(self, (guint)slot);
    g_set_error(error, OUTCOME, OUTCOME_CONFLICT, "404");
    return NULL;
}

static void free_double(struct target *target)
{
    target_double_free(double_of(target));
}

struct target_double *target_double_new(const struct model *model)
{
    struct target_double *self = g_new0(struct target_double, 1);
    self->target = (struct target){.read = read_model,
                                   .carry_out = carry_out,
                                   .look_back = look_back,
                                   .clear_marker = clear_marker,
                                   .read_version = read_version,
                                   .free = free_double};
    self->model = *model;
    self->text = g_string_chunk_new(256);
    return self;
}

void target_double_free(struct target_double *double_)
{
    g_string_chunk_free(double_->text);
    g_free(double_);
}
