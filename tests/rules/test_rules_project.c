#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/rules/rules_story.h"

#define G HOME_GLOBEX

/* S11: three fixed roles in a project. */
static void S11_the_three_project_roles_are_listed_by_GET_Roles(void **state)
{
    static const char *const roles[] = {"search/admin", "search/read-write",
                                        "search/read-only"};
    struct reply reply =
        story_ask(state, G, BY_MIA, "GET", "/Roles?filter=value%20sw%20%22search%2F%22", 200);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")),
                     G_N_ELEMENTS(roles));
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++)
        assert_non_null(strstr(reply.exchange->answer, roles[i]));
    reply_clear(&reply);
}

STORY_REFUSED(S11_no_other_role_is_given_by_PATCH_Projects, G, BY_DANA, "PATCH",
              "/Projects/{#search} " STORY_MEMBER("mel", "king"), NULL)
STORY_REFUSED(S11_no_other_role_is_given_by_PATCH_Users, G, BY_DANA, "PATCH",
              "/Users/{mel} " STORY_ADD("search/king"), NULL)
STORY_REFUSED(S11_no_other_role_is_given_by_POST_Invitations, G, BY_DANA, "POST",
              "/Invitations 'email':'nell@example.com','roles':[{'value':'search/king'}]", NULL)
STORY_REFUSED(S11_no_other_role_is_given_by_Bulk, G, BY_DANA, "POST",
              "/Bulk " STORY_BULK("PATCH", "/Projects/{#search}",
                                  STORY_PATCH(STORY_MEMBER("mel", "king"))),
              NULL)
STORY_REFUSED(S11_no_role_of_a_project_is_deleted_by_DELETE_Roles, G, BY_PIA, "DELETE",
              "/Roles/search", NULL)

/* S12: an owner or an admin of the project invites, revokes, resends, edits, removes. */
STORY_DONE(S12_an_owner_gives_a_role_by_PATCH_Projects, G, BY_DANA, "PATCH",
           "/Projects/{#search} " STORY_MEMBER("mel", "read-only"), 200, "mel",
           "active 1 sent 2 search/1")
STORY_DONE(S12_a_project_admin_gives_a_role_by_PATCH_Projects, G, BY_PIA, "PATCH",
           "/Projects/{#search} " STORY_MEMBER("mel", "read-write"), 200, "mel",
           "active 1 sent 2 search/2")
STORY_DONE(S12_a_project_admin_gives_a_role_by_PATCH_Users, G, BY_PIA, "PATCH",
           "/Users/{mel} " STORY_ADD("search/admin"), 200, "mel", "active 1 sent 2 search/3")
STORY_DONE(S12_a_project_admin_gives_a_role_by_PUT_Users, G, BY_PIA, "PUT",
           "/Users/{mel} "
           "'userName':'mel@example.com','emails':[{'value':'mel@example.com','type':'work','"
           "primary':true}],'roles':[{'value':'member'},{'value':'search/admin'}]",
           200, "mel", "active 1 sent 2 search/3")
STORY_DONE(S12_a_project_admin_gives_a_role_by_Bulk, G, BY_PIA, "POST",
           "/Bulk " STORY_BULK("PATCH", "/Projects/{#search}",
                               STORY_PATCH(STORY_MEMBER("mel", "read-only"))),
           200, "mel", "active 1 sent 2 search/1")
STORY_DONE(S12_a_project_admin_takes_a_role_by_PATCH_Projects, G, BY_PIA, "PATCH",
           "/Projects/{#search} " STORY_OUT("rita"), 200, "rita", "active 1 sent 2")
STORY_DONE(S12_a_project_admin_takes_a_role_by_PUT_Projects, G, BY_PIA, "PUT",
           "/Projects/{#search} 'name':'search','members':[{'value':'{pia}','role':'admin'}]",
           200, "rita", "active 1 sent 2")
