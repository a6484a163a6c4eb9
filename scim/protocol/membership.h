/*
 * rolecall's own names on the wire: schemas, the Membership extension's attributes, headers.
 * The endpoint writes them and the sync reads them: one place for both.
 *
 *   "urn:rolecall:params:scim:schemas:extension:1.0:Membership": {
 *     "status": "active",            invited expired active suspended waiting held rehearsed
 *     "statusReason": "...",         a sentence, only where there is something to say
 *     "suspendedByOwner": true,      only where an owner suspended them, whatever links did
 *     "protected": false,
 *     "joinedAt": "2026-11-22T01:47:12Z",                  absent until they accepted once
 *     "invitation": { "value": "<id>", "$ref": "<base>/Invitations/<id>", "expiresAt": "..." },
 *     "origins": [ { "value": "directory:corp", "externalId": "<anchor>", "active": true,
 *                    "attached": true,                 only where it is: it keeps nobody in
 *                    "roles": [ "owner", "search/admin" ] } ],       what each says; oldest first
 *     "override": [ { "value": "member" }, { "value": "search/read-only" }, { "value": "ads/none" } ],
 *     "standsIn": [ "search" ]       projects whose admin this owner is by succession
 *   }
 *
 * externalId, active and roles inside `origins` are shown to sync and admin tokens and to
 * owners; everybody else sees `value` alone. The whole extension is readOnly.
 *
 * Marker (GET /Markers, sync, admin and owners): who must not be invited again by a sync or a
 * provider: { id, origin, externalId, userName, kind: left | declined | removed | revoked, since }.
 *
 * Override (GET /Overrides for sync, admin and people; DELETE lifts it: owners and admin tokens, of a
 * project its admins too): { id, person: { value, display, $ref }, type: organization | project,
 * value: "member" | "search/read-only" | "search/none" }. The id: override_codec.h.
 *
 * Group carries "urn:rolecall:params:scim:schemas:extension:1.0:PushedGroup": { origin: "scim:okta" },
 * readOnly; where a page of the members was asked for (membersStartIndex, membersCount on GET of one
 * group) { totalMembers, membersStartIndex, membersPerPage } besides. A provider sees the groups of its
 * own connection alone. The list of Groups answers with Last-Modified: when any group of the
 * organization last changed, one that is gone included.
 *
 * Invitation carries `delivery` where mail is configured: { status: waiting | sent | undeliverable,
 * detail, attempts, attemptedAt }, and `renewalsLeft`.
 */
#pragma once

#define SCIM_URN_USER            "urn:ietf:params:scim:schemas:core:2.0:User"
#define SCIM_URN_GROUP           "urn:ietf:params:scim:schemas:core:2.0:Group"
#define SCIM_URN_ENTERPRISE      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
#define SCIM_URN_MEMBERSHIP      "urn:rolecall:params:scim:schemas:extension:1.0:Membership"
#define SCIM_URN_PROJECT         "urn:rolecall:params:scim:schemas:1.0:Project"
#define SCIM_URN_INVITATION      "urn:rolecall:params:scim:schemas:1.0:Invitation"
#define SCIM_URN_ROLE            "urn:rolecall:params:scim:schemas:1.0:Role"
#define SCIM_URN_MARKER          "urn:rolecall:params:scim:schemas:1.0:Marker"
#define SCIM_URN_OVERRIDE        "urn:rolecall:params:scim:schemas:1.0:Override"
#define SCIM_URN_PUSHED_GROUP    "urn:rolecall:params:scim:schemas:extension:1.0:PushedGroup"
#define SCIM_URN_LIST            "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define SCIM_URN_PATCH           "urn:ietf:params:scim:api:messages:2.0:PatchOp"
#define SCIM_URN_ERROR           "urn:ietf:params:scim:api:messages:2.0:Error"
#define SCIM_URN_BULK_REQUEST    "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
#define SCIM_URN_BULK_RESPONSE   "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
#define SCIM_URN_SEARCH          "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
#define SCIM_URN_SCHEMA          "urn:ietf:params:scim:schemas:core:2.0:Schema"
#define SCIM_URN_RESOURCE_TYPE   "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
#define SCIM_URN_PROVIDER_CONFIG "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
#define SCIM_URN_LIMITS          "urn:rolecall:params:scim:schemas:extension:1.0:Limits"

#define SCIM_MEDIA_TYPE "application/scim+json"

/* Sent by a sync (scope sync only): which directory a write speaks for, which run it belongs
 * to, whether that directory may link to a person whom another origin made, and the key under
 * which a repeated write is the same write. */
#define ROLECALL_HEADER_ORIGIN "Rolecall-Origin"
#define ROLECALL_HEADER_RUN    "Rolecall-Run"
#define ROLECALL_HEADER_ADOPT  "Rolecall-Adopt"
/* Of ROLECALL_HEADER_ADOPT: true makes an ordinary link; attached makes one that gives roles and
 * keeps nobody in (pushed groups): with their last other link the person goes. */
#define ROLECALL_ADOPT_TRUE     "true"
#define ROLECALL_ADOPT_ATTACHED "attached"
/* Why, for the audit: percent-encoded UTF-8 without hidden characters (hidden_character.h). */
#define ROLECALL_HEADER_REASON "Rolecall-Reason"
#define ROLECALL_REASON_BYTES  1024 /* of it as sent, at most */
