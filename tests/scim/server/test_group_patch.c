#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/patch_apply.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/group_patch.h"
#include "tests/scim/server/group_world.h"

#define MEMBER(name) GROUP_WORLD_MEMBER(name)
#define ENTRA(name)  "{'$ref':null,'value':'{" name "}'}"
#define OKTA(name)   "{'value':'{" name "}','display':'" name "@example.com'}"
#define PATH(name)   "members[value eq \\\"{" name "}\\\"]"
#define OP(op, more) "{'op':'" op "'" more "}"
#define ADD(values)  OP("add", ",'path':'members','value':" values)
#define TAKE(name)   OP("remove", ",'path':'" PATH(name) "'")
#define NOBODY       "00000000000000000000000000000000"

/* One PATCH of the group "Search" with ada and bea in it (R20). */
struct vector {
    const char *name, *operations;
    unsigned status;
    const char *members; /* after it */
    const char *display; /* displayName after it; NULL: Search */
    gboolean same;       /* nothing changed: no new version */
};

static const struct vector vectors[] = {
    /* Entra without its flag */
    {"Entra adds one", OP("Add", ",'path':'members','value':[" ENTRA("cal") "]"), 204,
     "ada bea cal", NULL, FALSE},
    {"Entra adds one who is there", OP("Add", ",'path':'members','value':[" ENTRA("ada") "]"),
     204, "ada bea", NULL, TRUE},
    {"Entra removes one by a list of values",
     OP("Remove", ",'path':'members','value':[" ENTRA("ada") "]"), 204, "bea", NULL, FALSE},
    {"Entra removes two by a list of values",
     OP("Remove", ",'path':'members','value':[" ENTRA("ada") "," ENTRA("bea") "]"), 204, "",
     NULL, FALSE},
    {"Entra removes one who is not there",
     OP("Remove", ",'path':'members','value':[" ENTRA("cal") "]"), 204, "ada bea", NULL, TRUE},
    {"Entra removes with an empty list", OP("Remove", ",'path':'members','value':[]"), 204,
     "ada bea", NULL, TRUE},
    {"Entra renames", OP("Replace", ",'path':'displayName','value':'Suche'"), 204, "ada bea",
     "Suche", FALSE},
    {"Entra sets the externalId", OP("Replace", ",'path':'externalId','value':'e-1'"), 204,
     "ada bea", NULL, FALSE},
    /* Entra with its flag */
    {"flagged Entra adds one", ADD("[" MEMBER("cal") "]"), 204, "ada bea cal", NULL, FALSE},
    {"flagged Entra removes by a filter", TAKE("ada"), 204, "bea", NULL, FALSE},
    {"flagged Entra removes one who is not there", TAKE("cal"), 204, "ada bea", NULL, TRUE},
    {"flagged Entra renames without a path",
     OP("replace", ",'value':{'displayName':'Suche','externalId':'e-1'}"), 204, "ada bea",
     "Suche", FALSE},
    /* Okta */
    {"Okta removes one and adds one at once", TAKE("ada") "," ADD("[" OKTA("cal") "]"), 204,
     "bea cal", NULL, FALSE},
    {"Okta renames with the id in the value",
     OP("replace", ",'value':{'id':'{search}','displayName':'Suche'}"), 204, "ada bea", "Suche",
     FALSE},
    {"Okta renames to what it is called",
     OP("replace", ",'value':{'id':'{search}','displayName':'Search'}"), 204, "ada bea", NULL,
     TRUE},
    {"Okta pushes all members by path",
     OP("replace", ",'path':'members','value':[" OKTA("bea") "," OKTA("cal") "]"), 204,
     "bea cal", NULL, FALSE},
    {"Okta pushes all members without a path",
     OP("replace", ",'value':{'members':[" OKTA("cal") "," OKTA("dov") "]}"), 204, "cal dov",
     NULL, FALSE},
    {"Okta adds members without a path", OP("add", ",'value':{'members':[" OKTA("cal") "]}"),
     204, "ada bea cal", NULL, FALSE},
    {"Okta renames and changes members at once",
     OP("replace", ",'value':{'id':'{search}','displayName':'Suche'}") "," TAKE("bea") "," ADD(
         "[" OKTA("dov") "]"),
     204, "ada dov", "Suche", FALSE},
    {"Okta pushes nobody", OP("replace", ",'path':'members','value':[]"), 204, "", NULL, FALSE},
    {"Okta pushes whom there are",
     OP("replace", ",'path':'members','value':[" MEMBER("bea") "," MEMBER("ada") "]"), 204,
     "ada bea", NULL, TRUE},
    /* OneLogin, JumpCloud */
    {"OneLogin adds two", ADD("[" MEMBER("cal") "," MEMBER("dov") "]"), 204, "ada bea cal dov",
     NULL, FALSE},
    {"JumpCloud repeats an add", ADD("[" MEMBER("ada") "]") "," ADD("[" MEMBER("ada") "]"), 204,
     "ada bea", NULL, TRUE},
    {"JumpCloud removes by values in lower case",
     OP("remove", ",'path':'members','value':[" MEMBER("bea") "]"), 204, "ada", NULL, FALSE},
    {"JumpCloud removes with one value that is no list",
     OP("remove", ",'path':'members','value':" MEMBER("bea")), 204, "ada", NULL, FALSE},
    {"JumpCloud adds with one value that is no list", ADD(MEMBER("cal")), 204, "ada bea cal",
     NULL, FALSE},
    /* what follows from the order of the operations */
    {"a bare remove takes everybody, as the standard says", OP("remove", ",'path':'members'"),
     204, "", NULL, FALSE},
    {"whoever is added after everybody went is alone",
     OP("remove", ",'path':'members'") "," ADD("[" MEMBER("bea") "]"), 204, "bea", NULL, FALSE},
    {"whoever is added and removed is not there", ADD("[" MEMBER("cal") "]") "," TAKE("cal"),
     204, "ada bea", NULL, TRUE},
    {"whoever is removed and added stays", TAKE("ada") "," ADD("[" MEMBER("ada") "]"), 204,
     "ada bea", NULL, TRUE},
    {"a replace forgets what was said before",
     ADD("[" MEMBER("cal") "]") "," OP("replace",
                                       ",'path':'members','value':[" MEMBER("dov") "]"),
     204, "dov", NULL, FALSE},
    {"one value twice is one member", ADD("[" MEMBER("cal") "," MEMBER("cal") "]"), 204,
     "ada bea cal", NULL, FALSE},
    /* filters */
    {"a filter of two values removes both",
     OP("remove", ",'path':'members[value eq \\\"{ada}\\\" or value eq \\\"{bea}\\\"]'"), 204,
     "", NULL, FALSE},
    {"a filter on all that have a value removes them all",
     OP("remove", ",'path':'members[type eq \\\"User\\\"]'"), 204, "", NULL, FALSE},
    {"a filter sees who came before it in the same request",
     ADD("[" OKTA("cal") "]") "," OP("remove", ",'path':'members[display sw \\\"cal\\\"]'"),
     204, "ada bea", NULL, TRUE},
    {"a replace by a filter that matches nobody has no target",
     OP("replace", ",'path':'" PATH("cal") "','value':" MEMBER("cal")), 400, "ada bea", NULL,
     TRUE},
    {"an id that is nobody's is left out", ADD("[{'value':'" NOBODY "'}," MEMBER("cal") "]"),
     204, "ada bea cal", NULL, FALSE},
    {"an unknown attribute is ignored", OP("add", ",'path':'colour','value':'red'"), 204,
     "ada bea", NULL, TRUE},
    /* what is refused leaves nothing (RFC 7644 3.5.2) */
    {"R08 another id in the value is refused",
     OP("replace", ",'value':{'id':'" NOBODY "','displayName':'Suche'}"), 400, "ada bea", NULL,
     TRUE},
    {"a member without an id is refused",
     ADD("[" MEMBER("cal") "]") "," ADD("[{'display':'Cal'}]"), 400, "ada bea", NULL, TRUE},
    {"a name that is taken away is refused with all beside it",
     ADD("[" MEMBER("cal") "]") "," OP("remove", ",'path':'displayName'"), 400, "ada bea", NULL,
     TRUE},
    {"a remove without a path is refused", OP("remove", ""), 400, "ada bea", NULL, TRUE},
    {"an id by path is refused", OP("replace", ",'path':'id','value':'x'"), 400, "ada bea",
     NULL, TRUE},
    {"the origin is read-only",
     OP("replace",
        ",'path':'urn:rolecall:params:scim:schemas:extension:1.0:PushedGroup:origin','value':"
        "'scim:ping'"),
     400, "ada bea", NULL, TRUE},
    {"a number is no member", ADD("[7]"), 400, "ada bea", NULL, TRUE},
};

