#include "scim/server/handle_invitation.h"

#include <string.h>

#include "scim/organization/invitation.h"
#include "scim/organization/outbox.h"
#include "scim/organization/renewal.h"
#include "scim/protocol/address.h"
#include "scim/protocol/patch_apply.h"
#include "scim/protocol/resource_check.h"
#include "scim/protocol/schema_tables.h"
#include "scim/server/delivery_codec.h"
#include "scim/server/entity_tag.h"
#include "scim/server/invitation_codec.h"
#include "scim/server/list_query.h"
#include "scim/server/role_codec.h"
#include "scim/server/user_codec.h"

/* The person of an invitation; *facts stays NULL when gone. FALSE with a fault. */
static gboolean find_person(struct call *call, const struct invitation *invitation,
                            PersonFacts **facts)
{
    GError *error = NULL;
    return invitation->person == NULL ||
           person_facts_read(call->session, call->organization, invitation->person, call->now,
                             facts, &error) ||
           call_store_failed(call, error);
}

/* What the mail server said is for those who can do something about it. */
static gboolean add_delivery(struct call *call, const struct invitation *invitation,
                             json_t *resource)
{
    struct outbox_delivery delivery = {0};
    GError *error = NULL;
    if (!outbox_read(call->session, call->organization, invitation->id, &delivery, &error)) {
        return call_store_failed(call, error);
    }
    gboolean says_detail =
        call_sees_origins(call) || g_strcmp0(invitation->invited_by, call->bearer->label) == 0;
    json_t *printed = delivery_codec_print(&delivery, says_detail);
    if (printed != NULL) {
        json_object_set_new(resource, "delivery", printed);
    }
    outbox_delivery_clear(&delivery);
    return TRUE;
}

static gboolean add_renewals(struct call *call, const struct invitation *invitation,
                             json_t *resource)
{
    gint64 left = 0;
    GError *error = NULL;
    const struct renewal_case renewal = {.organization = call->organization,
                                         .person = invitation->person,
                                         .policy = call->service->renewal,
                                         .now = call->now};
    if (invitation->status != INVITATION_PENDING && invitation->status != INVITATION_EXPIRED) {
        return TRUE;
    }
    if (!renewal_left(call->session, &renewal, &left, &error)) {
        return call_store_failed(call, error);
    }
    json_object_set_new(resource, "renewalsLeft", json_integer(left));
    return TRUE;
}

static json_t *print(struct call *call, const struct invitation *invitation, const char *link)
{
    g_autoptr(PersonFacts) facts = NULL;
    if (!find_person(call, invitation, &facts)) {
        return NULL;
    }
    json_t *resource = invitation_codec_print(call->base, invitation, facts, link);
    if (call->service->sends_mail && facts != NULL &&
        (!add_delivery(call, invitation, resource) ||
         !add_renewals(call, invitation, resource))) {
        json_decref(resource);
        return NULL;
    }
    return resource;
}

json_t *handle_invitation_all(struct call *call)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) invitations =
        invitation_list(call->session, call->organization, NULL, call->now, &error);
    if (invitations == NULL) {
        call_store_failed(call, error);
        return NULL;
    }
    json_t *all = json_array();
    for (guint i = 0; i < invitations->len; i++) {
        json_t *resource = print(call, g_ptr_array_index(invitations, i), NULL);
        if (resource == NULL) {
            json_decref(all);
            return NULL;
        }
        json_array_append_new(all, resource);
    }
    return all;
}

gboolean handle_invitation_list(struct call *call)
{
    return list_query_serve(call, &schema_tables_invitation, handle_invitation_all);
}

static Invitation *find(struct call *call, const char *id)
{
    Invitation *invitation = NULL;
    GError *error = NULL;
    if (!invitation_read(call->session, call->organization, id, call->now, &invitation,
                         &error)) {
        call_store_failed(call, error);
    } else if (invitation == NULL) {
        call_missing(call);
    }
    return invitation;
}

