#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/rules/rules_story.h"

#define G HOME_GLOBEX
#define S HOME_SOLO

/* S1: three fixed roles, which cannot be changed or deleted. */
static void S1_the_three_organization_roles_are_listed_by_GET_Roles(void **state)
{
    static const char *const roles[] = {"owner", "billing-admin", "member"};
    struct reply reply =
        story_ask(state, G, BY_MIA, "GET", "/Roles?filter=type%20eq%20%22organization%22", 200);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")),
                     G_N_ELEMENTS(roles));
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        assert_non_null(strstr(reply.exchange->answer, roles[i]));
    reply_clear(&reply);
}

STORY_REFUSED(S1_no_role_is_made_by_POST_Roles, G, BY_DANA, "POST", "/Roles 'value':'king'",
              NULL)
STORY_REFUSED(S1_no_role_is_changed_by_PUT_Roles, G, BY_DANA, "PUT",
              "/Roles/owner 'value':'king'", NULL)
STORY_REFUSED(S1_no_role_is_changed_by_PATCH_Roles, G, BY_DANA, "PATCH",
              "/Roles/owner " STORY_SET("display", "'King'"), NULL)
STORY_REFUSED(S1_no_role_is_deleted_by_DELETE_Roles, G, BY_DANA, "DELETE", "/Roles/owner", NULL)
STORY_REFUSED(S1_no_role_is_deleted_by_an_admin_token, G, BY_CONSOLE, "DELETE", "/Roles/member",
              NULL)
STORY_REFUSED(S1_no_other_role_is_given_by_PATCH_Users, G, BY_DANA, "PATCH",
              "/Users/{mel} " STORY_ROLE("king"), NULL)
STORY_REFUSED(S1_no_other_role_is_given_by_POST_Users, G, BY_DANA, "POST",
              "/Users 'userName':'nell@example.com','roles':[{'value':'king'}]", NULL)
STORY_REFUSED(S1_no_other_role_is_given_by_POST_Invitations, G, BY_DANA, "POST",
              "/Invitations 'email':'nell@example.com','roles':[{'value':'king'}]", NULL)
STORY_REFUSED(S1_no_other_role_is_given_by_Bulk, G, BY_DANA, "POST",
              "/Bulk " STORY_BULK("PATCH", "/Users/{mel}", STORY_PATCH(STORY_ROLE("king"))),
              NULL)
STORY_REFUSED(S1_no_other_role_is_given_by_a_sync, G, BY_CORP, "PATCH",
              "/Users/{cora} " STORY_ROLE("king"), NULL)

/* S2: an owner grants any role; a billing-admin and a member invite members. */
STORY_DONE(S2_an_owner_invites_an_owner_by_POST_Users, G, BY_DANA, "POST",
           "/Users 'userName':'nell@example.com','roles':[{'value':'owner'}]", 201, "nell",
           "invited 3 sent 1")
STORY_DONE(S2_an_owner_invites_a_billing_admin_by_POST_Invitations, G, BY_DANA, "POST",
           "/Invitations 'email':'nell@example.com','roles':[{'value':'billing-admin'}]", 201,
           "nell", "invited 2 sent 1")
STORY_DONE(S2_an_owner_invites_a_member_by_Bulk, G, BY_DANA, "POST",
           "/Bulk " STORY_BULK("POST", "/Users",
                               "{" STORY_USER_SCHEMA ",'userName':'nell@example.com'}"),
           201, "nell", "invited 1 sent 1")
STORY_DONE(S2_a_billing_admin_invites_a_member_by_POST_Users, G, BY_BILL, "POST",
           "/Users 'userName':'nell@example.com'", 201, "nell", "invited 1 sent 1")
STORY_REFUSED(S2_a_billing_admin_invites_no_billing_admin_by_POST_Users, G, BY_BILL, "POST",
              "/Users 'userName':'nell@example.com','roles':[{'value':'billing-admin'}]",
              "permission")
