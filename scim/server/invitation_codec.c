#include "scim/server/invitation_codec.h"

#include <string.h>

#include "scim/organization/actor.h"
#include "scim/protocol/clock.h"
#include "scim/protocol/membership.h"
#include "scim/server/entity_tag.h"
#include "scim/server/role_codec.h"

static json_t *print_meta(const char *base, const struct invitation *invitation)
{
    g_autofree char *location = g_strdup_printf("%s/Invitations/%s", base, invitation->id);
    g_autofree char *version = entity_tag_of_version(invitation->version);
    g_autofree char *created = clock_print(invitation->created);
    g_autofree char *modified = clock_print(MAX(invitation->created, invitation->modified));
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "resourceType", "Invitation", "created",
                     created, "lastModified", modified, "location", location, "version",
                     version);
}

/* A person, by id and address; whoever is no person is known by a label alone. */
static json_t *print_person(const char *base, const char *id, const char *display)
{
    g_autofree char *reference = g_strdup_printf("%s/Users/%s", base, id);
    return json_pack("{s:s, s:s, s:s*}", "value", id, "$ref", reference, "display", display);
}

static json_t *print_inviter(const char *base, const char *label)
{
    if (label == NULL) {
        return NULL;
    }
    return g_str_has_prefix(label, ACTOR_LABEL_PERSON)
               ? print_person(base, label + strlen(ACTOR_LABEL_PERSON), NULL)
               : json_pack("{s:s}", "display", label);
}

static json_t *print_roles(const struct invitation *invitation,
                           const struct person_facts *facts)
{
    gboolean lives = facts != NULL && (invitation->status == INVITATION_PENDING ||
                                       invitation->status == INVITATION_ACCEPTED ||
                                       invitation->status == INVITATION_EXPIRED);
    return lives ? role_codec_print(facts->role, facts->projects) : NULL;
}

static void set_time(json_t *object, const char *name, gint64 seconds)
{
    if (seconds != 0) {
        g_autofree char *text = clock_print(seconds);
        json_object_set_new(object, name, json_string(text));
    }
}

static void set_value(json_t *object, const char *name, json_t *value)
{
    if (value != NULL) {
        json_object_set_new(object, name, value);
    }
}

json_t *invitation_codec_print(const char *base, const struct invitation *invitation,
                               const struct person_facts *facts, const char *link)
{
    json_t *resource =
        json_pack("{s:[s], s:s, s:o, s:s*, s:s}", "schemas", SCIM_URN_INVITATION, "id",
                  invitation->id, "meta", print_meta(base, invitation), "email",
                  invitation->address, "status", invitation_status_name(invitation->status));
    if (invitation->person != NULL) {
        set_value(
            resource, "person",
            print_person(base, invitation->person, facts != NULL ? facts->display_name : NULL));
    }
    set_value(resource, "roles", print_roles(invitation, facts));
    set_time(resource, "sentAt", invitation->sent_at);
    set_time(resource, "expiresAt", invitation->expires_at);
    json_object_set_new(resource, "sentCount", json_integer(invitation->sent_count));
    set_value(resource, "invitedBy", print_inviter(base, invitation->invited_by));
    if (link != NULL) {
        json_object_set_new(resource, "link", json_string(link));
    }
    return resource;
}
