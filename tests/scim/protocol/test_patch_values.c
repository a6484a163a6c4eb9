#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/patch_values.h"
#include "scim/protocol/schema_tables.h"

/* The emails of a person, and what is said about them. */
struct scene {
    json_t *home;
    struct fault fault;
    struct tolerance_use use;
    struct patch_values values;
};

static void open_scene(struct scene *scene, const struct schema_attribute *attribute,
                       const char *home)
{
    *scene = (struct scene){.home = json_loads(home, 0, NULL)};
    assert_non_null(scene->home);
    scene->values = (struct patch_values){.attribute = attribute,
                                          .home = scene->home,
                                          .use = &scene->use,
                                          .fault = &scene->fault};
}

static void close_scene(struct scene *scene)
{
    json_decref(scene->home);
    fault_clear(&scene->fault);
}

static const struct schema_attribute *emails(void)
{
    return schema_find_core(&schema_tables_user, "emails", strlen("emails"));
}

static void assert_home(const struct scene *scene, const char *expected)
{
    json_auto_t *wanted = json_loads(expected, 0, NULL);
    if (!json_equal(scene->home, wanted)) {
        char *text = json_dumps(scene->home, 0);
        fail_msg("%s instead of %s", text, expected);
    }
}

typedef gboolean (*act)(const struct patch_values *values, json_t *value);

static const struct {
    act act;
    const char *home;
    const char *value;
    const char *after;
} acts[] = {
    {patch_values_add, "{}", "[{\"value\":\"a\"}]", "{\"emails\":[{\"value\":\"a\"}]}"},
    {patch_values_add, "{}", "{\"value\":\"a\"}", "{\"emails\":[{\"value\":\"a\"}]}"},
    {patch_values_add, "{}", "null", "{}"},
    {patch_values_add, "{\"emails\":[{\"value\":\"a\",\"type\":\"work\"}]}",
     "[{\"type\":\"work\",\"value\":\"a\"},{\"value\":\"b\"}]",
     "{\"emails\":[{\"value\":\"a\",\"type\":\"work\"},{\"value\":\"b\"}]}"},
    {patch_values_add, "{\"emails\":[{\"value\":\"a\",\"primary\":true}]}",
     "[{\"value\":\"b\",\"primary\":true}]",
     "{\"emails\":[{\"value\":\"a\",\"primary\":false},{\"value\":\"b\",\"primary\":true}]}"},
    {patch_values_remove,
     "{\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":\"a\"}]}",
     "[{\"value\":\"a\",\"type\":\"ignored\"}]", "{\"emails\":[{\"value\":\"b\"}]}"},
    {patch_values_remove, "{\"emails\":[{\"type\":\"work\"}]}", "{\"type\":\"work\"}", "{}"},
    {patch_values_remove, "{\"emails\":[{\"value\":\"a\"}]}", "[]",
     "{\"emails\":[{\"value\":\"a\"}]}"},
    {patch_values_remove, "{\"emails\":[{\"value\":\"a\"}]}", "[5]",
     "{\"emails\":[{\"value\":\"a\"}]}"},
    {patch_values_remove, "{\"emails\":[{\"value\":\"a\"}]}", "null", "{}"},
    {patch_values_remove, "{}", "null", "{}"},
    {patch_values_replace, "{\"emails\":[{\"value\":\"a\"}]}", "[{\"value\":\"b\"}]",
     "{\"emails\":[{\"value\":\"b\"}]}"},
    {patch_values_replace, "{\"emails\":[{\"value\":\"a\"}]}", "[]", "{}"},
    {patch_values_replace, "{}", "[]", "{}"},
};

static void values_are_added_removed_and_replaced(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++) {
        struct scene scene;
        json_auto_t *value = json_loads(acts[i].value, JSON_DECODE_ANY, NULL);
        open_scene(&scene, emails(), acts[i].home);
        if (!acts[i].act(&scene.values, value))
            fail_msg("%s: %s", acts[i].value, scene.fault.detail);
        assert_home(&scene, acts[i].after);
        close_scene(&scene);
    }
}