STORY_REFUSED(S2_a_billing_admin_invites_no_owner_by_POST_Invitations, G, BY_BILL, "POST",
              "/Invitations 'email':'nell@example.com','roles':[{'value':'owner'}]",
              "permission")
STORY_REFUSED(S2_a_billing_admin_invites_no_owner_by_Bulk, G, BY_BILL, "POST",
              "/Bulk " STORY_BULK("POST", "/Invitations",
                                  "{" STORY_INVITATION_SCHEMA
                                  ",'email':'nell@example.com','roles':[{'value':'owner'}]}"),
              "permission")
STORY_DONE(S2_a_member_invites_a_member_by_POST_Invitations, G, BY_MIA, "POST",
           "/Invitations 'email':'nell@example.com'", 201, "nell", "invited 1 sent 1")
STORY_REFUSED(S2_a_member_invites_no_owner_by_POST_Users, G, BY_MIA, "POST",
              "/Users 'userName':'nell@example.com','roles':[{'value':'owner'}]", "permission")
STORY_REFUSED(S2_a_member_raises_no_invitation_of_their_own_by_PATCH_Users, G, BY_MIA, "PATCH",
              "/Users/{own-4} " STORY_ROLE("owner"), "permission")
STORY_REFUSED(S2_a_member_raises_no_invitation_of_their_own_by_inviting_again, G, BY_MIA,
              "POST", "/Invitations 'email':'own-4@example.com','roles':[{'value':'owner'}]",
              "permission")
STORY_DONE(S2_a_sync_invites_by_its_rules, G, BY_CORP, "POST",
           "/Users 'userName':'nell@example.com','externalId':'n','roles':[{'value':'owner'}]",
           201, "nell", "invited 3 sent 1")
STORY_REFUSED(S2_a_provider_invites_nobody_above_its_highest_role, G, BY_OKTA, "POST",
              "/Users 'userName':'nell@example.com','roles':[{'value':'owner'}]", "max-role")

/* S3: an invitation is accepted within 48 hours, whatever path it came by. */
#define HOURS_48 ((gint64)48 * 3600)

static void accept_after(void **state, const char *how, gint64 seconds, unsigned status)
{
    story_done(state, G, BY_DANA, "POST", how, 201);
    struct reply reply =
        story_ask(state, G, BY_DANA, "GET",
                  "/Invitations?filter=email%20eq%20%22nell%40example.com%22", 200);
    g_autofree char *id = g_strdup(reply_text(&reply, "Resources.0.id"));
    reply_clear(&reply);
    g_autofree char *again =
        g_strdup_printf("/Invitations/%s " STORY_SET("status", "'pending'"), id);
    reply = story_ask(state, G, BY_DANA, "PATCH", again, 200);
    g_autofree char *token = g_strdup(strchr(reply_text(&reply, "link"), '#') + 1);
    reply_clear(&reply);
    story_wait(state, seconds);
    assert_int_equal(story_answer(state, token, "accept"), status);
    story_expect(state, G, "nell", status == 200 ? "active 1 sent 2" : "invited 1 sent 2");
}

#define S3_TEST(name, how, seconds, status)                                                    \
    static void name(void **state)                                                             \
    {                                                                                          \
        accept_after(state, how, seconds, status);                                             \
    }
#define BY_USERS       "/Users 'userName':'nell@example.com'"
#define BY_INVITATIONS "/Invitations 'email':'nell@example.com'"
#define BY_BULK                                                                                \
    "/Bulk " STORY_BULK("POST", "/Users",                                                      \
                        "{" STORY_USER_SCHEMA ",'userName':'nell@example.com'}")
S3_TEST(S3_invited_by_POST_Users_accepted_a_second_before_48_hours, BY_USERS, HOURS_48 - 1, 200)
S3_TEST(S3_invited_by_POST_Users_too_late_at_48_hours, BY_USERS, HOURS_48, 410)
S3_TEST(S3_invited_by_POST_Users_too_late_a_second_after_48_hours, BY_USERS, HOURS_48 + 1, 410)
S3_TEST(S3_invited_by_POST_Invitations_accepted_a_second_before_48_hours, BY_INVITATIONS,
        HOURS_48 - 1, 200)
