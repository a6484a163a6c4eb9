/* Random PATCH messages against a person: nothing breaks, what is refused changes nothing, and what
 * comes out is a resource that the same rules accept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/body.h"
#include "scim/protocol/membership.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"

#define ROUNDS 100000

static const char *const verbs[] = {"add", "remove", "replace", "Replace", "move"};

static const char *const paths[] = {"userName",
                                    "title",
                                    "active",
                                    "name",
                                    "name.familyName",
                                    "emails",
                                    "emails.value",
                                    "id",
                                    "rooms",
                                    "emails[type eq \"work\"]",
                                    "emails[type eq \"work\"].value",
                                    "emails[primary eq true]",
                                    "emails[primary eq true].primary",
                                    "emails[not (value pr)]",
                                    "emails[type eq \"home\"].type",
                                    "emails[value eq \"a\"].type",
                                    "emails[type eq work]",
                                    "emails[value pr].primary",
                                    "addresses",
                                    "addresses[type eq \"work\"].country",
                                    "photos.value",
                                    "profileUrl",
                                    "x509Certificates",
                                    (SCIM_URN_ENTERPRISE ":manager"),
                                    "urn:scim:schemas:core:1.0:title",
                                    "password",
                                    "roles",
                                    "roles[type eq \"organization\"].value",
                                    "roles[value sw \"search/\"]",
                                    "schemas",
                                    SCIM_URN_ENTERPRISE,
                                    (SCIM_URN_ENTERPRISE ":department"),
                                    (SCIM_URN_ENTERPRISE ":manager.value"),
                                    SCIM_URN_MEMBERSHIP,
                                    (SCIM_URN_USER ":title"),
                                    "emails[",
                                    "a b",
                                    "urn:okta:custom:x"};

static const char *const values[] = {
    "null",
    "true",
    "\"False\"",
    "\"text\"",
    "\"\"",
    "\"a b\"",
    "\"AAE=\"",
    "\"work\"",
    "[{\"value\":\"A\",\"type\":\"Work\"},{\"value\":\"a\",\"type\":\"work\"}]",
    "[{\"type\":\"work\",\"country\":\"DE\"}]",
    "{\"emails[type eq work].value\":\"c\",\"\":1}",
    "5",
    "[]",
    "{}",
    "{\"value\":\"a\"}",
    "[{\"value\":\"a\",\"type\":\"work\",\"primary\":true},{\"value\":\"b\"}]",
    "[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]",
    "{\"familyName\":\"J\",\"givenName\":null}",
    "{\"department\":\"D\",\"shoe\":1}",
    "[{\"type\":\"project\",\"value\":\"search/admin\"}]",
    "[null,[]]",
    "{\"title\":\"T\",\"name.givenName\":\"G\",\"emails[type eq \\\"home\\\"].value\":\"h\"}",
    "{\"userName\":null}",
    "{\"active\":\"true\",\"id\":\"9\"}"};

static json_t *random_message(GRand *random)
{
    json_t *operations = json_array();
    for (int i = g_rand_int_range(random, 1, 5); i > 0; i--) {
        json_t *one = json_object();
        const char *verb = verbs[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(verbs))];
        const char *path = paths[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(paths))];
        const char *value = values[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(values))];
        json_object_set_new(one, "op", json_string(verb));
        if (g_rand_int_range(random, 0, 5) > 0)
            json_object_set_new(one, "path", json_string(path));
        if (g_rand_int_range(random, 0, 8) > 0)
            json_object_set_new(one, "value", json_loads(value, JSON_DECODE_ANY, NULL));
        json_array_append_new(operations, one);
    }
    return json_pack("{s:[s], s:o}", "schemas", SCIM_URN_PATCH, "Operations", operations);
}

/* The rules of a resource, read back from the outside. */
static void assert_sound(json_t *person)
{
    struct fault fault = {.status = 0};
    json_auto_t *again = resource_check(&schema_tables_user, person, NULL, NULL, &fault);
    if (again == NULL)
        fail_msg("no resource any more: %s", fault.detail);
    json_object_set(again, "id", json_object_get(person, "id"));
    if (!json_equal(again, person)) {
        char *text = json_dumps(person, 0);
        fail_msg("not canonical: %s", text);
    }
}

static void random_patches_keep_a_person_sound(void **state)
{
    (void)state;
    GRand *random = g_rand_new_with_seed(7643);
    json_t *person =
        json_pack("{s:[s], s:s, s:s}", "schemas", SCIM_URN_USER, "id", "1", "userName", "b");
    size_t applied = 0;
    size_t changes = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct fault fault = {.status = 0};
        gboolean changed = FALSE;
        g_autofree char *kept = body_print(person);
        json_auto_t *message = random_message(random);
        g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, NULL, &fault);
        json_t *after = patch != NULL ? patch_apply(&schema_tables_user, person, patch, NULL,
                                                    &changed, &fault)
                                      : NULL;
        g_autofree char *still = body_print(person);
        assert_string_equal(still, kept); /* byte by byte, done or refused */
        assert_int_equal(after == NULL, fault_is_set(&fault));
        if (after != NULL) {
            assert_sound(after);
            assert_int_equal(changed, !json_equal(after, person));
            json_decref(person);
            person = after;
            applied++;
            changes += changed != FALSE;
        }
        fault_clear(&fault);
    }
    json_decref(person);
    g_rand_free(random);
    assert_true(applied > ROUNDS / 50);
    assert_true(changes > ROUNDS / 100);
}

static void a_patch_carried_out_twice_changes_nothing_the_second_time(void **state)
{
    (void)state;
    static const char *const messages[] = {
        "{\"op\":\"add\",\"path\":\"emails\",\"value\":[{\"value\":\"a\",\"primary\":true}]}",
        "{\"op\":\"replace\",\"path\":\"emails[type eq \\\"work\\\"].value\",\"value\":\"n\"}",
        "{\"op\":\"add\",\"path\":\"roles\",\"value\":{\"value\":\"ads/admin\"}}",
        "{\"op\":\"remove\",\"path\":\"title\"}",
        "{\"op\":\"replace\",\"value\":{\"active\":\"False\",\"name.familyName\":\"J\"}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        struct fault fault = {.status = 0};
        gboolean changed = FALSE;
        json_auto_t *person = json_pack("{s:[s], s:s, s:s}", "schemas", SCIM_URN_USER,
                                        "userName", "b", "title", "T");
        json_auto_t *operation = json_loads(messages[i], 0, NULL);
        json_auto_t *message =
            json_pack("{s:[s], s:[O]}", "schemas", SCIM_URN_PATCH, "Operations", operation);
        g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, NULL, &fault);
        assert_non_null(patch);
        json_auto_t *once =
            patch_apply(&schema_tables_user, person, patch, NULL, &changed, &fault);
        assert_true(changed);
        json_auto_t *twice =
            patch_apply(&schema_tables_user, once, patch, NULL, &changed, &fault);
        assert_false(changed);
        assert_true(json_equal(once, twice));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_patches_keep_a_person_sound),
        cmocka_unit_test(a_patch_carried_out_twice_changes_nothing_the_second_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