STORY_DONE(S12_a_project_admin_takes_a_role_by_PATCH_Users, G, BY_PIA, "PATCH",
           "/Users/{rita} " STORY_DROP("search"), 200, "rita", "active 1 sent 2")
STORY_DONE(S12_a_project_admin_invites_by_POST_Invitations, G, BY_PIA, "POST",
           "/Invitations 'email':'nell@example.com','roles':[{'value':'search/admin'}]", 201,
           "nell", "invited 1 sent 1 search/3")
STORY_DONE(S12_a_project_admin_resends_into_their_project, G, BY_PIA, "PATCH",
           "/Invitations/{!pam} " STORY_SET("status", "'pending'"), 200, "pam",
           "invited 1 sent 2 search/1")
STORY_DONE(S12_a_project_admin_revokes_into_their_project_by_DELETE_Invitations, G, BY_PIA,
           "DELETE", "/Invitations/{!pam}", 204, "pam", "gone")
STORY_DONE(S12_a_project_admin_revokes_into_their_project_by_DELETE_Users, G, BY_PIA, "DELETE",
           "/Users/{pam}", 204, "pam", "gone")
STORY_DONE(S12_a_sync_gives_its_own_a_role, G, BY_CORP, "PATCH",
           "/Users/{cora} " STORY_ADD("ads/read-only"), 200, "cora", "active 1 sent 2 ads/1")
STORY_REFUSED(S12_the_admin_of_another_project_gives_no_role_by_PATCH_Projects, G, BY_ADAM,
              "PATCH", "/Projects/{#search} " STORY_MEMBER("mel", "read-only"), "permission")
STORY_REFUSED(S12_the_admin_of_another_project_invites_nobody, G, BY_ADAM, "POST",
              "/Invitations 'email':'nell@example.com','roles':[{'value':'search/admin'}]",
              "permission")
STORY_REFUSED(S12_the_admin_of_another_project_revokes_nobody, G, BY_ADAM, "DELETE",
              "/Invitations/{!pam}", "permission")
STORY_REFUSED(S12_a_billing_admin_gives_no_role_by_PATCH_Users, G, BY_BILL, "PATCH",
              "/Users/{mel} " STORY_ADD("search/read-only"), "permission")
STORY_REFUSED(S12_a_member_gives_no_role_by_PATCH_Projects, G, BY_MIA, "PATCH",
              "/Projects/{#search} " STORY_MEMBER("mel", "read-only"), "permission")
STORY_REFUSED(S12_a_member_gives_not_even_themselves_a_role_by_PATCH_Me, G, BY_MIA, "PATCH",
              "/Me " STORY_ADD("search/admin"), "permission")
STORY_REFUSED(S12_a_member_gives_no_role_by_Bulk, G, BY_MIA, "POST",
              "/Bulk " STORY_BULK("PATCH", "/Users/{mel}",
                                  STORY_PATCH(STORY_ADD("search/read-only"))),
              "permission")
STORY_REFUSED(S12_a_project_admin_invites_no_owner_into_their_project, G, BY_PIA, "POST",
              "/Invitations "
              "'email':'nell@example.com','roles':[{'value':'owner'},{'value':'search/admin'}]",
              "permission")
STORY_REFUSED(S12_a_provider_edits_no_project, G, BY_OKTA, "PATCH",
              "/Projects/{#search} " STORY_MEMBER("olaf", "read-only"), "permission")
STORY_DONE(S12_an_owner_makes_a_project_by_POST_Projects_and_is_its_admin, G, BY_DANA, "POST",
           "/Projects 'name':'fresh'", 201, "dana", "active 3 sent 0 fresh/3 lobby/1")
STORY_REFUSED(S12_a_member_makes_no_project, G, BY_MIA, "POST", "/Projects 'name':'fresh'",
              "permission")

