/*
 * The directories read once, and the rules answered on them: what check and explain look at.
 *
 *   g_autoptr(DirectoryReading) reading = directory_reading_new(assembly, failures, &error);
 *   explain_person(reading->mapper, ...);
 */
#pragma once

#include "agent/command/assembly.h"
#include "mapping/mapper.h"

struct directory_reading {
    Mapper *mapper;
    GPtrArray *snapshots; /* Snapshot *, in the order of the cycle's directories; NULL: none */
};

typedef struct directory_reading DirectoryReading;

/* Reads every directory of the assembly, all people included. One that gives no snapshot is
 * left out and its error, with its name, added to `failures` (char *). NULL: the rules cannot be
 * answered (SETTINGS). The assembly must outlive the result. */
DirectoryReading *directory_reading_new(const Assembly *assembly, GPtrArray *failures,
                                        GError **error);
void directory_reading_free(DirectoryReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DirectoryReading, directory_reading_free)

/* An organization of the config as the mapper takes it. Borrows from the settings. */
struct mapper_organization
directory_reading_organization(const Settings *settings,
                               const struct organization_settings *organization);
