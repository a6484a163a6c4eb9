/*
 * An endpoint's answers, said to a scripted server: what the tests of agent/target share.
 */
#pragma once

#include "agent/sync/target.h"
#include "scim/client/retry.h"
#include "scim/client/scim_client.h"
#include "tests/scim/client/scripted_server.h"

#define MEMBERSHIP_URN "urn:rolecall:params:scim:schemas:extension:1.0:Membership"

/* An active person with one link of directory:corp, whose externalId is "a-" and the id. `roles` is
 * the inside of the link's list: "\"member\"". */
char *scripted_endpoint_person(const char *id, guint version, const char *roles);

/* The next answer is a list of `rows` (the inside of Resources) that claims `total`. */
void scripted_endpoint_list(struct scripted_server *server, const char *etag, guint total,
                            const char *rows);

/* The next answers: Roles (cap, used), Users, Projects, Markers, Roles and 304, as one quiet reading
 * asks for them. `users` has `total` rows. */
void scripted_endpoint_state(struct scripted_server *server, guint total, const char *users);

/* The next answer is 304. */
void scripted_endpoint_not_modified(struct scripted_server *server);

/* Waits that do not wait, chance that is none. */
extern const struct retry_waiter scripted_endpoint_waiter;
extern const struct random_source scripted_endpoint_random;

/* A client of the scripted server, with the base path "/organizations/acme/scim/v2". */
ScimClient *scripted_endpoint_client(struct scripted_server *server);

/* "GET /Users?startIndex=1&count=1000": the request with this number, without base path and
 * version. The caller frees. */
char *scripted_endpoint_request(struct scripted_server *server, guint index);
