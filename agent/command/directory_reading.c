#include "agent/command/directory_reading.h"

static void free_snapshot(gpointer snapshot)
{
    snapshot_free(snapshot);
}

static Snapshot *read_one(const Assembly *assembly, const struct cycle_directory *directory,
                          GPtrArray *failures)
{
    g_autoptr(GError) error = NULL;
    struct source *source = directory->source;
    g_autoptr(Needs) needs = rules_needs(assembly->rules, source->name, directory->profile,
                                         assembly->cycle.seat_order, NULL);
    /* who is in no group that a rule names is asked for here too */
    needs->all_people = TRUE;
    Snapshot *snapshot = source->read(source, needs, &error);
    if (snapshot == NULL)
        g_ptr_array_add(failures,
                        g_strdup_printf("directory \"%s\": %s", source->name, error->message));
    return snapshot;
}

DirectoryReading *directory_reading_new(const Assembly *assembly, GPtrArray *failures,
                                        GError **error)
{
    const guint count = assembly->cycle.directory_count;
    g_autoptr(DirectoryReading) reading = g_new0(DirectoryReading, 1);
    g_autofree struct mapper_directory *directories =
        g_new0(struct mapper_directory, count + 1);
    reading->snapshots = g_ptr_array_new_with_free_func(free_snapshot);
    for (guint i = 0; i < count; i++) {
        const struct cycle_directory *directory = &assembly->cycle.directories[i];
        Snapshot *snapshot = read_one(assembly, directory, failures);
        g_ptr_array_add(reading->snapshots, snapshot);
        directories[i] = (struct mapper_directory){.name = directory->source->name,
                                                   .snapshot = snapshot,
                                                   .profile = directory->profile,
                                                   .attaches = directory->source->attaches};
    }
    reading->mapper = mapper_new(assembly->rules, directories, count, error);
    return reading->mapper == NULL ? NULL : g_steal_pointer(&reading);
}

void directory_reading_free(DirectoryReading *reading)
{
    if (reading == NULL)
        return;
    mapper_free(reading->mapper);
    g_ptr_array_unref(reading->snapshots);
    g_free(reading);
}

struct mapper_organization
directory_reading_organization(const Settings *settings,
                               const struct organization_settings *organization)
{
    return (struct mapper_organization){.name = organization->name,
                                        .domains = organization->domains,
                                        .seat_order = settings->sync.seat_order};
}
