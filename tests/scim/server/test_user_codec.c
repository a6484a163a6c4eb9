#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/user_codec.h"

/* Somebody whom a directory made and an owner overrode. */
static PersonFacts *new_facts(void)
{
    PersonFacts *facts = g_new0(PersonFacts, 1);
    facts->id = g_strdup("p1");
    facts->user_name = g_strdup("ann@example.com");
    facts->address = g_strdup("ann@example.com");
    facts->profile =
        g_strdup("{\"title\":\"Dr\",\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"S\"}}");
    facts->status = PERSON_ACTIVE;
    facts->created = 1;
    facts->modified = 2;
    facts->version = 9;
    facts->joined_at = 3;
    facts->role = ORGANIZATION_ROLE_OWNER;
    facts->override = ORGANIZATION_ROLE_OWNER;
    facts->projects = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    facts->overrides = g_array_new(FALSE, TRUE, sizeof(struct project_role_facts));
    const struct project_role_facts none = {g_strdup("ads"), PROJECT_ROLE_NONE};
    g_array_append_val(facts->overrides, none);
    facts->links = g_ptr_array_new();
    struct link_facts *link = g_new0(struct link_facts, 1);
    link->origin = g_strdup("directory:corp");
    link->external_id = g_strdup("e-1");
    link->active = FALSE;
    link->role = ORGANIZATION_ROLE_MEMBER;
    link->projects = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts));
    g_ptr_array_add(facts->links, link);
    facts->stands_in = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(facts->stands_in, g_strdup("search"));
    return facts;
}

static void free_facts(PersonFacts *facts)
{
    struct link_facts *link = g_ptr_array_index(facts->links, 0);
    g_free(link->origin);
    g_free(link->external_id);
    g_array_unref(link->projects);
    g_free(link);
    g_free(g_array_index(facts->overrides, struct project_role_facts, 0).project);
    g_array_unref(facts->overrides);
    g_array_unref(facts->projects);
    g_ptr_array_unref(facts->links);
    g_ptr_array_unref(facts->stands_in);
    g_free(facts->id);
    g_free(facts->user_name);
    g_free(facts->address);
    g_free(facts->profile);
    g_free(facts);
}

static const char *role_of(const json_t *user)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(user, "roles"), 0), "value"));
}

static void who_looks_decides_what_is_shown(void **state)
{
    (void)state;

    static const struct {
        struct user_view view;
        const char *external_id, *role;
        gboolean active;
    } cases[] = {
        {{.base = "b"}, NULL, "owner", TRUE},
        {{.base = "b", .sees_origins = TRUE}, "e-1", "owner", TRUE},
        {{.base = "b", .origin = "directory:corp"}, "e-1", "member", FALSE},
        {{.base = "b", .origin = "scim:okta"}, NULL, "owner", TRUE},
        {{.base = "b", .origin = "scim:okta", .blank_without_link = TRUE}, NULL, NULL, TRUE},
    };

    PersonFacts *facts = new_facts();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_t *user = user_codec_print(&cases[i].view, facts);
        const char *external = json_string_value(json_object_get(user, "externalId"));
        if (g_strcmp0(external, cases[i].external_id) != 0 ||
            g_strcmp0(role_of(user), cases[i].role) != 0 ||
            json_is_true(json_object_get(user, "active")) != cases[i].active) {
            fail_msg("view %zu shows '%s', '%s'", i, external, role_of(user));
        }
        json_decref(user);
    }
    free_facts(facts);
}

static void the_whole_contract_of_the_extension_is_there(void **state)
{
    (void)state;
    PersonFacts *facts = new_facts();
    const struct user_view view = {.base = "http://h/scim/v2", .sees_origins = TRUE};
    json_t *user = user_codec_print(&view, facts);
    char *text = json_dumps(json_object_get(user, SCIM_URN_MEMBERSHIP), JSON_COMPACT);
    assert_string_equal(
        text,
        "{\"status\":\"active\",\"protected\":false,\"joinedAt\":\"1970-01-01T00:00:03Z\","
        "\"origins\":[{\"value\":\"directory:corp\",\"externalId\":\"e-1\",\"active\":false,"
        "\"roles\":[\"member\"]}],\"override\":[{\"value\":\"owner\"},"
        "{\"value\":\"ads/none\"}],\"standsIn\":[\"search\"]}");
    free(text);
    assert_int_equal(json_array_size(json_object_get(user, "schemas")), 3);
    assert_string_equal(json_string_value(json_object_get(user, "title")), "Dr");
    const json_t *mail = json_array_get(json_object_get(user, "emails"), 0);
    assert_string_equal(json_string_value(json_object_get(mail, "value")), "ann@example.com");
    json_decref(user);
    free_facts(facts);
}

static void an_owners_suspension_is_told_even_where_a_link_suspends_as_well(void **state)
{
    (void)state;
    PersonFacts *facts = new_facts();
    const struct user_view view = {.base = "b"};
    for (int by_owner = 0; by_owner < 2; by_owner++) {
        facts->suspended_by_owner = by_owner;
        json_t *user = user_codec_print(&view, facts);
        const json_t *membership = json_object_get(user, SCIM_URN_MEMBERSHIP);
        assert_int_equal(json_is_true(json_object_get(membership, "suspendedByOwner")),
                         by_owner);
        json_decref(user);
    }
    free_facts(facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_looks_decides_what_is_shown),
        cmocka_unit_test(the_whole_contract_of_the_extension_is_there),
        cmocka_unit_test(an_owners_suspension_is_told_even_where_a_link_suspends_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