/* S13: a member of the organization gets the project at once, without an invitation. */
static void at_once(void **state, const char *method, const char *rest)
{
    struct reply reply = story_ask(state, G, BY_PIA, method, rest, 200);
    assert_null(reply_text(&reply, "link"));
    reply_clear(&reply);
    story_expect(state, G, "mel", "active 1 sent 2 search/2");
    reply = story_ask(state, G, BY_DANA, "GET",
                      "/Invitations?filter=email%20eq%20%22mel%40example.com%22%20and%20status%"
                      "20eq%20%22pending%22",
                      200);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 0);
    reply_clear(&reply);
}

static void S13_a_member_gets_the_project_at_once_by_POST_Invitations(void **state)
{
    at_once(state, "POST",
            "/Invitations 'email':'mel@example.com','roles':[{'value':'search/read-write'}]");
}

static void S13_a_member_gets_the_project_at_once_by_PATCH_Projects(void **state)
{
    at_once(state, "PATCH", "/Projects/{#search} " STORY_MEMBER("mel", "read-write"));
}

static void S13_a_member_gets_the_project_at_once_by_PATCH_Users(void **state)
{
    at_once(state, "PATCH", "/Users/{mel} " STORY_ADD("search/read-write"));
}

static void S13_a_member_gets_the_project_at_once_by_Bulk(void **state)
{
    at_once(state, "POST",
            "/Bulk " STORY_BULK(
                "POST", "/Invitations",
                "{" STORY_INVITATION_SCHEMA
                ",'email':'mel@example.com','roles':[{'value':'search/read-write'}]}"));
}

STORY_DONE(S13_a_member_gets_the_project_at_once_by_a_sync, G, BY_CORP, "PATCH",
           "/Users/{cora} " STORY_ADD("search/read-write"), 200, "cora",
           "active 1 sent 2 search/2")

/* S14: somebody from outside gets one invitation to both. */
static void both_at_once(void **state, enum rules_actor actor, const char *rest)
{
    story_done(state, G, actor, "POST", rest, 201);
    story_expect(state, G, "nell", "invited 1 sent 1 search/2");
    struct reply reply =
        story_ask(state, G, BY_DANA, "GET",
                  "/Invitations?filter=email%20eq%20%22nell%40example.com%22", 200);
    assert_int_equal(json_integer_value(reply_value(&reply, "totalResults")), 1);
    g_autofree char *again =
        g_strdup_printf("/Invitations/%s " STORY_SET("status", "'pending'"),
                        reply_text(&reply, "Resources.0.id"));
    reply_clear(&reply);
    reply = story_ask(state, G, BY_DANA, "PATCH", again, 200);
    unsigned status =
        story_answer(state, strchr(reply_text(&reply, "link"), '#') + 1, "accept");
    reply_clear(&reply);
    assert_int_equal(status, 200);
    story_expect(state, G, "nell", "active 1 sent 2 search/2");
}

static void
S14_an_outsider_accepts_organization_and_project_in_one_by_POST_Invitations(void **state)
{
    both_at_once(
        state, BY_PIA,
        "/Invitations 'email':'nell@example.com','roles':[{'value':'search/read-write'}]");
}

static void S14_an_outsider_accepts_organization_and_project_in_one_by_POST_Users(void **state)
{
    both_at_once(
        state, BY_DANA,
        "/Users 'userName':'nell@example.com','roles':[{'value':'search/read-write'}]");
}

static void S14_an_outsider_accepts_organization_and_project_in_one_by_Bulk(void **state)
{
    both_at_once(state, BY_PIA,
                 "/Bulk " STORY_BULK(
                     "POST", "/Invitations",
                     "{" STORY_INVITATION_SCHEMA
                     ",'email':'nell@example.com','roles':[{'value':'search/read-write'}]}"));
}

static void S14_an_outsider_accepts_organization_and_project_in_one_by_a_sync(void **state)
{
    both_at_once(state, BY_CORP,
                 "/Users "
                 "'userName':'nell@example.com','externalId':'n','roles':[{'value':'search/"
                 "read-write'}]");
}

