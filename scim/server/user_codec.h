/*
 * A person as a User resource (RFC 7643 4.1) with the Membership extension, for whoever looks.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "scim/organization/person_facts.h"
#include "scim/server/call.h"

/* How a person is looked at. */
struct user_view {
    const char *base; /* URL of the service */
    /* The origin whose active, roles and externalId are shown; NULL: the effective ones. */
    const char *origin;
    /* What a person without a link of that origin shows: nothing (a write makes the link), or
     * the effective state (a read). */
    gboolean blank_without_link;
    gboolean sees_origins; /* what each origin says, and the externalId of the effective view */
};

/* How the caller reads people, and how its writes see them. Both borrow from the call. */
struct user_view user_codec_reader(struct call *call);
struct user_view user_codec_writer(struct call *call);

/* The whole resource, before any projection. New reference. */
json_t *user_codec_print(const struct user_view *view, const struct person_facts *facts);

/* Does anything of the pushed groups come through that projection? Else nobody need read them. */
gboolean user_codec_shows_groups(const Projection *projection);

/* Reads the groups that the caller sees of that person. FALSE with a fault. */
gboolean user_codec_add_groups(struct call *call, struct person_facts *facts);

/* Of a person who is sent back whole: where `after` says of roles, active or externalId what the
 * caller reads, which may be what others say, it says nothing, and what its writes see (`before`)
 * stands. So reading, changing and writing makes nobody else's role a sync's own; who means it says
 * so by PATCH. */
void user_codec_forget_read(struct call *call, const struct person_facts *facts,
                            const json_t *before, json_t *after);

/* Answers with the person as the caller reads it: ETag, and with `status` 201 Location. Their groups
 * are read here, where they are shown. FALSE with a fault. */
gboolean user_codec_answer(struct call *call, unsigned status, struct person_facts *facts,
                           const Projection *projection);

/* Where mail is sent and the caller may know: why somebody who is invited hears nothing, as the
 * reason of their status. FALSE with a fault. */
gboolean user_codec_add_reason(struct call *call, struct person_facts *facts);

/* The person of that id in the caller's organization; NULL with a fault (404). */
PersonFacts *user_codec_find(struct call *call, const char *id);
