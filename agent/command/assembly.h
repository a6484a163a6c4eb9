/*
 * From the settings to a cycle that can run: the one room that knows every other.
 *
 *   struct assembly_request request = {.plan_only = TRUE};
 *   g_autoptr(Assembly) assembly = assembly_new(settings, &request, &error);
 *   g_autoptr(CycleResult) result = cycle_run(&assembly->cycle);
 */
#pragma once

#include "agent/settings/settings.h"
#include "agent/sync/cycle.h"

/* What a verb wants of a run; all zero: everything the config says. */
struct assembly_request {
    const char *organization; /* only this one; NULL: all */
    gboolean plan_only;
    gboolean pushed; /* only directories of pushed groups are read, and only their organizations
                        synced: what other directories said stays as it is */
    const char *approve;                       /* a digest, or NULL */
    const struct settings_limit *max_removals; /* instead of the config's, or NULL */
    gboolean without_endpoint; /* nothing will be read from or written to an endpoint */
    gboolean without_servers;  /* only directories that are files: check works offline */
};

struct assembly {
    struct cycle cycle; /* borrows from the rest and from the settings */
    Rules *rules;
    GPtrArray *sources;    /* struct source *; owned, in the order of cycle.directories */
    GPtrArray *profiles;   /* ProfileMap *; owned, likewise */
    GPtrArray *targets;    /* struct target *; owned */
    GArray *directories;   /* struct cycle_directory */
    GArray *organizations; /* struct cycle_organization */
    char *digest;
};

typedef struct assembly Assembly;

/* The settings are borrowed and outlive it. Errors: SETTINGS (a secret, a rule, a directory, an
 * organization that the config does not name), RETRY (the endpoint was never started). */
Assembly *assembly_new(const Settings *settings, const struct assembly_request *request,
                       GError **error);
void assembly_free(Assembly *assembly);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Assembly, assembly_free)

/* The exit status for an error of assembly_new(): 78, 69 or 1. */
int assembly_exit_status(const GError *error);
