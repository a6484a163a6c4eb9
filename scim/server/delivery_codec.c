#include "scim/server/delivery_codec.h"

#include "scim/protocol/clock.h"

json_t *delivery_codec_print(const struct outbox_delivery *delivery, gboolean says_detail)
{
    if (delivery->state == OUTBOX_NONE) {
        return NULL;
    }
    json_t *printed = json_pack(
        "{s:s, s:s*, s:I}", "status", outbox_state_name(delivery->state), "detail",
        says_detail ? delivery->detail : NULL, "attempts", (json_int_t)delivery->attempts);
    if (delivery->attempted_at != 0) {
        g_autofree char *time = clock_print(delivery->attempted_at);
        json_object_set_new(printed, "attemptedAt", json_string(time));
    }
    return printed;
}

char *delivery_codec_reason(const struct person_facts *facts,
                            const struct outbox_delivery *delivery)
{
    if (delivery->state != OUTBOX_UNDELIVERABLE || facts->address == NULL) {
        return NULL;
    }
    return g_strdup_printf(
        "The mail to \"%s\" could not be delivered: %s. Correct the address, "
        "or resend the invitation when the cause is gone.",
        facts->address, delivery->detail != NULL ? delivery->detail : "it was given up");
}
