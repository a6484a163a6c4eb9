#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/audit_line.h"
#include "scim/organization/audit_state.h"

static void assert_state(json_t *state, const char *text)
{
    g_autofree char *line = audit_line_print(state);
    assert_string_equal(line, text);
    json_decref(state);
}

static void each_kind_of_thing_has_its_state(void **state)
{
    (void)state;
    char first[] = "example.com", second[] = "example.org";
    char text_acme[] = "acme";
    char text_Acme[] = "Acme";
    char text_c1[] = "c1";
    char text_okta[] = "okta";
    char text_people[] = "people";
    char text_strict[] = "strict";
    char text_wait[] = "wait";
    char text_m1[] = "m1";
    char text_directory_corp[] = "directory:corp";
    char text_bob_example_com[] = "bob@example.com";
    char *domains[] = {first, second, NULL};
    const struct organization acme = {.name = text_acme,
                                      .display_name = text_Acme,
                                      .seats = 100,
                                      .invitation_lifetime = 172800,
                                      .domains = domains,
                                      .version = 7};
    const struct connection okta = {.id = text_c1,
                                    .name = text_okta,
                                    .scope = text_people,
                                    .personality = text_strict,
                                    .at_cap = text_wait,
                                    .patch_answer = 204,
                                    .max_role = ORGANIZATION_ROLE_MEMBER,
                                    .adopt = TRUE};
    const struct marker marker = {.id = text_m1,
                                  .origin = text_directory_corp,
                                  .user_name = text_bob_example_com,
                                  .kind = MARKER_LEFT,
                                  .since = 1800000000};
    assert_state(audit_state_organization(&acme),
                 "{\"displayName\":\"Acme\",\"domains\":[\"example.com\",\"example.org\"],"
                 "\"invitationLifetime\":172800,\"seats\":100}");
    assert_state(audit_state_project("search", "Search"),
                 "{\"displayName\":\"Search\",\"name\":\"search\"}");
    assert_state(audit_state_connection(&okta),
                 "{\"adopt\":true,\"atCap\":\"wait\",\"id\":\"c1\",\"maxRole\":\"member\","
                 "\"patchAnswer\":204,\"personality\":\"strict\",\"rehearsal\":false,"
                 "\"scope\":\"people\"}");
    assert_state(audit_state_marker(&marker),
                 "{\"kind\":\"left\",\"origin\":\"directory:corp\","
                 "\"since\":\"2027-01-15T08:00:00Z\",\"userName\":\"bob@example.com\"}");
}

static void of_a_token_there_is_no_secret_and_a_row_says_the_same_as_what_is_read(void **state)
{
    (void)state;
    char text_t1[] = "t1";
    char text_okta[] = "okta";
    const struct token token = {.id = text_t1,
                                .connection = text_okta,
                                .created = 1800000000,
                                .expires_at = 1800003600,
                                .last_used_at = 1800000001};
    const struct token_row row = {.id = "t1",
                                  .secret = "hush",
                                  .connection = "c1",
                                  .created = 1800000000,
                                  .expires_at = 1800003600};
    const char *text = "{\"connection\":\"okta\",\"created\":\"2027-01-15T08:00:00Z\","
                       "\"expiresAt\":\"2027-01-15T09:00:00Z\"}";
    assert_state(audit_state_token(&token), text);
    assert_state(audit_state_token_row(&row, "okta"), text);
    const struct token_row personal = {
        .id = "t2", .secret = "hush", .person = "p1", .name = "laptop", .created = 1800000000};
    assert_state(
        audit_state_token_row(&personal, NULL),
        "{\"created\":\"2027-01-15T08:00:00Z\",\"name\":\"laptop\",\"person\":\"p1\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_thing_has_its_state),
        cmocka_unit_test(of_a_token_there_is_no_secret_and_a_row_says_the_same_as_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