static void a_required_attribute_keeps_a_value(void **state)
{
    (void)state;
    static const struct schema_attribute parts[] = {{.name = "value"}, {.name = NULL}};
    static const struct schema_attribute needed = {.name = "owners",
                                                   .kind = SCHEMA_COMPLEX,
                                                   .multi_valued = TRUE,
                                                   .required = TRUE,
                                                   .sub = parts};
    struct scene scene;
    open_scene(&scene, &needed, "{\"owners\":[{\"value\":\"a\"}]}");
    assert_false(patch_values_remove(&scene.values, NULL));
    assert_int_equal(scene.fault.type, FAULT_MUTABILITY);
    assert_string_equal(scene.fault.detail, "'owners' is required");
    close_scene(&scene);
}

static void simple_values_are_values_too(void **state)
{
    (void)state;
    static const struct schema_attribute words = {.name = "words", .multi_valued = TRUE};
    struct scene scene;
    json_auto_t *add = json_loads("[\"b\",\"a\",\"b\"]", 0, NULL);
    json_auto_t *remove = json_string("a");
    open_scene(&scene, &words, "{\"words\":[\"a\"]}");
    assert_true(patch_values_add(&scene.values, add));
    assert_home(&scene, "{\"words\":[\"a\",\"b\"]}");
    assert_true(patch_values_remove(&scene.values, remove));
    assert_home(&scene, "{\"words\":[\"b\"]}");
    close_scene(&scene);
}

static void there_may_be_as_many_values_as_the_schema_says_and_not_one_more(void **state)
{
    (void)state;
    static const struct schema_attribute words = {.name = "words", .multi_valued = TRUE};
    struct scene scene;
    json_auto_t *one = json_string("one");
    open_scene(&scene, &words, "{}");
    json_t *list = json_array();
    json_object_set_new(scene.home, "words", list);
    for (int i = 0; i < SCHEMA_MAX_VALUES - 1; i++)
        json_array_append_new(list, json_integer(i));
    assert_true(patch_values_add(&scene.values, one));
    json_auto_t *two = json_string("two");
    assert_false(patch_values_add(&scene.values, two));
    assert_string_equal(scene.fault.detail, "'words' would have too many values");
    close_scene(&scene);
}

static void chosen_values_are_changed_and_the_others_are_not(void **state)
{
    (void)state;
    static const char text[] = "emails[type eq \"work\"].display";
    struct scene scene;
    open_scene(&scene, emails(),
               "{\"emails\":[{\"type\":\"work\"},{\"type\":\"home\"},{\"type\":\"Work\"}]}");
    g_autoptr(AttributePath) path =
        attribute_path_parse(&schema_tables_user, text, strlen(text), NULL, NULL, &scene.fault);
    assert_non_null(path);
    json_auto_t *value = json_string("D");
    struct patch_operation operation = {.verb = PATCH_REPLACE, .path = path, .value = value};
    assert_true(patch_values_select(&scene.values, &operation));
    assert_home(&scene,
                "{\"emails\":[{\"type\":\"work\",\"display\":\"D\"},{\"type\":\"home\"},"
                "{\"type\":\"Work\",\"display\":\"D\"}]}");
    operation.verb = PATCH_REMOVE;
    assert_true(patch_values_select(&scene.values, &operation));
    assert_home(&scene,
                "{\"emails\":[{\"type\":\"work\"},{\"type\":\"home\"},{\"type\":\"Work\"}]}");
    close_scene(&scene);
}

static void parts_are_merged_and_null_unassigns(void **state)
{
    (void)state;
    struct scene scene;
    open_scene(&scene, emails(), "{}");
    json_auto_t *one = json_loads("{\"value\":\"a\",\"type\":\"work\"}", 0, NULL);
    json_auto_t *parts = json_loads("{\"type\":null,\"display\":\"D\"}", 0, NULL);
    json_auto_t *wanted = json_loads("{\"value\":\"a\",\"display\":\"D\"}", 0, NULL);
    assert_true(patch_values_merge(&scene.values, one, parts));
    assert_true(json_equal(one, wanted));
    close_scene(&scene);
}