S3_TEST(S3_invited_by_POST_Invitations_too_late_at_48_hours, BY_INVITATIONS, HOURS_48, 410)
S3_TEST(S3_invited_by_Bulk_accepted_a_second_before_48_hours, BY_BULK, HOURS_48 - 1, 200)
S3_TEST(S3_invited_by_Bulk_too_late_at_48_hours, BY_BULK, HOURS_48, 410)

static void S3_an_invitation_names_its_48_hours_in_GET_Invitations(void **state)
{
    struct reply reply = story_ask(state, G, BY_DANA, "GET", "/Invitations/{!pat}", 200);
    gint64 sent = 0, expires = 0;
    assert_true(clock_parse(reply_text(&reply, "sentAt"), &sent));
    assert_true(clock_parse(reply_text(&reply, "expiresAt"), &expires));
    assert_int_equal(expires - sent, HOURS_48);
    reply_clear(&reply);
}

static void S3_nobody_is_invited_without_an_address(void **state)
{
    story_refused(state, G, BY_DANA, "POST", "/Invitations 'email':'nobody'", NULL);
    story_refused(state, G, BY_DANA, "POST", "/Users 'userName':'nobody'", NULL);
}

/* S4: one or more at a time, all with the same role; each has an answer of their own. */
static void S4_several_are_invited_at_once_by_Bulk_and_each_is_answered(void **state)
{
    struct reply reply =
        story_ask(state, G, BY_DANA, "POST",
                  "/Bulk " STORY_BULK("POST", "/Invitations",
                                      "{" STORY_INVITATION_SCHEMA
                                      ",'email':'n1@example.com','roles':[{'value':'billing-"
                                      "admin'}]}") ","
                                                   "{'method':'POST','path':'/"
                                                   "Invitations','bulkId':'c','data':"
                                                   "{" STORY_INVITATION_SCHEMA
                                                   ",'email':'n2@example.com','roles':[{'value'"
                                                   ":'billing-admin'}]}}",
                  201);
    assert_int_equal(json_array_size(reply_value(&reply, "Operations")), 2);
    reply_clear(&reply);
    story_expect(state, G, "n1", "invited 2 sent 1");
    story_expect(state, G, "n2", "invited 2 sent 1");
}

static void S4_one_who_cannot_be_invited_hinders_nobody_else_in_a_Bulk(void **state)
{
    story_refused(
        state, G, BY_MIA, "POST",
        "/Bulk " STORY_BULK(
            "POST", "/Users",
            "{" STORY_USER_SCHEMA
            ",'userName':'n1@example.com'}") ","
                                             "{'method':'POST','path':'/"
                                             "Users','bulkId':'c','data':{" STORY_USER_SCHEMA
                                             ",'userName':'n2@example.com','roles':[{'value':'"
                                             "owner'}]}}",
        "permission");
    story_expect(state, G, "n1", "invited 1 sent 1");
    story_expect(state, G, "n2", "gone");
}

/* S6: before it is accepted, an invitation is revoked or resent; after, it is not. */
STORY_DONE(S6_an_owner_resends_by_PATCH_Invitations, G, BY_DANA, "PATCH",
           "/Invitations/{!pat} " STORY_SET("status", "'pending'"), 200, "pat",
           "invited 1 sent 2")
STORY_DONE(S6_an_owner_resends_by_inviting_again, G, BY_DANA, "POST",
           "/Invitations 'email':'pat@example.com'", 200, "pat", "invited 1 sent 2")
STORY_DONE(S6_an_owner_revokes_by_PATCH_Invitations, G, BY_DANA, "PATCH",
           "/Invitations/{!pat} " STORY_SET("status", "'revoked'"), 200, "pat", "gone")
