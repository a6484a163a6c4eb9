#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/organization/act.h"
#include "scim/organization/audit_deed.h"

/* Owns nothing but its arrays. */
static struct person_facts make_person(enum person_status status)
{
    static char id[] = "1", name[] = "ada@example.com", profile[] = "{}";
    return (struct person_facts){
        .id = id,
        .user_name = name,
        .profile = profile,
        .status = status,
        .role = ORGANIZATION_ROLE_MEMBER,
        .projects = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts)),
        .links = g_ptr_array_new(),
        .overrides = g_array_new(FALSE, FALSE, sizeof(struct project_role_facts)),
        .stands_in = g_ptr_array_new()};
}

static void drop_person(struct person_facts *facts)
{
    g_array_unref(facts->projects);
    g_ptr_array_unref(facts->links);
    g_array_unref(facts->overrides);
    g_ptr_array_unref(facts->stands_in);
}

#define NOBODY (-1)

/* What differs between the two states besides the status. */
enum difference {
    NOTHING,
    JOINED,
    NEW_TIME,
    OTHER_ROLE,
    OTHER_PROJECT,
    STANDS_IN,
    STANDS_IN_AND_MORE,
    OVERRIDE_GONE,
    OVERRIDE_PUT,
    PROFILE,
};

/* How the act marked the person. */
enum mark { PLAIN, RESENT, RENEWED, ACCEPTED };

struct deed_case {
    int before, after;
    enum audit_action action;
    int act; /* -1: time */
    enum difference difference;
    enum mark mark;
};

static void put_project(GArray *projects, enum project_role role)
{
    static char search[] = "search";
    const struct project_role_facts entry = {.project = search, .role = role};
    g_array_append_val(projects, entry);
}

static void make_differ(struct person_facts *before, struct person_facts *after,
                        enum difference difference)
{
    static char profile[] = "{\"title\":\"x\"}", search[] = "search";
    switch (difference) {
    case NOTHING:
        break;
    case JOINED:
        before->joined_at = after->joined_at = 5;
        break;
    case NEW_TIME:
        before->expires_at = 5;
        after->expires_at = 9;
        break;
    case OTHER_ROLE:
        after->role = ORGANIZATION_ROLE_OWNER;
        break;
    case OTHER_PROJECT:
        put_project(after->projects, PROJECT_ROLE_ADMIN);
        break;
    case STANDS_IN_AND_MORE:
        after->profile = profile;
        g_ptr_array_add(after->stands_in, search);
        break;
    case STANDS_IN:
        put_project(after->projects, PROJECT_ROLE_ADMIN);
        g_ptr_array_add(after->stands_in, search);
        break;
    case OVERRIDE_GONE:
        put_project(before->overrides, PROJECT_ROLE_NONE);
        break;
    case OVERRIDE_PUT:
        put_project(after->overrides, PROJECT_ROLE_NONE);
        break;
    case PROFILE:
        after->profile = profile;
        break;
    }
}