STORY_DONE(S14_a_second_project_joins_the_pending_invitation, G, BY_ADAM, "POST",
           "/Invitations 'email':'pam@example.com','roles':[{'value':'ads/read-only'}]", 200,
           "pam", "invited 1 sent 2 ads/1 search/1")

/* S15: a project always has an admin. */
STORY_REFUSED(S15_the_only_admin_cannot_leave_by_PATCH_Me, G, BY_PIA, "PATCH",
              "/Me " STORY_DROP("search"), "last-project-admin")
STORY_REFUSED(S15_the_only_admin_cannot_leave_by_PATCH_Projects, G, BY_PIA, "PATCH",
              "/Projects/{#search} " STORY_OUT("pia"), "last-project-admin")
STORY_REFUSED(
    S15_the_only_admin_cannot_leave_by_PUT_Projects, G, BY_PIA, "PUT",
    "/Projects/{#search} 'name':'search','members':[{'value':'{rita}','role':'read-write'}]",
    "last-project-admin")
STORY_REFUSED(S15_the_only_admin_cannot_leave_the_organization_by_DELETE_Me, G, BY_PIA,
              "DELETE", "/Me", "last-project-admin")
STORY_REFUSED(S15_the_only_admin_cannot_leave_the_organization_by_DELETE_Users, G, BY_PIA,
              "DELETE", "/Users/{pia}", "last-project-admin")
STORY_REFUSED(S15_the_only_admin_cannot_step_down_by_PATCH_Users, G, BY_PIA, "PATCH",
              "/Users/{pia} " STORY_ADD("search/read-only"), "last-project-admin")
STORY_REFUSED(S15_the_only_admin_is_not_demoted_by_PATCH_Projects, G, BY_DANA, "PATCH",
              "/Projects/{#search} " STORY_MEMBER("pia", "read-write"), "last-project-admin")
STORY_REFUSED(S15_the_only_admin_is_not_taken_out_by_PATCH_Users, G, BY_DANA, "PATCH",
              "/Users/{pia} " STORY_DROP("search"), "last-project-admin")
STORY_REFUSED(S15_the_only_admin_is_not_taken_out_by_Bulk, G, BY_DANA, "POST",
              "/Bulk " STORY_BULK("PATCH", "/Projects/{#search}",
                                  STORY_PATCH(STORY_OUT("pia"))),
              "last-project-admin")
STORY_REFUSED(S15_the_only_admin_is_not_suspended, G, BY_DANA, "PATCH",
              "/Users/{pia} " STORY_SET("active", "false"), "last-project-admin")
STORY_REFUSED(S15_the_only_admin_is_not_removed_by_DELETE_Users, G, BY_DANA, "DELETE",
              "/Users/{pia}", "last-project-admin")
STORY_REFUSED(S15_the_only_admin_is_not_removed_by_Bulk, G, BY_CONSOLE, "POST",
              "/Bulk " STORY_BULK_DELETE("/Users/{pia}"), "last-project-admin")
STORY_DONE(S15_two_admins_are_swapped_in_one_PATCH_Projects, G, BY_DANA, "PATCH",
           "/Projects/{#search} " STORY_MEMBER("mel", "admin") "," STORY_OUT("pia"), 200, "pia",
           "active 1 sent 2 lobby/1")
STORY_DONE(S15_where_a_sync_takes_the_only_admin_away_another_stands_in, G, BY_CORP, "DELETE",
           "/Users/{carl}", 204, "carl", "gone")

static void S15_of_two_admins_in_one_Bulk_the_second_stays(void **state)
{
    story_refused(
        state, G, BY_DANA, "POST",
        "/Bulk " STORY_BULK_DELETE("/Users/{adam}") "," STORY_BULK_DELETE("/Users/{amy}"),
        "last-project-admin");
    story_expect(state, G, "adam", "gone");
    story_expect(state, G, "amy", "active 1 sent 2 ads/3");
}

