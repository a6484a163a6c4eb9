#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/sync/plan_grant.h"
#include "tests/agent/sync/sketch.h"

/* An owner and a project that nothing in a case touches. */
#define QUIET "project search\nperson root active owner search=admin origin=manual\n"

static const struct sketch_case cases[] = {
    {"promoted",
     QUIET "person dana active member\n"
           "read corp\n"
           "want corp dana owner\n",
     "set-organization-role dana: member -> owner\n"},
    {"demoted",
     QUIET "person dana active owner\n"
           "read corp\n"
           "want corp dana member\n",
     "set-organization-role dana: owner -> member\n"},
    {"a project role set, changed and removed",
     QUIET "project ads\n"
           "project news\n"
           "person dana active member ads=read-write news=read-only\n"
           "read corp\n"
           "want corp dana member search=read-write ads=read-only\n",
     "set-project-role dana: none -> search/read-write\n"
     "set-project-role dana: ads/read-write -> ads/read-only\n"
     "remove-project-role dana: news/read-only -> none\n"},
    {"a project that does not exist is noted",
     QUIET "read corp\n"
           "want corp dana member nowhere=admin\n",
     "invite dana: none -> member\n"
     "note no-project: dana\n"},
    {"a project that does not exist is noted for who is there",
     QUIET "person dana active member\n"
           "read corp\n"
           "want corp dana member nowhere=admin\n",
     "note no-project: dana\n"},
    {"a pending person with another role is reissued once",
     QUIET "person dana invited member search=read-only\n"
           "read corp\n"
           "want corp dana billing-admin search=admin\n",
     "reissue dana: member, search/read-only -> billing-admin, search/admin\n"},
    {"a pending person with another address is reissued",
     QUIET "person dana invited member\n"
           "read corp\n"
           "want corp dana member mail=d@example.com\n",
     "reissue dana: none -> mail 'd'\n"},
    {"a pending person with another title is not mailed again",
     QUIET "person dana invited member\n"
           "read corp\n"
           "want corp dana member title=Boss\n",
     "update-profile dana: none -> title 'Boss'\n"},
    {"an expired invitation is the endpoint's, its roles are not",
     QUIET "person dana expired member\n"
           "read corp\n"
           "want corp dana owner\n",
     "set-organization-role dana: member -> owner\n"
     "note expired: dana\n"},
    {"an address in other letters is the same",
     QUIET "person dana active member\n"
           "read corp\n"
           "want corp dana member userName=DANA@Example.com mail=Dana@example.com\n",
     ""},
    {"a title that is gone is cleared",
     QUIET "person dana active member title=Boss\n"
           "read corp\n"
           "want corp dana member\n",
     "update-profile dana: none -> no title\n"},
    {"a suspended person gets their new roles before they come back",
     QUIET "person dana suspended owner\n"
           "read corp\n"
           "want corp dana member search=read-only\n",
     "set-project-role dana: none -> search/read-only\n"
     "set-organization-role dana: owner -> member\n"
     "reactivate dana: suspended -> active\n"},
    {"a protected owner gets project roles and nothing else",
     QUIET "person dana active owner protected title=Boss\n"
           "read corp\n"
           "want corp dana member search=read-only\n",
     "set-project-role dana: none -> search/read-only\n"
     "note protected: dana\n"},
    {"a protected owner's project role is not changed",
     QUIET "person dana active owner protected search=read-only\n"
           "read corp\n"
           "want corp dana owner search=admin\n",
     "note protected: dana\n"},
    {"an override is noted, the link still says the directory's word",
     QUIET "person dana active member search=read-only\n"
           "override owner\n"
           "override search=none\n"
           "read corp\n"
           "want corp dana billing-admin search=read-write\n",
     "set-organization-role dana: member -> billing-admin\n"
     "set-project-role dana: search/read-only -> search/read-write\n"
     "note override: dana\n"
     "note override: dana\n"},
    {"an override that agrees is no news",
     QUIET "person dana active member\n"
           "override owner\n"
           "read corp\n"
           "want corp dana owner\n",
     "set-organization-role dana: member -> owner\n"},
};

static void roles_and_profiles_become_what_the_directory_says(void **state)
{
    (void)state;
    sketch_expect_all(cases, G_N_ELEMENTS(cases));
}

static const char *expired_note(const char *reason, Sketch **sketch, Plan **plan)
{
    *sketch =
        sketch_new(QUIET "person dana expired member\nread corp\nwant corp dana member\n");
    (*sketch)->actual->people[0].status_reason = reason;
    *plan = sketch_plan(*sketch);
    assert_int_equal((*plan)->notes->len, 1);
    return g_array_index((*plan)->notes, struct plan_note, 0).sentence;
}

/* The endpoint renews by itself; what it says of its renewals is passed on. */
static void the_note_of_an_expired_invitation_says_what_happens_next(void **state)
{
    (void)state;

    static const struct {
        const char *reason, *text;
    } notes[] = {
        {"",
         "the invitation of 'dana@example.com' has expired; where the endpoint mails, it sends "
         "a new one by itself, `rolecall resend` does at once"},
        {"Its 2 renewals are used up: resend it.",
         "the invitation of 'dana@example.com' has expired: Its 2 renewals are used up: resend "
         "it."},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(notes); i++) {
        Sketch *sketch = NULL;
        Plan *plan = NULL;
        assert_string_equal(expired_note(notes[i].reason, &sketch, &plan), notes[i].text);
        plan_free(plan);
        sketch_free(sketch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_and_profiles_become_what_the_directory_says),
        cmocka_unit_test(the_note_of_an_expired_invitation_says_what_happens_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