static const struct deed_case cases[] = {
    {NOBODY, PERSON_INVITED, AUDIT_INVITE, ACT_INVITE, NOTHING, PLAIN},
    {NOBODY, PERSON_HELD, AUDIT_HOLD, ACT_PERSON_CREATE, NOTHING, PLAIN},
    {NOBODY, PERSON_ACTIVE, AUDIT_RESTORE, ACT_PERSON_CREATE, JOINED, PLAIN},
    {NOBODY, PERSON_SUSPENDED, AUDIT_RESTORE, ACT_PERSON_CREATE, JOINED, PLAIN},
    {NOBODY, PERSON_SUSPENDED, AUDIT_CREATE, ACT_PERSON_CREATE, NOTHING, PLAIN},
    {NOBODY, PERSON_ACTIVE, AUDIT_CREATE, ACT_ORGANIZATION_CREATE, JOINED, ACCEPTED},
    {PERSON_INVITED, PERSON_INVITED, AUDIT_RESEND, ACT_INVITATION_RESEND, NOTHING, RESENT},
    {PERSON_INVITED, PERSON_INVITED, AUDIT_RESEND, ACT_INVITATION_RESEND, NEW_TIME, RESENT},
    {PERSON_EXPIRED, PERSON_INVITED, AUDIT_RESEND, ACT_INVITATION_ASK, NEW_TIME, RESENT},
    {PERSON_EXPIRED, PERSON_INVITED, AUDIT_RENEW, -1, NEW_TIME, RENEWED},
    {PERSON_INVITED, PERSON_INVITED, AUDIT_REISSUE, ACT_PERSON_EDIT, OTHER_ROLE, PLAIN},
    {PERSON_INVITED, PERSON_INVITED, AUDIT_REISSUE, ACT_INVITE, OTHER_PROJECT, RESENT},
    {PERSON_INVITED, PERSON_INVITED, AUDIT_EDIT, ACT_PERSON_EDIT, PROFILE, PLAIN},
    {PERSON_INVITED, PERSON_EXPIRED, AUDIT_EXPIRE, -1, NOTHING, PLAIN},
    {PERSON_INVITED, PERSON_ACTIVE, AUDIT_ACCEPT, ACT_INVITATION_ACCEPT, NOTHING, ACCEPTED},
    {PERSON_INVITED, NOBODY, AUDIT_DECLINE, ACT_INVITATION_DECLINE, NOTHING, PLAIN},
    {PERSON_INVITED, NOBODY, AUDIT_REVOKE, ACT_INVITATION_REVOKE, NOTHING, PLAIN},
    {PERSON_EXPIRED, NOBODY, AUDIT_REVOKE, ACT_PERSON_REMOVE, NOTHING, PLAIN},
    {PERSON_INVITED, PERSON_SUSPENDED, AUDIT_SUSPEND, ACT_PERSON_EDIT, NOTHING, PLAIN},
    {PERSON_ACTIVE, PERSON_SUSPENDED, AUDIT_SUSPEND, ACT_PERSON_EDIT, NOTHING, PLAIN},
    {PERSON_SUSPENDED, PERSON_ACTIVE, AUDIT_REACTIVATE, ACT_PERSON_EDIT, NOTHING, PLAIN},
    {PERSON_SUSPENDED, PERSON_INVITED, AUDIT_REACTIVATE, ACT_PERSON_EDIT, NOTHING, PLAIN},
    {PERSON_HELD, PERSON_INVITED, AUDIT_INVITE, ACT_INVITE, NOTHING, PLAIN},
    {PERSON_HELD, NOBODY, AUDIT_REMOVE, ACT_PERSON_REMOVE, NOTHING, PLAIN},
    {PERSON_ACTIVE, NOBODY, AUDIT_REMOVE, ACT_PERSON_REMOVE, NOTHING, PLAIN},
    {PERSON_ACTIVE, NOBODY, AUDIT_LEAVE, ACT_LEAVE_ORGANIZATION, NOTHING, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_LEAVE, ACT_LEAVE_PROJECT, OTHER_PROJECT, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_EDIT, ACT_PERSON_EDIT, OTHER_ROLE, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_EDIT, ACT_PROJECT_EDIT, OTHER_PROJECT, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_EDIT, ACT_PERSON_EDIT, PROFILE, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_SUCCEED, ACT_PERSON_REMOVE, STANDS_IN, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_EDIT, ACT_PERSON_EDIT, STANDS_IN_AND_MORE, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_LIFT, ACT_OVERRIDE_LIFT, OVERRIDE_GONE, PLAIN},
    {PERSON_ACTIVE, PERSON_ACTIVE, AUDIT_EDIT, ACT_PERSON_EDIT, OVERRIDE_PUT, PLAIN},
};

static void check_case(size_t number)
{
    const struct deed_case *wanted = &cases[number];
    const struct actor actor = {.kind = ACTOR_PERSON, .person = "1"};
    const struct act act = {.kind = (enum act_kind)wanted->act};
    const struct change change = {.actor = &actor, .act = wanted->act < 0 ? NULL : &act};
    char id[] = "1";
    struct person_facts before = make_person((enum person_status)MAX(wanted->before, 0));
    struct person_facts after = make_person((enum person_status)MAX(wanted->after, 0));
    make_differ(&before, &after, wanted->difference);
    const struct touched touched = {.id = id,
                                    .before = wanted->before == NOBODY ? NULL : &before,
                                    .after = wanted->after == NOBODY ? NULL : &after,
                                    .resend = wanted->mark == RESENT || wanted->mark == RENEWED,
                                    .renew = wanted->mark == RENEWED,
                                    .accept = wanted->mark == ACCEPTED};
    const enum audit_action action = audit_deed(&change, &touched);
    if (action != wanted->action)
        fail_msg("case %zu is %s, not %s", number, audit_action_name(action),
                 audit_action_name(wanted->action));
    drop_person(&before);
    drop_person(&after);
}

static void what_was_done_follows_from_what_stood_before_and_after(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check_case(i);
}

/* Leaving is one's own: whoever else is changed by it was not the one who left. */
static void somebody_else_who_is_touched_by_a_leave_did_not_leave(void **state)
{
    (void)state;
    const struct actor actor = {.kind = ACTOR_PERSON, .person = "2"};
    const struct act act = {.kind = ACT_LEAVE_PROJECT};
    const struct change change = {.actor = &actor, .act = &act};
    char id[] = "1";
    struct person_facts before = make_person(PERSON_ACTIVE);
    struct person_facts after = make_person(PERSON_ACTIVE);
    make_differ(&before, &after, STANDS_IN);
    const struct touched touched = {.id = id, .before = &before, .after = &after};
    assert_int_equal(audit_deed(&change, &touched), AUDIT_SUCCEED);
    drop_person(&before);
    drop_person(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_done_follows_from_what_stood_before_and_after),
        cmocka_unit_test(somebody_else_who_is_touched_by_a_leave_did_not_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
