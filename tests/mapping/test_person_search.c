#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "mapping/person_search.h"

#include "company.h"

static void a_person_is_found_by_whatever_names_them(void **state)
{
    (void)state;
    static const char *const CORP[] = {"person alice mail=al@example.com", "person bob",
                                       "person carl login=al@example.com", NULL};
    static const char *const LABS[] = {"person alice mail=other@example.com", NULL};

    static const struct {
        const char *who, *dn_key, *found;
    } ROWS[] = {
        {"AL@example.com", NULL, "corp/a-alice corp/a-carl "},
        {"alice", NULL, "corp/a-alice labs/a-alice "},
        {"a-bob", NULL, "corp/a-bob "},
        {"UID=bob,dc=example", NULL, "corp/a-bob "},
        {"uid = bob", "uid=bob,dc=example", "corp/a-bob "},
        {"nobody", NULL, ""},
        {"", NULL, ""},
        {"example.com", NULL, ""},
    };

    g_autoptr(Rules) rules = company_rules(NULL, 0);
    g_autoptr(ProfileMap) map = profile_map_new();
    g_autoptr(Snapshot) corp = company_read("corp", CORP);
    g_autoptr(Snapshot) labs = company_read("labs", LABS);
    const struct mapper_directory directories[] = {
        {"labs", labs, map, FALSE}, {"okta", NULL, map, FALSE}, {"corp", corp, map, FALSE}};
    g_autoptr(Mapper) mapper = mapper_new(rules, directories, 3, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_autoptr(GArray) found = person_search(mapper, ROWS[i].who, ROWS[i].dn_key);
        g_autoptr(GString) text = g_string_new(NULL);
        guint32 count = 0;
        const struct mapper_directory *known = mapper_directories(mapper, &count);
        for (guint j = 0; j < found->len; j++) {
            struct person_found one = g_array_index(found, struct person_found, j);
            g_string_append_printf(text, "%s/%s ", known[one.directory].name,
                                   known[one.directory].snapshot->people[one.person].anchor);
        }
        assert_string_equal(text->str, ROWS[i].found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_is_found_by_whatever_names_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
