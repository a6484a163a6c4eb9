#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_attached.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches; the groups of okta were read. */
#define QUIET                                                                                  \
    "project search\nperson root active owner search=admin origin=manual\n"                    \
    "read okta\nattach okta\n"

static const struct sketch_case cases[] = {
    {"whom a provider made gets what the groups give",
     QUIET "person ann active member origin=scim:okta\n"
           "want okta ann member search=read-write anchor=ann\n",
     "attach set-organization-role ann: none -> member, search/read-write\n"},
    {"somebody who is not there is nothing",
     QUIET "want okta ann member search=read-write anchor=ann\n", ""},
    {"an address is no anchor",
     QUIET "person ann active member origin=scim:okta\n"
           "want okta ann member search=read-write anchor=another\n",
     ""},
    {"whom no provider has gets nothing",
     QUIET "read corp\n"
           "person bob active member\n"
           "want corp bob member\n"
           "want okta bob owner anchor=bob\n",
     ""},
    {"a pending person is reissued with the roles",
     QUIET "person ann invited member origin=scim:okta\n"
           "want okta ann member search=admin anchor=ann\n",
     "attach reissue ann: none -> member, search/admin\n"},
    {"whoever is held or suspended has the roles when they come back",
     QUIET "person ann suspended member origin=scim:okta\n"
           "person bea held member origin=scim:okta\n"
           "want okta ann member search=admin anchor=ann\n"
           "want okta bea billing-admin anchor=bea\n",
     "attach set-organization-role ann: none -> member, search/admin\n"
     "attach set-organization-role bea: none -> billing-admin\n"},
    {"a rehearsal has no effect",
     QUIET "person ann rehearsed member origin=scim:okta\n"
           "want okta ann member search=admin anchor=ann\n",
     ""},
    {"a protected owner is left alone",
     QUIET "person ann active owner origin=scim:okta protected\n"
           "want okta ann member search=admin anchor=ann\n",
     "note protected: ann\n"},
    {"the same again is nothing to do",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta member search=read-write attached\n"
           "want okta ann member search=read-write anchor=ann mail=other@example.com\n",
     ""},
    {"roles change one by one, and the profile is the provider's",
     QUIET "person ann active member origin=scim:okta title=Boss\n"
           "link okta member search=read-write attached\n"
           "want okta ann billing-admin search=admin anchor=ann\n",
     "set-project-role ann: search/read-write -> search/admin\n"
     "set-organization-role ann: member -> billing-admin\n"},
    {"in no group any more: the roles go, the person stays",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta billing-admin search=read-write attached\n",
     "remove roles of ann: billing-admin, search/read-write -> none\n"},
    {"a pending person is not revoked",
     QUIET "person ann invited member origin=scim:okta\n"
           "link okta member search=read-write attached\n",
     "remove roles of ann: member, search/read-write -> none\n"},
    {"denied among the groups: the roles go",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta member search=read-write attached\n"
           "denied okta ann anchor=ann\n",
     "remove roles of ann: member, search/read-write -> none\n"},
    {"without a provider they go, though the group still has the person",
     QUIET "read corp\n"
           "person bob active member\n"
           "link okta member search=read-write attached\n"
           "want corp bob member\n"
           "want okta bob member search=read-write anchor=bob\n",
     "remove roles of bob: member, search/read-write -> none\n"},
    {"with their directory's link the person goes, and the attached link with them",
     QUIET "read corp\n"
           "person bob active member\n"
           "link okta member search=read-write attached\n"
           "want okta bob member search=read-write anchor=bob\n",
     "remove bob: member -> none\n"},
    {"the last directory that has a pending person revokes the invitation",
     QUIET "read corp\n"
           "person bob invited member\n"
           "link okta member search=read-write attached\n"
           "want okta bob member search=read-write anchor=bob\n",
     "revoke bob: member -> none\n"},
    {"a directory whose person a provider has as well takes its own link alone",
     QUIET "read corp\n"
           "person bob active billing-admin\n"
           "link scim:okta member\n"
           "link okta member search=read-write attached\n"
           "want okta bob member search=read-write anchor=bob\n",
     "remove bob: billing-admin -> none\n"},
    {"a link that is none of pushed groups is left alone",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta member search=read-write\n",
     "note no-directory: ann\n"},
    {"groups that were not read change nothing",
     "project search\nperson root active owner search=admin origin=manual\nattach okta\n"
     "person ann active member origin=scim:okta\n"
     "link okta member search=read-write attached\n",
     ""},
    {"an owner's edit hides what groups say, and silence is no word",
     QUIET "person ann active member origin=scim:okta\n"
           "link okta member search=read-write attached\n"
           "override owner\n"
           "override search=none\n"
           "want okta ann member search=read-write anchor=ann\n",
     "note override: ann\n"},
    {"the only owner by groups is held",
     "project search\nread okta\nattach okta\n"
     "person ann active member origin=scim:okta\n"
     "link okta owner attached\n"
     "person bob active member search=admin origin=manual\n",
     "held last-owner: remove ann\n"},
    {"the only admin by groups is succeeded",
     "project search\nread okta\nattach okta\n"
     "person root active owner origin=manual\n"
     "person ann active member origin=scim:okta\n"
     "link okta member search=admin attached\n",
     "stand-in set-project-role root: none -> search/admin\n"
     "remove roles of ann: member, search/admin -> none\n"},
};

static void a_plan_for_pushed_groups_attaches_and_lets_go(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

static void what_the_guard_counts_is_a_loss_of_roles_too(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(QUIET);
    g_autoptr(GString) held = g_string_new(NULL);
    for (guint i = 0; i < 5; i++) {
        g_string_append_printf(text, "person p%u active member origin=scim:okta\n", i);
        g_string_append(text, "link okta member search=read-only attached\n");
        g_string_append_printf(held, "held guard: remove p%u\n", i);
    }
    sketch_expect("five at once", text->str, held->str);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_for_pushed_groups_attaches_and_lets_go),
        cmocka_unit_test(what_the_guard_counts_is_a_loss_of_roles_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
