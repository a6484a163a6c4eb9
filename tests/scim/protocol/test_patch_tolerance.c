/* What providers send as a PATCH, and what a tolerant and a strict connection get for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/schema_tables.h"

#define WORK  "{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true}"
#define HOME  "{\"value\":\"h@x.org\",\"type\":\"home\"}"
#define ENTER SCIM_URN_ENTERPRISE

/* Before: a person "b" with these members; `strict` FAULT_UNTYPED: it passes there, too. */
static const struct {
    const char *before, *operations, *after;
    enum tolerance tolerance; /* the one that is counted, TOLERANCE_NONE: none is */
    guint count;
    enum fault_type strict;
} cases[] = {
    {"", "{'op':'Add','path':'title','value':'A'}", ",'title':'A'", TOLERANCE_OPERATION_CASE, 1,
     FAULT_INVALID_SYNTAX},
    {"", "{'op':'replace','path':'active','value':'False'}", ",'active':false",
     TOLERANCE_BOOLEAN_TEXT, 1, FAULT_INVALID_VALUE},
    {",'emails':[" WORK "]",
     "{'op':'replace','path':'emails[primary eq `True`].value','value':'n'}",
     ",'emails':[{'value':'n','type':'work','primary':true}]", TOLERANCE_BOOLEAN_TEXT, 1,
     FAULT_INVALID_FILTER},
    {"", "{'op':'replace','value':{'title':'A'}}", ",'title':'A'", TOLERANCE_PATHLESS, 1,
     FAULT_INVALID_SYNTAX},
    {"",
     "{'op':'replace','value':{'name.givenName':'A','" ENTER ":employeeNumber':'9',"
     "'emails[type eq `work`].value':'n'}}",
     ",'name':{'givenName':'A'},'" ENTER "':{'employeeNumber':'9'},"
     "'emails':[{'type':'work','value':'n'}]",
     TOLERANCE_PATHLESS, 1, FAULT_INVALID_SYNTAX},
    {",'emails':[" WORK "," HOME "]",
     "{'op':'remove','path':'emails','value':[{'$ref':null,'value':'h@x.org'}]}",
     ",'emails':[" WORK "]", TOLERANCE_REMOVE_VALUE, 1, FAULT_INVALID_SYNTAX},
    {"", "{'op':'replace','path':'emails[type eq `work`].value','value':'n'}",
     ",'emails':[{'type':'work','value':'n'}]", TOLERANCE_VALUE_PATH_ADDS, 1, FAULT_NO_TARGET},
    {"", "{'op':'add','path':'emails[type eq `work`].value','value':'n'}",
     ",'emails':[{'type':'work','value':'n'}]", TOLERANCE_VALUE_PATH_ADDS, 1, FAULT_NO_TARGET},
    {"", "{'op':'add','path':'" ENTER ":manager','value':'26'}",
     ",'" ENTER "':{'manager':{'value':'26'}}", TOLERANCE_MANAGER, 1, FAULT_INVALID_VALUE},
    {"", "{'op':'add','path':'" ENTER ":manager','value':[{'$ref':'/Users/26','value':'26'}]}",
     ",'" ENTER "':{'manager':{'$ref':'/Users/26','value':'26'}}", TOLERANCE_MANAGER, 1,
     FAULT_INVALID_VALUE},
    {",'" ENTER "':{'manager':{'value':'26'}}",
     "{'op':'replace','path':'" ENTER ":manager','value':''}", "", TOLERANCE_MANAGER, 1,
     FAULT_INVALID_VALUE},
    {"", "{'op':'add','path':'rooms','value':'9'}", "", TOLERANCE_UNKNOWN, 1,
     FAULT_INVALID_SYNTAX},
    {"", "{'op':'add','path':'urn:okta:custom:User:x','value':'9'}", "", TOLERANCE_UNKNOWN, 1,
     FAULT_INVALID_SYNTAX},
    {"", "{'op':'add','path':'name','value':{'shoe':'9','givenName':'A'}}",
     ",'name':{'givenName':'A'}", TOLERANCE_UNKNOWN, 1, FAULT_INVALID_SYNTAX},
    {",'emails':[" WORK "]", "{'op':'remove','path':'emails[shoe eq 9]'}",
     ",'emails':[" WORK "]", TOLERANCE_UNKNOWN, 1, FAULT_INVALID_FILTER},
    {",'title':'A'", "{'op':'replace','path':'title','value':''}", "", TOLERANCE_EMPTY_CLEARS,
     1, FAULT_INVALID_VALUE},
    {",'title':'A'", "{'op':'replace','path':'title','value':null}", "", TOLERANCE_NONE, 0,
     FAULT_UNTYPED},
    {"", "{'op':'add','path':'urn:scim:schemas:core:1.0:title','value':'A'}", ",'title':'A'",
     TOLERANCE_SCIM_1, 1, FAULT_INVALID_SYNTAX},
    {",'emails':[" WORK "]", "{'op':'add','path':'emails','value':[" WORK "]}",
     ",'emails':[" WORK "]", TOLERANCE_REPEATED, 1, FAULT_UNTYPED},
    {",'emails':[" WORK "]", "{'op':'remove','path':'emails[value eq `n`]'}",
     ",'emails':[" WORK "]", TOLERANCE_REPEATED, 1, FAULT_UNTYPED},
    {"", "{'op':'remove','path':'emails'}", "", TOLERANCE_REPEATED, 1, FAULT_UNTYPED},
    {"", "{'op':'add','path':'password','value':'x'}", "", TOLERANCE_PASSWORD, 1,
     FAULT_INVALID_SYNTAX},
    {",'emails':[" WORK "]", "{'op':'remove','path':'emails[type eq work]'}", "",
     TOLERANCE_UNQUOTED, 1, FAULT_INVALID_FILTER},
    {"", "", "", TOLERANCE_EMPTY_OPERATIONS, 1, FAULT_INVALID_SYNTAX},
    /* the profile alone forbids these */
    {",'emails':[" WORK "]",
     "{'op':'replace','path':'emails[type eq `work`]','value':{'value':'n','type':'work'}}",
     ",'emails':[{'value':'n','type':'work'}]", TOLERANCE_NONE, 0, FAULT_INVALID_PATH},
    {",'emails':[" WORK "," HOME "]",
     "{'op':'replace','path':'emails[value co `@`].display','value':'n'}",
     ",'emails':[{'value':'w@x.org','type':'work','primary':true,'display':'n'},"
     "{'value':'h@x.org','type':'home','display':'n'}]",
     TOLERANCE_NONE, 0, FAULT_INVALID_FILTER},
    {",'emails':[" WORK "]", "{'op':'remove','path':'emails[type eq `work`]'}", "",
     TOLERANCE_NONE, 0, FAULT_UNTYPED},
    /* one value a pair of type and value */
    {",'emails':[" HOME "]",
     "{'op':'add','path':'emails','value':{'value':'H@x.org','type':'Home','primary':true}}",
     ",'emails':[{'value':'h@x.org','type':'home','primary':true}]", TOLERANCE_NONE, 0,
     FAULT_UNTYPED},
    {",'emails':[" WORK ",{'value':'w@x.org','type':'home'}]",
     "{'op':'replace','path':'emails[type eq `home`].type','value':'work'}",
     ",'emails':[" WORK "]", TOLERANCE_NONE, 0, FAULT_UNTYPED},
};