/* What opens the invitation, shown once to whoever invited, where no mail is sent and the caller
 * is a person or an administrator: a service would only store it. */
static char *link_of(const struct call *call, const struct verdict *verdict)
{
    gboolean shows = verdict != NULL && verdict->token != NULL && !call->service->sends_mail &&
                     (call->bearer->kind == ACTOR_PERSON || call->bearer->kind == ACTOR_ADMIN);
    return shows ? g_strdup_printf("%s/invitation#%s", call->service->url, verdict->token)
                 : NULL;
}

static gboolean answer(struct call *call, unsigned status, const struct invitation *invitation,
                       const struct verdict *verdict, const Projection *projection)
{
    char *link = link_of(call, verdict);
    call->shows_once = link != NULL;
    json_t *resource = print(call, invitation, link);
    if (link != NULL) {
        explicit_bzero(link, strlen(link));
        g_free(link);
    }
    if (resource == NULL) {
        return FALSE;
    }
    g_autofree char *tag = entity_tag_of_version(invitation->version);
    exchange_set_header(call->exchange, "ETag", tag);
    if (status == 201) {
        g_autofree char *location =
            g_strdup_printf("%s/Invitations/%s", call->base, invitation->id);
        exchange_set_header(call->exchange, "Location", location);
    }
    json_t *shown = projection_apply(projection, resource);
    json_decref(resource);
    return call_answer(call, status, shown);
}

/* What is shown of the person and of the mail changes without the invitation's version, for as long
 * as there is somebody to show: then the whole is answered. */
static gboolean shows_nobody(const struct invitation *invitation)
{
    return invitation->status == INVITATION_DECLINED ||
           invitation->status == INVITATION_REVOKED;
}

gboolean handle_invitation_read(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_invitation);
    g_autoptr(Invitation) invitation =
        projection != NULL ? find(call, call->captured[0]) : NULL;
    if (invitation == NULL) {
        return FALSE;
    }
    return (shows_nobody(invitation) && entity_tag_is_known(call, invitation->version)) ||
           answer(call, 200, invitation, NULL, projection);
}

/* Somebody who was active already needed no invitation (S13): their newest one is shown, or,
 * where there never was any (an owner from the start), what one would say. */
static Invitation *find_granted(struct call *call, const char *person)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) all =
        invitation_list(call->session, call->organization, person, call->now, &error);
    g_autoptr(PersonFacts) facts = all != NULL ? user_codec_find(call, person) : NULL;
    if (all == NULL) {
        call_store_failed(call, error);
    }
    if (facts == NULL) {
        return NULL;
    }
    for (guint i = 0; i < all->len; i++) {
        const struct invitation *each = g_ptr_array_index(all, i);
        if (g_strcmp0(each->person, person) == 0) {
            return find(call, each->id);
        }
    }
    Invitation *granted = g_new0(Invitation, 1);
    granted->id = g_strdup(person);
    granted->person = g_strdup(person);
    granted->address = g_strdup(facts->address);
    granted->status = INVITATION_ACCEPTED;
    granted->created = facts->created;
    granted->version = facts->version;
    return granted;
}

static Invitation *find_judged(struct call *call, const struct act *act,
                               const struct verdict *verdict)
{
    const char *id = verdict->invitation != NULL ? verdict->invitation : act->id;
    return id != NULL ? find(call, id) : find_granted(call, verdict->id);
}

static gboolean judge_and_answer(struct call *call, const struct act *act,
                                 const Projection *projection)
{
    struct verdict verdict = {0};
    gboolean good = call_judge(call, act, &verdict);
    if (good) {
        g_autoptr(Invitation) invitation = find_judged(call, act, &verdict);
        gboolean is_new = act->kind == ACT_INVITE && verdict.event == VERDICT_EVENT_INVITED;
        good = invitation != NULL &&
               answer(call, is_new ? 201 : 200, invitation, &verdict, projection);
    }
    verdict_clear(&verdict);
    return good;
}