/* S16: a person leaves a project, and then loses it. */
STORY_DONE(S16_a_member_leaves_a_project_by_PATCH_Me, G, BY_MIA, "PATCH",
           "/Me " STORY_DROP("lobby"), 200, "mia", "active 1 sent 2")
STORY_DONE(S16_a_member_leaves_a_project_by_PATCH_Users, G, BY_MIA, "PATCH",
           "/Users/{mia} " STORY_DROP("lobby"), 200, "mia", "active 1 sent 2")
STORY_DONE(S16_a_member_leaves_a_project_by_PATCH_Projects, G, BY_MIA, "PATCH",
           "/Projects/{#lobby} " STORY_OUT("mia"), 200, "mia", "active 1 sent 2")
STORY_DONE(S16_a_member_leaves_a_project_by_Bulk, G, BY_MIA, "POST",
           "/Bulk " STORY_BULK("PATCH", "/Projects/{#lobby}", STORY_PATCH(STORY_OUT("mia"))),
           200, "mia", "active 1 sent 2")
STORY_DONE(S16_one_of_two_admins_leaves_a_project_by_PATCH_Me, G, BY_ADAM, "PATCH",
           "/Me " STORY_DROP("ads"), 200, "adam", "active 1 sent 2 lobby/1")
STORY_REFUSED(S16_nobody_leaves_in_anothers_place, G, BY_MIA, "PATCH",
              "/Projects/{#lobby} " STORY_OUT("bill"), "permission")

static void S16_whoever_left_a_project_has_lost_its_privileges(void **state)
{
    story_done(state, G, BY_ADAM, "PATCH", "/Projects/{#ads} " STORY_MEMBER("mel", "read-only"),
               200);
    story_done(state, G, BY_ADAM, "PATCH", "/Me " STORY_DROP("ads"), 200);
    story_refused(state, G, BY_ADAM, "PATCH", "/Projects/{#ads} " STORY_MEMBER("mel", "admin"),
                  "permission");
    struct reply reply = story_ask(state, G, BY_ADAM, "GET", "/Me", 200);
    assert_null(strstr(reply.exchange->answer, "ads/"));
    reply_clear(&reply);
}

