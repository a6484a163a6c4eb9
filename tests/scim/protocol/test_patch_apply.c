#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scim/protocol/membership.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/schema_tables.h"

#define OPS(list) "{\"schemas\":[\"" SCIM_URN_PATCH "\"],\"Operations\":[" list "]}"
#define USER(rest)                                                                             \
    "{\"schemas\":[\"" SCIM_URN_USER "\"],\"id\":\"1\",\"userName\":\"b\"" rest "}"
#define ENTERPRISE_USER(inside)                                                                \
    "{\"schemas\":[\"" SCIM_URN_USER "\",\"" SCIM_URN_ENTERPRISE "\"],\"id\":\"1\","           \
    "\"userName\":\"b\",\"" SCIM_URN_ENTERPRISE "\":{" inside "}}"
#define EMAILS                                                                                 \
    ",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true},"                 \
    "{\"value\":\"h@x.org\",\"type\":\"home\"}]"
#define OP(verb, path, value) "{\"op\":\"" verb "\",\"path\":\"" path "\",\"value\":" value "}"
#define REMOVE(path)          "{\"op\":\"remove\",\"path\":\"" path "\"}"
#define BARE(verb, value)     "{\"op\":\"" verb "\",\"value\":" value "}"

struct example {
    const char *before;
    const char *patch;
    const char *after;
};

/* Applies `text`; NULL with the fault set. *changed as patch_apply() says. */
static json_t *apply(const struct resource_type *type, const json_t *before, const char *text,
                     gboolean *changed, struct fault *fault)
{
    json_auto_t *message = json_loads(text, 0, NULL);
    if (message == NULL)
        fail_msg("%s is no JSON", text);
    g_autoptr(Patch) patch = patch_parse(type, message, NULL, NULL, fault);
    if (patch == NULL)
        return NULL;
    json_auto_t *kept = json_deep_copy(before);
    json_auto_t *sent = json_deep_copy(message);
    json_t *after = patch_apply(type, before, patch, NULL, changed, fault);
    assert_true(json_equal(before, kept)); /* never touched, whatever happens */
    assert_true(json_equal(message, sent));
    return after;
}

static void check(const struct resource_type *type, const struct example *example)
{
    struct fault fault = {.status = 0};
    gboolean changed = FALSE;
    json_auto_t *before = json_loads(example->before, 0, NULL);
    json_auto_t *wanted = json_loads(example->after, 0, NULL);
    assert_non_null(before);
    assert_non_null(wanted);
    json_auto_t *after = apply(type, before, example->patch, &changed, &fault);
    if (after == NULL)
        fail_msg("%s: %s", example->patch, fault.detail);
    if (!json_equal(after, wanted)) {
        char *text = json_dumps(after, 0);
        fail_msg("%s\n  became %s\n  instead of %s", example->patch, text, example->after);
    }
    assert_int_equal(changed, !json_equal(before, wanted));
}

