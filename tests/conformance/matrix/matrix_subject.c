#include "tests/conformance/matrix/matrix_subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BASE "/scim/v2"

#define EXTERNAL_ID 1 /* its place below */

/* What every resource has besides its schema (RFC 7643 3.1). */
static const char common_attributes[] =
    "{\"id\":null,\"attributes\":["
    "{\"name\":\"id\",\"type\":\"string\",\"multiValued\":false,\"required\":false,"
    "\"mutability\":\"readOnly\"},"
    "{\"name\":\"externalId\",\"type\":\"string\",\"multiValued\":false,\"required\":false,"
    "\"mutability\":\"readWrite\"},"
    "{\"name\":\"meta\",\"type\":\"complex\",\"multiValued\":false,\"required\":false,"
    "\"mutability\":\"readOnly\",\"subAttributes\":["
    "{\"name\":\"resourceType\",\"type\":\"string\",\"multiValued\":false,\"mutability\":"
    "\"readOnly\"},"
    "{\"name\":\"created\",\"type\":\"dateTime\",\"multiValued\":false,\"mutability\":"
    "\"readOnly\"},"
    "{\"name\":\"lastModified\",\"type\":\"dateTime\",\"multiValued\":false,\"mutability\":"
    "\"readOnly\"},"
    "{\"name\":\"location\",\"type\":\"reference\",\"multiValued\":false,\"mutability\":"
    "\"readOnly\"},"
    "{\"name\":\"version\",\"type\":\"string\",\"multiValued\":false,\"mutability\":"
    "\"readOnly\"}]}]}";

/* Values that mean something to the service; %u is the serial, @n a person. All others are made
 * up. */
static const struct sample {
    const char *key, *first, *second; /* NULL: nothing that a client could say */
} samples[] = {
    {"User:userName", "a%u@example.com", "b%u@example.com"},
    {"User:emails.value", "mail-a%u@example.com", "mail-b%u@example.com"},
    /* roles of the client's own, which are given back as they were sent */
    {"User:roles.type", "hat", "shoe"},
    {"User:roles.value", "Janitor", "Clerk"},
    {"Group:members.value", "@1", "@2"},
    {"Group:members.$ref", NULL, NULL},
    {"Project:name", "p%u", "q%u"},
    {"Project:members.value", "@1", "@2"},
    {"Project:members.role", "read-only", "read-write"},
    {"Invitation:email", "i%u@example.com", "j%u@example.com"},
    {"Invitation:roles.type", "project", "project"},
    {"Invitation:roles.value", "search/read-only", "ads/read-write"},
    {"Invitation:status", "pending", "revoked"},
};

/* Which types write how; all that is not here is read only. */
static const struct writing {
    const char *type;
    gboolean creates, replaces, patches;
    gboolean keeps_external_id;
} writings[] = {{"User", TRUE, TRUE, TRUE, TRUE},
                {"Group", TRUE, TRUE, TRUE, TRUE},
                {"Project", TRUE, TRUE, TRUE, FALSE},
                {"Invitation", TRUE, FALSE, TRUE, FALSE}};

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static json_t *find_by_id(const json_t *list, const char *id)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        if (g_strcmp0(text_of(entry, "id"), id) == 0) {
            return entry;
        }
    }
    fail_msg("/Schemas does not have %s", id);
    return NULL;
}

void matrix_subject_init(struct matrix_subject *subject, struct server_fixture *fixture,
                         const struct matrix_writers *writers, const json_t *type,
                         const json_t *schemas)
{
    *subject = (struct matrix_subject){
        .type = text_of(type, "name"),
        .endpoint = text_of(type, "endpoint"),
        .token = writers->admin,
        .is_strict = writers->are_strict,
        .schemas = json_array(),
        .places = g_array_new(FALSE, FALSE, sizeof(struct matrix_place))};
    json_array_append_new(subject->schemas, json_loads(common_attributes, 0, NULL));
    json_array_append(subject->schemas, find_by_id(schemas, text_of(type, "schema")));
    size_t i;
    json_t *extension;
    json_array_foreach(json_object_get(type, "schemaExtensions"), i, extension)
    {
        json_array_append(subject->schemas, find_by_id(schemas, text_of(extension, "schema")));
    }
    for (i = 0; i < G_N_ELEMENTS(writings); i++) {
        if (strcmp(writings[i].type, subject->type) == 0) {
            subject->creates = writings[i].creates;
            subject->replaces = writings[i].replaces;
            subject->patches = writings[i].patches;
            if (!writings[i].keeps_external_id) {
                json_array_remove(
                    json_object_get(json_array_get(subject->schemas, 0), "attributes"),
                    EXTERNAL_ID);
            }
        }
    }
    for (i = 0; i < json_array_size(subject->schemas); i++) {
        matrix_place_list(subject->places, subject->type, json_array_get(subject->schemas, i),
                          i > 1);
    }
    if (strcmp(subject->type, "User") == 0 || strcmp(subject->type, "Group") == 0) {
        subject->token = writers->provider;
    }
    subject->people[0] = server_fixture_find(fixture, FIXTURE_DANA);
    subject->people[1] = server_fixture_find(fixture, "one@example.com");
    subject->people[2] = server_fixture_find(fixture, "two@example.com");
}

void matrix_subject_clear(struct matrix_subject *subject)
{
    json_decref(subject->schemas);
    g_array_unref(subject->places);
    for (size_t i = 0; i < G_N_ELEMENTS(subject->people); i++) {
        g_free(subject->people[i]);
    }
}