static const struct CMUnitTest tests[] = {
    STORY_TEST(S11_the_three_project_roles_are_listed_by_GET_Roles),
    STORY_TEST(S11_no_other_role_is_given_by_PATCH_Projects),
    STORY_TEST(S11_no_other_role_is_given_by_PATCH_Users),
    STORY_TEST(S11_no_other_role_is_given_by_POST_Invitations),
    STORY_TEST(S11_no_other_role_is_given_by_Bulk),
    STORY_TEST(S11_no_role_of_a_project_is_deleted_by_DELETE_Roles),
    STORY_TEST(S12_an_owner_gives_a_role_by_PATCH_Projects),
    STORY_TEST(S12_a_project_admin_gives_a_role_by_PATCH_Projects),
    STORY_TEST(S12_a_project_admin_gives_a_role_by_PATCH_Users),
    STORY_TEST(S12_a_project_admin_gives_a_role_by_PUT_Users),
    STORY_TEST(S12_a_project_admin_gives_a_role_by_Bulk),
    STORY_TEST(S12_a_project_admin_takes_a_role_by_PATCH_Projects),
    STORY_TEST(S12_a_project_admin_takes_a_role_by_PUT_Projects),
    STORY_TEST(S12_a_project_admin_takes_a_role_by_PATCH_Users),
    STORY_TEST(S12_a_project_admin_invites_by_POST_Invitations),
    STORY_TEST(S12_a_project_admin_resends_into_their_project),
    STORY_TEST(S12_a_project_admin_revokes_into_their_project_by_DELETE_Invitations),
    STORY_TEST(S12_a_project_admin_revokes_into_their_project_by_DELETE_Users),
    STORY_TEST(S12_a_sync_gives_its_own_a_role),
    STORY_TEST(S12_the_admin_of_another_project_gives_no_role_by_PATCH_Projects),
    STORY_TEST(S12_the_admin_of_another_project_invites_nobody),
    STORY_TEST(S12_the_admin_of_another_project_revokes_nobody),
    STORY_TEST(S12_a_billing_admin_gives_no_role_by_PATCH_Users),
    STORY_TEST(S12_a_member_gives_no_role_by_PATCH_Projects),
    STORY_TEST(S12_a_member_gives_not_even_themselves_a_role_by_PATCH_Me),
    STORY_TEST(S12_a_member_gives_no_role_by_Bulk),
    STORY_TEST(S12_a_project_admin_invites_no_owner_into_their_project),
    STORY_TEST(S12_a_provider_edits_no_project),
    STORY_TEST(S12_an_owner_makes_a_project_by_POST_Projects_and_is_its_admin),
    STORY_TEST(S12_a_member_makes_no_project),
    STORY_TEST(S13_a_member_gets_the_project_at_once_by_POST_Invitations),
    STORY_TEST(S13_a_member_gets_the_project_at_once_by_PATCH_Projects),
    STORY_TEST(S13_a_member_gets_the_project_at_once_by_PATCH_Users),
    STORY_TEST(S13_a_member_gets_the_project_at_once_by_Bulk),
    STORY_TEST(S13_a_member_gets_the_project_at_once_by_a_sync),
    STORY_TEST(S14_an_outsider_accepts_organization_and_project_in_one_by_POST_Invitations),
    STORY_TEST(S14_an_outsider_accepts_organization_and_project_in_one_by_POST_Users),
    STORY_TEST(S14_an_outsider_accepts_organization_and_project_in_one_by_Bulk),
    STORY_TEST(S14_an_outsider_accepts_organization_and_project_in_one_by_a_sync),
    STORY_TEST(S14_a_second_project_joins_the_pending_invitation),
    STORY_TEST(S15_the_only_admin_cannot_leave_by_PATCH_Me),
    STORY_TEST(S15_the_only_admin_cannot_leave_by_PATCH_Projects),
    STORY_TEST(S15_the_only_admin_cannot_leave_by_PUT_Projects),
    STORY_TEST(S15_the_only_admin_cannot_leave_the_organization_by_DELETE_Me),
    STORY_TEST(S15_the_only_admin_cannot_leave_the_organization_by_DELETE_Users),
    STORY_TEST(S15_the_only_admin_cannot_step_down_by_PATCH_Users),
    STORY_TEST(S15_the_only_admin_is_not_demoted_by_PATCH_Projects),
    STORY_TEST(S15_the_only_admin_is_not_taken_out_by_PATCH_Users),
    STORY_TEST(S15_the_only_admin_is_not_taken_out_by_Bulk),
    STORY_TEST(S15_the_only_admin_is_not_suspended),
    STORY_TEST(S15_the_only_admin_is_not_removed_by_DELETE_Users),
    STORY_TEST(S15_the_only_admin_is_not_removed_by_Bulk),
    STORY_TEST(S15_two_admins_are_swapped_in_one_PATCH_Projects),
    STORY_TEST(S15_where_a_sync_takes_the_only_admin_away_another_stands_in),
    STORY_TEST(S15_of_two_admins_in_one_Bulk_the_second_stays),
    STORY_TEST(S16_a_member_leaves_a_project_by_PATCH_Me),
    STORY_TEST(S16_a_member_leaves_a_project_by_PATCH_Users),
    STORY_TEST(S16_a_member_leaves_a_project_by_PATCH_Projects),
    STORY_TEST(S16_a_member_leaves_a_project_by_Bulk),
    STORY_TEST(S16_one_of_two_admins_leaves_a_project_by_PATCH_Me),
    STORY_TEST(S16_nobody_leaves_in_anothers_place),
    STORY_TEST(S16_whoever_left_a_project_has_lost_its_privileges),
};

int main(void)
{
    return cmocka_run_group_tests(tests, story_open, story_close);
}
