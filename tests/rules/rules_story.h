/*
 * One rule on one path, told in a line: who asks for what, and what becomes of it.
 *
 *   story_refused(state, HOME_SOLO, BY_DANA, "DELETE", "/Me", NULL, "last-owner");
 *   story_done(state, HOME_GLOBEX, BY_DANA, "PATCH", "/Users/{mel} " STORY_ROLE("owner"), 200);
 *
 * In paths and bodies {mel} is the id of a person, {!pat} that of their last invitation, {#search}
 * that of a project; ' stands for ". What a body is made of besides (schemas, Operations) follows
 * from method and path. Every test begins at the same world (story_reset as its setup).
 */
#pragma once

#include "tests/rules/rules_world.h"

#define STORY_SET(path, value) "{'op':'replace','path':'" path "','value':" value "}"
#define STORY_ROLE(role)                                                                       \
    "{'op':'replace','path':'roles[type eq \\\"organization\\\"].value','value':'" role "'}"
#define STORY_ADD(role)                                                                        \
    "{'op':'add','path':'roles','value':[{'type':'project','value':'" role "'}]}"
#define STORY_DROP(project)                                                                    \
    "{'op':'remove','path':'roles[type eq \\\"project\\\" and value sw \\\"" project "/\\\"]'" \
    "}"
#define STORY_MEMBER(person, role)                                                             \
    "{'op':'add','path':'members','value':[{'value':'{" person "}','role':'" role "'}]}"
#define STORY_PATCH(operation)                                                                 \
    "{'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp'],'Operations':[" operation "]}"
#define STORY_BULK(method, path, data)                                                         \
    "{'method':'" method "','path':'" path "','bulkId':'b','data':" data "}"
#define STORY_BULK_DELETE(path) "{'method':'DELETE','path':'" path "'}"
#define STORY_USER_SCHEMA       "'schemas':['urn:ietf:params:scim:schemas:core:2.0:User']"
#define STORY_INVITATION_SCHEMA "'schemas':['urn:rolecall:params:scim:schemas:1.0:Invitation']"

/* A test of one line. */
#define STORY_REFUSED(name, home, actor, method, rest, rule)                                   \
    static void name(void **state)                                                             \
    {                                                                                          \
        story_refused(state, home, actor, method, rest, rule);                                 \
    }
#define STORY_DONE(name, home, actor, method, rest, status, who, stands)                       \
    static void name(void **state)                                                             \
    {                                                                                          \
        story_done(state, home, actor, method, rest, status);                                  \
        story_expect(state, home, who, stands);                                                \
    }
#define STORY_TEST(name) cmocka_unit_test_setup(name, story_reset)

#define STORY_OUT(person) "{'op':'remove','path':'members[value eq \\\"{" person "}\\\"]'}"

/* Group and test functions of cmocka; the state is the world. */
int story_open(void **state);
int story_close(void **state);
int story_reset(void **state);

/* `path_and_body`: the body, where there is one, after a blank.
 *
 * 403 with that rule (NULL: any status of 400, 404, 405, 410), and not a byte is different. Of a
 * request to /Bulk the last operation is meant. */
void story_refused(void **state, enum rules_home home, enum rules_actor actor,
                   const char *method, const char *path_and_body, const char *rule);

/* Answered with that status; of /Bulk every operation is. The caller clears. */
struct reply story_ask(void **state, enum rules_home home, enum rules_actor actor,
                       const char *method, const char *path_and_body, unsigned status);

/* The same where the answer does not matter. */
void story_done(void **state, enum rules_home home, enum rules_actor actor, const char *method,
                const char *path_and_body, unsigned status);

/* "active 1 sent 1 search/3": how a person stands (rules_world_brief()), or "gone". */
void story_expect(void **state, enum rules_home home, const char *name, const char *stands);

/* Opens the person's invitation as the mailed link does; `answer` is accept or decline. The status
 * of the page. */
unsigned story_answer(void **state, const char *token, const char *answer);

/* A new link for somebody invited, as an administrator gets it. The caller frees. */
char *story_token(void **state, enum rules_home home, const char *name);

/* The clock moves on. */
void story_wait(void **state, gint64 seconds);

/* The organization gets a cap that leaves so many seats free. */
void story_leave_free(void **state, enum rules_home home, gint64 seats);

/* Seats held, and the world itself for what no request can do. */
gint64 story_seats(void **state, enum rules_home home);
struct rules_world *story_world(void **state);