/* ' for " and ` for \", so that the table can be read. */
static char *spell(const char *text)
{
    g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
    g_auto(GStrv) parts = g_strsplit(quoted, "`", -1);
    return g_strjoinv("\\\"", parts);
}

static json_t *person(const char *members)
{
    g_autofree char *extra = spell(members);
    const char *extension =
        strstr(extra, SCIM_URN_ENTERPRISE) != NULL ? ",\"" SCIM_URN_ENTERPRISE "\"" : "";
    g_autofree char *text = g_strdup_printf(
        "{\"schemas\":[\"" SCIM_URN_USER "\"%s],\"userName\":\"b\"%s}", extension, extra);
    json_t *resource = json_loads(text, 0, NULL);
    if (resource == NULL)
        fail_msg("%s is no JSON", text);
    return resource;
}

static json_t *apply(size_t i, struct tolerance_use *use, struct fault *fault)
{
    g_autofree char *operations = spell(cases[i].operations);
    g_autofree char *text = g_strdup_printf(
        "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[%s]}", operations);
    json_auto_t *message = json_loads(text, 0, NULL);
    if (message == NULL)
        fail_msg("%s is no JSON", text);
    json_auto_t *before = person(cases[i].before);
    g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, use, fault);
    return patch != NULL ? patch_apply(&schema_tables_user, before, patch, use, NULL, fault)
                         : NULL;
}

static void a_tolerant_connection_gets_what_it_means_and_is_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        struct tolerance_use use = {.count = {0}};
        json_auto_t *after = apply(i, &use, &fault);
        json_auto_t *wanted = person(cases[i].after);
        if (after == NULL)
            fail_msg("%s: %s", cases[i].operations, fault.detail);
        if (!json_equal(after, wanted)) {
            char *text = json_dumps(after, 0);
            fail_msg("%s\n  became %s", cases[i].operations, text);
        }
        assert_true(tolerance_check(&use, &fault));
        if (use.count[cases[i].tolerance] != cases[i].count)
            fail_msg("%s was counted %u times", cases[i].operations,
                     use.count[cases[i].tolerance]);
    }
}

static void a_strict_connection_gets_the_fault_of_the_standard(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct fault fault = {.status = 0};
        struct tolerance_use use = {.is_strict = TRUE};
        json_auto_t *after = apply(i, &use, &fault);
        gboolean passes = after != NULL && tolerance_check(&use, &fault);
        if (passes != (cases[i].strict == FAULT_UNTYPED) || fault.type != cases[i].strict)
            fail_msg("%s: %s", cases[i].operations, fault.detail);
        fault_clear(&fault);
    }
}

static void replace_of_a_complex_attribute_is_whole_for_the_profile_alone(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        struct fault fault = {.status = 0};
        struct tolerance_use use = {.is_strict = strict};
        json_auto_t *before = person(",'name':{'givenName':'A','familyName':'B'}");
        json_auto_t *wanted = person(strict ? ",'name':{'familyName':'C'}"
                                            : ",'name':{'givenName':'A','familyName':'C'}");
        json_auto_t *message = json_pack("{s:[s], s:[{s:s, s:s, s:{s:s}}]}", "schemas",
                                         SCIM_URN_PATCH, "Operations", "op", "replace", "path",
                                         "name", "value", "familyName", "C");
        g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, &use, &fault);
        json_auto_t *after =
            patch_apply(&schema_tables_user, before, patch, &use, NULL, &fault);
        assert_true(json_equal(after, wanted));
        assert_true(tolerance_check(&use, &fault));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tolerant_connection_gets_what_it_means_and_is_counted),
        cmocka_unit_test(a_strict_connection_gets_the_fault_of_the_standard),
        cmocka_unit_test(replace_of_a_complex_attribute_is_whole_for_the_profile_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
