#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scim/server/group_member_form.h"

static const struct {
    const char *sent;
    const char *formed;
    guint uses;
} forms[] = {
    {"{\"value\":\"x\",\"display\":\"X\"}", "{\"value\":\"x\",\"display\":\"X\"}", 0},
    {"\"x\"", "{\"value\":\"x\"}", 1},
    {"[\"x\",{\"value\":\"y\"},\"z\"]",
     "[{\"value\":\"x\"},{\"value\":\"y\"},{\"value\":\"z\"}]", 2},
    {"{\"value\":\"x\",\"displayName\":\"X\"}", "{\"value\":\"x\",\"display\":\"X\"}", 1},
    {"[{\"DISPLAYNAME\":\"X\"}]", "[{\"display\":\"X\"}]", 1},
    {"{\"display\":\"X\",\"displayName\":\"Y\"}", "{\"display\":\"X\",\"displayName\":\"Y\"}",
     0},
    {"[]", "[]", 0},
    {"null", "null", 0},
    {"5", "5", 0},
};

static void assert_equal(const json_t *got, const char *wanted)
{
    json_auto_t *expected = json_loads(wanted, JSON_DECODE_ANY, NULL);
    assert_non_null(expected);
    if (!json_equal(got, expected)) {
        fail_msg("%s instead of %s", json_dumps(got, JSON_ENCODE_ANY), wanted);
    }
}

static void
ids_without_an_object_and_other_names_are_brought_into_form_and_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        struct tolerance_use use = {0};
        json_auto_t *sent = json_loads(forms[i].sent, JSON_DECODE_ANY, NULL);
        json_auto_t *formed = group_member_form(sent, &use);
        assert_equal(formed, forms[i].formed);
        assert_equal(sent, forms[i].sent);
        assert_int_equal(use.count[TOLERANCE_UNKNOWN], forms[i].uses);
    }
    assert_null(group_member_form(NULL, NULL));
}

static void the_members_of_a_whole_resource_are_formed_in_a_copy(void **state)
{
    (void)state;
    struct tolerance_use use = {0};
    json_auto_t *sent = json_loads("{\"displayName\":\"G\",\"Members\":[\"x\"]}", 0, NULL);
    json_auto_t *formed = group_member_form_of_resource(sent, &use);
    assert_equal(formed, "{\"displayName\":\"G\",\"Members\":[{\"value\":\"x\"}]}");
    assert_equal(sent, "{\"displayName\":\"G\",\"Members\":[\"x\"]}");
    assert_int_equal(use.count[TOLERANCE_UNKNOWN], 1);

    json_auto_t *bare = json_loads("{\"displayName\":\"G\"}", 0, NULL);
    json_auto_t *same = group_member_form_of_resource(bare, &use);
    assert_ptr_equal(same, bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            ids_without_an_object_and_other_names_are_brought_into_form_and_counted),
        cmocka_unit_test(the_members_of_a_whole_resource_are_formed_in_a_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
