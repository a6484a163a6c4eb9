#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/user_edit.h"

static void a_suspension_is_heard_in_every_form(void **state)
{
    (void)state;

    static const struct {
        const char *body;
        gboolean suspends;
    } cases[] = {
        {"{\"userName\":\"a\",\"active\":false}", TRUE},
        {"{\"username\":\"a\",\"Active\":\"False\"}", TRUE},
        /* a resource without what is required is none */
        {"{\"active\":false}", FALSE},
        {"{\"userame\":\"a\",\"active\":false}", FALSE},
        {"{\"userName\":null,\"active\":false}", FALSE},
        {"{\"active\":true}", FALSE},
        {"{\"userName\":\"a\"}", FALSE},
        {"{\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":false}]}", TRUE},
        {"{\"operations\":[{\"OP\":\"Replace\",\"Path\":\"Active\",\"Value\":\"False\"}]}",
         TRUE},
        {"{\"Operations\":[{\"op\":\"replace\",\"value\":{\"active\":false}}]}", TRUE},
        {"{\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"x\"},"
         "{\"op\":\"replace\",\"path\":\"active\",\"value\":\"false\"}]}",
         TRUE},
        {"{\"Operations\":[{\"op\":\"replace\",\"path\":\"active\",\"value\":true}]}", FALSE},
        {"{\"Operations\":[{\"op\":\"remove\",\"path\":\"active\"}]}", FALSE},
        {"{\"Operations\":[{\"op\":\"replace\",\"path\":\"urn:ietf:params:scim:schemas:core:2."
         "0:"
         "User:active\",\"value\":false}]}",
         TRUE},
        {"{\"Operations\":[{\"op\":\"replace\",\"path\":\"activeness\",\"value\":false}]}",
         FALSE},
        {"{\"Operations\":[7,null,\"active\"]}", FALSE},
        {"{\"Operations\":{}}", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *body = json_loads(cases[i].body, 0, NULL);
        if (user_edit_asks_suspension(body) != cases[i].suspends) {
            fail_msg("%s: %d", cases[i].body, !cases[i].suspends);
        }
        json_decref(body);
    }
}

static void what_a_body_names_is_found_in_every_form(void **state)
{
    (void)state;

    static const struct {
        const char *body;
        gboolean says;
    } cases[] = {
        {"{\"roles\":[]}", TRUE},
        {"{\"roles\":null}", FALSE},
        {"{\"userName\":\"a\"}", FALSE},
        {"{\"Operations\":[{\"op\":\"remove\",\"path\":\"roles\"}]}", TRUE},
        {"{\"Operations\":[{\"op\":\"add\",\"path\":\"Roles[value eq \\\"x\\\"]\"}]}", TRUE},
        {"{\"Operations\":[{\"op\":\"replace\",\"value\":{\"roles\":[]}}]}", TRUE},
        {"{\"Operations\":[{\"op\":\"replace\",\"value\":{\"title\":\"roles\"}}]}", FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *body = json_loads(cases[i].body, 0, NULL);
        assert_non_null(body);
        if (user_edit_says(body, "roles") != cases[i].says) {
            fail_msg("%s: %d", cases[i].body, !cases[i].says);
        }
        json_decref(body);
    }
}

static void a_patch_makes_a_changed_copy_or_a_fault(void **state)
{
    (void)state;
    const struct call_service service = {.url = "http://h", .clock = clock_system()};
    Exchange *exchange = exchange_new("PATCH", "/x");
    struct call *call = call_new(&service, exchange);
    json_t *before = json_pack("{s:[s], s:s}", "schemas", SCIM_URN_USER, "userName", "a");
    call->body = json_loads("{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":"
                            "\"add\",\"path\":\"title\",\"value\":\"Dr\"}]}",
                            0, NULL);
    json_t *after = user_edit_patch(call, before);
    assert_string_equal(json_string_value(json_object_get(after, "title")), "Dr");
    assert_null(json_object_get(before, "title"));
    json_decref(after);
    json_decref(call->body);
    call->body = json_loads("{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[{\"op\":"
                            "\"add\",\"path\":\"title\",\"value\":7}]}",
                            0, NULL);
    assert_null(user_edit_patch(call, before));
    assert_int_equal(call->fault.status, 400);
    json_decref(before);
    call_free(call);
    exchange_free(exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_suspension_is_heard_in_every_form),
        cmocka_unit_test(what_a_body_names_is_found_in_every_form),
        cmocka_unit_test(a_patch_makes_a_changed_copy_or_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