STORY_DONE(S6_an_owner_revokes_by_DELETE_Invitations, G, BY_DANA, "DELETE",
           "/Invitations/{!pat}", 204, "pat", "gone")
STORY_DONE(S6_an_owner_revokes_by_DELETE_Users, G, BY_DANA, "DELETE", "/Users/{pat}", 204,
           "pat", "gone")
STORY_DONE(S6_an_owner_revokes_by_Bulk, G, BY_DANA, "POST",
           "/Bulk " STORY_BULK_DELETE("/Invitations/{!pat}"), 204, "pat", "gone")
STORY_DONE(S6_a_member_revokes_whom_they_invited_by_DELETE_Invitations, G, BY_MIA, "DELETE",
           "/Invitations/{!own-4}", 204, "own-4", "gone")
STORY_DONE(S6_a_member_revokes_whom_they_invited_by_DELETE_Users, G, BY_MIA, "DELETE",
           "/Users/{own-4}", 204, "own-4", "gone")
STORY_DONE(S6_a_member_resends_an_expired_one_of_their_own, G, BY_MIA, "PATCH",
           "/Invitations/{!late-4} " STORY_SET("status", "'pending'"), 200, "late-4",
           "invited 1 sent 2")
STORY_REFUSED(S6_a_member_revokes_nobody_elses_by_DELETE_Users, G, BY_MIA, "DELETE",
              "/Users/{own-3}", "permission")
STORY_REFUSED(S6_a_member_resends_nobody_elses_by_PATCH_Invitations, G, BY_MIA, "PATCH",
              "/Invitations/{!pat} " STORY_SET("status", "'pending'"), "permission")
STORY_REFUSED(S6_an_accepted_invitation_is_not_resent_by_PATCH_Invitations, G, BY_DANA, "PATCH",
              "/Invitations/{!mel} " STORY_SET("status", "'pending'"), NULL)
STORY_REFUSED(S6_an_accepted_invitation_is_not_revoked_by_DELETE_Invitations, G, BY_DANA,
              "DELETE", "/Invitations/{!mel}", NULL)
STORY_DONE(S6_a_sync_revokes_its_own_by_DELETE_Users, G, BY_CORP, "DELETE", "/Users/{cory}",
           204, "cory", "gone")
STORY_REFUSED(S6_a_sync_revokes_no_other_origins_by_DELETE_Invitations, G, BY_CORP, "DELETE",
              "/Invitations/{!omar}", "origin")

static void S6_a_resent_invitation_has_a_new_link_and_the_old_one_is_dead(void **state)
{
    g_autofree char *old = story_token(state, G, "pat");
    g_autofree char *new = story_token(state, G, "pat");
    assert_string_not_equal(old, new);
    assert_int_equal(story_answer(state, old, "accept"), 410);
    story_expect(state, G, "pat", "invited 1 sent 3");
    assert_int_equal(story_answer(state, new, "accept"), 200);
    story_expect(state, G, "pat", "active 1 sent 3");
}

static void S6_a_revoked_invitation_opens_nothing_on_the_accept_page(void **state)
{
    g_autofree char *token = story_token(state, G, "pat");
    story_done(state, G, BY_DANA, "DELETE", "/Invitations/{!pat}", 204);
    assert_int_equal(story_answer(state, token, "accept"), 410);
    story_expect(state, G, "pat", "gone");
}

/* S7: after acceptance an owner changes the organization role. */
STORY_DONE(S7_an_owner_changes_a_role_by_PATCH_Users, G, BY_DANA, "PATCH",
           "/Users/{mel} " STORY_ROLE("billing-admin"), 200, "mel", "active 2 sent 2")
STORY_DONE(S7_an_owner_changes_a_role_by_PUT_Users, G, BY_DANA, "PUT",
           "/Users/{mel} 'userName':'mel@example.com','roles':[{'value':'owner'}]", 200, "mel",
           "active 3 sent 2")