static gboolean invite(struct call *call, const json_t *wanted, const Projection *projection)
{
    const char *email = json_string_value(json_object_get(wanted, "email"));
    const char *why = NULL;
    if (!address_is_usable(email, strlen(email), &why)) {
        return fault_set(&call->fault, FAULT_INVALID_VALUE, "'email' %s", why);
    }
    struct role_grants grants;
    const struct role_source source = {.roles = json_object_get(wanted, "roles"),
                                       .reading = ROLE_READING_ONCE};
    gboolean good = role_codec_read(&source, &grants, &call->tolerances, &call->fault) &&
                    call_check_strictness(call);
    if (good) {
        const struct person_draft draft = {
            .user_name = email,
            .address = email,
            .active = TRUE,
            .has_roles = grants.given,
            .role = grants.role,
            .projects = (const struct project_grant *)(void *)grants.projects->data,
            .project_count = grants.projects->len,
        };
        const struct act act = {.kind = ACT_INVITE, .draft = &draft};
        good = judge_and_answer(call, &act, projection);
    }
    role_grants_clear(&grants);
    return good;
}

gboolean handle_invitation_create(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_invitation);
    json_t *wanted = projection != NULL ? resource_check(&schema_tables_invitation, call->body,
                                                         NULL, &call->tolerances, &call->fault)
                                        : NULL;
    gboolean good =
        wanted != NULL && call_check_strictness(call) && invite(call, wanted, projection);
    json_decref(wanted);
    return good;
}

static gboolean read_status(struct call *call, const json_t *resource, struct act *act)
{
    const char *status = json_string_value(json_object_get(resource, "status"));
    if (g_strcmp0(status, "pending") == 0) {
        act->kind = ACT_INVITATION_RESEND;
        return TRUE;
    }
    act->kind = ACT_INVITATION_REVOKE;
    return g_strcmp0(status, "revoked") == 0 ||
           fault_set(&call->fault, FAULT_INVALID_VALUE,
                     "'status' can be set to pending, which sends the invitation again, or to "
                     "revoked");
}

/* The status is the one thing that a PATCH may set: to "pending", which sends the invitation
 * again, also when it says so already; or to "revoked". Where it names no status *asks is FALSE, and
 * nothing is sent. */
static gboolean read_patch(struct call *call, const struct invitation *invitation,
                           struct act *act, gboolean *asks)
{
    g_autoptr(Patch) patch = patch_parse(&schema_tables_invitation, call->body,
                                         call_limits(call), &call->tolerances, &call->fault);
    if (patch == NULL) {
        return FALSE;
    }
    json_auto_t *before = print(call, invitation, NULL);
    json_auto_t *after = patch_apply(&schema_tables_invitation, before, patch,
                                     &call->tolerances, NULL, &call->fault);
    *asks = patch_names(patch, "status");
    return after != NULL && call_check_strictness(call) &&
           (!*asks || read_status(call, after, act));
}

gboolean handle_invitation_patch(struct call *call)
{
    g_autoptr(Projection) projection = call_projection(call, &schema_tables_invitation);
    g_autoptr(Invitation) invitation =
        projection != NULL ? find(call, call->captured[0]) : NULL;
    if (invitation == NULL || !entity_tag_check(call, invitation->version)) {
        return FALSE;
    }
    struct act act = {.id = invitation->id};
    gboolean asks = FALSE;
    if (!read_patch(call, invitation, &act, &asks)) {
        return FALSE;
    }
    return asks ? judge_and_answer(call, &act, projection)
                : answer(call, 200, invitation, NULL, projection);
}

gboolean handle_invitation_revoke(struct call *call)
{
    g_autoptr(Invitation) invitation = find(call, call->captured[0]);
    if (invitation == NULL || !entity_tag_check(call, invitation->version)) {
        return FALSE;
    }
    const struct act act = {.kind = ACT_INVITATION_REVOKE, .id = invitation->id};
    struct verdict verdict = {0};
    gboolean good = call_judge(call, &act, &verdict) && call_answer_empty(call, 204);
    verdict_clear(&verdict);
    return good;
}