static void a_part_that_never_changes_may_be_set_once(void **state)
{
    (void)state;
    const struct schema_attribute *members =
        schema_find_core(&schema_tables_project, "members", strlen("members"));
    const struct schema_attribute *value = schema_value_of(members);
    struct scene scene;
    open_scene(&scene, members, "{}");
    json_auto_t *one = json_object();
    json_auto_t *first = json_string("1");
    json_auto_t *second = json_string("2");
    assert_true(patch_values_write(&scene.values, one, value, first));
    assert_true(patch_values_write(&scene.values, one, value, first));
    assert_false(patch_values_write(&scene.values, one, value, second));
    assert_string_equal(scene.fault.detail, "'members.value' can never change");
    assert_string_equal(json_string_value(json_object_get(one, "value")), "1");
    close_scene(&scene);
}

/* R28: ten thousand at once cost one pass, not ten thousand. */
static void many_values_are_added_and_removed_at_once(void **state)
{
    (void)state;
    const struct schema_attribute *members =
        schema_find_core(&schema_tables_project, "members", strlen("members"));
    size_t most = schema_max_values(members);
    struct scene scene;
    json_auto_t *many = json_array();
    for (size_t i = 0; i < most; i++) {
        g_autofree char *id = g_strdup_printf("%032zx", i);
        json_array_append_new(many, json_pack("{s:s, s:s}", "value", id, "role", "admin"));
    }
    open_scene(&scene, members, "{}");
    assert_true(patch_values_add(&scene.values, many));
    assert_true(patch_values_add(&scene.values, many));
    assert_int_equal(scene.use.count[TOLERANCE_REPEATED], most);
    assert_int_equal(json_array_size(json_object_get(scene.home, "members")), most);
    assert_true(patch_values_remove(&scene.values, many));
    assert_home(&scene, "{}");
    close_scene(&scene);
}

static void a_hundred_values_may_be_alike_and_not_one_more(void **state)
{
    (void)state;
    struct scene scene;
    json_auto_t *alike = json_array();
    for (int i = 0; i < 100; i++) {
        g_autofree char *type = g_strdup_printf("type%d", i);
        json_array_append_new(alike, json_pack("{s:s, s:s}", "value", "a", "type", type));
    }
    json_auto_t *another = json_pack("{s:s, s:s}", "value", "a", "type", "another");
    open_scene(&scene, emails(), "{}");
    assert_true(patch_values_add(&scene.values, alike));
    assert_false(patch_values_add(&scene.values, another));
    assert_string_equal(scene.fault.detail, "'emails' has too many values that are alike");
    close_scene(&scene);
}

static void values_without_a_key_are_named_a_hundred_at_once_at_most(void **state)
{
    (void)state;
    struct scene scene;
    json_auto_t *named = json_array();
    for (int i = 0; i < 100; i++)
        json_array_append_new(named, json_pack("{s:s}", "type", "other"));
    open_scene(&scene, emails(), "{\"emails\":[{\"type\":\"other\"},{\"type\":\"work\"}]}");
    assert_true(patch_values_remove(&scene.values, named));
    assert_home(&scene, "{\"emails\":[{\"type\":\"work\"}]}");
    json_array_append_new(named, json_object());
    assert_false(patch_values_remove(&scene.values, named));
    assert_int_equal(scene.fault.type, FAULT_INVALID_VALUE);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_added_removed_and_replaced),
        cmocka_unit_test(a_required_attribute_keeps_a_value),
        cmocka_unit_test(simple_values_are_values_too),
        cmocka_unit_test(there_may_be_as_many_values_as_the_schema_says_and_not_one_more),
        cmocka_unit_test(many_values_are_added_and_removed_at_once),
        cmocka_unit_test(a_hundred_values_may_be_alike_and_not_one_more),
        cmocka_unit_test(values_without_a_key_are_named_a_hundred_at_once_at_most),
        cmocka_unit_test(chosen_values_are_changed_and_the_others_are_not),
        cmocka_unit_test(parts_are_merged_and_null_unassigns),
        cmocka_unit_test(a_part_that_never_changes_may_be_set_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