STORY_DONE(S7_an_owner_changes_a_role_by_Bulk, G, BY_DANA, "POST",
           "/Bulk " STORY_BULK("PATCH", "/Users/{mel}", STORY_PATCH(STORY_ROLE("owner"))), 200,
           "mel", "active 3 sent 2")
STORY_DONE(S7_a_sync_changes_the_role_of_its_own, G, BY_CORP, "PATCH",
           "/Users/{cora} " STORY_ROLE("owner"), 200, "cora", "active 3 sent 2")
STORY_REFUSED(S7_a_billing_admin_changes_no_role_by_PATCH_Users, G, BY_BILL, "PATCH",
              "/Users/{mel} " STORY_ROLE("billing-admin"), "permission")
STORY_REFUSED(S7_a_member_changes_no_role_by_PUT_Users, G, BY_MIA, "PUT",
              "/Users/{mel} 'userName':'mel@example.com','roles':[{'value':'owner'}]",
              "permission")
STORY_REFUSED(S7_a_member_raises_not_even_themselves_by_PATCH_Me, G, BY_MIA, "PATCH",
              "/Me " STORY_ROLE("owner"), "permission")
STORY_REFUSED(S7_a_member_changes_no_role_by_Bulk, G, BY_MIA, "POST",
              "/Bulk " STORY_BULK("PATCH", "/Users/{mel}", STORY_PATCH(STORY_ROLE("owner"))),
              "permission")
STORY_REFUSED(S7_a_project_admin_changes_no_organization_role, G, BY_PIA, "PATCH",
              "/Users/{mel} " STORY_ROLE("billing-admin"), "permission")
STORY_REFUSED(S7_a_sync_that_names_no_directory_changes_nobody, G, BY_NAMELESS, "PATCH",
              "/Users/{oscar} " STORY_ROLE("member"), "origin")

/* S8: an owner removes people. */
STORY_DONE(S8_an_owner_removes_somebody_by_DELETE_Users, G, BY_DANA, "DELETE", "/Users/{mel}",
           204, "mel", "gone")
STORY_DONE(S8_an_owner_removes_somebody_by_Bulk, G, BY_DANA, "POST",
           "/Bulk " STORY_BULK_DELETE("/Users/{mel}"), 204, "mel", "gone")
STORY_DONE(S8_a_sync_removes_its_own, G, BY_CORP, "DELETE", "/Users/{cora}", 204, "cora",
           "gone")
STORY_DONE(S8_a_provider_removes_its_own, G, BY_OKTA, "DELETE", "/Users/{olaf}", 204, "olaf",
           "gone")
STORY_REFUSED(S8_a_billing_admin_removes_nobody, G, BY_BILL, "DELETE", "/Users/{mel}",
              "permission")
STORY_REFUSED(S8_a_member_removes_nobody_by_DELETE_Users, G, BY_MIA, "DELETE", "/Users/{mel}",
              "permission")
STORY_REFUSED(S8_a_member_removes_nobody_by_Bulk, G, BY_MIA, "POST",
              "/Bulk " STORY_BULK_DELETE("/Users/{mel}"), "permission")
STORY_REFUSED(S8_a_sync_removes_nobody_of_another_origin, G, BY_CORP, "DELETE", "/Users/{mel}",
              "origin")
STORY_REFUSED(S8_a_provider_removes_no_protected_owner, G, BY_OKTA, "DELETE",
              "/Users/{breakglass}", "protected")

static void S8_a_removed_persons_token_is_dead_at_once(void **state)
{
    story_done(state, G, BY_MIA, "GET", "/Me", 200);
    story_done(state, G, BY_DANA, "DELETE", "/Users/{mia}", 204);
    story_done(state, G, BY_DANA, "GET", "/Users/{mia}", 404);
    struct reply reply = story_ask(state, G, BY_MIA, "GET", "/Me", 401);
    reply_clear(&reply);
}