static json_t *spell(const struct matrix_subject *subject, const char *sample)
{
    if (sample == NULL) {
        return NULL;
    }
    if (sample[0] == '@') {
        return json_string(subject->people[sample[1] - '0']);
    }
    g_autofree char *serial = g_strdup_printf("%u", subject->serial);
    g_auto(GStrv) parts = g_strsplit(sample, "%u", 2);
    g_autofree char *text = g_strjoinv(serial, parts);
    return json_string(text);
}

/* A value of that type, different for each choice. */
static json_t *make_up(const json_t *itself, enum matrix_choice choice)
{
    static const char *const texts[][2] = {
        {"binary", "AAE="},
        {"binary", "AgM="},
        {"reference", "https://example.com/one"},
        {"reference", "https://example.com/two"},
        {"dateTime", "2026-11-22T01:47:12Z"},
        {"dateTime", "2026-11-23T01:47:12Z"},
    };
    const char *type = text_of(itself, "type");
    const json_t *canonical = json_object_get(itself, "canonicalValues");
    if (json_array_size(canonical) > 0) {
        size_t last = json_array_size(canonical) - 1;
        return json_incref(json_array_get(canonical, MIN((size_t)choice, last)));
    }
    if (strcmp(type, "boolean") == 0) {
        return json_boolean(choice == MATRIX_FIRST);
    }
    if (strcmp(type, "integer") == 0 || strcmp(type, "decimal") == 0) {
        return json_integer(choice + 1);
    }
    for (size_t i = choice; i < G_N_ELEMENTS(texts); i += 2) {
        if (strcmp(texts[i][0], type) == 0) {
            return json_string(texts[i][1]);
        }
    }
    g_autofree char *text = g_strdup_printf("%s %s", text_of(itself, "name"),
                                            choice == MATRIX_FIRST ? "one" : "two");
    return json_string(text);
}

static json_t *simple_value(const struct matrix_subject *subject,
                            const struct matrix_place *place, enum matrix_choice choice)
{
    g_autofree char *key = matrix_place_key(place);
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        if (strcmp(samples[i].key, key) == 0) {
            return spell(subject,
                         choice == MATRIX_FIRST ? samples[i].first : samples[i].second);
        }
    }
    return make_up(place->sub != NULL ? place->sub : place->attribute, choice);
}

/* All sub-attributes that a client may write, or those of a read-only one. */
static json_t *complex_value(const struct matrix_subject *subject,
                             const struct matrix_place *place, enum matrix_choice choice)
{
    json_t *object = json_object();
    gboolean whole = strcmp(matrix_place_mutability(place), "readOnly") == 0;
    struct matrix_place part = *place;
    size_t i;
    json_t *sub;
    json_array_foreach(json_object_get(place->attribute, "subAttributes"), i, sub)
    {
        part.sub = sub;
        if (!whole && strcmp(matrix_place_mutability(&part), "readOnly") == 0) {
            continue;
        }
        json_t *given = simple_value(subject, &part, choice);
        if (given != NULL) {
            json_object_set_new(object, text_of(sub, "name"), given);
        }
    }
    return object;
}

json_t *matrix_subject_value(const struct matrix_subject *subject,
                             const struct matrix_place *place, enum matrix_choice choice)
{
    gboolean is_complex =
        place->sub == NULL && strcmp(text_of(place->attribute, "type"), "complex") == 0;
    json_t *value = is_complex ? complex_value(subject, place, choice)
                               : simple_value(subject, place, choice);
    if (value == NULL) {
        value = make_up(place->sub != NULL ? place->sub : place->attribute, choice);
    }
    if (!matrix_place_is_list(place)) {
        return value;
    }
    json_t *list = json_pack("[o]", value);
    if (strcmp(subject->type, "Project") == 0) { /* a project has an admin, always */
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "value", subject->people[0], "role", "admin"));
    }
    return list;
}

gboolean matrix_subject_tries(const struct matrix_subject *subject,
                              const struct matrix_place *place)
{
    g_autofree char *key = matrix_place_key(place);
    return !subject->is_strict || !g_str_has_prefix(key, "User:roles");
}

json_t *matrix_subject_body(const struct matrix_subject *subject)
{
    json_t *body = json_object();
    json_t *schemas = json_array();
    for (guint i = 0; i < subject->places->len; i++) {
        const struct matrix_place *place =
            &g_array_index(subject->places, struct matrix_place, i);
        if (place->sub != NULL || strcmp(matrix_place_mutability(place), "readOnly") == 0 ||
            !matrix_subject_tries(subject, place)) {
            continue;
        }
        json_object_set_new(matrix_place_home(place, body, TRUE),
                            text_of(place->attribute, "name"),
                            matrix_subject_value(subject, place, MATRIX_FIRST));
    }
    for (size_t i = 1; i < json_array_size(subject->schemas); i++) {
        const char *urn = text_of(json_array_get(subject->schemas, i), "id");
        if (i == 1 || json_object_get(body, urn) != NULL) {
            json_array_append_new(schemas, json_string(urn));
        }
    }
    json_object_set_new(body, "schemas", schemas);
    return body;
}

char *matrix_subject_target(const struct matrix_subject *subject, const char *id)
{
    return id != NULL ? g_strconcat(BASE, subject->endpoint, "/", id, NULL)
                      : g_strconcat(BASE, subject->endpoint, NULL);
}

void matrix_subject_drop(struct matrix_subject *subject, struct server_fixture *fixture,
                         const char *id)
{
    if (strcmp(subject->type, "Project") == 0) {
        return; /* there is no way, and no need */
    }
    g_autofree char *target = matrix_subject_target(subject, id);
    struct reply reply = server_fixture_ask(fixture, subject->token, "DELETE", target, NULL);
    reply_clear(&reply);
}
