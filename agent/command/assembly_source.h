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
    const struct clock *clock;              /* borrowed for the life of the source */
    const struct source_observer *observer; /* likewise; or NULL */
    gint64 deadline;     /* g_get_monotonic_time() by which all reading must be over; 0: none */
    guint last_accepted; /* entries of the last accepted read of an LDIF file; 0: none yet */
};

/* Can this version read it? Pushed groups it cannot. */
gboolean assembly_source_is_readable(const struct directory_settings *directory);

/* The caller frees it by its own free(). OUTCOME_SETTINGS: the secret or an option cannot be used. */
struct source *assembly_source_new(const struct directory_settings *directory,
                                   const struct assembly_source_circumstances *circumstances,
                                   GError **error);

/* The templates of its profile. The caller frees. */
ProfileMap *assembly_source_profile(const struct directory_settings *directory, GError **error);