static const struct example users[] = {
    /* one value */
    {USER(""), OPS(OP("add", "title", "\"Boss\"")), USER(",\"title\":\"Boss\"")},
    {USER(",\"title\":\"A\""), OPS(OP("replace", "TITLE", "\"B\"")), USER(",\"title\":\"B\"")},
    {USER(",\"title\":\"A\""), OPS(OP("add", "title", "\"B\"")), USER(",\"title\":\"B\"")},
    {USER(",\"title\":\"A\""), OPS(OP("replace", "title", "\"A\"")), USER(",\"title\":\"A\"")},
    {USER(",\"title\":\"A\""), OPS(REMOVE("title")), USER("")},
    {USER(""), OPS(REMOVE("title")), USER("")},
    {USER(",\"title\":\"A\""), OPS(OP("replace", "title", "null")), USER("")},
    {USER(""), OPS(OP("replace", "userName", "\"c\"")),
     "{\"schemas\":[\"" SCIM_URN_USER "\"],\"id\":\"1\",\"userName\":\"c\"}"},
    {USER(",\"active\":true"), OPS(OP("replace", "active", "\"False\"")),
     USER(",\"active\":false")},
    {USER(""), OPS(OP("add", SCIM_URN_USER ":title", "\"A\"")), USER(",\"title\":\"A\"")},
    {USER(""), OPS(OP("add", "externalId", "\"e\"")), USER(",\"externalId\":\"e\"")},
    /* operations follow one another */
    {USER(""), OPS(OP("add", "title", "\"A\"") "," REMOVE("title")), USER("")},
    {USER(""), OPS(OP("add", "title", "\"A\"") "," OP("replace", "title", "\"B\"")),
     USER(",\"title\":\"B\"")},
    /* complex */
    {USER(""), OPS(OP("add", "name", "{\"givenName\":\"B\"}")),
     USER(",\"name\":{\"givenName\":\"B\"}")},
    {USER(",\"name\":{\"givenName\":\"B\",\"familyName\":\"J\"}"),
     OPS(OP("replace", "name", "{\"familyName\":\"K\",\"middleName\":\"M\"}")),
     USER(",\"name\":{\"givenName\":\"B\",\"familyName\":\"K\",\"middleName\":\"M\"}")},
    {USER(",\"name\":{\"givenName\":\"B\",\"familyName\":\"J\"}"),
     OPS(OP("replace", "name", "{\"familyName\":null}")),
     USER(",\"name\":{\"givenName\":\"B\"}")},
    {USER(""), OPS(OP("replace", "name.familyName", "\"J\"")),
     USER(",\"name\":{\"familyName\":\"J\"}")},
    {USER(",\"name\":{\"familyName\":\"J\"}"), OPS(REMOVE("name.familyName")), USER("")},
    {USER(",\"name\":{\"familyName\":\"J\"}"), OPS(REMOVE("name.givenName")),
     USER(",\"name\":{\"familyName\":\"J\"}")},
    {USER(",\"name\":{\"familyName\":\"J\"}"), OPS(REMOVE("name")), USER("")},
    {USER(",\"name\":{\"familyName\":\"J\"}"), OPS(OP("replace", "name", "null")), USER("")},
    {USER(""), OPS(REMOVE("name.familyName")), USER("")},
    /* several values: add */
    {USER(""), OPS(OP("add", "emails", "[{\"value\":\"a\"}]")),
     USER(",\"emails\":[{\"value\":\"a\"}]")},
    {USER(""), OPS(OP("add", "emails", "{\"value\":\"a\"}")),
     USER(",\"emails\":[{\"value\":\"a\"}]")},
    {USER(",\"emails\":[{\"value\":\"a\"}]"), OPS(OP("add", "emails", "[{\"value\":\"b\"}]")),
     USER(",\"emails\":[{\"value\":\"a\"},{\"value\":\"b\"}]")},
    {USER(EMAILS), OPS(OP("add", "emails", "[{\"value\":\"h@x.org\",\"type\":\"home\"}]")),
     USER(EMAILS)},
    {USER(EMAILS), OPS(OP("add", "emails", "[{\"value\":\"h@x.org\"}]")), USER(EMAILS)},
    {USER(""), OPS(OP("add", "emails", "[{\"value\":\"a\"},{\"value\":\"a\"}]")),
     USER(",\"emails\":[{\"value\":\"a\"}]")},
    {USER(""), OPS(OP("add", "emails", "[]")), USER("")},
    {USER(EMAILS), OPS(OP("add", "emails", "[{\"value\":\"n\",\"primary\":true}]")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":false},"
          "{\"value\":\"h@x.org\",\"type\":\"home\"},{\"value\":\"n\",\"primary\":true}]")},
    /* several values: replace and remove */
    {USER(EMAILS), OPS(OP("replace", "emails", "[{\"value\":\"n\"}]")),
     USER(",\"emails\":[{\"value\":\"n\"}]")},
    {USER(EMAILS), OPS(OP("replace", "emails", "{\"value\":\"n\"}")),
     USER(",\"emails\":[{\"value\":\"n\"}]")},
    {USER(EMAILS), OPS(OP("replace", "emails", "[]")), USER("")},
    {USER(""), OPS(OP("replace", "emails", "[]")), USER("")},
    {USER(EMAILS), OPS(OP("replace", "emails", "null")), USER("")},
    {USER(EMAILS), OPS(REMOVE("emails")), USER("")},
    {USER(EMAILS), OPS(OP("remove", "emails", "[{\"value\":\"w@x.org\"}]")),
     USER(",\"emails\":[{\"value\":\"h@x.org\",\"type\":\"home\"}]")},
    {USER(EMAILS), OPS(OP("remove", "emails", "{\"value\":\"nobody\"}")), USER(EMAILS)},
    {USER(EMAILS), OPS(REMOVE("emails[type eq \\\"work\\\" and value ew \\\"x.org\\\"]")),
     USER(",\"emails\":[{\"value\":\"h@x.org\",\"type\":\"home\"}]")},
    {USER(EMAILS), OPS(REMOVE("emails[value pr]")), USER("")},
    {USER(EMAILS), OPS(REMOVE("emails[type eq \\\"other\\\"]")), USER(EMAILS)},
    {USER(""), OPS(REMOVE("emails[type eq \\\"other\\\"]")), USER("")},
    {USER(EMAILS), OPS(REMOVE("emails[type eq \\\"work\\\"].primary")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\"},{\"value\":\"h@x.org\","
          "\"type\":\"home\"}]")},
    {USER(",\"emails\":[{\"type\":\"home\"}]"),
     OPS(REMOVE("emails[type eq \\\"home\\\"].type")), USER("")},
    /* a chosen value */
    {USER(EMAILS),
     OPS(OP("replace", "emails[type eq \\\"home\\\"]", "{\"value\":\"n\",\"type\":\"other\"}")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true},{\"value\":"
          "\"n\",\"type\":\"other\"}]")},
    {USER(EMAILS), OPS(OP("replace", "emails[type eq \\\"home\\\"].value", "\"n\"")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true},{\"value\":"
          "\"n\",\"type\":\"home\"}]")},
    {USER(EMAILS), OPS(OP("replace", "emails[type eq \\\"home\\\"].primary", "true")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":false},"
          "{\"value\":\"h@x.org\",\"type\":\"home\",\"primary\":true}]")},
    {USER(EMAILS), OPS(OP("add", "emails[type eq \\\"home\\\"]", "{\"display\":\"H\"}")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true},"
          "{\"value\":\"h@x.org\",\"type\":\"home\",\"display\":\"H\"}]")},
    {USER(EMAILS), OPS(OP("replace", "emails[value pr].display", "\"D\"")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true,\"display\":"
          "\"D\"},"
          "{\"value\":\"h@x.org\",\"type\":\"home\",\"display\":\"D\"}]")},
    {USER(EMAILS), OPS(OP("replace", "emails[type eq \\\"home\\\"]", "null")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true}]")},
    /* RFC 7644 3.5.2.3, the whole work address and one part of it */
    {USER(",\"addresses\":[{\"type\":\"work\",\"region\":\"NY\"},{\"type\":\"home\","
          "\"primary\":true}]"),
     OPS(OP(
         "replace", "addresses[type eq \\\"work\\\"]",
         "{\"type\":\"work\",\"locality\":\"Hollywood\",\"country\":\"US\",\"primary\":true}")),
     USER(",\"addresses\":[{\"type\":\"work\",\"locality\":\"Hollywood\",\"country\":\"US\","
          "\"primary\":true},{\"type\":\"home\",\"primary\":false}]")},
    {USER(",\"addresses\":[{\"type\":\"work\",\"region\":\"NY\"}]"),
     OPS(OP("replace", "addresses[type eq \\\"work\\\"].streetAddress",
            "\"1010 Broadway Ave\"")),
     USER(",\"addresses\":[{\"type\":\"work\",\"region\":\"NY\",\"streetAddress\":\"1010 "
          "Broadway Ave\"}]")},
    /* tolerance 5: made from the filter */
    {USER(""), OPS(OP("replace", "emails[type eq \\\"work\\\"].value", "\"n\"")),
     USER(",\"emails\":[{\"type\":\"work\",\"value\":\"n\"}]")},
    {USER(EMAILS), OPS(OP("add", "emails[type eq \\\"Other\\\"].value", "\"n\"")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true},"
          "{\"value\":\"h@x.org\",\"type\":\"home\"},{\"type\":\"Other\",\"value\":\"n\"}]")},
    /* what the filter chooses is known before the first of them changes */
    {USER(",\"emails\":[{\"value\":\"a\",\"primary\":false},{\"value\":\"b\",\"primary\":true}"
          "]"),
     OPS(OP("replace", "emails[primary eq false]", "{\"value\":\"n\",\"primary\":true}")),
     USER(",\"emails\":[{\"value\":\"n\",\"primary\":true},{\"value\":\"b\",\"primary\":false}"
          "]")},
    {USER(""), OPS(OP("replace", "roles[primary eq \\\"True\\\"].value", "\"owner\"")),
     USER(",\"roles\":[{\"primary\":true,\"value\":\"owner\"}]")},
    {USER(""), OPS(OP("replace", "roles[type eq \\\"organization\\\"].value", "\"owner\"")),
     USER(",\"roles\":[{\"type\":\"organization\",\"value\":\"owner\"}]")},
    {USER(""),
     OPS(OP("add", "emails[type eq \\\"work\\\" and primary eq true]", "{\"value\":\"n\"}")),
     USER(",\"emails\":[{\"type\":\"work\",\"primary\":true,\"value\":\"n\"}]")},
    {USER(""), OPS(OP("replace", "emails[type eq \\\"work\\\"].value", "null")), USER("")},
    /* the steps of a sync */
    {USER(",\"roles\":[{\"type\":\"organization\",\"value\":\"member\",\"primary\":true}]"),
     OPS(OP("add", "roles", "[{\"type\":\"project\",\"value\":\"search/admin\"}]")),
     USER(",\"roles\":[{\"type\":\"organization\",\"value\":\"member\",\"primary\":true},"
          "{\"type\":\"project\",\"value\":\"search/admin\"}]")},
    {USER(",\"roles\":[{\"type\":\"organization\",\"value\":\"member\"},{\"type\":\"project\","
          "\"value\":\"search/admin\"},"
          "{\"type\":\"project\",\"value\":\"ads/admin\"}]"),
     OPS(REMOVE("roles[type eq \\\"project\\\" and value sw \\\"search/\\\"]")),
     USER(",\"roles\":[{\"type\":\"organization\",\"value\":\"member\"},{\"type\":\"project\","
          "\"value\":\"ads/admin\"}]")},
    /* extensions */
    {USER(""), OPS(OP("add", SCIM_URN_ENTERPRISE ":department", "\"D\"")),
     ENTERPRISE_USER("\"department\":\"D\"")},
    {ENTERPRISE_USER("\"department\":\"D\""), OPS(REMOVE(SCIM_URN_ENTERPRISE ":department")),
     USER("")},
    {ENTERPRISE_USER("\"department\":\"D\""), OPS(REMOVE(SCIM_URN_ENTERPRISE)), USER("")},
    {ENTERPRISE_USER("\"department\":\"D\""),
     OPS(OP("replace", SCIM_URN_ENTERPRISE,
            "{\"costCenter\":\"7\",\"DEPARTMENT\":\"E\",\"shoe\":1}")),
     ENTERPRISE_USER("\"department\":\"E\",\"costCenter\":\"7\"")},
    {USER(""), OPS(OP("replace", SCIM_URN_ENTERPRISE ":manager.value", "\"9\"")),
     ENTERPRISE_USER("\"manager\":{\"value\":\"9\"}")},
    {ENTERPRISE_USER("\"manager\":{\"value\":\"9\",\"$ref\":\"../Users/9\"}"),
     OPS(OP("replace", SCIM_URN_ENTERPRISE ":manager", "\"7\"")),
     ENTERPRISE_USER("\"manager\":{\"value\":\"7\"}")},
    {ENTERPRISE_USER("\"manager\":{\"value\":\"9\",\"$ref\":\"../Users/9\"}"),
     OPS(OP("replace", SCIM_URN_ENTERPRISE ":manager", "\"\"")), USER("")},
    {ENTERPRISE_USER("\"manager\":{\"value\":\"9\",\"$ref\":\"../Users/9\"}"),
     OPS(OP("add", SCIM_URN_ENTERPRISE ":manager", "[{\"value\":\"7\"}]")),
     ENTERPRISE_USER("\"manager\":{\"value\":\"7\"}")},
    /* no path */
    {USER(",\"active\":true"), OPS(BARE("replace", "{\"active\":false}")),
     USER(",\"active\":false")},
    {USER(EMAILS),
     OPS(BARE("add", "{\"emails\":[{\"value\":\"babs@jensen.org\",\"type\":\"home\"}],"
                     "\"nickname\":\"Babs\"}")),
     USER(",\"emails\":[{\"value\":\"w@x.org\",\"type\":\"work\",\"primary\":true},"
          "{\"value\":\"h@x.org\",\"type\":\"home\"},{\"value\":\"babs@jensen.org\",\"type\":"
          "\"home\"}],"
          "\"nickName\":\"Babs\"")},
    {USER(EMAILS),
     OPS(BARE("replace",
              "{\"emails\":[{\"value\":\"n\",\"primary\":true}],\"nickname\":\"Babs\"}")),
     USER(",\"emails\":[{\"value\":\"n\",\"primary\":true}],\"nickName\":\"Babs\"")},
    {USER(""),
     OPS(BARE("replace",
              "{\"name.familyName\":\"J\",\"emails[type eq \\\"work\\\"].value\":\"n\"}")),
     USER(",\"name\":{\"familyName\":\"J\"},\"emails\":[{\"type\":\"work\",\"value\":\"n\"}]")},
    {USER(""), OPS(BARE("add", "{\"" SCIM_URN_ENTERPRISE "\":{\"department\":\"D\"}}")),
     ENTERPRISE_USER("\"department\":\"D\"")},
    {USER(""), OPS(BARE("add", "{\"" SCIM_URN_ENTERPRISE ":department\":\"D\"}")),
     ENTERPRISE_USER("\"department\":\"D\"")},
    {USER(",\"title\":\"A\""), OPS(BARE("replace", "{\"title\":null}")), USER("")},
    {USER(""),
     OPS(BARE(
         "replace",
         "{\"id\":\"9\",\"meta\":{},\"groups\":[],\"schemas\":[\"urn:x\"],\"title\":\"A\"}")),
     USER(",\"title\":\"A\"")},
    {USER(""), OPS(BARE("add", "{}")), USER("")},
    {USER(""), OPS(BARE("add", "{\"" SCIM_URN_MEMBERSHIP "\":{\"status\":\"active\"}}")),
     USER("")},
    /* what is not there is let pass */
    {USER(""), OPS(OP("add", "rooms", "5")), USER("")},
    {USER(""), OPS(OP("add", "emails[type eq \\\"work\\\"].shoe", "5")), USER("")},
    {USER(""), OPS(OP("replace", "urn:okta:custom:x", "5")), USER("")},
    {USER(""),
     OPS(BARE("add", "{\"rooms\":5,\"urn:okta:custom\":{},\"a b\":1,\"password\":\"x\"}")),
     USER("")},
    {USER(""), OPS(OP("add", "schemas", "[\"" SCIM_URN_ENTERPRISE "\"]")), USER("")},
};

