/* Every place of /Schemas x its mutability x every operation: the answer is the standard's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "tests/conformance/matrix/matrix_rule.h"
#include "tests/conformance/matrix/matrix_subject.h"

struct matrix {
    struct server_fixture *fixture;
    struct matrix_subject subject;
    guint cells, wrong;
    guint met[MATRIX_OWN_RULES];
};

/* One cell under way. */
struct trial {
    struct matrix *matrix;
    const struct matrix_place *place;
    struct matrix_cell cell;
    json_t *first, *second; /* the values of the place */
    json_t *sent;           /* the one of them that the act sends; borrowed */
    json_t *likeness;       /* the one among several that the place is a part of, or NULL */
    json_t *before, *after; /* the resource as it is read */
    unsigned status;
    char *type; /* scimType of the answer */
};

static const char *name_of(const json_t *attribute)
{
    return json_string_value(json_object_get(attribute, "name"));
}

/* Where the value of the place is: what holds it, and under which name. Borrowed. */
static json_t *holder_of(const struct trial *trial, json_t *resource, const char **name)
{
    const struct matrix_place *place = trial->place;
    json_t *home = matrix_place_home(place, resource, FALSE);
    *name = name_of(place->sub != NULL ? place->sub : place->attribute);
    if (place->sub == NULL) {
        return home;
    }
    return matrix_place_is_chosen(place)
               ? matrix_place_choose(place, resource, trial->likeness, NULL)
               : json_object_get(home, name_of(place->attribute));
}

static json_t *value_in(const struct trial *trial, json_t *resource)
{
    const char *name;
    json_t *holder = holder_of(trial, resource, &name);
    return json_object_get(holder, name);
}

/* An extension with data is named in `schemas` (RFC 7643 3.3). */
static void declare(const struct matrix_place *place, json_t *resource)
{
    json_t *schemas = json_object_get(resource, "schemas");
    gboolean named = schemas == NULL || !place->in_extension;
    for (size_t i = 0; !named && i < json_array_size(schemas); i++) {
        named = strcmp(json_string_value(json_array_get(schemas, i)), place->urn) == 0;
    }
    if (!named) {
        json_array_append_new(schemas, json_string(place->urn));
    }
}

static void put_value(const struct trial *trial, json_t *resource, json_t *value)
{
    declare(trial->place, resource);
    const char *name;
    json_t *holder = holder_of(trial, resource, &name);
    if (trial->place->sub == NULL) {
        holder = matrix_place_home(trial->place, resource, TRUE);
    } else if (holder == NULL) {
        holder = json_object();
        json_t *attribute = matrix_place_is_chosen(trial->place) ? json_pack("[O]", holder)
                                                                 : json_incref(holder);
        json_object_set_new(matrix_place_home(trial->place, resource, TRUE),
                            name_of(trial->place->attribute), attribute);
        json_decref(holder);
    }
    if (value != NULL) {
        json_object_set(holder, name, value);
    } else {
        json_object_del(holder, name);
    }
}

