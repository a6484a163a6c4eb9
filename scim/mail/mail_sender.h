/*
 * The sender that the config names: "Acme Console <console@example.com>", or an address alone. Pure.
 */
#pragma once

#include <glib.h>

struct mail_sender {
    char *display; /* NULL: none */
    char *address; /* passed address_is_usable() */
};

/* OUTCOME_SETTINGS: it is none. */
gboolean mail_sender_parse(const char *from, struct mail_sender *sender, GError **error);
void mail_sender_clear(struct mail_sender *sender);