static void users_change_as_the_operations_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(users); i++)
        check(&schema_tables_user, &users[i]);
}

#define PROJECT(rest) "{\"schemas\":[\"" SCIM_URN_PROJECT "\"],\"name\":\"search\"" rest "}"
#define ONE_MEMBER    ",\"members\":[{\"value\":\"1\",\"role\":\"admin\",\"display\":\"Dana\"}]"

static const struct example projects[] = {
    {PROJECT(ONE_MEMBER),
     OPS(OP("add", "members", "[{\"value\":\"2\",\"role\":\"read-only\",\"display\":\"x\"}]")),
     PROJECT(",\"members\":[{\"value\":\"1\",\"role\":\"admin\",\"display\":\"Dana\"},{"
             "\"value\":\"2\",\"role\":\"read-only\"}]")},
    {PROJECT(ONE_MEMBER),
     OPS(OP("add", "members", "[{\"value\":\"1\",\"role\":\"admin\",\"display\":\"Other\"}]")),
     PROJECT(ONE_MEMBER)},
    {PROJECT(ONE_MEMBER),
     OPS(OP("replace", "members[value eq \\\"1\\\"].role", "\"read-only\"")),
     PROJECT(",\"members\":[{\"value\":\"1\",\"role\":\"read-only\",\"display\":\"Dana\"}]")},
    {PROJECT(ONE_MEMBER),
     OPS(OP("add", "members[value eq \\\"1\\\"]", "{\"role\":\"read-only\"}")),
     PROJECT(",\"members\":[{\"value\":\"1\",\"role\":\"read-only\",\"display\":\"Dana\"}]")},
    {PROJECT(ONE_MEMBER), OPS(OP("add", "members[value eq \\\"2\\\"].role", "\"read-only\"")),
     PROJECT(",\"members\":[{\"value\":\"1\",\"role\":\"admin\",\"display\":\"Dana\"},{"
             "\"value\":\"2\",\"role\":\"read-only\"}]")},
    {PROJECT(ONE_MEMBER), OPS(REMOVE("members[value eq \\\"1\\\"]")), PROJECT("")},
    {PROJECT(ONE_MEMBER), OPS(OP("remove", "members", "[{\"value\":\"1\"}]")), PROJECT("")},
    {PROJECT(""), OPS(OP("replace", "name", "\"search\"")), PROJECT("")},
    {PROJECT(""), OPS(OP("replace", "displayName", "\"S\"")),
     PROJECT(",\"displayName\":\"S\"")},
};

