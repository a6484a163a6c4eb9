#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/user_draft.h"

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    return json;
}

/* What the roles of an edit say: "unsaid", or the draft. */
static void expect_roles(const char *before, const char *after, enum role_reading reading,
                         gboolean said, guint projects)
{
    json_t *old = before != NULL ? parse(before) : NULL;
    json_t *new = parse(after);
    const struct user_draft_source source = {new, old, reading, FALSE};
    struct user_draft draft;
    struct fault fault = {0};
    assert_true(user_draft_read(&source, &draft, NULL, &fault));
    if (draft.draft.has_roles != said || draft.draft.project_count != projects) {
        fail_msg("%s after %s says roles: %d, projects: %zu", after, before,
                 draft.draft.has_roles, draft.draft.project_count);
    }
    user_draft_clear(&draft);
    json_decref(new);
    json_decref(old);
}

static void roles_speak_only_where_they_differ(void **state)
{
    (void)state;
    const char *none = "{\"userName\":\"a\"}";
    const char *one = "{\"userName\":\"a\",\"roles\":[{\"value\":\"s/admin\"}]}";
    const char *two =
        "{\"userName\":\"a\",\"roles\":[{\"value\":\"s/admin\"},{\"value\":\"t/admin\"}]}";
    expect_roles(NULL, none, ROLE_READING_ONCE, FALSE, 0);
    expect_roles(NULL, one, ROLE_READING_ONCE, TRUE, 1);
    expect_roles(one, none, ROLE_READING_ONCE, FALSE, 0); /* a PUT without roles */
    expect_roles(one, none, ROLE_READING_LAST, TRUE, 0);  /* a PATCH that took the last away */
    expect_roles(one, one, ROLE_READING_LAST, FALSE, 1);
    expect_roles(two, one, ROLE_READING_ONCE, TRUE, 1);
    expect_roles(one, two, ROLE_READING_LAST, TRUE, 2);
}

static void the_profile_is_what_the_judge_does_not_keep(void **state)
{
    (void)state;
    json_t *after = parse(
        "{\"schemas\":[\"x\"],\"id\":\"i\",\"externalId\":\"e\",\"meta\":{},\"userName\":\"a\","
        "\"active\":false,\"roles\":[],\"displayName\":\"Anna\",\"name\":{\"givenName\":\"A\"},"
        "\"urn:rolecall:params:scim:schemas:extension:1.0:Membership\":{\"status\":\"active\"},"
        "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"department\":\"S\"}"
        "}");
    const struct user_draft_source source = {after, NULL, ROLE_READING_ONCE, FALSE};
    struct user_draft draft;
    struct fault fault = {0};
    assert_true(user_draft_read(&source, &draft, NULL, &fault));
    assert_string_equal(draft.draft.profile,
                        "{\"displayName\":\"Anna\",\"name\":{\"givenName\":\"A\"},"
                        "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{"
                        "\"department\":\"S\"}}");
    assert_string_equal(draft.draft.user_name, "a");
    assert_string_equal(draft.draft.display_name, "Anna");
    assert_string_equal(draft.draft.external_id, "e");
    assert_false(draft.draft.active);
    assert_non_null(json_object_get(after, "roles"));
    user_draft_clear(&draft);
    json_decref(after);
}

static void a_whole_replacement_keeps_what_it_does_not_name(void **state)
{
    (void)state;
    json_t *before = parse("{\"userName\":\"a\",\"externalId\":\"e\",\"active\":false}");
    json_t *after = parse("{\"userName\":\"b\"}");
    struct user_draft_source source = {after, before, ROLE_READING_ONCE, FALSE};
    struct user_draft draft;
    struct fault fault = {0};
    assert_true(user_draft_read(&source, &draft, NULL, &fault));
    assert_string_equal(draft.draft.external_id, "e");
    assert_false(draft.draft.active);
    user_draft_clear(&draft);
    source.reading = ROLE_READING_LAST;
    assert_true(user_draft_read(&source, &draft, NULL, &fault));
    assert_null(draft.draft.external_id);
    user_draft_clear(&draft);
    json_decref(before);
    json_decref(after);
}

static void a_role_that_is_none_is_a_fault(void **state)
{
    (void)state;
    json_t *after = parse("{\"userName\":\"a\",\"roles\":[{\"value\":\"king\"}]}");
    struct user_draft_source source = {after, NULL, ROLE_READING_ONCE, FALSE};
    struct user_draft draft;
    struct fault fault = {0};
    assert_false(user_draft_read(&source, &draft, NULL, &fault));
    assert_int_equal(fault.status, 400);
    user_draft_clear(&draft);
    fault_clear(&fault);
    source.lenient = TRUE;
    assert_true(user_draft_read(&source, &draft, NULL, &fault));
    assert_false(draft.draft.has_roles);
    user_draft_clear(&draft);
    json_decref(after);
}

/* A project admin edits roles of people whose mail was only shown, not stored: no edit of theirs. */
static void a_profile_that_stayed_as_it_was_shown_is_not_edited(void **state)
{
    (void)state;

    static const struct {
        const char *before, *after;
        gboolean said;
    } cases[] = {
        {"{\"userName\":\"a\",\"title\":\"T\",\"emails\":[{\"value\":\"a@x.example\"}]}",
         "{\"userName\":\"a\",\"emails\":[{\"value\":\"a@x.example\"}],\"title\":\"T\","
         "\"roles\":[{\"value\":\"s/admin\"}],\"active\":false}",
         FALSE},
        {"{\"userName\":\"a\",\"title\":\"T\"}", "{\"userName\":\"a\",\"title\":\"U\"}", TRUE},
        {"{\"userName\":\"a\",\"title\":\"T\"}", "{\"userName\":\"a\"}", TRUE},
        {NULL, "{\"userName\":\"a\"}", TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *before = cases[i].before != NULL ? parse(cases[i].before) : NULL;
        json_t *after = parse(cases[i].after);
        const struct user_draft_source source = {after, before, ROLE_READING_LAST, FALSE};
        struct user_draft draft;
        struct fault fault = {0};
        assert_true(user_draft_read(&source, &draft, NULL, &fault));
        if ((draft.draft.profile != NULL) != cases[i].said) {
            fail_msg("%s says of the profile: %s", cases[i].after, draft.draft.profile);
        }
        user_draft_clear(&draft);
        json_decref(after);
        json_decref(before);
    }
}

static void an_address_that_could_break_a_line_is_refused(void **state)
{
    (void)state;

    static const char *const values[] = {
        "x\\r\\nBcc: y@z.example",
        "a\\u0085b@x.example",
        "a\\u2028b@x.example",
        "a\\u2029b@x.example",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"userName\":\"anna\",\"emails\":[{\"value\":\"%s\"}]}", values[i]);
        json_t *resource = json_loads(text, 0, NULL);
        assert_non_null(resource);
        const struct user_draft_source source = {resource, NULL, ROLE_READING_ONCE, FALSE};
        struct user_draft draft;
        struct fault fault = {0};
        if (user_draft_read(&source, &draft, NULL, &fault) || fault.status != 400) {
            fail_msg("'%s' is taken", values[i]);
        }
        user_draft_clear(&draft);
        fault_clear(&fault);
        json_decref(resource);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_could_break_a_line_is_refused),
        cmocka_unit_test(roles_speak_only_where_they_differ),
        cmocka_unit_test(the_profile_is_what_the_judge_does_not_keep),
        cmocka_unit_test(a_profile_that_stayed_as_it_was_shown_is_not_edited),
        cmocka_unit_test(a_whole_replacement_keeps_what_it_does_not_name),
        cmocka_unit_test(a_role_that_is_none_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