static void check(struct group_world *world, const struct vector *vector)
{
    g_autofree char *body = g_strdup_printf(
        "{'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp'],'Operations':[%s]}",
        vector->operations);
    gint64 before = group_world_version(world, "search");
    struct reply reply = group_world_ask(world, NULL, "PATCH", "/Groups/{search}", body);
    unsigned status = reply.status;
    reply_clear(&reply);
    g_autofree char *members = group_world_members(world, "search");
    gint64 steps = group_world_version(world, "search") - before;
    reply = group_world_ask(world, NULL, "GET", "/Groups/{search}", NULL);
    const char *display = vector->display != NULL ? vector->display : "Search";
    if (status != vector->status || strcmp(members, vector->members) != 0 ||
        steps != !vector->same || g_strcmp0(reply_text(&reply, "displayName"), display) != 0) {
        fail_msg("%s: %u, members \"%s\", %d versions up, called \"%s\"", vector->name, status,
                 members, (int)steps, reply_text(&reply, "displayName"));
    }
    reply_clear(&reply);
}

/* As it was before each of them. */
static void restore(struct group_world *world)
{
    struct reply reply =
        group_world_ask(world, NULL, "PUT", "/Groups/{search}",
                        "{" GROUP_WORLD_SCHEMA ",'displayName':'Search','members':[]}");
    reply_expect(&reply, 200);
    reply = group_world_ask(world, NULL, "PUT", "/Groups/{search}",
                            "{" GROUP_WORLD_SCHEMA ",'displayName':'Search','members':[" MEMBER(
                                "ada") "," MEMBER("bea") "]}");
    reply_expect(&reply, 200);
}

