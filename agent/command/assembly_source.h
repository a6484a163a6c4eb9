/*
 * A directory of the config as a struct source, with its secret read and its profile compiled.
 */
#pragma once

#include "agent/settings/settings.h"
#include "agent/sync/source.h"
#include "mapping/profile_map.h"
#include "scim/protocol/clock.h"

/* What a source needs beside the config. */
struct assembly_source_circumstances {
    const Settings *settings;               /* of pushed groups: where they are; borrowed */
    const struct clock *clock;              /* borrowed for the life of the source */
    const struct source_observer *observer; /* likewise; or NULL */
    gint64 deadline;     /* g_get_monotonic_time() by which all reading must be over; 0: none */
    guint last_accepted; /* entries of the last accepted read of an LDIF file; 0: none yet */
    gboolean is_left;    /* it will not be read: see cycle.h */
};

/* The caller frees it by its own free(). OUTCOME_SETTINGS: the secret or an option cannot be used;
 * OUTCOME_RETRY: the endpoint with the pushed groups was never started. */
struct source *assembly_source_new(const struct directory_settings *directory,
                                   const struct assembly_source_circumstances *circumstances,
                                   GError **error);

/* The templates of its profile. The caller frees. */
ProfileMap *assembly_source_profile(const struct directory_settings *directory, GError **error);