static void projects_change_as_the_operations_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(projects); i++)
        check(&schema_tables_project, &projects[i]);
}

static const struct {
    const struct resource_type *type;
    const char *before;
    const char *patch;
    enum fault_type fault;
    const char *detail;
} refused[] = {
    {&schema_tables_user, USER(""), OPS(REMOVE("userName")), FAULT_MUTABILITY,
     "operation 1: 'userName' is required"},
    {&schema_tables_user, USER(""), OPS(OP("replace", "userName", "null")), FAULT_MUTABILITY,
     "operation 1: 'userName' is required"},
    {&schema_tables_user, USER(""), OPS(BARE("replace", "{\"userName\":null}")),
     FAULT_MUTABILITY, "operation 1: 'userName' is required"},
    {&schema_tables_user, USER(""), OPS(OP("replace", "id", "\"2\"")), FAULT_MUTABILITY,
     "operation 1: 'id' is read-only"},
    {&schema_tables_user, USER(""), OPS(REMOVE("id")), FAULT_MUTABILITY,
     "operation 1: 'id' is read-only"},
    {&schema_tables_user, USER(""), OPS(OP("add", "meta.version", "\"2\"")), FAULT_MUTABILITY,
     "operation 1: 'meta.version' is read-only"},
    {&schema_tables_user, USER(""), OPS(OP("add", "groups", "[{\"value\":\"g\"}]")),
     FAULT_MUTABILITY, "operation 1: 'groups' is read-only"},
    {&schema_tables_user, USER(""), OPS(OP("add", SCIM_URN_MEMBERSHIP ":status", "\"active\"")),
     FAULT_MUTABILITY, "operation 1: 'status' is read-only"},
    {&schema_tables_user, USER(""),
     OPS(OP("add", SCIM_URN_MEMBERSHIP, "{\"status\":\"active\"}")), FAULT_MUTABILITY,
     "operation 1: 'status' is read-only"},
    {&schema_tables_user, USER(""),
     OPS(OP("add", SCIM_URN_ENTERPRISE ":manager.displayName", "\"x\"")), FAULT_MUTABILITY,
     "operation 1: 'manager.displayName' is read-only"},
    {&schema_tables_user, USER(""), OPS(OP("add", "title", "5")), FAULT_INVALID_VALUE,
     "operation 1: 'title' must be a text"},
    {&schema_tables_user, USER(""), OPS(OP("add", "active", "\"maybe\"")), FAULT_INVALID_VALUE,
     "operation 1: 'active' must be true or false"},
    {&schema_tables_user, USER(""), OPS(OP("add", "name", "\"Babs\"")), FAULT_INVALID_VALUE,
     "operation 1: 'name' must be an object"},
    {&schema_tables_user, USER(""), OPS(OP("add", "emails", "\"a@b.c\"")), FAULT_INVALID_VALUE,
     "operation 1: 'emails' must be an object"},
    {&schema_tables_user, USER(""),
     OPS(OP("add", "emails",
            "[{\"value\":\"a\",\"primary\":true},{\"value\":\"b\",\"primary\":true}]")),
     FAULT_INVALID_VALUE, "operation 1: 'emails' has more than one primary value"},
    {&schema_tables_user, USER(EMAILS), OPS(OP("replace", "emails.value", "\"n\"")),
     FAULT_INVALID_PATH,
     "operation 1: 'emails' has several values: choose them with a filter in brackets"},
    {&schema_tables_user, USER(EMAILS),
     OPS(OP("replace", "emails[type eq \\\"other\\\"]", "{\"value\":\"n\"}")), FAULT_NO_TARGET,
     "operation 1: 'emails' has no value that the filter of the path matches"},
    {&schema_tables_user, USER(""),
     OPS(OP("replace", "emails[value sw \\\"w\\\"].type", "\"work\"")), FAULT_NO_TARGET,
     "operation 1: 'emails' has no value that the filter of the path matches"},
    {&schema_tables_user, USER(""),
     OPS(OP("replace", "emails[type eq \\\"a\\\" or type eq \\\"b\\\"].value", "\"n\"")),
     FAULT_NO_TARGET, "operation 1: 'emails' has no value that the filter of the path matches"},
    {&schema_tables_user, USER(""),
     OPS(OP("replace", "emails[type eq \\\"a\\\" and type eq \\\"b\\\"].value", "\"n\"")),
     FAULT_NO_TARGET, "operation 1: 'emails' has no value that the filter of the path matches"},
    {&schema_tables_user, USER(""), OPS(BARE("add", "5")), FAULT_INVALID_VALUE,
     "operation 1: without a path the value must be an object"},
    {&schema_tables_user, USER(""), OPS(BARE("add", "{\"" SCIM_URN_ENTERPRISE "\":5}")),
     FAULT_INVALID_VALUE, "operation 1: '" SCIM_URN_ENTERPRISE "' must be an object"},
    {&schema_tables_project, PROJECT(""), OPS(OP("replace", "name", "\"ads\"")),
     FAULT_MUTABILITY, "operation 1: 'name' can never change"},
    {&schema_tables_project, PROJECT(""), OPS(REMOVE("name")), FAULT_MUTABILITY,
     "operation 1: 'name' is required"},
    {&schema_tables_project, PROJECT(ONE_MEMBER),
     OPS(OP("replace", "members[value eq \\\"1\\\"].value", "\"2\"")), FAULT_MUTABILITY,
     "operation 1: 'members.value' can never change"},
    {&schema_tables_project, PROJECT(ONE_MEMBER),
     OPS(REMOVE("members[value eq \\\"1\\\"].role")), FAULT_MUTABILITY,
     "operation 1: 'members.role' is required"},
    {&schema_tables_project, PROJECT(ONE_MEMBER),
     OPS(OP("replace", "members[value eq \\\"1\\\"].display", "\"x\"")), FAULT_MUTABILITY,
     "operation 1: 'members.display' is read-only"},
    {&schema_tables_project, PROJECT(""), OPS(OP("add", "members", "[{\"value\":\"2\"}]")),
     FAULT_INVALID_VALUE, "operation 1: 'members.role' is required"},
    {&schema_tables_project, PROJECT(""),
     OPS(OP("add", "members[role eq \\\"admin\\\"].role", "\"read-only\"")),
     FAULT_INVALID_VALUE, "operation 1: 'members.value' is required"},
    {&schema_tables_invitation,
     "{\"schemas\":[\"" SCIM_URN_INVITATION
     "\"],\"email\":\"a\",\"roles\":[{\"value\":\"member\"}]}",
     OPS(OP("add", "roles", "[{\"value\":\"owner\"}]")), FAULT_MUTABILITY,
     "operation 1: 'roles' can never change"},
    {&schema_tables_invitation,
     "{\"schemas\":[\"" SCIM_URN_INVITATION
     "\"],\"email\":\"a\",\"roles\":[{\"value\":\"member\"}]}",
     OPS(REMOVE("roles[value eq \\\"member\\\"]")), FAULT_MUTABILITY,
     "operation 1: 'roles' can never change"},
    /* what is let pass without a path is not let pass after it */
    {&schema_tables_user, USER(""),
     OPS(BARE("add", "{\"id\":\"2\"}") "," OP("replace", "id", "\"2\"")), FAULT_MUTABILITY,
     "operation 2: 'id' is read-only"},
    /* the first operation is undone with the second */
    {&schema_tables_user, USER(EMAILS),
     OPS(OP("add", "title", "\"A\"") "," REMOVE("emails") "," OP("replace", "active", "5")),
     FAULT_INVALID_VALUE, "operation 3: 'active' must be true or false"},
};

