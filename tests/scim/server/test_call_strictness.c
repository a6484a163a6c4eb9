/* The 17 tolerances on the wire: what a tolerant and what a strict connection is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/server/call.h"
#include "tests/scim/server/server_fixture.h"

#define OPS(list)  "{'schemas':['" SCIM_URN_PATCH "'],'Operations':[" list "]}"
#define USER(rest) "{'schemas':['" SCIM_URN_USER "']," rest "}"

/* %s in target and body is the name of the connection, # the id of its person. */
static const struct {
    int number;
    const char *method, *target, *body;
    unsigned tolerant, strict;
    const char *type; /* scimType for the strict one */
} cases[] = {
    {1, "PATCH", "Users/#", OPS("{'op':'Replace','path':'title','value':'A'}"), 200, 400,
     "invalidSyntax"},
    {2, "PATCH", "Users/#", OPS("{'op':'replace','path':'active','value':'True'}"), 200, 400,
     "invalidValue"},
    {2, "GET", "Users?filter=active%20eq%20%22True%22", NULL, 200, 400, "invalidFilter"},
    {3, "PATCH", "Users/#", OPS("{'op':'replace','value':{'title':'A'}}"), 200, 400,
     "invalidSyntax"},
    {3, "PATCH", "Users/#", OPS("{'op':'replace','value':{'name.givenName':'A'}}"), 200, 400,
     "invalidSyntax"},
    {4, "PATCH", "Users/#", OPS("{'op':'remove','path':'ims','value':[{'value':'x'}]}"), 200,
     400, "invalidSyntax"},
    {5, "PATCH", "Users/#", OPS("{'op':'add','path':'ims[type eq `icq`].value','value':'1'}"),
     200, 400, "noTarget"},
    {6, "PATCH", "Users/#",
     OPS("{'op':'add','path':'" SCIM_URN_ENTERPRISE ":manager','value':'26'}"), 200, 400,
     "invalidValue"},
    {7, "PATCH", "Users/#",
     OPS("{'op':'add','path':'roles','value':[{'value':'{`value`:`member`}'}]}"), 200, 400,
     "invalidValue"},
    {7, "PATCH", "Users/#",
     OPS("{'op':'replace','path':'roles[primary eq `True`].value','value':'member'}"), 200, 400,
     "invalidFilter"},
    {8, "POST", "Users", USER("'userName':'new-%s@example.com','shoe':9"), 201, 400,
     "invalidSyntax"},
    {8, "POST", "Users",
     "{'schemas':['" SCIM_URN_USER "','urn:x:y'],'userName':'urn-%s@example.com'}", 201, 400,
     "invalidSyntax"},
    {8, "GET", "Users?filter=shoe%20eq%209", NULL, 200, 400, "invalidFilter"},
    {8, "PATCH", "Users/#", OPS("{'op':'add','path':'shoe','value':9}"), 200, 400,
     "invalidSyntax"},
    {8, "PATCH", "Users/#", OPS("{'op':'remove','path':'emails[type eq `work`].shoe'}"), 200,
     400, "invalidSyntax"},
    {9, "PATCH", "Users/#", OPS("{'op':'replace','path':'title','value':''}"), 200, 400,
     "invalidValue"},
    {10, "PUT", "Users/#",
     USER("'id':'#','userName':'%s@example.com','groups':[{'value':'g'}]"), 200, 400,
     "mutability"},
    {11, "GET", "Users/#?", NULL, 200, 400, "invalidSyntax"},
    {11, "GET", "Users?count=1&", NULL, 200, 400, "invalidSyntax"},
    {11, "GET", "Users/#?aadOptscim062020", NULL, 200, 400, "invalidSyntax"},
    {12, "PUT", "Users/#",
     "{'schemas':['urn:scim:schemas:core:1.0'],'userName':'%s@example.com'}", 200, 400,
     "invalidSyntax"},
    {13, "PATCH", "Users/#", OPS("{'op':'remove','path':'ims[value eq `nobody`]'}"), 200, 200,
     NULL},
    {15, "PUT", "Users/#", USER("'userName':'%s@example.com','password':'x'"), 200, 400,
     "invalidSyntax"},
    {16, "GET", "Users?filter=userName%20eq%20bjensen", NULL, 200, 400, "invalidFilter"},
    {17, "PATCH", "Users/#", OPS(""), 200, 400, "invalidSyntax"},
    {14, "PATCH", "Users/#", OPS("{'op':'replace','path':'active','value':false}"), 200, 200,
     NULL},
    {14, "POST", "Users", USER("'userName':'%s@example.com','externalId':'e-%s'"), 201, 409,
     "uniqueness"},
};

