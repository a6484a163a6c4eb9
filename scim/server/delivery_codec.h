/*
 * What became of the mail of an invitation, for whoever looks at the invitation or at its person.
 */
#pragma once

#include <jansson.h>

#include "scim/organization/outbox.h"
#include "scim/organization/person_facts.h"

/* { status, detail, attempts, attemptedAt }; NULL where no mail belongs to the invitation. What the
 * mail server said is shown with `says_detail` alone. New reference. */
json_t *delivery_codec_print(const struct outbox_delivery *delivery, gboolean says_detail);

/* Why a person who is invited does not answer, where their mail did not arrive: a sentence with
 * what to do. NULL: it did, or nobody knows better. The caller frees. */
char *delivery_codec_reason(const struct person_facts *facts,
                            const struct outbox_delivery *delivery);
