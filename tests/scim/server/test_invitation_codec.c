#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/server/invitation_codec.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void an_invitation_is_printed_with_what_stands(void **state)
{
    (void)state;
    g_autoptr(GArray) projects = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    const struct person_facts facts = {
        .id = (char[]){"p"}, .role = ORGANIZATION_ROLE_MEMBER, .projects = projects};
    struct invitation invitation = {.id = (char[]){"i"},
                                    .person = (char[]){"p"},
                                    .address = (char[]){"a@x.example"},
                                    .status = INVITATION_PENDING,
                                    .created = 1,
                                    .sent_at = 2,
                                    .modified = 2,
                                    .expires_at = 3,
                                    .sent_count = 2,
                                    .version = 5,
                                    .invited_by = (char[]){"person:q"}};
    json_t *resource = invitation_codec_print("http://h/scim/v2", &invitation, &facts, "L");
    assert_string_equal(text_of(resource, "email"), "a@x.example");
    assert_string_equal(text_of(resource, "status"), "pending");
    assert_string_equal(text_of(resource, "sentAt"), "1970-01-01T00:00:02Z");
    assert_string_equal(text_of(resource, "link"), "L");
    assert_int_equal(json_integer_value(json_object_get(resource, "sentCount")), 2);
    assert_string_equal(text_of(json_object_get(resource, "invitedBy"), "$ref"),
                        "http://h/scim/v2/Users/q");
    assert_string_equal(text_of(json_array_get(json_object_get(resource, "roles"), 0), "value"),
                        "member");
    assert_string_equal(text_of(json_object_get(resource, "meta"), "version"), "W/\"5\"");
    assert_string_equal(text_of(json_object_get(resource, "meta"), "created"),
                        "1970-01-01T00:00:01Z");
    assert_string_equal(text_of(json_object_get(resource, "meta"), "lastModified"),
                        "1970-01-01T00:00:02Z");
    json_decref(resource);
}

static void one_that_is_over_shows_no_roles_and_no_link(void **state)
{
    (void)state;
    struct invitation invitation = {.id = (char[]){"i"},
                                    .address = (char[]){"a@x.example"},
                                    .status = INVITATION_REVOKED,
                                    .invited_by = (char[]){"operator:anna"}};
    json_t *resource = invitation_codec_print("http://h", &invitation, NULL, NULL);
    assert_null(json_object_get(resource, "roles"));
    assert_null(json_object_get(resource, "link"));
    assert_null(json_object_get(resource, "person"));
    assert_string_equal(text_of(json_object_get(resource, "invitedBy"), "display"),
                        "operator:anna");
    json_decref(resource);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invitation_is_printed_with_what_stands),
        cmocka_unit_test(one_that_is_over_shows_no_roles_and_no_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