/* ' for ", ` for \", and the names filled in. */
static char *spell(const char *text, const char *name, const char *id)
{
    static const char *const signs[] = {"'", "`", "%s", "#"};
    const char *const meant[] = {"\"", "\\\"", name, id};
    char *spelled = g_strdup(text);
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        g_auto(GStrv) parts = g_strsplit(spelled, signs[i], -1);
        g_free(spelled);
        spelled = g_strjoinv(meant[i], parts);
    }
    return spelled;
}

static void ask_all(struct server_fixture *fixture, const char *name, gboolean is_strict)
{
    g_autofree char *token = server_fixture_token(
        fixture, "acme",
        &(struct connection_draft){
            .name = name, .scope = "people", .personality = is_strict ? "strict" : "tolerant"});
    g_autofree char *first =
        spell(USER("'userName':'%s@example.com','externalId':'e-%s'"), name, "");
    struct reply made = server_fixture_ask(fixture, token, "POST", "/scim/v2/Users", first);
    g_autofree char *id = g_strdup(reply_text(&made, "id"));
    reply_expect(&made, 201);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *below = spell(cases[i].target, name, id);
        g_autofree char *target = g_strconcat("/scim/v2/", below, NULL);
        g_autofree char *body = cases[i].body != NULL ? spell(cases[i].body, name, id) : NULL;
        unsigned wanted = is_strict ? cases[i].strict : cases[i].tolerant;
        struct reply reply = server_fixture_ask(fixture, token, cases[i].method, target, body);
        if (reply.status != wanted ||
            (wanted >= 400 && g_strcmp0(reply_text(&reply, "scimType"), cases[i].type) != 0)) {
            print_error("%d %s %s %s\n", cases[i].number, name, cases[i].method, target);
        }
        if (wanted >= 400) {
            assert_string_equal(reply_text(&reply, "scimType"), cases[i].type);
        }
        reply_expect(&reply, wanted);
    }
}

static void a_tolerant_connection_gets_what_it_means(void **state)
{
    ask_all(*state, "loose", FALSE);
}

static void a_strict_connection_gets_what_the_standard_says(void **state)
{
    ask_all(*state, "exact", TRUE);
}

static void every_tolerance_is_tried(void **state)
{
    (void)state;
    for (int number = TOLERANCE_NONE + 1; number < TOLERANCE_COUNT; number++) {
        gboolean tried = FALSE;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
            tried = tried || cases[i].number == number;
        }
        if (!tried) {
            fail_msg("tolerance %d is not tried", number);
        }
    }
}

/* What a client read it may send back whole (RFC 7644 3.5.1), and only a strict connection's
 * configuration says that it keeps the profile. */
static void a_strict_connection_may_put_back_what_it_read(void **state)
{
    struct server_fixture *fixture = *state;
    g_autofree char *token =
        server_fixture_token(fixture, "acme",
                             &(struct connection_draft){
                                 .name = "exact", .scope = "people", .personality = "strict"});
    struct reply made = server_fixture_ask(
        fixture, token, "POST", "/scim/v2/Users",
        "{\"schemas\":[\"" SCIM_URN_USER "\"],\"userName\":\"s@example.com\",\"title\":\"A\"}");
    g_autofree char *target = g_strconcat("/scim/v2/Users/", reply_text(&made, "id"), NULL);
    char *read = json_dumps(made.json, JSON_COMPACT);
    reply_expect(&made, 201);
    struct reply again = server_fixture_ask(fixture, token, "PUT", target, read);
    free(read);
    reply_expect(&again, 200);
    const char *const tokens[] = {token, fixture->provider, NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
        struct reply config = server_fixture_ask(fixture, tokens[i], "GET",
                                                 "/scim/v2/ServiceProviderConfig", NULL);
        assert_int_equal(json_is_true(reply_value(&config, "interopProfileConformant")),
                         i == 0);
        reply_expect(&config, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVER_FIXTURE_TEST(a_tolerant_connection_gets_what_it_means),
        SERVER_FIXTURE_TEST(a_strict_connection_gets_what_the_standard_says),
        cmocka_unit_test(every_tolerance_is_tried),
        SERVER_FIXTURE_TEST(a_strict_connection_may_put_back_what_it_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