static void R20_every_dialect_changes_exactly_the_members_that_it_names(void **state)
{
    struct group_world *world = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++) {
        check(world, &vectors[i]);
        restore(world);
    }
    print_message("%zu PATCH vectors\n", G_N_ELEMENTS(vectors));
}

static const char *const people[] = {"ada", "bea", "cal", "dov", "eve", "fay"};

static const char *any(GRand *chance)
{
    return people[g_rand_int_range(chance, 0, G_N_ELEMENTS(people))];
}

/* Somebody as they are always sent, so that nobody is two values of one id. */
static char *full(const char *name)
{
    return g_strdup_printf("{'value':'{%s}','display':'%s@example.com','type':'User'}", name,
                           name);
}

/* One operation of the many shapes that there are; {names} to be put in. */
static char *any_operation(GRand *chance)
{
    static const char *const shapes[] = {
        "{'op':'add','path':'members','value':[$,$]}",
        "{'op':'add','path':'members','value':$}",
        "{'op':'add','value':{'members':[$]}}",
        "{'op':'remove','path':'members','value':[$,$]}",
        "{'op':'remove','path':'members[value eq \\'#\\']'}",
        "{'op':'remove','path':'members[value eq \\'#\\' or value eq \\'#\\']'}",
        "{'op':'remove','path':'members[display sw \\'@\\']'}",
        "{'op':'remove','path':'members[not (value eq \\'#\\' or display co \\'@\\')]'}",
        "{'op':'remove','path':'members[type eq \\'User\\' and value ne \\'#\\']'}",
        "{'op':'replace','path':'members','value':[$,$,$]}",
        "{'op':'replace','value':{'displayName':'@','members':[$]}}",
        "{'op':'replace','path':'members[value eq \\'~\\']','value':~~}",
        "{'op':'add','path':'members[value eq \\'#\\']','value':{'type':'User'}}",
        "{'op':'remove','path':'members'}",
        "{'op':'replace','path':'displayName','value':'@'}",
    };
    const char *one = any(chance);
    GString *text = g_string_new(NULL);
    for (const char *at = shapes[g_rand_int_range(chance, 0, G_N_ELEMENTS(shapes))];
         *at != '\0'; at++) {
        g_autofree char *whole = full(g_str_has_prefix(at, "~~") ? one : any(chance));
        if (*at == '$' || g_str_has_prefix(at, "~~")) {
            g_string_append(text, whole);
            at += *at == '~';
        } else if (*at == '#' || *at == '~') {
            g_string_append_printf(text, "{%s}", *at == '~' ? one : any(chance));
        } else if (*at == '@') {
            g_string_append(text, any(chance));
        } else {
            g_string_append_c(text, *at);
        }
    }
    return g_string_free(text, FALSE);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Name and members of a group, in an order of their own. The caller frees. */
static char *sum_up(const json_t *group)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    const json_t *members = json_object_get(group, "members");
    for (size_t i = 0; i < json_array_size(members); i++) {
        const json_t *value = json_object_get(json_array_get(members, i), "value");
        g_ptr_array_add(ids, g_strdup(json_string_value(value)));
    }
    g_ptr_array_sort(ids, by_text);
    g_ptr_array_add(ids, NULL);
    g_autofree char **texts = (char **)g_ptr_array_steal(ids, NULL);
    char *sum = g_strjoinv(" ", texts);
    for (char **text = texts; *text != NULL; text++) {
        g_free(*text);
    }
    char *whole =
        g_strconcat(json_string_value(json_object_get(group, "displayName")), ": ", sum, NULL);
    g_free(sum);
    return whole;
}