/* S9: a person leaves, and then loses the organization and everything in it. */
STORY_DONE(S9_a_member_leaves_by_DELETE_Me, G, BY_MIA, "DELETE", "/Me", 204, "mia", "gone")
STORY_DONE(S9_a_member_leaves_by_DELETE_Users, G, BY_MIA, "DELETE", "/Users/{mia}", 204, "mia",
           "gone")
STORY_DONE(S9_a_billing_admin_leaves_by_DELETE_Me, G, BY_BILL, "DELETE", "/Me", 204, "bill",
           "gone")
STORY_DONE(S9_an_owner_leaves_by_Bulk, G, BY_DANA, "POST",
           "/Bulk " STORY_BULK_DELETE("/Users/{dana}"), 204, "dana", "gone")
STORY_REFUSED(S9_a_service_cannot_leave_for_anybody, G, BY_CONSOLE, "DELETE", "/Me", NULL)

static void S9_whoever_left_has_lost_the_organization_and_its_projects(void **state)
{
    story_done(state, G, BY_ADAM, "DELETE", "/Me", 204);
    static const char *const paths[] = {"/Me", "/Users", "/Projects", "/Roles"};
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        story_done(state, G, BY_ADAM, "GET", paths[i], 401);
    struct reply reply = story_ask(state, G, BY_DANA, "GET", "/Projects/{#ads}", 200);
    assert_null(strstr(reply.exchange->answer, "adam"));
    reply_clear(&reply);
}

/* S10: there is always an owner; whoever is invited or suspended does not count. */
STORY_REFUSED(S10_the_only_owner_cannot_leave_by_DELETE_Me, S, BY_DANA, "DELETE", "/Me",
              "last-owner")
STORY_REFUSED(S10_the_only_owner_cannot_leave_by_DELETE_Users, S, BY_DANA, "DELETE",
              "/Users/{cole}", "last-owner")
STORY_REFUSED(S10_the_only_owner_cannot_leave_by_Bulk, S, BY_DANA, "POST",
              "/Bulk " STORY_BULK_DELETE("/Users/{cole}"), "last-owner")
STORY_REFUSED(S10_the_only_owner_cannot_step_down_by_PATCH_Me, S, BY_DANA, "PATCH",
              "/Me " STORY_ROLE("member"), "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_demoted_by_PATCH_Users, S, BY_CONSOLE, "PATCH",
              "/Users/{cole} " STORY_ROLE("member"), "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_demoted_by_PUT_Users, S, BY_CONSOLE, "PUT",
              "/Users/{cole} 'userName':'cole@example.com','roles':[{'value':'billing-admin'}]",
              "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_demoted_by_Bulk, S, BY_CONSOLE, "POST",
              "/Bulk " STORY_BULK("PATCH", "/Users/{cole}", STORY_PATCH(STORY_ROLE("member"))),
              "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_suspended_by_PATCH_Users, S, BY_CONSOLE, "PATCH",
              "/Users/{cole} " STORY_SET("active", "false"), "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_removed_by_DELETE_Users, S, BY_CONSOLE, "DELETE",
              "/Users/{cole}", "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_removed_by_a_sync, S, BY_CORP, "DELETE",
              "/Users/{cole}", "last-owner")
STORY_REFUSED(S10_the_only_owner_is_not_demoted_by_a_sync, S, BY_CORP, "PATCH",
              "/Users/{cole} " STORY_ROLE("member"), "last-owner")

static void S10_of_two_owners_in_one_Bulk_the_second_stays(void **state)
{
    story_done(state, S, BY_CONSOLE, "PATCH", "/Users/{mel} " STORY_ROLE("owner"), 200);
    story_refused(
        state, S, BY_CONSOLE, "POST",
        "/Bulk " STORY_BULK_DELETE("/Users/{cole}") "," STORY_BULK_DELETE("/Users/{mel}"),
        "last-owner");
    story_expect(state, S, "cole", "gone");
    story_expect(state, S, "mel", "active 3 sent 2");
}

