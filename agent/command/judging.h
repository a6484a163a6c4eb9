/*
 * How writes to this config's store are judged: the audit's key and anchors beside the store's
 * file, whether mail is sent, what is renewed and when.
 *
 *   struct judging judging = {NULL};
 *   if (!judging_open(&judging, settings, &error)) ...
 *   struct judge judge = judging.judge;          its session is NULL: the caller's to set
 *   judging_close(&judging);
 */
#pragma once

#include "agent/settings/settings.h"
#include "scim/organization/judge.h"

struct judging {
    AuditAnchors *anchors;
    SendWindow *window;
    struct audit_key key;
    struct renewal_policy renewal;
    struct judge judge; /* points into this struct, which therefore stays where it is */
};

/* The caller has seen that the store is its own (store_check_owner()). Makes key and anchors where
 * the trail has not begun, and tells so; a key that is missing though there is a trail, a file that
 * cannot be used and a send window that is none are OUTCOME_SETTINGS. Safe to close after it. */
gboolean judging_open(struct judging *judging, const Settings *settings, GError **error);
void judging_close(struct judging *judging);

/* Where the audit has its files: as the config says, else beside the store. The caller frees. */
char *judging_key_file(const Settings *settings);
char *judging_anchors_file(const Settings *settings);

/* Can invitations.send_window be read, if there is one? OUTCOME_SETTINGS with its place. */
gboolean judging_check(const Settings *settings, GError **error);