static void what_may_not_be_is_refused_and_nothing_has_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        struct fault fault = {.status = 0};
        gboolean changed = FALSE;
        json_auto_t *before = json_loads(refused[i].before, 0, NULL);
        assert_non_null(before);
        json_auto_t *after = apply(refused[i].type, before, refused[i].patch, &changed, &fault);
        if (after != NULL)
            fail_msg("%s passed", refused[i].patch);
        assert_string_equal(fault.detail, refused[i].detail);
        assert_int_equal(fault.type, refused[i].fault);
        fault_clear(&fault);
    }
}

static void an_invitation_may_be_resent_by_its_status(void **state)
{
    (void)state;
    static const struct example resend = {
        "{\"schemas\":[\"" SCIM_URN_INVITATION "\"],\"email\":\"a\",\"status\":\"expired\"}",
        OPS(OP("replace", "status", "\"pending\"")),
        "{\"schemas\":[\"" SCIM_URN_INVITATION "\"],\"email\":\"a\",\"status\":\"pending\"}"};
    check(&schema_tables_invitation, &resend);
}

static void what_is_let_pass_is_counted(void **state)
{
    (void)state;
    static const char text[] = OPS(OP("Add", "rooms", "5") "," BARE(
        "replace", "{\"id\":\"9\",\"name.givenName\":\"B\","
                   "\"active\":\"True\",\"shoe\":1,\"password\":"
                   "\"x\"}") "," OP("add",
                                    "emails[type eq "
                                    "\\\"work\\\"].value",
                                    "\"n\"") "," OP("remove", "emails",
                                                    "[{\"value\":"
                                                    "\"n\"}]"));

    static const struct {
        enum tolerance tolerance;
        guint count;
    } wanted[] = {
        {TOLERANCE_OPERATION_CASE, 1},  {TOLERANCE_UNKNOWN, 2},      {TOLERANCE_READ_ONLY, 1},
        {TOLERANCE_PATHLESS, 1},        {TOLERANCE_BOOLEAN_TEXT, 1}, {TOLERANCE_PASSWORD, 1},
        {TOLERANCE_VALUE_PATH_ADDS, 1}, {TOLERANCE_REMOVE_VALUE, 1},
    };
    struct fault fault = {.status = 0};
    struct tolerance_use use = {.count = {0}};
    json_auto_t *before = json_loads(USER(""), 0, NULL);
    json_auto_t *message = json_loads(text, 0, NULL);
    g_autoptr(Patch) patch = patch_parse(&schema_tables_user, message, NULL, &use, &fault);
    assert_non_null(patch);
    json_auto_t *after = patch_apply(&schema_tables_user, before, patch, &use, NULL, &fault);
    assert_non_null(after);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_int_equal(use.count[wanted[i].tolerance], wanted[i].count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_change_as_the_operations_say),
        cmocka_unit_test(projects_change_as_the_operations_say),
        cmocka_unit_test(what_may_not_be_is_refused_and_nothing_has_changed),
        cmocka_unit_test(an_invitation_may_be_resent_by_its_status),
        cmocka_unit_test(what_is_let_pass_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
