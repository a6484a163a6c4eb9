/*
 * The table of everything the endpoint answers to: who may, what it does, who does it.
 *
 * A path is matched byte by byte; {} stands for one segment that is not empty. There is no
 * other way in: no second prefix, no other case, no dots, no doubled slash (R07); another spelling
 * that clients use has a row of its own.
 */
#pragma once

#include "scim/server/call.h"

enum route_area {
    ROUTE_SCIM, /* under /scim/v2 and /organizations/{}/scim/v2 */
    ROUTE_ROOT, /* at the root, without a token */
};

/* Who may: a bit for each kind of actor that a token can be. */
enum route_access {
    ROUTE_OPEN = 0, /* without a token */
    ROUTE_PERSON = 1 << ACTOR_PERSON,
    ROUTE_CONNECTION = 1 << ACTOR_CONNECTION,
    ROUTE_SYNC = 1 << ACTOR_SYNC,
    ROUTE_ADMIN = 1 << ACTOR_ADMIN,
    ROUTE_READER = 1 << ACTOR_READER,
};

enum route_effect {
    ROUTE_READS,
    ROUTE_WRITES, /* on the writer's thread */
};

enum route_body {
    ROUTE_NO_BODY, /* one that comes is not looked at */
    ROUTE_JSON,
    ROUTE_BULK, /* JSON of many requests: the limits of bulk */
    ROUTE_FORM,
    ROUTE_FORM_OWN, /* a form whose faults, too, are of its own kind: the handler looks itself */
};

struct route {
    enum route_area area;
    const char *method;
    const char *pattern;
    unsigned access; /* of enum route_access */
    enum route_effect effect;
    enum route_body body;
    gboolean (*handle)(struct call *call);
    /* Of a route that writes, where there is one: runs first, on a snapshot; the write follows
     * only when it leaves the exchange unanswered and returns TRUE. */
    gboolean (*before)(struct call *call);
};

/* All of them; *count of them. */
const struct route *route_table(size_t *count);

/* What a request is for. */
struct route_match {
    const struct route *route; /* NULL: 404, or 405 where allow is set */
    char *organization;        /* named in the path, or NULL */
    char *prefix; /* "/scim/v2" or "/organizations/acme/scim/v2"; NULL at the root */
    char *captured[CALL_CAPTURES];
    char *allow; /* the methods that the path has */
};

/* HEAD is found as GET. */
void route_find(const char *method, const char *path, struct route_match *match);
void route_match_clear(struct route_match *match);