static const struct CMUnitTest tests[] = {
    STORY_TEST(S1_the_three_organization_roles_are_listed_by_GET_Roles),
    STORY_TEST(S1_no_role_is_made_by_POST_Roles),
    STORY_TEST(S1_no_role_is_changed_by_PUT_Roles),
    STORY_TEST(S1_no_role_is_changed_by_PATCH_Roles),
    STORY_TEST(S1_no_role_is_deleted_by_DELETE_Roles),
    STORY_TEST(S1_no_role_is_deleted_by_an_admin_token),
    STORY_TEST(S1_no_other_role_is_given_by_PATCH_Users),
    STORY_TEST(S1_no_other_role_is_given_by_POST_Users),
    STORY_TEST(S1_no_other_role_is_given_by_POST_Invitations),
    STORY_TEST(S1_no_other_role_is_given_by_Bulk),
    STORY_TEST(S1_no_other_role_is_given_by_a_sync),
    STORY_TEST(S2_an_owner_invites_an_owner_by_POST_Users),
    STORY_TEST(S2_an_owner_invites_a_billing_admin_by_POST_Invitations),
    STORY_TEST(S2_an_owner_invites_a_member_by_Bulk),
    STORY_TEST(S2_a_billing_admin_invites_a_member_by_POST_Users),
    STORY_TEST(S2_a_billing_admin_invites_no_billing_admin_by_POST_Users),
    STORY_TEST(S2_a_billing_admin_invites_no_owner_by_POST_Invitations),
    STORY_TEST(S2_a_billing_admin_invites_no_owner_by_Bulk),
    STORY_TEST(S2_a_member_invites_a_member_by_POST_Invitations),
    STORY_TEST(S2_a_member_invites_no_owner_by_POST_Users),
    STORY_TEST(S2_a_member_raises_no_invitation_of_their_own_by_PATCH_Users),
    STORY_TEST(S2_a_member_raises_no_invitation_of_their_own_by_inviting_again),
    STORY_TEST(S2_a_sync_invites_by_its_rules),
    STORY_TEST(S2_a_provider_invites_nobody_above_its_highest_role),
    STORY_TEST(S3_invited_by_POST_Users_accepted_a_second_before_48_hours),
    STORY_TEST(S3_invited_by_POST_Users_too_late_at_48_hours),
    STORY_TEST(S3_invited_by_POST_Users_too_late_a_second_after_48_hours),
    STORY_TEST(S3_invited_by_POST_Invitations_accepted_a_second_before_48_hours),
    STORY_TEST(S3_invited_by_POST_Invitations_too_late_at_48_hours),
    STORY_TEST(S3_invited_by_Bulk_accepted_a_second_before_48_hours),
    STORY_TEST(S3_invited_by_Bulk_too_late_at_48_hours),
    STORY_TEST(S3_an_invitation_names_its_48_hours_in_GET_Invitations),
    STORY_TEST(S3_nobody_is_invited_without_an_address),
    STORY_TEST(S4_several_are_invited_at_once_by_Bulk_and_each_is_answered),
    STORY_TEST(S4_one_who_cannot_be_invited_hinders_nobody_else_in_a_Bulk),
    STORY_TEST(S6_an_owner_resends_by_PATCH_Invitations),
    STORY_TEST(S6_an_owner_resends_by_inviting_again),
    STORY_TEST(S6_an_owner_revokes_by_PATCH_Invitations),
    STORY_TEST(S6_an_owner_revokes_by_DELETE_Invitations),
    STORY_TEST(S6_an_owner_revokes_by_DELETE_Users),
    STORY_TEST(S6_an_owner_revokes_by_Bulk),
    STORY_TEST(S6_a_member_revokes_whom_they_invited_by_DELETE_Invitations),
    STORY_TEST(S6_a_member_revokes_whom_they_invited_by_DELETE_Users),
    STORY_TEST(S6_a_member_resends_an_expired_one_of_their_own),
    STORY_TEST(S6_a_member_revokes_nobody_elses_by_DELETE_Users),
    STORY_TEST(S6_a_member_resends_nobody_elses_by_PATCH_Invitations),
    STORY_TEST(S6_an_accepted_invitation_is_not_resent_by_PATCH_Invitations),
    STORY_TEST(S6_an_accepted_invitation_is_not_revoked_by_DELETE_Invitations),
    STORY_TEST(S6_a_sync_revokes_its_own_by_DELETE_Users),
    STORY_TEST(S6_a_sync_revokes_no_other_origins_by_DELETE_Invitations),
    STORY_TEST(S6_a_resent_invitation_has_a_new_link_and_the_old_one_is_dead),
    STORY_TEST(S6_a_revoked_invitation_opens_nothing_on_the_accept_page),
    STORY_TEST(S7_an_owner_changes_a_role_by_PATCH_Users),
    STORY_TEST(S7_an_owner_changes_a_role_by_PUT_Users),
    STORY_TEST(S7_an_owner_changes_a_role_by_Bulk),
    STORY_TEST(S7_a_sync_changes_the_role_of_its_own),
    STORY_TEST(S7_a_billing_admin_changes_no_role_by_PATCH_Users),
    STORY_TEST(S7_a_member_changes_no_role_by_PUT_Users),
    STORY_TEST(S7_a_member_raises_not_even_themselves_by_PATCH_Me),
    STORY_TEST(S7_a_member_changes_no_role_by_Bulk),
    STORY_TEST(S7_a_project_admin_changes_no_organization_role),
    STORY_TEST(S7_a_sync_that_names_no_directory_changes_nobody),
    STORY_TEST(S8_an_owner_removes_somebody_by_DELETE_Users),
    STORY_TEST(S8_an_owner_removes_somebody_by_Bulk),
    STORY_TEST(S8_a_sync_removes_its_own),
    STORY_TEST(S8_a_provider_removes_its_own),
    STORY_TEST(S8_a_billing_admin_removes_nobody),
    STORY_TEST(S8_a_member_removes_nobody_by_DELETE_Users),
    STORY_TEST(S8_a_member_removes_nobody_by_Bulk),
    STORY_TEST(S8_a_sync_removes_nobody_of_another_origin),
    STORY_TEST(S8_a_provider_removes_no_protected_owner),
    STORY_TEST(S8_a_removed_persons_token_is_dead_at_once),
    STORY_TEST(S9_a_member_leaves_by_DELETE_Me),
    STORY_TEST(S9_a_member_leaves_by_DELETE_Users),
    STORY_TEST(S9_a_billing_admin_leaves_by_DELETE_Me),
    STORY_TEST(S9_an_owner_leaves_by_Bulk),
    STORY_TEST(S9_a_service_cannot_leave_for_anybody),
    STORY_TEST(S9_whoever_left_has_lost_the_organization_and_its_projects),
    STORY_TEST(S10_the_only_owner_cannot_leave_by_DELETE_Me),
    STORY_TEST(S10_the_only_owner_cannot_leave_by_DELETE_Users),
    STORY_TEST(S10_the_only_owner_cannot_leave_by_Bulk),
    STORY_TEST(S10_the_only_owner_cannot_step_down_by_PATCH_Me),
    STORY_TEST(S10_the_only_owner_is_not_demoted_by_PATCH_Users),
    STORY_TEST(S10_the_only_owner_is_not_demoted_by_PUT_Users),
    STORY_TEST(S10_the_only_owner_is_not_demoted_by_Bulk),
    STORY_TEST(S10_the_only_owner_is_not_suspended_by_PATCH_Users),
    STORY_TEST(S10_the_only_owner_is_not_removed_by_DELETE_Users),
    STORY_TEST(S10_the_only_owner_is_not_removed_by_a_sync),
    STORY_TEST(S10_the_only_owner_is_not_demoted_by_a_sync),
    STORY_TEST(S10_of_two_owners_in_one_Bulk_the_second_stays),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_open, story_close);
}
