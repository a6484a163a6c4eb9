#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_invariants.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"the last owner who must go is held",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active member\n"
     "read corp\n"
     "want corp bob member\n",
     "held last-owner: remove ann\n"},
    {"an invited successor does not count",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob invited owner\n"
     "read corp\n"
     "want corp bob owner\n"
     "want corp ann member search=admin\n",
     "held last-owner: set-organization-role ann\n"},
    {"an expired one neither",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob expired owner\n"
     "read corp\n"
     "want corp bob owner\n"
     "want corp ann member search=admin\n",
     "held last-owner: set-organization-role ann\n"
     "note expired: bob\n"},
    {"an active one does",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active owner\n"
     "read corp\n"
     "want corp bob owner\n"
     "want corp ann member search=admin\n",
     "set-organization-role ann: owner -> member\n"},
    {"a suspended owner comes back, then the other goes",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob suspended owner\n"
     "read corp\n"
     "want corp bob owner\n"
     "want corp ann member search=admin\n",
     "reactivate bob: suspended -> active\n"
     "set-organization-role ann: owner -> member\n"},
    {"of two who must go the one who would lose less stays",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active owner\n"
     "read corp\n"
     "want corp bob member\n"
     "approve-all\n",
     "stand-in set-project-role bob: none -> search/admin\n"
     "remove ann: owner, search/admin -> none\n"
     "held last-owner: set-organization-role bob\n"},
    {"the only admin goes, an owner stands in first",
     "project search\n"
     "person ann active owner origin=manual\n"
     "person bob active member search=admin\n"
     "read corp\n",
     "stand-in set-project-role ann: none -> search/admin\n"
     "remove bob: member, search/admin -> none\n"},
    {"an unprotected owner stands in before a protected one",
     "project search\n"
     "person ann active owner origin=manual protected\n"
     "person zoe active owner origin=manual\n"
     "person bob active member search=admin\n"
     "read corp\n",
     "stand-in set-project-role zoe: none -> search/admin\n"
     "remove bob: member, search/admin -> none\n"},
    {"not an owner who goes, too",
     "project search\n"
     "person ann active owner\n"
     "person zoe active owner origin=manual\n"
     "person bob active member search=admin\n"
     "read corp\n",
     "stand-in set-project-role zoe: none -> search/admin\n"
     "remove ann: owner -> none\n"
     "remove bob: member, search/admin -> none\n"},
    {"a successor who is pending does not help",
     "project search\n"
     "person ann active owner origin=manual\n"
     "person bob active member search=admin\n"
     "person cat invited member search=admin\n"
     "read corp\n"
     "want corp cat member search=admin\n",
     "stand-in set-project-role ann: none -> search/admin\n"
     "remove bob: member, search/admin -> none\n"},
    {"a suspended admin who stays suspended neither",
     "project search\n"
     "person ann active owner origin=manual\n"
     "person bob active member search=admin\n"
     "person cat suspended member search=admin\n"
     "read corp\n"
     "suspended corp cat\n",
     "stand-in set-project-role ann: none -> search/admin\n"
     "remove bob: member, search/admin -> none\n"},
    {"a successor who is there does",
     "project search\n"
     "person ann active owner origin=manual\n"
     "person bob active member search=admin\n"
     "person cat active member\n"
     "read corp\n"
     "want corp cat member search=admin\n",
     "set-project-role cat: none -> search/admin\n"
     "remove bob: member, search/admin -> none\n"},
    {"a held removal takes its stand-in with it",
     "project search\n"
     "person ann active owner origin=manual\n"
     "person bob active member search=admin\n"
     "read corp\n"
     "emptied corp staff\n",
     "held guard: remove bob\n"},
    {"an owner who is the only admin and stays keeps the project",
     "project search\n"
     "person ann active owner search=admin\n"
     "read corp\n"
     "want corp ann owner\n",
     "note only-admin: ann\n"},
    {"and their role there is not lowered",
     "project search\n"
     "person ann active owner search=admin\n"
     "read corp\n"
     "want corp ann owner search=read-only\n",
     "note only-admin: ann\n"},
    {"until somebody else is its admin",
     "project search\n"
     "person ann active owner search=admin\n"
     "person bob active member\n"
     "read corp\n"
     "want corp ann owner\n"
     "want corp bob member search=admin\n",
     "set-project-role bob: none -> search/admin\n"
     "remove-project-role ann: search/admin -> none\n"},
    {"an owner who stands in and goes is stood in for",
     "project search\n"
     "person ann active owner\n"
     "stands-in search\n"
     "person zoe active owner origin=manual\n"
     "read corp\n",
     "stand-in set-project-role zoe: none -> search/admin\n"
     "remove ann: owner -> none\n"},
    {"where an owner's edit keeps every owner out the admin stays",
     "project search\n"
     "person ann active owner origin=manual\n"
     "override search=read-only\n"
     "person bob active member search=admin\n"
     "read corp\n",
     "held last-project-admin: remove bob\n"},
    {"an override keeps an owner whatever the directory says",
     "project search\n"
     "person ann active owner search=admin\n"
     "override owner\n"
     "read corp\n"
     "want corp ann member search=admin\n",
     "set-organization-role ann: owner -> member\n"
     "note override: ann\n"},
    {"but no person alive",
     "project search\n"
     "person ann active owner origin=manual search=admin\n"
     "person bob active owner\n"
     "override owner\n"
     "read corp\n",
     "remove bob: owner -> none\n"},
    {"an admin who would only come back with a seat that is not there does not count",
     "cap 1\n"
     "project search\n"
     "person ann active owner origin=manual\n"
     "person bob active member search=admin\n"
     "person eve suspended member\n"
     "link labs member inactive\n"
     "link manual member search=admin\n"
     "read corp\n"
     "read labs\n",
     "stand-in set-project-role ann: none -> search/admin\n"
     "remove bob: member, search/admin -> none\n"
     "remove eve: member -> none\n"
     "waiting eve: member\n"},
};

static void somebody_is_always_left(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_is_always_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