static char *sum_up_now(struct group_world *world, json_t **group)
{
    struct reply reply = group_world_ask(world, NULL, "GET", "/Groups/{search}", NULL);
    char *sum = sum_up(reply.json);
    *group = json_incref(reply.json);
    reply_expect(&reply, 200);
    return sum;
}

/* What the members are one by one is what the whole document would become. TRUE: it was done. */
static gboolean check_against_whole(struct group_world *world, const char *body)
{
    struct fault fault = {0};
    json_t *group = NULL;
    g_autofree char *before = sum_up_now(world, &group);
    g_autofree char *text = group_world_text(world, body);
    json_auto_t *message = json_loads(text, 0, NULL);
    g_autoptr(Patch) patch = patch_parse(&schema_tables_group, message, NULL, NULL, &fault);
    assert_non_null(patch);
    json_auto_t *after = patch_apply(&schema_tables_group, group, patch, NULL, NULL, &fault);
    g_autofree char *wanted = after != NULL ? sum_up(after) : g_strdup(before);
    json_decref(group);
    struct reply reply = group_world_ask(world, NULL, "PATCH", "/Groups/{search}", text);
    unsigned status = reply.status;
    reply_clear(&reply);
    g_autofree char *is = sum_up_now(world, &group);
    json_decref(group);
    if (strcmp(is, wanted) != 0 || (status == 204) != (after != NULL)) {
        fail_msg("%s\nbefore %s\nwanted %s (%s)\nis     %s (%u)", text, before, wanted,
                 after != NULL ? "done" : fault.detail, is, status);
    }
    fault_clear(&fault);
    return status == 204;
}

static void whatever_comes_together_is_what_the_whole_document_would_become(void **state)
{
    struct group_world *world = *state;
    GRand *chance = g_rand_new_with_seed(4711);
    int done = 0;
    struct reply reply =
        group_world_ask(world, NULL, "PUT", "/Groups/{search}",
                        "{" GROUP_WORLD_SCHEMA ",'displayName':'Search','members':[]}");
    reply_expect(&reply, 200);
    for (int round = 0; round < 500; round++) {
        g_autoptr(GString) operations = g_string_new(NULL);
        for (int count = g_rand_int_range(chance, 1, 5); count > 0; count--) {
            g_autofree char *operation = any_operation(chance);
            g_string_append_printf(operations, "%s%s", operations->len > 0 ? "," : "",
                                   operation);
        }
        g_autofree char *body = g_strdup_printf(
            "{'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp'],'Operations':[%s]}",
            operations->str);
        done += check_against_whole(world, body);
    }
    g_rand_free(chance);
    print_message("%d of 500 random PATCHes done, the others refused\n", done);
    assert_in_range(done, 200, 450);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GROUP_WORLD_TEST(whatever_comes_together_is_what_the_whole_document_would_become),
        GROUP_WORLD_TEST(R20_every_dialect_changes_exactly_the_members_that_it_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