/* Does `value` say everything that `part` says? An array: one of its elements does, for each. */
static gboolean says(json_t *value, json_t *part)
{
    if (json_is_array(part)) {
        gboolean all = TRUE;
        for (size_t i = 0; all && i < json_array_size(part); i++) {
            gboolean found = FALSE;
            for (size_t j = 0; !found && j < json_array_size(value); j++) {
                found = says(json_array_get(value, j), json_array_get(part, i));
            }
            all = found;
        }
        return all;
    }
    if (!json_is_object(part)) {
        return json_equal(value, part) != 0;
    }
    const char *name;
    json_t *inside;
    json_object_foreach(part, name, inside)
    {
        if (!json_equal(json_object_get(value, name), inside)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Of a list: its one element that the trial is about. */
static json_t *essence(json_t *value)
{
    return json_is_array(value) ? json_array_get(value, 0) : value;
}

static gboolean shows(json_t *value, json_t *part)
{
    if (json_is_array(value)) {
        json_auto_t *list = json_pack("[O]", essence(part));
        return says(value, list);
    }
    return value != NULL && says(value, essence(part));
}

static gboolean has_effect(const struct trial *trial, enum matrix_effect effect)
{
    json_t *old = trial->before != NULL ? value_in(trial, trial->before) : NULL;
    json_t *now = value_in(trial, trial->after);
    gboolean first = shows(now, trial->first);
    gboolean second = shows(now, trial->second);
    switch (effect) {
    case MATRIX_KEPT:
        return old == now || json_equal(old, now);
    case MATRIX_TAKEN:
        return trial->cell.act == MATRIX_POST_WITH ? first
                                                   : second && (!first || trial->cell.same);
    case MATRIX_ADDED:
        return first && second;
    case MATRIX_GONE:
        return !first && !second;
    case MATRIX_OTHERS:
        return !shows(now, trial->sent);
    }
    return FALSE;
}

static struct reply ask(const struct trial *trial, const char *method, const char *id,
                        json_t *body)
{
    const struct matrix_subject *subject = &trial->matrix->subject;
    g_autofree char *target = matrix_subject_target(subject, id);
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    struct reply reply =
        server_fixture_ask(trial->matrix->fixture, subject->token, method, target, text);
    free(text);
    return reply;
}

static json_t *read_back(const struct trial *trial, const char *id)
{
    struct reply reply = ask(trial, "GET", id, NULL);
    json_t *resource = json_incref(reply.json);
    reply_expect(&reply, 200);
    return resource;
}

static void note_answer(struct trial *trial, const struct reply *reply)
{
    trial->status = reply->status;
    trial->type = g_strdup(reply->status >= 400 ? reply_text(reply, "scimType") : NULL);
}

/* "attr", "attr.sub", "attr[filter].sub", with or without the URN of its schema. */
static char *path_of(const struct trial *trial, gboolean with_urn)
{
    const struct matrix_place *place = trial->place;
    g_autofree char *filter = NULL;
    gboolean chosen = matrix_place_is_chosen(place);
    if (chosen) {
        matrix_place_choose(place, trial->before, trial->likeness, &filter);
    }
    return g_strconcat(with_urn ? place->urn : "", with_urn ? ":" : "",
                       name_of(place->attribute), chosen ? "[" : "", chosen ? filter : "",
                       chosen ? "]" : "", place->sub != NULL ? "." : "",
                       place->sub != NULL ? name_of(place->sub) : "", NULL);
}

/* The part of a resource that says so at the place alone. */
static json_t *partial(const struct trial *trial)
{
    const struct matrix_place *place = trial->place;
    json_t *resource = json_object();
    if (matrix_place_is_chosen(place)) {
        g_autofree char *path = path_of(trial, place->in_extension);
        json_object_set(resource, path, trial->second);
        return resource;
    }
    put_value(trial, resource, trial->second);
    return resource;
}

static json_t *patch_body(const struct trial *trial)
{
    static const char *const verbs[] = {
        [MATRIX_ADD] = "add", [MATRIX_REPLACE] = "replace", [MATRIX_REMOVE] = "remove"};
    const struct matrix_cell *cell = &trial->cell;
    json_t *operation = json_pack("{s:s}", "op", verbs[cell->act]);
    if (cell->form != MATRIX_PATHLESS) {
        gboolean with_urn = cell->form == MATRIX_URN_PATH || trial->place->in_extension;
        g_autofree char *path = path_of(trial, with_urn);
        json_object_set_new(operation, "path", json_string(path));
    }
    if (cell->act != MATRIX_REMOVE) {
        json_t *value =
            cell->form == MATRIX_PATHLESS ? partial(trial) : json_incref(trial->second);
        json_object_set_new(operation, "value", value);
    }
    return json_pack("{s:[s], s:[o]}", "schemas", SCIM_URN_PATCH, "Operations", operation);
}

static json_t *first_body(const struct trial *trial)
{
    json_t *body = matrix_subject_body(&trial->matrix->subject);
    if (!trial->cell.is_set && strcmp(matrix_place_mutability(trial->place), "readOnly") != 0) {
        put_value(trial, body, NULL);
    }
    return body;
}

/* The cells of POST: what is made is what is looked at. */
static char *try_create(struct trial *trial)
{
    json_auto_t *body = first_body(trial);
    if (trial->cell.act == MATRIX_POST_WITH) {
        put_value(trial, body, trial->sent);
    }
    struct reply reply = ask(trial, "POST", NULL, body);
    note_answer(trial, &reply);
    char *id = reply.status < 400 ? g_strdup(reply_text(&reply, "id")) : NULL;
    reply_clear(&reply);
    return id;
}

/* The cells of PUT and PATCH: a resource is there before. */
static char *try_change(struct trial *trial)
{
    json_auto_t *body = first_body(trial);
    struct reply reply = ask(trial, "POST", NULL, body);
    char *id = g_strdup(reply_text(&reply, "id"));
    reply_expect(&reply, 201);
    trial->before = read_back(trial, id);
    json_auto_t *change = NULL;
    gboolean whole = trial->cell.act <= MATRIX_PUT_WITHOUT;
    if (whole) {
        change = json_incref(body);
        put_value(trial, change, trial->cell.act == MATRIX_PUT_WITH ? trial->sent : NULL);
    } else {
        change = patch_body(trial);
    }
    reply = ask(trial, whole ? "PUT" : "PATCH", id, change);
    note_answer(trial, &reply);
    reply_clear(&reply);
    return id;
}

static gboolean is_right(const struct trial *trial, const struct matrix_outcome *wanted)
{
    gboolean good =
        wanted->status == 200 ? trial->status < 300 : trial->status == wanted->status;
    return good && g_strcmp0(trial->type, wanted->type) == 0 &&
           (trial->after == NULL || has_effect(trial, wanted->effect));
}

static void complain(const struct trial *trial, const struct matrix_outcome *wanted)
{
    static const char *const effects[] = {"kept", "taken", "added", "gone", "the server's"};
    g_autofree char *key = matrix_place_key(trial->place);
    json_t *now = trial->after != NULL ? value_in(trial, trial->after) : NULL;
    char *text = now != NULL ? json_dumps(now, JSON_ENCODE_ANY) : NULL;
    print_error("%s (%s) %s, %s, %s: %u %s, now %s; wanted %u %s, %s\n", key,
                matrix_place_mutability(trial->place), matrix_act_name(trial->cell.act),
                matrix_form_name(trial->cell.form), trial->cell.is_set ? "set" : "unset",
                trial->status, trial->type != NULL ? trial->type : "",
                text != NULL ? text : "-", wanted->status,
                wanted->type != NULL ? wanted->type : "", effects[wanted->effect]);
    free(text);
}

/* The element of which a place among several values is a part. */
static json_t *likeness_of(const struct matrix_subject *subject,
                           const struct matrix_place *place)
{
    struct matrix_place whole = *place;
    whole.sub = NULL;
    json_t *list = matrix_subject_value(subject, &whole, MATRIX_FIRST);
    json_t *one = json_incref(json_array_get(list, 0));
    json_decref(list);
    return one;
}

static void clear(struct trial *trial)
{
    json_t *const owned[] = {trial->first, trial->second, trial->likeness, trial->before,
                             trial->after};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++) {
        json_decref(owned[i]);
    }
    g_free(trial->type);
}

/* The second value, but the first where nothing is yet; what the server fills in by itself is
 * mostly false. */
static json_t *sent_in(const struct trial *trial)
{
    gboolean is_server_s = strcmp(matrix_place_mutability(trial->place), "readOnly") == 0;
    gboolean first =
        is_server_s ? json_is_boolean(trial->first) : trial->cell.act == MATRIX_POST_WITH;
    return first ? trial->first : trial->second;
}

static void try_cell(struct matrix *matrix, const struct matrix_place *place,
                     const struct matrix_cell *cell)
{
    struct matrix_subject *subject = &matrix->subject;
    subject->serial++;
    struct trial trial = {.matrix = matrix,
                          .place = place,
                          .cell = *cell,
                          .first = matrix_subject_value(subject, place, MATRIX_FIRST),
                          .second = matrix_subject_value(subject, place, MATRIX_SECOND)};
    if (matrix_place_is_chosen(place)) {
        trial.likeness = likeness_of(subject, place);
    }
    trial.cell.is_strict = subject->is_strict;
    trial.cell.same = json_equal(trial.first, trial.second) != 0;
    trial.sent = sent_in(&trial);
    struct matrix_outcome wanted = matrix_rule(place, &trial.cell);
    (void)matrix_rule_own(place, &trial.cell, &wanted, matrix->met);
    if (wanted.status == MATRIX_NO_CELL) {
        clear(&trial);
        return;
    }
    char *id = cell->act <= MATRIX_POST_WITHOUT ? try_create(&trial) : try_change(&trial);
    if (id != NULL) {
        trial.after = read_back(&trial, id);
        matrix_subject_drop(subject, matrix->fixture, id);
    }
    matrix->cells++;
    if (!is_right(&trial, &wanted)) {
        matrix->wrong++;
        complain(&trial, &wanted);
    }
    clear(&trial);
    g_free(id);
}

static gboolean is_offered(const struct matrix_subject *subject, enum matrix_act act)
{
    return act <= MATRIX_POST_WITHOUT  ? subject->creates
           : act <= MATRIX_PUT_WITHOUT ? subject->replaces
                                       : subject->patches;
}

/* A type that is not written so says 405, whatever the place (RFC 7644 3.12). */
static void try_refused(struct matrix *matrix, const struct matrix_place *place,
                        enum matrix_act act)
{
    struct trial trial = {.matrix = matrix, .place = place};
    json_auto_t *body = json_object();
    struct reply reply = ask(&trial,
                             act <= MATRIX_POST_WITHOUT  ? "POST"
                             : act <= MATRIX_PUT_WITHOUT ? "PUT"
                                                         : "PATCH",
                             act <= MATRIX_POST_WITHOUT ? NULL : "nobody", body);
    matrix->cells++;
    reply_expect(&reply, 405);
}

static void try_place(struct matrix *matrix, const struct matrix_place *place)
{
    for (int act = 0; matrix_subject_tries(&matrix->subject, place) && act < MATRIX_ACTS;
         act++) {
        if (!is_offered(&matrix->subject, (enum matrix_act)act)) {
            try_refused(matrix, place, (enum matrix_act)act);
            continue;
        }
        for (int form = 0; form < MATRIX_FORMS; form++) {
            for (int is_set = 0; is_set < 2; is_set++) {
                const struct matrix_cell cell = {.act = (enum matrix_act)act,
                                                 .form = (enum matrix_form)form,
                                                 .is_set = is_set};
                if (matrix_rule_applies(place, &cell)) {
                    try_cell(matrix, place, &cell);
                }
            }
        }
    }
}

static json_t *discover(struct server_fixture *fixture, const char *target)
{
    struct reply reply = server_fixture_ask(fixture, NULL, "GET", target, NULL);
    json_t *list = json_incref(json_object_get(reply.json, "Resources"));
    reply_expect(&reply, 200);
    return list;
}

static void try_all(struct matrix *matrix, const struct matrix_writers *writers)
{
    json_auto_t *schemas = discover(matrix->fixture, "/scim/v2/Schemas");
    json_auto_t *types = discover(matrix->fixture, "/scim/v2/ResourceTypes");
    size_t i;
    json_t *type;
    g_free(server_fixture_member(matrix->fixture, "one@example.com"));
    g_free(server_fixture_member(matrix->fixture, "two@example.com"));
    json_array_foreach(types, i, type)
    {
        guint before = matrix->cells;
        matrix_subject_init(&matrix->subject, matrix->fixture, writers, type, schemas);
        for (guint j = 0; j < matrix->subject.places->len; j++) {
            try_place(matrix, &g_array_index(matrix->subject.places, struct matrix_place, j));
        }
        print_message("%s: %u places, %u cells\n", matrix->subject.type,
                      matrix->subject.places->len, matrix->cells - before);
        matrix_subject_clear(&matrix->subject);
    }
    print_message("%u cells, %u wrong\n", matrix->cells, matrix->wrong);
    assert_int_equal(matrix->wrong, 0);
}

static void every_place_answers_every_operation_as_the_standard_says(void **state)
{
    struct matrix matrix = {.fixture = *state};
    const struct matrix_writers writers = {matrix.fixture->provider, matrix.fixture->admin,
                                           FALSE};
    try_all(&matrix, &writers);
    const char *idle = matrix_rule_idle(matrix.met);
    if (idle != NULL) {
        fail_msg("a rule of our own for %s speaks of no cell", idle);
    }
}

static void a_strict_connection_is_answered_as_the_profile_says(void **state)
{
    struct matrix matrix = {.fixture = *state};
    g_autofree char *provider =
        server_fixture_token(matrix.fixture, "acme",
                             &(struct connection_draft){
                                 .name = "exact", .scope = "people", .personality = "strict"});
    g_autofree char *admin = server_fixture_token(
        matrix.fixture, "acme",
        &(struct connection_draft){
            .name = "exacting", .scope = "admin", .personality = "strict"});
    const struct matrix_writers writers = {provider, admin, TRUE};
    try_all(&matrix, &writers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(every_place_answers_every_operation_as_the_standard_says),
        SERVER_FIXTURE_TEST(a_strict_connection_is_answered_as_the_profile_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
